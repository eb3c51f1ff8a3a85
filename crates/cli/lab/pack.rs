//! Bundles for a class.

use std::fs;
use std::path::Path;

use lab::{BadClass, Handout, Pack, Secret, Student, Unvariable};
use rayon::prelude::*;
use scenario::{Exercise, shell_word};
use serde::{Deserialize, Serialize};

use super::start::source;
use crate::args::Format;
use crate::failure::{Failure, USAGE};
use crate::input;
use crate::out::Out;
use crate::output::{self, Holds};

/// What the teacher grades by.
const ANSWERS: &str = "answers.sealed";
/// What is in the pack, for `ikesim lab list` and for mailing.
const INDEX: &str = "pack.json";

/// Bytes of a class, and of an index.
const LONGEST: u64 = 16 << 20;

/// The files that a pack is made with, and where to.
pub struct Paths<'a> {
    /// The class.
    pub students: &'a Path,
    /// The teacher's secret.
    pub secret: &'a Path,
    /// The folder to make.
    pub to: &'a Path,
}

/// What is in a pack; it tells nothing that the bundles do not.
#[derive(Serialize, Deserialize)]
struct Index {
    schema: String,
    exercises: Vec<Listed>,
    bundles: Vec<Bundle>,
}

#[derive(Serialize, Deserialize)]
struct Listed {
    name: String,
    title: String,
    level: String,
    points: u32,
}

#[derive(Serialize, Deserialize)]
struct Bundle {
    id: String,
    name: String,
    folder: String,
    bundle: String,
}

/// Makes the bundles of a class.
pub fn pack(here: &Path, names: &[String], paths: &Paths<'_>, out: &mut Out) -> Result<(), Failure> {
    let exercises = exercises(here, names)?;
    let students = class(paths.students)?;
    let secret = secret(paths.secret)?;
    let to = paths.to;
    let taken = fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some());
    if taken || (to.exists() && !to.is_dir()) {
        let message = format!("{} is there already, and is left as it is", to.display());
        return Err(Failure::new(USAGE, message).help(Some("name a new folder with --out".into())));
    }
    let listed = exercises.iter().map(|(name, text)| Ok(listed(name, &Exercise::parse(name, text)?)));
    let listed: Vec<Listed> = listed.collect::<Result<_, Failure>>()?;
    let pack = Pack::new(exercises, students, &secret).map_err(|Unvariable(name)| {
        let message = format!("{name} ends in other states once its addresses and seed change");
        Failure::new(USAGE, message).help(Some("leave chance out of it: no loss, no jitter".into()))
    })?;
    make(to)?;
    pack.handouts().par_iter().try_for_each(|handout| bundle(to, &pack, handout))?;
    let index = serde_json::to_string_pretty(&index(listed, &pack))?;
    output::write(&to.join(INDEX), format!("{index}\n").as_bytes(), Holds::NoSecrets, out)?;
    // Last: what has its answers is whole.
    output::write(&to.join(ANSWERS), pack.sealed(&secret).as_bytes(), Holds::Secrets, out)?;
    said(to, pack.handouts().len(), paths.secret, out)
}

/// The exercises, each under a name of its own.
fn exercises(here: &Path, names: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let mut exercises: Vec<(String, String)> = Vec::new();
    for name in names {
        let (stem, text) = source(here, name)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if stem.is_empty() || !stem.chars().all(plain) {
            return Err(Failure::new(USAGE, format!("`{stem}` is no name for an exercise of a pack"))
                .help(Some("rename the file; allowed: letters, digits, - and _".into())));
        }
        if exercises.iter().any(|(known, _)| known.eq_ignore_ascii_case(&stem)) {
            return Err(Failure::new(USAGE, format!("two exercises are named {stem}"))
                .help(Some("rename one of the files".into())));
        }
        exercises.push((stem, text));
    }
    Ok(exercises)
}

