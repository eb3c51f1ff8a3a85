//! Trying a repair: whether the tunnel comes up with it, and what is seen. Why not is for the student to find.

use std::io::Write;
use std::path::{Path, PathBuf};

use ike::Role;
use lab::{ExerciseRun, NoRepair};
use scenario::{Asked, Sees, View};

use super::folder::{Folder, at, config_file};
use super::progress;
use crate::args::Side;
use crate::failure::{Failure, USAGE};
use crate::input;
use crate::out::Out;

/// The longest configuration, in bytes.
const LONGEST: u64 = 4 << 20;

/// Runs the exercise with a configuration; 1: it does not come up.
pub fn attempt(
    mut folder: Folder,
    file: Option<&Path>,
    device: Option<Side>,
    out: &mut Out,
) -> Result<u8, Failure> {
    let role = whose(&folder, file, device.map(Into::into))?;
    let path = file.map_or_else(|| at(&folder.path, Path::new(&config_file(role))), PathBuf::from);
    let bytes = input::bytes(&path, LONGEST)?;
    let repaired = lab::repaired(&folder.exercise.written, role, &input::name(&path), &bytes);
    let repaired = repaired.map_err(|no| refused(&no, role, &path))?;
    let unchanged = repaired == folder.exercise.written;
    let run = ExerciseRun::new(&folder.exercise, repaired);
    seen(&folder, &run, out)?;
    let up = run.is_up();
    if up && !folder.work.closed {
        for question in &folder.exercise.lab.questions {
            if matches!(question.asked, Asked::Repair(of) if of == role) {
                folder.work.count(&question.id, true);
            }
        }
        folder.save(out)?;
    }
    out.line("")?;
    out.line(match (up, unchanged) {
        (true, _) => "up: everything that was asked for works",
        (false, true) => "not up: this is the configuration as it was",
        (false, false) => "not up",
    })?;
    if up {
        progress::next(&folder, out)?;
    }
    Ok(u8::from(!up))
}

/// What the exercise shows of a run: the ladder, and what the device prints.
fn seen(folder: &Folder, run: &ExerciseRun, out: &mut Out) -> Result<(), Failure> {
    out.write_all(run.ladder(crate::window::layout()).as_bytes())?;
    if folder.exercise.lab.views.contains(&View::Show) {
        let at = folder.exercise.lab.at.unwrap_or(run.end());
        for role in run.roles() {
            out.write_all(run.show(role, at, report::Detail::Brief).as_bytes())?;
        }
    }
    Ok(())
}

/// Whose configuration it is: as it was said, by the file's name, by what is to be repaired.
fn whose(folder: &Folder, file: Option<&Path>, asked: Option<Role>) -> Result<Role, Failure> {
    let sees = folder.exercise.lab.sees;
    let named = || {
        let stem = file?.file_stem()?.to_str()?;
        Role::BOTH.into_iter().find(|role| role.name() == stem)
    };
    let meant = || {
        folder.exercise.lab.questions.iter().find_map(|question| match question.asked {
            Asked::Repair(role) => Some(role),
            Asked::Cause { .. } | Asked::State { .. } | Asked::Value(_) | Asked::Choice { .. } => None,
        })
    };
    let role = asked.or_else(named).or_else(meant).or(sees.view());
    match (role, sees) {
        (Some(role), _) if sees.includes(role) => Ok(role),
        (_, Sees::One(seen)) => {
            Err(Failure::new(USAGE, format!("the {} is not yours to change", seen.other()))
                .help(Some(format!("what can be changed is the {seen}: {}", config_file(seen)))))
        }
        (_, Sees::Both) => Err(Failure::new(USAGE, "whose configuration it is is not said")
            .help(Some("add --device initiator or --device responder".into()))),
    }
}

fn refused(no: &NoRepair, role: Role, path: &Path) -> Failure {
    let name = path.display();
    let lines = || format!("the {role}'s lines, as in {}, or its keys in a .toml file", config_file(role));
    match no {
        NoRepair::NoDevice(_) => {
            Failure::new(USAGE, format!("{name} holds no configuration of the {role}")).help(Some(lines()))
        }
        NoRepair::Several(count) => {
            Failure::new(USAGE, format!("{name} holds {count} devices")).help(Some("allowed: one".into()))
        }
        NoRepair::Vendor { is } => {
            Failure::new(USAGE, format!("{name} is another vendor's: the {role} is {is}")).help(Some(lines()))
        }
        NoRepair::Lines(problems) => {
            let told = problems.iter().map(|problem| {
                let (line, text, message) = (problem.at.line, &problem.at.text, &problem.message);
                format!("{name}:{line}: {message}: `{text}`; allowed: {}", problem.allowed)
            });
            let mut told = told;
            let first = told.next().unwrap_or_default();
            Failure::new(USAGE, first).help(told)
        }
        NoRepair::Toml(error) => Failure::Scenario(error.clone()),
        NoRepair::Empty => Failure::new(USAGE, format!("{name}: there is no table [{role}] in it"))
            .help(Some(format!("allowed: [{role}] and what is in it"))),
        NoRepair::Table(table, _) => Failure::new(USAGE, format!("{name}: `{table}` is not the {role}'s"))
            .help(Some(format!("allowed: [{role}] and what is in it"))),
    }
}
