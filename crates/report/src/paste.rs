//! What a paste says: the verdict, the lines that speak for it, what else fits, what was not understood.

mod json;
#[cfg(test)]
mod kinds;
mod says;
mod suspect;

use diagnose::paste::{Certainty, Paste, Phase, Story, Suspect};
use ike::{Role, State};
use sim::state_name;

use crate::Layout;
use crate::line::{FAINT, GOOD, HEAD, Line, TROUBLE, paint, written};
use crate::text::{labelled, painted};

pub use json::paste_json;
use says::says;
use suspect::{certainty, decides, fix, meaning};

/// Lines that are shown of each kind.
// The verdict must not scroll off the screen that the paste came from.
const FEW: usize = 3;

/// Negotiations that are told in full.
const IN_FULL: usize = 2;

/// The verdict on a paste in about 25 lines; with `all`, what each line means behind it.
pub fn paste_text(paste: &Paste, all: bool, layout: Layout) -> String {
    let mut lines = Vec::new();
    for (n, story) in paste.stories.iter().enumerate() {
        if n > 0 {
            lines.push(Line::default());
        }
        // Behind the first only trouble is worth the room.
        let full = n == 0 || n < IN_FULL && !story.is_healthy();
        lines.extend(if full { in_full(story, paste, layout) } else { vec![in_short(story)] });
    }
    if paste.stories.is_empty() {
        lines.extend(no_negotiation(paste));
    }
    lines.extend(unknown(paste, layout));
    if all {
        lines.push(Line::default());
        lines.extend(each_line(paste, layout));
    }
    written(&lines)
}

fn no_negotiation(paste: &Paste) -> Vec<Line> {
    let mut lines = vec![paint(HEAD, "no negotiation in these lines")];
    let mut known: Vec<String> = Vec::new();
    for understood in &paste.understood {
        let text = format!("{}: {}", understood.vendor, says(understood.says));
        if !known.contains(&text) && known.len() < FEW {
            known.push(text);
        }
    }
    lines.extend(known.into_iter().map(|text| format!("   {text}").into()));
    lines
}

/// Who talks to whom, and how far it came.
fn head(story: &Story) -> String {
    let own = story.local.map_or(String::new(), |local| format!(" {local}"));
    let peer = story.peer.map_or_else(|| "its peer".to_owned(), |peer| peer.to_string());
    let part = match story.role {
        Some(Role::Initiator) => format!("calls {peer}"),
        Some(Role::Responder) => format!("is called by {peer}"),
        None => format!("and {peer}"),
    };
    let mode = story.mode.map_or(String::new(), |mode| format!(" · {mode} mode"));
    let name = story.connection.as_ref().map_or(String::new(), |name| format!(" · {name}"));
    let both = if story.both { " · both sides' lines" } else { "" };
    let version = if story.ikev2 { " · IKEv2" } else { "" };
    format!("{}{own} {part}{mode}{version}{name}{both}", story.device)
}

fn progress(story: &Story) -> String {
    let phase1 = match story.phase1 {
        Phase::None => "no phase 1 in these lines".to_owned(),
        Phase::Unknown if story.no_sa => "no SA of phase 2, and nothing of phase 1 in these lines".to_owned(),
        // No stall: a log that breaks off is no peer that does.
        Phase::Unknown => "the lines end before phase 1 is decided".to_owned(),
        phase @ (Phase::Stalled | Phase::Refused | Phase::Established | Phase::Deleted) => {
            format!("phase 1 {}", phase.name())
        }
    };
    let phase2 = match story.phase2 {
        Phase::None => String::new(),
        Phase::Unknown => " · phase 2 begun".to_owned(),
        phase @ (Phase::Stalled | Phase::Refused | Phase::Established | Phase::Deleted) => {
            format!(" · phase 2 {}", phase.name())
        }
    };
    let again = if story.attempts > 1 { format!(" · {} attempts", story.attempts) } else { String::new() };
    format!("{phase1}{phase2}{again}")
}

fn states(story: &Story) -> Option<String> {
    let told = |role: Role| {
        let state: Option<State> = story.states[role]?;
        // The device's own state is in its lines; the peer's follows from the cause alone.
        let guess =
            if story.supposed && Some(role) != story.role { " (if the cause is the first)" } else { "" };
        Some(format!("{role} {}{guess}", state_name(state)))
    };
    let all: Vec<String> = Role::BOTH.into_iter().filter_map(told).collect();
    (!all.is_empty()).then(|| all.join(" · "))
}

fn in_short(story: &Story) -> Line {
    let cause = story.suspects.first().map_or(String::new(), |first| format!(" · {}", first.issue.name()));
    let healthy = if story.is_healthy() { " · healthy" } else { "" };
    format!("{} · {}{cause}{healthy}", head(story), progress(story)).into()
}

