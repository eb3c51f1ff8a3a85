//! The picture that a negotiation leaves on the wire: what was seen, what was repeated, what did not arrive,
//! each with the moment it became true. Captures and runs of the engine give it by the same code.

use std::collections::BTreeMap;
use std::time::Duration;

use ike::{NotifyType, Role, State};
use sim::Cause;

use super::frame::What;
use super::negotiation::{Emission, Negotiation};
use super::one_way::is_cut_notify;

/// Something that a listener knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// It was sent (with one place: it was seen).
    Seen(Role, What),
    /// It was sent again, for the n-th time.
    Again(Role, What, u8),
    /// Every byte of it was captured, and it cannot be read.
    Damaged(Role, What),
    /// It left one place and never came to the other.
    Lost(Role, What),
    /// It came to the place farther from its sender.
    Arrived(Role, What),
    /// It came there with other bytes.
    Altered(Role, What),
    /// The device of this side knows it: no listener does.
    Own(Role, Own),
}

/// What a device knows besides its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Own {
    /// It came into this state.
    Entered(State),
    /// It has no SA any more.
    Ended,
    /// It read a notify.
    Notified(NotifyType),
    /// It obeyed a Delete.
    Deleted,
    /// It refused a message by its configuration.
    Refused(Cause),
    /// It could not read a message, or its proof failed: which junk another key makes is chance.
    Unreadable,
    /// It has no negotiation that waits for a message.
    Stray,
    /// It found a message wrong.
    Bad,
}

/// Resends that are told apart; more of them say nothing more.
const MOST: u8 = 3;

/// How long a message may take.
const UNDER_WAY: Duration = Duration::from_millis(300);

/// Facts and when each became true, counted from the first message.
pub type Facts = BTreeMap<Fact, Duration>;

/// The picture of a negotiation up to the last message of phase 1 and what follows at once.
pub fn facts(negotiation: &Negotiation<'_>) -> Facts {
    let mut facts = Facts::new();
    let began = negotiation.emissions.first().map_or(Duration::ZERO, Emission::at);
    let two = negotiation.places.len() > 1;
    let mut again: BTreeMap<(Role, What), u8> = BTreeMap::new();
    for one in &negotiation.emissions {
        let Some(sight) = one.sight() else { continue };
        let (role, what) = (one.sender, one.what);
        // Which notify it is the runs have to say.
        if !counts(what) || is_cut_notify(one) || (what == What::Sealed && !answers_phase_1(negotiation, one))
        {
            continue;
        }
        let at = sight.at.saturating_sub(began);
        // Notifies are made anew each time: every one after the first counts.
        let made_anew = facts.contains_key(&Fact::Seen(role, what)) && !matches!(what, What::Phase1(_));
        if one.repeats.is_some() || made_anew {
            let n = again.entry((role, what)).or_insert(0);
            *n = n.saturating_add(1);
            if *n <= MOST {
                facts.entry(Fact::Again(role, what, *n)).or_insert(at);
            }
        }
        // The first time counts: a later copy makes nothing true that was not.
        let mut put = |fact, at| {
            facts.entry(fact).or_insert(at);
        };
        if one.near.is_some() {
            put(Fact::Seen(role, what), at);
        }
        if sight.damage().is_some() {
            put(Fact::Damaged(role, what), at);
        }
        match (&one.near, &one.far) {
            (_, Some(far)) => {
                let kind = if one.altered { Fact::Altered } else { Fact::Arrived };
                put(kind(role, what), far.at.saturating_sub(began));
            }
            // What was sent when the capture ended may still be under way.
            (Some(_), None) if negotiation.watched.saturating_sub(at) < UNDER_WAY => {}
            (Some(_), None) if two => put(Fact::Lost(role, what), at),
            _ => {}
        }
    }
    facts
}

/// A refusal comes at once.
const AT_ONCE: Duration = Duration::from_millis(500);

/// It comes at once behind a message of phase 1 from the other side, which got no other answer. What comes later is no
/// answer to it (DPD, the Delete of one who gives up), and what follows the other side's own Informational or Quick Mode answers that.
pub(super) fn answers_phase_1(negotiation: &Negotiation<'_>, one: &Emission<'_>) -> bool {
    let is_phase_1 = |seen: &Emission<'_>| matches!(seen.what, What::Phase1(_) | What::OutOfScript(_));
    let place = negotiation.emissions.iter().position(|seen| std::ptr::eq(seen, one));
    let before = || {
        let known = negotiation.emissions.iter().enumerate();
        // Of one moment what stands further up in the file came first, and phase 1 before all.
        let early = known.filter(|(n, seen)| {
            seen.at() < one.at() || (seen.at() == one.at() && (is_phase_1(seen) || Some(*n) < place))
        });
        early.map(|(_, seen)| seen)
    };
    let heard = |seen: &&Emission<'_>| {
        let other = matches!(seen.what, What::Sealed | What::Later(_));
        seen.sender != one.sender && (is_phase_1(seen) || other)
    };
    // Clocks are coarse: of one moment phase 1 comes first.
    let Some(last) = before().filter(heard).max_by_key(|seen| (seen.at(), is_phase_1(seen))) else {
        return false;
    };
    let answered =
        before().any(|seen| seen.sender == one.sender && is_phase_1(seen) && seen.at() > last.at());
    is_phase_1(last) && !answered && one.at().saturating_sub(last.at()) <= AT_ONCE
}

/// What a picture is made of. Later exchanges are another matter.
fn counts(what: What) -> bool {
    matches!(
        what,
        What::Phase1(_) | What::OutOfScript(_) | What::Notify(_) | What::Informational | What::Sealed
    )
}

/// How closely two pictures are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Every fact.
    Full,
    /// How often something was repeated is left out: devices are configured differently.
    NoCounts,
    /// Whether something was repeated, too.
    NoRepeats,
}

impl Strictness {
    /// The strictest first.
    pub const ALL: [Strictness; 3] = [Strictness::Full, Strictness::NoCounts, Strictness::NoRepeats];

    /// Whether a fact counts.
    pub fn keeps(self, fact: &Fact) -> bool {
        match (fact, self) {
            (Fact::Again(_, _, n), Strictness::NoCounts) => *n == 1,
            (Fact::Again(..), Strictness::NoRepeats) => false,
            _ => true,
        }
    }
}

/// Who sent what a fact is about.
pub fn by(fact: &Fact) -> Role {
    match fact {
        Fact::Seen(role, _)
        | Fact::Again(role, ..)
        | Fact::Damaged(role, _)
        | Fact::Lost(role, _)
        | Fact::Arrived(role, _)
        | Fact::Altered(role, _)
        | Fact::Own(role, _) => *role,
    }
}

/// The message that a fact is about.
pub fn of(fact: &Fact) -> Option<What> {
    match fact {
        Fact::Seen(_, what)
        | Fact::Again(_, what, _)
        | Fact::Damaged(_, what)
        | Fact::Lost(_, what)
        | Fact::Arrived(_, what)
        | Fact::Altered(_, what) => Some(*what),
        Fact::Own(..) => None,
    }
}
