//! Which interface calls which peer: crypto maps where they are bound, and protected tunnels.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::child::Traffic;
use super::{Entry, Reader, access};
use crate::device::{
    Connection, Dialect, Identity, Interface, Place, Problem, Remote, Sourced, Version, Xauth,
};
use crate::index::Index;
use crate::keys::Owner;
use crate::subject::Subject;

impl Entry {
    /// IKEv2 where a line says so; an ASA may have both.
    fn version(&self) -> Sourced<Version> {
        match (&self.ike2, self.ike1) {
            (Some(at), false) => Sourced::new(Version::Two, at.clone()),
            (Some(at), true) => Sourced::new(Version::TwoThenOne, at.clone()),
            (None, _) => Sourced::default_of(Version::One),
        }
    }
}

/// Connections of one device: maps times interfaces may be very many.
const MOST_CONNECTIONS: usize = 1 << 16;

/// Where a crypto map is: an interface by its place in the device; `None`: one whose own lines are not in the file.
type On = BTreeMap<String, Vec<Option<usize>>>;

impl Reader {
    /// The interface that an entry's map is on calls its peers; where the map is on none it calls nobody.
    pub(super) fn connect(&mut self) {
        // The device tries its policies by number; the file may have them in any order.
        self.device.policies.sort_by_key(|policy| policy.priority.value);
        self.keep_keys();
        // Interfaces may stand behind the maps that they name, so nothing is bound while lines are read.
        let on = self.bound();
        let lists = Lists::new(self);
        let entries = std::mem::take(&mut self.entries);
        self.named_lists = entries.iter().any(|entry| entry.access_list.is_some());
        for entry in &entries {
            for interface in on.get(&entry.map).into_iter().flatten() {
                self.connect_entry(entry, *interface, &lists);
            }
        }
        self.tunnels(&lists);
        // Behind the bound ones, so that a peer with a working entry is not reported as loose.
        for entry in entries.iter().filter(|entry| !on.contains_key(&entry.map)) {
            self.loose(entry, &lists);
        }
        // Connections of every kind have to be there before these two look at them.
        self.ask_for_xauth();
        self.restrict();
        self.doubt_groups();
        let applied = self.device.interfaces.iter().filter_map(|i| i.filter.as_ref());
        let names: BTreeSet<String> = applied.map(|filter| filter.value.clone()).collect();
        self.device.filters = std::mem::take(&mut self.access_lists)
            .into_iter()
            .filter(|(name, _)| names.contains(name))
            .collect();
    }

    /// Which map is on which interfaces. An excerpt of IOS without any interface does not say: there each is on one.
    fn bound(&self) -> On {
        let mut on = On::new();
        for (at, interface) in self.device.interfaces.iter().enumerate() {
            let Some(map) = &interface.map else { continue };
            let source = interface.tunnel.source.as_ref().and_then(|source| self.source(source));
            // Older releases want the map on the tunnel too; it calls from the tunnel's source all the same.
            let own = source.unwrap_or(at);
            let fixed = self.local_addresses.get(map).and_then(|name| self.interface_at.get(name));
            let from = Some(*fixed.unwrap_or(&own));
            let all = on.entry(map.clone()).or_default();
            if !all.contains(&from) {
                all.push(from);
            }
        }
        let excerpt = self.device.dialect == Dialect::Ios && self.device.interfaces.is_empty();
        let all = self.entries.iter().map(|entry| &entry.map).filter(|_| excerpt);
        for map in self.somewhere.iter().chain(all) {
            on.entry(map.clone()).or_insert_with(|| vec![None]);
        }
        on
    }

    /// The interface that a tunnel's source means, by name or address.
    fn source(&self, source: &str) -> Option<usize> {
        let address = source.parse().ok();
        let has = |interface: &Interface| address.is_some_and(|address| interface.has(address));
        self.interface_at.get(source).copied().or_else(|| self.device.interfaces.iter().position(has))
    }

    /// An entry of a map that is on no interface: its peer is not called, which somebody may wonder about.
    fn loose(&mut self, entry: &Entry, lists: &Lists) {
        for (peer, at) in entry.peers.iter().take(1) {
            self.device.loose.get_or_insert_with(|| at.clone());
            let remote = self.remote(peer);
            if self.device.connections.iter().any(|known| known.remote == remote) {
                continue;
            }
            let made = self.connection(entry, remote, at.clone(), None, lists);
            self.add(Connection { unbound: Some(at.clone()), ..made });
        }
    }

