//! What a device can tell of a run: its frames are judged as their capture is, with its own states and refusals, and with
//! its own configuration in place of a guessed one.

use std::time::Duration;

use ike::{Instant, Role};
use sim::{Setup, Trace};

use super::abduce::Cache;
use super::find::find;
use super::fits::Ground;
use super::grounds::{Statements, grounds};
use super::negotiation::Emission;
use super::vantage::{Vantage, captures, longest, of_negotiation};

/// The causes that leave the device with the picture that it has, likeliest first. In `healthy` nothing is wrong with it, nor
/// with its peer; `ended`: the run was stopped then, before the device was through.
pub(crate) fn suspected(healthy: &Setup, trace: &Trace, role: Role, ended: Option<Instant>) -> Vec<Ground> {
    let vantage = Vantage::Device(role);
    let captures = captures(trace, vantage, Duration::MAX);
    let negotiation = longest(find(&captures).negotiations);
    let picture = of_negotiation(trace, vantage, negotiation.as_ref());
    let began =
        negotiation.as_ref().and_then(|one| one.emissions.first()).map_or(Duration::ZERO, Emission::at);
    let ended = ended.map(|at| at.since(Instant::ZERO));
    let fits = Cache::default().of_device(healthy.clone(), role, (&picture, began), ended);
    if ended.is_some() && fits.healthy {
        // What is not there yet may still come.
        return Vec::new();
    }
    grounds(&fits, &negotiation.as_ref().map(Statements::of).unwrap_or_default())
}
