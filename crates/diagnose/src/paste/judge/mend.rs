//! What to do about a cause, as far as the lines tell on which side.

use ike::{Profile, Role};
use sim::{Cause, Setup};
use vendor::Vendor;

use super::Judged;
use crate::paste::story::Mend;
use crate::paste::values;
use crate::remedy::{Remedy, Task, remedy};

impl Judged<'_> {
    /// What to do on this device, or at the peer where the fault is there.
    pub(super) fn mend(&self, cause: Cause) -> Mend {
        let either = self.facts.either();
        // Of a row that either side may have the caller's address stands first.
        let own = self.role.unwrap_or(if either { Role::Initiator } else { Role::Responder });
        let at = if self.lies_at_the_peer(cause) { own.other() } else { own };
        let mut setup = values::setup(self.talk, self.facts, own);
        if !either {
            // Whose device the peer is, the lines of this one do not tell.
            setup.hosts[own.other()].profile = Profile::GENERIC;
        }
        // Of these this side's part is told whoever is to blame.
        let told_here = [Cause::PskMismatch, Cause::MessageLost, Cause::MessageLate, Cause::MessageCorrupted];
        let side = if told_here.contains(&cause) { own } else { at };
        let (remedy, part) = match () {
            // Without the other side's values there is nothing to copy, and defaults would be taken for them.
            () if cause == Cause::PolicyMismatch && !values::offers_are_known(self.facts) => {
                (Remedy::Plain(cause), None)
            }
            () if cause == Cause::WrongPeerAddress => (Remedy::CompareCalled(setup.hosts[own].peer), None),
            () if cause == Cause::IdentityMismatch => (self.identity(&setup, own, at), Some(own)),
            // The remedy wants the side that the packets do not reach.
            () if cause == Cause::NoRoute => (remedy(&setup, cause, own.other()), Some(own)),
            () if either => (remedy(&setup, cause, at), None),
            () => (remedy(&setup, cause, side), Some(side)),
        };
        let is_own = part.is_some_and(|part| self.role.is_none_or(|own| own == part));
        let device = Some(self.talk.vendor).filter(|_| is_own);
        let nameless = self.role.is_none() && !either;
        Mend { remedy, part, device, at_peer: at != own, nameless }
    }

    /// Whether the peer is to be mended: it is silent or refuses, and this device has complained of nothing.
    fn lies_at_the_peer(&self, cause: Cause) -> bool {
        let unless_said = [
            Cause::MissingTunnelGroup,
            Cause::MissingPsk,
            Cause::IkeDisabled,
            Cause::AggressiveModeDisabled,
            Cause::IdentityMismatch,
        ];
        let gone = matches!(cause, Cause::PeerDown | Cause::PortClosed);
        gone || (unless_said.contains(&cause) && !self.own_words)
    }

    /// Either side mends it; of this one alone the commands are known.
    fn identity(&self, setup: &Setup, own: Role, at: Role) -> Remedy {
        if at == own {
            return Remedy::TakeIdentity(Task::any_identity(setup, own));
        }
        let daemon = matches!(self.talk.vendor, Vendor::Strongswan | Vendor::Libreswan);
        // On a Cisco the word for it depends on its kind.
        Remedy::SendIdentity(daemon.then(|| Task::unknown_identity(setup, own)))
    }
}
