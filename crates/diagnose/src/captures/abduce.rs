//! The runs whose picture is the captured one.

mod known;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ike::{Instant, MessageName, Mode, Powers, Profile, Role, Sides};
use sim::{Outcome, Setup};

use super::fits::{Fits, Match};
use super::frame::What;
use super::looks::{Heard, Numbers, Seen, bounds};
use super::negotiation::Negotiation;
use super::one_way::{mumbles, one_way, refuses_unseen};
use super::picture::{Fact, Facts, Strictness};
use super::rebuild::Circumstances;
use super::runs::{last_moment, until};
use super::vantage::Vantage;
use super::vendor::Vendor;

use known::{Known, rank};

/// Powers kept for the many runs of one seed.
const POWERS: usize = 256;
/// Questions whose answers are kept.
const QUESTIONS: usize = 1 << 14;
/// Runs that were cut short and are kept.
const OUTCOMES: usize = 1 << 14;

/// What was worked out already.
pub struct Cache {
    numbers: Numbers,
    known: BTreeMap<Name, Arc<Known>>,
    outcomes: BTreeMap<(Name, usize, usize), Arc<Outcome>>,
    answers: BTreeMap<Question, Arc<Fits>>,
    powers: Powers,
}

/// Circumstances, to look them up by.
type Name = (Mode, Sides<&'static str>, Sides<bool>, bool);

/// The name of circumstances, and their runs.
type Named = (Name, Arc<Known>);

/// All that the answer depends on. Between two moments of the runs the end of the capture changes nothing.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Question {
    alternatives: Vec<(Name, [usize; 4])>,
    vantages: Vec<Vantage>,
    first: Option<MessageName>,
    heard: Heard,
    facts: Vec<Fact>,
}

/// Nothing yet.
impl Default for Cache {
    fn default() -> Cache {
        Cache {
            numbers: Numbers::default(),
            known: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            answers: BTreeMap::new(),
            powers: Powers::new(POWERS),
        }
    }
}

impl Cache {
    /// The setup under these circumstances in which nothing is wrong.
    pub fn healthy(&mut self, circumstances: &Circumstances) -> Setup {
        self.known(circumstances).1.healthy.clone()
    }

    fn known(&mut self, circumstances: &Circumstances) -> Named {
        let name = (
            circumstances.mode,
            circumstances.profiles.map(|profile| profile.name),
            circumstances.nat,
            circumstances.confirm,
        );
        if let Some(known) = self.known.get(&name) {
            return (name, Arc::clone(known));
        }
        let known = Arc::new(Known::new(circumstances.setup(), None, &self.powers, &mut self.numbers));
        self.known.insert(name, Arc::clone(&known));
        (name, known)
    }

    /// Where a run stands at that moment, if that is before its own end.
    fn until(&mut self, (name, known): &Named, number: usize, moment: Duration) -> Option<Arc<Outcome>> {
        let run = known.runs.get(number)?;
        // A run that is up stays so, and one that ended before changes no more.
        if run.is_up() || run.outcome.ended.since(Instant::ZERO) <= moment {
            return Some(Arc::clone(&run.outcome));
        }
        let key = (*name, number, rank(&run.moments, moment));
        if let Some(outcome) = self.outcomes.get(&key) {
            return Some(Arc::clone(outcome));
        }
        let outcome = until(&known.healthy, run.fault.as_ref(), moment, &self.powers);
        let outcome = outcome.map_or_else(|| Arc::clone(&run.outcome), Arc::new);
        // As a whole: what is dropped is worked out again, and no order of use has to be kept.
        if self.outcomes.len() >= OUTCOMES {
            self.outcomes.clear();
        }
        self.outcomes.insert(key, Arc::clone(&outcome));
        Some(outcome)
    }

    /// The runs that leave the captured picture, less strictly where none does. A side whose vendor is not known may
    /// behave like any.
    pub fn fits(
        &mut self,
        negotiation: &Negotiation<'_>,
        picture: &Facts,
        vendors: &Sides<Option<Vendor>>,
        circumstances: &Circumstances,
        at: Option<IpAddr>,
    ) -> Arc<Fits> {
        let (watched, first) = (negotiation.watched, first_captured(negotiation));
        let vantages = vantages(negotiation, at);
        let third = negotiation.emissions.iter().any(|one| one.what == What::Phase1(MessageName::AM3));
        let hides_nat = circumstances.mode == Mode::Aggressive && !circumstances.nat.initiator && !third;
        let hides = Hidden { nat: hides_nat, mode: refuses_unseen(negotiation) };
        let heard = Heard { only: one_way(negotiation), mumbles: mumbles(negotiation) };
        let all = alternatives(circumstances, vendors, hides);
        let all: Vec<_> =
            all.iter().map(|circumstances| (circumstances.profiles, self.known(circumstances))).collect();
        let question = Question {
            alternatives: all.iter().map(|(_, (name, known))| (*name, known.ranks(watched))).collect(),
            vantages,
            first,
            heard,
            facts: picture.keys().copied().collect(),
        };
        if let Some(known) = self.answers.get(&question) {
            return Arc::clone(known);
        }
        // Behind the runs: facts get their numbers as the runs are made.
        let seen = Seen::new(picture, &self.numbers, bounds(watched), first, heard);
        let moment = last_moment(watched);
        let answer = self.answer(&all, &seen, &question.vantages, (circumstances.profiles, moment));
        let answer = Arc::new(answer);
        if self.answers.len() >= QUESTIONS {
            self.answers.clear();
        }
        self.answers.insert(question, Arc::clone(&answer));
        answer
    }

