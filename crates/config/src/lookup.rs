//! What a device has for one peer: its connection, its key, its policies, by the rules of what it is.

use std::net::IpAddr;

use ike::PolicyAttribute;

use crate::device::{Connection, Device, Dialect, Identity, Policy};
use crate::keys::{self, KeyLine};
use crate::proposal::Takes;

impl Device {
    /// What it has for a peer: the connection with that address, else one that takes anybody.
    pub fn connection(&self, peer: IpAddr, local: IpAddr) -> Option<&Connection> {
        self.connections_for(peer, local).into_iter().next()
    }

    /// All of them, the more specific ones first.
    pub fn connections_for(&self, peer: IpAddr, local: IpAddr) -> Vec<&Connection> {
        let fits = |c: &&Connection| c.local.is_none_or(|own| own == local);
        let all = self.index.get(self).to(&self.connections, peer).filter(fits);
        let mut all: Vec<(u128, &Connection)> =
            all.filter_map(|c| Some((c.remote.distance(peer)?, c))).collect();
        // Stable: the order of the file is kept.
        all.sort_by_key(|(distance, _)| *distance);
        all.into_iter().map(|(_, connection)| connection).collect()
    }

    /// The key that it would use; `calling`: it starts, and knows its connection from the start.
    pub fn key_for(&self, peer: IpAddr, local: IpAddr, calling: bool) -> Option<&KeyLine> {
        self.key_as(self.connection(peer, local), [local, peer], calling, None)
    }

    /// The same, with the connection that is known by then, and the other side's identity, as it is in Aggressive Mode.
    pub fn key_as(
        &self,
        connection: Option<&Connection>,
        ends: [IpAddr; 2],
        calling: bool,
        met: Option<&Identity>,
    ) -> Option<&KeyLine> {
        let [local, peer] = ends;
        let found = match self.dialect {
            Dialect::Asa | Dialect::Ios => {
                // A responder does not know its profile when it looks for the key in Main Mode.
                let keyring = connection.filter(|_| calling).and_then(|c| c.keyring.as_ref());
                let vrf = self.interface(local).and_then(|interface| interface.vrf.as_deref());
                let keys = self.keys_between(None, Some(&Identity::Address(peer)));
                keys::by_address(keys, peer, local, keyring.map(|ring| ring.value.as_str()), vrf)
            }
            Dialect::Strongswan => self.charon_key(connection, ends, calling, met),
            Dialect::Libreswan => {
                // pluto asks for the identities of the connection: without `leftid` that is the address.
                let me = connection.and_then(Connection::own).unwrap_or(Identity::Address(local));
                let other = met.cloned().or_else(|| connection?.expected(peer));
                let other = other.unwrap_or(Identity::Address(peer));
                keys::pluto(self.keys_between(Some(&me), Some(&other)), &me, &other)
            }
        };
        // Only now: a key that is in the files beats one that might be elsewhere.
        found.or_else(|| self.index.get(self).unknown(&self.keys))
    }

    /// charon's `lookup_shared_key`: by identities, then by addresses. A Main Mode responder has no connection yet: it
    /// tries all that fit the addresses, as far as they name their own end.
    fn charon_key(
        &self,
        connection: Option<&Connection>,
        ends: [IpAddr; 2],
        calling: bool,
        met: Option<&Identity>,
    ) -> Option<&KeyLine> {
        let [local, peer] = ends;
        let addresses = ends.map(Identity::Address);
        let [own, theirs] = &addresses;
        let named = if calling || met.is_some() {
            let me = connection.and_then(Connection::own).unwrap_or(own.clone());
            let other = met.cloned().or_else(|| connection?.expected(peer));
            self.charon_secret(&me, other.as_ref())
        } else {
            self.connections_for(peer, local).into_iter().find_map(|connection| {
                let me = connection.own()?;
                self.charon_secret(&me, connection.expected(peer).as_ref())
            })
        };
        named.or_else(|| self.charon_secret(own, Some(theirs)))
    }

    fn charon_secret(&self, me: &Identity, other: Option<&Identity>) -> Option<&KeyLine> {
        keys::charon(self.keys_between(Some(me), other), Some(me), other)
    }

    /// The keys that may be for a peer, or for this end.
    fn keys_between<'d>(
        &'d self,
        me: Option<&Identity>,
        other: Option<&Identity>,
    ) -> impl Iterator<Item = &'d KeyLine> + use<'d> {
        self.index.get(self).keys(&self.keys, me, other)
    }

    /// The policies that it offers by a connection.
    pub fn offered_by<'d>(&'d self, connection: Option<&'d Connection>) -> &'d [Policy] {
        let own = connection.map_or(&[] as &[Policy], |c| &c.policies);
        if own.is_empty() { &self.policies } else { own }
    }

    /// The policies that it takes by a connection, `most` of them: those that are offered before others.
    pub fn accepted_by(
        &self,
        connection: Option<&Connection>,
        offered: &[Policy],
        most: usize,
    ) -> Vec<Policy> {
        let takes = connection.and_then(|connection| connection.takes.as_ref());
        let mut all = takes.map_or_else(|| self.offered_by(connection).to_vec(), Takes::policies);
        // Stable: their own order is kept.
        all.sort_by_key(|policy| !offered.iter().any(|offered| offered.same_algorithms(policy)));
        // Cut before the final order: what the peer offers must not fall behind the limit.
        all.truncate(most);
        all.sort_by_key(|policy| policy.priority.value);
        all
    }
}

impl Connection {
    /// What it calls itself, where a line says so.
    pub fn own(&self) -> Option<Identity> {
        self.identity.as_ref().map(|identity| identity.value.clone()).filter(|id| *id != Identity::OwnAddress)
    }

    /// Whether it takes this identity; `address` is the other side's own.
    pub fn accepts(&self, sent: &Identity, address: IpAddr) -> bool {
        self.expects.is_empty() || self.expects.iter().any(|expected| expected.value.takes(sent, address))
    }

    /// The identity that it is set to expect.
    pub fn expected(&self, peer: IpAddr) -> Option<Identity> {
        self.expects.first().map(|expected| expected.value.clone().of(peer))
    }
}

impl Policy {
    /// Whether both mean the same algorithms.
    pub fn same_algorithms(&self, other: &Policy) -> bool {
        self.differences(other).is_empty()
    }

    /// In which algorithms they differ. Lifetimes do not count: the shorter one holds.
    pub fn differences(&self, other: &Policy) -> Vec<PolicyAttribute> {
        let differ = [
            (PolicyAttribute::Encryption, self.encryption.value != other.encryption.value),
            (PolicyAttribute::Hash, self.hash.value != other.hash.value),
            (PolicyAttribute::Group, self.group.value != other.group.value),
            (PolicyAttribute::Authentication, self.authentication.value != other.authentication.value),
        ];
        differ.into_iter().filter(|(_, differ)| *differ).map(|(attribute, _)| attribute).collect()
    }
}
