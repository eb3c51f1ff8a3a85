//! Judged captures, for people and as JSON.

mod json;
pub(crate) mod notes;
mod phase2;
mod rows;
mod states;

use std::io::{self, Write};

use capture::Capture;
use diagnose::Finding;
use diagnose::captures::{CaptureVerdict, Emission, Findings, Judgement, Left, Negotiation, Sure, chosen};
use ike::{Instant, Role};
use sim::state_name;

use crate::evidence::{evidence, observation};
use crate::ladder::{Layout, headed, rungs};
use crate::line::{HEAD, Line, TROUBLE, paint, written};
use crate::reasons::plural;
use crate::text::{capital, labelled, painted};
use crate::{remedy, row};

pub use json::judged_json;
use rows::quiet;
pub(crate) use rows::{columns, rows};
pub(crate) use states::{outcome, standing_words};
use states::{seconds, standing};

fn at(one: Option<&Emission<'_>>) -> Instant {
    // Damaged files hold times beyond every clock, which must not wrap.
    let millis = one.map_or(0, |one| u64::try_from(one.at().as_millis()).unwrap_or(u64::MAX));
    Instant::from_micros(millis.saturating_mul(1000))
}

/// Writes everything as text, ANSI colours included; every line ends in a newline.
///
/// # Errors
/// Those of `out`.
pub fn judged_text(
    findings: &Findings<'_>,
    files: &[String],
    captures: &[Capture],
    layout: Layout,
    out: &mut dyn Write,
) -> io::Result<()> {
    // Written as it is made: a long capture's text would be large as a whole.
    let mut print = |lines: Vec<Line>| out.write_all(written(&lines).as_bytes());
    print(summary(findings, files, captures, layout))?;
    let several = findings.judgements.len() > 1;
    if several {
        print(vec![Line::default()])?;
        print(table(findings))?;
    }
    for (number, judgement) in (1..).zip(&findings.judgements) {
        print(vec![Line::default()])?;
        print(one(several.then_some(number), judgement, layout))?;
    }
    Ok(())
}

/// What is worth knowing of the captures as a whole.
pub fn judged_notes(findings: &Findings<'_>) -> Vec<String> {
    notes::notes(&findings.notes)
}

/// What the files hold.
fn summary(findings: &Findings<'_>, files: &[String], captures: &[Capture], layout: Layout) -> Vec<Line> {
    let frames: Vec<String> = files
        .iter()
        .zip(captures)
        .map(|(name, capture)| {
            format!("{name}: {} in {} s", plural(capture.frames, "frame"), seconds(&[capture.last]))
        })
        .collect();
    let found = plural(findings.found as u64, "IKEv1 negotiation");
    let mut lines = vec![paint(HEAD, &format!("{} · {found}", frames.join(" · ")))];
    for note in judged_notes(findings) {
        lines.extend(labelled("note", &note, layout));
    }
    // Of what was cut or not read a note says what to do.
    if findings.judgements.is_empty() && findings.besides.cut == 0 && findings.besides.unread == 0 {
        let text = "no IKEv1 message: capture UDP 500 and 4500 on the interface that faces the peer, while the tunnel is tried";
        lines.extend(labelled("", text, layout));
    }
    lines
}

/// A line for each negotiation.
fn table(findings: &Findings<'_>) -> Vec<Line> {
    let mut rows = vec![
        ["", "cookies", "initiator", "responder", "outcome", "initiator", "responder", "cause"]
            .map(str::to_owned),
    ];
    for (number, judgement) in (1..).zip(&findings.judgements) {
        let Negotiation { cookies, ends, .. } = &judgement.negotiation;
        let more = if judgement.alike.is_empty() {
            String::new()
        } else {
            format!(" x{}", judgement.alike.len() + 1)
        };
        rows.push([
            format!("{number}"),
            format!("{}{more}", cookies.initiator),
            ends.0.ip().to_string(),
            ends.1.ip().to_string(),
            judgement.verdict.name().to_owned(),
            short(&judgement.sides.initiator),
            short(&judgement.sides.responder),
            judgement.causes.first().map_or(String::new(), |first| first.cause.to_string()),
        ]);
    }
    let widths: Vec<usize> = (0..8)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0))
        .collect();
    let line = |row: &[String; 8]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}  "));
        format!("   {}", cells.collect::<String>()).into()
    };
    rows.iter().map(line).collect()
}

fn short(left: &Left) -> String {
    left.state.map_or_else(|| "not visible".into(), |state| state_name(state).to_owned())
}

