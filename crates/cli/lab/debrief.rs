//! The end of an exercise: what was seen, what happened, and every answer.

use std::io::Write;

use report::Detail;
use scenario::{Asked, View};

use super::folder::Folder;
use super::progress;
use crate::failure::{Failure, USAGE};
use crate::out::Out;

/// Shows the truth, where all is answered or the rest is given up.
pub fn debrief(mut folder: Folder, give_up: bool, out: &mut Out) -> Result<(), Failure> {
    let answered = folder.work.is_answered(&folder.exercise);
    if !answered && !give_up && !folder.work.closed {
        let questions = &folder.exercise.lab.questions;
        let open: Vec<&str> = questions
            .iter()
            .filter(|question| !folder.work.tries(&question.id).right)
            .map(|question| question.id.as_str())
            .collect();
        return Err(Failure::new(USAGE, format!("not answered yet: {}", open.join(", "))).help(Some(
            "ikesim lab debrief --give-up shows the answers; those questions then count no more".into(),
        )));
    }
    folder.work.closed = true;
    // Kept before it is shown: what was read cannot be given back.
    folder.save(out)?;
    seen(&folder, out)?;
    out.section(&["== What happened", ""])?;
    out.write_all(folder.run().truth(crate::window::layout()).as_bytes())?;
    answers(&folder, out)?;
    progress::next(&folder, out)
}

fn seen(folder: &Folder, out: &mut Out) -> Result<(), Failure> {
    let run = folder.run();
    out.line("== What you saw")?;
    out.line("")?;
    out.write_all(run.ladder(crate::window::layout()).as_bytes())?;
    if folder.exercise.lab.views.contains(&View::Show) {
        let at = folder.exercise.lab.at.unwrap_or(run.end());
        for role in run.roles() {
            out.write_all(run.show(role, at, Detail::Brief).as_bytes())?;
        }
    }
    Ok(())
}

fn answers(folder: &Folder, out: &mut Out) -> Result<(), Failure> {
    let truth = folder.run();
    out.section(&["== The questions", ""])?;
    for question in &folder.exercise.lab.questions {
        let right = match &question.asked {
            Asked::Repair(_) => "a configuration with which the tunnel comes up".into(),
            Asked::Cause { .. } | Asked::State { .. } | Asked::Value(_) | Asked::Choice { .. } => {
                lab::expected(question, &truth).join(", or ")
            }
        };
        out.line(&format!("- {}: {}", question.id, question.text))?;
        out.line(&format!("    {right}"))?;
        if !question.why.is_empty() {
            for line in question.why.lines() {
                out.line(&format!("    {line}"))?;
            }
        }
        out.line(&format!("    {} of {} points", folder.work.earned(question), question.points))?;
    }
    let text = &folder.exercise.lab.debrief;
    if !text.is_empty() {
        out.line("")?;
        text.lines().try_for_each(|line| out.line(line))?;
    }
    Ok(())
}
