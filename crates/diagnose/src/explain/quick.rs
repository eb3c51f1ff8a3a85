//! Phase 2: states of Quick Mode alone and in pairs, its messages, and what a run comes to.

use ike::{MessageName, QuickState, Role};
use sim::{Cause, Passage};

use super::state::{by_cause, list_causes};
use super::{Article, lessons, same};
use crate::ONE_SIDE_INSTALLED;

/// Initiator, responder, verdict, cause, runs, one of them as a command.
const PAIRS: &str = include_str!("quick_pairs.tsv");

struct Pair {
    initiator: &'static str,
    responder: &'static str,
    verdict: &'static str,
    cause: Option<Cause>,
    runs: u64,
    replay: &'static str,
}

fn pairs() -> impl Iterator<Item = Pair> {
    PAIRS.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        let mut next = || columns.next();
        let (initiator, responder, verdict) = (next()?, next()?, next()?);
        let (cause, runs, replay) = (Cause::from_name(next()?), next()?.parse().ok()?, next()?);
        Some(Pair { initiator, responder, verdict, cause, runs, replay })
    })
}

const SECTION: &str = "RFC 2409 section 5.5 (Quick Mode)";

/// What other logs call the states: ikesim's own names are in none.
const ELSEWHERE: [(QuickState, &[&str]); 3] = [
    (QuickState::WaitMsg2, &["IKE_QM_I_QM1", "QUICK_I1"]),
    (QuickState::WaitMsg3, &["IKE_QM_R_QM2", "QUICK_R1"]),
    (QuickState::Active, &["IKE_QM_PHASE2_COMPLETE", "QUICK_I2", "QUICK_R2"]),
];

/// Where one side is in Quick Mode; `None` within: it has none.
type Place = Option<QuickState>;

fn place(word: &str) -> Option<Place> {
    if same(word, "NONE") {
        return Some(None);
    }
    let short = word.to_uppercase().trim_start_matches("STATE_").to_owned();
    let found = ELSEWHERE
        .iter()
        .find(|(state, names)| same(state.name(), word) || names.iter().any(|name| same(name, &short)));
    found.map(|(state, _)| Some(*state))
}

/// Names that have an entry here.
pub(super) fn names() -> impl Iterator<Item = String> {
    let states = QuickState::ALL.into_iter().map(QuickState::name);
    let others = ELSEWHERE.into_iter().flat_map(|(_, names)| names.iter().copied());
    let messages = MessageName::quick().map(|name| name.to_string());
    let verdicts = VERDICTS.into_iter().map(|(name, ..)| name);
    states.chain(others).chain(verdicts).chain(["INFO1"]).map(str::to_owned).chain(messages)
}

/// One or two states of Quick Mode, one of its messages, or a verdict.
pub(super) fn explain(text: &str) -> Option<Article> {
    let apart = |c: char| c.is_whitespace() || "/,:=()".contains(c);
    let tokens: Vec<&str> = text.split(apart).filter(|token| !token.is_empty()).collect();
    let role = |word: &str| {
        let is =
            |role: &Role| same(role.name(), word) || role.name().get(..1).is_some_and(|one| same(one, word));
        Role::BOTH.into_iter().find(is)
    };
    let given: Vec<Role> = tokens.iter().filter_map(|token| role(token)).collect();
    let words: Vec<&str> = tokens.into_iter().filter(|token| role(token).is_none()).collect();
    let places: Option<Vec<Place>> = words.iter().map(|word| place(word)).collect();
    match places.as_deref() {
        // Alone, NONE is phase 1's word.
        Some([Some(only)]) => Some(state(*only)),
        Some([one, other]) if one.is_some() || other.is_some() => {
            // A role beside the first word fixes both; else the way round in which both can be.
            let turned = given.first() == Some(&Role::Responder);
            Some(if turned { both(*other, *one) } else { both(*one, *other) })
        }
        _ => named(text),
    }
}

fn named(word: &str) -> Option<Article> {
    if let Some(name) = MessageName::quick().find(|name| same(&name.to_string(), word)) {
        return Some(message(name));
    }
    if same(word, "INFO1") {
        return Some(informational());
    }
    let verdict = VERDICTS.into_iter().find(|(name, ..)| same(name, word))?;
    Some(outcome(verdict))
}

