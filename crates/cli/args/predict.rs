//! The commands that read device configurations: `predict`, `import`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use config::Format;

pub(super) const PREDICT_EXAMPLES: &str = "\
Examples:
  ikesim predict left.cfg right.cfg
  ikesim predict configs/                       every pair of devices below a folder
  ikesim predict both.txt --format json         several devices in one file
  ikesim predict all.txt asa.txt --left-host r1 --right-format asa
  ikesim predict moon/swanctl.conf sun/ipsec.conf     ipsec.secrets is read from the same folder
  ikesim predict left.cfg right.cfg --html report.html
  ikesim predict left.cfg               one side alone: entries that cannot begin
  ikesim predict left.cfg right.cfg --phase 1
  ikesim predict configs/ --format github       annotations for a pull request; junit for others

Exit codes: 0 every pair comes up in both directions, 1 one stalls or is refused, 4 it cannot be told (a masked key, an address that is not there),
2 nothing to judge. Keys are never shown.";

/// `ikesim predict`
#[derive(Debug, clap::Args)]
pub struct Predict {
    /// Files, or folders of files; a file may hold several devices.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Of the first path, only the device with this hostname.
    #[arg(long, value_name = "NAME")]
    pub left_host: Option<String>,
    /// Of the second path, only the device with this hostname.
    #[arg(long, value_name = "NAME")]
    pub right_host: Option<String>,
    /// How the first path's files are written; without it, it is recognised.
    #[arg(long, value_parser = format(), value_name = "FORMAT")]
    pub left_format: Option<Format>,
    /// How the second path's files are written.
    #[arg(long, value_parser = format(), value_name = "FORMAT")]
    pub right_format: Option<Format>,
    /// How far to judge: 1 is phase 1 alone. Without it, phase 2 too where the files of both sides show it.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=2), default_value_t = 2, value_name = "PHASE")]
    pub phase: u8,
    /// Write one self-contained page too. It holds no keys.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// `ikesim import`
#[derive(Debug, clap::Args)]
pub struct Import {
    /// A device's configuration; - is standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Which of its peers; without it, the first.
    #[arg(long, value_name = "ADDRESS")]
    pub peer: Option<IpAddr>,
    /// Which of its devices, by hostname; without it, the first that has such a peer.
    #[arg(long, value_name = "NAME")]
    pub host: Option<String>,
    /// How it is written; without it, it is recognised.
    #[arg(long, value_parser = format(), value_name = "FORMAT")]
    pub from: Option<Format>,
    /// Write the pre-shared keys too, so that the scenario can be run. They are secrets.
    #[arg(long)]
    pub show_keys: bool,
}

/// How a device's configuration is written.
fn format() -> impl TypedValueParser<Value = Format> {
    let names = Format::ALL.map(|format| PossibleValue::new(format.name()).help(format.meaning()));
    PossibleValuesParser::new(names).try_map(|name| Format::from_name(&name).ok_or("no format"))
}
