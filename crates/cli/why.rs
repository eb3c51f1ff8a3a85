//! `ikesim why`

use std::io::Write;

use diagnose::why as ask;
use ike::{Powers, Role};
use report::Report;

use crate::args::{Format, WhyArgs};
use crate::failure::Failure;
use crate::input;
use crate::out::Out;
use crate::run::POWERS;

/// Says what would have helped, when it was too late, and what one side cannot tell apart.
pub fn why(args: &WhyArgs, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let scenario = input::scenario(&args.file, args.seed)?;
    let answer = ask(&scenario.setup);
    let view = args.view.map(Role::from);
    let ran = sim::run(&scenario.setup, &Powers::new(POWERS));
    let report = Report::new(scenario, ran, view);
    if format == Format::Json {
        out.json(&report::why_json(&report, &answer))?;
    } else {
        out.write_all(report::why(&report, &answer).as_bytes())?;
    }
    Ok(0)
}
