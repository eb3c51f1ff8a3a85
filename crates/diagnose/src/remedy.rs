//! What to do about a cause, with the values at hand.

mod phase2;
mod task;

use std::net::IpAddr;

use ike::{Role, Sides};
use sim::{Cause, Setup};

use crate::compare::address_seen;
pub use task::Task;

/// What is to be done, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The task says all.
    Do(Task),
    /// What mends this cause where no value is known.
    Plain(Cause),
    /// One key on both sides: of two unlike ones nobody can say which is right.
    SameKey(Sides<Task>),
    /// A policy that the other side offers.
    GivePolicy(Task),
    /// Main Mode; or Aggressive Mode is allowed.
    AllowAggressive(Task),
    /// The address that the peer has outside.
    CallOutside(Task),
    /// The peer's address is compared with the one that it has outside, which is not known.
    ComparePeer {
        /// A tunnel-group has it, too.
        group: bool,
    },
    /// Either side mends it; the one that gives up a check comes second.
    Identity {
        /// One says what the other insists on.
        send: Task,
        /// The other takes any.
        take: Task,
    },
    /// The peer's address is compared with the one that it has outside; called is this.
    CompareCalled(IpAddr),
    /// The peer sends what is wanted here, or any identity is taken here.
    TakeIdentity(Task),
    /// The identity that the peer insists on is sent; which one its log names.
    SendIdentity(Option<Task>),
    /// A way for the packets of the side that the task is at.
    Route {
        /// Where to.
        to: IpAddr,
        /// Look for it.
        look: Task,
    },
    /// A host that is down.
    BringUp {
        /// Whose.
        at: Role,
        /// Where it is to answer.
        address: IpAddr,
    },
    /// IKE is started where nobody listens.
    Listen {
        /// There.
        address: IpAddr,
        /// From outside, a daemon that does not run and an IKE that is switched off look alike.
        enable: Task,
    },
    /// A port is opened, both ways.
    Permit {
        /// The outside addresses.
        between: Sides<IpAddr>,
        /// UDP.
        port: u16,
        /// On a device of this side's kind on the path.
        like: Task,
    },
    /// Captures on both sides, to find where, when or how the path harms a message.
    Capture {
        /// What is looked for in them.
        find: Trouble,
        /// On both sides.
        on: Sides<Task>,
    },
    /// A transform set and the mode that the other side has.
    TransformSets(Task),
    /// The same PFS group, or none.
    Pfs(Task),
    /// One side's access list, or the other's, mirrors the other one.
    Mirror(Sides<Task>),
    /// Nothing is configured wrong: what is left is cleared, and begun anew.
    Anew {
        /// Where SAs are left that the other side has no more.
        clear: Sides<Task>,
        /// As traffic would.
        begin: Task,
    },
}

/// What befell a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It does not arrive.
    Lost,
    /// It arrives late.
    Late,
    /// It arrives with other bytes.
    Changed,
    /// It is not what its sender should have sent.
    Misbehaved,
}

/// What mends one cause. `at` is the side that refused, or missed, the critical message.
pub(crate) fn remedy(setup: &Setup, cause: Cause, at: Role) -> Remedy {
    let captured = |find| Remedy::Capture { find, on: Sides::from_fn(|role| Task::capture(setup, role)) };
    match cause {
        Cause::PskMismatch => Remedy::SameKey(Sides::from_fn(|role| Task::key(setup, role))),
        Cause::MissingTunnelGroup => Remedy::Do(Task::group(setup, at)),
        Cause::MissingPsk => Remedy::Do(Task::key(setup, at)),
        Cause::PolicyMismatch => Remedy::GivePolicy(Task::policy(setup, at)),
        Cause::IkeDisabled => Remedy::Do(Task::enable(setup, at)),
        Cause::AggressiveModeDisabled => Remedy::AllowAggressive(Task::allow_aggressive(setup, at)),
        // Only the side that calls names an address.
        Cause::WrongPeerAddress => Remedy::CallOutside(Task::peer_address(setup)),
        Cause::IdentityMismatch => {
            Remedy::Identity { send: Task::identity(setup, at.other()), take: Task::any_identity(setup, at) }
        }
        Cause::NoRoute => {
            // `at` missed the packets: it is the sender's way that is wrong.
            let lost = at.other();
            Remedy::Route { to: address_seen(setup, lost), look: Task::route(setup, lost) }
        }
        Cause::PeerDown => Remedy::BringUp { at, address: setup.outside_address(at) },
        Cause::PortClosed => {
            Remedy::Listen { address: setup.outside_address(at), enable: Task::enable(setup, at) }
        }
        Cause::IkeVersion | Cause::XauthMissing => Remedy::Plain(cause),
        Cause::Port500Blocked => permit(setup, at, 500),
        Cause::Port4500Blocked => permit(setup, at, 4500),
        Cause::MessageLost => captured(Trouble::Lost),
        Cause::MessageLate => captured(Trouble::Late),
        Cause::MessageCorrupted => captured(Trouble::Changed),
        Cause::PeerMisbehaved => captured(Trouble::Misbehaved),
        Cause::TransformMismatch => Remedy::TransformSets(Task::transform_sets(setup, at)),
        Cause::PfsMismatch => Remedy::Pfs(Task::pfs(setup, at)),
        Cause::ProxyMismatch => Remedy::Mirror(Sides::from_fn(|role| Task::access_list(setup, role))),
        Cause::CryptoMapIncomplete => Remedy::Do(Task::complete(setup, at)),
        Cause::MapUnbound => Remedy::Do(Task::bind(setup, at)),
        Cause::Deleted => {
            Remedy::Anew { clear: Sides::from_fn(|role| Task::clear(setup, role)), begin: Task::begin(setup) }
        }
    }
}

fn permit(setup: &Setup, at: Role, port: u16) -> Remedy {
    let between = Sides::from_fn(|role| setup.outside_address(role));
    Remedy::Permit { between, port, like: Task::permit(setup, at, port) }
}
