//! Where a captured negotiation left each side, and why.

use std::net::IpAddr;
use std::sync::Arc;

use ike::{Dialect, MessageName, Mode, NotifyType, Profile, Sides, State};
use sim::{Cause, Setup};

use super::abduce::Cache;
use super::fits::Ground;
use super::frame::What;
use super::grounds::{Statements, grounds};
use super::negotiation::Negotiation;
use super::note::Note;
use super::one_way::{is_anybodys, refuses_unseen};
use super::opened::opened;
use super::phase2::{self, Deletion, Phase2};
use super::picture::facts;
use super::proof::{Keys, Proof, proofs};
use super::rebuild::{Base, confirms, shown, translated};
use super::refusal::told;
use super::said;
use super::states::{left, verdict};
use super::vendor::{Vendor, vendor};
use super::{evidence, notes, version_2};
use crate::evidence::Evidence;
use crate::finding::{Finding, ranked};
use crate::remedy::{Remedy, remedy};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Both sides are active.
    Established,
    /// One is, the other is not.
    HalfOpen,
    /// Neither is.
    Stalled,
    /// Both were, and a Delete that a key opened ended it.
    TornDown,
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
            Verdict::TornDown => "torn-down",
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
    pub possible: Vec<Option<State>>,
    /// Whose device it is.
    pub vendor: Option<Vendor>,
    /// Phase 1 messages sent, each once.
    pub sent: Vec<MessageName>,
    /// Resends of any of them.
    pub resends: usize,
    /// Notifies it sent in clear.
    pub notifies: Vec<NotifyType>,
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
    /// Where each side was left.
    pub sides: Sides<Left>,
    /// Who stands behind address translation.
    pub nat: Sides<bool>,
    /// What speaks for every cause: what was seen, with its frames.
    pub seen: Vec<Evidence>,
    /// Likeliest first.
    pub causes: Vec<Finding>,
    /// What else is worth knowing.
    pub notes: Vec<Note>,
    /// What the given keys prove.
    pub proofs: Vec<Proof>,
    /// What became of its Quick Modes.
    pub phase2: Phase2,
}

/// Judges one negotiation.
pub fn judge<'c>(
    negotiation: Negotiation<'c>,
    keys: &Keys,
    children: Phase2,
    at: Option<IpAddr>,
    cache: &mut Cache,
) -> Judgement<'c> {
    if let Some(notify) = negotiation.refused_version_2 {
        return version_2::judge(negotiation, notify);
    }
    let nat = translated(&negotiation);
    let vendors = Sides::from_fn(|role| vendor(&negotiation, role));
    let picture = facts(&negotiation);
    let proofs = proofs(&negotiation, keys);
    let opened = opened(&negotiation, keys);
    let profiles = vendors.as_ref().map(|vendor| vendor.as_ref().and_then(|v| v.profile));
    let unseen = refuses_unseen(&negotiation).then_some(Mode::Main);
    let has_phase_1 = unseen.is_some() || shows_phase_1(&negotiation);
    let mode = negotiation.mode.or(unseen).filter(|_| has_phase_1);
    let base = mode.map(|mode| base(&negotiation, mode, &profiles, nat));
    let fits = match &base {
        Some(base) => cache.fits(&negotiation, &picture, &vendors, base, at),
        None => Arc::default(),
    };
    let verdict = verdict(&negotiation, has_phase_1, &fits);
    // An error about a message of an exchange that came up all the same explains nothing.
    let told = told(&negotiation).filter(|_| !matches!(verdict, Verdict::Established | Verdict::NotCaptured));
    // ICMP decides what silence alone would leave open.
    let verdict = if verdict == Verdict::Undecided && told.is_some() { Verdict::Stalled } else { verdict };
    let mut sides =
        Sides::from_fn(|role| left(&negotiation, role, vendors[role].clone(), verdict, &fits, told.as_ref()));
    let verdict = ended(verdict, children.ended.as_ref(), &mut sides);
    let seen = evidence::seen(&negotiation);
    let mut notes = notes::notes(&negotiation, verdict, base.as_ref(), &vendors);
    notes.extend(Iterator::chain(
        proofs.iter().cloned().map(Note::Key),
        opened.iter().cloned().map(Note::Opened),
    ));
    let failed = matches!(verdict, Verdict::Stalled | Verdict::HalfOpen | Verdict::NotUp);
    let stops = verdict == Verdict::Undecided && stops_at_am2(&negotiation) && !is_anybodys(&negotiation);
    let mut causes = match base.filter(|_| failed || stops) {
        Some(base) => {
            let shown = shown(cache.healthy(&base), &negotiation, &profiles);
            let said = said::first(&negotiation, &vendors, &opened);
            let known = Statements {
                told: told.as_ref(),
                said: &said,
                beside: said::beside(&negotiation, &vendors),
                proofs: &proofs,
                ..Statements::of(&negotiation)
            };
            let mut grounds = grounds(&fits, &known);
            grounds.retain(|ground| !stops || UNACCEPTED.contains(&ground.cause));
            causes(&negotiation, &base, &grounds, &proofs, &shown)
        }
        None => Vec::new(),
    };
    if causes.is_empty() {
        causes = phase2::suspects(&negotiation, &children);
    }
    Judgement {
        negotiation,
        alike: Vec::new(),
        verdict,
        sides,
        nat,
        seen,
        causes,
        notes,
        proofs,
        phase2: children,
    }
}

