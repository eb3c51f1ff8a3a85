//! Where a captured side stands, in words.

use std::time::Duration;

use diagnose::captures::{Because, CaptureVerdict, Frame, Judgement, Left};
use ike::{Role, State};
use sim::state_name;

use crate::ladder::Layout;
use crate::line::{GOOD, Line};
use crate::reasons::plural;
use crate::text::{labelled, painted};

/// Where one side was left.
pub(super) fn standing(role: Role, left: &Left, layout: Layout) -> Vec<Line> {
    let good = left.state.flatten().is_some_and(State::is_active);
    let text = standing_words(left);
    if good { painted(role.name(), GOOD, &text, layout) } else { labelled(role.name(), &text, layout) }
}

/// State, how sure, what it sent, whose device it is.
pub(crate) fn standing_words(left: &Left) -> String {
    let state = match left.state {
        Some(state) => {
            let ios =
                state.map_or(String::new(), |state| format!(" · IOS {}", vendor::ios::state_name(state)));
            format!("{}{ios} ({})", state_name(state), left.sure.name())
        }
        None if left.possible.is_empty() => "not visible from here".into(),
        None => {
            let possible: Vec<&str> = left.possible.iter().map(|state| state_name(*state)).collect();
            format!("not visible from here: {}", possible.join(" or "))
        }
    };
    let mut facts = Vec::new();
    let numbers: Vec<String> = left.sent.iter().map(|name| name.number().to_string()).collect();
    facts.push(if numbers.is_empty() {
        "sent nothing".to_owned()
    } else {
        format!("sent {}", numbers.join(" "))
    });
    if left.resends > 0 {
        facts.push(plural(left.resends as u64, "resend"));
    }
    if !left.notifies.is_empty() {
        let names: Vec<String> = left.notifies.iter().map(ToString::to_string).collect();
        facts.push(format!("notified {}", names.join(", ")));
    }
    // Vendor ids are copied (an ASA sends IOS's too), so the guess shows its grounds.
    if let Some(vendor) = &left.vendor {
        facts.push(format!("probably {} ({})", vendor.name, because(&vendor.because)));
    }
    format!("{state} · {}", facts.join(" · "))
}

pub(crate) fn outcome(judgement: &Judgement<'_>) -> String {
    let more = match judgement.alike.len() {
        0 => String::new(),
        n => format!(" · {n} more look the same"),
    };
    let text = match judgement.verdict {
        CaptureVerdict::Established => "established",
        CaptureVerdict::HalfOpen => "half-open: one side is up, the other is not",
        // The catalogue has one fault a run: two at once may look like none of them.
        CaptureVerdict::Stalled if judgement.causes.is_empty() => {
            "stalled, in a way that no single cause of the catalogue explains"
        }
        CaptureVerdict::Stalled => "stalled",
        CaptureVerdict::TornDown => "torn down: both sides were up, and a Delete ended it",
        CaptureVerdict::NotUp => {
            "not established on one side at least: whether the other is up is not visible"
        }
        CaptureVerdict::Undecided => "undecided",
        CaptureVerdict::NotCaptured => "not captured",
    };
    format!("{text}{more}")
}

/// `vendor ids in frame 1`, `it resends after 8.0, 16.0, 24.0 s`.
pub(super) fn because(because: &Because) -> String {
    match because {
        Because::Id(frame) => format!("a vendor id in frame {frame}"),
        Because::CookieId(frame) => format!("a vendor id made of the cookies in frame {frame}"),
        Because::Ids(frames) => {
            let frames: Vec<String> = frames.iter().map(Frame::to_string).collect();
            format!("vendor ids in frame {}", frames.join(", "))
        }
        Because::Resends(times) => format!("it resends after {} s", seconds(times)),
    }
}

/// `8.0, 16.0, 24.0`.
pub(super) fn seconds(times: &[Duration]) -> String {
    let words: Vec<String> = times.iter().map(|time| format!("{:.1}", time.as_secs_f64())).collect();
    words.join(", ")
}
