//! Bundles of a class and their grading: nothing in a bundle tells the answer, and no submission stops another.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ike::Role;
use scenario::{Asked, Exercise};

const EXERCISES: [&str; 4] = ["stall-1", "one-side-1", "vendor-1", "phase2-1"];
const CLASS: &str = "id,name\nanna,\"Berg, Anna\"\nbert,Bert\n../cleo,Cleo\n";

fn ikesim(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_ikesim")).args(arguments).current_dir(folder).output().unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

/// A folder with a class, its secret and its bundles.
fn packed(exercises: &[&str]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("class.csv"), CLASS).unwrap();
    fs::write(home.path().join("secret"), "a secret of the test\n").unwrap();
    let pack = ["lab", "pack"].iter().chain(exercises).copied();
    let words: Vec<&str> =
        pack.chain(["--students", "class.csv", "--secret", "secret", "--out", "pack"]).collect();
    let (code, said) = ikesim(home.path(), &words);
    assert_eq!(code, Some(0), "{said}");
    home
}

fn grade(home: &Path, more: &[&str]) -> (Option<i32>, String) {
    let words = ["lab", "grade", "pack/answers.sealed", "--secret", "secret"];
    ikesim(home, &words.iter().chain(more).copied().collect::<Vec<_>>())
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The exercises of a student, as they are graded.
fn parts(home: &Path, student: &str) -> Vec<lab::Part> {
    let secret = lab::Secret::new(&fs::read(home.join("secret")).unwrap()).unwrap();
    let sealed = fs::read_to_string(home.join("pack/answers.sealed")).unwrap();
    let pack = lab::Pack::open(&sealed, &secret).unwrap();
    pack.parts(pack.handouts().iter().find(|one| one.student.id == student).unwrap())
}

/// A configuration that fits the other side's, as a student would type it: the mask stays where the key is right.
fn mended(exercise: &Exercise, role: Role) -> String {
    let setup = &exercise.written.setup;
    let mut host = setup.hosts[role].clone();
    let other = &setup.hosts[role.other()];
    host.peer = other.address;
    host.policies = other.policies.clone();
    host.tunnel_groups[0].name = ike::GroupName::Address(other.address);
    host.tunnel_groups[0].pre_shared_key = other.tunnel_groups[0].pre_shared_key.clone();
    for (own, other) in host.crypto_map.iter_mut().flatten().zip(other.crypto_map.iter().flatten()) {
        own.acl = other.acl.clone();
        own.acl.iter_mut().for_each(|line| std::mem::swap(&mut line.source, &mut line.destination));
    }
    lab::print(&host, role)
}

/// Writes a student's right answers into the blank submission.
fn answer(home: &Path, student: &str, folder: &str) {
    let file = home.join("pack").join(folder).join("submission.toml");
    let mut blank: toml::Table = fs::read_to_string(&file).unwrap().parse().unwrap();
    for part in parts(home, student) {
        let truth = lab::ExerciseRun::new(&part.exercise, part.exercise.written.clone());
        let mut table = blank["answers"].as_table_mut().unwrap();
        if let Some(name) = part.heading() {
            table = table[name].as_table_mut().unwrap();
        }
        for question in &part.exercise.lab.questions {
            let right = match question.asked {
                Asked::Repair(role) => mended(&part.exercise, role),
                Asked::Cause { .. } | Asked::State { .. } | Asked::Value(_) | Asked::Choice { .. } => {
                    lab::expected(question, &truth)[0].clone()
                }
            };
            table.insert(question.id.clone(), right.into());
        }
    }
    fs::write(file, toml::to_string(&blank).unwrap()).unwrap();
}

#[test]
fn bundles_differ_and_tell_nothing() {
    let home = packed(&EXERCISES);
    let pack = home.path().join("pack");
    let of = |folder: &str| files(&pack.join(folder));
    assert!(pack.join("%2E.%2Fcleo").is_dir(), "an id is one name of a folder");
    for (one, other) in of("anna").iter().zip(of("bert")) {
        assert_eq!(one.file_name(), other.file_name());
        // A device without an SA prints no address, and the same for all.
        let text = fs::read_to_string(one).unwrap_or_default();
        let bare = one.extension().is_some_and(|end| end == "txt") && !text.contains("198.1");
        assert!(bare || fs::read(one).unwrap() != fs::read(&other).unwrap(), "{}", one.display());
    }
    let paths: Vec<String> = of("anna").iter().map(|path| path.display().to_string()).collect();
    assert!(paths.iter().any(|path| path.ends_with("stall-1/capture.pcapng")), "{paths:?}");
    for part in parts(home.path(), "anna") {
        let setup = &part.exercise.written.setup;
        let truth = lab::ExerciseRun::new(&part.exercise, part.exercise.written.clone());
        let cause = truth.causes()[0];
        let mut hidden =
            vec![cause.name().to_owned(), cause.meaning().to_owned(), "[fault]".into(), "[[lab".into()];
        for (_, host) in setup.hosts.both() {
            let keys = host.tunnel_groups.iter().filter_map(|group| group.pre_shared_key.as_ref());
            let keys = keys.map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned());
            // A situation may tell a key: its repair could not be made without.
            hidden.extend(keys.filter(|key| !part.exercise.lab.situation.contains(key)));
        }
        for path in of("anna") {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            for secret in &hidden {
                assert!(!text.contains(secret.as_str()), "{} has `{secret}`", path.display());
            }
        }
    }
}

