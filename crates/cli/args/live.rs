//! The commands that talk to a real peer: `listen`, `connect`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::{ModeArg, Outputs};

pub(super) const LISTEN_EXAMPLES: &str = "\
Examples:
  ikesim listen --local 192.0.2.10:500 --psk-file psk.txt
  ikesim listen --local 127.0.0.1:10500 --psk-file psk.txt --once --pcap live.pcapng
  ikesim listen --local 127.0.0.1:10500 --scenario my.toml --timeout 10m --format json
  ikesim listen --local 192.0.2.10:500 --psk-file psk.txt --phase2 --esp 'esp-aes-128 esp-sha256-hmac'

One negotiation after another is served, several at once, each shown as it goes with its caller's
address; its times count from its first message. --format json writes an object for each when it is
over, and one of the whole (schema ikesim/listen/1) at the end; with --once the one negotiation alone.
Only loopback is listened on unless --local names another address; ports below 1024 need root. Exit
code 0: every negotiation came up; 1: one did not, or nobody called.";

pub(super) const CONNECT_EXAMPLES: &str = "\
Examples:
  ikesim connect 192.0.2.10 --psk-file psk.txt --policy aes-256/sha256/14
  ikesim connect 127.0.0.1:10500 --local 127.0.0.1:10501 --scenario my.toml --pcap live.pcapng
  ikesim connect 192.0.2.10 --psk-file psk.txt --phase2 --local-net 10.1.0.0/24 --remote-net 10.2.0.0/24 --pfs 14

Ports below 1024 need root. Exit code 0: the SA came up, with --phase2 the child too; 1: it stalled, or was
refused. Aggressive Mode is the plain three messages unless --confirm. No kernel is told: what a child got
is in the file of --keys, as the lines # esp SPI,KEYMAT.";

/// The longest that can be waited for.
const MAX_TIMEOUT: Duration = Duration::from_secs(86_400);

/// `ikesim listen`
#[derive(Debug, clap::Args)]
pub struct Listen {
    /// End with the first negotiation that is over.
    #[arg(long)]
    pub once: bool,
    /// Resend to callers that never answered, as the profile does: their address may be forged.
    #[arg(long)]
    pub resend: bool,
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
    // A file, and no option with the key itself: the command line is in every `ps`.
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
    /// A child as well.
    #[command(flatten)]
    pub phase2: Quick,
    /// Aggressive Mode: send the fourth message (ikesim; no device does this).
    #[arg(long)]
    pub confirm: bool,
    /// Stop after this time: 12s, 5m, or seconds.
    #[arg(long, value_name = "TIME", value_parser = timeout)]
    pub timeout: Option<Duration>,
    /// Predictable keys, for comparing runs. Never against anything real.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
    /// Files to write.
    #[command(flatten)]
    pub outputs: Outputs,
}

/// What follows phase 1. A scenario with `phase2` or a crypto map needs none of it.
#[derive(Debug, clap::Args)]
pub struct Quick {
    /// Bring a child up behind phase 1 (Quick Mode): connect asks for it, listen waits for it.
    #[arg(long)]
    pub phase2: bool,
    /// The network behind this side; default: its own address, and for listen whatever is asked for.
    #[arg(long, value_name = "NET", requires = "phase2", requires = "remote_net")]
    pub local_net: Option<String>,
    /// The network behind the peer.
    #[arg(long, value_name = "NET", requires = "phase2", requires = "local_net")]
    pub remote_net: Option<String>,
    /// A transform set, as "esp-aes-256 esp-sha-hmac" (the default); several in the order of preference.
    #[arg(long, value_name = "SET", requires = "phase2")]
    pub esp: Vec<String>,
    /// Perfect forward secrecy with this group.
    #[arg(long, value_name = "GROUP", requires = "phase2")]
    pub pfs: Option<u16>,
    /// Transport mode; default: tunnel.
    #[arg(long, requires = "phase2")]
    pub transport: bool,
}

/// A duration with its unit, or seconds; up to a day.
fn timeout(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().map(Duration::from_secs);
    let length = seconds.or_else(|| scenario::parse_duration(text));
    let allowed = length.filter(|length| !length.is_zero() && *length <= MAX_TIMEOUT);
    allowed.ok_or_else(|| "allowed: 1 to 86400 seconds, or a number with us, ms, s, m or h".into())
}
