//! A bundle: what a student is given. Evidence, questions, a blank submission; nothing that says what is wrong.

use std::fmt::Write;

use ike::{Instant, Role};
use report::Detail;
use scenario::{Asked, Lab, Question, Sees, View};
use toml::Value;

use crate::exercise_run::ExerciseRun;
use crate::pack::{Handout, Part};
use crate::submission::SCHEMA;

/// A file of a bundle: its name, with `/` between folder and file, and what is in it.
pub type File = (String, Vec<u8>);

/// The files of a student's bundle.
pub fn bundle(handout: &Handout, parts: &[Part]) -> Vec<File> {
    let mut files = vec![
        ("README.md".into(), readme(handout, parts).into_bytes()),
        ("submission.toml".into(), blank(handout, parts).into_bytes()),
    ];
    parts.iter().for_each(|part| files.extend(evidence(part)));
    files
}

/// What the exercise shows.
fn evidence(part: &Part) -> Vec<File> {
    let lab = &part.exercise.lab;
    let run = ExerciseRun::new(&part.exercise, part.exercise.written.clone());
    let mut files = Vec::new();
    let mut file = |name: &str, bytes: Vec<u8>| files.push((part.file(name), bytes));
    for role in run.roles() {
        for at in moments(lab, &run) {
            if lab.views.contains(&View::Show) {
                let text = run.show(role, at, Detail::Brief);
                file(&format!("{role}-show-{}.txt", seconds(at)), text.into_bytes());
            }
            if lab.views.contains(&View::Logs) {
                file(&format!("{role}-log-{}.txt", seconds(at)), run.logs(role, at).into_bytes());
            }
        }
        if lab.views.contains(&View::Config) {
            file(&config_file(role), run.masked(role).into_bytes());
        }
    }
    if lab.views.contains(&View::Capture) {
        file("capture.pcapng", run.capture(run.end()));
    }
    files
}

/// The moment that the exercise is about, and the end.
fn moments(lab: &Lab, run: &ExerciseRun) -> Vec<Instant> {
    let mut moments: Vec<Instant> = lab.at.into_iter().filter(|at| *at < run.end()).collect();
    moments.push(run.end());
    moments
}

/// `20s`, `0.04s`
fn seconds(at: Instant) -> String {
    format!("{}s", at.since(Instant::ZERO).as_secs_f64())
}

fn config_file(role: Role) -> String {
    format!("{role}.cfg")
}

fn readme(handout: &Handout, parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        let Lab { title, situation, questions, .. } = &part.exercise.lab;
        let named = part.heading().map_or(String::new(), |name| format!("{name}: "));
        let _ = writeln!(text, "# {named}{title}\n\n{situation}\n\n{}\n\n## Questions\n", given(part));
        questions.iter().for_each(|question| text += &asked(part, question));
        text.push('\n');
    }
    text + &how(handout)
}

/// Which files there are, and whose.
fn given(part: &Part) -> String {
    let lab = &part.exercise.lab;
    let whose = match lab.sees {
        Sees::One(role) => format!("the {role} alone"),
        Sees::Both => "both sides".into(),
    };
    let words = |view: &View| match view {
        View::Show => "what its show command prints (`-show-`, with the seconds since the beginning)",
        View::Logs => "its log up to then (`-log-`)",
        View::Capture => "what its interface carried (`capture.pcapng`)",
        View::Config => "its configuration, keys masked (`.cfg`)",
    };
    let views: Vec<&str> = lab.views.iter().map(words).collect();
    let place = part.heading().map_or("beside this file".into(), |name| format!("in the folder `{name}`"));
    if views.is_empty() {
        return format!("You are told of {whose}, and see no device.");
    }
    format!("You see {whose}, {place}: {}.", views.join(", "))
}

fn asked(part: &Part, question: &Question) -> String {
    let points = question.points;
    let unit = if points == 1 { "point" } else { "points" };
    let mut text = format!("- `{}` ({points} {unit}): {}\n", part.question(question), question.text);
    match &question.asked {
        Asked::Choice { choices, .. } => {
            for (letter, choice) in ('a'..='z').zip(choices) {
                let _ = writeln!(text, "    {letter}) {choice}");
            }
        }
        Asked::Cause { .. } => text += "    a name from `ikesim list causes`\n",
        Asked::State { .. } => text += "    a name from `ikesim list states`\n",
        Asked::Repair(role) => {
            let file = config_file(*role);
            let _ = writeln!(
                text,
                "    the configuration, {file} with your changes: the file's name, or its text"
            );
        }
        Asked::Value(_) => {}
    }
    text
}

fn how(handout: &Handout) -> String {
    format!(
        "## Handing in\n\nWrite your answers into `submission.toml`, and hand that file in, together with any file that it names. \
         A repaired configuration is run. Asterisks stand for the key as it is configured. The bundle is yours, {}: \
         another student's has other answers.\n",
        handout.student.name
    )
}

/// A submission without answers.
fn blank(handout: &Handout, parts: &[Part]) -> String {
    let quoted = |text: &str| Value::String(text.to_owned()).to_string();
    let mut text = format!(
        "# Your answers: README.md has the questions.\nschema = {}\nstudent = {}\nbundle = {}\n",
        quoted(SCHEMA),
        quoted(&handout.student.id),
        quoted(&handout.bundle)
    );
    for part in parts {
        let below = part.heading().map_or(String::new(), |name| format!(".{}", quoted(name)));
        let _ = writeln!(text, "\n[answers{below}]");
        for Question { id, .. } in &part.exercise.lab.questions {
            let _ = writeln!(text, "{id} = \"\"");
        }
    }
    text
}
