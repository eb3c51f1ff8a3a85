//! The command line.

mod diagnose;
mod lab;
mod live;
mod look;
mod many;
mod predict;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub use diagnose::Diagnose;
pub use lab::{Lab, LabCommand, Look};
pub use live::{Connect, Listen, Local, Quick};
pub use look::{DetailArg, LikeArg, Logs, Show, Sight};
pub use many::{ExploreArgs, SweepArgs, WhyArgs};
use predict::PREDICT_EXAMPLES;
pub use predict::{Import, Predict};

/// Shows, byte for byte, how an IKEv1 phase 1 negotiation goes and where and why it stalls.
#[derive(Debug, Parser)]
#[command(name = "ikesim", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Args {
    /// What to do.
    // Nothing at all is no mistake: a bare `ikesim` greets.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How results are written.
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Colours. NO_COLOR and a pipe switch them off in `auto`.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

const EXAMPLES: &str = "\
Examples:
  ikesim run :psk_mismatch                  the ladder, where each peer stalls, why, and the fix
  ikesim FILE...                            whatever it is: a scenario is run, configurations are
                                            predicted, a capture is diagnosed, a log explained
  ikesim test                               every scenario below scenarios/ against its [expect]
  ikesim init my.toml --fault drop          a scenario of your own
  ikesim list faults                        what can go wrong

