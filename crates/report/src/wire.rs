//! Judged captures, for people and as JSON.

use std::io::{self, Write};

use capture::Capture;
use diagnose::unreached;
use diagnose::wire::{
    Besides, Emission, Findings, Judgement, Left, Negotiation, Refusal, Sure, Suspect, Verdict, What, chosen,
    name, seconds,
};
use ike::{Instant, MessageName, Role, Sides, State};
use serde_json::{Value, json};
use sim::state_name;

use crate::ladder::{Layout, headed, rungs};
use crate::line::{GOOD, HEAD, Line, TROUBLE, paint, written};
use crate::row::{self, Arrow, Row};
use crate::text::{capital, labelled, painted};

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
        "nat": {"initiator": judgement.nat[0], "responder": judgement.nat[1]},
        "transform": chosen(negotiation).map(|transform| transform.to_string()),
        "starts_late": negotiation.starts_late,
        "outcome": judgement.verdict.name(),
        "initiator": side(judgement.side(Role::Initiator)),
        "responder": side(judgement.side(Role::Responder)),
        "icmp": negotiation.refusals.iter().map(|refusal| icmp(refusal, files)).collect::<Vec<_>>(),
        "seen": judgement.seen,
        "causes": judgement.causes.iter().map(|suspect| cause(suspect, judgement)).collect::<Vec<_>>(),
        "notes": judgement.notes,
        "not_judged": {
            "messages": negotiation.left_out,
            "ikev2": besides.version_2, "esp": besides.esp, "unreadable": besides.unreadable,
            "icmp": besides.icmp,
        },
    })
}

/// An ICMP error about one of its messages.
fn icmp(refusal: &Refusal, files: &[String]) -> Value {
    json!({
        "file": files.get(refusal.place.file), "frame": refusal.frame, "by": refusal.by.to_string(),
        "what": unreached(refusal.what),
        "from": refusal.ends.0.to_string(), "to": refusal.ends.1.to_string(),
    })
}

fn at(one: Option<&Emission<'_>>) -> Instant {
    let millis = one.map_or(0, |one| u64::try_from(one.at().as_millis()).unwrap_or(u64::MAX));
    Instant::from_micros(millis.saturating_mul(1000))
}

