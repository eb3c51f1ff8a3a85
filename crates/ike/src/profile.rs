//! What a vendor does where the RFCs leave a choice: a data table, one row per vendor, a source per value.
//!
//! Nothing here is protocol. A value without a public source is marked [`Certainty::Inferred`], and every
//! report that rests on it says so.

mod asa;
mod ios;
mod libreswan;
mod strongswan;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use isakmp::NotifyType;

use crate::message_name::MessageName;
use crate::reason::{Answer, Certainty, Disposition, Reaction, Reason, ReasonKind};
use crate::sides::Sides;
use crate::state::Mode;

/// One vendor's behaviour. Two profiles are equal when their names are.
pub struct Profile {
    /// The scenario file's word.
    pub name: &'static str,
    /// Product and versions it speaks for.
    pub title: &'static str,
    /// Whose configuration commands the fixes are written in.
    pub dialect: Dialect,
    /// Resends of each message.
    pub timers: Sourced<Timers>,
    /// A responder's SA that is not up goes this long after its making, whatever its resends.
    pub half_open: Sourced<Option<Duration>>,
    /// When a Main Mode responder looks the pre-shared key up.
    pub key_lookup: Sourced<KeyLookup>,
    /// How often each side answers a duplicate with the last flight; `None`: every time.
    pub duplicate_answers: Sourced<Sides<Option<u32>>>,
    /// Error notifies in clear that end the negotiation.
    pub obeys_clear_errors: Sourced<Sides<Obeys>>,
    /// Authenticated error notifies that end the negotiation. A Delete always does.
    pub obeys_protected_errors: Sourced<Sides<Obeys>>,
    /// A header whose length is not the datagram's makes a message malformed; else the datagram counts.
    pub header_length_must_match: Sourced<bool>,
    /// A reserved field that is not zero makes a message malformed.
    pub reserved_must_be_zero: Sourced<bool>,
    /// The initiator puts INITIAL_CONTACT into its last message.
    pub sends_initial_contact: Sourced<bool>,
    /// Nonce length in bytes, 8 to 256.
    pub nonce_len: Sourced<usize>,
    /// Protocol and port written into an address ID payload (RFC 2407 section 4.6.2).
    pub id_port: Sourced<(u8, u16)>,
    /// Vendor ids by message.
    pub vendor_ids: Sourced<VendorIds>,
    /// Reactions that differ from, or add to, [`COMMON`].
    pub reactions: &'static [Reaction],
}

/// Whose commands an operator types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// ASA 8.4 and later.
    Asa,
    /// IOS and IOS-XE.
    Ios,
    /// swanctl.conf.
    Strongswan,
    /// ipsec.conf and ipsec.secrets.
    Libreswan,
}

/// When a Main Mode responder looks the pre-shared key up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyLookup {
    /// When message 3 asks for it.
    Msg3,
    /// Before it answers message 1.
    Msg1,
    /// The peer must be known at message 1, its key at message 3.
    PeerAtMsg1,
}

const ALWAYS_ANSWERED: Sides<Option<u32>> = Sides::new(None, None);
const ANSWERED_BY_RESPONDER: Sides<Option<u32>> = Sides::new(Some(0), None);

const IGNORED: Sides<Obeys> = Sides::new(Obeys::None, Obeys::None);
const OBEYED: Sides<Obeys> = Sides::new(Obeys::All, Obeys::All);

/// Which error notifies one side obeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obeys {
    /// None of them.
    None,
    /// All of them.
    All,
    /// These alone.
    Only(&'static [NotifyType]),
}

impl Obeys {
    /// Whether this one is obeyed.
    pub fn includes(self, notify: NotifyType) -> bool {
        match self {
            Obeys::None => false,
            Obeys::All => true,
            Obeys::Only(list) => list.contains(&notify),
        }
    }
}

/// A value and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Short name of the source, or what it was inferred from.
    pub source: &'static str,
    /// Which of the two.
    pub certainty: Certainty,
}

const fn sourced<T>(value: T, source: &'static str) -> Sourced<T> {
    Sourced { value, source, certainty: Certainty::Sourced }
}

const fn inferred<T>(value: T, source: &'static str) -> Sourced<T> {
    Sourced { value, source, certainty: Certainty::Inferred }
}

/// When a flight is sent again and when it is given up, in milliseconds after it was first sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Each resend, rising.
    pub resends: &'static [u64],
    /// The end of the wait, after the last resend.
    pub give_up: u64,
}

