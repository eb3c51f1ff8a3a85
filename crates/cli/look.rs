//! `ikesim show` and `ikesim logs`

use std::io::Write;

use ike::{Commands, Instant, Powers, Role};
use report::{Detail, Like};
use sim::{Setup, Trace};

use crate::args::{DetailArg, LikeArg, Logs, Show, Sight};
use crate::failure::{Failure, UNDECIDED, USAGE};
use crate::input;
use crate::out::{Out, say};

/// What the device's own command would print.
pub fn show(args: &Show, out: &mut Out) -> Result<u8, Failure> {
    let detail = match args.detail {
        None if args.ipsec => Detail::Ipsec,
        None => Detail::Brief,
        Some(DetailArg::Block) => Detail::Full,
        Some(DetailArg::Table) => Detail::Table,
    };
    look(&args.sight, out, |setup, trace, device, at, like| {
        report::show(setup, trace, device, at, like, detail)
    })
}

/// The device's own log.
pub fn logs(args: &Logs, out: &mut Out) -> Result<u8, Failure> {
    look(&args.sight, out, report::logs)
}

/// Runs the scenario and prints what `text` makes of it.
fn look(
    sight: &Sight,
    out: &mut Out,
    text: impl Fn(&Setup, &Trace, Role, Instant, Like) -> String,
) -> Result<u8, Failure> {
    let device = sight.device.into();
    let setup = input::scenario(&sight.file, None)?.setup;
    let like = like(sight.like, &setup, device)?;
    let (trace, outcome) = sim::run(&setup, &Powers::none());
    let at = moment(sight.at.as_deref(), outcome.ended)?;
    out.write_all(text(&setup, &trace, device, at, like).as_bytes())?;
    // Up to its end all is as it was; what the device shows later nobody knows.
    if outcome.cut_off && at >= outcome.ended {
        say(&report::cut_off(&outcome));
        return Ok(UNDECIDED);
    }
    Ok(0)
}

/// What was asked for, else what the device is.
fn like(asked: Option<LikeArg>, setup: &Setup, device: Role) -> Result<Like, Failure> {
    match (asked, setup.hosts[device].profile.commands) {
        (Some(LikeArg::Asa), _) | (None, Commands::Asa) => Ok(Like::Asa),
        (Some(LikeArg::Ios), _) | (None, Commands::Ios) => Ok(Like::Ios),
        // Not guessed: words of a device that it is not would be looked up as its own.
        (None, _) => Err(Failure::new(USAGE, format!("the {device} is no Cisco device"))
            .help(Some("say whose words are wanted: --like asa or --like ios".into()))),
    }
}

fn moment(text: Option<&str>, end: Instant) -> Result<Instant, Failure> {
    text.map_or(Ok(end), time)
}

/// A moment of a run, in words like 20s.
pub fn time(text: &str) -> Result<Instant, Failure> {
    scenario::parse_duration(text).map(|length| Instant::ZERO + length).ok_or_else(|| {
        Failure::new(USAGE, format!("`{text}` is no moment"))
            .help(Some("a time since the start, as 20s or 8030ms".into()))
    })
}