fn side(left: &Left) -> Value {
    json!({
        "state": left.state.map(state_name),
        "ios": left.state.flatten().map(State::ios),
        "sure": left.sure.name(),
        "possible": left.possible,
        "last": left.last.map(State::asa),
        "vendor": left.vendor.as_ref().map(|vendor| json!({
            "name": vendor.name, "profile": vendor.profile.map(|profile| profile.name), "because": vendor.because,
        })),
        "sent": left.sent.iter().map(|name| name.number()).collect::<Vec<u8>>(),
        "resends": left.resends,
        "notifies": left.notifies.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// What was seen speaks for every cause that fits.
fn cause(suspect: &Suspect, judgement: &Judgement<'_>) -> Value {
    let supports: Vec<&String> = judgement.seen.iter().chain(&suspect.supports).collect();
    json!({
        "cause": suspect.cause.name(), "rank": suspect.rank, "for": supports, "against": suspect.against,
        "decides": suspect.decides, "fix": suspect.fix.join("\n"),
    })
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

/// What the files hold.
fn summary(findings: &Findings<'_>, files: &[String], captures: &[Capture], layout: Layout) -> Vec<Line> {
    let frames: Vec<String> = files
        .iter()
        .zip(captures)
        .map(|(name, capture)| {
            format!("{name}: {} in {} s", counted(capture.frames, "frame"), seconds(&[capture.last]))
        })
        .collect();
    let found = counted_usize(findings.found, "IKEv1 negotiation");
    let mut lines = vec![paint(HEAD, &format!("{} · {found}", frames.join(" · ")))];
    for note in &findings.notes {
        lines.extend(labelled("note", note, layout));
    }
    if findings.found == 0 {
        let text = "no IKEv1 message: capture UDP 500 and 4500 on the interface that faces the peer, while the tunnel is tried";
        lines.extend(labelled("", text, layout));
    }
    lines
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn counted_usize(count: usize, noun: &str) -> String {
    counted(count as u64, noun)
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
            short(judgement.side(Role::Initiator)),
            short(judgement.side(Role::Responder)),
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
        lines.extend(standing(role, judgement.side(role), layout));
    }
    lines.extend(labelled("outcome", &outcome(judgement), layout));
    if let Some(transform) = chosen(negotiation) {
        lines.extend(labelled("chosen", &transform.to_string(), layout));
    }
    let told = !judgement.causes.is_empty();
    for (n, line) in judgement.seen.iter().filter(|_| told).enumerate() {
        lines.extend(labelled(if n == 0 { "seen" } else { "" }, line, layout));
    }
    for note in &judgement.notes {
        lines.extend(labelled("note", note, layout));
    }
    for suspect in &judgement.causes {
        lines.push(Line::default());
        lines.extend(suspected(suspect, judgement.causes.len() > 1, layout));
    }
    lines.extend(next(judgement));
    lines
}

pub(crate) fn head(number: Option<usize>, judgement: &Judgement<'_>) -> String {
    let Negotiation { cookies, mode, ends, emissions, .. } = &judgement.negotiation;
    let mut parts = Vec::new();
    parts.extend(number.map(|number| number.to_string()));
    parts.push(format!("{} → {}", ends.0.ip(), ends.1.ip()));
    parts.push(mode.map_or_else(|| "no phase 1 message".into(), |mode| format!("{mode} mode")));
    parts.push(match judgement.nat {
        [true, true] => "both behind NAT".into(),
        [true, false] => "initiator behind NAT".into(),
        [false, true] => "responder behind NAT".into(),
        [false, false] => String::new(),
    });
    parts.push(format!("cookie {}", cookies.initiator));
    parts.push(format!(
        "{} from {} s to {} s",
        counted_usize(emissions.len(), "message"),
        at(emissions.first()),
        at(emissions.last())
    ));
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

pub(crate) fn columns(judgement: &Judgement<'_>) -> Sides<String> {
    let ends = judgement.negotiation.ends;
    let ends = Sides::new(ends.0, ends.1);
    Sides::from_fn(|role| {
        let profile = judgement.side(role).vendor.as_ref().and_then(|vendor| vendor.profile);
        let vendor = profile.map_or(String::new(), |profile| format!(" ({profile})"));
        format!("{role} {}{vendor}", ends[role].ip())
    })
}

/// The ladder; time counts from the negotiation's first message.
pub(crate) fn rows(judgement: &Judgement<'_>) -> Vec<Row> {
    let negotiation = &judgement.negotiation;
    let began = negotiation.emissions.first().map_or(std::time::Duration::ZERO, Emission::at);
    let mut resends = std::collections::BTreeMap::new();
    let refusals = negotiation.refusals.iter();
    let refused: std::collections::BTreeMap<usize, &Refusal> =
        refusals.filter_map(|refusal| Some((refusal.message?, refusal))).collect();
    let mut rows = Vec::new();
    for (position, one) in negotiation.emissions.iter().enumerate().take(MAX_ROWS) {
        let Some(sight) = one.sight() else { continue };
        let micros = u64::try_from(one.at().saturating_sub(began).as_micros()).unwrap_or(u64::MAX);
        let floated = [sight.ends.0, sight.ends.1].iter().any(|end| end.port() == 4500);
        let text = match one.repeats {
            Some(first) => {
                let n = resends.entry(first).or_insert(0);
                *n += 1;
                format!("resend {n}")
            }
            None => row::contents(sight.bytes, floated),
        };
        let text = format!("#{}  {text}", one.frame());
        let lost = match (negotiation.places.len() > 1, &one.near, &one.far) {
            (true, Some(_), None) => Some("never arrives".to_owned()),
            (true, Some(_), Some(_)) if one.altered => Some("arrives altered".to_owned()),
            _ => None,
        };
        let refusal = refused.get(&position).map(|refusal| format!("ICMP: {}", unreached(refusal.what)));
        let lost = refusal.or(lost);
        let name = name(one.what);
        let enters = (one.repeats.is_none()).then(|| entered(one)).flatten();
        let arrow = Arrow { from: one.sender, name, text, enters, lost, resend: one.repeats.is_some() };
        // Clocks of captures are good for milliseconds.
        rows.push(Row { at: Instant::from_micros(micros / 1000 * 1000), what: row::What::Arrow(arrow) });
    }
    rows
}

/// The rows without the notifies that say the same for the third time: they are made anew each time, so no resends.
fn quiet(judgement: &Judgement<'_>) -> Vec<Row> {
    let mut told = std::collections::BTreeMap::new();
    let emissions = judgement.negotiation.emissions.iter();
    let rows = emissions.zip(rows(judgement)).filter(|(one, _)| {
        let count = told.entry((one.sender, one.what)).or_insert(0_usize);
        *count += 1;
        *count <= 2 || matches!(one.what, What::Phase1(_))
    });
    rows.map(|(_, row)| row).collect()
}

/// Messages that a ladder shows.
const MAX_ROWS: usize = 400;

/// The state that a side enters with this message.
fn entered(one: &Emission<'_>) -> Option<State> {
    let What::Phase1(name) = one.what else {
        return None;
    };
    match name {
        MessageName::MSG6 => Some(State::MmActive),
        MessageName::AM3 => Some(State::AmActive),
        _ => State::waiting_for(name.next()?),
    }
}

/// Where one side was left.
fn standing(role: Role, left: &Left, layout: Layout) -> Vec<Line> {
    let good = left.state.flatten().is_some_and(State::is_active);
    let text = standing_words(left);
    if good { painted(role.name(), GOOD, &text, layout) } else { labelled(role.name(), &text, layout) }
}

/// State, how sure, what it sent, whose device it is.
pub(crate) fn standing_words(left: &Left) -> String {
    let state = match left.state {
        Some(state) => {
            let ios = state.map_or(String::new(), |state| format!(" · IOS {}", state.ios()));
            format!("{}{ios} ({})", state_name(state), left.sure.name())
        }
        None if left.possible.is_empty() => "not visible from here".into(),
        None => format!("not visible from here: {}", left.possible.join(" or ")),
    };
    let mut facts = Vec::new();
    let numbers: Vec<String> = left.sent.iter().map(|name| name.number().to_string()).collect();
    facts.push(if numbers.is_empty() {
        "sent nothing".to_owned()
    } else {
        format!("sent {}", numbers.join(" "))
    });
    if left.resends > 0 {
        facts.push(counted_usize(left.resends, "resend"));
    }
    if !left.notifies.is_empty() {
        let names: Vec<String> = left.notifies.iter().map(ToString::to_string).collect();
        facts.push(format!("notified {}", names.join(", ")));
    }
    if let Some(vendor) = &left.vendor {
        facts.push(format!("probably {} ({})", vendor.name, vendor.because));
    }
    format!("{state} · {}", facts.join(" · "))
}

pub(crate) fn outcome(judgement: &Judgement<'_>) -> String {
    let more = match judgement.alike.len() {
        0 => String::new(),
        n => format!(" · {n} more look the same"),
    };
    let text = match judgement.verdict {
        Verdict::Established => "established",
        Verdict::HalfOpen => "half-open: one side is up, the other is not",
        Verdict::Stalled if judgement.causes.is_empty() => {
            "stalled, in a way that no single cause of the catalogue explains"
        }
        Verdict::Stalled => "stalled",
        Verdict::NotUp => "not established on one side at least: whether the other is up is not visible",
        Verdict::Undecided => "undecided",
        Verdict::NotCaptured => "not captured",
    };
    format!("{text}{more}")
}

fn suspected(suspect: &Suspect, several: bool, layout: Layout) -> Vec<Line> {
    let Suspect { cause, rank, supports, against, decides, fix } = suspect;
    let label = if several { format!("cause {rank}") } else { "cause".into() };
    let mut lines = painted(&label, TROUBLE, &format!("{} ({cause}).", capital(cause.meaning())), layout);
    for (word, list) in [("for", supports), ("against", against)] {
        for (n, line) in list.iter().enumerate() {
            lines.extend(labelled(if n == 0 { word } else { "" }, line, layout));
        }
    }
    lines.extend(labelled("decides", decides, layout));
    if *rank == 1 {
        // Commands stay whole, for pasting.
        lines.extend(
            fix.iter()
                .enumerate()
                .map(|(n, line)| format!("   {:<11}{line}", if n == 0 { "fix" } else { "" }).into()),
        );
    }
    lines
}

/// The one command worth typing next.
fn next(judgement: &Judgement<'_>) -> Vec<Line> {
    let states = Role::BOTH.map(|role| judgement.side(role).state.flatten());
    let command = match (judgement.verdict, states) {
        (Verdict::Established | Verdict::Undecided | Verdict::NotCaptured, _) => return Vec::new(),
        (_, [Some(initiator), responder]) if judgement.side(Role::Responder).sure != Sure::NotVisible => {
            format!("ikesim explain {initiator} {}", state_name(responder))
        }
        (_, [Some(state), _] | [_, Some(state)]) => format!("ikesim explain {state}"),
        _ => return Vec::new(),
    };
    vec![Line::default(), Line::from(format!("   {:<11}", "next")).then(paint(HEAD, &command))]
}
