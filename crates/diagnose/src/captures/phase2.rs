//! What became of each Quick Mode under an ISAKMP SA: by sizes and order of encrypted frames, and with keys by what is in
//! them.

use std::collections::BTreeMap;
use std::time::Duration;

use ike::{HashCheck, NotifyType, Observed, Observer, Role};
use isakmp::{Delete, ExchangeType, MessageId, Notification, PayloadType, ProtocolId, SecurityAssociation};
use sim::Cause;

use super::frame::{Frame, What};
use super::negotiation::{Emission, Negotiation};
use super::one_way::one_way;
use super::proof::GivenKeys;
use crate::evidence::{Captured, Observation};
use crate::finding::{Finding, ranked};
use crate::phase2::refusal::behind;
use crate::remedy::Remedy;

/// How a Quick Mode ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuickEnd {
    /// All three messages were seen: the child came up.
    Up,
    /// An Informational stands where the next message should: the notify, where a key opens it.
    Refused(Option<NotifyType>),
    /// Neither, up to the end of the capture.
    Open,
}

/// One Quick Mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quick {
    /// Its message id.
    pub id: MessageId,
    /// Who began it; `None`: one message of it alone, in a capture of one direction.
    pub by: Option<Role>,
    /// How it ended.
    pub end: QuickEnd,
    /// The frame that ended it; the last one of an open one.
    pub frame: Frame,
    /// What its hashes are worth, in order; empty where no key opens it.
    pub hashes: Vec<HashCheck>,
    /// An Informational followed at once: a Delete, as far as a listener without a key can tell.
    pub cleared: bool,
    /// The SPIs that both sides named, where a key opens them.
    pub spis: Vec<Vec<u8>>,
    /// A Delete of its SAs that a key opened.
    pub deleted: Option<Deletion>,
}

/// Whose Delete ended something, and its frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Who sent it.
    pub by: Role,
    /// Where it was seen.
    pub frame: Frame,
    /// It came to the other side, as far as can be seen.
    pub arrived: bool,
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phase2 {
    /// In the order in which they began.
    pub quick: Vec<Quick>,
    /// A Delete of the ISAKMP SA itself that a key opened.
    pub ended: Option<Deletion>,
}

/// A Delete is right behind.
const AT_ONCE: Duration = Duration::from_secs(1);

impl Phase2 {
    /// Children that came up.
    pub fn children(&self) -> usize {
        self.quick.iter().filter(|quick| quick.end == QuickEnd::Up).count()
    }

    /// Children that were refused.
    pub fn refused(&self) -> usize {
        self.quick.iter().filter(|quick| matches!(quick.end, QuickEnd::Refused(_))).count()
    }

    /// Children that came up and were deleted, as far as keys tell.
    pub fn deleted(&self) -> usize {
        let deleted = |quick: &&Quick| quick.end == QuickEnd::Up && quick.deleted.is_some();
        self.quick.iter().filter(deleted).count()
    }

    /// Quick Modes without an end.
    pub fn open(&self) -> usize {
        self.quick.iter().filter(|quick| quick.end == QuickEnd::Open).count()
    }
}

/// A Quick Mode while it is followed.
struct Pending {
    quick: Quick,
    /// Who sent the first that was captured.
    first: Role,
    /// Different messages so far: QM1 is one.
    messages: usize,
    last: Duration,
}

