//! The verdict for programs: JSON.

use ::predict::{Alone, Forecast, Judged, LineNote, Said, Verdicts};
use config::Place;
use ike::Role;
use serde_json::{Value, json};
use sim::state_name;

use super::verdict::{assumptions, depends, not_run, phase1, states, unmatched};
use super::{NotJudged, blamed, fix};

fn place(at: &Place) -> Value {
    json!({"file": &*at.file, "line": at.line, "text": &*at.text})
}

/// One object. `verdict`: the worst of all, files that were asked for included.
pub fn json(verdicts: &Verdicts<'_>, verdict: Forecast, left_out: &[NotJudged]) -> Value {
    let unknown_peers = verdicts.unmatched.iter().map(|one| {
        let peer = one.connection.remote.to_string();
        json!({"device": one.device.name(), "peer": peer, "why": unmatched(one), "at": place(&one.connection.at)})
    });
    let problems = verdicts.devices.iter().flat_map(|device| &device.problems);
    json!({
        "schema": "ikesim/predict/1",
        "verdict": verdict.name(),
        "directions": verdicts.judged.iter().map(direction).collect::<Vec<_>>(),
        "alone": verdicts.alone.iter().map(alone).collect::<Vec<_>>(),
        "unknown_peers": unknown_peers.collect::<Vec<_>>(),
        "not_judged": left_out.iter().map(not_judged).collect::<Vec<_>>(),
        "problems": problems.map(|p| json!({"message": p.message, "allowed": p.allowed, "at": place(&p.at)})).collect::<Vec<_>>(),
    })
}

fn alone(one: &Alone<'_>) -> Value {
    json!({
        "device": one.device.name(), "by": one.by, "peer": one.peer, "verdict": Forecast::NeverStarted.name(),
        "cause": one.cause.name(), "lacks": one.lacks,
        "lines": one.lines.iter().map(place).collect::<Vec<_>>(), "fix": fix::alone(&one.fix),
    })
}

fn not_judged(one: &NotJudged) -> Value {
    json!({"file": one.file, "device": one.device, "why": one.why})
}

fn direction(judged: &Judged<'_>) -> Value {
    let session = &judged.session;
    let state = |role| judged.ran.as_ref().map(|ran| state_name(ran.states[role]));
    let lines = judged.blamed.iter().flat_map(|blamed| {
        let ends = [(Role::Initiator, &session.initiator), (Role::Responder, &session.responder)];
        ends.into_iter().zip(&blamed.sides).map(|((role, end), said)| {
            let (line, file) = match said {
                Said::Line(at) => (Some(at.line), &*at.file),
                Said::NoLine(_) => (None, &*end.device.file),
            };
            let (what, text) = (blamed::matter(blamed.what), blamed::said(said));
            json!({"what": what, "side": role.name(), "file": file, "line": line, "text": text})
        })
    });
    json!({
        "from": session.initiator.device.name(), "to": session.responder.device.name(),
        "from_file": &*session.initiator.device.file, "to_file": &*session.responder.device.file,
        "by": session.connection.by, "verdict": judged.forecast.name(),
        "initiator": state(Role::Initiator), "responder": state(Role::Responder),
        "not_run": judged.not_run.as_ref().map(not_run),
        "cause": judged.cause().map(sim::Cause::name),
        "negotiated": judged.ran.as_ref().and_then(|ran| ran.negotiated).map(|agreed| json!({
            "encryption": agreed.encryption.name(), "hash": agreed.hash.name(), "group": agreed.group.number(),
            "authentication": agreed.authentication.name(), "lifetime": agreed.lifetime,
        })),
        "otherwise": judged.otherwise.as_ref().map(|ran| states(&ran.states)),
        "lines": lines.collect::<Vec<_>>(),
        "depends": judged.depends.iter().map(|one| json!({"text": depends(one, judged), "at": one.at.as_ref().map(place)})).collect::<Vec<_>>(),
        "assumed": assumptions(judged),
        "phase1": phase1(judged),
        "phase2": judged.notes.iter().map(|one| note(one, judged)).collect::<Vec<_>>(),
    })
}

fn note(note: &LineNote, judged: &Judged<'_>) -> Value {
    json!({"text": blamed::note(note, &judged.session), "at": note.at.iter().map(|at| at.as_ref().map(place)).collect::<Vec<_>>()})
}
