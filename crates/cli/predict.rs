//! `ikesim predict` and `ikesim import`

mod alone;
mod files;
mod human;
mod judge;
mod machine;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use config::{Assumed, Device, Keys, Phases, Remote, Session, Unmatched};
use ike::Powers;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::args::{Format, Import, Predict};
use crate::failure::{Failure, IO, USAGE};
use crate::out::Out;
use crate::output::{self, Holds};
use alone::Alone;
use files::Unjudged;
use judge::{Judged, Said};

/// What was read and what came of it.
struct Verdicts<'d> {
    devices: Vec<&'d Device>,
    judged: Vec<Judged<'d>>,
    unmatched: Vec<Unmatched<'d>>,
    /// What never begins, whoever its peer is.
    alone: Vec<Alone<'d>>,
    unjudged: &'d [Unjudged],
}

/// Reads devices and says which pairs come up.
pub fn predict(args: &Predict, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let read = files::devices(args)?;
    let devices = config::facing(&read.devices);
    let (sessions, unmatched) = config::sessions(&devices);
    let peerless = devices.iter().any(|device| !device.peerless.is_empty());
    if sessions.is_empty() && unmatched.is_empty() && !peerless {
        return Err(nothing(&devices, &read.unjudged));
    }
    let phases = if args.phase == 1 { Phases::One } else { Phases::Both };
    // One memo of powers serves all: their runs have one seed.
    let powers = Powers::new(POWERS);
    let judged = judged(sessions, phases, &powers);
    let alone = match phases {
        Phases::Both => alone::alone(&devices, &unmatched, &judged, &powers),
        Phases::One => Vec::new(),
    };
    let verdicts = Verdicts { devices, judged, unmatched, alone, unjudged: &read.unjudged };
    let taken = (format != Format::Human).then_some("--format");
    let wanted = output::wanted([("--html", &args.html)]);
    let quiet = output::check(&wanted, read.files.iter().map(PathBuf::as_path), taken)?;
    match format {
        _ if quiet => {}
        Format::Json => out.json(&machine::json(&verdicts))?,
        Format::Github => machine::github(&verdicts, out)?,
        Format::Junit => out.write_all(machine::junit(&verdicts)?.as_bytes())?,
        // The latter two are refused before any command begins.
        Format::Human | Format::Csv | Format::Tap | Format::Gradescope => human::write(&verdicts, out)?,
    }
    if let Some(path) = &args.html {
        let page = human::page(&verdicts);
        output::write(path, page.as_bytes(), Holds::NoSecrets, out)?;
    }
    Ok(match verdicts.said() {
        // Before any verdict: what could not be read may be the other half.
        _ if verdicts.unjudged.iter().any(Unjudged::is_unread) => IO,
        Said::Passes | Said::Up => 0,
        Said::NeverStarted | Said::Refused | Said::Phase1Stalls | Said::Stalls => 1,
        Said::Unverifiable => 4,
    })
}

/// Powers that are remembered: those of one seed in each group, with every exponent that a run can have.
const POWERS: usize = 1 << 10;

/// Every direction, on all cores, in order.
fn judged<'d>(sessions: Vec<Session<'d>>, phases: Phases, powers: &Powers) -> Vec<Judged<'d>> {
    let bar = progress(sessions.len());
    let judged = sessions.into_par_iter().map(|session| {
        let judged = judge::judge(session, phases, powers);
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

impl Verdicts<'_> {
    /// The worst of all directions, and of the files that were asked for by name and hold no device. A peer that is not here is somebody else's; only where nothing else was found does
    /// the answer hang on it.
    fn said(&self) -> Said {
        let asked = self.unjudged.iter().filter(|one| one.asked).map(|_| Said::Unverifiable);
        let alone = self.alone.iter().filter(|_| self.judged.is_empty()).map(|_| Said::NeverStarted);
        let judged = self.judged.iter().map(|judged| judged.said);
        judged.chain(asked).chain(alone).max().unwrap_or(Said::Unverifiable)
    }
}

fn nothing(devices: &[&Device], unjudged: &[Unjudged]) -> Failure {
    let read: Vec<String> = devices.iter().map(|device| device.name()).collect();
    let read = if read.is_empty() { "no device".into() } else { read.join(", ") };
    let mut help = format!(
        "read: {read}; looked for a peer: `crypto map ... set peer` on an interface, a protected tunnel, a conn"
    );
    for one in unjudged.iter().take(files::TOLD) {
        help += &format!("\nhelp: {}", one.words());
    }
    Failure::new(USAGE, "no device here has a peer that it calls").help(Some(help))
}

/// Why a peer is not among the devices.
fn unknown(unmatched: &Unmatched<'_>) -> String {
    match (&unmatched.connection.remote, unmatched.connection.local) {
        (Remote::Unknown(name), _) => format!("`{name}` is masked, or a name"),
        (_, None) => "no device here has this address, and the own one towards it is not in the file".into(),
        _ => "no device here has this address".into(),
    }
}

/// What was taken to be so, in words.
fn assumptions(judged: &Judged<'_>) -> Vec<String> {
    let ends = [&judged.session.initiator, &judged.session.responder];
    let told = ends.into_iter().filter_map(|end| {
        let name = end.device.name();
        Some(match end.assumed? {
            Assumed::MadeUp => {
                format!("{name} has {}: its own address is in no file, and any would do", end.address)
            }
            Assumed::OwnAddress => format!("{name} has {}: its own address is not in its file", end.address),
            Assumed::Nat(outside) => format!("{name} ({}) stands behind a NAT as {outside}", end.address),
            Assumed::Masked => format!("the masked address of {} is {name}", judged.session.connection.by),
            Assumed::Meant => format!("{} means {name}", judged.session.connection.by),
        })
    });
    told.collect()
}

/// Prints the scenario that a device's configuration is.
pub fn import(args: &Import, out: &mut Out) -> Result<u8, Failure> {
    let read = files::one(&args.file, args.from, args.host.as_deref())?;
    let wanted = |remote: &Remote| match (remote, args.peer) {
        (Remote::Address(address), Some(peer)) => *address == peer,
        (Remote::Address(_), None) => true,
        _ => false,
    };
    let found = read.iter().find_map(|device| {
        let connection = device.connections.iter().find(|connection| wanted(&connection.remote))?;
        config::End::calling(device, connection).map(|end| (end, connection))
    });
    let Some((end, connection)) = found else {
        return Err(no_such_peer(args, &read));
    };
    for problem in read.iter().flat_map(|device| &device.problems) {
        // Nobody is left to tell if standard error is closed.
        let _ = writeln!(std::io::stderr(), "{}", human::rendered(problem));
    }
    // Hidden unless asked for: scenarios end up in tickets.
    let keys = if args.show_keys { Keys::Real } else { Keys::Hidden };
    out.write_all(config::alone(&end, connection, keys).text.as_bytes())?;
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