Exit codes: 0 every expectation held; 1 one did not, or a fault never fired; 2 usage or scenario
error; 3 a file could not be read or written; 4 undecided.";

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON object per line.
    Json,
    /// Comma-separated values (sweep, lab grade).
    Csv,
    /// JUnit XML (test).
    Junit,
    /// Test Anything Protocol (test).
    Tap,
    /// GitHub workflow commands (test, predict, lab grade).
    Github,
    /// Gradescope's results.json (lab grade).
    Gradescope,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// One of the two peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Side {
    /// Who sends the first message.
    Initiator,
    /// Who answers it.
    Responder,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios; show the ladder, where each peer stalls, why, and what to do.
    #[command(after_help = RUN_EXAMPLES)]
    Run(Run),
    /// Run every scenario below a path against its [expect].
    #[command(after_help = "Examples:\n  ikesim test\n  ikesim test labs/ scenarios/psk_mismatch.toml")]
    Test(Test),
    /// Run many: the product of modes, profiles, faults, suites, losses and seeds.
    #[command(after_help = many::SWEEP_EXAMPLES)]
    Sweep(SweepArgs),
    /// Visit every order of deliveries, losses and timers within bounds, and check what must always hold.
    #[command(after_help = many::EXPLORE_EXAMPLES)]
    Explore(ExploreArgs),
    /// Say what would have brought a tunnel up, and when it was too late.
    #[command(
        after_help = "Examples:\n  ikesim why scenarios/psk_mismatch.toml\n  ikesim why scenarios/drop_msg5.toml --as initiator"
    )]
    Why(WhyArgs),
    /// Read device configurations and say whether phases 1 and 2 come up between them, and if not, which lines are to blame.
    #[command(after_help = PREDICT_EXAMPLES)]
    Predict(Predict),
    /// Print the scenario that a device's configuration is, each value with the line it comes from.
    #[command(after_help = "Examples:\n  ikesim import r1.cfg\n  ikesim import asa.txt --peer 198.51.100.1")]
    Import(Import),
    /// Compare two runs up to the first event that differs, byte for byte. Exit code 1: they differ.
    #[command(
        after_help = "Examples:\n  ikesim diff scenarios/main_mode.toml scenarios/psk_mismatch.toml\n  ikesim diff before.jsonl after.jsonl     traces that --trace wrote"
    )]
    Diff {
        /// A scenario, or a trace (.jsonl).
        #[arg(value_name = "A")]
        one: PathBuf,
        /// Another.
        #[arg(value_name = "B")]
        other: PathBuf,
    },
    /// Answer real peers over UDP.
    #[command(after_help = live::LISTEN_EXAMPLES)]
    Listen(Listen),
    /// Call a real peer over UDP.
    #[command(after_help = live::CONNECT_EXAMPLES)]
    Connect(Connect),
    /// Read a log or `show` output and say what is wrong; or what a state, a cause, a notify or a message means.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Print what `show crypto ikev1 sa` or `show crypto isakmp sa` would print on a device at a moment of a run.
    #[command(after_help = look::SHOW_EXAMPLES)]
    Show(Show),
    /// Print the syslog or debug stream of a device.
    #[command(after_help = look::LOGS_EXAMPLES)]
    Logs(Logs),
    /// Show every IKEv1 message of a capture, field by field.
    #[command(after_help = DECODE_EXAMPLES)]
    Decode(Decode),
    /// Judge every IKEv1 negotiation of a capture: where each side was left, and why.
    #[command(after_help = diagnose::EXAMPLES)]
    Diagnose(Diagnose),
    /// Exercises: find out why a tunnel does not come up, from what one side shows.
    #[command(after_help = lab::LAB_EXAMPLES)]
    Lab(Lab),
    /// Write a commented starter scenario.
    #[command(
        after_help = "Examples:\n  ikesim init\n  ikesim init stall.toml --fault psk-mismatch\n  ikesim init - --fault drop"
    )]
    Init(Init),
    /// List names and what they mean.
    #[command(after_help = "Examples:\n  ikesim list faults\n  ikesim list states | grep MSG5")]
    List {
        /// What to list; without it, everything.
        #[arg(value_enum)]
        topic: Option<Topic>,
    },
    /// Print the JSON Schema of the scenario file.
    #[command(after_help = "Example:\n  ikesim schema > scenario.schema.json")]
    Schema,
    /// Write the manual pages into a folder.
    #[command(after_help = "Example:\n  ikesim man ~/.local/share/man/man1")]
    Man {
        /// Where to; it must exist.
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Print a completion script.
    #[command(
        after_help = "Example:\n  ikesim completions bash > ~/.local/share/bash-completion/completions/ikesim"
    )]
    Completions {
        /// Which shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

const RUN_EXAMPLES: &str = "\
Examples:
  ikesim run scenarios/psk_mismatch.toml
  ikesim run scenarios/psk_mismatch.toml --as initiator   what one side alone can tell
  ikesim run scenarios/*.toml --format json               one object per scenario
  ikesim run scenarios/psk_mismatch.toml --html run.html  step through it in a browser, byte by byte
  ikesim init - --fault drop | ikesim run -               a scenario from a pipe";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  ikesim explain pluto.log                        the verdict on a log or `show` output
  ikesim explain left.log right.log               both sides' together
  journalctl -u strongswan | ikesim explain -     standard input
  ikesim explain '%ASA-3-713138: Group = 203.0.113.1 not found'
  ikesim explain MM_WAIT_MSG4
  ikesim explain MM_WAIT_MSG2 MM_WAIT_MSG3        both sides, in either order
  ikesim explain MM_KEY_EXCH responder            an IOS name, and whose it is
  ikesim explain psk-mismatch
  ikesim explain NO_PROPOSAL_CHOSEN INVALID_COOKIE";

const DECODE_EXAMPLES: &str = "\
Examples:
  ikesim decode stall.pcapng
  ikesim decode stall.pcapng --keys keys.txt               open what a key line opens
  ikesim decode aggressive.pcap --psk-file psk.txt         is this the pre-shared key?

A key line is Wireshark's ikev1_decryption_table: initiator cookie, comma, cipher key, both plain hex
(`ikesim run FILE --pcap F.pcapng --keys F.txt` writes one). Together with --psk-file it lets the hashes
of Main Mode be checked too. Comment lines of such a file, '# skeyid_a COOKIE,HEX' and '# skeyid_d COOKIE,HEX', let
HASH(1) to HASH(3) of Quick Mode be checked, and KEYMAT of its SAs be derived and printed.";

/// `ikesim run`
#[derive(Debug, clap::Args)]
pub struct Run {
    /// Scenario files; - is standard input, :NAME a scenario that ships (`ikesim list scenarios`).
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Use this seed instead of the scenario's.
    // TOML has no larger integer. A negative number is told so, and not taken for an option.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
    /// Files to write.
    #[command(flatten)]
    pub outputs: Outputs,
    /// Write the illustrated handshake, one HTML page: every step, byte and calculation, of both sides or, with --as, of one. It holds the keys; see --redact.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Leave pre-shared keys, derived keys and decrypted payloads out of the page.
    #[arg(long, requires = "html")]
    pub redact: bool,
    /// Write the ladder as a picture, for slides.
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// Print the ladder as a Mermaid diagram, for tickets and wikis, and nothing else.
    #[arg(long)]
    pub mermaid: bool,
    /// Show only what this side can see. The expectations are judged on the whole run.
    #[arg(long = "as", value_enum, value_name = "SIDE")]
    pub view: Option<Side>,
}

/// Files that a run can write; one negotiation only. Each of them may be -, standard output, in the place of the report.
#[derive(Debug, clap::Args)]
pub struct Outputs {
    /// Write the trace as JSON lines; - is standard output, here and below.
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// Write the packets as pcapng: interface 0 is the initiator's, 1 the responder's.
    #[arg(long, value_name = "FILE")]
    pub pcap: Option<PathBuf>,
    /// Write the key line that lets Wireshark decrypt that capture. It is a secret.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
}

/// Main or Aggressive Mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModeArg {
    /// Six messages.
    Main,
    /// Three messages.
    Aggressive,
}

/// `ikesim test`
#[derive(Debug, clap::Args)]
pub struct Test {
    /// Files, or folders that are searched for *.toml.
    #[arg(default_value = "scenarios", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Use this seed instead of the scenarios'.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
}

/// `ikesim decode`
#[derive(Debug, clap::Args)]
pub struct Decode {
    /// A pcap or pcapng file, gzipped or not; - is standard input.
    pub file: PathBuf,
    /// Key lines: initiator cookie, comma, cipher key; comments with SKEYID_a and SKEYID_d are read too.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// A pre-shared key; one newline at the end is not part of it.
    #[arg(long, value_name = "FILE")]
    pub psk_file: Option<PathBuf>,
}

/// `ikesim explain`
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// Files, - for standard input, lines of a log in quotes; or a word, or two states.
    #[arg(required = true, value_name = "PASTE|WORD")]
    pub words: Vec<String>,
    /// The other side's log or `show` output.
    #[arg(long, value_name = "FILE")]
    pub other: Option<PathBuf>,
    /// What each line means, behind the verdict.
    #[arg(long)]
    pub all: bool,
}

/// `ikesim init`
#[derive(Debug, clap::Args)]
pub struct Init {
    /// The file to write; - is standard output. An existing file is left alone.
    #[arg(default_value = "scenario.toml")]
    pub file: PathBuf,
    /// Start from this fault (`ikesim list faults`).
    #[arg(long, value_name = "KIND")]
    pub fault: Option<String>,
}

/// `ikesim list`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Topic {
    /// Scenarios that ship with the program: `ikesim run :NAME`.
    Scenarios,
    /// What a scenario can inject.
    Faults,
    /// States a peer can be in.
    States,
    /// Vendors that a peer can behave like.
    Profiles,
    /// What a diagnosis can name.
    Causes,
    /// Notify types.
    Notifies,
    /// Diffie-Hellman groups.
    Groups,
    /// Ciphers.
    Ciphers,
}

impl From<Side> for ike::Role {
    fn from(side: Side) -> ike::Role {
        match side {
            Side::Initiator => ike::Role::Initiator,
            Side::Responder => ike::Role::Responder,
        }
    }
}
