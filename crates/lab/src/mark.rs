//! The marks of a submission.

use std::collections::BTreeMap;

use scenario::{Asked, Question};

use crate::exercise_run::ExerciseRun;
use crate::grade::{Grade, NoAnswer, grade};
use crate::pack::Part;
use crate::repair::{NoRepair, repaired};

/// What a question's answer is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// As the submission names the question.
    pub question: String,
    /// What can be had.
    pub total: u32,
    /// How it was answered.
    pub standing: Standing,
}

/// How a question was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Rightly.
    Right,
    /// Wrongly.
    Wrong,
    /// Not at all.
    Open,
    /// By what is no answer to such a question.
    NoAnswer(NoAnswer),
    /// By a configuration with which the tunnel does not come up.
    Down,
    /// By what is no configuration of that side.
    NoRepair(NoRepair),
    /// By the name of a file that is not beside the submission, or not to be read.
    NoFile(String),
}

impl Mark {
    /// All its points, or none: who hands in has one try.
    pub fn points(&self) -> u32 {
        if self.standing == Standing::Right { self.total } else { 0 }
    }
}

/// Marks the answers to an exercise, repairs by running them. `file` reads what a submission has beside it, by its name.
pub fn mark(
    part: &Part,
    answers: &BTreeMap<String, String>,
    file: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Vec<Mark> {
    let truth = ExerciseRun::new(&part.exercise, part.exercise.written.clone());
    let standing = |question: &Question| match answers.get(&part.question(question)) {
        None => Standing::Open,
        Some(answer) => judged(part, question, answer, &truth, file),
    };
    let questions = part.exercise.lab.questions.iter();
    questions.map(|question| marked(part, question, standing(question))).collect()
}

/// The marks of an exercise to which nothing was handed in that counts.
pub fn unhanded(part: &Part) -> Vec<Mark> {
    part.exercise.lab.questions.iter().map(|question| marked(part, question, Standing::Open)).collect()
}

fn marked(part: &Part, question: &Question, standing: Standing) -> Mark {
    Mark { question: part.question(question), total: question.points, standing }
}

fn judged(
    part: &Part,
    question: &Question,
    answer: &str,
    truth: &ExerciseRun,
    file: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Standing {
    let Asked::Repair(role) = question.asked else {
        return match grade(question, answer, truth) {
            Ok(Grade::Right) => Standing::Right,
            Ok(Grade::Wrong) => Standing::Wrong,
            Err(no) => Standing::NoAnswer(no),
        };
    };
    let (name, bytes) = match configuration(answer, file) {
        Ok(found) => found,
        Err(name) => return Standing::NoFile(name),
    };
    let repaired = repaired(&part.exercise.written, role, &name, &bytes);
    match repaired.map(|scenario| ExerciseRun::new(&part.exercise, scenario).is_up()) {
        Ok(true) => Standing::Right,
        Ok(false) => Standing::Down,
        Err(no) => Standing::NoRepair(no),
    }
}

/// A configuration, by the name of its file or as it is written into the answer.
fn configuration(answer: &str, file: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<(String, Vec<u8>), String> {
    let answer = answer.trim();
    if !answer.contains('\n') {
        return file(answer).map(|bytes| (answer.to_owned(), bytes)).ok_or_else(|| answer.to_owned());
    }
    // No device's configuration begins with a bracket.
    let name = if answer.starts_with('[') { "repair.toml" } else { "repair.cfg" };
    Ok((name.into(), format!("{answer}\n").into_bytes()))
}
