//! A run as text: the ladder, where each peer is left, why, what to do, and whether it was expected.

use diagnose::words;
use diagnose::{Article, Diagnosis};
use ike::{MessageName, Mode, Role, State};
use scenario::{Expect, Scenario, shell_word};
use sim::{Cause, End, MAX_STEPS, Outcome, PeerOutcome, Setup, Verdict, state_name};

use crate::Report;
use crate::ladder::{Layout, ladder, wrap};
use crate::line::{GOOD, HEAD, Line, TROUBLE, paint, written};
use crate::row::{OWN_INVENTION, rows};

/// Width of the words on the left.
const LABEL: usize = 11;

/// The whole report, ANSI colours included; every line ends in a newline.
pub fn text(report: &Report, layout: Layout) -> String {
    let Report { scenario, view, .. } = report;
    let setup = &scenario.setup;
    let mut lines = title(report, layout);
    lines.push(Line::default());
    lines.extend(ladder(setup, &rows(setup, &report.trace, *view), *view, layout));
    lines.push(Line::default());
    lines.extend(conclusions(report, layout));
    written(&lines)
}

/// What stands below the ladder.
pub(crate) fn conclusions(report: &Report, layout: Layout) -> Vec<Line> {
    let mut lines = left(report, layout);
    lines.extend(why(report, layout));
    lines.extend(held(report, layout));
    lines.extend(next(report));
    lines
}

/// The one command worth typing next; nothing where the tunnel is up, or no file can be named.
fn next(report: &Report) -> Option<Line> {
    let file = shell_word(report.file.as_deref()?);
    if report.outcome.verdict == Verdict::Established {
        return None;
    }
    let command = match report.view {
        Some(role) => format!("ikesim explain {}", state_name(report.outcome.peers[role].last)),
        None if report.seed_given => format!("ikesim why {file} --seed {}", report.scenario.setup.seed),
        None => format!("ikesim why {file}"),
    };
    Some(Line::from(format!("   {:<LABEL$}", "next")).then(paint(HEAD, &command)))
}

fn title(report: &Report, layout: Layout) -> Vec<Line> {
    // What a live peer draws does not follow from a seed.
    let seed = report.live.is_none().then_some(report.scenario.setup.seed);
    titled(&report.scenario, Some(report.scenario.setup.mode), seed, layout)
}

/// What is shown, in bold.
pub(crate) fn titled(
    scenario: &Scenario,
    mode: Option<Mode>,
    seed: Option<u64>,
    layout: Layout,
) -> Vec<Line> {
    let Scenario { name, title, .. } = scenario;
    let mut parts = vec![name.clone()];
    parts.extend((!title.is_empty()).then(|| title.clone()));
    parts.extend(mode.map(|mode| format!("{mode} mode")));
    parts.extend(seed.map(|seed| format!("seed {seed}")));
    wrap(&parts.join(" · "), layout.width).iter().map(|line| paint(HEAD, line)).collect()
}

/// A word on the left, text on the right, wrapped under itself.
pub(crate) fn labelled(label: &str, text: &str, layout: Layout) -> Vec<Line> {
    let start = |n: usize| if n == 0 { label } else { "" };
    let lines = wrap(text, layout.width - LABEL - 3).into_iter().enumerate();
    lines.map(|(n, line)| format!("   {:<LABEL$}{line}", start(n)).into()).collect()
}

pub(crate) fn painted(label: &str, style: anstyle::Style, text: &str, layout: Layout) -> Vec<Line> {
    labelled(label, text, layout).into_iter().map(|line| line.all(style)).collect()
}

/// Where each peer is left.
fn left(report: &Report, layout: Layout) -> Vec<Line> {
    let Report { outcome, view, .. } = report;
    let mut lines = Vec::new();
    for role in Role::BOTH {
        if view.is_some_and(|view| view != role) {
            lines.extend(labelled(&role.to_string(), "not visible from here", layout));
        } else {
            lines.extend(peer(role, &outcome.peers[role], layout));
        }
    }
    if view.is_none() {
        lines.extend(labelled("outcome", &verdict(outcome), layout));
    }
    let seen = view.is_none_or(|view| {
        outcome.peers[view].received.iter().any(|name| name.number() == 2) || view == Role::Responder
    });
    if let Some(n) = outcome.negotiated.filter(|_| seen) {
        let values = format!(
            "{} · {} · group {} · {} · lifetime {} s",
            n.encryption.name(),
            n.hash.name(),
            n.group.number(),
            n.authentication,
            n.lifetime
        );
        lines.extend(labelled("negotiated", &values, layout));
    }
    lines
}

