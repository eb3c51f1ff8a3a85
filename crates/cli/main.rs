//! `ikesim`: shows how an IKEv1 phase 1 negotiation goes, and where and why it stalls.

mod args;
mod decode;
mod diagnose;
mod diff;
mod explain;
mod explore;
mod failure;
mod github;
mod init;
mod input;
mod lab;
mod list;
mod live;
mod look;
mod man;
mod out;
mod output;
mod predict;
mod run;
mod shipped;
mod sweep;
mod test;
mod udp;
mod whatever;
mod why;
mod window;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser, ValueEnum};

use args::{Args, Color, Command, Format};
use failure::Failure;
use isakmp::is_printed;
use mimalloc::MiMalloc;
use out::Out;

/// A run is short and makes some 250 small values: a tenth of a sweep is the allocator's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What a bare `ikesim` says.
const GREETING: &str = "\
ikesim shows, byte for byte, how an IKEv1 phase 1 negotiation goes and where and why it stalls.

Three things to try:

  ikesim init                       write scenario.toml, a tunnel that comes up
  ikesim run scenario.toml          run it and see every message
  ikesim init stall.toml --fault psk-mismatch && ikesim run stall.toml

`ikesim help` tells the rest.
";

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    // Before the parser: to it a file in a command's place is a misspelt command.
    let code = match whatever::commands(&words) {
        None => one(&words),
        Some(lines) => lines.iter().map(meant).max().unwrap_or(0),
    };
    ExitCode::from(code)
}

/// Carries out what a file stands for; the exit code.
fn meant(line: &whatever::Line) -> u8 {
    match line {
        Ok(words) => one(words),
        Err(failure) => failed(failure, Color::Auto),
    }
}

/// Carries out one command line; its exit code.
fn one(words: &[OsString]) -> u8 {
    let args = match Args::try_parse_from(words) {
        Ok(args) => args,
        Err(said) => return unparsed(&said),
    };
    // What programs read has no colours to take out.
    let color = if args.format == Format::Json { Color::Always } else { args.color };
    let mut out = Out::new(color);
    match dispatch(&args, &mut out).and_then(|code| Ok(out.flush().map(|()| code)?)) {
        Ok(code) => code,
        Err(failure) => failed(&failure, args.color),
    }
}

fn failed(failure: &Failure, color: Color) -> u8 {
    failure.report(color);
    failure.code()
}

/// What the parser says instead of arguments: help, the version, or a mistake.
fn unparsed(said: &clap::Error) -> u8 {
    // clap paints its own text; only words that could do harm are worth losing that.
    let foreign = |word: OsString| word.to_str().is_none_or(|word| !word.chars().all(is_printed));
    let printed = if std::env::args_os().any(foreign) && said.use_stderr() {
        // It repeats words as they came.
        said.render().to_string().lines().for_each(out::say);
        Ok(())
    } else {
        said.print().and_then(|()| io::stdout().flush())
    };
    match printed {
        // `ikesim help | head` is no mistake.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => failed(&Failure::from(error), Color::Auto),
        _ => u8::try_from(said.exit_code()).unwrap_or(failure::USAGE),
    }
}

/// The format, if the command knows it.
fn allowed(args: &Args) -> Result<Format, Failure> {
    // Refused and not ignored: a script that asks for JSON would get text to parse.
    if args.format != Format::Human
        && matches!(
            args.command,
            Some(Command::Show(_) | Command::Logs(_) | Command::Diff { .. } | Command::Man { .. })
        )
    {
        return Err(Failure::new(failure::USAGE, "this command writes for people alone")
            .help(Some("leave --format out".into())));
    }
    if let Some(Command::Lab(lab)) = &args.command {
        return known(args.format, lab::formats(lab));
    }
    let more: &[Format] = match &args.command {
        Some(Command::Sweep(_)) => &[Format::Csv],
        Some(Command::Test(_)) => &[Format::Junit, Format::Tap, Format::Github],
        Some(Command::Predict(_)) => &[Format::Junit, Format::Github],
        _ => &[],
    };
    known(args.format, &[&[Format::Human, Format::Json], more].concat())
}

/// The format, if it is among these.
fn known(format: Format, known: &[Format]) -> Result<Format, Failure> {
    if known.contains(&format) {
        return Ok(format);
    }
    let word = |format: &Format| {
        format.to_possible_value().map_or(String::new(), |value| value.get_name().to_owned())
    };
    let names: Vec<String> = known.iter().map(word).collect();
    let message = format!("this command does not write {}", word(&format));
    Err(Failure::new(failure::USAGE, message).help(Some(format!("allowed: {}", names.join(", ")))))
}

/// Runs the command; the number is the exit code.
fn dispatch(args: &Args, out: &mut Out) -> Result<u8, Failure> {
    let format = allowed(args)?;
    match &args.command {
        None => out.write_all(GREETING.as_bytes())?,
        Some(Command::Run(run)) => return run::run(run, format, out),
        Some(Command::Test(test)) => return test::test(test, format, out),
        Some(Command::Sweep(args)) => return sweep::sweep(args, format, out),
        Some(Command::Explore(args)) => return explore::explore(args, format, out),
        Some(Command::Why(args)) => return why::why(args, format, out),
        Some(Command::Predict(args)) => return predict::predict(args, format, out),
        Some(Command::Lab(args)) => return lab::lab(args, format, out),
        Some(Command::Import(args)) => return predict::import(args, out),
        Some(Command::Diff { one, other }) => return diff::diff(one, other, out),
        Some(Command::Man { folder }) => man::man(folder, out)?,
        Some(Command::Listen(listen)) => return live::listen(listen, format, out),
        Some(Command::Connect(connect)) => return live::connect(connect, format, out),
        Some(Command::Explain(args)) => return explain::explain(args, format, out),
        Some(Command::Show(args)) => return look::show(args, out),
        Some(Command::Logs(args)) => return look::logs(args, out),
        Some(Command::Decode(decode)) => return decode::decode(decode, format, out),
        Some(Command::Diagnose(args)) => return diagnose::diagnose(args, format, out),
        Some(Command::Init(init)) => init::init(init, out)?,
        Some(Command::List { topic }) => list::list(*topic, format, io::stdout().is_terminal(), out)?,
        Some(Command::Schema) => writeln!(out, "{:#}", scenario::schema())?,
        Some(Command::Completions { shell }) => {
            // Into memory first: the generator panics where its writer fails, as on a full disk.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "ikesim", &mut script);
            out.write_all(&script)?;
        }
    }
    Ok(0)
}
