//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Shows, byte for byte, how an IKEv1 phase 1 negotiation goes and where and why it stalls.
#[derive(Debug, Parser)]
#[command(name = "ikesim", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Args {
    /// What to do.
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
  ikesim run scenarios/psk_mismatch.toml    the ladder, where each peer stalls, why, and the fix
  ikesim test                               every scenario below scenarios/ against its [expect]
  ikesim init my.toml --fault drop          a scenario of your own
  ikesim list faults                        what can go wrong

Exit codes: 0 every expectation held; 1 one did not, or a fault never fired; 2 usage or scenario
error; 3 a file could not be read or written.";

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON object per line.
    Json,
    /// Comma-separated values (sweep).
    Csv,
    /// JUnit XML (test).
    Junit,
    /// Test Anything Protocol (test).
    Tap,
    /// GitHub workflow commands (test).
    Github,
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
    #[command(after_help = SWEEP_EXAMPLES)]
    Sweep(SweepArgs),
    /// Visit every order of deliveries, losses and timers within bounds, and check what must always hold.
    #[command(after_help = EXPLORE_EXAMPLES)]
    Explore(ExploreArgs),
    /// Say what would have brought a tunnel up, and when it was too late.
    #[command(
        after_help = "Examples:\n  ikesim why scenarios/psk_mismatch.toml\n  ikesim why scenarios/drop_msg5.toml --as initiator"
    )]
    Why(WhyArgs),
    /// Read device configurations and say whether phase 1 comes up between them, and if not, which lines are to blame.
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
    /// Answer a real peer over UDP.
    #[command(after_help = LIVE_EXAMPLES)]
    Listen(Listen),
    /// Call a real peer over UDP.
    #[command(after_help = LIVE_EXAMPLES)]
    Connect(Connect),
    /// Say what a state, a pair of states, a cause, a notify, a message or a log line means.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain {
        /// The word; two states; or a line of a log, in quotes.
        #[arg(required = true, value_name = "WORD")]
        words: Vec<String>,
    },
    /// Print what `show crypto ikev1 sa` or `show crypto isakmp sa` would print on a device at a moment of a run.
    #[command(after_help = SHOW_EXAMPLES)]
    Show(Show),
    /// Print the syslog or debug stream of a device.
    #[command(after_help = LOGS_EXAMPLES)]
    Logs(Logs),
    /// Show every IKEv1 message of a capture, field by field.
    #[command(after_help = DECODE_EXAMPLES)]
    Decode(Decode),
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

const SWEEP_EXAMPLES: &str = "\
Examples:
  ikesim sweep --fault all --mode main,aggressive          every fault in both modes, grouped by outcome
  ikesim sweep my.toml --loss 0,0.1,0.3 --seeds 0..1000    how often does it come up?
  ikesim sweep --fault drop --profile asa:ios --format csv > drops.csv
  ikesim sweep --fault all --pairs --shard 1/4 --format json > part1.jsonl

A fault is a kind (`ikesim list faults`) with every value that makes sense, or kind:field=value,field=value.
Without a FILE the empty scenario is the base. Each line carries the command that runs it alone.";

const EXPLORE_EXAMPLES: &str = "\
Examples:
  ikesim explore scenarios/main_mode.toml --drops 1 --eager 1
  ikesim explore scenarios/aggressive_mode_three_messages.toml --drops 0    exit code 1: not confirmed

Only the two configurations count: faults and network of the file are left aside. Exit code 1: a
property does not hold, and the shortest way there is written as a scenario.";

const LIVE_EXAMPLES: &str = "\
Examples:
  ikesim listen --local 192.0.2.10:500 --psk-file psk.txt
  ikesim connect 192.0.2.10 --psk-file psk.txt --policy aes-256/sha256/14
  ikesim connect 127.0.0.1:10500 --local 127.0.0.1:10501 --scenario my.toml --pcap live.pcapng

