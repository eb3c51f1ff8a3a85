//! One device in a session: its address, what it calls itself, which key it takes.

use std::net::{IpAddr, Ipv4Addr};

use config::{Connection, Device, Identity, KeyLine, Owner, Place, Remote, Sourced};

use super::{Assumed, documentation};

/// One side of a session.
#[derive(Clone, Copy, Debug)]
pub struct SessionEnd<'d> {
    /// The device.
    pub device: &'d Device,
    /// Its own address, inside any NAT.
    pub address: IpAddr,
    /// Whom it talks to.
    pub peer: IpAddr,
    /// What it has for that peer; `None`: nothing, it only answers with what is there for all.
    pub connection: Option<&'d Connection>,
    /// What it answers message 1 by, before it knows the caller's identity: a daemon may turn to another one then.
    pub first: Option<&'d Connection>,
    /// It starts.
    pub calls: bool,
    /// What the files do not say and was taken to be so.
    pub assumed: Option<Assumed>,
    /// What its file calls the peer, where that is no address.
    pub peer_name: Option<&'d str>,
}

impl<'d> SessionEnd<'d> {
    /// A device that calls, whoever answers; `None`: it calls no address.
    pub fn calling(device: &'d Device, connection: &'d Connection) -> Option<SessionEnd<'d>> {
        let Remote::Address(peer) = connection.remote else { return None };
        let (address, assumed) = match connection.local {
            Some(local) => (local, None),
            None => (documentation(peer), Some(Assumed::OwnAddress)),
        };
        Some(SessionEnd {
            device,
            address,
            peer,
            connection: Some(connection),
            first: Some(connection),
            calls: true,
            assumed,
            peer_name: None,
        })
    }

    /// A device that answers whoever calls; `None`: its connection names its one peer, or a name.
    pub fn answers(device: &'d Device, connection: &'d Connection) -> Option<SessionEnd<'d>> {
        let like = match connection.remote {
            Remote::Anybody => connection.local.unwrap_or(Ipv4Addr::UNSPECIFIED.into()),
            Remote::Range(low, _) => low,
            Remote::Address(_) | Remote::Unknown(_) => return None,
        };
        let (address, assumed) = match connection.local {
            Some(local) => (local, None),
            None => (documentation(like), Some(Assumed::OwnAddress)),
        };
        let peer = match connection.remote {
            Remote::Range(low, high) if low == address => high,
            Remote::Range(low, _) => low,
            Remote::Address(_) | Remote::Anybody | Remote::Unknown(_) => documentation(address),
        };
        let connection = Some(connection);
        Some(SessionEnd {
            device,
            address,
            peer,
            connection,
            first: connection,
            calls: false,
            assumed,
            peer_name: None,
        })
    }

    /// The address under which the other side knows it.
    pub fn outside(&self) -> IpAddr {
        match self.assumed {
            Some(Assumed::Nat(outside)) => outside,
            _ => self.address,
        }
    }

    /// What it calls itself.
    pub fn identity(&self) -> Sourced<Identity> {
        let own = self.connection.and_then(|connection| connection.identity.as_ref());
        let mut identity = own.unwrap_or(&self.device.identity).clone();
        if identity.value == Identity::Fqdn(String::new()) {
            identity.value = match &self.device.hostname {
                Some(name) => {
                    let domain = self.device.domain.iter().map(|domain| format!(".{domain}"));
                    Identity::Fqdn(name.clone() + &domain.collect::<String>())
                }
                // Without a host name there is nothing to send but the address.
                None => Identity::OwnAddress,
            };
        }
        identity
    }

    /// The identity that it takes: the one that the other side has, where that is among those it lists.
    pub fn expects(&self, other: &SessionEnd<'_>) -> Option<Sourced<Identity>> {
        let list = &self.connection?.expects;
        let sent = other.identity().value.of(other.address);
        let taken = |expected: &&Sourced<Identity>| expected.value.takes(&sent, other.address);
        match list.iter().find(taken) {
            // A scenario has one identity: the very one that is sent, where a pattern or a network takes it.
            Some(expected) => Some(Sourced { value: sent, at: expected.at.clone() }),
            None => list.first().cloned(),
        }
    }

    /// The key that it uses: in Aggressive Mode a responder knows the caller's name, and looks for that first.
    pub fn key(&self, other: &SessionEnd<'_>, aggressive: bool) -> Option<&'d KeyLine> {
        let met = other.identity().value.of(other.outside());
        let met = Some(met).filter(|_| aggressive && !self.calls);
        let ends = [self.address, self.peer];
        if !self.device.dialect.is_cisco() {
            // A stranger's key is not looked for: the identity is refused first.
            let met = met.filter(|met| self.connection.is_some_and(|c| c.accepts(met, other.outside())));
            let by = if aggressive { self.connection } else { self.first };
            let expected = by.filter(|_| aggressive && !self.calls && met.is_none());
            let met = met.or_else(|| expected?.expected(other.outside()));
            return self.device.key_as(by, ends, self.calls, met.as_ref());
        }
        let name = match &met {
            Some(Identity::Fqdn(name) | Identity::UserFqdn(name) | Identity::KeyId(name)) => {
                Some(name.as_str())
            }
            _ => self.peer_name,
        };
        let named = name.and_then(|name| {
            let owner = Owner::Name(name.to_owned());
            self.device.keys.iter().find(|line| line.owners.contains(&owner))
        });
        named.or_else(|| self.device.key_as(self.connection, ends, self.calls, None))
    }

    /// Whether all its policies are for signatures.
    pub(crate) fn signs(&self) -> bool {
        let policies = self.device.offered_by(self.first);
        if let (true, Some(takes)) = (policies.is_empty(), self.first.and_then(|c| c.takes.as_ref())) {
            return takes.authentication() != "pre-share";
        }
        !policies.is_empty() && policies.iter().all(|policy| policy.authentication.value != "pre-share")
    }

    /// The line that names its own address.
    pub fn address_line(&self) -> Option<&'d Place> {
        let interface = self.device.interface(self.address)?;
        let more = interface.more.iter().find(|(address, _)| *address == self.address);
        more.map(|(_, at)| at).or(interface.at.as_ref())
    }
}
