//! A side's configuration in the words of its device, and back: what a student reads, edits and tries.

mod asa;
mod ios;
mod lines;
mod read;

use ike::{Commands, Config, Role};

pub use read::read;

/// The configuration as its device has it: an ASA's lines, or those of IOS. Empty for other vendors' devices.
pub fn print(host: &Config, role: Role) -> String {
    match host.profile.commands {
        Commands::Asa => asa::print(host, role),
        Commands::Ios => ios::print(host, role),
        // `Exercise::parse` lets no such side's words be shown.
        Commands::Strongswan | Commands::Libreswan | Commands::Plain => String::new(),
    }
}
