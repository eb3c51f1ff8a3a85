//! Where a captured negotiation left each side, and why.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use ike::{Authentication, Instant, Mode, NotifyType, Powers, Profile, Role, State};
use sim::{Cause, state_name};

use super::base::{Base, chosen, confirms, floated, offered, shown, translated};
use super::evidence;
use super::facts::{Facts, Strictness, facts, fits};
use super::find::{Emission, Negotiation, is_later};
use super::proof::{Keys, Proof, proofs};
use super::runs::{Run, Vantage, after, runs};
use super::sight::What;
use super::vendor::{Vendor, vendor};
use crate::fix::fix;
use crate::prior;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Both sides are active.
    Established,
    /// One is, the other is not.
    HalfOpen,
    /// Neither is.
    Stalled,
    /// One side may be active: the bytes do not tell.
    NotUp,
    /// The capture ends before it is decided.
    Undecided,
    /// The phase 1 exchange itself was not captured.
    NotCaptured,
}

impl Verdict {
    /// The word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Established => "established",
            Verdict::HalfOpen => "half-open",
            Verdict::Stalled => "stalled",
            Verdict::NotUp => "not-established",
            Verdict::Undecided => "undecided",
            Verdict::NotCaptured => "not-captured",
        }
    }
}

/// How well a state is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// Its own messages say so.
    Seen,
    /// It follows from the others, or from what such a device does.
    Inferred,
    /// The bytes leave several.
    NotVisible,
}

impl Sure {
    /// The word in JSON and in the text.
    pub fn name(self) -> &'static str {
        match self {
            Sure::Seen => "seen",
            Sure::Inferred => "inferred",
            Sure::NotVisible => "not visible",
        }
    }
}

/// Where one side was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The state; `Some(None)` is NONE, `None` is not visible from here.
    pub state: Option<Option<State>>,
    /// The state that its own last message means; `None`: it sent none.
    pub last: Option<State>,
    /// How well `state` is known.
    pub sure: Sure,
    /// Where it is not visible: what it can be.
    pub possible: Vec<String>,
    /// Whose device it is.
    pub vendor: Option<Vendor>,
    /// Phase 1 messages sent, each once.
    pub sent: Vec<u8>,
    /// Resends of any of them.
    pub resends: usize,
    /// Notifies it sent in clear.
    pub notifies: Vec<NotifyType>,
}

/// A cause that leaves the captured picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// What it is.
    pub cause: Cause,
    /// 1 is the likeliest.
    pub rank: usize,
    /// What speaks for it.
    pub supports: Vec<String>,
    /// What speaks against it.
    pub against: Vec<String>,
    /// The observation that would decide.
    pub decides: String,
    /// What to do, commands indented.
    pub fix: Vec<String>,
}

/// What is concluded of one negotiation.
#[derive(Clone, Debug)]
pub struct Judgement<'c> {
    /// What was captured of it.
    pub negotiation: Negotiation<'c>,
    /// Later ones that look the same.
    pub alike: Vec<Negotiation<'c>>,
    /// How it ended.
    pub verdict: Verdict,
    /// Initiator and responder.
    pub sides: [Left; 2],
    /// Who stands behind address translation.
    pub nat: [bool; 2],
    /// What speaks for every cause: what was seen, with its frames.
    pub seen: Vec<String>,
    /// Likeliest first.
    pub causes: Vec<Suspect>,
    /// What else is worth knowing, a line each.
    pub notes: Vec<String>,
    /// What the given keys prove.
    pub proofs: Vec<Proof>,
}

