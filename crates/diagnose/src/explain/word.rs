//! Everything that is no state: causes, faults, messages, notifies, log lines.

use ike::{MessageName, Mode, NotifyType, Powers, Role, State};
use scenario::FaultKind;
use scenario::sweep::{Axes, Base, FaultText, Sweep};
use sim::{Cause, state_name};

use super::state::{mended, section};
use super::{Article, Pair, lessons, notes, pairs};
use crate::paste::refused_for;

pub(super) fn instant(name: &str, before: &str, after: &str, when: &str) -> Article {
    let mut article = Article::new(format!("{name} (IOS)"));
    article.say(
        "means",
        format!("an instant between {before} and {after}, when {when}; a peer does not rest in it"),
    );
    article.say("more", format!(" ikesim explain {after}"));
    article
}

pub(super) fn none() -> Article {
    let mut article = Article::new("NONE");
    article.say(
        "means",
        "the device has no SA for the peer: none was made, or it removed it on its own decision",
    );
    let here: Vec<Pair> =
        pairs().filter(|pair| pair.responder == "NONE" || pair.initiator == "NONE").collect();
    article
        .say("shown by", "either side; mostly the responder, that refused the first message or never got it");
    let mut seen: Vec<String> =
        here.iter().map(|pair| format!(" ikesim explain {} {}", pair.initiator, pair.responder)).collect();
    seen.sort();
    seen.dedup();
    article.list("seen with", seen);
    lessons(&mut article, |columns| columns.iter().skip(1).take(2).any(|column| *column == "NONE"));
    article
}

/// What the ASA calls things that are no waiting state of phase 1: steps of its error history, in which nobody rests
/// (`MM_SND_MSG5`, `AM_BLD_MSG2`, `MM_DONE`), and the exchange behind phase 1 (`AM_TM_INIT_XAUTH_V6C`).
pub(super) fn step(word: &str) -> Option<Article> {
    let (mode, rest) = match word.split_once('_')? {
        ("MM", rest) => (Mode::Main, rest),
        ("AM", rest) => (Mode::Aggressive, rest),
        _ => return None,
    };
    let mut article = Article::new(format!("{word} (a step of the ASA's error history)"));
    if rest == "DONE" {
        article.say("means", "the negotiation is over on this side; in an error history the step behind it (to its right) says where it stood");
        return Some(article);
    }
    if let Some(what) = rest.strip_prefix("TM_INIT_") {
        let what = if what.starts_with("XAUTH") {
            "a user name and password (XAUTH)"
        } else {
            "an address (mode config)"
        };
        article.title = format!("{word} (ASA, behind phase 1)");
        article.say("means", format!("phase 1 is done; a remote-access client and its headend now settle {what} in a Transaction exchange, which ikesim does not run"));
        article.say("tell it by", "at the end of the name: C is the client's side, H the headend's. Stuck here, look at users, address pool and the group policy, not at keys and policies");
        return Some(article);
    }
    let (doing, number) = rest.split_once("_MSG")?;
    // MM_SND_MSG6_H was seen in a trace: a second step of the same sending.
    let number: u8 = number.trim_end_matches("_H").parse().ok()?;
    let name = MessageName::new(mode, number)?;
    let what = match doing {
        "BLD" => "is put together",
        "SND" => "is sent",
        // WAIT is not here: those are states, and were found as such.
        _ => return None,
    };
    article.say(
        "means",
        format!("an instant in which {name} {what}; a peer does not rest in it, and `show` never has it"),
    );
    article.say("protocol", section(mode));
    article.list(
        "more",
        name.next().and_then(State::waiting_for).map(|state| format!(" ikesim explain {state}")),
    );
    Some(article)
}

pub(super) fn about_cause(cause: Cause) -> Article {
    let mut article = Article::new(format!("{cause} (a cause)"));
    article.say("means", cause.meaning());
    article.say("tell it by", notes::of(cause).apart);
    let mut leaves: Vec<String> = pairs()
        .filter(|pair| pair.cause == Some(cause))
        .map(|pair| format!("initiator {}, responder {}", pair.initiator, pair.responder))
        .collect();
    leaves.sort();
    leaves.dedup();
    article.list("leaves", leaves);
    // A word alone does not tell on which side it sits: in phase 2 either can be made like the other.
    let either = matches!(
        cause,
        Cause::TransformMismatch | Cause::PfsMismatch | Cause::CryptoMapIncomplete | Cause::MapUnbound
    );
    let at = if either { &[Role::Responder, Role::Initiator][..] } else { &[Role::Responder] };
    mended(&mut article, cause, at, false);
    lessons(&mut article, |columns| columns.get(3) == Some(&cause.name()));
    article
}

