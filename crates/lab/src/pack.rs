//! A class's exercises: what each student gets, and what the teacher grades by.

use scenario::{Exercise, Question};
use serde::{Deserialize, Serialize};

use crate::armour::{self, Damaged};
use crate::class::Student;
use crate::exercise_run::ExerciseRun;
use crate::personal::Draw;
use crate::secret::Secret;

/// What a class was given: `answers.sealed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// The exercises, by name, with their texts.
    exercises: Vec<(String, String)>,
    /// The students, in the order of the class.
    handouts: Vec<Handout>,
}

/// What a student was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handout {
    /// Whose it is.
    pub student: Student,
    /// By which a submission says which bundle it is about.
    pub bundle: String,
    /// For each exercise.
    draws: Vec<Draw>,
}

/// An exercise of a handout, as this student has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The exercise's name.
    pub name: String,
    /// It, with the student's scenario as the written one.
    pub exercise: Exercise,
    /// In front of the names of its questions and files; empty where the bundle has no other exercise.
    prefix: String,
}

/// An exercise that does not bear other addresses and seeds: with none of those drawn it ends as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unvariable(pub String);

const HEAD: &str = "ikesim lab, answers of a class, sealed; `ikesim lab grade` reads it";

/// Draws for an exercise, before it is given up.
const ATTEMPTS: u8 = 16;

impl Pack {
    /// Draws for each student. `exercises` are names and texts; each was read before.
    ///
    /// # Errors
    /// An exercise goes another way with whatever is drawn.
    pub fn new(
        exercises: Vec<(String, String)>,
        students: Vec<Student>,
        secret: &Secret,
    ) -> Result<Pack, Unvariable> {
        let models: Vec<Model> = exercises.iter().map(Model::new).collect::<Result<_, _>>()?;
        let names: Vec<&[u8]> = exercises.iter().map(|(name, _)| name.as_bytes()).collect();
        let mut handouts = Vec::new();
        for student in students {
            let draws = models.iter().map(|model| model.draw(secret, &student)).collect::<Result<_, _>>()?;
            let about = [&[student.id.as_bytes()], names.as_slice()].concat();
            let bundle = secret.derive("bundle", &about);
            let bundle = base16ct::lower::encode_string(bundle.first_chunk::<8>().map_or(&[], |id| id));
            handouts.push(Handout { student, bundle, draws });
        }
        Ok(Pack { exercises, handouts })
    }

    /// The students' handouts, in the order of the class.
    pub fn handouts(&self) -> &[Handout] {
        &self.handouts
    }

    /// A handout's exercises. One that this version of ikesim does not read is left out.
    pub fn parts(&self, handout: &Handout) -> Vec<Part> {
        let several = self.exercises.len() > 1;
        let part = |((name, text), draw): (&(String, String), &Draw)| {
            let exercise = draw.exercise(name, text)?;
            let prefix = if several { name.clone() } else { String::new() };
            Some(Part { name: name.clone(), exercise, prefix })
        };
        self.exercises.iter().zip(&handout.draws).filter_map(part).collect()
    }

    /// As it is kept in a file.
    pub fn sealed(&self, secret: &Secret) -> String {
        // It has strings and numbers alone, which JSON always takes.
        armour::wrap(HEAD, &secret.seal(&serde_json::to_vec(self).unwrap_or_default()))
    }

    /// Out of its file.
    ///
    /// # Errors
    /// The file is none of these, is not as it was written, or is sealed with another secret.
    pub fn open(text: &str, secret: &Secret) -> Result<Pack, Damaged> {
        let json = secret.open(&armour::unwrap(HEAD, text)?).ok_or(Damaged::Changed)?;
        serde_json::from_slice(&json).map_err(|_| Damaged::Changed)
    }
}

impl Part {
    /// The name of a question in the submission: below the exercise's, where there are several.
    pub fn question(&self, question: &Question) -> String {
        self.below('.', &question.id)
    }

    /// The name of a file in the bundle.
    pub fn file(&self, name: &str) -> String {
        self.below('/', name)
    }

    /// The exercise's name, where the bundle has several.
    pub fn heading(&self) -> Option<&str> {
        (!self.prefix.is_empty()).then_some(self.prefix.as_str())
    }

    fn below(&self, with: char, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}{with}{name}", self.prefix) }
    }
}

/// An exercise and how each of its scenarios ends, as written.
struct Model<'e> {
    name: &'e str,
    text: &'e str,
    ends: Vec<String>,
}

impl<'e> Model<'e> {
    fn new((name, text): &'e (String, String)) -> Result<Model<'e>, Unvariable> {
        let exercise = Exercise::parse(name, text).map_err(|_| Unvariable(name.clone()))?;
        let scenarios = std::iter::once(&exercise.written).chain(&exercise.variants);
        let ends = scenarios.map(|one| end(&ExerciseRun::new(&exercise, one.clone()))).collect();
        Ok(Model { name, text, ends })
    }

    /// The first draw with which the exercise ends as its author meant.
    fn draw(&self, secret: &Secret, student: &Student) -> Result<Draw, Unvariable> {
        let variants = self.ends.len().saturating_sub(1);
        let draw = |attempt| Draw::new(secret, self.name, &student.id, variants, attempt);
        let suits = |draw: &Draw| {
            let Some(exercise) = draw.exercise(self.name, self.text) else { return false };
            let run = ExerciseRun::new(&exercise, exercise.written.clone());
            self.ends.get(draw.variant).is_some_and(|meant| *meant == end(&run))
        };
        (0..ATTEMPTS).map(draw).find(suits).ok_or_else(|| Unvariable(self.name.to_owned()))
    }
}

/// Where a run leaves its peers, in both phases.
fn end(run: &ExerciseRun) -> String {
    let outcome = run.outcome();
    let states: Vec<&str> = outcome.peers.both().map(|(_, peer)| sim::state_name(peer.state)).to_vec();
    let quick = outcome.phase_2.as_ref().map(|phase| {
        let states = phase.first.both().map(|(_, side)| sim::quick_state_name(side.state));
        format!("{} {}", states.join(" "), phase.passage)
    });
    format!("{} {} {quick:?}", states.join(" "), run.is_up())
}
