//! States of phase 1, alone and in pairs.

use diagnose::explain::Instant;
use ike::{Mode, Role, Sides, State};
use sim::state_name;

use super::Article;

/// The RFCs' sections of a mode.
pub(super) fn section(mode: Mode) -> &'static str {
    match mode {
        Mode::Main => "RFC 2409 section 5.4, RFC 2408 section 4.5 (Identity Protection)",
        Mode::Aggressive => "RFC 2409 section 5.4, RFC 2408 section 4.7 (Aggressive)",
    }
}

/// What follows from an active state on one side.
const ACTIVE: &str = "phase 1 is done on this side. If traffic does not pass, look at phase 2; if the other side does not say the same, \
    the last message did not reach it, and these are the causes:";

/// Two states that were named in the other order.
pub(super) const TURNED: &str = "read the other way round, for only so can both be";

/// `instant`: it was asked for as AG_AUTH; `never`: the role that was asked for, and is never in it.
pub(super) fn state(state: State, instant: bool, never: Option<Role>) -> Article {
    let mut article = Article::new(state.asa());
    never_in(&mut article, never);
    if instant {
        article.say("IOS", "an instant between AG_INIT_EXCH and QM_IDLE: the other side is authenticated. Only ikesim rests in it");
    }
    article.say("means", state.meaning());
    article.say("elsewhere", others(state));
    article.say("protocol", section(state.mode()));
    match state.awaited() {
        Some(awaited) => {
            article.say("waits for", format!("{awaited}: {}", awaited.row()));
            let (here, there) = (awaited.sender().other(), awaited.sender());
            article.say("shown by", format!("the {here}; the {there} sends what is missing"));
        }
        None => article.say("so", ACTIVE),
    }
    article
}

fn never_in(article: &mut Article, never: Option<Role>) {
    if let Some(role) = never {
        article.say("but", format!("the {role} is never in this state: it is the {}'s", role.other()));
    }
}

/// What other vendors call it.
fn others(state: State) -> String {
    let mut names = vec![format!("IOS {}", vendor::ios::state_name(state))];
    for role in Role::BOTH {
        if !vendor::libreswan::state_name(state, role).is_empty() {
            names.push(format!("libreswan {}", vendor::libreswan::state_name(state, role)));
        }
        if !vendor::strongswan::state_name(state, role).is_empty() {
            names.push(format!("strongSwan {}", vendor::strongswan::state_name(state, role)));
        }
    }
    // By vendor, so that equal names of both roles are neighbours for `dedup`.
    names.sort_by_key(|name| name.split(' ').next().map(str::len));
    names.dedup();
    names.join(" · ")
}

/// A name that stands for more than one state.
pub(super) fn several(name: &str, states: &[State], never: Option<Role>) -> Article {
    let mut article = Article::new(name);
    never_in(&mut article, never);
    // Names of active states (QM_IDLE) stand for both modes, the others (MM_SA_SETUP) for both sides.
    let by_mode = states.iter().any(|state| state.is_active());
    let depends = if by_mode { "it depends on the mode:" } else { "it depends on which side shows it:" };
    let each = states.iter().map(|state| format!("{state}: {}", state.meaning()));
    article.list("means", std::iter::once(depends.to_owned()).chain(each));
    let mut sections: Vec<&str> = states.iter().map(|state| section(state.mode())).collect();
    sections.dedup();
    article.list("protocol", sections.into_iter().map(str::to_owned));
    if by_mode {
        article.say("so", ACTIVE);
    } else {
        article.say(
            "which one",
            "on IOS `show crypto isakmp sa` has the initiator as src, the responder as dst",
        );
    }
    article.entries("more", states.iter().map(ToString::to_string));
    article
}

pub(super) fn no_sa() -> Article {
    let mut article = Article::new("NONE");
    article.say(
        "means",
        "the device has no SA for the peer: none was made, or it removed it on its own decision",
    );
    article
        .say("shown by", "either side; mostly the responder, that refused the first message or never got it");
    article
}

/// `turned`: they were named in the other order; `reached`: runs of the catalogue end so.
pub(super) fn pair(sides: Sides<Option<State>>, turned: bool, reached: bool) -> Article {
    let [i, r] = sides.into_array().map(state_name);
    let mut article = Article::new(format!("initiator {i}, responder {r}"));
    if turned {
        article.say("order", TURNED);
    }
    for (role, state) in sides.both() {
        side(&mut article, role, state.map_or("no SA", State::meaning));
    }
    let mode = sides.initiator.or(sides.responder).map(State::mode);
    article.say("protocol", section(mode.unwrap_or(Mode::Main)));
    if !reached {
        article.say(
            "causes",
            "no fault of the catalogue leaves two peers so, nor do two faults together between two ASAs. Were both looked at in the \
             same moment? Each state alone is explained by its own name.",
        );
    }
    if sides.into_array().into_iter().all(|state| state.is_some_and(State::is_active)) {
        article.say("so", "phase 1 is up on both sides: what is wrong now is phase 2's");
    }
    article
}

/// What is true of one side.
pub(super) fn side(article: &mut Article, role: Role, meaning: &str) {
    // Most meanings begin with the role, which the label says already.
    let own = meaning.strip_prefix(role.name()).map(|rest| rest.trim_start_matches(": "));
    article.say(role.name(), own.unwrap_or(meaning));
}

/// Two states, as they were asked for, that no two peers are in.
pub(super) fn no_pair(names: &[String; 2]) -> Article {
    let mut article = Article::new(names.each_ref().map(|name| name.to_uppercase()).join(", "));
    article.say(
        "means",
        "no two peers rest so: of one negotiation, one is the initiator's and one the responder's state",
    );
    article.entries("each alone", names.iter().cloned());
    article
}

pub(super) fn instant(instant: Instant) -> Article {
    // A router that sends message 6 still shows MM_KEY_EXCH, and QM_IDLE with the next packet.
    let (name, before, after, when) = match instant {
        Instant::KeyAuth => ("MM_KEY_AUTH", "MM_KEY_EXCH", "QM_IDLE", "message 6 is sent or accepted"),
        Instant::NoState => ("AG_NO_STATE", "nothing", "AG_INIT_EXCH", "Aggressive Mode begins"),
    };
    let mut article = Article::new(format!("{name} (IOS)"));
    article.say(
        "means",
        format!("an instant between {before} and {after}, when {when}; a peer does not rest in it"),
    );
    article.entries("more", [after.to_owned()]);
    article
}
