//! `ikesim predict` and `ikesim import`

mod files;
mod machine;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use ::predict::{Forecast, Judged, Phases, Session, ShownKeys, Verdicts};
use config::{Device, Problem, Remote};
use ike::Powers;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use report::predict::NotJudged;

use crate::args::{Format, Import, Predict};
use crate::failure::{Failure, IO, USAGE};
use crate::out::Out;
use crate::output::{self, Holds};
use files::Unjudged;

/// Reads devices and says which pairs come up.
pub fn predict(args: &Predict, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let read = files::devices(args)?;
    let phases = if args.phase == 1 { Phases::One } else { Phases::Both };
    // One memo of powers serves all: their runs have one seed.
    let powers = Powers::new(POWERS);
    let verdicts =
        Verdicts::new(&read.devices, phases, &powers, |sessions| judged(sessions, phases, &powers));
    if verdicts.is_empty() {
        return Err(nothing(&verdicts.devices, &read.unjudged));
    }
    let worst = worst(&verdicts, &read.unjudged);
    let left_out: Vec<NotJudged> = read.unjudged.iter().map(Unjudged::told).collect();
    let taken = (format != Format::Human).then_some("--format");
    let wanted = output::wanted([("--html", &args.html)]);
    let quiet = output::check(&wanted, read.files.iter().map(PathBuf::as_path), taken)?;
    match format {
        _ if quiet => {}
        Format::Json => out.json(&report::predict::json(&verdicts, worst, &left_out))?,
        Format::Github => machine::github(&verdicts, &read.unjudged, out)?,
        Format::Junit => out.write_all(machine::junit(&verdicts, &read.unjudged)?.as_bytes())?,
        // The latter two are refused before any command begins.
        Format::Human | Format::Csv | Format::Tap | Format::Gradescope => {
            let text = report::predict::text(&verdicts, &left_out, crate::window::layout());
            out.write_all(text.as_bytes())?;
        }
    }
    if let Some(path) = &args.html {
        let page = report::predict::page(&verdicts);
        output::write(path, page.as_bytes(), Holds::NoSecrets, out)?;
    }
    Ok(match worst {
        // Before any verdict: what could not be read may be the other half.
        _ if read.unjudged.iter().any(Unjudged::is_unread) => IO,
        Forecast::Passes | Forecast::Up => 0,
        Forecast::NeverStarted | Forecast::Refused | Forecast::Phase1Stalls | Forecast::Stalls => 1,
        Forecast::Unverifiable => 4,
    })
}

/// Powers that are remembered: those of one seed in each group, with every exponent that a run can have.
const POWERS: usize = 1 << 10;

/// Every direction, on all cores, in order.
fn judged<'d>(sessions: Vec<Session<'d>>, phases: Phases, powers: &Powers) -> Vec<Judged<'d>> {
    let bar = progress(sessions.len());
    let judged = sessions.into_par_iter().map(|session| {
        let judged = ::predict::judge(session, phases, powers);
        bar.inc(1);
        judged
    });
    let judged = judged.collect();
    bar.finish_and_clear();
    judged
}

/// Off when standard error is no terminal, and where nobody would see it.
fn progress(directions: usize) -> ProgressBar {
    // Fewer are done before anybody could read a bar.
    const FEW: usize = 1000;
    if directions < FEW {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(directions as u64);
    let style = ProgressStyle::with_template("{pos} of {len} directions, {eta} left {wide_bar}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The worst of all directions, and of the files that were asked for by name and hold no device.
fn worst(verdicts: &Verdicts<'_>, unjudged: &[Unjudged]) -> Forecast {
    let asked = unjudged.iter().filter(|one| one.asked).map(|_| Forecast::Unverifiable);
    verdicts.worst().into_iter().chain(asked).max().unwrap_or(Forecast::Unverifiable)
}

fn nothing(devices: &[&Device], unjudged: &[Unjudged]) -> Failure {
    let read: Vec<String> = devices.iter().map(|device| device.name()).collect();
    let read = if read.is_empty() { "no device".into() } else { read.join(", ") };
    let looked = "`crypto map ... set peer` on an interface, a protected tunnel, a conn";
    let failure = Failure::new(USAGE, "no device here has a peer that it calls")
        .help(Some(format!("read: {read}; looked for a peer: {looked}")));
    // A help of its own for each: what is foreign in one is escaped, line ends included.
    let told = unjudged.iter().map(|one| one.told().words()).take(report::predict::TOLD);
    // The line with the peer may be the one that no device would take.
    told.chain(not_taken(devices)).fold(failure, |failure, one| failure.help(Some(one)))
}

fn not_taken(devices: &[&Device]) -> impl Iterator<Item = String> {
    let problems = devices.iter().flat_map(|device| &device.problems).take(report::predict::TOLD);
    problems.map(|Problem { at, message, allowed, .. }| {
        format!("{}:{}: {message}; allowed: {allowed}", at.file, at.line)
    })
}

/// Prints the scenario that a device's configuration is.
pub fn import(args: &Import, out: &mut Out) -> Result<u8, Failure> {
    let read = files::one(&args.file, args.from, args.host.as_deref())?;
    let wanted = |remote: &Remote| match (remote, args.peer) {
        (Remote::Address(address), Some(peer)) => *address == peer,
        (Remote::Address(_), None) => true,
        _ => false,
    };
    let called = read.iter().find_map(|device| {
        let connection = device.connections.iter().find(|connection| wanted(&connection.remote))?;
        ::predict::SessionEnd::calling(device, connection).map(|end| (end, connection))
    });
    // Without an address to call a connection that takes anybody is what there is.
    let answers = read.iter().filter(|_| args.peer.is_none()).find_map(|device| {
        let mut all = device.connections.iter();
        all.find_map(|c| ::predict::SessionEnd::answers(device, c).map(|end| (end, c)))
    });
    let Some((end, connection)) = called.or(answers) else {
        return Err(no_such_peer(args, &read));
    };
    for problem in read.iter().flat_map(|device| &device.problems) {
        // Nobody is left to tell if standard error is closed.
        let _ = writeln!(std::io::stderr(), "{}", report::predict::problem(problem));
    }
    // Hidden unless asked for: scenarios end up in tickets.
    let keys = if args.show_keys { ShownKeys::Real } else { ShownKeys::Hidden };
    out.write_all(::predict::alone_as_scenario(&end, connection, keys).text.as_bytes())?;
    Ok(0)
}

fn no_such_peer(args: &Import, read: &[Device]) -> Failure {
    let known: BTreeSet<String> = read
        .iter()
        .flat_map(|device| &device.connections)
        .map(|connection| match &connection.remote {
            Remote::Unknown(name) => format!("{name} (masked, or a name)"),
            remote @ (Remote::Address(_) | Remote::Range(..) | Remote::Anybody) => remote.to_string(),
        })
        .collect();
    let names: Vec<String> = known.into_iter().collect();
    let names = if names.is_empty() { "none".into() } else { names.join(", ") };
    Failure::new(USAGE, format!("{} names no such peer", args.file.display()))
        .help(Some(format!("peers that it names: {names}")))
}
