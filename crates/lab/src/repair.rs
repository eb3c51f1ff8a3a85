//! A student's repair: the seen side's configuration put in the place of the one that it had.

use config::{Problem, Why};
use ike::{Commands, Config, Role};
use scenario::{Scenario, ScenarioError, nearest};

use crate::device;

/// Why a file is no repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoRepair {
    /// No device is in it.
    NoDevice(Why),
    /// More than one is.
    Several(usize),
    /// It is another vendor's.
    Vendor {
        /// The device that the side is.
        is: &'static str,
    },
    /// Lines that matter and cannot be read; never empty.
    Lines(Vec<Problem>),
    /// It is TOML, and wrong.
    Toml(Box<ScenarioError>),
    /// It is TOML without a table of this side.
    Empty,
    /// It is TOML with a table that is not this side's; the nearest name that is.
    Table(String, Option<&'static str>),
}

/// The scenario with this side's configuration read from a file: the device's lines, or, from a name that ends in
/// `.toml`, the keys of that side as a scenario has them.
///
/// # Errors
/// The file is no configuration of that side.
pub fn repaired(scenario: &Scenario, role: Role, file: &str, bytes: &[u8]) -> Result<Scenario, NoRepair> {
    let host = &scenario.setup.hosts[role];
    let new = if file.ends_with(".toml") {
        keys(host, role, file, bytes)?
    } else {
        lines(host, role, file, bytes)?
    };
    let mut repaired = scenario.clone();
    // What an operator did to the other side is in its configuration, and stays there.
    repaired.setup.hosts[role] = new;
    Ok(repaired)
}

fn lines(host: &Config, role: Role, file: &str, bytes: &[u8]) -> Result<Config, NoRepair> {
    let (format, dialect) = match host.profile.commands {
        Commands::Asa => (config::Format::Asa, config::Dialect::Asa),
        Commands::Ios => (config::Format::Ios, config::Dialect::Ios),
        Commands::Strongswan | Commands::Libreswan | Commands::Plain => {
            return Err(NoRepair::Vendor { is: host.profile.title });
        }
    };
    // Told apart first: read as an ASA's, a router's lines are one without IKE.
    let contents = config::read(file, bytes, None);
    let foreign = contents.devices.iter().any(|device| device.dialect != dialect);
    if foreign {
        return Err(NoRepair::Vendor { is: host.profile.title });
    }
    let contents = config::read(file, bytes, Some(format));
    let device = match contents.devices.as_slice() {
        [device] => device,
        [] => return Err(NoRepair::NoDevice(contents.left_out.first().map_or(Why::Empty, |one| one.why))),
        several => return Err(NoRepair::Several(several.len())),
    };
    if !device.problems.is_empty() {
        return Err(NoRepair::Lines(device.problems.clone()));
    }
    Ok(device::read(device, host, role))
}

/// The keys of a side as a scenario has them; what is not written has the scenario's default, except the addresses, the
/// device and what it protects.
fn keys(host: &Config, role: Role, file: &str, bytes: &[u8]) -> Result<Config, NoRepair> {
    let text = String::from_utf8_lossy(bytes);
    let scenario = Scenario::parse(file, &text).map_err(|error| NoRepair::Toml(Box::new(error)))?;
    let tables = scenario::tables(&text);
    if let Some(other) = tables.iter().find(|table| table.as_str() != role.name()) {
        return Err(NoRepair::Table(other.clone(), nearest(other, [role.name()])));
    }
    // Nothing written would stand for a side of nothing but defaults.
    if tables.is_empty() {
        return Err(NoRepair::Empty);
    }
    let written = scenario.setup.hosts[role].clone();
    Ok(Config {
        profile: host.profile,
        address: host.address,
        mode: host.mode,
        confirm: host.confirm,
        peer: host.peer,
        crypto_map: written.crypto_map.clone().or_else(|| host.crypto_map.clone()),
        impairments: host.impairments.clone(),
        ..written
    })
}
