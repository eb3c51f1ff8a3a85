//! `ikesim predict` and `ikesim import`

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use config::{Device, End, Key, Keys, Place, Policy, Sourced};
use ike::{Powers, Role};
use report::Report;
use serde_json::json;
use sim::{Cause, Scenario, Verdict, state_name};

use crate::args::{Format, Import, Predict};
use crate::failure::{Failure, USAGE};
use crate::input;

/// What can be said of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Up,
    Unverifiable,
    Stalls,
}

impl Said {
    fn word(self) -> &'static str {
        match self {
            Said::Up => "up",
            Said::Stalls => "stalls",
            Said::Unverifiable => "unverifiable",
        }
    }
}

/// Somebody calls somebody.
struct Direction<'d> {
    initiator: End<'d>,
    responder: End<'d>,
    /// `crypto map outside_map`, `Tunnel23`.
    by: String,
    said: Said,
    report: Report,
    /// With other keys than equal ones, where a key is masked.
    otherwise: Option<Report>,
}

/// Reads devices and says which pairs come up.
pub fn predict(args: &Predict, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    let devices = devices(&args.paths)?;
    let devices: Vec<&Device> =
        devices.iter().filter(|device| args.host.is_empty() || args.host.contains(&device.name())).collect();
    let mut directions = Vec::new();
    let mut lonely = Vec::new();
    for device in &devices {
        for peer in device.peers.iter().filter(|peer| !shut(peer, &devices)) {
            match session(device, peer, &devices) {
                Some((initiator, responder)) => directions.push(direction(initiator, responder, &peer.by)?),
                None => lonely.push((*device, peer)),
            }
        }
    }
    if directions.is_empty() && lonely.is_empty() {
        let read: Vec<String> = devices.iter().map(|device| device.name()).collect();
        return Err(Failure::new(USAGE, "no device here has a peer that it calls")
            .help(Some(format!("read: {}; looked for: crypto map ... set peer", read.join(", ")))));
    }
    match format {
        Format::Json => writeln!(out, "{}", as_json(&directions, &lonely))?,
        _ => human(&devices, &directions, &lonely, out)?,
    }
    let worst = directions.iter().map(|direction| direction.said).max();
    Ok(match (worst, lonely.is_empty()) {
        (Some(Said::Stalls), _) => 1,
        (Some(Said::Up), true) => 0,
        _ => 4,
    })
}

/// Every device in the files, and in the files below the folders, by name.
fn devices(paths: &[PathBuf]) -> Result<Vec<Device>, Failure> {
    let mut files = BTreeSet::new();
    for path in paths {
        gather(path, &mut files)?;
    }
    let mut devices = Vec::new();
    for file in files {
        let bytes = fs::read(&file).map_err(|error| Failure::file(&file, "read", &error))?;
        // Names and banners are in any encoding; keys of other than ASCII are seldom, and would be seen to differ.
        let text = String::from_utf8_lossy(&bytes);
        let read = config::read(&file.display().to_string(), &text).into_iter();
        devices.extend(read.filter(|device| !device.peers.is_empty() || !device.policies.is_empty()));
    }
    Ok(devices)
}

