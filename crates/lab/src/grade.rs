//! Whether an answer is right. However it is spelt: case, blanks, hyphens and underscores make no difference.

use ike::Role;
use scenario::{Asked, Question, nearest, state_names};
use sim::{Cause, state_name};

use crate::exercise_run::ExerciseRun;

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// It is right.
    Right,
    /// It is wrong.
    Wrong,
}

/// Why a text is no answer; no try is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// Nothing is in it.
    Empty,
    /// No cause has this name; the nearest one.
    Cause(Option<&'static str>),
    /// No state has this name; the nearest one.
    State(Option<&'static str>),
    /// It is none of the choices.
    Choice,
    /// A repair is tried, not told.
    Repair,
}

/// Grades an answer against the exercise's own run.
///
/// # Errors
/// The text is no answer to this question.
pub fn grade(question: &Question, answer: &str, truth: &ExerciseRun) -> Result<Grade, NoAnswer> {
    if plain(answer).is_empty() {
        return Err(NoAnswer::Empty);
    }
    let right = match &question.asked {
        Asked::Cause { .. } => expected(question, truth).contains(&cause(answer)?.name().to_owned()),
        Asked::State { .. } => expected(question, truth).contains(&state(answer)?.to_owned()),
        Asked::Value(answers) => answers.iter().any(|value| plain(value) == plain(answer)),
        Asked::Choice { choices, answers } => answers.contains(chosen(choices, answer)?),
        Asked::Repair(_) => return Err(NoAnswer::Repair),
    };
    Ok(if right { Grade::Right } else { Grade::Wrong })
}

/// Every answer that counts as right, for the debrief; a repair has none.
pub fn expected(question: &Question, truth: &ExerciseRun) -> Vec<String> {
    match &question.asked {
        Asked::Cause { answers, .. } if answers.is_empty() => {
            truth.causes().into_iter().take(1).map(|cause| cause.name().into()).collect()
        }
        Asked::Cause { answers, .. } => answers.iter().map(|cause| cause.name().into()).collect(),
        Asked::State { of: Some(role), answers } if answers.is_empty() => left(truth, *role),
        Asked::State { answers, .. } => answers.iter().map(|name| (*name).into()).collect(),
        Asked::Value(answers) | Asked::Choice { answers, .. } => answers.clone(),
        Asked::Repair(_) => Vec::new(),
    }
}

/// The state that a side is left in, in both vendors' words.
fn left(truth: &ExerciseRun, role: Role) -> Vec<String> {
    let outcome = truth.outcome();
    let state = outcome.peers[role].state;
    let ios = state.map(|state| vendor::ios::state_name(state).to_owned());
    [state_name(state).to_owned()].into_iter().chain(ios.filter(|ios| *ios != state_name(state))).collect()
}

/// Lower case, with one hyphen for any blanks, hyphens and underscores.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| c.is_whitespace() || matches!(c, '-' | '_'));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// The cause that is named: by its name, or by its meaning.
fn cause(answer: &str) -> Result<Cause, NoAnswer> {
    let answer = plain(answer);
    let named = |cause: &Cause| plain(cause.name()) == answer || plain(cause.meaning()) == answer;
    let found = Cause::all().find(named).or_else(|| Cause::from_name(diagnose::typed(&answer)?));
    found.ok_or_else(|| NoAnswer::Cause(nearest(&answer, Cause::all().map(Cause::name))))
}

fn state(answer: &str) -> Result<&'static str, NoAnswer> {
    let names = state_names();
    let found = names.iter().copied().find(|name| plain(name) == plain(answer));
    found.ok_or_else(|| NoAnswer::State(nearest(&plain(answer).replace('-', "_"), names)))
}

/// A choice by its text, or by its letter as the questions are printed.
fn chosen<'c>(choices: &'c [String], answer: &str) -> Result<&'c String, NoAnswer> {
    let said = plain(answer);
    let by_text = choices.iter().find(|choice| plain(choice) == said);
    let by_letter = || {
        let mut letters = ('a'..='z').zip(choices);
        letters.find_map(|(letter, choice)| (said == letter.to_string()).then_some(choice))
    };
    by_text.or_else(by_letter).ok_or(NoAnswer::Choice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_makes_no_difference() {
        for text in ["psk-mismatch", "PSK mismatch", " psk_mismatch ", "wrong PSK", "psk", "Pre-shared key"] {
            assert_eq!(cause(text), Ok(Cause::PskMismatch), "{text}");
        }
        for text in ["MM-WAIT-MSG6", "mm wait msg6", "MM_WAIT_MSG6"] {
            assert_eq!(state(text), Ok("MM_WAIT_MSG6"), "{text}");
        }
    }

    #[test]
    fn a_misspelt_name_is_no_try() {
        assert_eq!(cause("psk-mismach"), Err(NoAnswer::Cause(Some("psk-mismatch"))));
        assert_eq!(state("MM_WAIT_MSG7"), Err(NoAnswer::State(Some("MM_WAIT_MSG2"))));
        assert_eq!(state("qqqqqqqq"), Err(NoAnswer::State(None)));
    }

    #[test]
    fn a_choice_by_text_or_letter() {
        let choices = ["the key".to_owned(), "the route".to_owned()];
        assert_eq!(chosen(&choices, "The Route"), Ok(&choices[1]));
        assert_eq!(chosen(&choices, "B"), Ok(&choices[1]));
        assert_eq!(chosen(&choices, "c"), Err(NoAnswer::Choice));
    }
}
