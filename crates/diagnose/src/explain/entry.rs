//! What is known of a name, as values.

use ike::crypto::{Cipher, DhGroup};
use ike::{MessageName, Mode, NotifyType, Profile, QuickState, Role, Sides, State};
use scenario::FaultKind;
use sim::{Cause, Passage, Verdict};
use vendor::Look;

use crate::remedy::Remedy;

/// What is known of one name, or of two states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is about.
    pub subject: Subject,
    /// What leads to it, likeliest first.
    pub leads: Vec<Lead>,
    /// Where both sides stand in runs that have it.
    pub seen: Vec<Sides<Option<State>>>,
    /// What to do about the first cause.
    pub mend: Option<Mend>,
    /// Files of the bundled scenarios that show it.
    pub scenarios: Vec<&'static str>,
}

impl Entry {
    pub(super) fn new(subject: Subject) -> Entry {
        let (leads, seen, mend, scenarios) = (Vec::new(), Vec::new(), None, Vec::new());
        Entry { subject, leads, seen, mend, scenarios }
    }
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A state of phase 1.
    State {
        /// Which.
        state: State,
        /// It was asked for by the name of an instant between two others, AG_AUTH.
        instant: bool,
        /// The role that was asked for, which is never in it.
        never: Option<Role>,
    },
    /// A name that stands for several states of phase 1.
    States {
        /// As it was asked for.
        name: String,
        /// At least two.
        states: Vec<State>,
        /// The role that was asked for, which is never in one of them.
        never: Option<Role>,
    },
    /// No SA.
    NoSa,
    /// Both sides in phase 1; `None`: no SA.
    Pair {
        /// Who stands where.
        sides: Sides<Option<State>>,
        /// They were named the other way round.
        turned: bool,
        /// Runs of the catalogue leave two peers so.
        reached: bool,
    },
    /// Two states of phase 1 that no two peers are in, as they were asked for.
    NoPair([String; 2]),
    /// A state of Quick Mode.
    QuickState(QuickState),
    /// Both sides in Quick Mode; `None`: no child, and none under way.
    QuickPair {
        /// Who stands where.
        sides: Sides<Option<QuickState>>,
        /// They were named the other way round.
        turned: bool,
        /// Runs of the catalogue leave two peers so.
        reached: bool,
    },
    /// Two states of Quick Mode that no two peers are in.
    NoQuickPair([Option<QuickState>; 2]),
    /// An instant between two states of IOS.
    Instant(Instant),
    /// A step of an ASA's error history, by its name there.
    Step(String, Step),
    /// A message of phase 1.
    Message(MessageName),
    /// A message of Quick Mode.
    QuickMessage(MessageName),
    /// A side's first Informational message.
    Informational,
    /// How a run ends in phase 2.
    Passage(Passage),
    /// Both sides were up, and it was deleted again.
    TornDown,
    /// A cause, and the fault of the same name.
    Cause(Cause, Option<Effect>),
    /// A fault that no cause has the name of.
    Fault(Effect),
    /// A notify.
    Notify(NotifyType),
    /// A Diffie-Hellman group.
    Group(DhGroup),
    /// A cipher.
    Cipher(Cipher),
    /// A profile.
    Profile(&'static Profile),
    /// What lies beside phase 1.
    Beside(Topic),
}

/// A cause that leads to what an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lead {
    /// It.
    pub cause: Cause,
    /// Public reports of stalled tunnels that name it for this state, of about 30.
    pub reports: u8,
    /// Runs of the catalogue that end so; `None`: it is not known from runs.
    pub runs: Option<Runs>,
}

/// Runs of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runs {
    /// How many, at least 1.
    pub count: u64,
    /// One of them, as a command.
    pub replay: &'static str,
}

/// What to do about a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// It.
    pub cause: Cause,
    /// There are other causes as well.
    pub one_of: bool,
    /// Where to look before anything is changed.
    pub look: Look,
    /// What to change, on devices of several vendors.
    pub remedies: Vec<Remedy>,
}

/// What a fault does, run in both modes between two ASAs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The fault, with its fields' examples.
    pub kind: FaultKind,
    /// How the run of each mode ends; `None`: the fault cannot act in it.
    pub ends: Vec<(Mode, Option<RunEnd>)>,
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// All in all.
    pub verdict: Verdict,
    /// Where each side is left.
    pub sides: Sides<Option<State>>,
}

/// An instant between two states of IOS, in which no peer rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instant {
    /// MM_KEY_AUTH
    KeyAuth,
    /// AG_NO_STATE
    NoState,
}

/// A step of an ASA's error history, in which no peer rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The negotiation is over on this side.
    Done,
    /// A user name and password are asked for behind phase 1.
    Xauth,
    /// An address is given behind phase 1.
    ModeConfig,
    /// A message is put together.
    Built(MessageName),
    /// A message is sent.
    Sent(MessageName),
}

/// What lies beside phase 1 or behind it, and people look up all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// SAs negotiated anew.
    Rekey,
    /// How long an SA may be used.
    Lifetime,
    /// Dead peer detection.
    DeadPeer,
    /// XAUTH and Mode Config.
    Xauth,
    /// The session status of IOS.
    Session,
    /// What keeps a NAT's entry alive.
    NatKeepalive,
}