fn gather(path: &Path, files: &mut BTreeSet<PathBuf>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file(path, "read", &error);
    if !path.is_dir() {
        files.insert(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(failed)? {
        gather(&entry.map_err(failed)?.path(), files)?;
    }
    Ok(())
}

/// A tunnel whose other end is shut down is not meant to come up.
fn shut(peer: &config::Peer, all: &[&Device]) -> bool {
    let (Some(local), Ok(address)) = (peer.local, peer.address.parse::<IpAddr>()) else { return false };
    let others = all.iter().filter(|other| other.interface(address).is_some());
    let back = |interface: &&config::Interface| {
        interface.tunnel.destination.as_ref().is_some_and(|(to, _)| *to == local.to_string())
    };
    peer.by.starts_with("Tunnel")
        && others.flat_map(|other| other.interfaces.iter()).filter(back).any(|tunnel| tunnel.shutdown)
}

/// The device that has the address called.
fn session<'d>(device: &'d Device, peer: &config::Peer, all: &[&'d Device]) -> Option<(End<'d>, End<'d>)> {
    let address: IpAddr = peer.address.parse().ok()?;
    let other = all.iter().find(|other| other.interface(address).is_some())?;
    let local = peer.local?;
    let initiator = End { device, address: local, peer: address, aggressive: peer.aggressive };
    Some((initiator, End { device: other, address, peer: local, aggressive: false }))
}

fn direction<'d>(initiator: End<'d>, responder: End<'d>, by: &str) -> Result<Direction<'d>, Failure> {
    let report = run(initiator, responder, Keys::Real)?;
    let masked =
        |end: End<'_>| end.device.key_for(end.peer, end.address).is_some_and(|line| line.key == Key::Masked);
    let up = report.outcome.verdict == Verdict::Established;
    let unsure = masked(initiator) || masked(responder) || problems(initiator) || problems(responder);
    let said = match (up, unsure) {
        (false, _) => Said::Stalls,
        (true, true) => Said::Unverifiable,
        (true, false) => Said::Up,
    };
    let otherwise = (said == Said::Unverifiable)
        .then(|| run(initiator, responder, Keys::RealElseDifferent))
        .transpose()?;
    Ok(Direction { initiator, responder, by: by.to_owned(), said, report, otherwise })
}

fn problems(end: End<'_>) -> bool {
    !end.device.problems.is_empty()
}

fn run(initiator: End<'_>, responder: End<'_>, keys: Keys) -> Result<Report, Failure> {
    let text = config::direction(initiator, responder, keys);
    let name = format!("{} calls {}", initiator.device.name(), responder.device.name());
    let scenario = Scenario::parse(&name, &text)?;
    let ran = sim::run(&scenario, &Powers::none());
    Ok(Report::new(scenario, ran, None))
}

fn states(report: &Report) -> String {
    let [i, r] = [Role::Initiator, Role::Responder].map(|role| state_name(report.outcome.peer(role).state));
    format!("{i} / {r}")
}

fn human(
    devices: &[&Device],
    directions: &[Direction<'_>],
    lonely: &[(&Device, &config::Peer)],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for device in devices {
        for problem in &device.problems {
            writeln!(
                out,
                "{}:{}: {}\n    {}",
                device.file, problem.at.line, problem.message, problem.at.text
            )?;
        }
    }
    let name = |end: &End<'_>| format!("{} ({})", end.device.name(), end.address);
    let names = directions.iter().flat_map(|d| [name(&d.initiator), name(&d.responder)]);
    let width = names.map(|name| name.len()).max().unwrap_or(0);
    for d in directions {
        let cause = d.report.diagnosis.first().map_or(String::new(), |first| format!(", {}", first.cause));
        let more = match d.said {
            Said::Up => String::new(),
            Said::Stalls => format!("  {}{cause}", states(&d.report)),
            Said::Unverifiable => d.otherwise.as_ref().map_or(String::new(), |other| {
                format!("  comes up if the keys are equal, else {}", states(other))
            }),
        };
        writeln!(
            out,
            "{:<width$}  →  {:<width$}  {:<24}  {}{more}",
            name(&d.initiator),
            name(&d.responder),
            d.by,
            d.said.word()
        )?;
    }
    for (device, peer) in lonely {
        writeln!(
            out,
            "{}  →  {}: {} ({}:{})",
            device.name(),
            peer.address,
            unknown(peer),
            device.file,
            peer.at.line
        )?;
    }
    for d in directions.iter().filter(|d| d.said == Said::Stalls) {
        writeln!(
            out,
            "\nWhat stands against it, {} calls {}:\n",
            d.initiator.device.name(),
            d.responder.device.name()
        )?;
        for (end, place) in offending(d) {
            match place {
                Some(place) => writeln!(out, "  {}:{}:  {}", end.device.file, place.line, place.text)?,
                None => writeln!(out, "  {}:  (no line)", end.device.file)?,
            }
        }
        writeln!(out)?;
        out.write_all(report::text(&d.report, crate::window::layout()).as_bytes())?;
    }
    let skipped: usize = devices.iter().map(|device| device.skipped).sum();
    writeln!(
        out,
        "\n{} devices read, {skipped} lines that do not matter to phase 1 skipped. Phase 2 is not judged.",
        devices.len()
    )?;
    Ok(())
}

/// Why a peer is not among the devices.
fn unknown(peer: &config::Peer) -> &'static str {
    match (peer.address.parse::<IpAddr>(), peer.local) {
        (Err(_), _) => "unverifiable, the address is masked or a name",
        (Ok(_), None) => "unverifiable, the own address towards it is not in the file",
        (Ok(_), Some(_)) => "no device here has this address",
    }
}

/// The lines on both sides that the cause is about.
fn offending<'d>(d: &'d Direction<'_>) -> Vec<(End<'d>, Option<Place>)> {
    let cause = d.report.diagnosis.first().map(|first| first.cause);
    let both = [d.initiator, d.responder];
    match cause {
        Some(Cause::PolicyMismatch) => policies(d),
        Some(Cause::PskMismatch | Cause::MissingTunnelGroup | Cause::MissingPsk) => both
            .map(|end| (end, end.device.key_for(end.peer, end.address).map(|line| line.at.clone())))
            .to_vec(),
        Some(Cause::AggressiveModeDisabled) => vec![(d.responder, d.responder.device.aggressive_off.clone())],
        _ => both.map(|end| (end, end.device.interface(end.address).and_then(|i| i.at.clone()))).to_vec(),
    }
}

/// The two policies that come nearest, and the lines in which they differ.
fn policies<'d>(d: &'d Direction<'_>) -> Vec<(End<'d>, Option<Place>)> {
    let pairs = d
        .initiator
        .device
        .policies
        .iter()
        .flat_map(|one| d.responder.device.policies.iter().map(move |other| (one, other)));
    let Some((one, other)) = pairs.min_by_key(|(one, other)| differing(one, other).len()) else {
        return Vec::new();
    };
    differing(one, other)
        .into_iter()
        .flat_map(|(left, right)| {
            let or_head = |at: Option<Place>, policy: &Policy| at.or_else(|| policy.priority.at.clone());
            [(d.initiator, or_head(left, one)), (d.responder, or_head(right, other))]
        })
        .collect()
}

