//! What a vendor does where the RFCs leave a choice: a data table, one row per vendor, a source per value.
//!
//! Nothing here is protocol. A value without a public source is marked [`Certainty::Inferred`], and every
//! report that rests on it says so.

mod generic;
mod quick;
mod reactions;
mod vendor_id;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

use isakmp::NotifyType;

use crate::message_name::MessageName;
use crate::reason::{Certainty, Reaction, Reason, ReasonKind};
use crate::sides::Sides;
use crate::state::Mode;

pub use quick::{Again, GivesUp, LifetimeRule, PfsRule, ProxyRule, QuickMode, UNREAD};
use reactions::FALLBACK;
pub use reactions::{AM1, AM2, AM3, At, BAD_KE, COMMON, MSG1, MSG3, MSG5, MSG6, reaction, seen};
pub use vendor_id::{NAT_T_RFC3947, VendorId, VendorIds};

/// One vendor's behaviour. Two profiles are equal when their names are.
pub struct Profile {
    /// The scenario file's word.
    pub name: &'static str,
    /// Product and versions it speaks for.
    pub title: &'static str,
    /// Whose configuration commands the fixes are written in.
    pub commands: Commands,
    /// Resends of each message.
    pub timers: Sourced<Timers>,
    /// A responder's SA that is not up goes this long after its making, whatever its resends.
    pub half_open: Sourced<Option<Duration>>,
    /// When a Main Mode responder looks the pre-shared key up.
    pub key_lookup: Sourced<KeyLookup>,
    /// How often each side answers a duplicate with the last flight; `None`: every time.
    pub duplicate_answers: Sourced<Sides<Option<u32>>>,
    /// The same for duplicates of one message, where a vendor makes a difference.
    pub duplicate_answers_to: Sourced<&'static [(MessageName, Option<u32>)]>,
    /// Error notifies in clear that end the negotiation.
    pub obeys_clear_errors: Sourced<Sides<Obeys>>,
    /// Authenticated error notifies that end the negotiation. A Delete always does.
    pub obeys_protected_errors: Sourced<Sides<Obeys>>,
    /// What a protected notify is chained to before phase 1 has completed.
    pub early_informational: Sourced<EarlyIv>,
    /// An initiator knows its own negotiation by its own cookie, whatever the other one says.
    pub own_cookie_is_enough: Sourced<bool>,
    /// A responder compares the authentication method of an offer with its policies; else only when the peer
    /// has proven itself, and the connection is chosen.
    pub method_decides_offer: Sourced<bool>,
    /// AM1 offers the policies of every group, though its public value is of the first one's.
    pub offers_every_group: Sourced<bool>,
    /// A header whose length is not the datagram's makes a message malformed; else the datagram counts.
    pub header_length_must_match: Sourced<bool>,
    /// A public value of a MODP group that is no square, which no honest peer's is, cannot be used.
    pub public_value_must_be_square: Sourced<bool>,
    /// A reserved field that is not zero makes a message malformed.
    pub reserved_must_be_zero: Sourced<bool>,
    /// When the initiator puts INITIAL_CONTACT into its last message, or into its first Quick Mode.
    pub initial_contact: Sourced<InitialContact>,
    /// Nonce length in bytes, 8 to 256.
    pub nonce_len: Sourced<usize>,
    /// Protocol and port written into an address ID payload (RFC 2407 section 4.6.2).
    pub id_port: Sourced<(u8, u16)>,
    /// Vendor ids by message.
    pub vendor_ids: Sourced<VendorIds>,
    /// What it does in Quick Mode.
    pub quick_mode: QuickMode,
    /// Reactions that differ from, or add to, [`COMMON`].
    pub reactions: &'static [Reaction],
}

/// Whose commands an operator types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commands {
    /// ASA 8.4 and later.
    Asa,
    /// IOS and IOS-XE.
    Ios,
    /// swanctl.conf.
    Strongswan,
    /// ipsec.conf and ipsec.secrets.
    Libreswan,
    /// No device's: plain words.
    Plain,
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

/// When an initiator says that it has no other SA with this peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitialContact {
    /// Never.
    Never,
    /// With every negotiation.
    Always,
    /// In the first Quick Mode, and never in phase 1.
    InQuickMode,
    /// Where it is configured whom it calls: the peer's identity, not only its address.
    KnownIdentity,
}

/// What the IV of an Informational exchange before the end of phase 1 is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarlyIv {
    /// Phase 1's last block and the message id, as afterwards (RFC 2409 appendix B).
    LastBlock,
    /// The message id alone: such notifies are read by nobody else.
    MessageIdAlone,
}

/// Neither side ever tires of duplicates.
pub const ALWAYS_ANSWERED: Sides<Option<u32>> = Sides::new(None, None);
/// An initiator answers none.
pub const ANSWERED_BY_RESPONDER: Sides<Option<u32>> = Sides::new(Some(0), None);

/// Neither side obeys any.
pub const IGNORED: Sides<Obeys> = Sides::new(Obeys::None, Obeys::None);
/// Both sides obey all.
pub const OBEYED: Sides<Obeys> = Sides::new(Obeys::All, Obeys::All);

/// Which error notifies one side obeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obeys {
    /// None of them.
    None,
    /// All of them.
    All,
    /// These alone, and in Main Mode alone.
    OnlyInMain(&'static [NotifyType]),
}

impl Obeys {
    /// Whether this one is obeyed.
    pub fn includes(self, notify: NotifyType, mode: Mode) -> bool {
        match self {
            Obeys::None => false,
            Obeys::All => true,
            Obeys::OnlyInMain(list) => mode == Mode::Main && list.contains(&notify),
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

/// A value with a public source.
pub const fn sourced<T>(value: T, source: &'static str) -> Sourced<T> {
    Sourced { value, source, certainty: Certainty::Sourced }
}

/// A value without one, and what it was inferred from.
pub const fn inferred<T>(value: T, source: &'static str) -> Sourced<T> {
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

impl Profile {
    /// What the RFCs say: a device that nobody knows. Those of vendors are in the crate `vendor`.
    pub const GENERIC: &'static Profile = &generic::PROFILE;

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

impl PartialEq for Profile {
    fn eq(&self, other: &Profile) -> bool {
        // The name is the profile: each stands once.
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