fn class(path: &Path) -> Result<Vec<Student>, Failure> {
    let name = input::name(path);
    let bad = |place: &str, what: String, help: &str| {
        Failure::new(USAGE, format!("{name}{place}: {what}")).help(Some(help.into()))
    };
    let at = |line: u64| format!(":{line}");
    lab::class(&input::bytes(path, LONGEST)?).map_err(|error| match error {
        BadClass::Head => {
            bad(":1", "the header is not id,name".into(), "allowed: id,name, then a student a line")
        }
        BadClass::Nobody => {
            bad("", "nobody is in this class".into(), "write a line for each student: id,name")
        }
        BadClass::Many => bad("", "more than 10000 students".into(), "make several packs"),
        BadClass::Line(line, what) => {
            bad(&at(line), what, "allowed: id,name; a comma in a name wants quotes")
        }
        BadClass::Id(line) => bad(&at(line), "no id, or a long one".into(), "allowed: 1 to 64 bytes"),
        BadClass::Twice(line, id, first) => bad(
            &at(line),
            format!("`{id}` is the id of line {first} too"),
            "give each student an id of their own",
        ),
    })
}

/// The teacher's secret.
pub fn secret(path: &Path) -> Result<Secret, Failure> {
    let bytes = input::bytes(path, *Secret::LENGTH.end() as u64)?;
    Secret::new(&bytes).ok_or_else(|| {
        let message = format!("{} is too short for a secret", path.display());
        let help = format!("at least {} bytes: openssl rand -hex 32 > FILE", Secret::LENGTH.start());
        Failure::new(USAGE, message).help(Some(help))
    })
}

fn bundle(to: &Path, pack: &Pack, handout: &Handout) -> Result<(), Failure> {
    let folder = to.join(handout.student.folder());
    for (name, bytes) in lab::bundle(handout, &pack.parts(handout)) {
        let path = folder.join(&name);
        make(path.parent().unwrap_or(&folder))?;
        output::create(&path, &bytes, Holds::NoSecrets, "--out DIR")?;
    }
    Ok(())
}

fn make(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, "make", &error))
}

fn listed(name: &str, exercise: &Exercise) -> Listed {
    let (title, level) = (exercise.lab.title.clone(), exercise.lab.level.name().to_owned());
    Listed { name: name.to_owned(), title, level, points: exercise.points() }
}

fn index(exercises: Vec<Listed>, pack: &Pack) -> Index {
    let bundle = |Handout { student, bundle, .. }: &Handout| Bundle {
        id: student.id.clone(),
        name: student.name.clone(),
        folder: student.folder(),
        bundle: bundle.clone(),
    };
    let bundles = pack.handouts().iter().map(bundle).collect();
    Index { schema: "ikesim/pack/1".into(), exercises, bundles }
}

fn said(to: &Path, count: usize, secret: &Path, out: &mut Out) -> Result<(), Failure> {
    let path = to.display().to_string();
    let bundles = report::reasons::plural(count as u64, "bundle");
    out.line(&format!("wrote {path}: {bundles}, {INDEX}, {ANSWERS}"))?;
    let (answers, secret) = (to.join(ANSWERS).display().to_string(), secret.display().to_string());
    let (answers, secret) = (shell_word(&answers), shell_word(&secret));
    Ok(out.line(&format!("next: ikesim lab grade {answers} --secret {secret} SUBMISSION..."))?)
}

/// What is in a pack.
pub fn list(pack: &Path, format: Format, out: &mut Out) -> Result<(), Failure> {
    // Its answers stand for the pack too: it is the file that teachers have at hand.
    let folder = if pack.is_file() { pack.parent().unwrap_or(pack) } else { pack };
    let path = folder.join(INDEX);
    let bytes = input::bytes(&path, LONGEST)?;
    let index: Index = serde_json::from_slice(&bytes).map_err(|error| {
        Failure::new(USAGE, format!("{} is not as ikesim wrote it: {error}", path.display()))
    })?;
    if format == Format::Json {
        return Ok(out.json(&serde_json::to_value(&index)?)?);
    }
    for Listed { name, title, level, points } in &index.exercises {
        out.line(&format!("{name}  {level}  {}  {title}", super::question::points(*points)))?;
    }
    let width = index.bundles.iter().map(|one| one.folder.chars().count()).max().unwrap_or(0);
    for Bundle { name, folder, bundle, .. } in &index.bundles {
        out.line(&format!("  {folder:<width$}  {bundle}  {name}"))?;
    }
    Ok(())
}
