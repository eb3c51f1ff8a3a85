//! What a pair of states means: one of each side.

use ike::{Mode, Role, State};
use sim::{Cause, state_name};

use super::super::place::Place;
use super::super::{Article, Pair, lessons, notes, pairs};
use super::{mended, section};
use crate::prior;

/// The two as initiator and responder: as their roles say, else as they stand, else the other way round.
pub(super) fn both(one: &Place<'_>, other: &Place<'_>) -> Article {
    // One role is enough: it fixes the other's.
    let told = one.role == Some(Role::Initiator) || other.role == Some(Role::Responder);
    let turned = one.role == Some(Role::Responder) || other.role == Some(Role::Initiator);
    let straight = if turned { None } else { fitting(one, other) };
    if let Some((initiator, responder)) = straight {
        return pair(initiator, responder);
    }
    if let Some((initiator, responder)) = fitting(other, one).filter(|_| !told) {
        let mut article = pair(initiator, responder);
        // Where a role was given, nothing was read the other way round.
        if !turned {
            let note = "read the other way round, for only so can both be";
            article.lines.insert(0, ("order".into(), note.into()));
        }
        return article;
    }
    let mut article = Article::new(format!("{}, {}", one.word.to_uppercase(), other.word.to_uppercase()));
    article.say(
        "means",
        "no two peers rest so: of one negotiation, one is the initiator's and one the responder's state",
    );
    article.list("each alone", [one, other].map(|place| format!(" ikesim explain {}", place.word)));
    article
}

/// Of the states that the two names stand for, a pair of one mode, one that a sweep reaches before all others.
pub(super) fn fitting(
    initiator: &Place<'_>,
    responder: &Place<'_>,
) -> Option<(Option<State>, Option<State>)> {
    let of_responder = responder.of(Role::Responder);
    let mut combined: Vec<_> = initiator
        .of(Role::Initiator)
        .into_iter()
        .flat_map(|i| of_responder.iter().map(move |r| (i, *r)))
        .collect();
    let reached = |(i, r): &(Option<State>, Option<State>)| {
        pairs().any(|pair| pair.initiator == state_name(*i) && pair.responder == state_name(*r))
    };
    let one_mode = |(i, r): &(Option<State>, Option<State>)| match (i, r) {
        (Some(i), Some(r)) => i.mode() == r.mode(),
        _ => true,
    };
    combined.sort_by_key(|both| (!reached(both), !one_mode(both)));
    combined.first().copied()
}

pub(super) fn pair(initiator: Option<State>, responder: Option<State>) -> Article {
    let [i, r] = [initiator, responder].map(state_name);
    let mut article = Article::new(format!("initiator {i}, responder {r}"));
    for (label, state) in [("initiator", initiator), ("responder", responder)] {
        let meaning = state.map_or("no SA", State::meaning);
        // Most meanings begin with the role, which the label says already.
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
    article
}

/// The causes that lead here, likeliest first, and what to do about the first.
pub(super) fn ranked(article: &mut Article, found: &[Pair], reports: impl Fn(Cause) -> u8) {
    let mut causes = by_cause(found.iter().map(|pair| (pair.cause, pair.runs, pair.replay)));
    // How many runs end so tells how many ways the catalogue has, not how often it happens.
    causes.sort_by_key(|(cause, ..)| (std::cmp::Reverse(reports(*cause)), *cause));
    list_causes(article, &causes, &[Role::Responder], |cause| match reports(cause) {
        0 => String::new(),
        n => format!("; {n} of about 30 public reports name it"),
    });
}

/// A cause, how many runs of the catalogue it has, and one of them.
type Runs = (Cause, u64, &'static str);

/// One for each cause.
pub(in super::super) fn by_cause(
    found: impl Iterator<Item = (Option<Cause>, u64, &'static str)>,
) -> Vec<Runs> {
    let mut causes: Vec<Runs> = Vec::new();
    for (cause, runs, replay) in found {
        let Some(cause) = cause else { continue };
        match causes.iter_mut().find(|(known, ..)| *known == cause) {
            Some((_, known, _)) => *known += runs,
            None => causes.push((cause, runs, replay)),
        }
    }
    causes
}

/// Each with what tells it, and what to do about the first; `behind`: what stands behind its meaning.
pub(in super::super) fn list_causes(
    article: &mut Article,
    causes: &[Runs],
    at: &[Role],
    behind: impl Fn(Cause) -> String,
) {
    for (rank, (cause, runs, replay)) in (1..).zip(causes) {
        article.say(&format!("cause {rank}"), format!("{cause}: {}{}", cause.meaning(), behind(*cause)));
        article.say("", format!("tell it by this: {}", notes::of(*cause).apart));
        let often = if *runs == 1 { "1 run".into() } else { format!("{runs} runs") };
        article.say("", format!("{often} of the catalogue end so; one of them:"));
        article.say("", format!(" {replay}"));
    }
    if let Some((first, ..)) = causes.first() {
        mended(article, *first, at, causes.len() > 1);
    }
}
