//! `ikesim run`

use std::fs;
use std::io::Write;
use std::path::Path;

use ike::Powers;
use report::Report;

use crate::args::{Color, Format, Outputs, Run};
use crate::failure::{Failure, IO, USAGE};
use crate::input;
use crate::out::Out;

/// Powers kept from run to run; each is at most 1 KiB.
pub const POWERS: usize = 1024;

/// Runs each file and reports it; the exit code is the worst of them.
pub fn run(args: &Run, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let outputs = [
        ("--trace", &args.outputs.trace),
        ("--pcap", &args.outputs.pcap),
        ("--keys", &args.outputs.keys),
        ("--html", &args.html),
        ("--svg", &args.svg),
    ];
    if let (Some((option, _)), [_, _, ..]) =
        (outputs.iter().find(|(_, path)| path.is_some()), args.files.as_slice())
    {
        return Err(Failure::new(USAGE, format!("{option} takes one scenario"))
            .help(Some(format!("run the others without {option}, or one by one"))));
    }
    if args.mermaid && format != Format::Human {
        return Err(Failure::new(USAGE, "--mermaid prints a diagram and nothing else")
            .help(Some("leave --format out, or --mermaid".into())));
    }
    let powers = Powers::new(POWERS);
    let mut worst = 0;
    for (n, file) in args.files.iter().enumerate() {
        if n > 0 && format == Format::Human {
            out.line("")?;
        }
        worst = worst.max(match one(args, file, format, &powers, out) {
            Ok(code) => code,
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

fn one(args: &Run, file: &Path, format: Format, powers: &Powers, out: &mut Out) -> Result<u8, Failure> {
    let scenario = input::scenario(file, args.seed)?;
    let ran = sim::run(&scenario, powers);
    let report = Report {
        file: input::again(file),
        seed_given: args.seed.is_some(),
        ..Report::new(scenario, ran, args.view.map(Into::into))
    };
    write_files(&args.outputs, &report)?;
    if let Some(path) = &args.html {
        write(path, report::page(&report, args.redact).as_bytes())?;
    }
    if let Some(path) = &args.svg {
        write(path, report::svg(&report).as_bytes())?;
    }
    match format {
        Format::Human if args.mermaid => out.write_all(report::mermaid(&report).as_bytes())?,
        Format::Json => out.json(&report::json(&report)?)?,
        _ => out.write_all(report::text(&report, crate::window::layout()).as_bytes())?,
    }
    Ok(u8::from(!report.failed.is_empty()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::file(path, "write", &error))
}

/// Writes the files that were asked for.
pub fn write_files(outputs: &Outputs, report: &Report) -> Result<(), Failure> {
    if let Some(path) = &outputs.trace {
        write(path, report::trace_lines(&report.scenario, &report.trace).as_bytes())?;
    }
    if let Some(path) = &outputs.pcap {
        write(path, &report::pcapng(&report.scenario, &report.trace))?;
    }
    if let Some(path) = &outputs.keys {
        // A run that derived no keys leaves an empty file: the caller's next command finds what it expects.
        write(path, report::key_line(&report.trace).unwrap_or_default().as_bytes())?;
    }
    Ok(())
}

const _: () = assert!(IO > USAGE && USAGE > 1, "the worst exit code is the greatest");
