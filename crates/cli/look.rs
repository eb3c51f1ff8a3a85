//! `ikesim show` and `ikesim logs`

use std::io::Write;

use ike::{Dialect, Instant, Powers, Role};
use report::{Detail, Like};
use sim::Scenario;

use crate::args::{DetailArg, LikeArg, Logs, Show};
use crate::failure::{Failure, USAGE};
use crate::input;

/// What the device's own command would print.
pub fn show(args: &Show, out: &mut dyn Write) -> Result<u8, Failure> {
    let device = args.device.into();
    let scenario = input::scenario(&args.file, None)?;
    let like = like(args.like, &scenario, device)?;
    let detail = match args.detail {
        None => Detail::Brief,
        Some(DetailArg::Block) => Detail::Full,
        Some(DetailArg::Table) => Detail::Table,
    };
    let (trace, outcome) = sim::run(&scenario, &Powers::none());
    let at = moment(args.at.as_deref(), outcome.ended)?;
    out.write_all(report::show(&scenario, &trace, device, at, like, detail).as_bytes())?;
    Ok(0)
}

/// The device's own log.
pub fn logs(args: &Logs, out: &mut dyn Write) -> Result<u8, Failure> {
    let device = args.device.into();
    let scenario = input::scenario(&args.file, None)?;
    let like = like(args.like, &scenario, device)?;
    let (trace, outcome) = sim::run(&scenario, &Powers::none());
    let until = moment(args.at.as_deref(), outcome.ended)?;
    out.write_all(report::logs(&scenario, &trace, device, until, like).as_bytes())?;
    Ok(0)
}

/// What was asked for, else what the device is.
fn like(asked: Option<LikeArg>, scenario: &Scenario, device: Role) -> Result<Like, Failure> {
    match (asked, scenario.peer(device).profile.dialect) {
        (Some(LikeArg::Asa), _) | (None, Dialect::Asa) => Ok(Like::Asa),
        (Some(LikeArg::Ios), _) | (None, Dialect::Ios) => Ok(Like::Ios),
        (None, _) => Err(Failure::new(USAGE, format!("the {device} is no Cisco device"))
            .help(Some("say whose words are wanted: --like asa or --like ios".into()))),
    }
}

fn moment(text: Option<&str>, end: Instant) -> Result<Instant, Failure> {
    let Some(text) = text else { return Ok(end) };
    sim::scenario::parse_duration(text).map(|length| Instant::ZERO + length).ok_or_else(|| {
        Failure::new(USAGE, format!("`{text}` is no moment"))
            .help(Some("a time since the start, as 20s or 8030ms".into()))
    })
}
