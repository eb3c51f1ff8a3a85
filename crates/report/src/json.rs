//! A run as one JSON object on one line: the contract's `ikesim/run/1`.

mod phase2;

use std::ops::Not;

use ike::{Authentication, MessageName, Role, Sides};
use isakmp::{is_plain, is_printed};
use serde::Serialize;
use serde::ser::Error as _;
use sim::{Outcome, PeerOutcome, state_name};

use crate::Report;
use crate::listened::{Dropped, Listened};
use phase2::Quick;

#[derive(Serialize)]
struct Run<'r> {
    schema: &'static str,
    scenario: &'r str,
    title: &'r str,
    mode: String,
    seed: u64,
    outcome: String,
    verdict: Option<String>,
    // Null where a side has none: neither equal nor different.
    keys_match: Option<bool>,
    negotiated: Option<Negotiated>,
    initiator: Option<Peer>,
    responder: Option<Peer>,
    phase2: Option<Quick>,
    faults: Vec<Fault>,
    // The flag's name, which is a keyword of Rust.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    view: Option<String>,
    diagnosis: Vec<Diagnosis>,
    /// The bound of steps ended it: `outcome` is how things stood, and not how they end.
    #[serde(skip_serializing_if = "Not::not")]
    cut_short: bool,
    expect: Expect<'r>,
    /// A live peer's address and port.
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<Dropped>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replay: Option<&'r str>,
}

#[derive(Serialize)]
struct Negotiated {
    encryption: &'static str,
    hash: &'static str,
    group: u16,
    authentication: &'static str,
    lifetime: u32,
}

#[derive(Serialize)]
struct Peer {
    state: &'static str,
    last: &'static str,
    ios: Option<&'static str>,
    end: String,
    at: String,
    sent: Vec<u8>,
    received: Vec<u8>,
    resends: u32,
    notifies: Vec<String>,
}

#[derive(Serialize)]
struct Fault {
    kind: &'static str,
    at: Option<String>,
    fired: u64,
}

#[derive(Serialize)]
struct Diagnosis {
    cause: &'static str,
    rank: usize,
    evidence: Vec<String>,
    fix: String,
    inferred: bool,
}

#[derive(Serialize)]
struct Expect<'r> {
    met: bool,
    failed: &'r [String],
}

/// One object, no newline. The same run gives the same bytes.
///
/// # Errors
/// None in practice: every key is a string.
pub fn json(report: &Report) -> Result<String, serde_json::Error> {
    serde_json::to_string(&object(report))
}

/// The same object with its number in a sweep and the command that runs it alone.
///
/// # Errors
/// As [`json`].
pub fn numbered_json(report: &Report, run: u64, replay: &str) -> Result<String, serde_json::Error> {
    // Room for most of them, by hundreds of thousands: growing is copying.
    let mut line = Vec::with_capacity(1024);
    serde_json::to_writer(&mut line, &Run { run: Some(run), replay: Some(replay), ..object(report) })?;
    String::from_utf8(line).map_err(serde_json::Error::custom)
}

/// The same object of the one negotiation that was listened for, with what was dropped meanwhile.
///
/// # Errors
/// As [`json`].
pub fn live_json(report: &Report, listened: &Listened) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Run { dropped: listened.dropped(), ..object(report) })
}

fn object(report: &Report) -> Run<'_> {
    let Report { scenario, outcome, diagnosis, view, failed, .. } = report;
    Run {
        schema: "ikesim/run/1",
        scenario: &scenario.name,
        title: &scenario.title,
        mode: scenario.setup.mode.to_string(),
        seed: scenario.setup.seed,
        outcome: outcome.verdict.to_string(),
        verdict: outcome.phase_2.as_ref().map(|phase_2| phase_2.passage.to_string()),
        keys_match: outcome.keys_match,
        negotiated: negotiated(outcome),
        initiator: known(report, Role::Initiator),
        responder: known(report, Role::Responder),
        phase2: outcome
            .phase_2
            .as_ref()
            .map(|phase_2| Quick::of(phase_2, Sides::from_fn(|role| is_known(report, role)))),
        faults: faults(report),
        view: view.map(|role| role.to_string()),
        diagnosis: diagnosis.iter().map(|one| cause(report, one)).collect(),
        cut_short: outcome.cut_off,
        expect: Expect { met: failed.is_empty(), failed },
        peer: report.live.map(|peer| peer.to_string()),
        dropped: None,
        run: None,
        replay: None,
    }
}

/// JSON on one line, with everything escaped that is not printed: it stands in strings alone, and means the same there.
pub fn plain_json(json: String) -> String {
    // Nearly always so, and then nothing is copied.
    if is_plain(&json) {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_printed(c) {
            out.push(c);
        } else {
            // JSON escapes are units of UTF-16: beyond 16 bits a character takes two.
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

fn negotiated(outcome: &Outcome) -> Option<Negotiated> {
    outcome.negotiated.map(|n| Negotiated {
        encryption: n.encryption.name(),
        hash: n.hash.name(),
        group: n.group.number(),
        authentication: Authentication::name(n.authentication),
        lifetime: n.lifetime,
    })
}

/// Of a peer that is not ours nothing is known.
fn known(report: &Report, role: Role) -> Option<Peer> {
    is_known(report, role).then(|| peer(&report.outcome.peers[role]))
}

/// Of a live peer's side nothing is.
fn is_known(report: &Report, role: Role) -> bool {
    report.live.is_none() || report.view == Some(role)
}

fn peer(peer: &PeerOutcome) -> Peer {
    Peer {
        state: state_name(peer.state),
        last: state_name(peer.last),
        // None for an SA that is gone: IOS's MM_NO_STATE is also an initiator that waits for message 2.
        ios: peer.state.map(vendor::ios::state_name),
        end: peer.end.to_string(),
        // With its unit, so that nobody takes it for milliseconds.
        at: format!("{}s", peer.at),
        sent: numbers(&peer.sent),
        received: numbers(&peer.received),
        resends: peer.resends,
        notifies: peer.notifies.iter().map(ToString::to_string).collect(),
    }
}

fn faults(report: &Report) -> Vec<Fault> {
    let faults = report.scenario.setup.faults.iter().zip(&report.outcome.fired);
    faults
        .map(|(fault, fired)| Fault {
            kind: fault.kind(),
            at: fault.at().map(|role| role.to_string()),
            fired: *fired,
        })
        .collect()
}

fn cause(report: &Report, finding: &diagnose::Finding) -> Diagnosis {
    Diagnosis {
        cause: finding.cause.name(),
        rank: finding.rank,
        evidence: crate::case(finding),
        fix: report.fix(finding).join("\n"),
        inferred: finding.inferred,
    }
}

fn numbers(names: &[MessageName]) -> Vec<u8> {
    names.iter().map(|name| name.number()).collect()
}