Only loopback is listened on unless --local names another address; ports below 1024 need root. Exit
code 0: the SA came up; 1: it stalled. Aggressive Mode is the plain three messages unless --confirm.";

const PREDICT_EXAMPLES: &str = "\
Examples:
  ikesim predict left.cfg right.cfg
  ikesim predict configs/                       every pair of devices below a folder
  ikesim predict both.txt --format json

ASA 8.4 and later (and the older crypto isakmp forms), IOS and IOS-XE. Keys are never shown. Exit codes: 0 every
direction comes up; 1 one stalls; 4 it cannot be told (a masked key, a peer that is not here); 2 bad input.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  ikesim explain MM_WAIT_MSG4
  ikesim explain MM_WAIT_MSG2 MM_WAIT_MSG3        initiator, responder
  ikesim explain MM_KEY_EXCH                      an IOS name
  ikesim explain psk-mismatch
  ikesim explain INVALID_COOKIE
  ikesim explain '%ASA-3-713138: Group = 203.0.113.1 not found and BASE GROUP default PSK not configured'";

const SHOW_EXAMPLES: &str = "\
Examples:
  ikesim show scenarios/psk_mismatch.toml --device initiator --at 20s
  ikesim show scenarios/psk_mismatch.toml --device responder --at 20s --like ios
  ikesim show scenarios/main_mode.toml --device initiator --detail=table    the layout that parsers know

What has no public source is marked (simulated).";

const LOGS_EXAMPLES: &str = "\
Examples:
  ikesim logs scenarios/no_return_route.toml --device initiator
  ikesim logs scenarios/policy_mismatch_group.toml --device responder --like ios --at 9s

Virtual time zero is the first of January. A line that has no public source is marked (simulated).";

const DECODE_EXAMPLES: &str = "\
Examples:
  ikesim decode stall.pcapng
  ikesim decode stall.pcapng --keys keys.txt               open what a key line opens
  ikesim decode aggressive.pcap --psk-file psk.txt         is this the pre-shared key?

A key line is Wireshark's ikev1_decryption_table: initiator cookie, comma, cipher key, both plain hex
(`ikesim run FILE --pcap F.pcapng --keys F.txt` writes one). Together with --psk-file it lets the hashes
of Main Mode be checked too.";