#[test]
fn the_same_secret_makes_the_same_bundles_and_nothing_is_overwritten() {
    let (one, other) = (packed(&EXERCISES[..1]), packed(&EXERCISES[..1]));
    let read = |home: &Path| files(&home.join("pack")).iter().map(|path| fs::read(path).unwrap()).collect();
    let (a, b): (Vec<Vec<u8>>, Vec<Vec<u8>>) = (read(one.path()), read(other.path()));
    assert_eq!(a, b);
    let words = ["lab", "pack", "stall-1", "--students", "class.csv", "--secret", "secret", "--out", "pack"];
    let (code, said) = ikesim(one.path(), &words);
    assert_eq!(code, Some(2), "{said}");
}

#[test]
fn right_answers_to_an_exercise_of_each_course_have_all_points() {
    let home = packed(&EXERCISES);
    answer(home.path(), "anna", "anna");
    let (code, said) = grade(home.path(), &["pack/anna", "--format", "csv"]);
    assert_eq!(code, Some(0), "{said}");
    let total: u32 = parts(home.path(), "anna").iter().map(|part| part.exercise.points()).sum();
    assert!(said.contains(&format!("\nanna,\"Berg, Anna\",{total},{total},\n")), "{said}");
    let (code, said) = grade(home.path(), &["pack/anna", "--format", "github"]);
    assert_eq!((code, said.as_str()), (Some(0), format!("::notice::Points {total}/{total}\n").as_str()));
}

#[test]
fn no_submission_stops_another() {
    let home = packed(&EXERCISES[..1]);
    let path = home.path();
    answer(path, "bert", "bert");
    let right = fs::read_to_string(path.join("pack/bert/submission.toml")).unwrap();
    // Partly right; another student's with the own name on it; garbage; an empty file; nothing at all.
    fs::write(path.join("partial.toml"), right.replace("psk-mismatch", "no-route")).unwrap();
    fs::write(path.join("swapped.toml"), right.replace("\"bert\"", "\"anna\"")).unwrap();
    fs::write(path.join("garbage.toml"), b"\x00\xff{{{").unwrap();
    fs::write(path.join("empty.toml"), "").unwrap();
    let all = ["swapped.toml", "garbage.toml", "empty.toml", "none.toml", "partial.toml", "pack/bert"];
    let (code, said) = grade(path, &[&all[..], &["--format", "csv"]].concat());
    assert_eq!(code, Some(0), "{said}");
    for line in [
        "id,name,points,total,remarks",
        "anna,\"Berg, Anna\",0,10,swapped.toml: about the bundle of bert: not counted",
        "bert,Bert,7,10,cause: wrong; pack/bert: handed in a second time: not counted",
        "../cleo,Cleo,0,10,missing: nothing was handed in",
        ",garbage.toml,0,10,it is no text",
        ",empty.toml,0,10,it is empty",
        ",none.toml,0,10,no file that can be read",
    ] {
        assert!(said.lines().any(|said| said == line), "{line}\n{said}");
    }
    // Wrong in everything, and a repair that leads out of the folder.
    fs::write(path.join("wrong.toml"), blank_with(&right, "repair = \"../../secret\"\nstate = \"NONE\""))
        .unwrap();
    let (code, said) = grade(path, &["wrong.toml", "--format", "github"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("::notice::Points 0/10") && said.contains("state: wrong"), "{said}");
    assert!(said.contains("there is no file `../../secret`"), "{said}");
    let (code, said) = grade(path, &["garbage.toml", "--format", "gradescope"]);
    assert_eq!(code, Some(0), "{said}");
    let results: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(results["score"], 0);
}

/// The head of a submission with other answers.
fn blank_with(submission: &str, answers: &str) -> String {
    format!("{}[answers]\n{answers}\n", submission.split("[answers]").next().unwrap())
}

#[test]
fn another_secret_opens_nothing() {
    let home = packed(&EXERCISES[..1]);
    fs::write(home.path().join("secret"), "another secret than that").unwrap();
    let (code, said) = grade(home.path(), &["pack/anna"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("does not open with the secret"), "{said}");
}

#[test]
fn a_repair_that_nobody_can_make_is_found() {
    let lab = |fault: &str| {
        format!(
            "[lab]\ntitle = \"T\"\nsituation = \"S\"\nsees = \"initiator\"\n[[lab.question]]\nid = \"q\"\nkind = \"repair\"\n\
             text = \"?\"\n[[fault]]\nkind = \"{fault}\"\n"
        )
    };
    let found = |fault: &str| {
        let exercise = Exercise::parse("x", &lab(fault)).unwrap();
        lab::check(&exercise).remove(0).findings
    };
    let question = "q".to_owned();
    assert_eq!(found("ike-disabled"), [lab::Finding::Unrepairable { question, role: Role::Initiator }]);
    assert_eq!(found("psk-mismatch"), []);
}
