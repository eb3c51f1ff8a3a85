//! Messages of phase 1, and the steps by which an ASA sends them.

use ike::{MessageName, Mode};

use super::{Entry, Step, Subject, lessons};

pub(super) fn message(name: MessageName) -> Entry {
    let mut entry = Entry::new(Subject::Message(name));
    entry.scenarios = lessons(|columns| {
        columns.first().is_some_and(|file| file.contains(&format!("_{name}.").to_lowercase()))
    });
    entry
}

/// What the ASA calls things that are no waiting state of phase 1: steps of its error history, in which nobody rests
/// (`MM_SND_MSG5`, `AM_BLD_MSG2`, `MM_DONE`), and the exchange behind phase 1 (`AM_TM_INIT_XAUTH_V6C`).
pub(super) fn step(word: &str) -> Option<Entry> {
    let (mode, rest) = match word.split_once('_')? {
        ("MM", rest) => (Mode::Main, rest),
        ("AM", rest) => (Mode::Aggressive, rest),
        _ => return None,
    };
    let entry = |step| Some(Entry::new(Subject::Step(word.to_owned(), step)));
    if rest == "DONE" {
        return entry(Step::Done);
    }
    if let Some(what) = rest.strip_prefix("TM_INIT_") {
        return entry(if what.starts_with("XAUTH") { Step::Xauth } else { Step::ModeConfig });
    }
    let (doing, number) = rest.split_once("_MSG")?;
    // MM_SND_MSG6_H was seen in a trace: a second step of the same sending.
    let number: u8 = number.trim_end_matches("_H").parse().ok()?;
    let name = MessageName::new(mode, number)?;
    match doing {
        "BLD" => entry(Step::Built(name)),
        "SND" => entry(Step::Sent(name)),
        // WAIT is not here: those are states, and were found as such.
        _ => None,
    }
}
