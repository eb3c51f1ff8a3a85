//! `ikesim explore`

use std::io::Write;
use std::path::Path;

use ike::Powers;
use scenario::{NoCounterexample, Scenario, shell_word};
use sim::explore::{Bounds, Property, Refusal, explore as search};

use crate::args::{ExploreArgs, Format};
use crate::failure::{Failure, UNDECIDED, USAGE};
use crate::input;
use crate::out::{Out, say};
use crate::output::{self, Holds};
use crate::run::POWERS;

/// Visits every world within the bounds; 1 when a property does not hold, 4 when the bound of worlds cut it short.
pub fn explore(args: &ExploreArgs, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let text = input::text(&args.file)?;
    let name = args.file.display().to_string();
    let scenario = Scenario::parse(&name, &text)?;
    let bounds = Bounds {
        drops: args.drops,
        duplicates: args.duplicates,
        reorders: args.reorders,
        eager: args.eager.0,
        corrupts: args.corrupt,
        forges: args.forge,
    };
    let found = search(&scenario.setup, bounds, &Powers::new(POWERS), args.states)
        .map_err(|refusal| refused(&scenario, refusal))?;
    if format == Format::Json {
        out.json(&report::explored_json(&name, bounds, &found))?;
    } else {
        out.write_all(report::explored(&scenario, bounds, &found).as_bytes())?;
    }
    // Progress and reachability are about all worlds together: no way leads to where they break.
    if let Some((property, path)) = found.violations.iter().find(|(_, path)| !path.is_empty()) {
        let written = scenario::counterexample(&text, path, *property);
        write_violation(&args.write, &written, *property, out)?;
    }
    Ok(match (found.violations.is_empty(), found.complete) {
        (false, _) => 1,
        (true, true) => 0,
        // A world that was not visited may break it.
        (true, false) => UNDECIDED,
    })
}

fn refused(scenario: &Scenario, refusal: Refusal) -> Failure {
    let (fault, what, help) = match refusal {
        Refusal::PeerDownForAWhile { fault } => (
            fault,
            "switches a peer off for a while",
            "leave out `from` and `until`: a peer that is down from the start can be explored",
        ),
        Refusal::Cleared { fault } => {
            (fault, "clears SAs at a moment", "leave the fault out: `ikesim run` shows what it leads to")
        }
    };
    let message = format!("{}: fault {} {what}, and an exploration knows no time", scenario.name, fault + 1);
    Failure::new(USAGE, message).help(Some(help.into()))
}

/// What exists is never overwritten.
fn write_violation(
    path: &Path,
    text: &Result<String, NoCounterexample>,
    property: Property,
    out: &mut Out,
) -> Result<(), Failure> {
    let text = match text {
        Ok(text) => text,
        // No failure: the steps themselves are in the report.
        Err(why) => {
            say(&format!("the steps cannot be written as a scenario: {why}"));
            return Ok(());
        }
    };
    if output::is_stdout(path) {
        return Ok(write!(out, "\nAs a scenario:\n\n{text}")?);
    }
    // The base's keys are in it.
    output::create(path, text.as_bytes(), Holds::Secrets, "--write other.toml")?;
    say(&format!("{property} broken; to see it: ikesim run {}", shell_word(&path.display().to_string())));
    Ok(())
}