/// What a fault does, run right now in both modes.
pub(super) fn fault_lines(article: &mut Article, kind: FaultKind) {
    article.say("fault", format!("kind = \"{}\": {}", kind.name(), kind.meaning()));
    for field in kind.fields() {
        let need = if field.required { "required, for example" } else { "by default" };
        article.say("", format!("{}: {need} {}", field.name, field.value));
    }
    for mode in [Mode::Main, Mode::Aggressive] {
        article.say("", format!("in {mode} mode{}", left(kind, mode)));
    }
    // Those of the cause are listed already.
    if Cause::from_name(kind.name()).is_none() {
        lessons(article, |columns| {
            columns.get(5).is_some_and(|list| list.split(' ').any(|one| one == kind.name()))
        });
    }
    article.say("try", format!(" ikesim init fault.toml --fault {} && ikesim run fault.toml", kind.name()));
}

/// What a fault of this kind leaves between two ASAs.
fn left(kind: FaultKind, mode: Mode) -> String {
    // Run and not kept: a table would go on saying what the engine did when it was made.
    let faults = vec![vec![FaultText::example(kind)]];
    let axes = Axes { modes: vec![mode], faults, ..Axes::default() };
    let sweep = Sweep { bases: vec![Base::default()], axes };
    let Some(scenario) = sweep.point(0).and_then(|point| point.scenario().ok()) else {
        return ": it cannot act".into();
    };
    let outcome = sim::run_untraced(&scenario.setup, &Powers::none());
    let [i, r] = Role::BOTH.map(|role| state_name(outcome.peers[role].state));
    format!(" between two ASAs: {} · initiator {i} · responder {r}", outcome.verdict)
}

pub(super) fn message(name: MessageName) -> Article {
    let row = name.row();
    let mode = name.mode().unwrap_or(Mode::Main);
    let mut article = Article::new(format!("{name}, {mode} mode"));
    let own = if name == MessageName::AM4 { " (ikesim; no device does this)" } else { "" };
    article.say("means", format!("{} to {}: {row}{own}", row.sender, row.sender.other()));
    article.say("content", contents(name));
    article.say("protocol", section(mode));
    if let Some(state) = State::waiting_for(name) {
        article.say("missing", format!("the {} rests in {state}", row.sender.other()));
        article.say("more", format!(" ikesim explain {state}"));
    }
    lessons(&mut article, |columns| {
        columns.first().is_some_and(|file| file.contains(&format!("_{name}.").to_lowercase()))
    });
    article
}

fn contents(name: MessageName) -> &'static str {
    match name {
        MessageName::MSG1 => "the initiator's proposals and vendor ids; no key, no hash, no public value",
        MessageName::MSG2 => "the one transform that the responder chose, and its vendor ids",
        MessageName::MSG3 => {
            "the initiator's public value and nonce, and hashes of both addresses for NAT discovery"
        }
        MessageName::MSG4 => {
            "the responder's public value and nonce; both can now derive all keys, so the responder must have found the pre-shared key by address"
        }
        MessageName::MSG5 => {
            "encrypted: the initiator's identity and HASH_I, which proves its key; the responder checks first"
        }
        MessageName::MSG6 => {
            "encrypted: the responder's identity and HASH_R, sent only if HASH_I was right; the responder is active before the initiator"
        }
        MessageName::AM1 => {
            "proposals, public value, nonce and identity at once, in clear: the group cannot be negotiated"
        }
        MessageName::AM2 => {
            "the chosen transform, public value, nonce, identity and HASH_R, in clear: the initiator checks first"
        }
        MessageName::AM3 => "HASH_I; in the plain form the initiator is active when it has sent it",
        _ => "a CONNECTED notify under HASH(1), promised by the Commit bit of message 2",
    }
}

/// Notify, what its sender says.
const NOTIFIES: &str = include_str!("notifies.tsv");

pub(super) fn about_notify(notify: NotifyType, name: &str) -> Article {
    let kind = if notify.is_error() { "error" } else { "status" };
    let mut article = Article::new(format!("{name} (notify {}, {kind})", notify.0));
    let said = NOTIFIES.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('\t'));
    article.say(
        "means",
        format!("its sender says: {}", said.unwrap_or("something that RFC 2408 has no name for")),
    );
    article.say(
        "protocol",
        "RFC 2408 sections 3.14 and 5.14; RFC 2407 section 4.6.3 for the status types of the IPsec DOI",
    );
    if notify.is_error() {
        article.say("obeyed", "in clear it is logged and not obeyed, since anybody can forge it; encrypted and authenticated it ends the SA");
    }
    // Of a notify alone nobody knows when it came.
    let causes: Vec<Cause> = refused_for(notify, true).iter().filter_map(|issue| issue.cause()).collect();
    spoken_for(&mut article, &causes);
    lessons(&mut article, |columns| {
        columns.get(4).is_some_and(|list| list.split(' ').any(|one| one == name))
    });
    article
}

/// Causes that something speaks for, likeliest first, and what to do about the first.
fn spoken_for(article: &mut Article, causes: &[Cause]) {
    for (rank, cause) in (1..).zip(causes) {
        article.say(&format!("cause {rank}"), format!("{cause}: {}", cause.meaning()));
        article.say("", format!("tell it by this: {}", notes::of(*cause).apart));
    }
    if let Some(first) = causes.first() {
        mended(article, *first, &[Role::Responder], causes.len() > 1);
    }
}
