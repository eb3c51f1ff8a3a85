//! `ikesim run`

use std::io::Write;
use std::path::{Path, PathBuf};

use ike::{Instant, Powers};
use report::Report;
use sim::{Setup, Trace};

use crate::args::{Color, Format, Outputs, Run};
use crate::failure::{Failure, IO, USAGE};
use crate::out::Out;
use crate::output::{Holds, Wanted};
use crate::{input, output};

/// Powers kept from run to run; each is at most 1 KiB.
pub const POWERS: usize = 1024;

/// Runs each file and reports it; the exit code is the worst of them.
pub fn run(args: &Run, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let mut outputs = wanted(&args.outputs);
    outputs.extend(output::wanted([("--html", &args.html), ("--svg", &args.svg)]));
    // Each run would overwrite the files of the one before.
    if let (Some((option, _)), [_, _, ..]) = (outputs.first(), args.files.as_slice()) {
        return Err(Failure::new(USAGE, format!("{option} takes one scenario"))
            .help(Some(format!("run the others without {option}, or one by one"))));
    }
    if args.mermaid && format != Format::Human {
        return Err(Failure::new(USAGE, "--mermaid prints a diagram and nothing else")
            .help(Some("leave --format out, or --mermaid".into())));
    }
    let taken =
        if format == Format::Human { args.mermaid.then_some("--mermaid") } else { Some("--format json") };
    let quiet = output::check(&outputs, args.files.iter().map(PathBuf::as_path), taken)?;
    // One memo for all files: scenarios of one seed and group have the same powers.
    let powers = Powers::new(POWERS);
    let mut worst = 0;
    for (n, file) in args.files.iter().enumerate() {
        if n > 0 && format == Format::Human {
            out.line("")?;
        }
        worst = worst.max(match one(args, file, (!quiet).then_some(format), &powers, out) {
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

/// Runs a scenario; without a format nothing is said of it.
fn one(
    args: &Run,
    file: &Path,
    format: Option<Format>,
    powers: &Powers,
    out: &mut Out,
) -> Result<u8, Failure> {
    let scenario = input::scenario(file, args.seed)?;
    let ran = sim::run(&scenario.setup, powers);
    let report = Report {
        file: input::again(file),
        seed_given: args.seed.is_some(),
        ..Report::new(scenario, ran, args.view.map(Into::into))
    };
    write_files(&args.outputs, &report, out)?;
    if let Some(path) = &args.html {
        let holds = if args.redact { Holds::NoSecrets } else { Holds::Secrets };
        output::write(path, report::page(&report, args.redact).as_bytes(), holds, out)?;
    }
    if let Some(path) = &args.svg {
        output::write(path, report::svg(&report).as_bytes(), Holds::NoSecrets, out)?;
    }
    match format {
        None => {}
        Some(Format::Human) if args.mermaid => out.write_all(report::mermaid(&report).as_bytes())?,
        Some(Format::Json) => out.json(&report::json(&report)?)?,
        Some(_) => out.write_all(report::text(&report, crate::window::layout()).as_bytes())?,
    }
    Ok(report.code())
}

/// The files that were asked for, with the options that name them.
pub fn wanted(outputs: &Outputs) -> Vec<Wanted<'_>> {
    let Outputs { trace, pcap, keys } = outputs;
    output::wanted([("--trace", trace), ("--pcap", pcap), ("--keys", keys)])
}

/// Writes the files that were asked for.
pub fn write_files(outputs: &Outputs, report: &Report, out: &mut Out) -> Result<(), Failure> {
    let mut files = Files::default();
    files.add(outputs, report);
    files.write(outputs, &report.scenario.setup, out)
}

/// What the interfaces carry; with `--as`, the one that this side can capture, and no word on what became of it.
fn captured(report: &Report) -> Vec<u8> {
    let end = report.trace.entries().last().map_or(Instant::ZERO, |entry| entry.at);
    match report.view.filter(|_| report.live.is_none()) {
        Some(role) => report::capture_of(&report.trace, &[role], end),
        None => report::pcapng(&report.scenario.setup, &report.trace),
    }
}

/// What goes into the files that were asked for: of one run, or of one negotiation after another.
#[derive(Debug, Default)]
pub struct Files {
    trace: String,
    pcap: Vec<u8>,
    keys: String,
}

impl Files {
    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.trace.len() + self.pcap.len() + self.keys.len()
    }

    /// Puts a run behind what is there. A pcapng file may have several sections.
    pub fn add(&mut self, outputs: &Outputs, report: &Report) {
        let setup = &report.scenario.setup;
        if outputs.trace.is_some() {
            self.trace += &report::trace_lines(setup, &report.trace);
        }
        if outputs.pcap.is_some() {
            self.pcap.extend(captured(report));
        }
        if outputs.keys.is_some() {
            // A run that derived no keys leaves an empty file: the caller's next command finds what it expects.
            self.keys += &report::key_line(&report.trace).unwrap_or_default();
            if let (Some(_), Some(role)) = (report.live, report.view) {
                // To be set beside what the peer's kernel was given.
                self.keys += &report::child_keys(&report.trace, role);
            }
        }
    }

    /// Writes them; a capture of nothing is one of this setup.
    pub fn write(&mut self, outputs: &Outputs, setup: &Setup, out: &mut Out) -> Result<(), Failure> {
        if let Some(path) = &outputs.trace {
            // The trace holds the keys: the key line is made of it.
            output::write(path, self.trace.as_bytes(), Holds::Secrets, out)?;
        }
        if let Some(path) = &outputs.pcap {
            if self.pcap.is_empty() {
                // An empty file is no capture to those who read it.
                self.pcap = report::pcapng(setup, &Trace::new());
            }
            // With the keys beside it, it is no better kept than they are.
            let holds = if outputs.keys.is_some() { Holds::Secrets } else { Holds::NoSecrets };
            output::write(path, &self.pcap, holds, out)?;
        }
        if let Some(path) = &outputs.keys {
            output::write(path, self.keys.as_bytes(), Holds::Secrets, out)?;
        }
        Ok(())
    }
}

// Where several files are run, `max` picks the code.
const _: () = assert!(IO > USAGE && USAGE > 1, "the worst exit code is the greatest");