    /// A map that asks for XAUTH asks every peer, unless the peer's key says `no-xauth` or a profile takes it out
    /// (Cisco document 46242).
    fn ask_for_xauth(&mut self) {
        let index = Index::of(&self.device);
        for connection in &mut self.device.connections {
            let map = connection.by.split(' ').nth(2);
            let Some(at) = map.and_then(|map| self.asking.get(map)) else { continue };
            let spared = connection.remote.address().is_some_and(|peer| {
                let local = connection.local.unwrap_or(peer);
                let keys = index.keys(&self.device.keys, None, Some(&Identity::Address(peer)));
                let key = crate::keys::by_address(keys, peer, local, None, None);
                key.is_some_and(|key| key.no_xauth)
            });
            // A connection with a profile has its own setting, and the map's does not reach it.
            if connection.keyring.is_none() && !spared {
                connection.xauth = Some(Sourced::new(Xauth::Server, at.clone()));
            }
        }
    }

    /// ASA: what becomes of a site-to-site peer whose group is for remote access no source says [I].
    fn doubt_groups(&mut self) {
        for (owner, at) in std::mem::take(&mut self.remote_access) {
            let calls = |c: &Connection| c.remote.address().map(Owner::address) == Some(owner.clone());
            if self.device.connections.iter().any(calls) {
                self.device.problems.push(Problem {
                    about: Some(Subject::Key),
                    at,
                    part: String::new(),
                    message: "the group of a site-to-site peer is for remote access".into(),
                    allowed: "type ipsec-l2l".into(),
                });
            }
        }
    }

    /// ASA: a group policy without `ikev1` leaves IKEv2 alone, or nothing (syslog 713206).
    fn restrict(&mut self) {
        // Without a policy and an interface for IKEv1 there is none of it on the device.
        let none = self.device.policies.is_empty() && self.device.enabled.is_empty();
        for connection in &mut self.device.connections {
            if let Some(at) = self.ike2_enabled.as_ref().filter(|_| none) {
                connection.version = Sourced::new(Version::Two, at.clone());
            }
        }
        for connection in &mut self.device.connections {
            let Some(peer) = connection.remote.address().map(|peer| peer.to_string()) else { continue };
            // A tunnel-group without a policy of its own has this one, which a file may change.
            let policy = self.group_policy.get(&peer).map_or("DfltGrpPolicy", String::as_str);
            let Some((protocols, at)) = self.protocols.get(policy) else { continue };
            // `ipsec` is what releases before 8.4 called it.
            if !protocols.iter().any(|word| ["ikev1", "ipsec"].contains(&word.as_str())) {
                connection.version = Sourced::new(Version::Two, at.clone());
            }
        }
    }

    /// Keys that no later line replaced.
    fn keep_keys(&mut self) {
        if !self.replaced.is_empty() {
            let all = std::mem::take(&mut self.device.keys).into_iter().enumerate();
            self.device.keys =
                all.filter(|(at, _)| !self.replaced.contains(at)).map(|(_, key)| key).collect();
        }
    }

    pub(super) fn add(&mut self, connection: Connection) {
        if self.device.connections.len() < MOST_CONNECTIONS {
            return self.device.connections.push(connection);
        }
        let message = "more connections than can be judged".to_owned();
        // Once is enough: the limit may be passed many thousand times.
        if self.device.problems.last().is_none_or(|known| known.message != message) {
            let (at, allowed) = (connection.at, format!("{MOST_CONNECTIONS}, over all interfaces"));
            self.device.problems.push(Problem { about: None, at, part: String::new(), message, allowed });
        }
    }

    fn connect_entry(&mut self, entry: &Entry, interface: Option<usize>, lists: &Lists) {
        let local = |reader: &Reader, remote: &Remote| {
            let interface = reader.device.interfaces.get(interface?)?;
            interface.towards(remote.address())
        };
        for (n, (peer, at)) in entry.peers.iter().enumerate() {
            let remote = self.remote(peer);
            let made = self.connection(entry, remote.clone(), at.clone(), local(self, &remote), lists);
            // The peers behind the first are backups.
            let backup = n > 0;
            let lacks = made.children.iter().find_map(|child| child.lacks().map(|(_, named)| named.cloned()));
            let incomplete = lacks.map(|named| named.unwrap_or_else(|| at.clone()));
            self.add(Connection { answers_only: made.answers_only || backup, incomplete, ..made });
        }
        if entry.peers.is_empty() && entry.dynamic.is_none() {
            self.peerless(entry, local(self, &Remote::Anybody), lists);
        }
        let Some((name, at)) = &entry.dynamic else { return };
        for dynamic in lists.dynamic.get(name).into_iter().flatten() {
            let by_name = Entry {
                map: entry.map.clone(),
                sequence: entry.sequence.clone(),
                // A dynamic entry waits for a call, even where it names a peer.
                answers_only: Some(at.clone()),
                at: Some(at.clone()),
                ..dynamic.clone()
            };
            let fixed = dynamic.peers.iter().map(|(peer, _)| self.remote(peer)).next();
            let remote = fixed.unwrap_or(Remote::Anybody);
            let made = self.connection(&by_name, remote.clone(), at.clone(), local(self, &remote), lists);
            self.add(made);
        }
    }

