//! What speaks for a cause, in words.

mod captured;
mod child;

use diagnose::{Copied, CopyEnd, EntryValue, Evidence, Finding, KeyLook, Oddity, Sort, counted};
use ike::{Commands, MapEntry, MessageName, Mode, Role, Sides};
use sim::state_name;

use crate::reasons;

pub use captured::observation;
pub(crate) use captured::{captured, name};

/// A line each, or several; lines from both sides side by side where there are two values.
pub fn evidence(all: &[Evidence]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for one in all {
        let own = words(one);
        // Two reasons may read alike, and are told once.
        let known = matches!(one, Evidence::Says { .. }) && own.iter().all(|line| lines.contains(line));
        if !known {
            lines.extend(own);
        }
    }
    lines
}

/// All that is known of a cause: what speaks for it, what against it, and what would decide.
pub fn case(finding: &Finding) -> Vec<String> {
    let against = evidence(&finding.against).into_iter().map(|line| format!("against it: {line}"));
    let decides = finding.decides.iter().map(|one| format!("decides: {}", observation(one)));
    evidence(&finding.evidence).into_iter().chain(against).chain(decides).collect()
}

fn words(evidence: &Evidence) -> Vec<String> {
    vec![match evidence {
        Evidence::Keys { sides, first_difference } => return keys(sides, *first_difference),
        Evidence::Copies { message, copies } => story(*message, copies),
        Evidence::NotStarted(reason) => {
            format!("initiator: {}; it sends nothing", reasons::reason(reason))
        }
        Evidence::SkeyidDiffers => "both derived the same g^xy, but SKEYID differs".into(),
        Evidence::Policy { at, nearest } => format!("{at}, {}", reasons::mismatch(nearest)),
        Evidence::Groups { at, commands, wanted, configured } => {
            let noun = group_noun(*commands);
            let names: Vec<String> = configured.iter().map(ToString::to_string).collect();
            match names.as_slice() {
                [] => format!("{at}: needs {noun} {wanted} · it has none at all"),
                some => format!(
                    "{at}: needs {noun} {wanted} · it has {} only: {}",
                    reasons::plural(some.len() as u64, noun),
                    some.join(", ")
                ),
            }
        }
        Evidence::Called { peer, right } => {
            format!("initiator: peer {peer} · responder: reached at {right}")
        }
        Evidence::Translated { behind, mode } => translated(behind, *mode),
        Evidence::AcceptedDamaged(name) => {
            format!("{name} was accepted damaged, so both computed different values")
        }
        Evidence::Impaired { at, what, message } => {
            format!("{at}: {} ({what})", reasons::impairment(*what, &message.to_string()))
        }
        Evidence::Entries { value, of } => side_by_side(*value, of),
        Evidence::EntryForAnother { device, address } => {
            format!("the entry of {device} is for another address than {address}")
        }
        Evidence::ClosedByItself => "the peer's own host says so: it is up, and packets reach it".into(),
        Evidence::Reports { count, state } => {
            format!("{count} of about 30 public reports name it for {}", state_name(*state))
        }
        Evidence::IfSo { at, state } => format!("if so, the {at} shows {}", state_name(*state)),
        Evidence::Captured(captured) => return self::captured(captured),
        Evidence::Exchanged { at, sent, got } => format!("the {at} sent {} · got {}", list(sent), list(got)),
        Evidence::Unreached { at, what, by, about, times } => {
            let about = about.map_or(String::new(), sort);
            format!("the {at} is told: {} x{times}", reasons::refusal(*what, *by, &about))
        }
        Evidence::Says { at, reason } => format!("the {at} says: {}", reasons::reason(reason)),
        Evidence::Child(child) => child::words(child),
    }]
}

fn list(counts: &[(Sort, usize)]) -> String {
    let parts: Vec<String> = counts.iter().map(|(one, n)| format!("{} x{n}", sort(*one))).collect();
    if parts.is_empty() { "nothing".into() } else { parts.join(", ") }
}

fn sort(sort: Sort) -> String {
    match sort {
        Sort::Message(name) => name.to_string(),
        Sort::Foreign => "a message of another exchange".into(),
        Sort::Notify(notify) => notify.to_string(),
        Sort::Delete => "Delete".into(),
    }
}

