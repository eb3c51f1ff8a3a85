//! A judged capture for programs: one object per negotiation.

use diagnose::Finding;
use diagnose::captures::{Besides, Findings, Judgement, Left, Negotiation, Phase2, Refusal, chosen};
use ike::State;
use serde_json::{Value, json};
use sim::state_name;

use super::at;
use super::notes::notes;
use super::states::because;
use crate::evidence::{evidence, observation};
use crate::{reasons, remedy};

/// One object per negotiation: those that look alike share everything but cookies and frames.
pub fn judged_json<'f>(findings: &'f Findings<'_>, files: &'f [String]) -> impl Iterator<Item = Value> + 'f {
    findings.judgements.iter().flat_map(move |judgement| {
        let all = std::iter::once(&judgement.negotiation).chain(&judgement.alike);
        all.map(move |negotiation| object(judgement, negotiation, findings.besides, files))
    })
}

fn object(
    judgement: &Judgement<'_>,
    negotiation: &Negotiation<'_>,
    besides: Besides,
    files: &[String],
) -> Value {
    let frames = |file: usize| {
        let sights = negotiation.emissions.iter().flat_map(|one| one.near.iter().chain(&one.far));
        let mut frames: Vec<u64> =
            sights.filter(|sight| sight.place.file == file).map(|sight| sight.frame).collect();
        // Where both ends were captured into one file, their frames interleave.
        frames.sort_unstable();
        frames
    };
    let captured: Vec<Value> =
        files.iter().enumerate().map(|(file, name)| json!({"file": name, "numbers": frames(file)})).collect();
    let (initiator, responder) = negotiation.ends;
    json!({
        "schema": "ikesim/diagnose/1",
        "frames": captured,
        "start": format!("{}s", at(negotiation.emissions.first())),
        "end": format!("{}s", at(negotiation.emissions.last())),
        "peers": {"initiator": initiator.to_string(), "responder": responder.to_string()},
        "cookies": {
            "initiator": negotiation.cookies.initiator.to_string(),
            "responder": negotiation.cookies.responder.to_string(),
        },
        "mode": negotiation.mode.map(|mode| mode.to_string()),
        "nat": {"initiator": judgement.nat.initiator, "responder": judgement.nat.responder},
        "transform": chosen(negotiation).map(|transform| transform.to_string()),
        "starts_late": negotiation.starts_late,
        "outcome": judgement.verdict.name(),
        "phase2": phase2(&judgement.phase2),
        "initiator": side(&judgement.sides.initiator),
        "responder": side(&judgement.sides.responder),
        "icmp": negotiation.refusals.iter().map(|refusal| icmp(refusal, files)).collect::<Vec<_>>(),
        "seen": evidence(&judgement.seen),
        "causes": judgement.causes.iter().map(|suspect| cause(suspect, judgement)).collect::<Vec<_>>(),
        "notes": notes(&judgement.notes),
        // Counted, so that nothing judged is not taken for nothing there.
        "not_judged": {
            "messages": negotiation.left_out,
            "ikev2": besides.version_2, "esp": besides.esp, "unreadable": besides.unreadable,
            "cut": besides.cut, "frames": besides.unread,
            "icmp": besides.icmp,
        },
    })
}

fn phase2(phase2: &Phase2) -> Value {
    let (up, refused, open) = (phase2.children(), phase2.refused(), phase2.open());
    match phase2.deleted() {
        // Only keys show it: without them a zero would claim more than was seen.
        0 => json!({"children": up, "refused": refused, "open": open}),
        deleted => json!({"children": up, "refused": refused, "open": open, "deleted": deleted}),
    }
}

/// An ICMP error about one of its messages.
fn icmp(refusal: &Refusal, files: &[String]) -> Value {
    json!({
        "file": files.get(refusal.place.file), "frame": refusal.frame, "by": refusal.by.to_string(),
        "what": reasons::unreached(refusal.what),
        "from": refusal.ends.0.to_string(), "to": refusal.ends.1.to_string(),
    })
}

fn side(left: &Left) -> Value {
    json!({
        // Null is a side that cannot be seen; one without an SA has a name for that.
        "state": left.state.map(state_name),
        "ios": left.state.flatten().map(vendor::ios::state_name),
        "sure": left.sure.name(),
        "possible": left.possible.iter().map(|state| state_name(*state)).collect::<Vec<_>>(),
        "last": left.last.map(State::asa),
        "vendor": left.vendor.as_ref().map(|vendor| json!({
            "name": vendor.name, "profile": vendor.profile.map(|profile| profile.name), "because": because(&vendor.because),
        })),
        "sent": left.sent.iter().map(|name| name.number()).collect::<Vec<u8>>(),
        "resends": left.resends,
        "notifies": left.notifies.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// What was seen speaks for every cause that fits.
fn cause(finding: &Finding, judgement: &Judgement<'_>) -> Value {
    let supports = [evidence(&judgement.seen), evidence(&finding.evidence)].concat();
    json!({
        "cause": finding.cause.name(), "rank": finding.rank, "for": supports, "against": evidence(&finding.against),
        "decides": finding.decides.as_ref().map(observation), "fix": remedy::lines(finding.remedy.as_ref()).join("\n"),
    })
}