    /// The runs that leave a device with its own picture, where nothing is wrong but beyond it. `ended`: it was watched no
    /// longer, since the start of the run; `None`: to its end.
    pub fn of_device(
        &mut self,
        healthy: Setup,
        role: Role,
        (picture, began): (&Facts, Duration),
        ended: Option<Duration>,
    ) -> Fits {
        let profiles = healthy.hosts.as_ref().map(|host| host.profile);
        let name = (healthy.mode, profiles.map(|one| one.name), Sides::default(), false);
        let known = Arc::new(Known::new(healthy, Some(role), &self.powers, &mut self.numbers));
        let moment = ended.unwrap_or(Duration::MAX);
        // A device's own clock, and a peer that is as it should be: here timers are exact.
        let watched = moment.saturating_sub(began);
        let seen = Seen::new(picture, &self.numbers, (watched, watched), None, Heard::default());
        self.answer(&[(profiles, (name, known))], &seen, &[Vantage::Device(role)], (profiles, moment))
    }

    fn answer(
        &mut self,
        all: &[(Sides<&'static Profile>, Named)],
        seen: &Seen,
        vantages: &[Vantage],
        (usual, moment): (Sides<&'static Profile>, Duration),
    ) -> Fits {
        for strictness in Strictness::ALL {
            let mut matches: Vec<Match<'_>> = Vec::new();
            for (profiles, known) in all {
                for (number, vantage) in known.1.fitting(seen, &self.numbers, vantages, strictness) {
                    let outcome = self.until(known, number, moment);
                    let run = known.1.runs.get(number);
                    matches.extend(run.zip(outcome).map(|(run, outcome)| Match {
                        run,
                        outcome,
                        vantage,
                        profiles: *profiles,
                    }));
                }
            }
            // No looser look behind one that fits: it would add causes that the repeats rule out.
            if !matches.is_empty() {
                return Fits::new(&matches, usual);
            }
        }
        Fits::default()
    }
}

/// The time to live that hosts send with.
const INITIAL_TTL: [u8; 3] = [64, 128, 255];

/// Where the captures can have been taken. A packet whose time to live is no longer what hosts send with has
/// passed a router: it was not captured beside its sender.
fn vantages(negotiation: &Negotiation<'_>, at: Option<IpAddr>) -> Vec<Vantage> {
    if negotiation.places.len() > 1 {
        return vec![Vantage::Both];
    }
    let (initiator, responder) = (negotiation.ends.0.ip(), negotiation.ends.1.ip());
    match at {
        Some(at) if at == initiator && at != responder => return vec![Vantage::Beside(Role::Initiator)],
        Some(at) if at == responder && at != initiator => return vec![Vantage::Beside(Role::Responder)],
        _ => {}
    }
    let ttls = |role: Role| {
        let own = negotiation.emissions.iter().filter(move |one| one.sender == role);
        own.filter_map(|one| one.sight()).map(|sight| sight.ttl).filter(|ttl| *ttl != 0)
    };
    let routed = Role::BOTH.map(|role| ttls(role).any(|ttl| !INITIAL_TTL.contains(&ttl)));
    let at_sender = Role::BOTH.map(|role| ttls(role).any(|ttl| INITIAL_TTL.contains(&ttl)));
    match (routed, at_sender) {
        ([false, true], [true, false]) => vec![Vantage::Beside(Role::Initiator)],
        ([true, false], [false, true]) => vec![Vantage::Beside(Role::Responder)],
        ([true, _], [false, _]) => vec![Vantage::Beside(Role::Responder), Vantage::Between],
        _ => Vantage::ONE.to_vec(),
    }
}

/// What the capture does not show of the setup.
struct Hidden {
    nat: bool,
    mode: bool,
}

/// The guessed vendors, then every other one for a side that could not be guessed.
fn alternatives(
    circumstances: &Circumstances,
    vendors: &Sides<Option<Vendor>>,
    hides: Hidden,
) -> Vec<Circumstances> {
    let profiles = vendors.as_ref().map(|vendor| {
        vendor
            .as_ref()
            .and_then(|vendor| vendor.profile)
            .map_or(vendor::profile::of_devices().collect(), |known| vec![known])
    });
    let with = |i| profiles.responder.iter().map(move |r| Sides::new(i, *r));
    let pairs = profiles.initiator.iter().flat_map(|i| with(*i));
    let mut all: Vec<Circumstances> =
        pairs.map(|profiles| Circumstances { profiles, ..circumstances.clone() }).collect();
    if hides.mode {
        let other: Vec<Circumstances> =
            all.iter().map(|one| Circumstances { mode: Mode::Aggressive, ..one.clone() }).collect();
        all.extend(other);
    }
    if hides.nat {
        // Only the encrypted third message would show it.
        let behind: Vec<Circumstances> = all
            .iter()
            .map(|one| Circumstances { nat: Sides::new(true, circumstances.nat.responder), ..one.clone() })
            .collect();
        all.extend(behind);
    }
    // The guess first: of the runs with one cause the first says where it sits.
    all.sort_by_key(|one| one != circumstances);
    all
}

/// The first message of the exchange that was captured; `None`: it was captured from its beginning.
fn first_captured(negotiation: &Negotiation<'_>) -> Option<MessageName> {
    let names = negotiation.emissions.iter().filter_map(|one| one.what.phase_1());
    names.min().filter(|_| negotiation.starts_late)
}
