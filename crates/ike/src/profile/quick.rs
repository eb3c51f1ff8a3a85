//! What vendors do in Quick Mode where the RFCs leave a choice.

use isakmp::NotifyType;

use super::{Schedule, Sourced, inferred, sourced};
use crate::ipsec::Compression;
use crate::reason::{Certainty, ChildMismatch};
use crate::sides::Sides;

/// One vendor's behaviour in Quick Mode.
#[derive(Clone, Copy, Debug)]
pub struct QuickMode {
    /// Resends of QM1 and of QM2.
    pub timers: Sourced<Sides<Schedule>>,
    /// What a responder answers where proxies have no place in its map.
    pub refuses_proxies: Sourced<NotifyType>,
    /// What a responder answers to the other mode; `None`: it takes the initiator's.
    pub refuses_mode: Sourced<Option<NotifyType>>,
    /// Which PFS a responder takes.
    pub pfs: Sourced<PfsRule>,
    /// Which proxies a responder takes.
    pub proxies: Sourced<ProxyRule>,
    /// Which of two lifetimes counts.
    pub lifetime: Sourced<LifetimeRule>,
    /// A responder whose lifetime is the smaller one says so in QM2 (RESPONDER-LIFETIME).
    pub tells_lifetime: Sourced<bool>,
    /// A responder's QM2 names the initiator by the address that a NAT shows of it, in transport mode.
    pub translates_proxies: Sourced<bool>,
    /// A responder that refuses deletes the ISAKMP SA right behind its notify.
    pub deletes_phase_1: Sourced<bool>,
    /// A refused QM1 that comes again is refused again; else it earns silence.
    pub refuses_again: Sourced<bool>,
    /// An initiator gives an attempt up when it is refused.
    pub obeys_refusal: Sourced<bool>,
    /// Error notifies behind which an attempt goes on: of a message that could not be read, for the next copy may be
    /// better, and what this vendor does not know. All others count as a refusal.
    pub goes_on_behind: Sourced<&'static [NotifyType]>,
    /// What goes when the wait for QM2, or for QM3, ends.
    pub gives_up: Sourced<Sides<GivesUp>>,
    /// A child that is up outlives the Delete of the ISAKMP SA that it is under.
    pub keeps_children: Sourced<bool>,
    /// Who hears a Delete sends one for the same SA before it goes.
    pub answers_delete: Sourced<bool>,
    /// What an initiator without traffic does by itself when it has no child.
    pub again: Sourced<Again>,
    /// A Quick Mode message that cannot be read, or whose hash is wrong, is told, protected.
    pub tells_unreadable: Sourced<bool>,
    /// What is said of a QM1 whose Quick Mode was given up here; `None`: nothing.
    pub tells_gone: Sourced<Option<NotifyType>>,
    /// What is said of a Quick Mode message in clear, and whether under the SA's keys; `None`: nothing.
    pub tells_clear: Sourced<Option<(NotifyType, bool)>>,
    /// It tells the messages of a Quick Mode by their order and its requests by the last one: a hash that fails counts as
    /// one of the three, behind an Informational a copy of QM1 is no copy, behind three the IV is forgotten.
    pub loses_thread: Sourced<bool>,
    /// An initiator refuses a QM2 with another protocol or port, as a responder does proxies.
    pub refuses_other_ports: Sourced<bool>,
    /// A responder that speaks with a peer behind a NAT takes proxies that it has no line for.
    pub takes_any_behind_nat: Sourced<bool>,
    /// A child between the peers' own addresses alone is asked for without IDci and IDcr.
    pub omits_own_addresses: Sourced<bool>,
    /// An initiator that is to ask for transport mode between networks asks for nothing, and ends phase 1 in silence.
    pub leaves_transport_of_nets: Sourced<bool>,
    /// The number of the first proposal and of the first transform.
    pub first_number: Sourced<u8>,
    /// The least number in an answer; else what is chosen keeps its own.
    pub answers_from: Sourced<u8>,
    /// How it compresses.
    pub compression: Sourced<Compression>,
    /// Who offers IPComp offers the same without it behind, and an answer has both.
    pub offers_uncompressed: Sourced<bool>,
    /// A responder that compresses refuses what does not.
    pub compression_must_match: Sourced<bool>,
    /// What a responder without IPComp answers to an offer that has it anywhere; `None`: it passes that proposal over.
    pub refuses_compression: Sourced<Option<NotifyType>>,
}

/// Which PFS a responder takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PfsRule {
    /// Its own alone.
    Equal,
    /// Its own; any group where it has none.
    EqualOrUnasked,
    /// Any group, but one where it has one.
    AnyGroup,
}

/// Which proxies a responder takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyRule {
    /// The mirror of a line of its own.
    Exact,
    /// A part of it too.
    Subset,
    /// Anything that overlaps, narrowed to what is in both.
    Narrows,
}

/// Which of two lifetimes counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifetimeRule {
    /// The smaller one, on both sides.
    Smaller,
    /// Each side's own.
    Own,
}

