//! What became of each Quick Mode under an ISAKMP SA: by sizes and order of encrypted frames, and with keys by what is in
//! them.

use std::collections::BTreeMap;
use std::time::Duration;

use ike::{HashCheck, NotifyType, Observed, Observer, Role};
use isakmp::{ExchangeType, MessageId, Notification, PayloadType};
use sim::Cause;

use super::find::{Emission, Negotiation};
use super::judge::Suspect;
use super::one_way::one_way;
use super::proof::Keys;
use super::sight::What;
use crate::phase2::behind;

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
    pub frame: String,
    /// What its hashes are worth, in order; empty where no key opens it.
    pub hashes: Vec<HashCheck>,
    /// An Informational followed at once: a Delete, as far as a listener without a key can tell.
    pub cleared: bool,
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phase2 {
    /// In the order in which they began.
    pub quick: Vec<Quick>,
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
pub(super) fn phase2(negotiation: &Negotiation<'_>, keys: &Keys) -> Phase2 {
    let mut observer = Observer::new(keys.cipher.clone(), None).with_skeyid_a(keys.authenticators.clone());
    let mut all: Vec<Pending> = Vec::new();
    let mut at: BTreeMap<MessageId, usize> = BTreeMap::new();
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
                if let (Some(pending), Some(hash)) = (all.get_mut(known), observed.and_then(|o| o.hash)) {
                    pending.quick.hashes.push(hash);
                }
            }
            What::Sealed => told(&mut all, one, observed.as_ref()),
            What::Phase1(_)
            | What::OutOfScript(_)
            | What::Notify(_)
            | What::Informational
            | What::Fragment
            | What::Later(_) => {}
        }
    }
    Phase2 { quick: all.into_iter().map(|pending| pending.quick).collect() }
}

fn begun(one: &Emission<'_>, by: Option<Role>, id: MessageId) -> Pending {
    let (end, frame) = (QuickEnd::Open, one.frame());
    let quick = Quick { id, by, end, frame, hashes: Vec::new(), cleared: false };
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
fn lost(negotiation: &Negotiation<'_>, phase2: &Phase2) -> Option<String> {
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
    Some(format!(
        "frame {}: a message of Quick Mode from the {}, sent {times} times, never arrives",
        one.frame(),
        one.sender
    ))
}

/// What the notifies of refused children leave open, where a key opened them; or what did not arrive.
pub(super) fn suspects(negotiation: &Negotiation<'_>, phase2: &Phase2) -> Vec<Suspect> {
    if let Some(line) = lost(negotiation, phase2) {
        let [decides, mends] = words(Cause::MessageLost).map(str::to_owned);
        let (supports, against, fix) = (vec![line], Vec::new(), vec![mends]);
        return vec![Suspect { cause: Cause::MessageLost, rank: 1, supports, against, decides, fix }];
    }
    let refused = phase2.quick.iter().find_map(|quick| match quick.end {
        QuickEnd::Refused(Some(notify)) => Some((quick, notify)),
        QuickEnd::Refused(None) | QuickEnd::Up | QuickEnd::Open => None,
    });
    let Some((quick, notify)) = refused else { return Vec::new() };
    let by = quick.by.map_or("", |by| by.other().name());
    let line = format!("frame {}: the {by} answered QM1 with {notify}, protected", quick.frame);
    let one = |(rank, cause): (usize, Cause)| {
        let [decides, mends] = words(cause).map(str::to_owned);
        Suspect { cause, rank, supports: vec![line.clone()], against: Vec::new(), decides, fix: vec![mends] }
    };
    (1..).zip(behind(notify)).map(one).collect()
}

/// A cause, what decides it, what mends it.
const WORDS: [(Cause, &str, &str); 5] = [
    (
        Cause::MessageLost,
        "both captures: it left one side, and did not come to the other",
        "Find what lies between the two captures and drops it.",
    ),
    (
        Cause::ProxyMismatch,
        "the IDs of QM1 beside the called side's access list",
        "Mirror the crypto access lists line by line.",
    ),
    (
        Cause::TransformMismatch,
        "the SA of QM1 beside the called side's transform sets and mode",
        "Give both the same transform set and mode.",
    ),
    (
        Cause::PfsMismatch,
        "whether QM1 has a KE, beside `set pfs` on the called side",
        "Have the same PFS group on both sides, or none on both.",
    ),
    (
        Cause::CryptoMapIncomplete,
        "the called side's crypto map entry for this peer",
        "Complete the entry: a peer, an access list, a transform set.",
    ),
];

/// What decides a cause, and what mends it.
fn words(cause: Cause) -> [&'static str; 2] {
    let known = WORDS.iter().find(|(known, ..)| *known == cause);
    known.map_or(["the called side's log", "Read the called side's log."], |(_, decides, mends)| {
        [decides, mends]
    })
}
