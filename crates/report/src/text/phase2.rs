//! Where a run leaves phase 2, in words.

use ike::{Role, Selectors};
use sim::{ChildOutcome, End, Passage, Phase2, QuickOutcome, quick_state_name};

use super::labelled;
use crate::Report;
use crate::ladder::Layout;
use crate::line::Line;

/// Each child on each side that is seen, and what it comes to.
pub(super) fn phase2(report: &Report, layout: Layout) -> Vec<Line> {
    let words = phase2_words(report);
    let first = words.first().map(|_| Line::default());
    let lines = words.iter().flat_map(|(label, text)| labelled(label, text, layout));
    first.into_iter().chain(lines).collect()
}

/// The same as labels and texts; nothing where no phase 2 was asked for.
pub(crate) fn phase2_words(report: &Report) -> Vec<(String, String)> {
    let Some(phase_2) = &report.outcome.phase_2 else {
        return Vec::new();
    };
    let mut words = Vec::new();
    for (number, child) in (1..).zip(&phase_2.children) {
        for role in Role::BOTH.into_iter().filter(|role| report.view.is_none_or(|view| view == *role)) {
            words.push((format!("child {number}"), format!("{role}: {}", one(child, role))));
        }
    }
    // What it comes to takes both sides to know.
    if report.view.is_none() {
        words.push(("phase 2".into(), passage(phase_2)));
    }
    words
}

fn one(child: &ChildOutcome, role: Role) -> String {
    let side = &child.sides[role];
    let flow = side.selectors.as_ref().map_or(String::new(), |flow: &Selectors| format!(" · {flow}"));
    // The initiator's words for it, where it has any.
    let agreed = side.agreed.as_ref().map_or(String::new(), |agreed| {
        let udp = if agreed.udp { " in UDP" } else { "" };
        let pfs = agreed.pfs.map_or("no PFS".into(), |group| format!("PFS group {}", group.number()));
        let compressed = agreed.compression.map_or(String::new(), |one| format!(" · IPComp {}", one.by));
        format!(" · {} · {}{udp} · {pfs}{compressed} · {} s", agreed.set, agreed.mode, agreed.lifetime)
    });
    let attempts = match child.attempts.len() {
        0 | 1 => String::new(),
        // Of who asks: the other cannot know that two are for the same flow.
        _ if role != child.by => String::new(),
        n => format!(" · {n} attempts"),
    };
    // No device prints a state of Quick Mode, so nobody should look this one up.
    format!("{} (ikesim's name), {}{attempts}{flow}{agreed}", quick_state_name(side.state), end(side))
}

fn end(side: &QuickOutcome) -> String {
    let at = side.at;
    match side.end {
        End::Active => format!("up since {at} s"),
        End::GaveUp => format!("gave up at {at} s"),
        End::Waiting => format!("still waiting at {at} s"),
        End::Rejected => format!("refused at {at} s"),
        End::Deleted => format!("gone at {at} s"),
        End::NoSa => "never began".into(),
    }
}

fn passage(phase_2: &Phase2) -> String {
    let (up, asked) = (phase_2.up(), phase_2.children.len());
    // An ASA that refuses a child takes phase 1 down as well, others keep it.
    let alive = match phase_2.phase_1_alive.into_array() {
        [true, true] => "phase 1 stays on both sides",
        [true, false] => "phase 1 stays at the initiator alone",
        [false, true] => "phase 1 stays at the responder alone",
        [false, false] => "phase 1 is gone on both sides",
    };
    match phase_2.passage {
        Passage::Passes => format!("passes: {up} of {asked} children up on both sides, with the same keys"),
        Passage::Phase1Stalls | Passage::NeverStarted => phase_2.passage.to_string(),
        Passage::Phase2Refused | Passage::Phase2Stalled | Passage::Deleted => {
            format!("{} · {up} of {asked} children up · {alive}", phase_2.passage)
        }
    }
}
