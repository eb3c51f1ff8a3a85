//! `ikesim lab`: exercises, from their list to their debrief.

mod answer;
mod check;
mod debrief;
mod evidence;
mod folder;
mod grade;
mod machine;
mod marks;
mod pack;
mod progress;
mod question;
mod repair;
mod start;

use std::io::Write;

use crate::args::{Format, Lab, LabCommand};
use crate::failure::Failure;
use crate::out::Out;
use folder::Folder;

/// What a bare `ikesim lab` says where no exercise is.
const GREETING: &str = "\
Something does not come up. You see one side of it: find out why.

  ikesim lab list                   the exercises, by course
  ikesim lab start NAME             begin one: it makes a folder, with the situation in README.md
  cd NAME                           everything below is typed in that folder

  ikesim lab show                   what the device's show command prints
  ikesim lab logs                   its log
  ikesim lab capture                what its interface carries, as a capture
  ikesim lab config                 its configuration
  ikesim lab try                    run the configuration that you edited: up, or not
  ikesim lab answer QUESTION=VALUE  answer a question; `ikesim lab status` has them
  ikesim lab hint                   help, for points
  ikesim lab debrief                in the end: the truth beside what you saw

";

/// The formats that a command of the labs writes.
pub fn formats(args: &Lab) -> &'static [Format] {
    match &args.command {
        Some(LabCommand::Grade { .. }) => &[Format::Human, Format::Csv, Format::Gradescope, Format::Github],
        Some(LabCommand::List { .. } | LabCommand::Status | LabCommand::Check { .. }) => {
            &[Format::Human, Format::Json]
        }
        _ => &[Format::Human],
    }
}

/// Carries out a command of the labs; the number is the exit code.
pub fn lab(args: &Lab, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let folder = &args.folder;
    match &args.command {
        None if folder::is_lab(folder) => progress::status(folder, out)?,
        None => {
            out.write_all(GREETING.as_bytes())?;
            progress::beside(folder, out)?;
        }
        Some(LabCommand::List { pack: Some(pack) }) => pack::list(pack, format, out)?,
        Some(LabCommand::List { pack: None }) if format == Format::Json => machine::list(folder, out)?,
        Some(LabCommand::List { pack: None }) => progress::list(folder, out)?,
        Some(LabCommand::Start { name, to }) => start::start(folder, name, to.as_deref(), out)?,
        Some(LabCommand::Show { look, detail }) => {
            evidence::show(&Folder::open(folder)?, look, *detail, out)?;
        }
        Some(LabCommand::Logs(look)) => evidence::logs(&Folder::open(folder)?, look, out)?,
        Some(LabCommand::Capture { file, at }) => {
            evidence::capture(&Folder::open(folder)?, file, at.as_deref(), out)?;
        }
        Some(LabCommand::Config { device }) => evidence::config(&Folder::open(folder)?, *device, out)?,
        Some(LabCommand::Try { file, device }) => {
            return repair::attempt(Folder::open(folder)?, file.as_deref(), *device, out);
        }
        Some(LabCommand::Answer { answers }) => return answer::answer(Folder::open(folder)?, answers, out),
        Some(LabCommand::Hint) => answer::hint(Folder::open(folder)?, out)?,
        Some(LabCommand::Pack { exercises, students, secret, out: to }) => {
            pack::pack(folder, exercises, &pack::Paths { students, secret, to }, out)?;
        }
        Some(LabCommand::Grade { answers, secret, submissions }) => {
            return grade::grade(answers, secret, submissions, format, out);
        }
        Some(LabCommand::Status) if format == Format::Json => machine::status(folder, out)?,
        Some(LabCommand::Status) => progress::status(folder, out)?,
        Some(LabCommand::Reset) => start::reset(Folder::open(folder)?, out)?,
        Some(LabCommand::Check { file }) => return check::check(file, format, out),
        Some(LabCommand::Debrief { give_up }) => debrief::debrief(Folder::open(folder)?, *give_up, out)?,
    }
    Ok(0)
}