impl Schedule {
    /// When event `n` is due after the first sending: resend `n`, then the giving up, then nothing.
    pub fn due(&self, n: usize) -> Option<Duration> {
        let millis = match self.resends.get(n) {
            Some(millis) => *millis,
            None if n == self.resends.len() => self.give_up,
            None => return None,
        };
        Some(Duration::from_millis(millis))
    }
}

/// The schedule of each message that waits for an answer.
#[derive(Clone, Copy, Debug)]
pub struct Timers {
    /// Main Mode, messages 1 to 5.
    pub main: [Schedule; 5],
    /// Aggressive Mode, messages 1 to 3 (the third only waits when a fourth was promised).
    pub aggressive: [Schedule; 3],
}

impl Timers {
    /// The schedule of a message; `None` for the last one of an exchange, which waits for nothing.
    pub fn schedule(&self, message: MessageName) -> Option<&Schedule> {
        let index = usize::from(message.number()).checked_sub(1)?;
        match message.mode()? {
            Mode::Main => self.main.get(index),
            Mode::Aggressive => self.aggressive.get(index),
        }
    }
}

/// A vendor id payload's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VendorId {
    /// What it announces.
    pub name: &'static str,
    /// The bytes.
    pub bytes: &'static [u8],
    /// Sent only where NAT traversal is on.
    pub nat_traversal: bool,
}

const fn vid(name: &'static str, bytes: &'static [u8]) -> VendorId {
    VendorId { name, bytes, nat_traversal: false }
}

const fn nat_t(name: &'static str, bytes: &'static [u8]) -> VendorId {
    VendorId { name, bytes, nat_traversal: true }
}

/// RFC 3947 section 3.1: the MD5 of "RFC 3947". Both sides must send it for NAT traversal to be used.
pub const NAT_T_RFC3947: VendorId =
    nat_t("NAT-T RFC 3947", b"\x4a\x13\x1c\x81\x07\x03\x58\x45\x5c\x57\x28\xf2\x0e\x95\x45\x2f");
const NAT_T_07: VendorId =
    nat_t("NAT-T draft 07", b"\x43\x9b\x59\xf8\xba\x67\x6c\x4c\x77\x37\xae\x22\xea\xb8\xf5\x82");
const NAT_T_03: VendorId =
    nat_t("NAT-T draft 03", b"\x7d\x94\x19\xa6\x53\x10\xca\x6f\x2c\x17\x9d\x92\x15\x52\x9d\x56");
const NAT_T_02: VendorId =
    nat_t("NAT-T draft 02", b"\x90\xcb\x80\x91\x3e\xbb\x69\x6e\x08\x63\x81\xb5\xec\x42\x7b\x1f");
