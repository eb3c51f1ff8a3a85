//! What two real charon and two real pluto put on the wire under each fault, as captures of both sides: `diagnose`
//! names the fault among its causes, and the states in which they waited.
//!
//! The recording names messages and times; the bytes are the engine's own, damaged where the recording says so.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use capture::{Capture, Datagram};
use diagnose::captures::{GivenKeys, Judgement, judge};
use ike::{NotifyType, Powers, Role, State};
use isakmp::{
    CookiePair, ExchangeType, Flags, Header, Message, MessageId, Notification, Payload, PayloadType,
};
use scenario::Scenario;
use sim::{Actor, Cause, Kind};

use crate::say;

/// Recorded runs whose cause is not among those named, and why.
const KNOWN: [(&str, &str); 2] = [
    (
        "strongswan am-c-two-groups-second-matches",
        "INVALID_PAYLOAD_TYPE for a group that AM1 has no value for",
    ),
    ("strongswan am-h-A3-BODY-LAST", "the damaged byte was padding there: the exchange went on"),
];

/// Fault families of the recording and what they cause.
const CAUSES: [(&str, &[Cause]); 9] = [
    ("-a-psk", &[Cause::PskMismatch]),
    ("-b-no-conn-for-ip", &[Cause::MissingTunnelGroup]),
    ("-b-no-conn-for-id", &[Cause::IdentityMismatch]),
    ("-b-conn-but-no-psk", &[Cause::MissingPsk]),
    ("-c-", &[Cause::PolicyMismatch]),
    ("-d-", &[Cause::PeerDown, Cause::IkeDisabled]),
    ("-e-drop", &[Cause::MessageLost]),
    ("-h-", &[Cause::MessageCorrupted]),
    ("-k-", &[Cause::IdentityMismatch]),
];

/// A row of the table by column.
type Row = BTreeMap<String, String>;

fn rows(file: &Path) -> Vec<Row> {
    let text = fs::read_to_string(file).unwrap();
    let mut lines = text.lines().map(fields);
    let names = lines.next().unwrap();
    lines.map(|line| names.iter().cloned().zip(line).collect()).collect()
}

/// The fields of a CSV line; quotes hold commas.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}

/// The messages of a handshake that comes up, by number.
fn handshake(vendor: &str, mode: &str) -> BTreeMap<u8, sim::Datagram> {
    let text = format!(
        "mode = '{mode}'\nconfirm = false\n[initiator]\nprofile = '{vendor}'\n[responder]\nprofile = '{vendor}'\n"
    );
    let scenario = Scenario::parse("recorded", &text).unwrap();
    let (trace, _) = sim::run(&scenario.setup, &Powers::new(64));
    let sent = trace.entries().iter().filter_map(|entry| match (&entry.kind, entry.actor) {
        (Kind::Sent(datagram), Actor::Peer(_)) => {
            Some((datagram.label.message()?.number(), datagram.clone()))
        }
        _ => None,
    });
    sent.collect()
}

/// A message that is not of phase 1: a notify in clear, or something encrypted.
fn other(name: &str, cookies: CookiePair, number: u32) -> Vec<u8> {
    let clear =
        name.split_once('(').map(|(_, rest)| rest.trim_end_matches(')')).filter(|word| *word != "enc");
    let known =
        |word: &str| NotifyType::ALL.iter().find(|(_, known)| *known == word).map(|(notify, _)| *notify);
    let exchange = if name.starts_with("QM") { ExchangeType::QUICK } else { ExchangeType::INFORMATIONAL };
    let id = MessageId(1000 + number);
    match clear {
        Some(word) => {
            let notify_type = known(word).unwrap_or(NotifyType(1));
            let body = Notification {
                doi: isakmp::Doi::IPSEC,
                protocol: isakmp::ProtocolId::ISAKMP,
                notify_type,
                spi: Vec::new(),
                data: Vec::new(),
            };
            let payload = Payload::new(PayloadType::N, body.encode());
            Message::clear(cookies, exchange, Flags(0), id, vec![payload]).encode()
        }
        None => {
            let body = vec![u8::try_from(number % 251).unwrap(); 48];
            Message::encrypted(cookies, exchange, Flags::ENCRYPTION, id, PayloadType::HASH, body).encode()
        }
    }
}

