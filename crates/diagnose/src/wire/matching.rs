//! The runs whose picture is the captured one.

use std::time::Duration;

use ike::{Instant, MessageName, Mode, Powers, Profile, Role};

use super::base::Base;
use super::facts::{Facts, Strictness, fits};
use super::find::Negotiation;
use super::runs::{Run, Vantage, after, runs};
use super::sight::What;
use super::vendor::Vendor;

/// Powers kept for the many runs of one seed.
const POWERS: usize = 256;

/// Runs that were made already.
pub struct Cache {
    runs: Vec<(Base, Vec<Run>)>,
    powers: Powers,
}

impl Cache {
    /// Nothing yet.
    pub fn new() -> Cache {
        Cache { runs: Vec::new(), powers: Powers::new(POWERS) }
    }

    fn runs(&mut self, base: &Base) -> &[Run] {
        let at = self.runs.iter().position(|(known, _)| known == base).unwrap_or_else(|| {
            let runs = runs(&base.setup(), &self.powers);
            self.runs.push((base.clone(), runs));
            self.runs.len() - 1
        });
        self.runs.get(at).map_or(&[], |(_, runs)| runs.as_slice())
    }

    /// The run as it stands when the capture ends, if that is before its own end.
    fn until(&self, base: &Base, run: &Run, watched: Duration) -> Run {
        let ended = run.outcome.ended.since(Instant::ZERO);
        let outcome = (ended > watched && !run.is_up())
            .then(|| after(&base.setup(), run.fault.as_ref(), watched, &self.powers))
            .flatten();
        Run { outcome: outcome.unwrap_or_else(|| run.outcome.clone()), ..run.clone() }
    }
}

/// A run that fits, from where it was seen, and whom its peers behave like.
#[derive(Clone)]
pub(super) struct Match {
    pub run: Run,
    pub vantage: Vantage,
    pub profiles: [&'static Profile; 2],
}

/// The runs that leave the captured picture, less strictly where none does. A side whose vendor is not known may
/// behave like any.
pub(super) fn matching(
    negotiation: &Negotiation<'_>,
    picture: &Facts,
    vendors: &[Option<Vendor>; 2],
    base: Base,
    cache: &mut Cache,
) -> (Option<Base>, Vec<Match>) {
    let first = first_captured(negotiation);
    let vantages = vantages(negotiation);
    let third = negotiation.emissions.iter().any(|one| one.what == What::Phase1(MessageName::AM3));
    let hides_nat = base.mode == Mode::Aggressive && !base.nat[0] && !third;
    for strictness in [Strictness::Full, Strictness::NoCounts, Strictness::NoRepeats] {
        let mut matches: Vec<Match> = Vec::new();
        for base in alternatives(&base, vendors, hides_nat) {
            let fit = |run: &Run| {
                let fits = |vantage: &&Vantage| {
                    run.picture(**vantage)
                        .is_some_and(|run| fits(picture, run, negotiation.watched, first, strictness))
                };
                vantages.iter().find(fits).copied()
            };
            let fitting: Vec<(Run, Vantage)> =
                cache.runs(&base).iter().filter_map(|run| Some((run.clone(), fit(run)?))).collect();
            matches.extend(fitting.into_iter().map(|(run, vantage)| {
                let run = cache.until(&base, &run, negotiation.watched);
                Match { run, vantage, profiles: base.profiles }
            }));
        }
        if !matches.is_empty() {
            return (Some(base), matches);
        }
    }
    (Some(base), Vec::new())
}

/// The time to live that hosts send with.
const INITIAL_TTL: [u8; 3] = [64, 128, 255];

/// Where the captures can have been taken. A packet whose time to live is no longer what hosts send with has
/// passed a router: it was not captured beside its sender.
fn vantages(negotiation: &Negotiation<'_>) -> Vec<Vantage> {
    if negotiation.places.len() > 1 {
        return vec![Vantage::Both];
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

/// The guessed vendors, then every other one for a side that could not be guessed.
fn alternatives(base: &Base, vendors: &[Option<Vendor>; 2], hides_nat: bool) -> Vec<Base> {
    let [initiator, responder] = vendors.each_ref().map(|vendor| {
        vendor.as_ref().and_then(|vendor| vendor.profile).map_or(Profile::ALL.to_vec(), |known| vec![known])
    });
    let pairs = initiator.iter().flat_map(|i| responder.iter().map(move |r| [*i, *r]));
    let mut all: Vec<Base> = pairs.map(|profiles| Base { profiles, ..base.clone() }).collect();
    if hides_nat {
        // Only the encrypted third message would show it.
        let behind: Vec<Base> =
            all.iter().map(|one| Base { nat: [true, base.nat[1]], ..one.clone() }).collect();
        all.extend(behind);
    }
    all.sort_by_key(|one| one != base);
    all
}

/// The first message of the exchange that was captured; `None`: it was captured from its beginning.
fn first_captured(negotiation: &Negotiation<'_>) -> Option<MessageName> {
    let names = negotiation.emissions.iter().filter_map(|one| match one.what {
        What::Phase1(name) => Some(name),
        _ => None,
    });
    names.min().filter(|_| negotiation.starts_late)
}
