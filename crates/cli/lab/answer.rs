//! Answers and hints.

use lab::{Grade, NoAnswer};
use scenario::{Asked, Question, nearest};

use super::folder::Folder;
use super::progress;
use super::question::points;
use crate::failure::{Failure, USAGE};
use crate::out::Out;

/// Grades answers, in their order; 1: one of them is wrong.
pub fn answer(mut folder: Folder, answers: &[String], out: &mut Out) -> Result<u8, Failure> {
    let exercise = folder.exercise.clone();
    // All are understood before the first is graded: a slip costs nothing.
    let asked: Vec<(&Question, &str)> =
        answers.iter().map(|answer| meant(&exercise.lab.questions, answer)).collect::<Result<_, _>>()?;
    let truth = folder.run();
    let graded: Vec<(&Question, Grade)> = asked
        .into_iter()
        .map(|(question, value)| {
            let grade = lab::grade(question, value, &truth).map_err(|no| refused(question, value, &no))?;
            Ok((question, grade))
        })
        .collect::<Result<_, Failure>>()?;
    let mut code = 0;
    for (question, grade) in graded {
        let before = folder.work.tries(&question.id);
        // What was right stays right, and what comes after the debrief is copied.
        if !before.right && !folder.work.closed {
            folder.work.count(&question.id, grade == Grade::Right);
        }
        out.line(&said(&folder, question, grade))?;
        code = code.max(u8::from(grade == Grade::Wrong));
    }
    folder.save(out)?;
    progress::next(&folder, out)?;
    Ok(code)
}

fn said(folder: &Folder, question: &Question, grade: Grade) -> String {
    let (id, points) = (&question.id, question.points);
    let verdict = match grade {
        Grade::Right => "right",
        Grade::Wrong => "wrong",
    };
    if folder.work.closed {
        return format!("{id}: {verdict}; the debrief was read, so it counts no more");
    }
    match grade {
        Grade::Right => format!("{id}: right, {} of {points}", folder.work.earned(question)),
        Grade::Wrong if folder.work.tries(id).right => format!("{id}: wrong, but it was answered before"),
        Grade::Wrong => {
            let left = points.saturating_sub(folder.work.tries(id).wrong);
            format!("{id}: wrong; {left} of {points} can still be had")
        }
    }
}

/// `QUESTION=VALUE`
fn meant<'q, 'a>(questions: &'q [Question], answer: &'a str) -> Result<(&'q Question, &'a str), Failure> {
    let ids = || questions.iter().map(|question| question.id.as_str());
    let all = || ids().collect::<Vec<_>>().join(", ");
    let Some((id, value)) = answer.split_once('=') else {
        return Err(Failure::new(USAGE, format!("`{answer}` is no QUESTION=VALUE"))
            .help(Some(format!("questions: {}", all()))));
    };
    let id = id.trim();
    let found = questions.iter().find(|question| question.id.eq_ignore_ascii_case(id));
    found.map(|question| (question, value)).ok_or_else(|| {
        let near = nearest(id, ids()).map_or(String::new(), |near| format!("did you mean {near}? "));
        Failure::new(USAGE, format!("there is no question `{id}` here"))
            .help(Some(format!("{near}questions: {}", all())))
    })
}

/// Why it is no answer. No try is counted.
fn refused(question: &Question, value: &str, no: &NoAnswer) -> Failure {
    let id = &question.id;
    let near = |near: &Option<&str>, list: &str| {
        let near = near.map_or(String::new(), |near| format!("did you mean {near}? "));
        format!("{near}`ikesim list {list}` has the names")
    };
    let (message, help) = match no {
        NoAnswer::Empty => (format!("no answer to {id}"), format!("ikesim lab answer {id}=VALUE")),
        NoAnswer::Cause(nearest) => (format!("{id}: there is no cause `{value}`"), near(nearest, "causes")),
        NoAnswer::State(nearest) => (format!("{id}: there is no state `{value}`"), near(nearest, "states")),
        NoAnswer::Choice => (format!("{id}: `{value}` is none of the choices"), letters(question)),
        NoAnswer::Repair => (
            format!("{id} is answered by a tunnel that comes up"),
            "edit the configuration, then ikesim lab try".into(),
        ),
    };
    Failure::new(USAGE, message).help(Some(help))
}

fn letters(question: &Question) -> String {
    let Asked::Choice { choices, .. } = &question.asked else { return String::new() };
    let lettered: Vec<String> =
        ('a'..='z').zip(choices).map(|(letter, choice)| format!("{letter}) {choice}")).collect();
    format!("a letter, or the words: {}", lettered.join("; "))
}

/// Takes the next hint.
pub fn hint(mut folder: Folder, out: &mut Out) -> Result<(), Failure> {
    let hints = &folder.exercise.lab.hints;
    let all = hints.len();
    // Behind the debrief nothing is left to pay for.
    let next = hints.get(folder.work.hints).filter(|_| !folder.work.closed).cloned();
    let Some(hint) = next else {
        for hint in hints {
            out.line(&format!("- {}", hint.text))?;
        }
        return Ok(out.line(match (folder.work.closed, all) {
            (_, 0) => "this exercise has no hints",
            (true, _) => "those are all its hints",
            (false, _) => "there is no further hint; ikesim lab debrief --give-up has the answers",
        })?);
    };
    folder.work.hints += 1;
    // Kept before it is shown: what was read cannot be given back.
    folder.save(out)?;
    let number = folder.work.hints;
    out.line(&hint.text)?;
    let costs = points(hint.cost);
    Ok(out.section(&[&format!("hint {number} of {all}: {costs}")])?)
}
