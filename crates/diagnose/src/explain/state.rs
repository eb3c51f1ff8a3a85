//! States, alone and in pairs, and what leads to them.

mod pair;

use ike::{Mode, Role, State};
use sim::{Cause, Setup};

use super::place::Place;
use super::{Article, Pair, lessons, notes, pairs, same, word};
use crate::{prior, remedy};

use pair::{both, ranked};
pub(super) use pair::{by_cause, list_causes};

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

pub(super) fn section(mode: Mode) -> &'static str {
    match mode {
        Mode::Main => "RFC 2409 section 5.4, RFC 2408 section 4.5 (Identity Protection)",
        Mode::Aggressive => "RFC 2409 section 5.4, RFC 2408 section 4.7 (Aggressive)",
    }
}

/// What follows from an active state on one side.
const ACTIVE: &str = "phase 1 is done on this side. If traffic does not pass, look at phase 2; if the other side does not say the same, \
    the last message did not reach it, and these are the causes:";

pub(super) fn state(state: State) -> Article {
    let mut article = Article::new(state.asa());
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
    leading(&mut article, state);
    lessons(&mut article, |columns| columns.contains(&state.asa()));
    article
}

/// The causes of these pairs and, where one side alone is looked at, the pairs themselves.
fn led(article: &mut Article, found: &[Pair], states: &[State]) {
    // Of several states of one name the one that speaks most for the cause counts.
    let sources = |cause| states.iter().map(|state| prior::sources(Some(*state), cause)).max().unwrap_or(0);
    ranked(article, found, sources);
    let mut seen: Vec<String> =
        found.iter().map(|pair| format!(" ikesim explain {} {}", pair.initiator, pair.responder)).collect();
    seen.sort();
    seen.dedup();
    article.list("both sides", seen);
}

/// What leads to a state, for a line that tells where a peer stands and not why.
pub(super) fn leading(article: &mut Article, state: State) {
    let here = |pair: &Pair| pair.initiator == state.asa() || pair.responder == state.asa();
    led(article, &pairs().filter(here).collect::<Vec<_>>(), &[state]);
}

/// A name that IOS or strongSwan gives to more than one state.
fn several(word: &str, states: &[State]) -> Article {
    let mut article = Article::new(word.to_uppercase());
    // Names of active states (QM_IDLE) stand for both modes, the others (MM_SA_SETUP) for both sides.
    let by_mode = states.iter().any(|state| state.is_active());
    article
        .say("means", if by_mode { "it depends on the mode:" } else { "it depends on which side shows it:" });
    for state in states {
        article.say("", format!("{state}: {}", state.meaning()));
    }
    let mut sections: Vec<&str> = states.iter().map(|state| section(state.mode())).collect();
    sections.dedup();
    article.list("protocol", sections.into_iter().map(str::to_owned));
    let (label, text) = if by_mode {
        ("so", ACTIVE)
    } else {
        ("which one", "on IOS `show crypto isakmp sa` has the initiator as src, the responder as dst")
    };
    article.say(label, text);
    article.list("more", states.iter().map(|state| format!(" ikesim explain {state}")));
    let here = |pair: &Pair| {
        let is = |name: &str, role| states.iter().any(|s| s.asa() == name && s.is_in(s.mode(), role));
        is(pair.initiator, Role::Initiator) || is(pair.responder, Role::Responder)
    };
    led(&mut article, &pairs().filter(here).collect::<Vec<_>>(), states);
    lessons(&mut article, |columns| states.iter().any(|state| columns.contains(&state.asa())));
    article
}

/// What one or two named states are.
pub(super) fn places(places: &[Place<'_>]) -> Option<Article> {
    match places {
        [one] => Some(alone(one)),
        [one, other] => Some(both(one, other)),
        _ => None,
    }
}

/// Every state of either role that the name stands for.
fn any(place: &Place<'_>) -> Vec<Option<State>> {
    let mut states = Role::BOTH.map(|role| place.of(role)).concat();
    states.sort();
    states.dedup();
    states
}

fn alone(place: &Place<'_>) -> Article {
    let of_role = place.role.map_or_else(|| any(place), |role| place.of(role));
    // That this role is never in it is said below; the state is explained all the same.
    let states = if of_role.is_empty() { any(place) } else { of_role.clone() };
    let known: Vec<State> = states.into_iter().flatten().collect();
    let mut article = match known.as_slice() {
        [] => word::none(),
        [only] => state(*only),
        more => several(place.word, more),
    };
    if same(place.word, "AG_AUTH") {
        let note = "an instant between AG_INIT_EXCH and QM_IDLE: the other side is authenticated. Only ikesim rests in it";
        article.lines.insert(0, ("IOS".into(), note.into()));
    }
    if let Some(role) = place.role.filter(|_| of_role.is_empty()) {
        article.lines.insert(
            0,
            ("but".into(), format!("the {role} is never in this state: it is the {}'s", role.other())),
        );
    }
    article
}

/// Commands to check and to mend, in the words of three vendors, for a cause that sits at one of these; with `one_of`, said
/// to be for the first cause only.
pub(super) fn mended(article: &mut Article, cause: Cause, at: &[Role], one_of: bool) {
    let mut label = "check";
    if one_of {
        article.say(
            label,
            format!("for cause 1, {cause}; `ikesim explain` with another cause's name has its own:"),
        );
        label = "";
    }
    for (vendor, command) in ["ASA", "IOS", "strongSwan"].into_iter().zip(notes::of(cause).check) {
        article.say(label, format!("{vendor}:"));
        article.say("", format!(" {command}"));
        label = "";
    }
    let profiles = ["asa", "ios", "strongswan"].into_iter().filter_map(vendor::profile::from_name);
    article.remedies = profiles
        .flat_map(|profile| {
            let mut setup = Setup::default();
            // Both ends of one vendor, so that a fix for either side is in that vendor's words.
            (setup.hosts.initiator.profile, setup.hosts.responder.profile) = (profile, profile);
            at.iter().map(move |role| remedy::remedy(&setup, cause, *role)).collect::<Vec<_>>()
        })
        .collect();
}
