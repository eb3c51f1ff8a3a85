//! From `[lab]` to what is told, shown and asked.

use std::collections::BTreeSet;

use ike::{Instant, Role};
use sim::Cause;

use super::bound;
use crate::error::Problem;
use crate::exercise::{Asked, Hint, Lab, Level, Question, Sees, View};
use crate::file::{LabTable, QuestionTable};
use crate::value::{At, duration, short, whole, word};
use crate::vocabulary::{self, ASKED, LEVELS, ROLES, SEES, VIEWS};

/// Bounds that no lesson reaches.
const MAX_HINTS: usize = 16;
const MAX_QUESTIONS: usize = 32;
const MAX_VARIANTS: usize = 64;

impl LabTable {
    /// What the tables mean.
    pub fn build(&self) -> Result<Lab, Problem> {
        bound(&self.hint, MAX_HINTS, "hints")?;
        bound(&self.question, MAX_QUESTIONS, "questions")?;
        bound(&self.variant, MAX_VARIANTS, "variants")?;
        let sees = word(&self.sees, "side", &SEES)?;
        let hints = self.hint.iter().map(|hint| {
            let cost = hint.value.cost.as_ref().map_or(Ok(1), |at| whole(at, "cost", 0..=100))?;
            Ok(Hint { text: hint.value.text.trim().to_owned(), cost })
        });
        Ok(Lab {
            title: written(&self.title, "title")?,
            situation: written(&self.situation, "situation")?,
            course: self.course.trim().to_owned(),
            order: self.order.as_ref().map_or(Ok(1), |at| whole(at, "order", 1..=999))?,
            level: self.level.as_ref().map_or(Ok(Level::Easy), |at| word(at, "level", &LEVELS))?,
            sees,
            views: views(self.views.as_deref())?,
            at: self.at.as_ref().map(|at| duration(at, "at")).transpose()?.map(|at| Instant::ZERO + at),
            debrief: self.debrief.trim().to_owned(),
            hints: hints.collect::<Result<_, _>>()?,
            questions: questions(self, sees)?,
        })
    }
}

fn written(at: &At<String>, what: &str) -> Result<String, Problem> {
    match at.value.trim() {
        "" => Err(Problem::new(&at.span, format!("an exercise without a {what}"))),
        text => Ok(text.to_owned()),
    }
}

fn views(written: Option<&[At<String>]>) -> Result<Vec<View>, Problem> {
    let Some(written) = written else { return Ok(View::ALL.to_vec()) };
    let views: BTreeSet<View> =
        written.iter().map(|at| word(at, "view", &VIEWS)).collect::<Result<_, _>>()?;
    Ok(views.into_iter().collect())
}

fn questions(table: &LabTable, sees: Sees) -> Result<Vec<Question>, Problem> {
    if table.question.is_empty() {
        return Err(Problem::new(&table.title.span, "an exercise without a question"));
    }
    let mut known = BTreeSet::new();
    let mut questions = Vec::new();
    for At { value, .. } in &table.question {
        let At { value: id, span } = &value.id;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || !id.chars().all(plain) {
            return Err(Problem::new(span, format!("`{}` is no name of a question", short(id)))
                .help("allowed: lower case letters, digits and hyphens"));
        }
        if !known.insert(id.as_str()) {
            return Err(Problem::new(span, format!("question `{id}` stands here twice")));
        }
        questions.push(Question {
            id: id.clone(),
            text: value.text.trim().to_owned(),
            asked: asked(value, sees)?,
            points: value.points.as_ref().map_or(Ok(1), |at| whole(at, "points", 1..=100))?,
            why: value.why.trim().to_owned(),
        });
    }
    Ok(questions)
}

