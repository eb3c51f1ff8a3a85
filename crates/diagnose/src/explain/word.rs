//! Everything that is no state: causes, faults, messages, notifies, log lines.

use ike::script::row_of;
use ike::{Mode, NotifyType, Powers, Role, State};
use sim::{Cause, FaultKind, Scenario, state_name};

use super::state::{remedy, section};
use super::{Article, Pair, lessons, lines, message_name, notes, pairs};

pub(super) fn instant(name: &str, before: &str, after: &str, when: &str) -> Article {
    let mut article = Article::new(format!("{name} (IOS)"));
    article.say(
        "means",
        format!("an instant between {before} and {after}, when {when}; a peer does not rest in it"),
    );
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
    let mut seen: Vec<String> =
        here.iter().map(|pair| format!("ikesim explain {} {}", pair.initiator, pair.responder)).collect();
    seen.dedup();
    article.list("seen with", seen);
    article
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
    remedy(&mut article, cause);
    lessons(&mut article, |columns| columns.get(3) == Some(&cause.name()));
    article
}

/// What a fault does, run right now in both modes.
pub(super) fn fault_lines(article: &mut Article, kind: &FaultKind) {
    article.say("fault", format!("kind = \"{}\": {}", kind.name, kind.meaning));
    for field in kind.fields {
        let need = if field.required { "required, for example" } else { "by default" };
        article.say("", format!("{}: {need} {}", field.name, field.value));
    }
    for mode in ["main", "aggressive"] {
        let fields = kind
            .fields
            .iter()
            .filter(|field| field.required)
            .map(|field| format!("{} = {}\n", field.name, field.value));
        let text =
            format!("mode = '{mode}'\n[[fault]]\nkind = '{}'\n{}", kind.name, fields.collect::<String>());
        let Ok(scenario) = Scenario::parse("", &text) else {
            article.say("", format!("in {mode} mode: it cannot act"));
            continue;
        };
        let outcome = sim::run_untraced(&scenario, &Powers::none());
        let [i, r] = [Role::Initiator, Role::Responder].map(|role| state_name(outcome.peer(role).state));
        article.say(
            "",
            format!("in {mode} mode between two ASAs: {} · initiator {i} · responder {r}", outcome.verdict),
        );
    }
    article.say("try", format!(" ikesim init fault.toml --fault {} && ikesim run fault.toml", kind.name));
}

pub(super) fn message(mode: Mode, number: u8) -> Article {
    let name = message_name(mode, number);
    let mut article = Article::new(format!("{name}, {mode} mode"));
    let Some(row) = row_of(mode, number) else { return article };
    let own = if (mode, number) == (Mode::Aggressive, 4) { " (ikesim; no device does this)" } else { "" };
    article.say("means", format!("{} to {}: {row}{own}", row.sender, row.sender.other()));
    article.say("content", contents(mode, number));
    article.say("protocol", section(mode));
    if let Some(state) = State::waiting_for(mode, number) {
        article.say("missing", format!("the {} rests in {state}", row.sender.other()));
        article.say("more", format!(" ikesim explain {state}"));
    }
    lessons(&mut article, |columns| {
        columns.first().is_some_and(|file| file.contains(&format!("msg{number}")) && mode == Mode::Main)
    });
    article
}

fn contents(mode: Mode, number: u8) -> &'static str {
    match (mode, number) {
        (Mode::Main, 1) => "the initiator's proposals and vendor ids; no key, no hash, no public value",
        (Mode::Main, 2) => "the one transform that the responder chose, and its vendor ids",
        (Mode::Main, 3) => {
            "the initiator's public value and nonce, and hashes of both addresses for NAT discovery"
        }
        (Mode::Main, 4) => {
            "the responder's public value and nonce; both can now derive all keys, so the responder must have found the pre-shared key by address"
        }
        (Mode::Main, 5) => {
            "encrypted: the initiator's identity and HASH_I, which proves its key; the responder checks first"
        }
        (Mode::Main, 6) => {
            "encrypted: the responder's identity and HASH_R, sent only if HASH_I was right; the responder is active before the initiator"
        }
        (Mode::Aggressive, 1) => {
            "proposals, public value, nonce and identity at once, in clear: the group cannot be negotiated"
        }
        (Mode::Aggressive, 2) => {
            "the chosen transform, public value, nonce, identity and HASH_R, in clear: the initiator checks first"
        }
        (Mode::Aggressive, 3) => "HASH_I; in the plain form the initiator is active when it has sent it",
        _ => "a CONNECTED notify under HASH(1), promised by the Commit bit of message 2",
    }
}

pub(super) fn about_notify(notify: NotifyType, name: &str) -> Article {
    let kind = if notify.is_error() { "error" } else { "status" };
    let mut article = Article::new(format!("{name} (notify {}, {kind})", notify.0));
    let meaning = match notify {
        NotifyType::NO_PROPOSAL_CHOSEN => "the responder has no policy that equals an offered one",
        NotifyType::INVALID_COOKIE => {
            "the receiver has no SA with these cookies: it removed it, mostly for want of a tunnel-group"
        }
        NotifyType::INVALID_ID_INFORMATION => "the identity is not the one that is insisted on",
        NotifyType::AUTHENTICATION_FAILED => {
            "the hash is wrong or nobody of that identity is known; strongSwan sends it"
        }
        NotifyType::PAYLOAD_MALFORMED => {
            "a payload could not be read: mostly decrypted with another key; strongSwan sends it"
        }
        NotifyType::INITIAL_CONTACT => {
            "the sender knows of no other SA with this peer: older ones may go (RFC 2407 section 4.6.3.3)"
        }
        NotifyType::CONNECTED => {
            "the answer to the Commit bit (RFC 2408 section 3.1); ikesim's fourth Aggressive message carries it"
        }
        _ if notify.is_error() => "something in the message it answers was not acceptable",
        _ => "something the receiver may want to know",
    };
    article.say("means", meaning);
    article.say(
        "protocol",
        "RFC 2408 sections 3.14 and 5.14; RFC 2407 section 4.6.3 for the status types of the IPsec DOI",
    );
    if notify.is_error() {
        article.say("obeyed", "in clear it is logged and not obeyed, since anybody can forge it; encrypted and authenticated it ends the SA");
    }
    lessons(&mut article, |columns| {
        columns.get(4).is_some_and(|list| list.split(' ').any(|one| one == name))
    });
    article
}

pub(super) fn log_line(text: &str, line: &lines::Line) -> Article {
    let mut article = Article::new(text.to_owned());
    article.say("printed by", line.who);
    article.say("means", line.meaning);
    for (rank, cause) in (1..).zip(line.causes) {
        article.say(&format!("cause {rank}"), format!("{cause}: {}", cause.meaning()));
        article.say("", format!("tell it by this: {}", notes::of(*cause).apart));
    }
    let waits: Vec<&str> = State::all().map(State::asa).filter(|name| text.contains(name)).collect();
    article.list("more", waits.iter().map(|name| format!(" ikesim explain {name}")));
    article.list("more", line.causes.iter().map(|cause| format!(" ikesim explain {cause}")));
    article
}