impl Judgement<'_> {
    /// One side.
    pub fn side(&self, role: Role) -> &Left {
        let [initiator, responder] = &self.sides;
        if role == Role::Initiator { initiator } else { responder }
    }
}

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
            let runs = base.scenario().map(|healthy| runs(&healthy, &self.powers)).unwrap_or_default();
            self.runs.push((base.clone(), runs));
            self.runs.len() - 1
        });
        self.runs.get(at).map_or(&[], |(_, runs)| runs.as_slice())
    }

    /// The run as it stands when the capture ends, if that is before its own end.
    fn until(&self, base: &Base, run: &Run, watched: Duration) -> Run {
        let ended = run.outcome.ended.since(Instant::ZERO);
        let outcome = (ended > watched && !run.is_up())
            .then(|| after(&base.scenario()?, run.fault.as_ref(), watched, &self.powers))
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

/// Judges one negotiation.
pub fn judge<'c>(negotiation: Negotiation<'c>, keys: &Keys, cache: &mut Cache) -> Judgement<'c> {
    let nat = translated(&negotiation);
    let vendors = [Role::Initiator, Role::Responder].map(|role| vendor(&negotiation, role));
    let picture = facts(&negotiation);
    let proofs = proofs(&negotiation, keys);
    let base = negotiation.mode.map(|mode| Base {
        mode,
        profiles: vendors.clone().map(|v| v.and_then(|v| v.profile).unwrap_or(Profile::ASA)),
        nat,
        confirm: confirms(&negotiation),
    });
    let has_phase_1 = negotiation.emissions.iter().any(|one| matches!(one.what, What::Phase1(_)));
    let base = base.filter(|_| has_phase_1);
    let (base, matches) = match base {
        Some(base) => matching(&negotiation, &picture, &vendors, base, cache),
        None => (None, Vec::new()),
    };
    let (verdict, stalls) = verdict(&negotiation, has_phase_1, matches);
    let sides = [Role::Initiator, Role::Responder].map(|role| {
        let [i, r] = &vendors;
        let vendor = if role == Role::Initiator { i } else { r };
        left(&negotiation, role, vendor.clone(), verdict, &stalls)
    });
    let seen = evidence::seen(&negotiation);
    let mut notes = evidence::notes(&negotiation, verdict, base.as_ref(), &vendors);
    notes.extend(evidence::proved(&proofs));
    let failed = matches!(verdict, Verdict::Stalled | Verdict::HalfOpen | Verdict::NotUp);
    let causes = base.filter(|_| failed).map(|base| causes(&negotiation, &base, &stalls, &proofs));
    let causes = causes.unwrap_or_default();
    Judgement { negotiation, alike: Vec::new(), verdict, sides, nat, seen, causes, notes, proofs }
}

/// The runs that leave the captured picture, less strictly where none does. A side whose vendor is not known may
/// behave like any.
fn matching(
    negotiation: &Negotiation<'_>,
    picture: &Facts,
    vendors: &[Option<Vendor>; 2],
    base: Base,
    cache: &mut Cache,
) -> (Option<Base>, Vec<Match>) {
    let first = first_number(negotiation);
    let vantages = vantages(negotiation);
    let third = negotiation.emissions.iter().any(|one| one.what == What::Phase1(3));
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
    let routed = [Role::Initiator, Role::Responder].map(|role| ttls(role).any(|ttl| !INITIAL_TTL.contains(&ttl)));
    let at_sender = [Role::Initiator, Role::Responder].map(|role| ttls(role).any(|ttl| INITIAL_TTL.contains(&ttl)));
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
        let behind: Vec<Base> = all.iter().map(|one| Base { nat: [true, base.nat[1]], ..one.clone() }).collect();
        all.extend(behind);
    }
    all.sort_by_key(|one| one != base);
    all
}

/// The first message of the exchange that was captured.
pub(super) fn first_number(negotiation: &Negotiation<'_>) -> u8 {
    if !negotiation.starts_late {
        return 1;
    }
    let numbers = negotiation.emissions.iter().filter_map(|one| match one.what {
        What::Phase1(number) => Some(number),
        _ => None,
    });
    numbers.min().unwrap_or(1)
}

/// How it ended, and the runs that say why.
fn verdict(negotiation: &Negotiation<'_>, has_phase_1: bool, matches: Vec<Match>) -> (Verdict, Vec<Match>) {
    if is_proven(negotiation) || (last_arrived(negotiation) && up_as_far_as_seen(negotiation, &matches)) {
        return (Verdict::Established, Vec::new());
    }
    if !has_phase_1 {
        return (Verdict::NotCaptured, Vec::new());
    }
    if matches.iter().any(|one| one.run.fault.is_none()) || (!matches.is_empty() && matches.iter().all(|one| one.run.is_up())) {
        return (Verdict::Undecided, Vec::new());
    }
    let matches: Vec<Match> = matches.into_iter().filter(|one| !one.run.is_up()).collect();
    let half = |one: &Match| one.run.outcome.verdict == sim::Verdict::HalfOpen;
    let verdict = match matches.iter().filter(|one| half(one)).count() {
        0 => Verdict::Stalled,
        count if count == matches.len() => Verdict::HalfOpen,
        _ => Verdict::NotUp,
    };
    (verdict, matches)
}

