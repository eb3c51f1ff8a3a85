//! Lists and progress for programs.

use std::path::Path;

use serde_json::{Value, json};

use super::folder::{Folder, around, below};
use crate::failure::Failure;
use crate::out::Out;

/// The exercises that ship, with the most that was had for each around this folder.
pub fn list(here: &Path, out: &mut Out) -> Result<(), Failure> {
    let begun = below(&around(here));
    let exercises = lab::all().into_iter().map(|(name, exercise)| {
        let own = begun.iter().filter(|(_, work)| work.name == name);
        let best = own.map(|(_, work)| work).max_by_key(|work| (work.closed, work.points(&exercise)));
        let lab = &exercise.lab;
        json!({
            "name": name, "course": lab.course, "level": lab.level.name(), "title": lab.title,
            "total": exercise.points(),
            "points": best.map(|work| work.points(&exercise)),
            "done": best.is_some_and(|work| work.closed),
        })
    });
    let exercises: Vec<Value> = exercises.collect();
    Ok(out.json(&json!({ "schema": "ikesim/lab-list/1", "exercises": exercises }))?)
}

/// This exercise's questions and points.
pub fn status(here: &Path, out: &mut Out) -> Result<(), Failure> {
    let Folder { work, exercise, .. } = Folder::open(here)?;
    let question = |question: &scenario::Question| {
        let tries = work.tries(&question.id);
        json!({
            "question": question.id, "right": tries.right, "wrong": tries.wrong,
            "points": work.earned(question), "total": question.points,
        })
    };
    let questions: Vec<Value> = exercise.lab.questions.iter().map(question).collect();
    Ok(out.json(&json!({
        "schema": "ikesim/lab-status/1", "name": work.name, "title": exercise.lab.title,
        "questions": questions, "hints": work.hints, "done": work.closed,
        "points": work.points(&exercise), "total": exercise.points(),
    }))?)
}