    fn connection(
        &self,
        entry: &Entry,
        remote: Remote,
        at: Place,
        local: Option<IpAddr>,
        lists: &Lists,
    ) -> Connection {
        let children = vec![self.child(entry, at.clone(), lists)];
        Connection { children, ..self.bare(entry, remote, at, local) }
    }

    /// Without what it does in phase 2.
    pub(super) fn bare(&self, entry: &Entry, remote: Remote, at: Place, local: Option<IpAddr>) -> Connection {
        Connection {
            by: format!("crypto map {} {}", entry.map, entry.sequence),
            remote,
            at,
            local,
            answers_only: entry.answers_only.is_some(),
            waits: entry.answers_only.clone(),
            calls_only: entry.calls_only.clone(),
            aggressive: entry.aggressive.clone(),
            policies: Vec::new(),
            takes: None,
            identity: None,
            expects: Vec::new(),
            keyring: entry.profile.clone().map(Sourced::default_of),
            version: entry.version(),
            xauth: None,
            incomplete: None,
            unbound: None,
            nat_off: entry.nat_off.clone(),
            children: Vec::new(),
        }
    }

    /// A protected tunnel calls its destination; a multipoint one the peers that NHRP names, and it takes whoever calls.
    fn tunnels(&mut self, lists: &Lists) {
        let interfaces = self.device.interfaces.clone();
        // A tunnel that is shut down neither calls nor answers.
        for interface in interfaces.iter().filter(|interface| interface.shutdown.is_none()) {
            let (Some(source), Some(profile)) = (&interface.tunnel.source, &interface.tunnel.profile) else {
                continue;
            };
            let named = self.interface_at.get(source).copied();
            let nameif = self.nameif_at.get(&source.to_ascii_lowercase()).and_then(BTreeSet::first).copied();
            let named = named.into_iter().chain(nameif).min().and_then(|at| interfaces.get(at));
            // A profile that the excerpt lacks still protects: it says nothing of phase 1 that is needed.
            let entry = self.ipsec_profiles.get(profile).cloned().unwrap_or_default();
            for (remote, at) in self.ends(interface) {
                let own = named.and_then(|known| known.towards(remote.address()));
                let local = source.parse().ok().or(own);
                let known = self.ipsec_profiles.contains_key(profile);
                let mut made = self.connection(&entry, remote, at, local, lists);
                for child in &mut made.children {
                    self.protects(child, interface, known);
                }
                self.add(Connection { by: interface.name.clone(), ..made });
            }
        }
    }

    /// Whom a tunnel is with.
    fn ends(&self, interface: &Interface) -> Vec<(Remote, Place)> {
        let tunnel = &interface.tunnel;
        let named = if tunnel.open { tunnel.hubs.as_slice() } else { tunnel.destination.as_slice() };
        let mut ends: Vec<(Remote, Place)> = Vec::new();
        for (peer, at) in named {
            let remote = self.remote(peer);
            // An NHRP map and an NHS line may name the same hub.
            if !ends.iter().any(|(known, _)| *known == remote) {
                ends.push((remote, at.clone()));
            }
        }
        if let Some(at) = tunnel.protected.as_ref().filter(|_| tunnel.open) {
            ends.push((Remote::Anybody, at.clone()));
        }
        ends
    }
}

/// What entries of crypto maps refer to, looked up once.
pub(super) struct Lists {
    /// The entries of each dynamic map.
    dynamic: BTreeMap<String, Vec<Entry>>,
    /// What each access list protects.
    pub(super) traffic: BTreeMap<String, Traffic>,
}

impl Lists {
    fn new(reader: &mut Reader) -> Lists {
        let mut dynamic: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for entry in std::mem::take(&mut reader.dynamic) {
            dynamic.entry(entry.map.clone()).or_default().push(entry);
        }
        let all =
            reader.entries.iter().chain(dynamic.values().flatten()).chain(reader.ipsec_profiles.values());
        // Only lists that some entry names: a firewall's file has thousands of others.
        let named: BTreeSet<&String> =
            all.filter_map(|entry| Some(&entry.access_list.as_ref()?.value)).collect();
        let read = |name: &String| {
            let lines = access::traffic(reader.access_lists.get(name)?);
            Some((name.clone(), lines.map(Arc::new)))
        };
        let traffic = named.into_iter().filter_map(read).collect();
        Lists { dynamic, traffic }
    }
}
