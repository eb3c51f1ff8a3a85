//! What is concluded of one negotiation.

use std::net::IpAddr;

use ike::{Mode, Role, Sides, State};
use vendor::Vendor;

use super::Issue;
use crate::remedy::Remedy;

/// How well a cause is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// A line names it.
    Said,
    /// Nothing else that is usual leaves these lines.
    Follows,
    /// It would leave the same lines, and others would too.
    Fits,
}

/// How far a phase came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It was not begun.
    None,
    /// It hangs or was given up.
    Stalled,
    /// It was refused.
    Refused,
    /// It is complete.
    Established,
    /// It was complete, and was deleted.
    Deleted,
    /// The lines do not tell.
    Unknown,
}

impl Phase {
    /// The word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Phase::None => "none",
            Phase::Stalled => "stalled",
            Phase::Refused => "refused",
            Phase::Established => "established",
            Phase::Deleted => "deleted",
            Phase::Unknown => "unknown",
        }
    }
}

/// A possible cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// What it is.
    pub issue: Issue,
    /// How well it is known.
    pub certainty: Certainty,
    /// The lines that speak for it.
    pub lines: Vec<usize>,
    /// What to do; `None` for what lies beside phase 1.
    pub mend: Option<Mend>,
}

/// What to do, as far as the lines tell at which side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// What.
    pub remedy: Remedy,
    /// The side whose part of it is meant; `None`: each.
    pub part: Option<Role>,
    /// The device of the paste, where the part is its own.
    pub device: Option<Vendor>,
    /// Which part the device plays nothing tells: it stands as responder.
    pub nameless: bool,
}

/// What the paste itself says of the values at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// Attribute, received, configured.
    pub differs: Vec<(String, String, String)>,
    /// What the peer offers.
    pub offered: Vec<String>,
    /// What is configured here.
    pub configured: Vec<String>,
    /// The identity that the peer sent.
    pub identity: Option<String>,
    /// The one that is wanted.
    pub wanted: Option<String>,
    /// The tunnel-group that was looked for.
    pub group: Option<String>,
    /// The networks of the refused proposal.
    pub proxies: Option<String>,
    /// Packets or bytes that went into the tunnel, and came out of it: of several tunnels, the one that passes one way alone.
    pub packets: (Option<u64>, Option<u64>),
}

/// What is concluded of one negotiation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Whose lines they are; of two devices, the one that says more.
    pub device: Vendor,
    /// The part that it plays.
    pub role: Option<Role>,
    /// Its own address.
    pub local: Option<IpAddr>,
    /// The peer's.
    pub peer: Option<IpAddr>,
    /// What the device calls it.
    pub connection: Option<String>,
    /// The mode of phase 1.
    pub mode: Option<Mode>,
    /// How far phase 1 came.
    pub phase1: Phase,
    /// How far phase 2 came.
    pub phase2: Phase,
    /// Where each side is; `Some(None)`: it has no SA.
    pub states: Sides<Option<Option<State>>>,
    /// The other side's state is what the first cause would leave.
    pub supposed: bool,
    /// Likeliest first.
    pub suspects: Vec<Suspect>,
    /// Lines that show how far it came.
    pub shows: Vec<usize>,
    /// Values that the lines have.
    pub values: Values,
    /// How many attempts the paste has.
    pub attempts: usize,
    /// It is IKEv2 that is spoken.
    pub ikev2: bool,
    /// XAUTH or Mode Config goes on behind phase 1.
    pub xauth: bool,
    /// It was begun, and nothing shows its end.
    pub xauth_waits: bool,
    /// The ISAKMP SA ran out under IPsec SAs that are up.
    pub no_ike: bool,
    /// The states that its row may stand for, by the part that it would play.
    pub standing: Sides<Option<State>>,
    /// Lines about dead peer detection, rekeying, packets in the tunnel.
    pub behind: usize,
    /// `show` has no SA for phase 2.
    pub no_sa: bool,
    /// A line refuses a Quick Mode, and a later one tells of another that came up.
    pub refused_before: bool,
    /// Both devices' lines were read.
    pub both: bool,
}

impl Story {
    /// Nothing is wrong, as far as the lines go.
    pub fn is_healthy(&self) -> bool {
        let up = matches!(self.phase1, Phase::Established | Phase::Deleted);
        self.suspects.is_empty() && up && self.phase2 != Phase::Stalled && !self.xauth_waits
    }
}
