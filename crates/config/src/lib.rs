//! Device configurations as IKEv1 phase 1 sees them: text in, and out come a device's interfaces, policies, keys and
//! connections, each with the line it stands in. Lines that do not matter are skipped and counted.
//!
//! One module per dialect. Nothing here negotiates, and no device knows of another: that is `predict`.

mod cisco;
mod daemon;
mod device;
mod esp;
mod filter;
mod index;
mod ipsec;
mod keys;
mod lookup;
mod phase2;
mod proposal;
mod strongswan_conf;
mod subject;
mod swanctl;
mod text;

use std::collections::{BTreeMap, BTreeSet};

pub use device::{
    Connection, Device, Dialect, Family, Identity, Interface, Place, Policy, Problem, Remote, Sourced,
    Standby, Tunnel, Version, Xauth,
};
pub use filter::{AccessList, Carries, Packet};
pub use keys::{Key, KeyLine, Owner, Secret, in_net};
pub use phase2::{Child, Doubt, Group, Part, Pfs};
pub use proposal::Takes;
pub use subject::Subject;

/// A way to write a device's configuration.
trait Reads {
    /// How many lines only this format has.
    fn telling(&self, text: &str) -> usize;
    /// Every device in a text: a file may hold several, one after the other.
    fn read(&self, file: &str, text: &str) -> Vec<Device>;
    /// The same, with the files beside it that the format has.
    fn read_with(&self, file: &str, text: &str, _beside: &Beside<'_>) -> Vec<Device> {
        self.read(file, text)
    }
}

/// Files that stand beside one.
#[derive(Default)]
struct Beside<'s> {
    /// `ipsec.secrets`.
    secrets: Option<Source<'s>>,
    /// What included files hold, by the name that includes them.
    included: BTreeMap<String, String>,
}

/// A file's name and what it holds.
#[derive(Clone, Copy)]
struct Source<'s> {
    file: &'s str,
    text: &'s str,
}

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ASA and PIX: `show running-config`.
    Asa,
    /// IOS and IOS-XE: `show running-config`.
    Ios,
    /// strongSwan: `swanctl.conf`.
    Swanctl,
    /// strongSwan: `ipsec.conf` and `ipsec.secrets`.
    Strongswan,
    /// libreswan: `ipsec.conf` and `ipsec.secrets`.
    Libreswan,
}

impl Format {
    /// All of them; among equally likely ones the first counts.
    pub const ALL: [Format; 5] =
        [Format::Ios, Format::Asa, Format::Swanctl, Format::Strongswan, Format::Libreswan];

    /// The command line's word.
    pub fn name(self) -> &'static str {
        match self {
            Format::Asa => "asa",
            Format::Ios => "ios",
            Format::Swanctl => "swanctl",
            Format::Strongswan => "strongswan",
            Format::Libreswan => "libreswan",
        }
    }

    /// In one line.
    pub fn meaning(self) -> &'static str {
        match self {
            Format::Asa => "ASA and PIX: show running-config",
            Format::Ios => "IOS and IOS-XE: show running-config",
            Format::Swanctl => "strongSwan: swanctl.conf",
            Format::Strongswan => "strongSwan: ipsec.conf and ipsec.secrets",
            Format::Libreswan => "libreswan: ipsec.conf and ipsec.secrets",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    fn reader(self) -> &'static dyn Reads {
        match self {
            Format::Asa => &cisco::Asa,
            Format::Ios => &cisco::Ios,
            Format::Swanctl => &swanctl::Swanctl,
            Format::Strongswan => &ipsec::Strongswan,
            Format::Libreswan => &ipsec::Libreswan,
        }
    }

    /// Whether its keys stand in a second file, `ipsec.secrets`.
    pub fn has_secrets_file(self) -> bool {
        matches!(self, Format::Strongswan | Format::Libreswan)
    }

    /// The format that has most telling lines in a text; `None`: no line tells.
    pub fn of(text: &str) -> Option<Format> {
        let scored = Format::ALL.into_iter().map(|format| (format.reader().telling(text), format));
        // Strictly more: among equals the order of `ALL` decides.
        let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
        // A text that no format claims would else be read as the first one, and reported as a device without IKE.
        best.filter(|(telling, _)| *telling > 0).map(|(_, format)| format)
    }
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Devices with anything about IKEv1 in them, in the order in which they stand.
    pub devices: Vec<Device>,
    /// What is no such device: one by name, or the file as a whole.
    pub left_out: Vec<LeftOut>,
}

