//! Any datagram in every state: the first byte chooses mode, role and how far the exchange is, the rest is
//! what arrives, as one datagram or cut in two.

#![no_main]

use std::sync::Arc;

use ike::{Endpoint, Input, Instant, Output, Powers, Role, Streams};
use libfuzzer_sys::fuzz_target;
use scenario::Scenario;

const MAIN: &str = "[[initiator.policy]]\ngroup = 31\n[[responder.policy]]\ngroup = 31\n";
const AGGRESSIVE: &str =
    "mode = 'aggressive'\n[[initiator.policy]]\ngroup = 31\n[[responder.policy]]\ngroup = 31\n";

fuzz_target!(|data: &[u8]| {
    let [choice, cut, bytes @ ..] = data else { return };
    let text = if choice & 1 == 0 { MAIN } else { AGGRESSIVE };
    let Ok(scenario) = Scenario::parse("fuzz", text) else { return };
    let mut ends = Role::BOTH.map(|role| {
        let name = if role == Role::Initiator { "initiator" } else { "responder" };
        Endpoint::new(Arc::new(scenario.setup.hosts[role].clone()), Streams::new(1, name), Powers::none())
    });
    let [i, r] = [scenario.setup.hosts.initiator.address, scenario.setup.hosts.responder.address]
        .map(|address| (address, 500).into());
    let mut flying = sent(ends[0].handle(Instant::ZERO, Input::Initiate { from: i, to: r }));
    let mut to = 1;
    for _ in 0..(choice >> 1) % 7 {
        let Some(message) = flying.take() else { break };
        let (from, here) = if to == 1 { (i, r) } else { (r, i) };
        flying = sent(ends[to].handle(Instant::ZERO, Input::Datagram { from, to: here, bytes: &message }));
        to = 1 - to;
    }
    let victim = usize::from(choice >> 4 & 1);
    let (from, here) = if victim == 1 { (i, r) } else { (r, i) };
    let split = usize::from(*cut).min(bytes.len());
    for bytes in [bytes, &bytes[..split], &bytes[split..]] {
        ends[victim].handle(Instant::from_micros(1), Input::Datagram { from, to: here, bytes });
    }
    ends[victim].handle(Instant::from_micros(60_000_000), Input::Timeout);
});

fn sent(outputs: Vec<Output>) -> Option<Vec<u8>> {
    outputs.into_iter().find_map(|output| match output {
        Output::Transmit { bytes, .. } => Some(bytes),
        Output::Event(_) => None,
    })
}
