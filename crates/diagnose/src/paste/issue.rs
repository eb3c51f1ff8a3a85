//! What can be wrong, as far as a log can tell.

use sim::Cause;
use vendor::{Phase2, Says};

/// A cause of phase 1, or what lies beside it and behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Issue {
    /// Phase 1 does not come up for this.
    Phase1(Cause),
    /// One side speaks IKEv2 alone to this peer.
    IkeVersion,
    /// XAUTH on one side alone.
    XauthMissing,
    /// The user was refused.
    XauthFailed,
    /// Certificates are at fault.
    Certificate,
    /// IKE is enabled, no crypto map on the interface.
    MapUnbound,
    /// A crypto map entry lacks its peer, its list or its transform set.
    MapIncomplete,
    /// Phase 2: no transform set in common.
    Transforms,
    /// Phase 2: PFS.
    Pfs,
    /// Phase 2: the networks do not fit.
    Networks,
    /// Phase 2 is refused or fails, and nothing says why.
    Phase2,
    /// Packets go through the tunnel one way alone.
    OneWay,
    /// Packets want into a tunnel that is not there.
    NoTunnel,
    /// The tunnel was up, and the peer does not answer any more.
    PeerLost,
}

impl Issue {
    /// The cause of phase 1 that it is.
    pub fn cause(self) -> Option<Cause> {
        if let Issue::Phase1(cause) = self { Some(cause) } else { None }
    }

    /// The word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Issue::Phase1(cause) => cause.name(),
            Issue::IkeVersion => "ike-version",
            Issue::XauthMissing => "xauth-missing",
            Issue::XauthFailed => "xauth-failed",
            Issue::Certificate => "certificate",
            Issue::MapUnbound => "map-unbound",
            Issue::MapIncomplete => "crypto-map-incomplete",
            Issue::Transforms => "transform-mismatch",
            Issue::Pfs => "pfs-mismatch",
            Issue::Networks => "proxy-mismatch",
            Issue::Phase2 => "phase-2-refused",
            Issue::OneWay => "one-way",
            Issue::NoTunnel => "no-tunnel",
            Issue::PeerLost => "peer-lost",
        }
    }

    /// What a line that names its reason says outright.
    #[expect(clippy::wildcard_enum_match_arm, reason = "most lines name no reason")]
    pub(super) fn said_by(says: Says) -> Option<Issue> {
        Some(match says {
            Says::NoProposal | Says::OtherGroup => Issue::Phase1(Cause::PolicyMismatch),
            Says::HashWrong => Issue::Phase1(Cause::PskMismatch),
            Says::NoKey => Issue::Phase1(Cause::MissingPsk),
            Says::NoConnection => Issue::Phase1(Cause::MissingTunnelGroup),
            Says::NobodyOfIdentity => Issue::Phase1(Cause::IdentityMismatch),
            Says::AggressiveOff => Issue::Phase1(Cause::AggressiveModeDisabled),
            Says::IkeOff => Issue::Phase1(Cause::IkeDisabled),
            Says::NoPeer => Issue::Phase1(Cause::WrongPeerAddress),
            Says::CannotSend => Issue::Phase1(Cause::NoRoute),
            Says::PortUnreachable => Issue::Phase1(Cause::PortClosed),
            Says::OtherVersion => Issue::IkeVersion,
            Says::XauthMissing => Issue::XauthMissing,
            Says::XauthFailed => Issue::XauthFailed,
            Says::Certificate => Issue::Certificate,
            Says::MapUnbound => Issue::MapUnbound,
            Says::MapIncomplete => Issue::MapIncomplete,
            Says::PeerDead => Issue::PeerLost,
            _ => return None,
        })
    }

    /// What a refusal of Quick Mode is about.
    pub(super) fn of_phase_2(why: Phase2) -> Issue {
        match why {
            Phase2::Proposal | Phase2::Encapsulation => Issue::Transforms,
            Phase2::Pfs => Issue::Pfs,
            Phase2::Networks => Issue::Networks,
            Phase2::CryptoMap => Issue::MapIncomplete,
            Phase2::Unsaid => Issue::Phase2,
        }
    }

    /// It is about phase 1, or about whether there is one.
    pub fn is_before_phase_2(self) -> bool {
        matches!(
            self,
            Issue::Phase1(_)
                | Issue::IkeVersion
                | Issue::XauthMissing
                | Issue::Certificate
                | Issue::MapUnbound
        )
    }
}