fn in_full(story: &Story, paste: &Paste, layout: Layout) -> Vec<Line> {
    let mut lines = vec![paint(HEAD, &head(story))];
    lines.extend(labelled("verdict", &progress(story), layout));
    if let Some(states) = states(story) {
        lines.extend(labelled("states", &states, layout));
    }
    match story.suspects.split_first() {
        Some((first, others)) => {
            lines.extend(cause(first, story, layout));
            lines.extend(speaking(first, story, paste, layout));
            lines.extend(alternatives(first, others, layout));
        }
        None if story.is_healthy() => {
            lines.extend(painted("healthy", GOOD, suspect::healthy(story), layout));
            lines.extend(speaking_lines(&story.shows, "shown by", paste, layout));
        }
        None => lines.extend(speaking_lines(&story.shows, "shown by", paste, layout)),
    }
    lines.extend(suspect::notes(story).into_iter().flat_map(|note| labelled("note", note, layout)));
    lines
}

fn cause(first: &Suspect, story: &Story, layout: Layout) -> Vec<Line> {
    let text = format!("{}: {} · {}", first.issue.name(), meaning(first), certainty(first.certainty));
    let mut lines = painted("cause", TROUBLE, &text, layout);
    for value in suspect::values(story, first.issue) {
        lines.extend(labelled("values", &value, layout));
    }
    for (n, line) in fix(first, story).iter().take(9).enumerate() {
        let label = if n == 0 { "fix" } else { "" };
        // Commands stay whole, for pasting.
        match line.strip_prefix(' ') {
            Some(command) => lines.push(format!("   {label:<11} {command}").into()),
            None => lines.extend(labelled(label, line, layout)),
        }
    }
    lines
}

/// The lines that speak for the cause, then those that show how far it came.
fn speaking(first: &Suspect, story: &Story, paste: &Paste, layout: Layout) -> Vec<Line> {
    let mut numbers: Vec<usize> =
        first.lines.iter().copied().filter(|line| *line > 0).take(FEW + 1).collect();
    let more =
        story.shows.iter().copied().filter(|line| !numbers.contains(line)).take(FEW).collect::<Vec<_>>();
    numbers.extend(more);
    // In the order of the paste, in which they tell a story.
    numbers.sort_unstable();
    numbers.dedup();
    speaking_lines(&numbers, "lines", paste, layout)
}

fn speaking_lines(numbers: &[usize], label: &str, paste: &Paste, layout: Layout) -> Vec<Line> {
    let numbered =
        // Lines count from 1, as in editors.
        numbers.iter().filter_map(|number| Some((number, paste.lines.get(number.checked_sub(1)?)?)));
    let line = |(n, (number, text)): (usize, (&usize, &String))| {
        let label = if n == 0 { label } else { "" };
        Line::from(cut(&format!("   {label:<11}{number:>5}  {}", text.trim()), layout))
    };
    numbered.take(6).enumerate().map(line).collect()
}

fn cut(text: &str, layout: Layout) -> String {
    let width = layout.width().max(60);
    // Cut and not wrapped: the rest would look like another line of the log.
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

fn alternatives(first: &Suspect, others: &[Suspect], layout: Layout) -> Vec<Line> {
    let mut lines = Vec::new();
    for (n, other) in others.iter().take(5).enumerate() {
        let label = if n == 0 { "or" } else { "" };
        let text = format!("{}: {}", other.issue.name(), meaning(other));
        lines.push(cut(&format!("   {label:<11}{text}"), layout).into());
    }
    if others.len() > 5 {
        let rest: Vec<&str> = others.iter().skip(5).map(|other| other.issue.name()).collect();
        lines.extend(labelled("", &format!("or {}", rest.join(", ")), layout));
    }
    // Where a line names the reason, nothing is left to decide.
    if first.certainty > Certainty::Said {
        lines.extend(labelled("decides", decides(first.issue), layout));
    }
    lines
}

fn unknown(paste: &Paste, layout: Layout) -> Vec<Line> {
    if paste.unknown.is_empty() {
        return Vec::new();
    }
    let text = format!("{} of {} lines not understood", paste.unknown.len(), paste.total);
    let mut lines = vec![Line::default(), paint(FAINT, &text)];
    // One of them may be the line that matters, so some are shown and not only counted.
    let first: Vec<usize> = paste.unknown.iter().copied().take(FEW).collect();
    lines.extend(speaking_lines(&first, "", paste, layout).into_iter().map(|line| line.all(FAINT)));
    lines
}

/// Every line with what it means.
fn each_line(paste: &Paste, layout: Layout) -> Vec<Line> {
    let mut lines = Vec::new();
    for understood in &paste.understood {
        let Some(text) = understood.line.checked_sub(1).and_then(|at| paste.lines.get(at)) else { continue };
        lines.push(cut(&format!("{:>5}  {}", understood.line, text.trim()), layout).into());
        let text = format!("{}: {}", understood.vendor, says(understood.says));
        lines.push(paint(FAINT, &format!("       {text}{}", suspect::source(understood.source))));
    }
    lines
}
