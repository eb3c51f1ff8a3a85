//! Judgements and findings as short text, and tables of them as files.

use std::fmt::Debug;
use std::path::Path;

use diagnose::captures::{Because, Judgement, Left, Negotiation, Quick, Sight, Vendor};
use diagnose::{Captured, Evidence, Finding, Observation};
use ike::{MapEntry, Role, State};
use sim::state_name;

/// Compares with the table of this name; `TABLES=write` writes it anew.
pub fn compare(name: &str, rows: &[String]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables").join(name);
    let text = rows.join("\n") + "\n";
    if std::env::var_os("TABLES").is_some_and(|value| value == "write") {
        std::fs::write(&path, &text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap();
    let unlike = known.lines().zip(text.lines()).find(|(known, now)| known != now);
    if let Some((known, now)) = unlike {
        panic!("{name}: expected\n{known}\nand got\n{now}");
    }
    assert_eq!(known.lines().count(), text.lines().count(), "{name}: lines");
}

/// Each case under its title; neighbours that are told alike stand together.
pub fn merged(cases: impl IntoIterator<Item = (String, Vec<String>)>) -> Vec<String> {
    let mut all: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for (title, told) in cases {
        match all.last_mut().filter(|(_, known)| *known == told) {
            Some((titles, _)) => titles.push(title),
            None => all.push((vec![title], told)),
        }
    }
    all.into_iter().flat_map(|(titles, told)| [titles, told].concat()).collect()
}

/// As `Debug` has it, without the names of fields.
pub fn short(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    let words = text.split_inclusive(' ').filter(|word| {
        let name = word.strip_suffix(": ").unwrap_or_default();
        name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
    });
    let mut text: String = words.collect();
    for n in 1..=6 {
        text = text.replace(&format!("MessageName {{ Main, {n} }}"), &format!("MSG{n}"));
        text = text.replace(&format!("MessageName {{ Aggressive, {n} }}"), &format!("AM{n}"));
    }
    for (long, short) in [
        ("Frame { None, ", "#{ "),
        ("Frame { Some(1), ", "#{ 1:"),
        ("Frame { Some(2), ", "#{ 2:"),
        ("MmWaitMsg", "MM_WAIT_MSG"),
        ("NotifyType(", "Notify("),
        (" }", "}"),
        ("{ ", "{"),
    ] {
        text = text.replace(long, short);
    }
    text
}

/// What speaks for all of several alike, which is taken off each.
pub fn in_common(all: &mut [Finding]) -> String {
    let [first, others @ ..] = &*all else { return String::new() };
    let known = |place: usize| others.iter().all(|one| one.evidence.get(place) == first.evidence.get(place));
    let count = (0..first.evidence.len()).take_while(|place| !others.is_empty() && known(*place)).count();
    let text = list(&first.evidence[..count], evidence);
    all.iter_mut().for_each(|one| drop(one.evidence.drain(..count)));
    if count == 0 { text } else { format!(" for each {text}") }
}

pub fn list<T>(all: &[T], one: impl Fn(&T) -> String) -> String {
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn state(state: &Option<State>) -> String {
    state_name(*state).to_owned()
}

pub fn vendor(vendor: &Vendor) -> String {
    let because = match &vendor.because {
        Because::Id(frame) => format!("id in {frame}"),
        Because::CookieId(frame) => format!("cookie id in {frame}"),
        Because::Ids(frames) => format!("ids in {}", list(frames, ToString::to_string)),
        Because::Resends(times) => format!("resends {times:?}"),
    };
    format!("{} by {because}", vendor.profile.map_or(vendor.name, |profile| profile.name))
}

/// Where a side was left.
pub fn left(left: &Left) -> String {
    let stands = left.state.as_ref().map_or_else(|| format!("? {}", list(&left.possible, state)), state);
    let device = left.vendor.as_ref().map_or_else(|| "?".to_owned(), vendor);
    let sent = list(&left.sent, ToString::to_string);
    let notifies = list(&left.notifies, short);
    format!(
        "{stands} ({}, last {}) sent {sent} +{} [{notifies}] {device}",
        left.sure.name(),
        state(&left.last),
        left.resends
    )
}

pub fn evidence(one: &Evidence) -> String {
    if let Evidence::Captured(Captured::Offered(offers)) = one {
        return format!("Offered({})", list(offers, ToString::to_string));
    }
    if let Evidence::Copies { message, copies } = one {
        let runs = copies.chunk_by(|one, other| one == other);
        let runs = runs.map(|run| format!("{} x {}", run.len(), short(&run[0])));
        return format!("Copies({message}: {})", runs.collect::<Vec<_>>().join(", "));
    }
    if let Evidence::Entries { value, of } = one {
        let entries = |list: &Vec<MapEntry>| {
            list.iter().map(|one| format!("{:?} {:?}", one.mode, one.pfs)).collect::<Vec<_>>()
        };
        return format!("Entries({value:?}: {:?})", of.as_ref().map(entries).into_array());
    }
    short(one).replace("Captured(", "(")
}

fn decides(one: &Finding) -> String {
    match &one.decides {
        Some(Observation::Cause { cause, shows }) => {
            assert_eq!(*cause, one.cause);
            format!(" shows {}", shows.both().map(|(_, names)| names.join("|")).join("/"))
        }
        Some(Observation::Quick(cause)) => format!(" quick {cause}"),
        None => String::new(),
    }
}

/// A cause, with what speaks for it and against it.
pub fn cause(one: &Finding) -> String {
    let mut text = format!("  {} {}{}", one.rank, one.cause, if one.inferred { "?" } else { "" });
    if !one.evidence.is_empty() {
        text += &format!(" for {}", list(&one.evidence, evidence));
    }
    if !one.against.is_empty() {
        text += &format!(" against {}", list(&one.against, evidence));
    }
    text + &decides(one)
}

fn quick(one: &Quick) -> String {
    let by = one.by.map_or("?".to_owned(), |role| role.to_string());
    let (hashes, spis) = (list(&one.hashes, short), one.spis.len());
    let cleared = if one.cleared { " cleared" } else { "" };
    let deleted = one.deleted.as_ref().map_or_else(String::new, |one| format!(" {}", short(one)));
    format!("  quick by {by} {} in {} [{hashes}] spis {spis}{cleared}{deleted}", short(&one.end), one.frame)
}

/// All that is concluded of one negotiation.
pub fn judgement(one: &Judgement<'_>) -> Vec<String> {
    let mut lines = vec![format!("  {} nat {:?}", one.verdict.name(), one.nat.into_array())];
    lines.extend(Role::BOTH.map(|role| format!("  {role}: {}", left(&one.sides[role]))));
    lines.extend(one.seen.iter().map(|seen| format!("  seen {}", evidence(seen))));
    lines.extend(one.causes.iter().map(cause));
    lines.extend(one.notes.iter().map(|note| format!("  note {}", short(note))));
    lines.extend(one.phase2.quick.iter().map(quick));
    let counts = [one.phase2.children(), one.phase2.refused(), one.phase2.deleted(), one.phase2.open()];
    lines.extend((counts != [0; 4]).then(|| format!("  children, refused, deleted, open {counts:?}")));
    lines.extend(one.phase2.ended.iter().map(|ended| format!("  ended {}", short(ended))));
    lines
}

/// What was captured of it, message by message.
pub fn negotiation(one: &Negotiation<'_>) -> Vec<String> {
    let sight = |sight: &Sight<'_>| format!("{} at {:?}", sight.frame_name(), sight.at);
    let mut lines = vec![format!(
        "  {} to {}, {} of {}, of {:?}{}{}, {:?}, watched {:?}",
        one.ends.0,
        one.ends.1,
        one.cookies.responder,
        one.responder_cookies.len(),
        one.mode,
        if one.starts_late { ", late" } else { "" },
        if one.roles_sure { "" } else { ", roles guessed" },
        one.places.iter().map(|place| (place.file, place.interface)).collect::<Vec<_>>(),
        one.watched,
    )];
    lines.extend(one.emissions.iter().map(|one| {
        let [near, far] =
            [&one.near, &one.far].map(|place| place.as_ref().map_or_else(|| "-".to_owned(), sight));
        let repeats = one.repeats.map_or_else(String::new, |first| format!(", repeats {first}"));
        let altered = if one.altered { ", altered" } else { "" };
        format!("  {} {} {near} to {far}{repeats}{altered}", one.sender, short(&one.what))
    }));
    lines.extend(one.refusals.iter().map(|one| {
        format!(
            "  refused {} {:?} {:?} {:?} {:?}",
            one.frame_name(),
            one.at,
            one.what,
            one.sender,
            one.message
        )
    }));
    lines
}

/// The outcome, and where each side was left.
pub fn outline(one: &Judgement<'_>) -> Vec<String> {
    let sides = Role::BOTH.map(|role| format!("  {role}: {}", left(&one.sides[role])));
    [brief(one), sides.to_vec(), one.phase2.quick.iter().map(quick).collect()].concat()
}

/// The outcome alone: verdict, states, causes by name, notes.
pub fn brief(one: &Judgement<'_>) -> Vec<String> {
    let stands = one
        .sides
        .as_ref()
        .map(|left| left.state.as_ref().map_or_else(|| format!("? {}", list(&left.possible, state)), state));
    let causes = list(&one.causes, |one| one.cause.to_string());
    let mut lines = vec![format!(
        "  {} {} nat {:?}: {causes}",
        one.verdict.name(),
        stands.into_array().join(" / "),
        one.nat.into_array()
    )];
    lines.extend(one.notes.iter().map(|note| format!("  note {}", short(note))));
    lines
}
