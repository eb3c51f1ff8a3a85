//! Which interface calls which peer: crypto maps where they are bound, and protected tunnels.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::{Entry, Reader, access};
use crate::device::{Connection, Place, Problem, Remote, Sourced, Version};
use crate::phase2::Phase2;

/// Connections of one device: maps times interfaces may be very many.
const MOST_CONNECTIONS: usize = 1 << 16;

impl Reader {
    /// The interface that an entry's map is on calls its peers; where the map is on none it calls nobody.
    pub(super) fn connect(&mut self) {
        self.device.policies.sort_by_key(|policy| policy.priority.value);
        self.keep_keys();
        let mut on: BTreeMap<String, Vec<Option<IpAddr>>> = BTreeMap::new();
        for interface in &self.device.interfaces {
            let Some(map) = &interface.map else { continue };
            let fixed = self.local_addresses.get(map).and_then(|name| self.interface_at.get(name));
            let fixed = fixed.and_then(|at| self.device.interfaces.get(*at)).unwrap_or(interface);
            on.entry(map.clone()).or_default().push(fixed.address);
        }
        let lists = Lists::new(self);
        for entry in std::mem::take(&mut self.entries) {
            for local in on.get(&entry.map).into_iter().flatten() {
                self.connect_entry(&entry, *local, &lists);
            }
        }
        self.tunnels(&lists);
        let applied = self.device.interfaces.iter().filter_map(|i| i.filter.as_ref());
        let names: BTreeSet<String> = applied.map(|filter| filter.value.clone()).collect();
        self.device.filters = std::mem::take(&mut self.access_lists)
            .into_iter()
            .filter(|(name, _)| names.contains(name))
            .collect();
    }

    /// Keys that no later line replaced.
    fn keep_keys(&mut self) {
        if !self.replaced.is_empty() {
            let all = std::mem::take(&mut self.device.keys).into_iter().enumerate();
            self.device.keys =
                all.filter(|(at, _)| !self.replaced.contains(at)).map(|(_, key)| key).collect();
        }
    }

    fn add(&mut self, connection: Connection) {
        if self.device.connections.len() < MOST_CONNECTIONS {
            return self.device.connections.push(connection);
        }
        let message = "more connections than can be judged".to_owned();
        if self.device.problems.last().is_none_or(|known| known.message != message) {
            let (at, allowed) = (connection.at, format!("{MOST_CONNECTIONS}, over all interfaces"));
            self.device.problems.push(Problem { about: None, at, part: String::new(), message, allowed });
        }
    }

    fn connect_entry(&mut self, entry: &Entry, local: Option<IpAddr>, lists: &Lists) {
        for (peer, at) in &entry.peers {
            let made = self.connection(entry, self.remote(peer), at.clone(), local, lists);
            self.add(made);
        }
        let Some((name, at)) = &entry.dynamic else { return };
        for dynamic in lists.dynamic.get(name).into_iter().flatten() {
            let by_name = Entry {
                map: entry.map.clone(),
                sequence: entry.sequence.clone(),
                answers_only: true,
                ..dynamic.clone()
            };
            let fixed = dynamic.peers.iter().map(|(peer, _)| self.remote(peer)).next();
            let remote = fixed.unwrap_or(Remote::Anybody);
            let made = self.connection(&by_name, remote, at.clone(), local, lists);
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
        Connection {
            by: format!("crypto map {} {}", entry.map, entry.sequence),
            remote,
            at,
            local,
            answers_only: entry.answers_only,
            aggressive: entry.aggressive.clone(),
            policies: Vec::new(),
            takes: None,
            identity: None,
            expects: Vec::new(),
            keyring: entry.profile.clone().map(Sourced::default_of),
            version: Sourced::default_of(Version::One),
            xauth: None,
            incomplete: None,
            unbound: None,
            nat_off: entry.nat_off.clone(),
            phase2: self.phase2(entry, lists),
        }
    }

    fn phase2(&self, entry: &Entry, lists: &Lists) -> Phase2 {
        let set = |(name, at): &(String, Place)| {
            let known = self.transform_sets.get(name);
            known.map(|words| Sourced::new(words.clone(), at.clone()))
        };
        let traffic = entry.access_list.as_ref().and_then(|name| lists.traffic.get(name));
        Phase2 {
            transforms: entry.transform_sets.iter().filter_map(set).collect(),
            pfs: entry.pfs.clone(),
            traffic: traffic.cloned().unwrap_or_default(),
        }
    }

    /// A protected tunnel calls its destination.
    fn tunnels(&mut self, lists: &Lists) {
        let interfaces = self.device.interfaces.clone();
        for interface in interfaces.iter().filter(|interface| interface.shutdown.is_none()) {
            let (Some(source), Some((destination, at)), Some(profile)) =
                (&interface.tunnel.source, &interface.tunnel.destination, &interface.tunnel.profile)
            else {
                continue;
            };
            let nameif = self.nameif_at.get(source).and_then(BTreeSet::first);
            let named = self.interface_at.get(source).into_iter().chain(nameif).min();
            let named = named.and_then(|at| interfaces.get(*at));
            let local = source.parse().ok().or_else(|| named.and_then(|known| known.address));
            let entry = self.ipsec_profiles.get(profile).cloned().unwrap_or_default();
            let made = self.connection(&entry, self.remote(destination), at.clone(), local, lists);
            self.add(Connection { by: interface.name.clone(), ..made });
        }
    }
}

/// What entries of crypto maps refer to, looked up once.
struct Lists {
    /// The entries of each dynamic map.
    dynamic: BTreeMap<String, Vec<Entry>>,
    /// What each access list protects.
    traffic: BTreeMap<String, Traffic>,
}

type Traffic = Arc<Vec<Sourced<(String, String)>>>;

impl Lists {
    fn new(reader: &mut Reader) -> Lists {
        let mut dynamic: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for entry in std::mem::take(&mut reader.dynamic) {
            dynamic.entry(entry.map.clone()).or_default().push(entry);
        }
        let all =
            reader.entries.iter().chain(dynamic.values().flatten()).chain(reader.ipsec_profiles.values());
        let named: BTreeSet<&String> = all.filter_map(|entry| entry.access_list.as_ref()).collect();
        let read =
            |name: &String| Some((name.clone(), Arc::new(access::traffic(reader.access_lists.get(name)?))));
        let traffic = named.into_iter().filter_map(read).collect();
        Lists { dynamic, traffic }
    }
}
