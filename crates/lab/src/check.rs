//! Whether an exercise can be solved: by the diagnosis itself, from what the exercise shows.

use ike::{Config, Role};
use report::Report;
use scenario::{Asked, Exercise, Question, Scenario, View};
use sim::Cause;

use crate::exercise_run::ExerciseRun;
use crate::grade::expected;
use crate::mirror::mirrored;
use crate::repair::repaired;

/// What is wrong with an exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The run is not what `[expect]` says, or a fault never fires: the report's line.
    Failed(String),
    /// The tunnel comes up: there is nothing to find.
    Up,
    /// An answer that is called right does not follow from the run.
    NotSo {
        /// The question.
        question: String,
        /// What the run says.
        run: Vec<String>,
    },
    /// The evidence does not leave the right cause possible.
    Hidden {
        /// The question.
        question: String,
    },
    /// What is seen cannot tell the right cause from these, which are called wrong.
    Alike {
        /// The question.
        question: String,
        /// The causes that fit as well.
        causes: Vec<Cause>,
    },
    /// What is told names the cause.
    Told {
        /// Which text.
        place: &'static str,
        /// The cause.
        cause: Cause,
    },
    /// A side's configuration, printed and tried unchanged, is not the one that it has.
    Unprintable(Role),
    /// Not even with all that the other side expects does this side bring the tunnel up.
    Unrepairable {
        /// The question.
        question: String,
        /// The side that is to be repaired.
        role: Role,
    },
}

/// A cause that fits what is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fits {
    /// The cause.
    pub cause: Cause,
    /// It is called right.
    pub right: bool,
    /// The exercise says that its situation rules it out.
    pub excluded: bool,
}

/// One scenario of an exercise, looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// 0 is the written one, then the variants.
    pub variant: usize,
    /// For each question about a cause: its name, and what fits, likeliest first.
    pub fits: Vec<(String, Vec<Fits>)>,
    /// What is wrong; empty: it is solvable.
    pub findings: Vec<Finding>,
}

/// Looks through the scenarios of an exercise. Each is run, and so is each hypothesis about it.
pub fn check(exercise: &Exercise) -> Vec<Checked> {
    let scenarios = std::iter::once(&exercise.written).chain(&exercise.variants);
    scenarios.enumerate().map(|(variant, scenario)| one(exercise, scenario, variant)).collect()
}

fn one(exercise: &Exercise, scenario: &Scenario, variant: usize) -> Checked {
    let run = ExerciseRun::new(exercise, scenario.clone());
    let mut findings = Vec::new();
    // `[expect]` is about the written faults: a variant leaves its peers elsewhere.
    if variant == 0 {
        let ran = sim::run(&scenario.setup, &ike::Powers::none());
        let report = Report::new(scenario.clone(), ran, None);
        findings.extend(report.failed.into_iter().map(Finding::Failed));
    }
    findings.extend(run.is_up().then_some(Finding::Up));
    findings.extend(told(exercise, &run));
    if exercise.lab.views.contains(&View::Config) {
        findings
            .extend(run.roles().into_iter().filter(|role| !prints(&run, *role)).map(Finding::Unprintable));
    }
    let possible = run.possible();
    let mut fits = Vec::new();
    for question in &exercise.lab.questions {
        match &question.asked {
            Asked::Cause { answers, excludes } => {
                let right = if answers.is_empty() {
                    run.causes().into_iter().take(1).collect()
                } else {
                    answers.clone()
                };
                let fitting = fitting(&possible, &right, excludes);
                findings.extend(alike(question, &fitting));
                fits.push((question.id.clone(), fitting));
            }
            Asked::State { of: Some(role), answers } if !answers.is_empty() => {
                findings.extend(not_so(question, &run, *role));
            }
            Asked::Repair(role) if !repairable(exercise, scenario, *role) => {
                findings.push(Finding::Unrepairable { question: question.id.clone(), role: *role });
            }
            Asked::State { .. } | Asked::Value(_) | Asked::Choice { .. } | Asked::Repair(_) => {}
        }
    }
    Checked { variant, fits, findings }
}

fn fitting(possible: &[Cause], right: &[Cause], excludes: &[Cause]) -> Vec<Fits> {
    let fits = |cause: &Cause| Fits {
        cause: *cause,
        right: right.contains(cause),
        excluded: excludes.contains(cause),
    };
    possible.iter().map(fits).collect()
}

fn alike(question: &Question, fitting: &[Fits]) -> Option<Finding> {
    let question = question.id.clone();
    if !fitting.iter().any(|fits| fits.right) {
        return Some(Finding::Hidden { question });
    }
    let others = fitting.iter().filter(|fits| !fits.right && !fits.excluded);
    let causes: Vec<Cause> = others.map(|fits| fits.cause).collect();
    (!causes.is_empty()).then_some(Finding::Alike { question, causes })
}

/// A state that is called right, where the run leaves that side in another.
fn not_so(question: &Question, run: &ExerciseRun, role: Role) -> Option<Finding> {
    let of = Asked::State { of: Some(role), answers: Vec::new() };
    let left = expected(&Question { asked: of, ..question.clone() }, run);
    let right = expected(question, run);
    (!right.iter().any(|name| left.contains(name)))
        .then(|| Finding::NotSo { question: question.id.clone(), run: left })
}

/// A text that names the cause before it is asked for. A choice may: it names others as well.
fn told(exercise: &Exercise, run: &ExerciseRun) -> Option<Finding> {
    let lab = &exercise.lab;
    let texts = [("title", lab.title.as_str()), ("situation", lab.situation.as_str())];
    let hints = lab.hints.iter().map(|hint| ("hint", hint.text.as_str()));
    let questions = lab.questions.iter().map(|question| ("question", question.text.as_str()));
    let names = |cause: &Cause, text: &str| text.contains(cause.name()) || text.contains(cause.meaning());
    texts.into_iter().chain(hints).chain(questions).find_map(|(place, text)| {
        let cause = run.causes().into_iter().find(|cause| names(cause, text))?;
        Some(Finding::Told { place, cause })
    })
}

/// Whether the printed configuration of a side, tried unchanged, is the side's own.
fn prints(run: &ExerciseRun, role: Role) -> bool {
    let tried = repaired(run.scenario(), role, "printed.cfg", run.config(role).as_bytes());
    tried.is_ok_and(|tried| tried.setup.hosts[role] == run.scenario().setup.hosts[role])
}

/// Whether this side can be configured so that the tunnel comes up.
fn repairable(exercise: &Exercise, scenario: &Scenario, role: Role) -> bool {
    // With NAT traversal, and without: a filtered port 4500 is gone round by the one, a NAT passed by the other.
    [true, false].into_iter().any(|nat_traversal| {
        let mut mended = scenario.clone();
        mended.setup.hosts[role] = Config { nat_traversal, ..mirrored(&scenario.setup, role) };
        ExerciseRun::new(exercise, mended).is_up()
    })
}
