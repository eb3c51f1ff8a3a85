//! What the command says, one SHA-256 sum per output, against `tests/manifest.txt`. A step that only moves code changes no sum.

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
    match (&options.against, &options.show) {
        (Some(other), name) => differ::against(&outputs(other), &outputs(ours), name.as_deref()),
        (None, Some(name)) => differ::show(&outputs(ours), name),
        (None, None) if options.write => {
            fs::write(manifest(), lines(&outputs(ours))).unwrap();
            ExitCode::SUCCESS
        }
        (None, None) => {
            let test = Trial::test("every_output_is_the_one_of_the_manifest", move || compare(ours));
            libtest_mimic::run(&options.harness, vec![test]).exit_code()
        }
    }
}

fn manifest() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manifest.txt")
}

/// Everything that this build of the command says.
fn outputs(ikesim: &Path) -> Outputs {
    let ikesim = ikesim.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", ikesim.display()));
    let jobs = jobs::all(&ikesim);
    let outputs: Vec<_> = jobs.par_iter().flat_map_iter(|job| job.run(&ikesim)).collect();
    let count = outputs.len();
    let outputs: Outputs = outputs.into_iter().collect();
    assert_eq!(outputs.len(), count, "two outputs of one name");
    outputs
}

/// The manifest, in the order of the names.
fn lines(outputs: &Outputs) -> String {
    let line = |(name, bytes): (&String, &Vec<u8>)| {
        let sum: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{sum}  {name}\n")
    };
    outputs.iter().map(line).collect()
}

fn compare(ikesim: &Path) -> Result<(), Failed> {
    let found = lines(&outputs(ikesim));
    let committed = fs::read_to_string(manifest()).unwrap_or_default();
    let by_name = |text: &str| -> BTreeMap<String, String> {
        text.lines()
            .filter_map(|line| line.split_once("  "))
            .map(|(sum, name)| (name.into(), sum.into()))
            .collect()
    };
    let changes = differ::changes(&by_name(&committed), &by_name(&found));
    if changes.is_empty() {
        return Ok(());
    }
    Err(format!("{}{HELP}", differ::list(&changes)).into())
}

const HELP: &str = "
See what is otherwise, IKESIM being a build of the commit before (git worktree add ../before HEAD~):
  cargo test --test manifest -- --against IKESIM
  cargo test --test manifest -- --against IKESIM --show NAME
If that is what users shall see, take it over, and say why in the commit:
  cargo test --test manifest -- --write
";
