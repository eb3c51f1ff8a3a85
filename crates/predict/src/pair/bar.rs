//! What keeps a session from coming up before any message decides.

use std::net::IpAddr;

use config::{Connection, Device, Dialect, Identity, Version};
use ike::Role;

use crate::lines::{Blamed, Matter, Said, Unsaid};
use crate::pair::answer::{spoken, xauth_fits};
use crate::pair::{Assumed, Session, Spoken};

/// Why a session does not come up, whatever its policies and keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// One side has IKEv2 alone.
    IkeVersion,
    /// Both ends only answer: neither calls.
    Waiting,
    /// The caller names an address that nobody has, and its key is for the one that the called side has: it does not
    /// begin.
    WrongPeer,
    /// The caller's entry lacks its access list or its transform set: nothing is sent.
    Incomplete,
    /// The caller's crypto map is on no interface: nothing is sent.
    CallerUnbound,
    /// The called side has nothing on its interface that uses IKE: message 1 draws no answer.
    Unbound,
    /// The called daemon has no connection for this caller: message 1 draws no answer, or a refusal.
    NoConnection,
    /// One side alone wants XAUTH.
    Xauth,
}

impl Session<'_> {
    /// Which IKE the two speak.
    pub fn spoken(&self) -> Spoken {
        match self.responder.connection {
            Some(answers) => spoken(self.connection.version.value, answers.version.value),
            // A Cisco device without an entry for the peer answers IKEv1 with what is there for all.
            None => spoken(self.connection.version.value, Version::One),
        }
    }

    /// What bars it; the first in the order in which the two would find out.
    pub fn barred(&self) -> Option<Bar> {
        let (caller, r) = (self.connection, &self.responder);
        if caller.unbound.is_some() {
            return Some(Bar::CallerUnbound);
        }
        if caller.incomplete.is_some() {
            return Some(Bar::Incomplete);
        }
        if caller.waits.is_some() {
            return Some(Bar::Waiting);
        }
        if self.misnames() {
            return Some(Bar::WrongPeer);
        }
        if binds_nothing(r.device, r.address) {
            return Some(Bar::Unbound);
        }
        let Some(answers) = r.connection else {
            // Where the address itself was guessed, a missing connection may be the guess's fault.
            let known = !matches!(r.assumed, Some(Assumed::Masked | Assumed::Meant));
            return (known && !r.device.dialect.is_cisco()).then_some(Bar::NoConnection);
        };
        match self.spoken() {
            Spoken::Neither => Some(Bar::IkeVersion),
            // IKEv2 is not simulated: what becomes of it is not for a bar to say.
            Spoken::Two => None,
            Spoken::One => (!xauth_fits(caller, answers)).then_some(Bar::Xauth),
        }
    }

    /// Whether the caller has no key for the address that it calls, which nobody has, but one for the called side's own.
    fn misnames(&self) -> bool {
        let (i, r) = (&self.initiator, &self.responder);
        let key = |peer| i.device.key_for(peer, i.address, true).is_some();
        let cisco = i.device.dialect.is_cisco() && r.assumed == Some(Assumed::Meant);
        cisco && i.peer != r.address && !key(i.peer) && key(r.address)
    }

    /// Whether some side takes an address, or whatever is said, for an identity.
    pub fn takes_addresses(&self) -> bool {
        let takes = |c: &Connection| {
            c.expects.is_empty()
                || c.expects.iter().any(|expected| {
                    matches!(expected.value, Identity::Address(_) | Identity::OwnAddress | Identity::Net(..))
                })
        };
        let ends = [self.initiator.connection, self.responder.connection];
        ends.iter().flatten().all(|c| takes(c))
    }

    /// Whether that side's identity is taken or not by the address that it has.
    pub(crate) fn shows_address(&self, role: Role) -> bool {
        let sent = self.end(role).identity().value;
        let expects = self.end(role.other()).connection.map_or(&[][..], |c| &c.expects);
        expects.iter().any(|expected| {
            matches!(
                (&sent, &expected.value),
                (Identity::OwnAddress, Identity::Address(_) | Identity::OwnAddress | Identity::Net(..))
                    | (Identity::Address(_), Identity::OwnAddress)
            )
        })
    }

    /// The lines of both sides that a bar is about.
    pub fn bars(&self, bar: Bar) -> Vec<Blamed> {
        let (caller, r) = (self.connection, &self.responder);
        let answers = r.connection;
        let not_called = |c: Option<&Connection>| Said::of(c.map(|c| &c.at), Unsaid::NotCalled);
        let sides = match bar {
            Bar::IkeVersion => {
                let of = |c: Option<&Connection>| {
                    let at = c.and_then(|c| c.version.at.as_ref().or(Some(&c.at)));
                    Said::of(at, Unsaid::Version1)
                };
                [of(Some(caller)), of(answers)]
            }
            Bar::Xauth => {
                let of = |c: Option<&Connection>| {
                    let at = c.and_then(|c| c.xauth.as_ref()).and_then(|xauth| xauth.at.as_ref());
                    Said::of(at, Unsaid::NoXauth)
                };
                [of(Some(caller)), of(answers)]
            }
            Bar::Waiting => {
                let other = answers.and_then(|c| c.waits.as_ref());
                [Said::of(caller.waits.as_ref(), Unsaid::Nothing), Said::of(other, Unsaid::WaitsToo)]
            }
            Bar::WrongPeer => {
                let has = Unsaid::Is { address: r.address, calls: None };
                [Said::Line(caller.at.clone()), Said::of(r.address_line(), has)]
            }
            Bar::Incomplete => [Said::of(caller.incomplete.as_ref(), Unsaid::Nothing), not_called(answers)],
            Bar::CallerUnbound => [Said::of(caller.unbound.as_ref(), Unsaid::Nothing), not_called(answers)],
            Bar::Unbound => {
                let at = r.device.loose.as_ref().or(r.address_line());
                [Said::Line(caller.at.clone()), Said::of(at, Unsaid::NothingBound)]
            }
            Bar::NoConnection => [Said::Line(caller.at.clone()), Said::NoLine(Unsaid::NoConnection(r.peer))],
        };
        vec![Blamed { what: bar.matter(), sides }]
    }
}

impl Bar {
    fn matter(self) -> Matter {
        match self {
            Bar::IkeVersion => Matter::Version,
            Bar::Waiting => Matter::ConnectionType,
            Bar::WrongPeer => Matter::Address,
            Bar::Incomplete => Matter::Entry,
            Bar::CallerUnbound | Bar::Unbound => Matter::Binding,
            Bar::NoConnection => Matter::Connection,
            Bar::Xauth => Matter::Xauth,
        }
    }
}

/// Whether nothing uses IKE at this address: an ASA drops message 1, IOS has IKE off altogether. An excerpt without its
/// interfaces says nothing.
fn binds_nothing(device: &Device, address: IpAddr) -> bool {
    let Some(interface) = device.interface(address) else { return false };
    let used = |c: &Connection| c.unbound.is_none();
    match device.dialect {
        // A map with an entry that names no peer is on an interface all the same.
        Dialect::Ios => !device.connections.iter().any(used) && device.peerless.is_empty(),
        Dialect::Asa => {
            let tunnels = device.interfaces.iter().any(|interface| interface.tunnel.profile.is_some());
            // A file with a map on some interface has that line for every one.
            let shown = device.loose.is_some() || device.interfaces.iter().any(|other| other.map.is_some());
            interface.map.is_none() && !tunnels && shown
        }
        Dialect::Strongswan | Dialect::Libreswan => false,
    }
}
