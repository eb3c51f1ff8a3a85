//! The commands that make many runs of one scenario: `sweep`, `explore`, `why`.

use std::path::PathBuf;

use super::{ModeArg, Side};

pub(super) const SWEEP_EXAMPLES: &str = "\
Examples:
  ikesim sweep --fault all --mode main,aggressive          every fault in both modes, grouped by outcome
  ikesim sweep my.toml --loss 0,0.1,0.3 --seeds 0..1000    how often does it come up?
  ikesim sweep --fault drop --profile asa:ios --format csv > drops.csv
  ikesim sweep --fault all --pairs --shard 1/4 --format json > part1.jsonl

A fault is a kind (`ikesim list faults`) with every value that makes sense, or kind:field=value,field=value.
Without a FILE the empty scenario is the base. Each line carries the command that runs it alone.";

pub(super) const EXPLORE_EXAMPLES: &str = "\
Examples:
  ikesim explore scenarios/main_mode.toml --drops 1 --eager 1
  ikesim explore scenarios/aggressive_mode_three_messages.toml --drops 0    exit code 1: not confirmed
  ikesim explore scenarios/main_mode.toml --corrupt 1 --forge 1    is anything taken that proves nothing?

The file's faults, NAT and filters stay in force; its chances and `until` are left aside. Exit code 1: a
property does not hold, and the shortest way there is written as a scenario; 4: cut short.";

/// `ikesim sweep`
#[derive(Clone, Debug, clap::Args)]
pub struct SweepArgs {
    /// Base scenarios; their [expect] is left aside.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Take the axes from a TOML file: the names of these options as keys, lists as values.
    // Not together: whether the file or the option counts would be a guess.
    #[arg(long, value_name = "FILE.toml", conflicts_with_all = ["files", "mode", "profile", "fault", "pairs", "together",
        "group", "encryption", "hash", "loss", "seeds"])]
    pub plan: Option<PathBuf>,
    /// Exchanges.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "MODE")]
    pub mode: Vec<ModeArg>,
    /// Vendors: asa:ios is initiator:responder, asa is both.
    #[arg(long, value_delimiter = ',', value_name = "PROFILE")]
    pub profile: Vec<String>,
    /// Faults, one to a run: a kind, kind:field=value,field=value, or all.
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<String>,
    /// Every pair of the faults given, two to a run.
    #[arg(long)]
    pub pairs: bool,
    /// All faults given in one run.
    #[arg(long, conflicts_with = "pairs")]
    pub together: bool,
    /// Diffie-Hellman groups.
    #[arg(long, value_delimiter = ',', value_name = "GROUP")]
    pub group: Vec<u16>,
    /// Ciphers.
    #[arg(long, value_delimiter = ',', value_name = "CIPHER")]
    pub encryption: Vec<String>,
    /// Hashes.
    #[arg(long, value_delimiter = ',', value_name = "HASH")]
    pub hash: Vec<String>,
    /// Chances of loss, 0 to 1.
    #[arg(long, value_delimiter = ',', value_name = "P")]
    pub loss: Vec<f64>,
    /// Seeds: 7, or 0..1000 (1000 not included).
    #[arg(long, value_delimiter = ',', value_name = "SEEDS")]
    pub seeds: Vec<String>,
    /// Runs at once; default: one per core. The output is the same for any number.
    #[arg(long, value_name = "N", value_parser = parse_jobs)]
    pub jobs: Option<usize>,
    /// The K-th of N parts. The parts one after another are the whole, byte for byte.
    #[arg(long, value_name = "K/N")]
    pub shard: Option<String>,
    /// Go on behind the last line of this JSON file, and append to it.
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,
    /// Write how often each pair of states was reached as a picture.
    #[arg(long, value_name = "FILE.svg")]
    pub heatmap: Option<PathBuf>,
}

fn parse_jobs(text: &str) -> Result<usize, String> {
    // The pool takes 0 for as many as there are cores, which is not what was typed.
    text.parse().ok().filter(|jobs| (1..=1024).contains(jobs)).ok_or_else(|| "allowed: 1 to 1024".into())
}

/// How many timers may be eager; `None`: any number.
#[derive(Clone, Copy, Debug)]
pub struct Eager(pub Option<u8>);

fn parse_eager(text: &str) -> Result<Eager, String> {
    match text {
        "any" => Ok(Eager(None)),
        number => {
            number.parse().map(|number| Eager(Some(number))).map_err(|_| "allowed: 0 to 255, or any".into())
        }
    }
}

/// `ikesim explore`
#[derive(Debug, clap::Args)]
pub struct ExploreArgs {
    /// The scenario whose peers are explored.
    pub file: PathBuf,
    /// Datagrams that may be lost.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub drops: u8,
    /// Datagrams that may be delivered twice.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub duplicates: u8,
    /// Datagrams that may overtake earlier ones.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub reorders: u8,
    /// Timers that may run out while datagrams are under way; `any`: as many as there are.
    // Without a bound the resends alone make millions of worlds, and nothing would be proved.
    #[arg(long, value_name = "N", default_value = "1", value_parser = parse_eager)]
    pub eager: Eager,
    /// Datagrams that may be damaged: in a cookie, their first or last byte, a reserved byte.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub corrupt: u8,
    /// Datagrams that may be forged from what is to be seen: halves swapped, in clear, equal cookies, of another run.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub forge: u8,
    /// Stop after this many worlds; then nothing is proved.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub states: usize,
    /// Where the shortest way to a broken property is written; an existing file is left alone; - is standard output.
    #[arg(long, value_name = "FILE", default_value = "violation.toml")]
    pub write: PathBuf,
}

/// `ikesim why`
#[derive(Debug, clap::Args)]
pub struct WhyArgs {
    /// The scenario.
    pub file: PathBuf,
    /// Use this seed instead of the scenario's.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
    /// Name the causes that this side cannot tell apart, and what would tell them apart.
    #[arg(long = "as", value_enum, value_name = "SIDE")]
    pub view: Option<Side>,
}
