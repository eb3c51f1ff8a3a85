//! Device configurations as IKEv1 phase 1 sees them: text in, and out come a device's interfaces, policies, keys and
//! peers, each with the line it stands in. Lines that do not matter are skipped and counted.
//!
//! One module per dialect. Nothing here negotiates: `scenario` writes two devices down as a scenario of the simulator.

mod asa;
mod cisco;
mod clean;
mod device;
mod ios;
mod scenario;

pub use device::{
    Device, Dialect, Interface, Key, KeyFor, KeyLine, Peer, Place, Policy, Problem, Secret, Sourced,
};
pub use scenario::{End, Keys, direction, side};

/// Every device in a text: a file may hold several, one after the other.
pub fn read(file: &str, text: &str) -> Vec<Device> {
    let lines = clean::lines(text);
    let parts = clean::devices(&lines);
    parts.into_iter().map(|part| cisco::device(file, part)).collect()
}
