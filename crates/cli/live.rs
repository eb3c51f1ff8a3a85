//! `ikesim listen` and `ikesim connect`: the same engine, on real sockets.

mod calling;
mod listening;
mod show;
mod side;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::path::PathBuf;

use ike::{Powers, Role, Streams};
use sim::service::MAX_BYTES;
use sim::{Live, Service};

use crate::args::{Connect, Format, Listen, Local};
use crate::failure::{Failure, IO, USAGE};
use crate::out::{Out, say};
use crate::udp::{Errors, Sockets, Talk};
use crate::{output, run};
use calling::Calling;
use listening::Listening;
use show::Show;

/// Serves whoever calls; 0 when every negotiation came up, 1 when one did not or nobody called.
pub fn listen(args: &Listen, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let format = reported(&args.local, format)?;
    // Loopback: to answer strangers is something to ask for.
    let local = args.local.local.unwrap_or(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 500));
    let mut scenario = side::scenario(&args.local, Role::Responder, local.ip(), None)?;
    let streams = streams(args.local.seed, Role::Responder)?;
    // An answer that its receiver did not want is no news: only who calls is told what ICMP says.
    let sockets = bind(local, Errors::Ignored)?;
    // What was port 0 has a number now.
    let local = sockets.local().unwrap_or(local);
    scenario.title = format!("listening on {local}");
    let end = if args.once { "one negotiation or Ctrl-C ends it" } else { "Ctrl-C ends it" };
    say(&format!("listening on {local}; {end}"));
    let service = Service::new(scenario.setup.clone(), streams, args.resend, MAX_BYTES);
    let show = Show::new(format, out);
    let mut listening = Listening::new(service, scenario, &args.local.outputs, args.once, show);
    let ended = talk(&sockets, &mut listening, &args.local);
    listening.finish(local, ended, sockets.overrun())
}

/// Calls a peer; 0 when the SA came up, 1 when it did not.
pub fn connect(args: &Connect, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let format = reported(&args.local, format)?;
    let peer = peer(&args.peer)?;
    let local = match args.local.local {
        Some(local) => local,
        // The identity and the NAT-D hash need the address that the peer sees, not 0.0.0.0.
        None => SocketAddr::new(towards(peer)?, 500),
    };
    let role = Role::Initiator;
    let mut scenario = side::scenario(&args.local, role, local.ip(), Some(peer.ip()))?;
    scenario.title = format!("calling {peer}");
    let streams = streams(args.local.seed, role)?;
    let sockets = bind(local, Errors::Told)?;
    let local = sockets.local().unwrap_or(local);
    say(&format!("calling {peer} from {local}"));
    // No memo of powers: a live key is computed once and kept nowhere.
    let live = Live::new(&scenario.setup, role, streams, Powers::none());
    let mut calling = Calling::new(live, scenario, (local, peer), Show::new(format, out));
    let ended = talk(&sockets, &mut calling, &args.local);
    calling.finish(ended, &args.local.outputs)
}

/// Until it is over, time is up, or Ctrl-C.
fn talk(sockets: &Sockets, talk: &mut dyn Talk, args: &Local) -> ike::Instant {
    // Without a handler Ctrl-C just ends the process: the report is lost, nothing else.
    let _ = ctrlc::set_handler(sockets.stopper());
    sockets.run(talk, args.timeout)
}

/// How the report is written; `None`: not at all, for a file takes its place on standard output.
fn reported(args: &Local, format: Format) -> Result<Option<Format>, Failure> {
    let read = args.scenario.iter().chain(&args.psk_file).map(PathBuf::as_path);
    let taken = (format != Format::Human).then_some("--format json");
    let quiet = output::check(&run::wanted(&args.outputs), read, taken)?;
    Ok((!quiet).then_some(format))
}

fn bind(local: SocketAddr, errors: Errors) -> Result<Sockets, Failure> {
    Sockets::bind(local, errors).map_err(|(address, error)| {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the list of kinds is not ours, and grows")]
        let help = match error.kind() {
            io::ErrorKind::PermissionDenied => {
                Some("ports below 1024 need root; or name another: --local 127.0.0.1:10500")
            }
            io::ErrorKind::AddrInUse => Some("another IKE daemon may be running on this host"),
            _ => None,
        };
        Failure::new(IO, format!("cannot bind {address}: {error}")).help(help.map(str::to_owned))
    })
}

/// `ADDR`, `ADDR:PORT`, `[ADDR6]:PORT`, or a name.
fn peer(text: &str) -> Result<SocketAddr, Failure> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(SocketAddr::new(address, 500));
    }
    // IPv6 without a port is an address, taken above: the last colon is a port's.
    let with_port = if text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        text.to_owned()
    } else {
        format!("{text}:500")
    };
    let found = with_port.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| {
        Failure::new(USAGE, format!("`{text}` is no peer"))
            .help(Some("allowed: ADDRESS, ADDRESS:PORT, [IPv6]:PORT, or a name that resolves".into()))
    })
}

/// The own address that packets to the peer leave from.
fn towards(peer: SocketAddr) -> Result<IpAddr, Failure> {
    let any: IpAddr =
        if peer.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    // To connect sends nothing; it makes the kernel choose its route.
    let own = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect(peer)?;
        socket.local_addr()
    });
    own.map(|own| own.ip()).map_err(|error| Failure::new(IO, format!("no way to {peer}: {error}")))
}

/// Randomness from the operating system; from a seed only on demand, and never quietly.
fn streams(seed: Option<u64>, role: Role) -> Result<Streams, Failure> {
    if let Some(seed) = seed {
        say("warning: --seed makes every key of this negotiation predictable");
        return Ok(Streams::new(seed, role.name()));
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| Failure::new(IO, format!("no randomness: {error}")))?;
    Ok(Streams::from_entropy(key, role.name()))
}
