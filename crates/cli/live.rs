//! `ikesim listen` and `ikesim connect`: the same engine, on real sockets.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::path::PathBuf;
use std::time::Duration;

use ike::config::TunnelGroup;
use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::keymat::PreSharedKey;
use ike::{Authentication, Config, GroupName, Identity, Mode, Policy, Powers, Profile, Role, Streams};
use report::Report;
use scenario::Scenario;
use scenario::nearest;
use sim::Live;

use crate::args::{Connect, Format, Listen, Local};
use crate::failure::{Failure, IO, USAGE};
use crate::out::{Out, say};
use crate::udp::Sockets;
use crate::{decode, input, output, run};

/// The environment variable that may hold the pre-shared key.
const PSK_VARIABLE: &str = "IKESIM_PSK";

/// Waits for a peer that calls; 0 when the SA came up, 1 when it did not.
pub fn listen(args: &Listen, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let format = reported(&args.local, format)?;
    let local = args.local.local.unwrap_or(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 500));
    let role = Role::Responder;
    let mut scenario = scenario(&args.local, role, local.ip(), None)?;
    scenario.title = format!("listening on {local}");
    let sockets = bind(local)?;
    say(&format!(
        "listening on {}; Ctrl-C ends it and shows what happened",
        sockets.local().unwrap_or(local)
    ));
    negotiate(scenario, role, &args.local, &sockets, None, format, out)
}

/// Calls a peer; 0 when the SA came up, 1 when it did not.
pub fn connect(args: &Connect, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let format = reported(&args.local, format)?;
    let peer = peer(&args.peer)?;
    let local = match args.local.local {
        Some(local) => local,
        None => SocketAddr::new(towards(peer)?, 500),
    };
    let role = Role::Initiator;
    let mut scenario = scenario(&args.local, role, local.ip(), Some(peer.ip()))?;
    scenario.title = format!("calling {peer}");
    let sockets = bind(local)?;
    let local = sockets.local().unwrap_or(local);
    say(&format!("calling {peer} from {local}"));
    negotiate(scenario, role, &args.local, &sockets, Some((local, peer)), format, out)
}

/// How the report is written; `None`: not at all, for a file takes its place on standard output.
fn reported(args: &Local, format: Format) -> Result<Option<Format>, Failure> {
    let read = args.scenario.iter().chain(&args.psk_file).map(PathBuf::as_path);
    let taken = (format != Format::Human).then_some("--format json");
    let quiet = output::check(&run::wanted(&args.outputs), read, taken)?;
    Ok((!quiet).then_some(format))
}

fn bind(local: SocketAddr) -> Result<Sockets, Failure> {
    Sockets::bind(local).map_err(|(address, error)| {
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
        if peer.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { std::net::Ipv6Addr::UNSPECIFIED.into() };
    let own = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect(peer)?;
        socket.local_addr()
    });
    own.map(|own| own.ip()).map_err(|error| Failure::new(IO, format!("no way to {peer}: {error}")))
}

fn negotiate(
    scenario: Scenario,
    role: Role,
    args: &Local,
    sockets: &Sockets,
    call: Option<(SocketAddr, SocketAddr)>,
    format: Option<Format>,
    out: &mut Out,
) -> Result<u8, Failure> {
    let streams = streams(args.seed, role)?;
    // No memo of powers: a live key is computed once and kept nowhere.
    let mut live = Live::new(&scenario.setup, role, streams, Powers::none());
    let stop = sockets.stopper();
    // Without a handler Ctrl-C just ends the process: the report is lost, nothing else.
    let _ = ctrlc::set_handler(stop);
    let timeout = args.timeout.map(Duration::from_secs);
    let ended = sockets.run(&mut live, call, timeout, &mut |line| say(line));
    let report = Report::live(scenario, live.finish(ended), role);
    run::write_files(&args.outputs, &report, out)?;
    match format {
        None => {}
        Some(Format::Json) => out.json(&report::json(&report)?)?,
        Some(_) => out.write_all(report::text(&report, crate::window::layout()).as_bytes())?,
    }
    Ok(u8::from(report.outcome.verdict != sim::Verdict::Established))
}

/// Randomness from the operating system; from a seed only on demand, and never quietly.
fn streams(seed: Option<u64>, role: Role) -> Result<Streams, Failure> {
    let name = match role {
        Role::Initiator => "initiator",
        Role::Responder => "responder",
    };
    if let Some(seed) = seed {
        say("warning: --seed makes every key of this negotiation predictable");
        return Ok(Streams::new(seed, name));
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| Failure::new(IO, format!("no randomness: {error}")))?;
    Ok(Streams::from_entropy(key, name))
}