// Behind the hash stand capability bits, in which vendors differ.
const FRAGMENTATION: VendorId =
    vid("Fragmentation", b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3\xc0\x00\x00\x00");
const FRAGMENTATION_CHARON: VendorId =
    vid("Fragmentation", b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3\x80\x00\x00\x00");
const FRAGMENTATION_PLUTO: VendorId =
    vid("Fragmentation", b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3");
const UNITY: VendorId =
    vid("Cisco Unity", b"\x12\xf5\xf2\x8c\x45\x71\x68\xa9\x70\x2d\x9f\xe2\x74\xcc\x01\x00");
const XAUTH: VendorId = vid("XAUTH", b"\x09\x00\x26\x89\xdf\xd6\xb7\x12");
const DPD: VendorId =
    vid("Dead Peer Detection", b"\xaf\xca\xd7\x13\x68\xa1\xf1\xc9\x6b\x86\x96\xfc\x77\x57\x01\x00");

/// Vendor ids of the messages that carry any. Encrypted messages carry none.
#[derive(Clone, Copy, Debug)]
pub struct VendorIds {
    /// MSG1 and AM1.
    pub first: &'static [VendorId],
    /// MSG2 and AM2. The NAT-T one is sent only if the peer announced it too.
    pub second: &'static [VendorId],
    /// MSG3 and MSG4.
    pub key_exchange: &'static [VendorId],
}

/// What every vendor does unless its own table says otherwise: contract, "Refusals".
pub const COMMON: &[Reaction] = &[
    reaction(
        ReasonKind::NoProposalChosen,
        None,
        Disposition::Remove,
        Answer::Clear(NotifyType::NO_PROPOSAL_CHOSEN),
        "RFC 2408 5.4",
        Certainty::Sourced,
    ),
    NO_METHOD,
    no_key(ReasonKind::NoGroup, None, Certainty::Sourced),
    no_key(ReasonKind::NoGroup, AM1, Certainty::Inferred),
    no_key(ReasonKind::NoKey, None, Certainty::Sourced),
    no_key(ReasonKind::NoKey, AM1, Certainty::Inferred),
    reaction(
        ReasonKind::AggressiveModeDisabled,
        None,
        Disposition::Remove,
        Answer::Silence,
        "RFC 2409 5",
        Certainty::Inferred,
    ),
    reaction(
        ReasonKind::RemovedSa,
        None,
        Disposition::Drop,
        Answer::Clear(NotifyType::INVALID_COOKIE),
        "RFC 2408 5.2",
        Certainty::Sourced,
    ),
    reaction(
        ReasonKind::HashMismatch,
        None,
        Disposition::Drop,
        Answer::Silence,
        "RFC 2408 5.11",
        Certainty::Inferred,
    ),
    reaction(
        ReasonKind::HashMismatch,
        AM2,
        Disposition::Remove,
        Answer::Silence,
        "RFC 2408 5.11",
        Certainty::Inferred,
    ),
    reaction(
        ReasonKind::IdentityRefused,
        None,
        Disposition::Remove,
        Answer::Protected(NotifyType::INVALID_ID_INFORMATION),
        "RFC 2408 5.8",
        Certainty::Inferred,
    ),
    reaction(
        ReasonKind::IdentityRefused,
        AM1,
        Disposition::Remove,
        Answer::Clear(NotifyType::INVALID_ID_INFORMATION),
        "RFC 2408 5.8",
        Certainty::Inferred,
    ),
    reaction(
        ReasonKind::Other,
        None,
        Disposition::Drop,
        Answer::Silence,
        "RFC 2408 5.1",
        Certainty::Inferred,
    ),
];

/// Only the authentication method differs: most vendors make no difference.
const NO_METHOD: Reaction = reaction(
    ReasonKind::NoMethod,
    None,
    Disposition::Remove,
    Answer::Clear(NotifyType::NO_PROPOSAL_CHOSEN),
    "RFC 2408 5.4",
    Certainty::Sourced,
);

const fn no_key(on: ReasonKind, at: At, certainty: Certainty) -> Reaction {
    reaction(on, at, Disposition::Remove, Answer::Silence, "RFC 2409 5.4", certainty)
}

/// A reaction that was seen in recorded runs of the vendor's software.
const fn seen(on: ReasonKind, at: At, disposition: Disposition, answer: Answer) -> Reaction {
    reaction(on, at, disposition, answer, "RFC 2408 5", Certainty::Sourced)
}

/// A message that a reaction is about; `None`: any.
type At = Option<MessageName>;

const MSG1: At = Some(MessageName::MSG1);
const MSG5: At = Some(MessageName::MSG5);
const MSG6: At = Some(MessageName::MSG6);
const AM1: At = Some(MessageName::AM1);
const AM2: At = Some(MessageName::AM2);
const AM3: At = Some(MessageName::AM3);

const fn reaction(
    on: ReasonKind,
    at: At,
    disposition: Disposition,
    answer: Answer,
    rfc: &'static str,
    certainty: Certainty,
) -> Reaction {
    Reaction { on, at, disposition, answer, rfc, certainty }
}

impl Profile {
    /// Every profile that is built.
    pub const ALL: [&'static Profile; 4] =
        [&asa::PROFILE, &ios::PROFILE, &strongswan::PROFILE, &libreswan::PROFILE];

    /// The ASA, the default.
    pub const ASA: &'static Profile = &asa::PROFILE;

    /// The profile of this name.
    pub fn from_name(name: &str) -> Option<&'static Profile> {
        Profile::ALL.into_iter().find(|profile| profile.name == name)
    }

    /// What this vendor does for a reason at a message: its own rows before the common ones, a row for
    /// this message before a general one.
    pub fn reaction(&self, reason: &Reason, at: Option<MessageName>) -> Reaction {
        let rows = || self.reactions.iter().chain(COMMON);
        let find = |kind| {
            let narrow = rows().find(|row| row.on == kind && row.at.is_some() && row.at == at);
            narrow.or_else(|| rows().find(|row| row.on == kind && row.at.is_none()))
        };
        // No row is no licence to act: what nobody described is dropped.
        find(reason.kind()).or_else(|| find(ReasonKind::Other)).copied().unwrap_or(FALLBACK)
    }
}

const FALLBACK: Reaction = reaction(
    ReasonKind::Other,
    None,
    Disposition::Drop,
    Answer::Silence,
    "RFC 2408 5.1",
    Certainty::Inferred,
);

impl PartialEq for Profile {
    fn eq(&self, other: &Profile) -> bool {
        self.name == other.name
    }
}

impl Eq for Profile {}

impl Hash for Profile {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Profile({})", self.name)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