/// Follows every Quick Mode of a negotiation.
pub(super) fn phase2(negotiation: &Negotiation<'_>, keys: &GivenKeys) -> Phase2 {
    let mut observer = Observer::new(keys.cipher.clone(), None).with_skeyid_a(keys.authenticators.clone());
    let mut all: Vec<Pending> = Vec::new();
    let mut at: BTreeMap<MessageId, usize> = BTreeMap::new();
    let mut ended = None;
    let one_way = one_way(negotiation);
    for one in &negotiation.emissions {
        let Some(sight) = one.sight() else { continue };
        // A repeated message opens with the IV that it had, and says nothing new; but the first may have been lost.
        if let Some(first) = one.repeats.and_then(|first| negotiation.emissions.get(first)) {
            let known = at.get(&sight.header.message_id).and_then(|known| all.get_mut(*known));
            let known = known.filter(|_| !first.arrived(negotiation) && one.arrived(negotiation));
            // A copy of QM1 is no third message.
            if let Some(pending) = known.filter(|known| known.messages > 1 || known.first != one.sender) {
                pending.goes_on(one);
            }
            continue;
        }
        let observed = observer.observe(sight.bytes).ok();
        let by = one_way.is_none().then_some(one.sender);
        match one.what {
            What::Later(ExchangeType::QUICK) => {
                let next = all.len();
                let known = *at.entry(sight.header.message_id).or_insert(next);
                if known == next {
                    all.push(begun(one, by, sight.header.message_id));
                } else if let Some(pending) = all.get_mut(known).filter(|_| one.arrived(negotiation)) {
                    pending.goes_on(one);
                }
                if let (Some(pending), Some(observed)) = (all.get_mut(known), observed) {
                    pending.quick.hashes.extend(observed.hash);
                    pending.quick.spis.extend(spis(&observed));
                }
            }
            What::Sealed => {
                let deletes = deletes(observed.as_ref());
                let deletion =
                    Deletion { by: one.sender, frame: one.frame(), arrived: one.arrived(negotiation) };
                if deletes.iter().any(|delete| delete.protocol == ProtocolId::ISAKMP) {
                    ended.get_or_insert(deletion);
                }
                let names = |quick: &Quick| {
                    deletes.iter().flat_map(|delete| &delete.spis).any(|spi| quick.spis.contains(spi))
                };
                let mut named = all.iter_mut().filter(|pending| pending.quick.end == QuickEnd::Up);
                match named.find(|pending| names(&pending.quick)) {
                    Some(pending) => {
                        pending.quick.deleted.get_or_insert(deletion);
                    }
                    None => told(&mut all, one, observed.as_ref()),
                }
            }
            What::Phase1(_)
            | What::OutOfScript(_)
            | What::Notify(_)
            | What::Informational
            | What::Fragment
            | What::Later(_) => {}
        }
    }
    Phase2 { quick: all.into_iter().map(|pending| pending.quick).collect(), ended }
}

/// The SPIs of the proposals in a message.
fn spis(observed: &Observed) -> Vec<Vec<u8>> {
    let bodies = observed.payloads.iter().filter(|payload| payload.kind == PayloadType::SA);
    let read = bodies.filter_map(|payload| SecurityAssociation::decode(&payload.body).ok());
    read.flat_map(|sa| sa.proposals).map(|proposal| proposal.spi).collect()
}

/// The Deletes in an Informational exchange that a key opened.
fn deletes(observed: Option<&Observed>) -> Vec<Delete> {
    let payloads = observed.into_iter().flat_map(|observed| &observed.payloads);
    let deletes = payloads.filter(|payload| payload.kind == PayloadType::D);
    deletes.filter_map(|payload| Delete::decode(&payload.body).ok()).collect()
}

fn begun(one: &Emission<'_>, by: Option<Role>, id: MessageId) -> Pending {
    let (end, frame, hashes, spis) = (QuickEnd::Open, one.frame(), Vec::new(), Vec::new());
    let quick = Quick { id, by, end, frame, hashes, cleared: false, spis, deleted: None };
    Pending { quick, first: one.sender, messages: 1, last: one.at() }
}

impl Pending {
    /// QM2 comes from the other side, QM3 from the one that began.
    fn goes_on(&mut self, one: &Emission<'_>) {
        let third = one.sender == self.first;
        // QM3 answers QM2, wherever that went.
        if self.messages > 1 && !third {
            return;
        }
        self.messages = if third { 3 } else { 2 };
        self.quick.by = Some(self.first);
        (self.last, self.quick.frame) = (one.at(), one.frame());
        if self.messages >= 3 && self.quick.end == QuickEnd::Open {
            self.quick.end = QuickEnd::Up;
        }
    }

    /// Who has to speak next.
    fn waits_for(&self, sender: Role) -> bool {
        let next = if self.messages == 1 { self.first.other() } else { self.first };
        self.quick.end == QuickEnd::Open && next == sender
    }
}

