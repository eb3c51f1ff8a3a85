//! What holds for every run: same seed, same bytes; no success with unequal keys; equal configurations
//! survive any loss of one copy of each message; nothing that arrives makes a peer panic.

#![cfg(test)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ike::{Endpoint, Input, Instant, Label, Output, Powers, Role, Streams};
use proptest::collection::vec;
use proptest::prelude::*;
use scenario::Scenario;
use sim::choice::{Act, Chooser, Handling};
use sim::{Blame, Datagram, Recorder, Trace, Verdict, World, run};

const MODES: [&str; 3] =
    ["mode = \"main\"", "mode = \"aggressive\"", "mode = \"aggressive\"\nconfirm = false"];
const PROFILES: [&str; 2] = ["asa", "ios"];

fn parse(text: &str) -> Scenario {
    Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Two peers with a group that is quick to compute; `more` goes before the first table.
fn base(mode: &str, more: &str, profiles: [&str; 2], key: &str) -> String {
    let [i, r] = profiles;
    format!(
        "{mode}\n{more}\n[initiator]\nprofile = \"{i}\"\n[[initiator.policy]]\ngroup = 31\n\
         [responder]\nprofile = \"{r}\"\n[[responder.policy]]\ngroup = 31\n\
         [[responder.tunnel_group]]\npeer = \"203.0.113.1\"\npre_shared_key = \"{key}\"\n"
    )
}

fn profiles() -> impl Strategy<Value = [&'static str; 2]> {
    (0..2_usize, 0..2_usize).prop_map(|(i, r)| [PROFILES[i], PROFILES[r]])
}

fn mode() -> impl Strategy<Value = &'static str> {
    (0..3_usize).prop_map(|n| MODES[n])
}

/// Loses the copies that it was told to lose, whatever the scenario says.
struct Loser {
    /// Which copy of each message is lost, from 0.
    lost: BTreeMap<u8, u8>,
    seen: BTreeMap<u8, u8>,
    latency: Duration,
}

impl Chooser for Loser {
    fn handling(&mut self, now: Instant, _: u64, datagram: &Datagram) -> Handling {
        let mut wire = Handling { acts: Vec::new(), arrives: now + self.latency };
        if let Label::Message { name, .. } = datagram.label {
            let message = name.number();
            let copy = self.seen.entry(message).or_insert(0);
            if self.lost.get(&message) == Some(copy) {
                wire.acts.push((Blame::RandomLoss, Act::Lose));
            }
            *copy += 1;
        }
        wire
    }
}

