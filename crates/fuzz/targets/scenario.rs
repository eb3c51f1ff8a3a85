//! Any text as a scenario; one that parses is run for a while.

#![no_main]

use ike::{Instant, Powers};
use libfuzzer_sys::fuzz_target;
use scenario::Scenario;

fuzz_target!(|text: &str| {
    match Scenario::parse("fuzz", text) {
        Ok(mut scenario) => {
            // Big groups are slow and prove nothing here.
            let quick =
                |config: &ike::Config| config.policies.iter().all(|policy| policy.group.public_len() <= 96);
            if quick(&scenario.setup.hosts.initiator) && quick(&scenario.setup.hosts.responder) {
                scenario.setup.until = scenario.setup.until.min(Some(Instant::from_micros(200_000_000)));
                sim::run_untraced(&scenario.setup, &Powers::none());
            }
        }
        Err(error) => assert!(!error.render(false).is_empty()),
    }
});