/// A protected Informational: instead of the next message it is a refusal, right behind the last one a Delete.
fn told(all: &mut [Pending], one: &Emission<'_>, observed: Option<&Observed>) {
    let opened = observed.filter(|observed| observed.plaintext.is_some());
    let body = |kind| opened.and_then(|o| o.payloads.iter().find(|payload| payload.kind == kind));
    let notify = body(PayloadType::N).and_then(|payload| Notification::decode(&payload.body).ok());
    let notify = notify.map(|notification| notification.notify_type);
    let deletes = body(PayloadType::D).is_some();
    // Keepalives and status notifies refuse nothing.
    let refuses = opened.is_none() || notify.is_some_and(NotifyType::is_error) || deletes;
    let waiting = all.iter_mut().find(|pending| pending.waits_for(one.sender));
    if let Some(pending) = waiting.filter(|_| refuses) {
        pending.quick.end = QuickEnd::Refused(notify.filter(|notify| notify.is_error()));
        (pending.last, pending.quick.frame) = (one.at(), one.frame());
        return;
    }
    if opened.is_some() && !deletes {
        return;
    }
    let ended = all.iter_mut().rev().find(|pending| pending.quick.end != QuickEnd::Open);
    if let Some(pending) = ended {
        pending.quick.cleared |= one.at().saturating_sub(pending.last) <= AT_ONCE;
    }
}

/// A message of a child that stays open, seen where it left and in none of its copies at the other side.
fn lost(negotiation: &Negotiation<'_>, phase2: &Phase2) -> Option<Captured> {
    let open = |id| phase2.quick.iter().any(|quick| quick.id == id && quick.end == QuickEnd::Open);
    let of_child = |one: &&Emission<'_>| {
        let id = one.sight().map(|sight| sight.header.message_id);
        one.what == What::Later(ExchangeType::QUICK) && id.is_some_and(open)
    };
    let copies = |n: usize| {
        let known = negotiation.emissions.iter().enumerate();
        known.filter(move |(at, one)| *at == n || one.repeats == Some(n)).map(|(_, one)| one)
    };
    let known = negotiation.emissions.iter().enumerate();
    let mut first = known.filter(|(_, one)| one.repeats.is_none()).filter(|(_, one)| of_child(one));
    let (n, one) = first.find(|(n, _)| !copies(*n).any(|copy| copy.arrived(negotiation)))?;
    let times = copies(n).count();
    Some(Captured::QuickLost { frame: one.frame(), from: one.sender, times })
}

/// What the notifies of refused children leave open, where a key opened them; or what did not arrive.
pub(super) fn suspects(negotiation: &Negotiation<'_>, phase2: &Phase2) -> Vec<Finding> {
    if let Some(lost) = lost(negotiation, phase2) {
        return ranked([suspect(Cause::MessageLost, lost)]);
    }
    let refused = phase2.quick.iter().find_map(|quick| match quick.end {
        QuickEnd::Refused(Some(notify)) => Some((quick, notify)),
        QuickEnd::Refused(None) | QuickEnd::Up | QuickEnd::Open => None,
    });
    let (causes, seen) = match (refused, deletion(phase2)) {
        (Some((quick, notify)), _) => {
            let by = quick.by.map(Role::other);
            (behind(notify), Captured::QuickRefused { frame: quick.frame, by, notify })
        }
        (None, Some((cause, seen))) => (vec![cause], seen),
        (None, None) => return Vec::new(),
    };
    ranked(causes.into_iter().map(|cause| suspect(cause, seen.clone())))
}

fn suspect(cause: Cause, seen: Captured) -> Finding {
    let found = Finding::new(cause, vec![seen.into()], Some(Remedy::Plain(cause)));
    Finding { decides: Some(Observation::Quick(cause)), inferred: true, ..found }
}

/// Everything that came up was deleted: whose Delete did it, or was to. A child that took the place of another is up.
fn deletion(phase2: &Phase2) -> Option<(Cause, Captured)> {
    let mut up = phase2.quick.iter().filter(|quick| quick.end == QuickEnd::Up).map(|quick| quick.deleted);
    let last = up.clone().flatten().last().filter(|_| up.all(|deleted| deleted.is_some()));
    let (child, Deletion { by, frame, arrived }) =
        phase2.ended.map(|ended| (false, ended)).or(last.map(|last| (true, last)))?;
    let cause = if arrived { Cause::Deleted } else { Cause::MessageLost };
    Some((cause, Captured::Deleted { frame, by, child, arrived }))
}