/// What became of the copies of the critical message.
fn story(message: MessageName, copies: &[Copied]) -> String {
    // By their words: two reasons may read alike.
    let ends = counted(copies.iter().map(|copy| end(message.sender().other(), copy)));
    let parts: Vec<String> = ends
        .iter()
        .map(
            |(text, count)| {
                if *count == 1 { format!("1 copy {text}") } else { format!("{count} copies {text}") }
            },
        )
        .collect();
    if parts.is_empty() {
        return format!("{message} was still under way when the run ended");
    }
    format!("{message} from the {}: {}", message.sender(), parts.join("; "))
}

/// What became of one copy.
fn end(receiver: Role, copy: &Copied) -> String {
    let altered = copy.altered.iter();
    let altered: Vec<String> = altered
        .map(|(by, how)| format!("{} ({}), then ", reasons::alteration(how), reasons::culprit(by)))
        .collect();
    let end = match &copy.end {
        CopyEnd::Lost(by) => format!("lost ({})", reasons::culprit(by)),
        CopyEnd::Dropped(reason) => format!("dropped by the {receiver}: {}", reasons::reason(reason)),
        CopyEnd::Refused(reason) => format!("refused by the {receiver}: {}", reasons::reason(reason)),
    };
    altered.concat() + &end
}

/// The two keys: group, length, where they first differ, blanks at the end.
fn keys(sides: &Sides<KeyLook>, first_difference: Option<usize>) -> Vec<String> {
    let side = |(role, look): (Role, &KeyLook)| {
        let KeyLook { commands, group, characters, .. } = look;
        format!(
            "{role}: {} {group}, {}",
            group_noun(*commands),
            reasons::plural(*characters as u64, "character")
        )
    };
    let mut line = sides.both().map(side).join(" · ");
    if let Some(position) = first_difference {
        line.push_str(&format!(", first difference at {position}"));
    }
    let odd = sides.both().into_iter().flat_map(|(role, look)| {
        look.oddities.iter().map(move |oddity| format!("the {role}'s key {}", odd(*oddity)))
    });
    std::iter::once(line).chain(odd).collect()
}

fn odd(oddity: Oddity) -> &'static str {
    match oddity {
        Oddity::EndsInBlank => "ends in a blank",
        Oddity::BeginsWithBlank => "begins with a blank",
        Oddity::NotAscii => "has characters that are not plain ASCII",
    }
}

/// What this vendor calls the place of a key.
fn group_noun(commands: Commands) -> &'static str {
    match commands {
        Commands::Asa => "tunnel-group",
        // A router keeps its keys in lines of their own, and has no tunnel-groups.
        Commands::Ios => "key for",
        Commands::Strongswan | Commands::Libreswan => "connection for",
        Commands::Plain => "entry for",
    }
}

fn translated(behind: &Sides<bool>, mode: Mode) -> String {
    let who = match (behind.initiator, behind.responder) {
        (true, true) => "each peer",
        (_, false) => "the initiator",
        (false, true) => "the responder",
    };
    // The first message of a side that has seen the other's NAT-D payloads.
    let at = match mode {
        Mode::Main => "MSG5",
        Mode::Aggressive => "AM3",
    };
    format!("NAT-D shows a NAT in front of {who}: from {at} on both use UDP 4500, before that UDP 500")
}

/// The same value of every crypto map entry of both sides.
fn side_by_side(value: EntryValue, of: &Sides<Vec<MapEntry>>) -> String {
    let side = |(role, entries): (Role, &Vec<MapEntry>)| {
        let values: Vec<String> = entries.iter().map(|entry| of_entry(value, entry)).collect();
        let text = if values.is_empty() { "no crypto map entry".into() } else { values.join("; ") };
        format!("{role}: {text}")
    };
    of.both().map(side).join(" · ")
}

fn of_entry(value: EntryValue, entry: &MapEntry) -> String {
    match value {
        EntryValue::Protection => {
            let compressed = if entry.compress { ", with IPComp" } else { "" };
            format!("{} in {} mode{compressed}", reasons::sets(&entry.transform_sets), entry.mode)
        }
        EntryValue::Secrecy => reasons::pfs(entry.pfs),
        EntryValue::Lines => entry.acl.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        EntryValue::Wholeness => match entry.missing() {
            // First: a map on no interface is not looked at, whatever its entries lack.
            _ if !entry.interface => format!("entry {} on no interface", entry.sequence),
            Some(part) => format!("entry {} lacks its {}", entry.sequence, part.name()),
            None => format!("entry {} is complete", entry.sequence),
        },
    }
}
