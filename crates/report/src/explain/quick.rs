//! Phase 2: states of Quick Mode alone and in pairs, and what a run comes to.

use diagnose::explain::elsewhere;
use ike::{QuickState, Sides};
use sim::{Passage, quick_state_name};

use super::Article;
use super::state::{TURNED, side};

/// What it means that the initiator alone has installed a child, and what mends it.
pub(crate) const ONE_SIDE_INSTALLED: &str = "One side installed: the initiator has its child and sends, the responder never had QM3 and does not. \
    What repairs it: QM2 sent again, which the initiator answers with QM3; once the responder has given up, clear the child at the \
    initiator, or wait for a rekey.";

pub(super) const SECTION: &str = "RFC 2409 section 5.5 (Quick Mode)";

pub(super) fn state(state: QuickState) -> Article {
    let mut article = Article::new(state.name());
    article.say("means", state.meaning());
    article.say(
        "elsewhere",
        format!(
            "ASA MM_ACTIVE · IOS QM_IDLE, which both stay; debug and daemons: {}",
            elsewhere(state).join(" · ")
        ),
    );
    article.say("protocol", SECTION);
    match state.awaited() {
        Some(awaited) => {
            article.say("waits for", format!("{awaited}: {}", awaited.row()));
            let sender = awaited.sender();
            article.say("shown by", format!("the {}; the {sender} sends what is missing", sender.other()));
        }
        None => article.say("so", "this side has its child. If the other has not, these are the causes:"),
    }
    article
}

/// `turned`: they were named in the other order; `reached`: runs of the catalogue end so.
pub(super) fn pair(sides: Sides<Option<QuickState>>, turned: bool, reached: bool) -> Article {
    let [i, r] = sides.into_array().map(quick_state_name);
    let mut article = Article::new(format!("initiator {i}, responder {r} (phase 2)"));
    if turned {
        article.say("order", TURNED);
    }
    for (role, state) in sides.both() {
        side(&mut article, role, state.map_or("no child, and none under way", QuickState::meaning));
    }
    if sides.initiator == Some(QuickState::Active) && sides.responder != Some(QuickState::Active) {
        article.say("so", ONE_SIDE_INSTALLED);
    }
    article.say("protocol", SECTION);
    if !reached {
        article.say(
            "causes",
            "no fault of the catalogue leaves two peers so; each state alone is explained by its own name",
        );
    }
    article
}

/// Two states that no two peers are in.
pub(super) fn no_pair(states: [Option<QuickState>; 2]) -> Article {
    let names = states.map(quick_state_name);
    let mut article = Article::new(names.join(", "));
    article
        .say("means", "no two peers rest so: one of the two is the initiator's state, one the responder's");
    article.entries("each alone", names.map(str::to_owned));
    article
}

/// What it means, and what follows from it.
const fn words(passage: Passage) -> [&'static str; 2] {
    match passage {
        Passage::Passes => [
            "every child that was asked for is up on both sides, with the same keys",
            "where traffic still does not pass, look at routes, filters and NAT exemption: negotiation is over",
        ],
        Passage::Phase1Stalls => [
            "phase 1 never came up on both sides, so phase 2 did not begin",
            "look at the states of phase 1: they say which message is missing",
        ],
        Passage::Phase2Refused => [
            "phase 1 was up, and a child was refused",
            "an ASA that refuses takes phase 1 down in the same second; IOS and the daemons keep it",
        ],
        Passage::Phase2Stalled => [
            "phase 1 was up, a child is not up on both sides, and nobody refused it",
            "a message of Quick Mode was lost, late or damaged: the side that waits says which",
        ],
        Passage::Deleted => {
            ["it passed, and phase 1 or a child was cleared", "the log of who sent the Delete says why"]
        }
        Passage::NeverStarted => [
            "the initiator has nothing to begin with: no message was sent",
            "its crypto map is bound nowhere, or the entry lacks peer, access list or transform set",
        ],
    }
}

pub(super) fn passage(passage: Passage) -> Article {
    ending(format!("{passage} (a verdict)"), words(passage))
}

pub(super) fn torn_down() -> Article {
    let words = [
        "both sides were up in phase 1, and it was deleted again",
        "an ASA responder that refuses Quick Mode does so: what is wrong is phase 2's",
    ];
    ending("torn-down (an outcome)".into(), words)
}

fn ending(title: String, [means, so]: [&str; 2]) -> Article {
    let mut article = Article::new(title);
    article.say("means", means);
    article.say("so", so);
    article
}