/// Where a run of this scenario under this chooser leaves the peers.
fn outcome(scenario: &Scenario, chooser: &mut dyn Chooser) -> sim::Outcome {
    let setup = &scenario.setup;
    let mut world = World::new(setup, &Powers::new(64), Recorder::new(setup, Trace::off()));
    world.initiate(setup, chooser);
    while world.step(chooser) {}
    world.watch().outcome(world.now())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_seed_decides_every_byte(seed in 0..=i64::MAX as u64, mode in mode(), profiles in profiles(), loss in 0.0..0.6) {
        let network = format!("[network]\nloss = {loss}\njitter = \"3ms\"\ncorrupt = 0.1\nreorder = 0.1\nduplicate = 0.2\n");
        let text = format!("{}{network}", base(mode, &format!("seed = {seed}"), profiles, "cisco123"));
        let scenario = parse(&text);
        let (once, twice) = (run(&scenario.setup, &Powers::none()), run(&scenario.setup, &Powers::new(64)));
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(once.1, sim::run_untraced(&scenario.setup, &Powers::none()), "the trace changes the outcome");
    }

    #[test]
    fn another_seed_gives_other_bytes_and_the_same_states(one in 0..1000_u64, step in 1..1000_u64, mode in mode()) {
        let [first, second] = [one, one + step].map(|seed| {
            run(&parse(&base(mode, &format!("seed = {seed}"), ["asa", "asa"], "another")).setup, &Powers::none())
        });
        let state = |outcome: &sim::Outcome| (outcome.peers.initiator.state, outcome.peers.responder.state, outcome.verdict);
        prop_assert_eq!(state(&first.1), state(&second.1));
        prop_assert_ne!(first.0, second.0);
    }

    /// Whatever the network does: no shared key, no tunnel.
    #[test]
    fn unequal_keys_never_end_in_both_active(
        seed in 0..1_000_000_u64, mode in mode(), profiles in profiles(), key in "[a-z ]{1,12}",
        (loss, corrupt, duplicate) in (0.0..0.4, 0.0..0.3, 0.0..0.5),
    ) {
        prop_assume!(key != "cisco123");
        let network = format!("[network]\nloss = {loss}\ncorrupt = {corrupt}\nduplicate = {duplicate}\nreorder = 0.2\n");
        let text = format!("{}{network}", base(mode, &format!("seed = {seed}"), profiles, &key));
        let outcome = run(&parse(&text).setup, &Powers::new(64)).1;
        prop_assert_ne!(outcome.verdict, Verdict::Established);
        let active = |peer: &sim::PeerOutcome| peer.state.is_some_and(ike::State::is_active);
        prop_assert!(!(active(&outcome.peers.initiator) && active(&outcome.peers.responder)), "{outcome:?}");
    }

    /// Resends and answers to duplicates make good for any loss of at most one copy of each message,
    /// whichever copy it is.
    #[test]
    fn one_lost_copy_of_each_message_does_no_harm(
        mode in mode(), profiles in profiles(), copies in vec(0..5_u8, 6),
    ) {
        let scenario = parse(&base(mode, "", profiles, "cisco123"));
        let lost = (1..).zip(copies).collect();
        let mut loser = Loser { lost, seen: BTreeMap::new(), latency: scenario.setup.network.latency };
        let outcome = outcome(&scenario, &mut loser);
        prop_assert_eq!(outcome.verdict, Verdict::Established, "{:?}", outcome);
    }

    /// Any bytes, at any point of an exchange: an endpoint answers with events, never with a panic and never without a
    /// word.
    #[test]
    fn nothing_that_arrives_makes_an_endpoint_panic(
        mode in mode(), steps in 0..7_usize, junk in vec(vec(any::<u8>(), 0..200), 0..4),
        edits in vec((any::<prop::sample::Index>(), any::<u8>()), 0..6), cut in any::<prop::sample::Index>(),
        port in prop::sample::select(vec![500_u16, 4500, 1234]),
    ) {
        let scenario = parse(&base(mode, "", ["asa", "ios"], "cisco123"));
        let mut pair = Pair::new(&scenario);
        let mut last = pair.start(&scenario);
        for _ in 0..steps {
            match pair.pass_on(last.clone()) {
                Some(next) => last = Some(next),
                None => break,
            }
        }
        let Some((to, mut bytes)) = last else { return Ok(()) };
        let length = bytes.len();
        for (at, value) in edits {
            bytes[at.index(length)] = value;
        }
        pair.hear(to, &bytes, port);
        bytes.truncate(cut.index(length));
        pair.hear(to, &bytes, port);
        for bytes in junk {
            pair.hear(to, &bytes, port);
        }
    }
}

/// Two endpoints without a world: messages are passed on by hand.
struct Pair {
    ends: [Endpoint; 2],
    addresses: [std::net::IpAddr; 2],
}

type InFlight = Option<(Role, Vec<u8>)>;

impl Pair {
    fn new(scenario: &Scenario) -> Pair {
        let end = |role: Role, name: &'static str| {
            Endpoint::new(
                Arc::new(scenario.setup.hosts[role].clone()),
                Streams::new(1, name),
                Powers::new(16),
            )
        };
        let ends = [end(Role::Initiator, "initiator"), end(Role::Responder, "responder")];
        Pair {
            ends,
            addresses: [scenario.setup.hosts.initiator.address, scenario.setup.hosts.responder.address],
        }
    }

    fn start(&mut self, scenario: &Scenario) -> InFlight {
        let [from, to] = [scenario.setup.hosts.initiator.address, scenario.setup.hosts.initiator.peer]
            .map(|ip| (ip, 500).into());
        let outputs = self.ends[0].handle(Instant::ZERO, Input::Initiate { from, to });
        sent(Role::Responder, outputs)
    }

    fn pass_on(&mut self, flying: InFlight) -> InFlight {
        let (to, bytes) = flying?;
        self.hear(to, &bytes, 500)
    }

    fn hear(&mut self, to: Role, bytes: &[u8], port: u16) -> InFlight {
        let (own, other) = match to {
            Role::Initiator => (0, 1),
            Role::Responder => (1, 0),
        };
        let (from, here) = ((self.addresses[other], port).into(), (self.addresses[own], port).into());
        let input = Input::Datagram { from, to: here, bytes };
        let outputs = self.ends[own].handle(Instant::from_micros(1000), input);
        assert!(outputs.iter().any(|output| matches!(output, Output::Event(_))), "{bytes:02x?}");
        sent(to.other(), outputs)
    }
}

fn sent(to: Role, outputs: Vec<Output>) -> InFlight {
    outputs.into_iter().find_map(|output| match output {
        Output::Transmit { bytes, .. } => Some((to, bytes)),
        Output::Event(_) => None,
    })
}