/// The recording as captures at the initiator and at the responder.
fn captures(row: &Row, vendor: &str, mode: &str) -> [Capture; 2] {
    let messages = handshake(vendor, mode);
    let cookies = Header::decode(messages[&2].message()).unwrap().cookies;
    let mut captures = [Capture::default(), Capture::default()];
    for (number, event) in row["wire"].split(' ').enumerate() {
        let at = event.find(['<', '>']).unwrap();
        let (time, rest) = event.split_at(at);
        let sender = if rest.starts_with('>') { Role::Initiator } else { Role::Responder };
        let (name, done) = rest[1..].split_once('[').unwrap_or((&rest[1..], ""));
        let ends = (messages[&1].from, messages[&1].to);
        let (from, to) = if sender == Role::Initiator { ends } else { (ends.1, ends.0) };
        let bytes = match name.strip_prefix(['M', 'A']).and_then(|digit| digit.parse::<u8>().ok()) {
            Some(message) => messages[&message].message().to_vec(),
            None if name.starts_with("INFO") || name == "QM" => {
                other(name, cookies, u32::try_from(number).unwrap())
            }
            None => continue,
        };
        let time = Duration::from_secs_f64(time.parse().unwrap());
        let mut put = |side: usize, at: Duration, payload: Vec<u8>| {
            let capture = &mut captures[side];
            capture.frames += 1;
            let frame = capture.frames;
            capture.datagrams.push(Datagram {
                frame,
                interface: 0,
                at,
                from,
                to,
                payload,
                cut: false,
                ttl: 0,
            });
        };
        let (near, far) = if sender == Role::Initiator { (0, 1) } else { (1, 0) };
        put(near, time, bytes.clone());
        if !done.starts_with("drop") {
            put(far, time + Duration::from_millis(1), damaged(bytes, done));
        }
    }
    // Both waited until the daemons had given up.
    captures.iter_mut().for_each(|capture| capture.last = Duration::from_secs(180));
    captures
}

fn damaged(mut bytes: Vec<u8>, done: &str) -> Vec<u8> {
    if done.starts_with("truncate") {
        bytes.truncate(bytes.len() - 8);
    } else if done.starts_with("corrupt:ICOOKIE") {
        bytes[0] ^= 1;
    } else if done.starts_with("corrupt") {
        *bytes.last_mut().unwrap() ^= 1;
    }
    bytes
}

/// What it waited for when its wait ended; a side that gave its SA up at once has none.
fn waited_right(judgement: &Judgement<'_>, row: &Row) -> bool {
    [("initiator", Role::Initiator), ("responder", Role::Responder)].into_iter().all(|(name, role)| {
        let stall = State::from_asa(&row[&format!("{name}_stall")]);
        let left = &judgement.sides[role];
        let named = |state: Option<State>| match row[name].as_str() {
            "ESTABLISHED" => state.is_some_and(State::is_active),
            _ => state.is_none() || state == stall,
        };
        left.state.is_none_or(named)
    })
}

#[test]
fn recorded_faults_are_diagnosed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/ground-truth");
    if !folder.is_dir() {
        return say("diagnose recorded faults: skipped, ../shared is absent");
    }
    let (mut judged, mut first, mut failed) = (0, 0, Vec::new());
    for (vendor, file) in [("strongswan", "strongswan-5.9.8.csv"), ("libreswan", "libreswan-4.10.csv")] {
        for row in rows(&folder.join(file)) {
            let id = format!("{vendor} {}", row["id"]);
            let wanted = CAUSES.iter().find(|(family, _)| row["id"][2..].starts_with(family));
            let is_up = row["initiator"] == "ESTABLISHED" && row["responder"] == "ESTABLISHED";
            let mode = if row["mode"] == "main" { "main" } else { "aggressive" };
            let captures = captures(&row, vendor, mode);
            let findings = judge(&captures, &GivenKeys::default());
            let judgement =
                findings.judgements.iter().max_by_key(|one| one.negotiation.emissions.len()).unwrap();
            let named: Vec<Cause> = judgement.causes.iter().map(|one| one.cause).collect();
            let cause = match wanted {
                _ if is_up => named.is_empty(),
                Some((_, causes)) => causes.iter().any(|cause| named.contains(cause)),
                None => continue,
            };
            judged += 1;
            first += usize::from(
                is_up
                    || wanted
                        .is_some_and(|(_, causes)| named.first().is_some_and(|one| causes.contains(one))),
            );
            let right = cause && waited_right(judgement, &row);
            if right == KNOWN.iter().any(|(known, _)| *known == id) {
                let states = Role::BOTH.map(|role| {
                    format!(
                        "{:?} {:?}",
                        judgement.sides[role].state.map(sim::state_name),
                        judgement.sides[role].possible
                    )
                });
                failed.push(format!(
                    "{id}: {named:?} {states:?} recorded {} {} {} {}",
                    row["initiator"], row["responder"], row["initiator_stall"], row["responder_stall"]
                ));
            }
        }
    }
    say(&format!(
        "diagnose: {judged} recorded runs of real daemons, {} known differences, cause first in {first}",
        KNOWN.len()
    ));
    assert!(failed.is_empty(), "{} of {judged}:\n{}", failed.len(), failed.join("\n"));
}
