//! Exercises: nothing that a student can look at tells the cause, or anything of the side that is not seen.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use ike::{Powers, Role};
use report::Like;
use scenario::{Exercise, Sees};

use crate::scratch;

/// Runs ikesim in a folder; standard output and standard error together.
fn ikesim(folder: &Path, arguments: &[&str]) -> String {
    let Output { stdout, stderr, .. } =
        Command::new(env!("CARGO_BIN_EXE_ikesim")).args(arguments).current_dir(folder).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr))
}

/// Everything that a student can look at before the debrief, each with where it stands.
fn views(name: &str, exercise: &Exercise, home: &Path) -> Vec<(String, String)> {
    let folder = home.join(name);
    let mut seen = vec![("start".to_owned(), ikesim(home, &["lab", "start", name]))];
    let mut look = |words: &[&str]| seen.push((words.join(" "), ikesim(&folder, words)));
    look(&["lab"]);
    look(&["lab", "list"]);
    for view in ["show", "logs", "config", "try"] {
        look(&["lab", view]);
        for side in ["initiator", "responder"] {
            look(&["lab", view, side]);
        }
    }
    for at in ["0s", "1s", "20s", "200s"] {
        look(&["lab", "show", "--at", at]);
        look(&["lab", "show", "--detail", "--at", at]);
        look(&["lab", "logs", "--at", at]);
    }
    look(&["lab", "capture"]);
    look(&["decode", "capture.pcapng"]);
    look(&["lab", "capture", "early.pcapng", "--at", "1s"]);
    look(&["lab", "debrief"]);
    look(&["lab", "answer", "nothing=1"]);
    look(&["lab", "try", "--device", "initiator"]);
    look(&["lab", "try", "--device", "responder"]);
    look(&["lab", "try", "README.md"]);
    for question in &exercise.lab.questions {
        for answer in ["", "qqqqqqqqqqqqqqqq", "z"] {
            look(&["lab", "answer", &format!("{}={answer}", question.id)]);
        }
    }
    for _ in 0..=exercise.lab.hints.len() {
        look(&["lab", "hint"]);
    }
    look(&["lab", "status"]);
    look(&["lab", "reset"]);
    look(&["lab", "status"]);
    for command in [
        "", "list", "start", "show", "logs", "capture", "config", "try", "answer", "hint", "status", "reset",
        "check", "debrief",
    ] {
        let words: Vec<&str> =
            ["lab", command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        look(&words);
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        seen.push((
            format!("file {}", path.display()),
            format!("{}\n{text}", path.file_name().unwrap().display()),
        ));
    }
    seen
}

/// What none of them may have: as a part of any text, and as a whole line.
fn secrets(exercise: &Exercise) -> (BTreeSet<String>, BTreeSet<String>) {
    let setup = &exercise.written.setup;
    let (trace, outcome) = sim::run(setup, &Powers::none());
    let causes = diagnose::diagnose(setup, &trace, &outcome, None);
    let mut parts: BTreeSet<String> =
        causes.iter().flat_map(|one| [one.cause.name().to_owned(), one.cause.meaning().to_owned()]).collect();
    parts.extend(setup.faults.iter().map(|fault| fault.kind().to_owned()));
    let Sees::One(seen) = exercise.lab.sees else { return (parts, BTreeSet::new()) };
    let states = |role: Role| -> BTreeSet<String> {
        let entered = trace.entries().iter().filter_map(|entry| match (entry.actor, &entry.kind) {
            (sim::Actor::Peer(actor), sim::Kind::Engine(ike::Event::Entered { state, .. }))
                if actor == role =>
            {
                Some(state.asa().to_owned())
            }
            _ => None,
        });
        entered.collect()
    };
    let other = seen.other();
    parts.extend(states(other).difference(&states(seen)).cloned());
    let like = |role: Role| match setup.hosts[role].profile.commands {
        ike::Commands::Ios => Like::Ios,
        ike::Commands::Asa | ike::Commands::Strongswan | ike::Commands::Libreswan | ike::Commands::Plain => {
            Like::Asa
        }
    };
    let lines = |role: Role| -> BTreeSet<String> {
        let logs = report::logs(setup, &trace, role, outcome.ended, like(role));
        let config = lab::print(&setup.hosts[role], role);
        logs.lines().chain(config.lines()).map(|line| line.trim().to_owned()).collect()
    };
    (parts, lines(other).difference(&lines(seen)).cloned().collect())
}

/// As words of their own: `nat` is no part of `nat-traversal`, nor `drop` of `dropping`.
fn says(text: &str, words: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    text.match_indices(words).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + words.len()..]);
        !before.ends_with(inside) && !after.starts_with(inside)
    })
}

