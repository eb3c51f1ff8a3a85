//! Messages, and the steps between them.

use diagnose::explain::Step;
use ike::{MessageName, Mode, QuickState, State};

use super::Article;
use super::quick::SECTION;
use super::state::section;

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
        article.entries("more", [state.to_string()]);
    }
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

pub(super) fn quick(name: MessageName) -> Article {
    let row = name.row();
    let mut article = Article::new(format!("{name}, Quick Mode"));
    article.say("means", format!("{} to {}: {row}", row.sender, row.sender.other()));
    article.say("content", quick_contents(name));
    article.say("protocol", SECTION);
    let missing = QuickState::ALL.into_iter().find(|state| state.awaited() == Some(name));
    let text = match missing {
        Some(state) => format!("the {} rests in {state} (ikesim's name)", row.sender.other()),
        None => "nothing says that it is missing: the responder waits for nothing, the initiator rests in QM_WAIT_MSG2".into(),
    };
    article.say("missing", text);
    article.entries("more", [missing.unwrap_or(QuickState::WaitMsg2).to_string()]);
    article
}

fn quick_contents(name: MessageName) -> &'static str {
    match name {
        MessageName::QM1 => {
            "encrypted under phase 1: HASH(1), the proposals with the initiator's SPI, a nonce, a public value with PFS, and the two \
             proxies (absent: the peers' own addresses)"
        }
        MessageName::QM2 => {
            "HASH(2), the one proposal that was chosen with the responder's SPI, its nonce, its public value with PFS, the proxies; \
             both can derive KEYMAT now"
        }
        _ => "HASH(3) alone: the initiator is alive and has the keys; the responder may send now",
    }
}

pub(super) fn informational() -> Article {
    let mut article = Article::new("INFO1, Informational");
    article.say(
        "means",
        "a side's first Informational message: a notify or a Delete, under HASH(1) once phase 1 has keys",
    );
    article.say(
        "so",
        "with `from = \"initiator\"` or `from = \"responder\"` a wire fault of a scenario can lose or change it: the peer then never \
         learns that it was refused, or that the SA is gone",
    );
    article.say("protocol", "RFC 2409 section 5.7, RFC 2408 section 4.8");
    article.entries("more", ["NO_PROPOSAL_CHOSEN".to_owned()]);
    article
}

/// A name of an ASA's error history, or of what it does behind phase 1.
pub(super) fn step(word: &str, step: Step) -> Article {
    match step {
        Step::Done => {
            let mut article = history(word);
            article.say("means", "the negotiation is over on this side; in an error history the step behind it (to its right) says where it stood");
            article
        }
        Step::Xauth => transaction(word, "a user name and password (XAUTH)"),
        Step::ModeConfig => transaction(word, "an address (mode config)"),
        Step::Built(name) => instant(word, name, "is put together"),
        Step::Sent(name) => instant(word, name, "is sent"),
    }
}

fn history(word: &str) -> Article {
    Article::new(format!("{word} (a step of the ASA's error history)"))
}

fn transaction(word: &str, what: &str) -> Article {
    let mut article = Article::new(format!("{word} (ASA, behind phase 1)"));
    article.say("means", format!("phase 1 is done; a remote-access client and its headend now settle {what} in a Transaction exchange, which ikesim does not run"));
    article.say("tell it by", "at the end of the name: C is the client's side, H the headend's. Stuck here, look at users, address pool and the group policy, not at keys and policies");
    article
}

fn instant(word: &str, name: MessageName, what: &str) -> Article {
    let mut article = history(word);
    article.say(
        "means",
        format!("an instant in which {name} {what}; a peer does not rest in it, and `show` never has it"),
    );
    article.say("protocol", section(name.mode().unwrap_or(Mode::Main)));
    article.entries("more", name.next().and_then(State::waiting_for).map(|state| state.to_string()));
    article
}