/// One negotiation.
fn one(number: Option<usize>, judgement: &Judgement<'_>, layout: Layout) -> Vec<Line> {
    let negotiation = &judgement.negotiation;
    let mut lines = vec![paint(HEAD, &head(number, judgement)), Line::default()];
    lines.extend(headed(columns(judgement), layout));
    lines.extend(rungs(&row::fold(quiet(judgement)), layout));
    lines.push(Line::default());
    for role in Role::BOTH {
        lines.extend(standing(role, &judgement.sides[role], layout));
    }
    lines.extend(labelled("outcome", &outcome(judgement), layout));
    if let Some(transform) = chosen(negotiation) {
        lines.extend(labelled("chosen", &transform.to_string(), layout));
    }
    lines.extend(phase2::phase2(&judgement.phase2, layout));
    // It is evidence; with no cause to speak for, it repeats the ladder.
    let told = !judgement.causes.is_empty();
    for (n, line) in evidence(&judgement.seen).iter().filter(|_| told).enumerate() {
        lines.extend(labelled(if n == 0 { "seen" } else { "" }, line, layout));
    }
    for note in notes::notes(&judgement.notes) {
        lines.extend(labelled("note", &note, layout));
    }
    for suspect in &judgement.causes {
        lines.push(Line::default());
        lines.extend(suspected(suspect, judgement.causes.len() > 1, layout));
    }
    lines.extend(next(judgement));
    lines
}

pub(crate) fn head(number: Option<usize>, judgement: &Judgement<'_>) -> String {
    let Negotiation { cookies, mode, ends, emissions, refused_version_2, .. } = &judgement.negotiation;
    let mut parts = Vec::new();
    parts.extend(number.map(|number| number.to_string()));
    parts.push(format!("{} → {}", ends.0.ip(), ends.1.ip()));
    // A capture that begins late may hold a notify or Quick Mode alone.
    let without = if refused_version_2.is_some() { "IKEv2" } else { "no phase 1 message" };
    parts.push(mode.map_or_else(|| without.into(), |mode| format!("{mode} mode")));
    parts.push(match judgement.nat.into_array() {
        [true, true] => "both behind NAT".into(),
        [true, false] => "initiator behind NAT".into(),
        [false, true] => "responder behind NAT".into(),
        [false, false] => String::new(),
    });
    parts.push(format!("cookie {}", cookies.initiator));
    parts.push(format!(
        "{} from {} s to {} s",
        plural(emissions.len() as u64, "message"),
        at(emissions.first()),
        at(emissions.last())
    ));
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

fn suspected(finding: &Finding, several: bool, layout: Layout) -> Vec<Line> {
    let Finding { cause, rank, evidence: supports, against, decides, remedy, .. } = finding;
    let label = if several { format!("cause {rank}") } else { "cause".into() };
    let mut lines = painted(&label, TROUBLE, &format!("{} ({cause}).", capital(cause.meaning())), layout);
    for (word, list) in [("for", supports), ("against", against)] {
        for (n, line) in evidence(list).iter().enumerate() {
            lines.extend(labelled(if n == 0 { word } else { "" }, line, layout));
        }
    }
    lines.extend(decides.iter().flat_map(|one| labelled("decides", &observation(one), layout)));
    // Of the likeliest alone: a fix that is printed gets typed.
    if *rank == 1 {
        // Commands stay whole, for pasting.
        lines.extend(
            remedy::lines(remedy.as_ref())
                .iter()
                .enumerate()
                .map(|(n, line)| format!("   {:<11}{line}", if n == 0 { "fix" } else { "" }).into()),
        );
    }
    lines
}

/// The one command worth typing next.
fn next(judgement: &Judgement<'_>) -> Vec<Line> {
    let states = Role::BOTH.map(|role| judgement.sides[role].state.flatten());
    let command = match (judgement.verdict, states) {
        (CaptureVerdict::Established | CaptureVerdict::Undecided | CaptureVerdict::NotCaptured, _) => {
            return Vec::new();
        }
        // A pair only where both are seen: a guessed half would lead astray.
        (_, [Some(initiator), responder]) if judgement.sides.responder.sure != Sure::NotVisible => {
            format!("ikesim explain {initiator} {}", state_name(responder))
        }
        (_, [Some(state), _] | [_, Some(state)]) => format!("ikesim explain {state}"),
        _ => return Vec::new(),
    };
    vec![Line::default(), Line::from(format!("   {:<11}", "next")).then(paint(HEAD, &command))]
}