#[test]
fn words_are_found_as_words() {
    assert!(says("a drop of it", "drop") && says("drop", "drop") && says("(no-route)", "no-route"));
    assert!(!says("dropping no-routes", "drop") && !says("crypto isakmp nat-traversal", "nat"));
}

#[test]
fn no_view_of_an_exercise_tells_more_than_it_may() {
    let home = tempfile::tempdir().unwrap();
    for (name, exercise) in lab::all() {
        let (parts, lines) = secrets(&exercise);
        assert!(!parts.is_empty(), "{name}");
        let seen = views(name, &exercise, home.path());
        // Were nothing shown, nothing would leak.
        // A log names the peer alone.
        let named = |text: &str| text.contains("203.0.113.1") || text.contains("198.51.100.1");
        let shown = |what: &str| seen.iter().any(|(place, text)| place == what && named(text));
        assert!(["lab logs", "lab config", "lab try"].into_iter().all(shown), "{name}");
        for (place, text) in seen {
            for part in &parts {
                assert!(!says(&text, part), "{name}: {place} has `{part}`:\n{text}");
            }
            for line in text.lines() {
                assert!(!lines.contains(line.trim()), "{name}: {place} has the other side's `{line}`");
            }
        }
    }
}

#[test]
fn the_program_shows_no_exercise_to_a_search_for_text() {
    let program = fs::read(env!("CARGO_BIN_EXE_ikesim")).unwrap();
    let program = String::from_utf8_lossy(&program);
    for (name, exercise) in lab::all() {
        let begins: String = exercise.lab.situation.chars().take(30).collect();
        assert!(!program.contains(&begins), "{name}");
    }
}

#[test]
fn every_exercise_that_ships_is_solvable() {
    for (name, exercise) in lab::all() {
        for checked in lab::check(&exercise) {
            assert_eq!(checked.findings, [], "{name}, variant {}: {:?}", checked.variant, checked.fits);
        }
    }
}

#[test]
fn the_courses_are_those_that_are_known() {
    let courses: BTreeSet<String> = lab::all().into_iter().map(|(_, one)| one.lab.course).collect();
    let known: BTreeSet<String> = lab::COURSES.map(str::to_owned).into();
    assert_eq!(courses, known);
}

/// At least sixteen, at least four a course; variants in several, so that packs differ.
#[test]
fn there_are_enough_of_them() {
    let all = lab::all();
    for course in lab::COURSES {
        let of_course = all.iter().filter(|(_, one)| one.lab.course == course).count();
        assert!(of_course >= 4, "{course}: {of_course}");
    }
    let varied = all.iter().filter(|(_, one)| !one.variants.is_empty()).count();
    assert!(all.len() >= 16 && varied >= 5, "{} exercises, {varied} with variants", all.len());
}

/// A debrief that does not say why teaches nothing.
#[test]
fn every_question_has_its_answer_in_the_debrief() {
    for (name, exercise) in lab::all() {
        assert!(!exercise.lab.debrief.is_empty() && !exercise.lab.hints.is_empty(), "{name}");
        for question in &exercise.lab.questions {
            assert!(!question.why.is_empty(), "{name}: {}", question.id);
        }
    }
}

#[test]
fn what_cannot_be_read_is_named_and_hides_no_other() {
    let home = tempfile::tempdir().unwrap();
    for name in ["stall-1", "stall-2"] {
        ikesim(home.path(), &["lab", "start", name]);
    }
    fs::write(home.path().join("stall-1/lab.state"), "garbage").unwrap();
    let said = ikesim(home.path(), &["lab", "status"]);
    assert!(said.contains("stall-1: its lab.state cannot be read"), "{said}");
    assert!(said.contains("stall-2: begun"), "{said}");
}

/// Nothing written would stand for a side of nothing but defaults, which may well come up.
#[test]
fn an_empty_repair_is_none() {
    let folder = scratch("lab-empty-repair");
    ikesim(&folder, &["lab", "start", "stall-1"]);
    fs::write(folder.join("stall-1/empty.toml"), "# nothing\n").unwrap();
    let tried = ikesim(&folder.join("stall-1"), &["lab", "try", "empty.toml"]);
    assert!(tried.starts_with("error: empty.toml: there is no table [initiator]"), "{tried}");
}
