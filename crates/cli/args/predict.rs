//! The commands that read device configurations: `predict`, `import`.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::ValueEnum;

pub(super) const PREDICT_EXAMPLES: &str = "\
Examples:
  ikesim predict left.cfg right.cfg
  ikesim predict configs/                       every pair of devices below a folder
  ikesim predict both.txt --format json         several devices in one file
  ikesim predict all.txt asa.txt --left-host r1 --right-format asa
  ikesim predict left.cfg right.cfg --html report.html
  ikesim predict configs/ --format github       annotations for a pull request; junit for others

Exit codes: 0 every pair comes up in both directions, 1 one stalls, 4 it cannot be told (a masked key, an address that is not there),
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
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub left_format: Option<ConfigFormat>,
    /// How the second path's files are written.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub right_format: Option<ConfigFormat>,
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
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub from: Option<ConfigFormat>,
    /// Write the pre-shared keys too, so that the scenario can be run. They are secrets.
    #[arg(long)]
    pub show_keys: bool,
}

/// How a device's configuration is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConfigFormat {
    /// ASA, PIX: `show running-config`.
    Asa,
    /// IOS, IOS-XE: `show running-config`.
    Ios,
}

impl From<ConfigFormat> for config::Format {
    fn from(format: ConfigFormat) -> config::Format {
        match format {
            ConfigFormat::Asa => config::Format::Asa,
            ConfigFormat::Ios => config::Format::Ios,
        }
    }
}
