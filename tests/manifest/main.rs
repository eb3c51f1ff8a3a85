//! What the command says, one SHA-256 sum per output, against `tests/manifest.txt`. A step that only moves code changes no sum.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test, though it brings its own main"
)]

mod differ;
mod job;
mod jobs;
mod terminal;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use libtest_mimic::{Arguments, Failed, Trial};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// Output by name.
type Outputs = BTreeMap<String, Vec<u8>>;

/// Sum by name.
type Sums = BTreeMap<String, String>;

/// Without an option: a test that compares with tests/manifest.txt.
#[derive(Parser)]
struct Options {
    /// Write tests/manifest.txt anew.
    #[arg(long)]
    write: bool,
    /// Print which outputs another build of ikesim has otherwise.
    #[arg(long, value_name = "IKESIM")]
    against: Option<PathBuf>,
    /// Print this output; with --against, what is otherwise in it.
    #[arg(long, value_name = "NAME")]
    show: Option<String>,
    #[command(flatten)]
    harness: Arguments,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let ours = Path::new(env!("CARGO_BIN_EXE_ikesim"));
    let name = options.show.as_deref();
    match &options.against {
        Some(other) => differ::against(&outputs(other, name), &outputs(ours, name), name),
        None if options.write => write(ours),
        None => match name {
            Some(name) => differ::show(&outputs(ours, Some(name)), name),
            None => {
                let test = Trial::test("every_output_is_the_one_of_the_manifest", move || compare(ours));
                libtest_mimic::run(&options.harness, vec![test]).exit_code()
            }
        },
    }
}

/// What this build of the command says: everything, or what belongs to one output.
fn outputs(ikesim: &Path, name: Option<&str>) -> Outputs {
    let ikesim = ikesim.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", ikesim.display()));
    let mut jobs = jobs::all(&ikesim);
    jobs.retain(|job| name.is_none_or(|name| job.makes(name)));
    let outputs: Vec<_> = jobs.par_iter().flat_map_iter(|job| job.run(&ikesim)).collect();
    let count = outputs.len();
    let outputs: Outputs = outputs.into_iter().collect();
    assert_eq!(outputs.len(), count, "two outputs of one name");
    outputs
}

fn manifest() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manifest.txt")
}

/// Sums by name, as committed.
fn committed() -> Sums {
    let text = fs::read_to_string(manifest()).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(sum, name)| (name.into(), sum.into()))
        .collect()
}

fn sums(outputs: &Outputs) -> Sums {
    let sum = |bytes: &Vec<u8>| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    outputs.iter().map(|(name, bytes)| (name.clone(), sum(bytes))).collect()
}

/// `--write`
fn write(ikesim: &Path) -> ExitCode {
    let sums = sums(&outputs(ikesim, None));
    differ::say(&differ::list(&differ::changes(&committed(), &sums)));
    let lines: String = sums.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect();
    fs::write(manifest(), lines).unwrap();
    ExitCode::SUCCESS
}

fn compare(ikesim: &Path) -> Result<(), Failed> {
    let changes = differ::changes(&committed(), &sums(&outputs(ikesim, None)));
    if changes.is_empty() {
        return Ok(());
    }
    Err(format!("{}{HELP}", differ::list(&changes)).into())
}

const HELP: &str = "
See what is otherwise, IKESIM being a build of the commit before (git worktree add ../before HEAD~):
  cargo test --test manifest -- --against IKESIM
  cargo test --test manifest -- --against IKESIM --show 'NAME'
If users shall see that, take it over, and say why in the commit:
  cargo test --test manifest -- --write
";
