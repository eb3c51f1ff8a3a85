//! Where a captured negotiation left each side, and why.

use ike::{MessageName, NotifyType, Profile, Role, State};
use sim::Cause;

use super::base::{Base, chosen, confirms, offered, shown, translated};
use super::facts::facts;
use super::find::Negotiation;
use super::matching::{Cache, Match, matching};
use super::proof::{Keys, Proof, proofs};
use super::sight::What;
use super::standing::{left, verdict};
use super::vendor::{Vendor, vendor};
use super::{evidence, notes};
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
    pub sent: Vec<MessageName>,
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

/// Judges one negotiation.
pub fn judge<'c>(negotiation: Negotiation<'c>, keys: &Keys, cache: &mut Cache) -> Judgement<'c> {
    let nat = translated(&negotiation);
    let vendors = Role::BOTH.map(|role| vendor(&negotiation, role));
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
    let sides = Role::BOTH.map(|role| {
        let [i, r] = &vendors;
        let vendor = if role == Role::Initiator { i } else { r };
        left(&negotiation, role, vendor.clone(), verdict, &stalls)
    });
    let seen = evidence::seen(&negotiation);
    let mut notes = notes::notes(&negotiation, verdict, base.as_ref(), &vendors);
    notes.extend(notes::proved(&proofs));
    let failed = matches!(verdict, Verdict::Stalled | Verdict::HalfOpen | Verdict::NotUp);
    let causes = base.filter(|_| failed).map(|base| causes(&negotiation, &base, &stalls, &proofs));
    let causes = causes.unwrap_or_default();
    Judgement { negotiation, alike: Vec::new(), verdict, sides, nat, seen, causes, notes, proofs }
}

/// The causes of the runs that fit, one entry each, likeliest first.
fn causes(negotiation: &Negotiation<'_>, base: &Base, stalls: &[Match], proofs: &[Proof]) -> Vec<Suspect> {
    let signed = chosen(negotiation).or_else(|| offered(negotiation).into_iter().next());
    let psk = signed.is_none_or(|transform| transform.method.is_pre_shared());
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
        (
            evidence::ruled_out(*cause, proofs),
            !seen,
            assumed,
            std::cmp::Reverse(sources(*cause, list).0),
            died,
            *cause,
        )
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
            fix: fix(&shown, *cause, at),
        });
    }
    suspects
}

/// How many public reports name the cause, and for which state.
pub(super) fn sources(cause: Cause, list: &[&Match]) -> (u8, Option<State>) {
    let states = list.iter().flat_map(|one| Role::BOTH.map(|role| one.run.outcome.peers[role].last));
    let counted = states.map(|state| (prior::sources(state, cause), state));
    counted.max_by_key(|(count, _)| *count).unwrap_or((0, None))
}