fn state(state: QuickState) -> Article {
    let mut article = Article::new(state.name());
    article.say("means", state.meaning());
    let names = ELSEWHERE.iter().find(|(one, _)| *one == state).map(|(_, names)| names.join(" · "));
    article.say(
        "elsewhere",
        format!(
            "ASA MM_ACTIVE · IOS QM_IDLE, which both stay; debug and daemons: {}",
            names.unwrap_or_default()
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
    let here = |pair: &Pair| pair.initiator == state.name() || pair.responder == state.name();
    told(&mut article, &pairs().filter(here).collect::<Vec<_>>(), Role::Responder);
    lessons(&mut article, |columns| columns.iter().skip(6).any(|column| *column == state.name()));
    article
}

fn name(place: Place) -> &'static str {
    place.map_or("NONE", QuickState::name)
}

/// The two as initiator and responder, the other way round where only so both can be.
fn both(one: Place, other: Place) -> Article {
    let fits = |i: Place, r: Place| {
        i.is_none_or(|state| state.is_of(Role::Initiator))
            && r.is_none_or(|state| state.is_of(Role::Responder))
    };
    match (fits(one, other), fits(other, one)) {
        (true, _) => pair(one, other),
        (false, true) => {
            let mut article = pair(other, one);
            let note = "read the other way round, for only so can both be";
            article.lines.insert(0, ("order".into(), note.into()));
            article
        }
        (false, false) => {
            let mut article = Article::new(format!("{}, {}", name(one), name(other)));
            article.say(
                "means",
                "no two peers rest so: one of the two is the initiator's state, one the responder's",
            );
            article.list("each alone", [one, other].map(|place| format!(" ikesim explain {}", name(place))));
            article
        }
    }
}

fn pair(initiator: Place, responder: Place) -> Article {
    let (i, r) = (name(initiator), name(responder));
    let mut article = Article::new(format!("initiator {i}, responder {r} (phase 2)"));
    for (role, place) in [(Role::Initiator, initiator), (Role::Responder, responder)] {
        let meaning = place.map_or("no child, and none under way", QuickState::meaning);
        // The label says already whose state it is.
        let own = meaning.strip_prefix(role.name()).and_then(|rest| rest.strip_prefix(": "));
        article.say(role.name(), own.unwrap_or(meaning));
    }
    if initiator == Some(QuickState::Active) && responder != Some(QuickState::Active) {
        article.say("so", ONE_SIDE_INSTALLED);
    }
    article.say("protocol", SECTION);
    let found: Vec<Pair> = pairs().filter(|pair| pair.initiator == i && pair.responder == r).collect();
    if found.is_empty() {
        article.say(
            "causes",
            "no fault of the catalogue leaves two peers so; each state alone is explained by its own name",
        );
    }
    told(&mut article, &found, Role::Responder);
    lessons(&mut article, |columns| columns.get(6) == Some(&i) && columns.get(7) == Some(&r));
    article
}

/// The likeliest first: access lists are what public reports of refused children are about most, then proposals.
const LIKELIEST: [Cause; 5] = [
    Cause::ProxyMismatch,
    Cause::TransformMismatch,
    Cause::PfsMismatch,
    Cause::CryptoMapIncomplete,
    Cause::MapUnbound,
];

/// `at`: where the first cause is to be mended.
fn told(article: &mut Article, found: &[Pair], at: Role) {
    let mut causes = by_cause(found.iter().map(|pair| (pair.cause, pair.runs, pair.replay)));
    let place = |cause: Cause| LIKELIEST.iter().position(|one| *one == cause).unwrap_or(LIKELIEST.len());
    causes.sort_by_key(|(cause, ..)| (place(*cause), *cause));
    list_causes(article, &causes, &[at], |_| String::new());
}

fn message(name: MessageName) -> Article {
    let row = name.row();
    let mut article = Article::new(format!("{name}, Quick Mode"));
    article.say("means", format!("{} to {}: {row}", row.sender, row.sender.other()));
    article.say(
        "content",
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
        },
    );
    article.say("protocol", SECTION);
    let missing = QuickState::ALL.into_iter().find(|state| state.awaited() == Some(name));
    let text = match missing {
        Some(state) => format!("the {} rests in {state} (ikesim's name)", row.sender.other()),
        None => "nothing says that it is missing: the responder waits for nothing, the initiator rests in QM_WAIT_MSG2".into(),
    };
    article.say("missing", text);
    let state = missing.unwrap_or(QuickState::WaitMsg2);
    article.say("more", format!(" ikesim explain {state}"));
    lessons(&mut article, |columns| {
        columns.first().is_some_and(|file| file.contains(&format!("_{name}_").to_lowercase()))
    });
    article
}

fn informational() -> Article {
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
    article.say("more", " ikesim explain NO_PROPOSAL_CHOSEN");
    article
}

/// Name, meaning, what follows from it.
type Verdict = (&'static str, &'static str, &'static str);

// `deleted` is a cause as well: its entry is the cause's.
const VERDICTS: [Verdict; 6] = [
    (
        "passes",
        "every child that was asked for is up on both sides, with the same keys",
        "where traffic still does not pass, look at routes, filters and NAT exemption: negotiation is over",
    ),
    (
        "phase-1-stalls",
        "phase 1 never came up on both sides, so phase 2 did not begin",
        "look at the states of phase 1: they say which message is missing",
    ),
    (
        "phase-2-refused",
        "phase 1 was up, and a child was refused",
        "an ASA that refuses takes phase 1 down in the same second; IOS and the daemons keep it",
    ),
    (
        "phase-2-stalled",
        "phase 1 was up, a child is not up on both sides, and nobody refused it",
        "a message of Quick Mode was lost, late or damaged: the side that waits says which",
    ),
    (
        "never-started",
        "the initiator has nothing to begin with: no message was sent",
        "its crypto map is bound nowhere, or the entry lacks peer, access list or transform set",
    ),
    (
        "torn-down",
        "both sides were up in phase 1, and it was deleted again",
        "an ASA responder that refuses Quick Mode does so: what is wrong is phase 2's",
    ),
];

fn outcome((name, meaning, so): Verdict) -> Article {
    let kind = if name == "torn-down" { "an outcome" } else { "a verdict" };
    let mut article = Article::new(format!("{name} ({kind})"));
    article.say("means", meaning);
    article.say("so", so);
    // What is torn down was refused before.
    let verdict = if name == "torn-down" { Passage::Phase2Refused.to_string() } else { name.to_owned() };
    if verdict != Passage::Passes.to_string() {
        // Only the initiator has anything to begin with.
        let at = if name == "never-started" { Role::Initiator } else { Role::Responder };
        told(&mut article, &pairs().filter(|pair| pair.verdict == verdict).collect::<Vec<_>>(), at);
    }
    lessons(&mut article, |columns| columns.get(8) == Some(&verdict.as_str()));
    article
}