/// An exchange that only an established SA has was seen after phase 1.
pub(super) fn went_on(negotiation: &Negotiation<'_>) -> bool {
    [Role::Initiator, Role::Responder].into_iter().any(|role| spoke_later(negotiation, role))
}

/// Such an exchange proves both sides active. In Aggressive Mode the initiator is active when it has sent AM3: there
/// the responder's word is needed.
fn is_proven(negotiation: &Negotiation<'_>) -> bool {
    match negotiation.mode {
        Some(Mode::Aggressive) => spoke_later(negotiation, Role::Responder),
        _ => went_on(negotiation),
    }
}

/// The last message of the exchange came as far as can be seen.
fn last_arrived(negotiation: &Negotiation<'_>) -> bool {
    let Some(last) = last_number(negotiation) else {
        return false;
    };
    let two = negotiation.places.len() > 1;
    negotiation.emissions.iter().any(|one| one.what == What::Phase1(last) && !one.altered && (!two || one.far.is_some()))
}

/// The number of the exchange's last message.
fn last_number(negotiation: &Negotiation<'_>) -> Option<u8> {
    Some(match negotiation.mode? {
        Mode::Main => 6,
        Mode::Aggressive if confirms(negotiation) => 4,
        Mode::Aggressive => 3,
    })
}

/// A run that comes up looks like this; or, where no run does, nothing was sent again after the last message.
fn up_as_far_as_seen(negotiation: &Negotiation<'_>, matches: &[Match]) -> bool {
    if !matches.is_empty() {
        return matches.iter().any(|one| one.run.comes_up_late()) || matches.iter().all(|one| one.run.is_up());
    }
    let last = last_number(negotiation).map(What::Phase1);
    let after = negotiation.emissions.iter().skip_while(|one| Some(one.what) != last).skip(1);
    !after.into_iter().any(|one| matches!(one.what, What::Phase1(_) | What::Notify(_)))
}

/// Where a side was left.
fn left(
    negotiation: &Negotiation<'_>,
    role: Role,
    vendor: Option<Vendor>,
    verdict: Verdict,
    stalls: &[Match],
) -> Left {
    let own = || negotiation.emissions.iter().filter(move |one| one.sender == role);
    let sent: BTreeSet<u8> = own().filter_map(number).collect();
    let resends = own().filter(|one| one.repeats.is_some() && number(one).is_some()).count();
    let mut notifies: Vec<NotifyType> = Vec::new();
    for one in own() {
        if let What::Notify(notify) = one.what
            && notify != NotifyType(0)
            && !notifies.contains(&notify)
        {
            notifies.push(notify);
        }
    }
    let (state, sure, possible) = state(negotiation, role, &sent, verdict, stalls);
    let last = by_protocol(negotiation, role, &sent);
    Left { state, last, sure, possible, vendor, sent: sent.into_iter().collect(), resends, notifies }
}

fn number(one: &Emission<'_>) -> Option<u8> {
    match one.what {
        What::Phase1(number) => Some(number),
        _ => None,
    }
}

fn state(
    negotiation: &Negotiation<'_>,
    role: Role,
    sent: &BTreeSet<u8>,
    verdict: Verdict,
    stalls: &[Match],
) -> (Option<Option<State>>, Sure, Vec<String>) {
    let by_protocol = by_protocol(negotiation, role, sent);
    match verdict {
        Verdict::Established => {
            let active = if negotiation.mode == Some(Mode::Aggressive) { State::AmActive } else { State::MmActive };
            let known = by_protocol == Some(active) || spoke_later(negotiation, role);
            (Some(Some(active)), if known { Sure::Seen } else { Sure::Inferred }, Vec::new())
        }
        Verdict::NotCaptured => (None, Sure::NotVisible, Vec::new()),
        Verdict::Undecided => match by_protocol {
            Some(state) => (Some(Some(state)), Sure::Seen, Vec::new()),
            None => (None, Sure::NotVisible, Vec::new()),
        },
        Verdict::Stalled | Verdict::HalfOpen | Verdict::NotUp => {
            let states: BTreeSet<Option<State>> = stalls.iter().map(|one| one.run.state(role)).collect();
            let mut states = states.into_iter();
            match (states.next(), states.next()) {
                (None, _) => (by_protocol.map(Some), Sure::Inferred, Vec::new()),
                (Some(only), None) => {
                    let sure = if only.is_some() && only == by_protocol { Sure::Seen } else { Sure::Inferred };
                    (Some(only), sure, Vec::new())
                }
                (Some(one), Some(other)) => {
                    let all = [one, other].into_iter().chain(states);
                    (None, Sure::NotVisible, all.map(|state| state_name(state).to_owned()).collect())
                }
            }
        }
    }
}