fn shows_phase_1(negotiation: &Negotiation<'_>) -> bool {
    negotiation.emissions.iter().any(|one| matches!(one.what, What::Phase1(_)))
}

/// Everything that the runs to compare with depend on.
fn base(
    negotiation: &Negotiation<'_>,
    mode: Mode,
    profiles: &Sides<Option<&'static Profile>>,
    nat: Sides<bool>,
) -> Base {
    // A vendor that is not known has to be somebody here; the runs are tried with all the others as well. A router's peer
    // is another one first [I]; a daemon calls anybody.
    let router = profiles.into_iter().flatten().find(|profile| profile.dialect == Dialect::Ios);
    let profiles = profiles.map(|profile| profile.or(router).unwrap_or(vendor::profile::ASA));
    Base { mode, profiles, nat, confirm: confirms(negotiation) }
}

/// What a Delete of the SA that both had makes of it.
fn ended(verdict: Verdict, deletion: Option<&Deletion>, sides: &mut Sides<Left>) -> Verdict {
    let Some(Deletion { by, arrived, .. }) = deletion.filter(|_| verdict == Verdict::Established) else {
        return verdict;
    };
    (sides[*by].state, sides[*by].sure) = (Some(None), Sure::Seen);
    if !arrived {
        return Verdict::HalfOpen;
    }
    (sides[by.other()].state, sides[by.other()].sure) = (Some(None), Sure::Inferred);
    Verdict::TornDown
}

/// Why an initiator says nothing more when it has AM2.
const UNACCEPTED: [Cause; 2] = [Cause::PskMismatch, Cause::IdentityMismatch];

/// Nothing follows AM2, to which every initiator that accepts it has an answer at once.
pub(super) fn stops_at_am2(negotiation: &Negotiation<'_>) -> bool {
    negotiation.emissions.last().is_some_and(|one| one.what == What::Phase1(MessageName::AM2))
}

/// The causes with what speaks for and against them.
fn causes(
    negotiation: &Negotiation<'_>,
    base: &Base,
    grounds: &[Ground],
    proofs: &[Proof],
    shown: &Setup,
) -> Vec<Finding> {
    ranked(grounds.iter().map(|ground| {
        let supports = evidence::supports(negotiation, base, ground, proofs);
        let remedy = if ground.cause == Cause::WrongPeerAddress {
            // The right one is in no frame: the called address would be told to call.
            Remedy::CompareCalled(negotiation.ends.1.ip())
        } else {
            remedy(shown, ground.cause, ground.at)
        };
        Finding {
            against: evidence::against(negotiation, ground, proofs),
            decides: Some(evidence::decides(ground, negotiation)),
            inferred: true,
            ..Finding::new(ground.cause, supports, Some(remedy))
        }
    }))
}
