//! What the student may see.

use std::io::Write;
use std::path::Path;

use ike::{Instant, Role};
use report::Detail;
use scenario::{View, shell_word};

use super::folder::{Folder, at};
use crate::args::{DetailArg, Look, Side};
use crate::failure::{Failure, USAGE};
use crate::out::Out;
use crate::output::{self, Holds};

/// What the device's `show` command prints.
pub fn show(folder: &Folder, look: &Look, detail: Option<DetailArg>, out: &mut Out) -> Result<(), Failure> {
    let detail = match detail {
        None => Detail::Brief,
        Some(DetailArg::Block) => Detail::Full,
        Some(DetailArg::Table) => Detail::Table,
    };
    let (run, at) = (seen(folder, View::Show)?, moment(folder, look.at.as_deref())?);
    each(folder, look.device, out, |role| run.show(role, at.unwrap_or(run.end()), detail))
}

/// Its log.
pub fn logs(folder: &Folder, look: &Look, out: &mut Out) -> Result<(), Failure> {
    let (run, at) = (seen(folder, View::Logs)?, moment(folder, look.at.as_deref())?);
    each(folder, look.device, out, |role| run.logs(role, at.unwrap_or(run.end())))
}

/// Its configuration.
pub fn config(folder: &Folder, device: Option<Side>, out: &mut Out) -> Result<(), Failure> {
    let run = seen(folder, View::Config)?;
    each(folder, device, out, |role| run.config(role))
}

/// What its interface carries, into a file.
pub fn capture(folder: &Folder, file: &Path, until: Option<&str>, out: &mut Out) -> Result<(), Failure> {
    let run = seen(folder, View::Capture)?;
    let until = until.map(time).transpose()?.unwrap_or(run.end());
    // Named as from the student's folder, wherever that is.
    let path = if output::is_stdout(file) { file.to_owned() } else { at(&folder.path, file) };
    output::write(&path, &run.capture(until), Holds::NoSecrets, out)?;
    if !output::is_stdout(file) {
        let name = path.display().to_string();
        out.line(&format!("wrote {name}; next: ikesim decode {}", shell_word(&name)))?;
    }
    Ok(())
}

/// The run, if the exercise shows this of it.
fn seen(folder: &Folder, view: View) -> Result<lab::ExerciseRun, Failure> {
    let views = &folder.exercise.lab.views;
    if views.contains(&view) {
        return Ok(folder.run());
    }
    let names: Vec<&str> = views.iter().map(|view| view.name()).collect();
    let help = if names.is_empty() { "it shows nothing but its situation".into() } else { names.join(", ") };
    Err(Failure::new(USAGE, format!("this exercise shows no {}", view.name()))
        .help(Some(format!("what it shows: {help}"))))
}

/// Prints it for the device that was asked for, or for each that is seen.
fn each(
    folder: &Folder,
    device: Option<Side>,
    out: &mut Out,
    text: impl Fn(Role) -> String,
) -> Result<(), Failure> {
    let sees = folder.exercise.lab.sees;
    let asked: Option<Role> = device.map(Into::into);
    if let Some(role) = asked.filter(|role| !sees.includes(*role)) {
        return Err(Failure::new(USAGE, format!("the {role} cannot be seen in this exercise"))
            .help(Some(format!("what can be seen is the {}", role.other()))));
    }
    let roles: Vec<Role> = sees.roles().filter(|role| asked.is_none_or(|asked| asked == *role)).collect();
    let several = roles.len() > 1;
    for (n, role) in roles.into_iter().enumerate() {
        if several {
            let head = format!("== {role}");
            if n > 0 { out.section(&[&head])? } else { out.line(&head)? }
        }
        out.write_all(text(role).as_bytes())?;
    }
    Ok(())
}

/// The moment that was asked for, else the one that the exercise is about.
fn moment(folder: &Folder, text: Option<&str>) -> Result<Option<Instant>, Failure> {
    text.map(time).transpose().map(|at| at.or(folder.exercise.lab.at))
}

fn time(text: &str) -> Result<Instant, Failure> {
    crate::look::time(text)
}
