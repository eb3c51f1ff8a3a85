//! An exercise: a scenario that a student sees from one side, with questions, hints and a debrief.

use ike::{Commands, Instant, Role};
use sim::Cause;

use crate::error::{Problem, ScenarioError};
use crate::file::File;
use crate::scenario::Scenario;

/// An exercise: what is run, and what is asked about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// What is told, shown and asked.
    pub lab: Lab,
    /// The scenario as it is written.
    pub written: Scenario,
    /// The same with each variant's fault in the place of the written ones.
    pub variants: Vec<Scenario>,
}

/// What is told, shown and asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lab {
    /// One line.
    pub title: String,
    /// What the student is told. Markdown.
    pub situation: String,
    /// The course; empty: none.
    pub course: String,
    /// Its place in the course, 1 to 999.
    pub order: u16,
    /// How hard it is.
    pub level: Level,
    /// Whose evidence is shown.
    pub sees: Sees,
    /// Which evidence.
    pub views: Vec<View>,
    /// The moment that is looked at; `None`: the end of the run.
    pub at: Option<Instant>,
    /// What the debrief says beside the truth. Markdown.
    pub debrief: String,
    /// Taken in order.
    pub hints: Vec<Hint>,
    /// In the order written; never empty.
    pub questions: Vec<Question>,
}

/// How hard an exercise is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The evidence names it.
    Easy,
    /// It has to be concluded.
    Medium,
    /// The obvious is wrong.
    Hard,
}

/// Whose evidence is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sees {
    /// One side's.
    One(Role),
    /// Both sides'.
    Both,
}

/// A kind of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    /// What the device's `show` command prints.
    Show,
    /// Its log.
    Logs,
    /// What its interface carried.
    Capture,
    /// Its configuration.
    Config,
}

/// Help that costs points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What it says.
    pub text: String,
    /// Points, 0 to 100.
    pub cost: u32,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Lower case letters, digits and hyphens; unique in the exercise.
    pub id: String,
    /// What is asked.
    pub text: String,
    /// What counts as an answer, and which are right.
    pub asked: Asked,
    /// 1 to 100.
    pub points: u32,
    /// What the debrief says to it.
    pub why: String,
}

/// What counts as an answer, and which are right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// One of the causes.
    Cause {
        /// Which are right. Empty: the one that the diagnosis of the whole run puts first.
        answers: Vec<Cause>,
        /// What the evidence leaves possible and the situation rules out.
        excludes: Vec<Cause>,
    },
    /// A name from [`state_names`](crate::state_names).
    State {
        /// Right where no answers are written: the state in which this side is left.
        of: Option<Role>,
        /// Which are right.
        answers: Vec<&'static str>,
    },
    /// A number, an address, a word. Never empty.
    Value(Vec<String>),
    /// One of several.
    Choice {
        /// All of them.
        choices: Vec<String>,
        /// Which are right. Never empty.
        answers: Vec<String>,
    },
    /// A configuration of this side with which the tunnel comes up.
    Repair(Role),
}

impl Sees {
    /// Whether this side's evidence is shown.
    pub fn includes(self, role: Role) -> bool {
        match self {
            Sees::One(side) => side == role,
            Sees::Both => true,
        }
    }

    /// The sides whose evidence is shown, the initiator first.
    pub fn roles(self) -> impl Iterator<Item = Role> {
        Role::BOTH.into_iter().filter(move |role| self.includes(*role))
    }

    /// As `run --as` has it; `None`: both.
    pub fn view(self) -> Option<Role> {
        match self {
            Sees::One(role) => Some(role),
            Sees::Both => None,
        }
    }
}

impl View {
    /// Every kind.
    pub const ALL: [View; 4] = [View::Show, View::Logs, View::Capture, View::Config];

    /// The file's word, and the command's.
    pub fn name(self) -> &'static str {
        match self {
            View::Show => "show",
            View::Logs => "logs",
            View::Capture => "capture",
            View::Config => "config",
        }
    }

    /// Whether it is made in the words of a Cisco device.
    pub(super) fn speaks_cisco(self) -> bool {
        match self {
            View::Show | View::Logs | View::Config => true,
            View::Capture => false,
        }
    }
}

impl Level {
    /// The file's word.
    pub fn name(self) -> &'static str {
        match self {
            Level::Easy => "easy",
            Level::Medium => "medium",
            Level::Hard => "hard",
        }
    }
}

impl Exercise {
    /// Reads an exercise. `name` is what errors call the file; the scenarios get no title but the exercise's.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place and what is allowed there. Keys are never repeated.
    pub fn parse(name: &str, text: &str) -> Result<Exercise, ScenarioError> {
        let file = File::parse(name, text)?;
        let Some(table) = &file.lab else {
            let help =
                "an exercise is a scenario with [lab], [[lab.question]] and, where wanted, [[lab.hint]]";
            return Err(ScenarioError::file(name, "a scenario without [lab] is no exercise", help));
        };
        exercise(name, &file, &table.value).map_err(|problem| ScenarioError::new(name, text, problem))
    }

    /// The most points that can be had.
    pub fn points(&self) -> u32 {
        self.lab.questions.iter().map(|question| question.points).sum()
    }

    /// The scenario of a student: 0 is the written one, then the variants.
    pub fn scenario(&self, variant: usize) -> Option<&Scenario> {
        std::iter::once(&self.written).chain(&self.variants).nth(variant)
    }
}

fn exercise(name: &str, file: &File, table: &crate::file::LabTable) -> Result<Exercise, Problem> {
    let lab = table.build()?;
    let titled = |file: &File| {
        let scenario = file.build(name)?;
        Ok(Scenario { title: lab.title.clone(), description: lab.situation.clone(), ..scenario })
    };
    let written = titled(file)?;
    let variants: Vec<Scenario> = table
        .variant
        .iter()
        .map(|fault| titled(&File { fault: vec![fault.clone()], ..file.clone() }))
        .collect::<Result<_, _>>()?;
    // Asked of each: a profile is no matter of faults, but a variant is a scenario of its own.
    let foreign = |scenario: &Scenario| {
        let commands = |role: Role| scenario.setup.hosts[role].profile.commands;
        lab.sees.roles().find(|role| !matches!(commands(*role), Commands::Asa | Commands::Ios))
    };
    let side = std::iter::once(&written).chain(&variants).find_map(foreign);
    match (side, lab.views.iter().find(|view| view.speaks_cisco())) {
        (Some(role), Some(view)) => {
            let message =
                format!("the {role} is no Cisco device, and `{}` has no other's words", view.name());
            Err(Problem::new(&table.sees.span, message)
                .help("let the side that is seen be an ASA or an IOS router, or write views = [\"capture\"]"))
        }
        _ => Ok(Exercise { lab, written, variants }),
    }
}