fn asked(table: &QuestionTable, sees: Sees) -> Result<Asked, Problem> {
    let of = table.of.as_ref().map(|at| word(at, "side", &ROLES)).transpose()?;
    only_where_meant(table)?;
    match table.kind.value.as_str() {
        "cause" => Ok(Asked::Cause {
            answers: table.answers.iter().map(cause).collect::<Result<_, _>>()?,
            excludes: table.excludes.iter().map(cause).collect::<Result<_, _>>()?,
        }),
        "state" => {
            let answers: Vec<&'static str> = table.answers.iter().map(state).collect::<Result<_, _>>()?;
            if answers.is_empty() && of.is_none() {
                return Err(Problem::new(&table.kind.span, "whose state is right is not said")
                    .help("write answers = [\"MM_WAIT_MSG6\"], or of = \"initiator\""));
            }
            Ok(Asked::State { of, answers })
        }
        "value" => Ok(Asked::Value(answers(table)?)),
        "choice" => choice(table),
        "repair" => repair(table, of, sees),
        got => Err(Problem::unknown(
            &table.kind.span,
            format!("unknown kind of question `{}`", short(got)),
            got,
            ASKED,
        )),
    }
}

/// A key that the kind does not know would be ignored, and its author believe that it counts.
fn only_where_meant(table: &QuestionTable) -> Result<(), Problem> {
    let kind = table.kind.value.as_str();
    let misplaced = [
        ("choices", table.choices.first().map(|at| &at.span), kind == "choice"),
        ("of", table.of.as_ref().map(|at| &at.span), matches!(kind, "state" | "repair")),
        ("excludes", table.excludes.first().map(|at| &at.span), kind == "cause"),
        ("answers", table.answers.first().map(|at| &at.span), kind != "repair"),
    ];
    let known = ASKED.contains(&kind);
    let found = misplaced.into_iter().find_map(|(key, span, meant)| Some((key, span.filter(|_| !meant)?)));
    match found.filter(|_| known) {
        Some((key, span)) => Err(Problem::new(span, format!("a question of kind {kind} has no `{key}`"))),
        None => Ok(()),
    }
}

fn answers(table: &QuestionTable) -> Result<Vec<String>, Problem> {
    if table.answers.is_empty() {
        return Err(
            Problem::new(&table.kind.span, "a question without an answer").help("write answers = [\"..\"]")
        );
    }
    table.answers.iter().map(|at| written(at, "answer")).collect()
}

fn choice(table: &QuestionTable) -> Result<Asked, Problem> {
    let choices: Vec<String> =
        table.choices.iter().map(|at| written(at, "choice")).collect::<Result<_, _>>()?;
    if choices.len() < 2 {
        return Err(Problem::new(&table.kind.span, "a choice between fewer than two")
            .help("write choices = [\"..\", \"..\"]"));
    }
    let answers = answers(table)?;
    match answers.iter().zip(&table.answers).find(|(answer, _)| !choices.contains(answer)) {
        Some((answer, at)) => Err(Problem::unknown(
            &at.span,
            format!("`{}` is none of the choices", short(answer)),
            answer,
            choices.iter().map(String::as_str),
        )),
        None => Ok(Asked::Choice { choices, answers }),
    }
}

/// A student repairs what the student sees.
fn repair(table: &QuestionTable, of: Option<Role>, sees: Sees) -> Result<Asked, Problem> {
    match of.or(sees.view()) {
        Some(role) if sees.includes(role) => Ok(Asked::Repair(role)),
        Some(role) => {
            Err(Problem::new(&table.kind.span, format!("the {role} is not seen, so it cannot be repaired")))
        }
        None => Err(Problem::new(&table.kind.span, "whose configuration is repaired is not said")
            .help("write of = \"initiator\" or of = \"responder\"")),
    }
}

fn cause(at: &At<String>) -> Result<Cause, Problem> {
    Cause::from_name(&at.value).ok_or_else(|| {
        let message = format!("unknown cause `{}`", short(&at.value));
        Problem::unknown(&at.span, message, &at.value, Cause::all().map(Cause::name))
    })
}

fn state(at: &At<String>) -> Result<&'static str, Problem> {
    let names = vocabulary::state_names();
    names.iter().copied().find(|name| *name == at.value).ok_or_else(|| {
        let message = format!("unknown state `{}`", short(&at.value));
        Problem::unknown(&at.span, message, &at.value, names)
    })
}