/// What goes when a wait ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivesUp {
    /// The child alone, in silence.
    Child,
    /// The child, and the peer is told.
    ChildWithDelete,
    /// The child and the ISAKMP SA, in silence.
    Phase1,
}

/// What an initiator without traffic does by itself when it has no child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It waits for traffic.
    Waits,
    /// Where phase 1 went with a child that was still asked for, it begins a new one.
    Phase1,
    /// Where the peer deleted a child that was up, it asks for it again.
    Child,
}

impl QuickMode {
    /// An attempt goes on behind this error notify.
    pub fn goes_on_behind(&self, notify: NotifyType) -> bool {
        self.goes_on_behind.value.contains(&notify)
    }

    /// The notify that a responder answers with, and whether a source says so.
    pub fn refusal(&self, mismatch: &ChildMismatch) -> (NotifyType, Certainty) {
        match mismatch {
            ChildMismatch::Transform { .. } => (NotifyType::NO_PROPOSAL_CHOSEN, Certainty::Sourced),
            ChildMismatch::Pfs { offered, own } => {
                // Sources tell of groups that one side lacks, and not of two that differ.
                let both = offered.is_some() && own.is_some();
                let certainty = if both { self.pfs.certainty } else { Certainty::Sourced };
                (NotifyType::NO_PROPOSAL_CHOSEN, certainty)
            }
            ChildMismatch::Mode { .. } => {
                let notify = self.refuses_mode.value.unwrap_or(NotifyType::NO_PROPOSAL_CHOSEN);
                (notify, self.refuses_mode.certainty)
            }
            ChildMismatch::Compression { .. } => {
                let notify = self.refuses_compression.value.unwrap_or(NotifyType::NO_PROPOSAL_CHOSEN);
                (notify, self.refuses_compression.certainty)
            }
            ChildMismatch::Proxies { .. } => (self.refuses_proxies.value, Certainty::Sourced),
            ChildMismatch::Incomplete(_) => (self.refuses_proxies.value, self.refuses_proxies.certainty),
        }
    }
}

/// Of a message that could not be read, or whose hash was wrong.
pub const UNREAD: &[NotifyType] = &[NotifyType::PAYLOAD_MALFORMED, NotifyType::INVALID_HASH_INFORMATION];

const PROXIES: &str = "RFC 2409 5.5: INVALID-ID-INFORMATION where they are not acceptable";

pub(super) const fn generic(schedule: Schedule) -> QuickMode {
    QuickMode {
        timers: sourced(Sides::new(schedule, schedule), "RFC 2408 5.1; the numbers are a choice"),
        refuses_proxies: sourced(NotifyType::INVALID_ID_INFORMATION, PROXIES),
        refuses_mode: sourced(
            Some(NotifyType::NO_PROPOSAL_CHOSEN),
            "RFC 2407 4.5: an attribute like the others",
        ),
        pfs: sourced(PfsRule::Equal, "RFC 2409 5.5"),
        proxies: sourced(ProxyRule::Exact, PROXIES),
        lifetime: sourced(LifetimeRule::Smaller, "RFC 2407 4.5.4"),
        tells_lifetime: sourced(true, "RFC 2407 4.5.4"),
        translates_proxies: sourced(false, "RFC 2409 5.5: the identities come back unchanged"),
        deletes_phase_1: sourced(false, "RFC 2409 5.5: the SA outlives a refused Quick Mode"),
        refuses_again: sourced(true, "RFC 2408 5.1"),
        obeys_refusal: sourced(true, "RFC 2408 5.14"),
        goes_on_behind: inferred(UNREAD, "RFC 2408 5.14: left to the receiver"),
        gives_up: sourced(Sides::new(GivesUp::Child, GivesUp::Child), "RFC 2408 5.1"),
        keeps_children: inferred(true, "RFC 2408 3.15: a Delete names the SAs that are gone"),
        answers_delete: sourced(false, "RFC 2408 5.15: it is not answered"),
        again: sourced(Again::Waits, "no RFC asks for another attempt"),
        tells_unreadable: sourced(false, "RFC 2408 5.11: it may be told"),
        tells_gone: sourced(None, "RFC 2408 5.1: it may be told"),
        tells_clear: sourced(None, "RFC 2408 5.1: it may be told"),
        loses_thread: sourced(false, "RFC 2408 5.1"),
        refuses_other_ports: sourced(false, "RFC 2409 5.5: left to the local policy"),
        takes_any_behind_nat: sourced(false, "RFC 2409 5.5"),
        omits_own_addresses: sourced(false, "RFC 2409 5.5: identities may be sent"),
        leaves_transport_of_nets: sourced(false, "RFC 2409 5.5: any identities may be offered"),
        first_number: sourced(1, "RFC 2408 3.5"),
        answers_from: sourced(0, "RFC 2409 5.5: the answer is unchanged"),
        compression: inferred(Compression::Deflate, "RFC 2407 4.4.5 names several"),
        offers_uncompressed: inferred(false, "RFC 2408 4.2: one proposal is enough"),
        compression_must_match: inferred(false, "RFC 3173 4: IPComp is offered by who begins"),
        refuses_compression: sourced(None, "RFC 2408 5.6: of several proposals one is chosen"),
    }
}
