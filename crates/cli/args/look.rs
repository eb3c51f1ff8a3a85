//! The commands that print what a device would: `show`, `logs`.

use std::path::PathBuf;

use clap::ValueEnum;

use super::Side;

pub(super) const SHOW_EXAMPLES: &str = "\
Examples:
  ikesim show scenarios/psk_mismatch.toml --device initiator --at 20s
  ikesim show scenarios/psk_mismatch.toml --device responder --at 20s --like ios
  ikesim show scenarios/main_mode.toml --device initiator --detail=table    the layout that parsers know
  ikesim show scenarios/phase2_up.toml --device responder --ipsec           what phase 2 made: show crypto ipsec sa

What has no public source is marked (simulated).";

pub(super) const LOGS_EXAMPLES: &str = "\
Examples:
  ikesim logs scenarios/no_return_route.toml --device initiator
  ikesim logs scenarios/policy_mismatch_group.toml --device responder --like ios --at 9s

Virtual time zero is the first of January. A line that has no public source is marked (simulated).";

/// Whose words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LikeArg {
    /// ASA 8.4 and later.
    Asa,
    /// IOS and IOS-XE.
    Ios,
}

/// How much `show` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DetailArg {
    /// A block for each SA.
    Block,
    /// A table (ASA).
    Table,
}

/// Which device, when, in whose words.
#[derive(Debug, clap::Args)]
pub struct Sight {
    /// A scenario; - is standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Which device.
    #[arg(long, value_enum, value_name = "SIDE")]
    pub device: Side,
    /// At which moment of the run, as 20s; without it, at the end.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// In whose words; without it, the device's own.
    #[arg(long, value_enum, value_name = "DEVICE")]
    pub like: Option<LikeArg>,
}

/// `ikesim show`
#[derive(Debug, clap::Args)]
pub struct Show {
    /// Device and moment.
    #[command(flatten)]
    pub sight: Sight,
    /// With encryption, hash and lifetime.
    // The value behind `=` alone: else the word behind --detail might be taken for one.
    #[arg(long, value_enum, value_name = "LAYOUT", num_args = 0..=1, require_equals = true, default_missing_value = "block")]
    pub detail: Option<DetailArg>,
    /// `show crypto ipsec sa` instead: the children, with SPIs and lifetimes. No traffic is simulated: counters are zero.
    #[arg(long, conflicts_with = "detail")]
    pub ipsec: bool,
}

/// `ikesim logs`
#[derive(Debug, clap::Args)]
pub struct Logs {
    /// Device and the moment that the stream ends at.
    #[command(flatten)]
    pub sight: Sight,
}
