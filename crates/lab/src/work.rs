//! A student's work on one exercise: what is kept from one command to the next. Each is in a file of its own, sealed.

use std::collections::BTreeMap;

use scenario::{Exercise, Question, ScenarioError};
use serde::{Deserialize, Serialize};

use crate::armour::{self, Damaged};
use crate::seal::{self, Use};

/// Work on one exercise. The exercise is in it: it goes on in another version of ikesim, and where no network is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// The exercise's name.
    pub name: String,
    /// Its text.
    text: String,
    /// Which scenario of it: 0 is the written one.
    variant: usize,
    /// What was answered, by question.
    tries: BTreeMap<String, Tries>,
    /// How many hints were taken.
    pub hints: usize,
    /// The debrief was read: what is answered now counts no more.
    pub closed: bool,
}

/// The tries at a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tries {
    /// How many were wrong.
    pub wrong: u32,
    /// One was right.
    pub right: bool,
}

/// In front of what is sealed, for whoever opens the file.
const HEAD: &str = "ikesim lab, sealed; `ikesim lab status` shows it";

impl Work {
    /// Work that begins.
    pub fn new(name: &str, text: &str, variant: usize) -> Work {
        let (name, text) = (name.to_owned(), text.to_owned());
        Work { name, text, variant, tries: BTreeMap::new(), hints: 0, closed: false }
    }

    /// The same exercise, from its beginning.
    #[must_use]
    pub fn again(&self) -> Work {
        Work::new(&self.name, &self.text, self.variant)
    }

    /// The exercise, with the scenario of this student as the written one.
    ///
    /// # Errors
    /// This version of ikesim does not read its text.
    pub fn exercise(&self) -> Result<Exercise, ScenarioError> {
        let exercise = Exercise::parse(&self.name, &self.text)?;
        let own = exercise.scenario(self.variant).cloned();
        Ok(Exercise { written: own.unwrap_or_else(|| exercise.written.clone()), ..exercise })
    }

    /// What was answered to a question.
    pub fn tries(&self, id: &str) -> Tries {
        self.tries.get(id).copied().unwrap_or_default()
    }

    /// Counts a try.
    pub fn count(&mut self, id: &str, right: bool) {
        let tries = self.tries.entry(id.to_owned()).or_default();
        if right {
            tries.right = true;
        } else {
            tries.wrong = tries.wrong.saturating_add(1);
        }
    }

    /// The points of a question: each wrong try before the right one costs one.
    pub fn earned(&self, question: &Question) -> u32 {
        let tries = self.tries(&question.id);
        if tries.right { question.points.saturating_sub(tries.wrong) } else { 0 }
    }

    /// The points of all questions, less what the hints cost.
    pub fn points(&self, exercise: &Exercise) -> u32 {
        let cost: u32 = exercise.lab.hints.iter().take(self.hints).map(|hint| hint.cost).sum();
        let earned: u32 = exercise.lab.questions.iter().map(|question| self.earned(question)).sum();
        earned.saturating_sub(cost)
    }

    /// Every question has its right answer.
    pub fn is_answered(&self, exercise: &Exercise) -> bool {
        exercise.lab.questions.iter().all(|question| self.tries(&question.id).right)
    }

    /// As it is kept in a file.
    pub fn sealed(&self) -> String {
        // It has strings and numbers alone, which JSON always takes.
        let json = serde_json::to_vec(self).unwrap_or_default();
        armour::wrap(HEAD, &seal::seal(Use::Work, &json))
    }

    /// Out of its file.
    ///
    /// # Errors
    /// The file is none of these, or is not as it was written.
    pub fn open(text: &str) -> Result<Work, Damaged> {
        let sealed = armour::unwrap(HEAD, text)?;
        let json = seal::open(Use::Work, &sealed).ok_or(Damaged::Changed)?;
        serde_json::from_slice(&json).map_err(|_| Damaged::Changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work() -> Work {
        let mut work = Work::new("first", "title = \"secret thing\"", 0);
        work.count("cause", false);
        work.count("cause", true);
        work
    }

    #[test]
    fn it_reads_back() {
        assert_eq!(Work::open(&work().sealed()), Ok(work()));
        assert_eq!(Work::open(&work().sealed().replace('\n', "\r\n")), Ok(work()));
    }

    #[test]
    fn it_shows_nothing() {
        assert!(!work().sealed().contains("secret"));
        assert!(!work().sealed().contains("cause"));
    }

    #[test]
    fn a_changed_digit_is_found() {
        let sealed = work().sealed();
        let last = sealed.trim_end().len() - 1;
        let other = if sealed.as_bytes()[last] == b'0' { "1" } else { "0" };
        let changed = format!("{}{other}\n", &sealed[..last]);
        assert_eq!(Work::open(&changed), Err(Damaged::Changed));
        assert_eq!(Work::open(&sealed[..last]), Err(Damaged::Changed));
        assert_eq!(Work::open(""), Err(Damaged::Foreign));
        assert_eq!(Work::open("title = \"x\"\n"), Err(Damaged::Foreign));
    }
}