/// The side sent something that only an established SA has.
fn spoke_later(negotiation: &Negotiation<'_>, role: Role) -> bool {
    let own = negotiation.emissions.iter().filter(|one| one.sender == role);
    own.into_iter().any(|one| matches!(one.what, What::Later(exchange) if is_later(exchange)))
}

/// The state that its own last message means: it waits for the next.
fn by_protocol(negotiation: &Negotiation<'_>, role: Role, sent: &BTreeSet<u8>) -> Option<State> {
    let mode = negotiation.mode?;
    let last = *sent.last()?;
    let active = if mode == Mode::Main { State::MmActive } else { State::AmActive };
    if last_number(negotiation) == Some(last) {
        return Some(active);
    }
    let waits = State::waiting_for(mode, last.checked_add(1)?);
    waits.filter(|state| state.is_in(mode, role))
}

/// The causes of the runs that fit, one entry each, likeliest first.
fn causes(negotiation: &Negotiation<'_>, base: &Base, stalls: &[Match], proofs: &[Proof]) -> Vec<Suspect> {
    let signed = chosen(negotiation).or_else(|| offered(negotiation).into_iter().next());
    let psk = signed.is_none_or(|(words, policy)| {
        policy.is_some_and(|policy| policy.authentication == Authentication::PreShared) || words.ends_with("pre-share")
            || words.contains("method 65")
    });
    let mut groups: Vec<(Cause, Vec<&Match>)> = Vec::new();
    for one in stalls {
        let Some(cause) = one.run.cause else { continue };
        if !psk && matches!(cause, Cause::PskMismatch | Cause::MissingPsk) {
            continue;
        }
        match groups.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, list)) => list.push(one),
            None => groups.push((cause, vec![one])),
        }
    }
    let heard = negotiation.emissions.iter().any(|one| one.sender == Role::Responder);
    let damaged = evidence::damaged(negotiation);
    if !damaged.is_empty() && !groups.iter().any(|(cause, _)| *cause == Cause::MessageCorrupted) {
        // It is seen, whether a run with it looks the same or not: what damage does depends on the byte.
        groups.push((Cause::MessageCorrupted, Vec::new()));
    }
    groups.sort_by_key(|(cause, list)| {
        // A peer that was heard from dies less often in the middle than a message is eaten [I].
        let died = *cause == Cause::PeerDown && heard;
        let assumed = !list.is_empty() && list.iter().all(|one| one.profiles != base.profiles);
        let seen = *cause == Cause::MessageCorrupted && !damaged.is_empty();
        (evidence::ruled_out(*cause, proofs), !seen, assumed, std::cmp::Reverse(sources(*cause, list).0), died, *cause)
    });
    let shown = shown(base, negotiation);
    let mut suspects: Vec<Suspect> = Vec::new();
    for (rank, (cause, list)) in (1..).zip(&groups) {
        let at = list.first().map_or(Role::Responder, |one| one.run.at);
        suspects.push(Suspect {
            cause: *cause,
            rank,
            supports: evidence::supports(negotiation, base, *cause, list, proofs),
            against: evidence::against(negotiation, *cause, list, proofs),
            decides: evidence::decides(*cause, list, negotiation),
            fix: shown.as_ref().map(|scenario| fix(scenario, *cause, at)).unwrap_or_default(),
        });
    }
    suspects
}

/// How many public reports name the cause, and for which state.
pub(super) fn sources(cause: Cause, list: &[&Match]) -> (u8, Option<State>) {
    let states = list.iter().flat_map(|one| {
        [Role::Initiator, Role::Responder].map(|role| one.run.outcome.peer(role).last)
    });
    let counted = states.map(|state| (prior::sources(state, cause), state));
    counted.max_by_key(|(count, _)| *count).unwrap_or((0, None))
}

/// Where the exchange moved to UDP 4500, or would.
pub(super) fn port(negotiation: &Negotiation<'_>) -> u16 {
    if floated(negotiation) { 4500 } else { 500 }
}

/// Both ends, for a line of text.
pub(super) fn ends((initiator, responder): (SocketAddr, SocketAddr)) -> String {
    format!("{} → {}", initiator.ip(), responder.ip())
}
