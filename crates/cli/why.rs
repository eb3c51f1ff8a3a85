//! `ikesim why`

use std::io::Write;

use diagnose::{Why, why as ask};
use ike::{Powers, Role};
use report::Report;

use crate::args::{Format, WhyArgs};
use crate::failure::{Failure, UNDECIDED};
use crate::input;
use crate::out::Out;
use crate::run::POWERS;

/// Says what would have helped, when it was too late, and what one side cannot tell apart.
pub fn why(args: &WhyArgs, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let scenario = input::scenario(&args.file, args.seed)?;
    let view = args.view.map(Role::from);
    let ran = sim::run(&scenario.setup, &Powers::new(POWERS));
    // Of a run whose end nobody knows, no change can be said to lead to another.
    let answer = if ran.1.cut_off { Why::default() } else { ask(&scenario.setup) };
    let whole = !ran.1.cut_off && (answer.untried == 0 || !answer.changes.is_empty());
    let report = Report::new(scenario, ran, view);
    if format == Format::Json {
        out.json(&report::why_json(&report, &answer))?;
    } else {
        out.write_all(report::why(&report, &answer).as_bytes())?;
    }
    Ok(if whole { 0 } else { UNDECIDED })
}