/// What the bound of steps leaves to say.
pub(crate) fn cut_off(outcome: &Outcome) -> String {
    format!(
        "cut short after {MAX_STEPS} steps, at {} s: more was to come, and nothing is judged",
        outcome.ended
    )
}

pub(crate) fn verdict(outcome: &Outcome) -> String {
    if outcome.cut_off {
        return cut_off(outcome);
    }
    let keys = match outcome.keys_match {
        Some(true) => "both derived the same keys",
        Some(false) => "the two derived different keys",
        None => "no keys on at least one side",
    };
    format!("{} · {keys}", outcome.verdict)
}

fn peer(role: Role, peer: &PeerOutcome, layout: Layout) -> Vec<Line> {
    let style = if peer.state.is_some_and(State::is_active) { GOOD } else { HEAD };
    let state = format!("{:<13}", state_name(peer.state));
    let ios = peer.state.map_or(String::new(), |state| format!("IOS {}", state.ios()));
    let part = format!("sent {} · accepted {}", numbers(&peer.sent), numbers(&peer.received));
    let fits = LABEL + state.len() + end(peer).chars().count() + part.chars().count() + 25 <= layout.width;
    let facts = if fits { format!("{} · {part}", end(peer)) } else { end(peer) };
    let mut more = Vec::new();
    let narrow = 3 + LABEL + state.len() + 18 + facts.chars().count() > layout.width;
    let shown = if narrow { String::new() } else { facts };
    let name = Line::from(format!("   {:<LABEL$}", role.to_string()));
    let first = name.then(paint(style, &state)).then(format!(" {ios:<16} {shown}"));
    if narrow {
        more.push(end(peer));
    }
    if !fits {
        more.push(part);
    }
    if peer.state == Some(State::AmWaitMsg4) {
        more.push(format!("AM_WAIT_MSG4 {OWN_INVENTION}"));
    }
    if !peer.notifies.is_empty() {
        let names: Vec<String> = peer.notifies.iter().map(ToString::to_string).collect();
        more.push(format!("it notified {}", names.join(", ")));
    }
    let more = more.iter().flat_map(|line| labelled("", line, layout));
    [first].into_iter().chain(more).collect()
}

fn numbers(list: &[MessageName]) -> String {
    let words: Vec<String> = list.iter().map(|name| name.number().to_string()).collect();
    if words.is_empty() { "nothing".into() } else { words.join(" ") }
}

/// What ended a peer's part, and when.
pub(crate) fn end(peer: &PeerOutcome) -> String {
    let at = peer.at;
    let was = match peer.last {
        Some(last) if peer.state != Some(last) => format!(", last {last}"),
        _ => String::new(),
    };
    match peer.end {
        End::Active => format!("active since {at} s"),
        End::GaveUp => format!("gave up at {at} s{was}"),
        End::Waiting => format!("still waiting at {at} s"),
        End::Rejected => format!("rejected at {at} s{was}"),
        End::Deleted => format!("deleted at {at} s{was}"),
        End::NoSa => "never made an SA".into(),
    }
}

fn why(report: &Report, layout: Layout) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(view) = report.view.filter(|_| report.diagnosis.len() > 1) {
        let count = report.diagnosis.len();
        lines.push(Line::default());
        lines.extend(labelled(
            "",
            &format!("{count} causes leave the {view} with this picture, likeliest first:"),
            layout,
        ));
    }
    let several = report.diagnosis.len() > 1;
    for diagnosis in &report.diagnosis {
        lines.push(Line::default());
        lines.extend(one_cause(diagnosis, several, report.view.is_some(), layout));
    }
    lines
}