fn differing(one: &Policy, other: &Policy) -> Vec<(Option<Place>, Option<Place>)> {
    fn pair<T: PartialEq>(one: &Sourced<T>, other: &Sourced<T>) -> Option<(Option<Place>, Option<Place>)> {
        (one.value != other.value).then(|| (one.at.clone(), other.at.clone()))
    }
    let pairs = [
        pair(&one.encryption, &other.encryption),
        pair(&one.hash, &other.hash),
        pair(&one.group, &other.group),
        pair(&one.authentication, &other.authentication),
    ];
    pairs.into_iter().flatten().collect()
}

fn as_json(directions: &[Direction<'_>], lonely: &[(&Device, &config::Peer)]) -> serde_json::Value {
    let one = |d: &Direction<'_>| {
        let place = |(end, place): (End<'_>, Option<Place>)| json!({"file": end.device.file, "line": place.as_ref().map(|p| p.line), "text": place.map(|p| p.text)});
        let lines: Vec<_> =
            if d.said == Said::Stalls { offending(d).into_iter().map(place).collect() } else { Vec::new() };
        let state = |role| state_name(d.report.outcome.peer(role).state);
        json!({
            "from": d.initiator.device.name(), "to": d.responder.device.name(), "by": d.by, "verdict": d.said.word(),
            "initiator": state(Role::Initiator), "responder": state(Role::Responder),
            "cause": d.report.diagnosis.first().map(|first| first.cause.name()),
            "otherwise": d.otherwise.as_ref().map(states), "lines": lines,
        })
    };
    let worst =
        directions.iter().map(|d| d.said).max().filter(|said| lonely.is_empty() || *said == Said::Stalls);
    json!({
        "schema": "ikesim/predict/1", "verdict": worst.unwrap_or(Said::Unverifiable).word(),
        "directions": directions.iter().map(one).collect::<Vec<_>>(),
        "unknown_peers": lonely.iter().map(|(device, peer)| json!({"device": device.name(), "peer": peer.address, "file": device.file, "line": peer.at.line})).collect::<Vec<_>>(),
    })
}

/// Prints the scenario that a device's configuration is.
pub fn import(args: &Import, out: &mut dyn Write) -> Result<u8, Failure> {
    let text = input::text(&args.file)?;
    let read = config::read(&args.file.display().to_string(), &text);
    let found = read.iter().find_map(|device| {
        let peer = device
            .peers
            .iter()
            .find(|peer| args.peer.is_none_or(|wanted| peer.address == wanted.to_string()))?;
        let (local, address) = (peer.local?, peer.address.parse().ok()?);
        Some(End { device, address: local, peer: address, aggressive: peer.aggressive })
    });
    let Some(end) = found else {
        let known: Vec<&str> =
            read.iter().flat_map(|device| &device.peers).map(|peer| peer.address.as_str()).collect();
        return Err(Failure::new(USAGE, format!("{} names no such peer", args.file.display())).help(Some(
            format!(
                "peers that it names: {}",
                if known.is_empty() { "none".into() } else { known.join(", ") }
            ),
        )));
    };
    let keys = if args.show_keys { Keys::Real } else { Keys::Hidden };
    write!(out, "{}\n[responder]\naddress = \"{}\"\n", config::side("initiator", end, keys, None), end.peer)?;
    Ok(0)
}
