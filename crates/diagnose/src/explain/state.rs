//! States, alone and in pairs, and what leads to them.

use ike::script::row_of;
use ike::{Mode, Role, State};
use sim::{Cause, Scenario, state_name};

use super::{Article, Pair, lessons, message_name, notes, pairs, same, states_named};
use crate::{fix, prior};

fn others(state: State) -> String {
    let mut names = vec![format!("IOS {}", state.ios())];
    for role in [Role::Initiator, Role::Responder] {
        if !state.libreswan(role).is_empty() {
            names.push(format!("libreswan {}", state.libreswan(role)));
        }
        if !state.strongswan(role).is_empty() {
            names.push(format!("strongSwan {}", state.strongswan(role)));
        }
    }
    names.dedup();
    names.join(" · ")
}

pub(super) fn section(mode: Mode) -> &'static str {
    match mode {
        Mode::Main => "RFC 2409 section 5.4, RFC 2408 section 4.5 (Identity Protection)",
        Mode::Aggressive => "RFC 2409 section 5.4, RFC 2408 section 4.7 (Aggressive)",
    }
}

pub(super) fn state(state: State) -> Article {
    let mut article = Article::new(state.asa());
    article.say("means", state.meaning());
    article.say("elsewhere", others(state));
    article.say("protocol", section(state.mode()));
    let Some(awaited) = state.awaited() else { return article };
    if let Some(row) = row_of(state.mode(), awaited) {
        article.say("waits for", format!("{}: {row}", message_name(state.mode(), awaited)));
        article
            .say("shown by", format!("the {}; the {} sends what is missing", row.sender.other(), row.sender));
    }
    let here = |pair: &Pair| pair.initiator == state.asa() || pair.responder == state.asa();
    let found: Vec<Pair> = pairs().filter(here).collect();
    ranked(&mut article, &found, |cause| prior::sources(Some(state), cause));
    let mut seen: Vec<String> =
        found.iter().map(|pair| format!(" ikesim explain {} {}", pair.initiator, pair.responder)).collect();
    seen.sort();
    seen.dedup();
    article.list("both sides", seen);
    lessons(&mut article, |columns| columns.contains(&state.asa()));
    article
}

pub(super) fn several(word: &str, states: &[State]) -> Article {
    let mut article = Article::new(word.to_uppercase());
    article.say("means", "it depends on which side shows it:");
    for state in states {
        article.say("", format!("{state}: {}", state.meaning()));
    }
    article.list("more", states.iter().map(|state| format!(" ikesim explain {}", state.asa())));
    article
}

/// The one of the states so named that this role can be in; `None` for NONE.
fn in_role(word: &str, role: Role) -> Option<Option<State>> {
    if same(word, "NONE") {
        return Some(None);
    }
    states_named(word).into_iter().find(|state| state.is_in(state.mode(), role)).map(Some)
}

pub(super) fn pair(one: &str, other: &str) -> Option<Article> {
    let (initiator, responder) = (in_role(one, Role::Initiator)?, in_role(other, Role::Responder)?);
    let [i, r] = [initiator, responder].map(state_name);
    let mut article = Article::new(format!("initiator {i}, responder {r}"));
    for (label, state) in [("initiator", initiator), ("responder", responder)] {
        let meaning = state.map_or("no SA", State::meaning);
        article.say(label, meaning.strip_prefix(label).map_or(meaning, |rest| rest.trim_start_matches(": ")));
    }
    let mode = initiator.or(responder).map(State::mode);
    article.say("protocol", section(mode.unwrap_or(Mode::Main)));
    let found: Vec<Pair> = pairs().filter(|pair| pair.initiator == i && pair.responder == r).collect();
    if found.is_empty() {
        article.say(
            "causes",
            "no fault of the catalogue leaves two peers so, nor do two faults together between two ASAs. Were both looked at in the \
             same moment? Each state alone is explained by its own name.",
        );
    }
    if initiator.is_some_and(State::is_active) && responder.is_some_and(State::is_active) {
        article.say("so", "phase 1 is up on both sides: what is wrong now is phase 2's");
    }
    ranked(&mut article, &found, |cause| {
        prior::sources(initiator, cause).max(prior::sources(responder, cause))
    });
    lessons(&mut article, |columns| columns.get(1) == Some(&i) && columns.get(2) == Some(&r));
    Some(article)
}

/// The causes that lead here, likeliest first, and what to do about the first.
fn ranked(article: &mut Article, found: &[Pair], reports: impl Fn(Cause) -> u8) {
    let mut causes: Vec<(Cause, u64, &str)> = Vec::new();
    for pair in found {
        let Some(cause) = pair.cause else { continue };
        match causes.iter_mut().find(|(known, ..)| *known == cause) {
            Some((_, runs, _)) => *runs += pair.runs,
            None => causes.push((cause, pair.runs, pair.replay)),
        }
    }
    causes.sort_by_key(|(cause, runs, _)| (std::cmp::Reverse((reports(*cause), *runs)), *cause));
    for (rank, (cause, runs, replay)) in (1..).zip(&causes) {
        let named = match reports(*cause) {
            0 => String::new(),
            n => format!("; {n} of about 30 public reports name it"),
        };
        article.say(&format!("cause {rank}"), format!("{cause}: {}{named}", cause.meaning()));
        article.say("", format!("tell it by this: {}", notes::of(*cause).apart));
        let often = if *runs == 1 { "1 run".into() } else { format!("{runs} runs") };
        article.say("", format!("{often} of the catalogue end so; one of them:"));
        article.say("", format!(" {replay}"));
    }
    if let Some((first, ..)) = causes.first() {
        remedy(article, *first);
    }
}

/// Commands to check and to mend, in the words of three vendors.
pub(super) fn remedy(article: &mut Article, cause: Cause) {
    let [asa, ios, strongswan] = notes::of(cause).check;
    for (n, (vendor, command)) in
        [("ASA", asa), ("IOS", ios), ("strongSwan", strongswan)].into_iter().enumerate()
    {
        article.say(if n == 0 { "check" } else { "" }, format!("{vendor}:"));
        article.say("", format!(" {command}"));
    }
    for (n, profile) in ["asa", "ios", "strongswan"].into_iter().enumerate() {
        let text = format!("[initiator]\nprofile = '{profile}'\n[responder]\nprofile = '{profile}'\n");
        let Ok(scenario) = Scenario::parse("", &text) else { continue };
        let lines = fix::fix(&scenario, cause, Role::Responder);
        article.list(if n == 0 { "fix" } else { "" }, lines.into_iter().map(|line| format!(" {line}")));
    }
}