fn one_cause(diagnosis: &Diagnosis, several: bool, in_view: bool, layout: Layout) -> Vec<Line> {
    let Diagnosis { cause, rank, evidence, fix, inferred } = diagnosis;
    let label = if several { format!("cause {rank}") } else { "cause".into() };
    let note =
        if *inferred && !in_view { " [I]: some of it is inferred, no public source says so." } else { "" };
    let mut lines =
        painted(&label, TROUBLE, &format!("{} ({cause}).{note}", capital(cause.meaning())), layout);
    // In a view the first line, what the side saw, is the same for every cause.
    let skip = usize::from(in_view && *rank > 1);
    for (n, line) in evidence.iter().skip(skip).enumerate() {
        lines.extend(labelled(if n == 0 { "evidence" } else { "" }, line, layout));
    }
    if in_view && *rank > 1 {
        return lines;
    }
    for (n, line) in fix.iter().enumerate() {
        let label = if n == 0 { "fix" } else { "" };
        // Commands stay whole, for pasting.
        if line.starts_with(' ') {
            lines.push(format!("   {label:<LABEL$}{line}").into());
        } else {
            lines.extend(labelled(label, line, layout));
        }
    }
    lines
}

pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// Whether the expectations held and every fault acted.
fn held(report: &Report, layout: Layout) -> Vec<Line> {
    let Report { scenario, outcome, failed, .. } = report;
    let mut lines = Vec::new();
    if report.view.is_none() {
        for (n, text) in faults(&scenario.setup, outcome).iter().enumerate() {
            lines.extend(labelled(if n == 0 { "faults" } else { "" }, text, layout));
        }
    }
    if failed.is_empty() {
        let expected = expected(&scenario.expect);
        if !expected.is_empty() {
            lines.extend(painted("expect", GOOD, &expected, layout));
        }
    }
    for (n, line) in failed.iter().enumerate() {
        lines.extend(painted(if n == 0 { "expect" } else { "" }, TROUBLE, &format!("✗ {line}"), layout));
    }
    if lines.is_empty() { lines } else { [vec![Line::default()], lines].concat() }
}

/// Each fault: the values that an operator's changed, how often another one acted.
fn faults(setup: &Setup, outcome: &Outcome) -> Vec<String> {
    let faults = setup.faults.iter().zip(&outcome.fired).enumerate();
    faults
        .map(|(index, (fault, fired))| {
            let at = fault.at().map_or(String::new(), |role| format!(" at {role}"));
            let edits = setup.edits.iter().filter(|(of, _)| *of == index).flat_map(|(_, changes)| changes);
            let changed = |change: &sim::Change| {
                let [what, before, after] = words::changed(&change.what);
                format!("{what}: {before} → {after}")
            };
            let edits: Vec<String> = edits.map(changed).collect();
            if edits.is_empty() {
                format!("{fault}{at}, acted {}", times(*fired))
            } else {
                format!("{fault}{at}: {}", edits.join("; "))
            }
        })
        .collect()
}

fn times(count: u64) -> String {
    match count {
        0 => "never".into(),
        1 => "once".into(),
        n => format!("{n} times"),
    }
}

fn expected(expect: &Expect) -> String {
    let mut parts = Vec::new();
    for (role, want) in expect.states.both() {
        parts.extend(want.map(|want| format!("✓ {role} {}", state_name(want))));
    }
    parts.extend(expect.cause.map(|cause| format!("✓ cause {}", cause.map_or("none", Cause::name))));
    parts.extend(expect.notify.as_ref().map(|list| {
        let names: Vec<String> = list.iter().map(ToString::to_string).collect();
        format!("✓ notify [{}]", names.join(", "))
    }));
    parts.extend(expect.established.map(|want| format!("✓ established {want}")));
    parts.join("   ")
}

/// An explanation: a label on the left, text wrapped beside it; commands stay whole.
pub fn explained(article: &Article, layout: Layout) -> String {
    let mut lines = vec![paint(HEAD, &article.title), Line::default()];
    let mut before = "";
    for (label, text) in &article.lines {
        // A paragraph of its own for each cause.
        if label.starts_with("cause") || (label == "check" && before != "check") {
            lines.push(Line::default());
        }
        match text.strip_prefix(' ') {
            Some(command) => lines.push(format!("   {label:<LABEL$}  {command}").into()),
            None => lines.extend(labelled(label, text, layout)),
        }
        before = label;
    }
    written(&lines)
}