/// `ikesim run`
#[derive(Debug, clap::Args)]
pub struct Run {
    /// Scenario files; - is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Use this seed instead of the scenario's.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
    /// Files to write.
    #[command(flatten)]
    pub outputs: Outputs,
    /// Write the illustrated handshake, one HTML page: every step, byte and calculation. It holds the keys; see --redact.
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

/// Files that a run can write; one negotiation only.
#[derive(Debug, clap::Args)]
pub struct Outputs {
    /// Write the trace as JSON lines.
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// Write the packets as pcapng: interface 0 is the initiator's, 1 the responder's.
    #[arg(long, value_name = "FILE")]
    pub pcap: Option<PathBuf>,
    /// Write the key line that lets Wireshark decrypt that capture. It is a secret.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
}

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

/// `ikesim predict`
#[derive(Debug, clap::Args)]
pub struct Predict {
    /// Files, or folders of files; a file may hold several devices.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Look at this device alone, by its hostname; may stand several times.
    #[arg(long, value_name = "NAME")]
    pub host: Vec<String>,
}

/// `ikesim import`
#[derive(Debug, clap::Args)]
pub struct Import {
    /// A device's configuration.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Which of its peers; without it, the first.
    #[arg(long, value_name = "ADDRESS")]
    pub peer: Option<std::net::IpAddr>,
    /// Write the pre-shared keys too, so that the scenario can be run. They are secrets.
    #[arg(long)]
    pub show_keys: bool,
}

/// `ikesim show`
#[derive(Debug, clap::Args)]
pub struct Show {
    /// A scenario; - is standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// On which device.
    #[arg(long, value_enum, value_name = "SIDE")]
    pub device: Side,
    /// At which moment of the run, as 20s; without it, at the end.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// In whose words; without it, the device's own.
    #[arg(long, value_enum, value_name = "DEVICE")]
    pub like: Option<LikeArg>,
    /// With encryption, hash and lifetime.
    #[arg(long, value_enum, value_name = "LAYOUT", num_args = 0..=1, require_equals = true, default_missing_value = "block")]
    pub detail: Option<DetailArg>,
}

/// `ikesim logs`
#[derive(Debug, clap::Args)]
pub struct Logs {
    /// A scenario; - is standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Of which device.
    #[arg(long, value_enum, value_name = "SIDE")]
    pub device: Side,
    /// Up to which moment of the run, as 20s; without it, to the end.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// In whose words; without it, the device's own.
    #[arg(long, value_enum, value_name = "DEVICE")]
    pub like: Option<LikeArg>,
}

/// `ikesim sweep`
#[derive(Clone, Debug, clap::Args)]
pub struct SweepArgs {
    /// Base scenarios; their [expect] is left aside.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Take the axes from a TOML file: the names of these options as keys, lists as values.
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
    text.parse().ok().filter(|jobs| (1..=1024).contains(jobs)).ok_or_else(|| "allowed: 1 to 1024".into())
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
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub duplicates: u8,
    /// Datagrams that may overtake earlier ones.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub reorders: u8,
    /// Timers that may run out while datagrams are under way; without it, as many as there are.
    #[arg(long, value_name = "N")]
    pub eager: Option<u8>,
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
    /// Name the causes that this side cannot tell apart, and what would tell them apart.
    #[arg(long = "as", value_enum, value_name = "SIDE")]
    pub view: Option<Side>,
}

/// `ikesim listen`
#[derive(Debug, clap::Args)]
pub struct Listen {
    /// This side.
    #[command(flatten)]
    pub local: Local,
}

/// `ikesim connect`
#[derive(Debug, clap::Args)]
pub struct Connect {
    /// Whom to call: ADDRESS, ADDRESS:PORT, [IPv6]:PORT or a name; the port is 500 by default.
    pub peer: String,
    /// This side.
    #[command(flatten)]
    pub local: Local,
}

/// This side of a live negotiation.
#[derive(Debug, clap::Args)]
pub struct Local {
    /// Take this side from a scenario's [initiator] (connect) or [responder] (listen).
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// The exchange that connect starts.
    #[arg(long, value_enum)]
    pub mode: Option<ModeArg>,
    /// The pre-shared key (or the variable IKESIM_PSK); one newline at the end is not part of it.
    #[arg(long, value_name = "FILE")]
    pub psk_file: Option<PathBuf>,
    /// A policy, as aes-256/sha256/14/pre-share; several in the order of preference.
    #[arg(long, value_name = "POLICY")]
    pub policy: Vec<String>,
    /// What to call oneself: address, fqdn:NAME, user_fqdn:NAME, key_id:TEXT.
    #[arg(long, value_name = "IDENTITY")]
    pub identity: Option<String>,
    /// Own address and port; default for listen: 127.0.0.1:500. With port 500 also 4500 is bound.
    #[arg(long, value_name = "ADDR:PORT")]
    pub local: Option<SocketAddr>,
    /// The vendor whose behaviour is shown (`ikesim list profiles`).
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Aggressive Mode: send the fourth message (ikesim; no device does this).
    #[arg(long)]
    pub confirm: bool,
    /// Stop after this many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: Option<u64>,
    /// Predictable keys, for comparing runs. Never against anything real.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
    /// Files to write.
    #[command(flatten)]
    pub outputs: Outputs,
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
    /// Key lines: initiator cookie, comma, cipher key.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// A pre-shared key; one newline at the end is not part of it.
    #[arg(long, value_name = "FILE")]
    pub psk_file: Option<PathBuf>,
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