/// A device, or a file, that is none to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The device's name; `None`: the file as a whole.
    pub hostname: Option<String>,
    /// Why.
    pub why: Why,
}

/// Why something is no device to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is nothing in it.
    Empty,
    /// It is no text.
    Binary,
    /// No line is of a format known here.
    UnknownFormat,
    /// Read as this format, and no line is about IKEv1.
    NoIke(Format),
}

/// Whether a text is an `ipsec.secrets`: a pre-shared key in it, and no line of a device.
pub fn is_secrets(bytes: &[u8]) -> bool {
    let text = text::decoded(bytes);
    Format::of(&text).is_none() && text.lines().any(ipsec::secrets::is_secret)
}

/// Every device in a file. Without a format it is recognised.
pub fn read(file: &str, bytes: &[u8], format: Option<Format>) -> Contents {
    read_with(file, bytes, None, format)
}

/// The same, with the name and the bytes of the file that holds the keys (`ipsec.secrets`). Without one, keys that are
/// not in the first file are unknown, not missing.
pub fn read_with(
    file: &str,
    bytes: &[u8],
    secrets: Option<(&str, &[u8])>,
    format: Option<Format>,
) -> Contents {
    read_beside(file, bytes, secrets, &BTreeMap::new(), format)
}

/// What a text includes and that may stand beside it or below: a name, or a pattern in its last part. No path out of the
/// folder.
pub fn includes(bytes: &[u8]) -> Vec<String> {
    let text = text::decoded(bytes);
    let named = text.lines().filter_map(|line| line.trim_start().strip_prefix("include ")).map(str::trim);
    // A path from a pasted file must not make ikesim open files anywhere else.
    let inside = |part: &str| !part.is_empty() && part != "..";
    let plain = |name: &&str| {
        let (folder, last) = name.rsplit_once('/').unwrap_or((".", name));
        !name.contains(['\\', '[', '"'])
            && !folder.contains(['*', '?'])
            && folder.split('/').all(inside)
            && inside(last)
    };
    let names: BTreeSet<&str> = named.filter(plain).take(MOST_INCLUDED).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Files that one includes, at most.
const MOST_INCLUDED: usize = 64;

/// The same, with what the files hold that it includes, by name.
pub fn read_beside(
    file: &str,
    bytes: &[u8],
    secrets: Option<(&str, &[u8])>,
    included: &BTreeMap<String, Vec<u8>>,
    format: Option<Format>,
) -> Contents {
    let text = text::decoded(bytes);
    let included: BTreeMap<String, String> =
        included.iter().map(|(name, bytes)| (name.clone(), text::decoded(bytes))).collect();
    // A file may do nothing but include others.
    let told = || Format::of(&text).or_else(|| included.values().find_map(|text| Format::of(text)));
    let asked = format.is_some();
    let Some(format) = format.or_else(told) else {
        let why = match text.as_str() {
            text if text.trim().is_empty() => Why::Empty,
            // None of the formats has a zero byte; images and archives do.
            text if text.contains('\0') => Why::Binary,
            _ => Why::UnknownFormat,
        };
        return Contents { devices: Vec::new(), left_out: vec![LeftOut { hostname: None, why }] };
    };
    let keys = secrets.map(|(_, bytes)| text::decoded(bytes));
    let secrets = secrets.zip(keys.as_deref()).map(|((file, _), text)| Source { file, text });
    let beside = Beside { secrets, included };
    let devices = match format {
        Format::Asa | Format::Ios if !asked => cisco::each(file, &text, format),
        Format::Asa | Format::Ios | Format::Swanctl | Format::Strongswan | Format::Libreswan => {
            format.reader().read_with(file, &text, &beside)
        }
    };
    Contents::of(devices, format)
}

impl Contents {
    /// Devices without a name and without IKE are the lines between other devices: only a file full of them is told.
    fn of(devices: Vec<Device>, format: Format) -> Contents {
        let why = Why::NoIke(format);
        let (empty, devices): (Vec<Device>, Vec<Device>) = devices.into_iter().partition(Device::is_empty);
        let named = empty.into_iter().filter_map(|device| device.hostname);
        let mut left_out: Vec<LeftOut> = named.map(|name| LeftOut { hostname: Some(name), why }).collect();
        // Without this a file that holds nothing of IKE would leave no trace in the report.
        if devices.is_empty() && left_out.is_empty() {
            left_out.push(LeftOut { hostname: None, why });
        }
        Contents { devices, left_out }
    }
}