/// The scenario's side, or the default's, at its real addresses and with the flags' values.
fn scenario(args: &Local, role: Role, own: IpAddr, peer: Option<IpAddr>) -> Result<Scenario, Failure> {
    if own.is_unspecified() {
        return Err(Failure::new(USAGE, format!("--local {own} names no address"))
            .help(Some("name the one that the peer calls: identity and NAT detection need it".into())));
    }
    let mut scenario = match &args.scenario {
        Some(path) => input::scenario(path, None)?,
        None => Scenario::parse("<defaults>", "")?,
    };
    scenario.name = args.scenario.as_ref().map_or("live".into(), |path| path.display().to_string());
    let old_peer = scenario.setup.outside_address(role.other());
    scenario.setup.faults.clear();
    scenario.setup.edits.clear();
    scenario.expect = scenario::Expect::default();
    scenario.setup.seed = args.seed.unwrap_or(0);
    let mut config = scenario.setup.hosts[role].clone();
    config.address = own;
    config.peer = peer.unwrap_or(own);
    config.confirm = args.confirm;
    // Who calls a responder is not known before: a group for the scenario's peer serves whoever does.
    let name = peer.map_or(GroupName::Default, GroupName::Address);
    for group in config.tunnel_groups.iter_mut().filter(|group| group.name == GroupName::Address(old_peer)) {
        group.name = name.clone();
    }
    flags(args, &mut config, &name)?;
    scenario.setup.mode = config.mode;
    let other = peer.unwrap_or(old_peer);
    match role {
        Role::Initiator => {
            scenario.setup.hosts.initiator = config;
            scenario.setup.hosts.responder.address = other;
        }
        Role::Responder => {
            scenario.setup.hosts.responder = config;
            scenario.setup.hosts.initiator.peer = own;
            scenario.setup.hosts.initiator.address =
                if other == own { scenario.setup.hosts.initiator.address } else { other };
        }
    }
    Ok(scenario)
}

fn flags(args: &Local, config: &mut Config, group: &GroupName) -> Result<(), Failure> {
    if let Some(mode) = args.mode {
        config.mode = mode.into();
    }
    if let Some(name) = &args.profile {
        let names = || Profile::ALL.iter().map(|profile| profile.name);
        config.profile = Profile::from_name(name).ok_or_else(|| unknown("profile", name, names()))?;
    }
    if let Some(text) = &args.identity {
        config.identity = identity(text)?;
    }
    if !args.policy.is_empty() {
        let numbered = (1_u16..).zip(&args.policy);
        config.policies =
            numbered.map(|(n, text)| policy(n.saturating_mul(10), text)).collect::<Result<_, _>>()?;
    }
    if let Some(key) = psk(args)? {
        config.tunnel_groups =
            vec![TunnelGroup { name: group.clone(), pre_shared_key: Some(key), peer_identity: None }];
    } else if args.scenario.is_none() {
        return Err(Failure::new(USAGE, "no pre-shared key")
            .help(Some(format!("--psk-file FILE, the variable {PSK_VARIABLE}, or --scenario FILE"))));
    }
    Ok(())
}

fn psk(args: &Local) -> Result<Option<PreSharedKey>, Failure> {
    if let Some(path) = &args.psk_file {
        return decode::psk(path).map(Some);
    }
    let variable = std::env::var_os(PSK_VARIABLE).filter(|value| !value.is_empty());
    Ok(variable.map(|value| PreSharedKey::new(value.into_encoded_bytes())))
}

fn unknown<'n>(what: &str, got: &str, names: impl Iterator<Item = &'n str>) -> Failure {
    let names: Vec<&str> = names.collect();
    let near =
        nearest(got, names.iter().copied()).map_or(String::new(), |near| format!("did you mean {near}? "));
    Failure::new(USAGE, format!("unknown {what} `{got}`"))
        .help(Some(format!("{near}allowed: {}", names.join(", "))))
}

/// `aes-256/sha256/14/pre-share`; what stands behind the group may be left out.
fn policy(priority: u16, text: &str) -> Result<Policy, Failure> {
    let mut parts = text.split('/');
    let mut next = || parts.next().unwrap_or_default();
    let (cipher, hash, group, method) = (next(), next(), next(), next());
    let encryption = Cipher::from_name(cipher)
        .ok_or_else(|| unknown("cipher", cipher, Cipher::ALL.iter().map(|cipher| cipher.name())))?;
    let hash = HashAlg::from_name(hash)
        .ok_or_else(|| unknown("hash", hash, HashAlg::ALL.iter().map(|hash| hash.name())))?;
    let number = group.parse().ok().and_then(DhGroup::from_number);
    let group = number.ok_or_else(|| {
        let numbers: Vec<String> = DhGroup::ALL.iter().map(|group| group.number().to_string()).collect();
        unknown("group", group, numbers.iter().map(String::as_str))
    })?;
    if !matches!(method, "" | "pre-share") || parts.next().is_some() {
        return Err(Failure::new(USAGE, format!("`{text}` is no policy"))
            .help(Some("as aes-256/sha256/14 or aes-256/sha256/14/pre-share".into())));
    }
    let authentication = Authentication::PreShared;
    Ok(Policy { priority, authentication, encryption, hash, group, lifetime: 86_400 })
}

/// `address`, `fqdn:NAME`, `user_fqdn:NAME`, `key_id:TEXT`, `address:ADDR`.
fn identity(text: &str) -> Result<Identity, Failure> {
    let wrong = || {
        Failure::new(USAGE, format!("`{text}` is no identity"))
            .help(Some("allowed: address, address:ADDR, fqdn:NAME, user_fqdn:NAME, key_id:TEXT".into()))
    };
    let (kind, value) = text.split_once(':').unwrap_or((text, ""));
    match (kind, value) {
        ("address", "") => Ok(Identity::OwnAddress),
        ("address", address) => address.parse().map(Identity::Address).map_err(|_| wrong()),
        (_, "") => Err(wrong()),
        ("fqdn", name) => Ok(Identity::Fqdn(name.into())),
        ("user_fqdn", name) => Ok(Identity::UserFqdn(name.into())),
        ("key_id", name) => Ok(Identity::KeyId(name.as_bytes().to_vec())),
        _ => Err(wrong()),
    }
}

impl From<crate::args::ModeArg> for Mode {
    fn from(mode: crate::args::ModeArg) -> Mode {
        match mode {
            crate::args::ModeArg::Main => Mode::Main,
            crate::args::ModeArg::Aggressive => Mode::Aggressive,
        }
    }
}
