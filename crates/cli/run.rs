//! `ikesim run`

use std::fs;
use std::io::Write;
use std::path::Path;

use ike::Powers;
use report::Report;

use crate::args::{Color, Format, Run};
use crate::failure::{Failure, IO, USAGE};
use crate::input;

/// Powers kept from run to run; each is at most 1 KiB.
pub const POWERS: usize = 1024;

/// Runs each file and reports it; the exit code is the worst of them.
pub fn run(args: &Run, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    if let (Some(_), [_, _, ..]) = (&args.trace, args.files.as_slice()) {
        return Err(Failure::new(USAGE, "--trace takes one scenario")
            .help(Some("run the others without --trace, or one by one".into())));
    }
    let powers = Powers::new(POWERS);
    let mut worst = 0;
    for (n, file) in args.files.iter().enumerate() {
        if n > 0 && format == Format::Human {
            writeln!(out)?;
        }
        worst = worst.max(match one(args, file, format, &powers, out) {
            Ok(code) => code,
            Err(Failure::BrokenPipe) => return Ok(0),
            // The other files are still worth running.
            Err(failure) if args.files.len() > 1 => {
                failure.report(Color::Auto);
                failure.code()
            }
            Err(failure) => return Err(failure),
        });
    }
    Ok(worst)
}

fn one(args: &Run, file: &Path, format: Format, powers: &Powers, out: &mut dyn Write) -> Result<u8, Failure> {
    let scenario = input::scenario(file, args.seed)?;
    let ran = sim::run(&scenario, powers);
    let report = Report::new(scenario, ran, args.view.map(Into::into));
    if let Some(path) = &args.trace {
        let lines = report::trace_lines(&report.scenario, &report.trace);
        fs::write(path, lines).map_err(|error| Failure::file(path, "write", &error))?;
    }
    match format {
        Format::Human => out.write_all(report::text(&report).as_bytes())?,
        Format::Json => writeln!(out, "{}", report::json(&report)?)?,
    }
    Ok(u8::from(!report.failed.is_empty()))
}

const _: () = assert!(IO > USAGE && USAGE > 1, "the worst exit code is the greatest");
