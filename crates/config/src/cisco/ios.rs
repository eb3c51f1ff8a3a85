//! IOS and IOS-XE.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use crate::cisco::{Block, Entry, Reader, access, blocks, defaults, pfs_group, transforms};
use crate::clean::{self, Line};
use crate::device::{Device, Dialect, Identity, Place, Remote, Sourced};
use crate::keys::{Key, KeyLine, Owner};

/// The dialect.
pub(crate) struct Ios;

impl crate::Reads for Ios {
    fn telling(&self, text: &str) -> usize {
        let lines = clean::lines(text);
        let own = |line: &&Line| {
            matches!(
                line.words().as_slice(),
                ["crypto", "isakmp", "policy" | "key" | "profile", ..]
                    | ["crypto", "keyring", ..]
                    | ["crypto", "map", _, _, "ipsec-isakmp", ..]
                    | ["crypto", "map", _]
                    | ["ip", "access-list" | "route", ..]
                    | ["tunnel", "protection", ..]
            )
        };
        lines.iter().filter(own).count()
    }

    fn read(&self, file: &str, text: &str) -> Vec<Device> {
        let lines = clean::lines(text);
        clean::devices(&lines).into_iter().map(|part| device(file, part)).collect()
    }
}

/// `crypto isakmp profile`
#[derive(Clone, Debug, Default)]
struct Profile {
    keyring: Option<Sourced<String>>,
    identity: Option<Sourced<Identity>>,
    matches: Vec<Sourced<Identity>>,
    aggressive: Option<Place>,
}

fn device(file: &str, lines: &[Line]) -> Device {
    let mut reader = Reader::new(file, Dialect::Ios);
    reader.device.hostname = clean::host(lines).map(str::to_owned);
    let mut profiles = BTreeMap::new();
    let (mut of_map, mut peers) = (BTreeMap::new(), Vec::new());
    let blocks = blocks(lines);
    for block in &blocks {
        reader.version(&block.head.words());
    }
    let mut default_policies = true;
    for block in &blocks {
        let taken = match block.head.words().as_slice() {
            ["crypto", "isakmp", "profile", name] => {
                let profile = reader.profile(block);
                profiles.entry((*name).to_owned()).or_insert(profile);
                true
            }
            ["crypto", "map", map, "isakmp-profile", profile] => {
                of_map.entry((*map).to_owned()).or_insert_with(|| (*profile).to_owned());
                true
            }
            ["crypto", "map", map, "local-address", interface] => {
                let interface = (*interface).to_owned();
                reader.local_addresses.entry((*map).to_owned()).or_insert(interface);
                true
            }
            ["crypto", "isakmp", "peer", "address" | "ip-address", peer, ..] => {
                peers.extend(reader.aggressive_peer(peer, block));
                true
            }
            ["no", "crypto", "isakmp", "default", "policy"] => {
                default_policies = false;
                true
            }
            _ => reader.ios_block(block),
        };
        reader.skip(taken);
    }
    for entry in &mut reader.entries {
        entry.profile = entry.profile.take().or_else(|| of_map.get(&entry.map).cloned());
    }
    reader.connect();
    bind(&mut reader.device, &profiles);
    start_aggressive(&mut reader.device, peers);
    if reader.device.policies.is_empty() && default_policies && !reader.device.is_empty() {
        reader.device.policies = defaults::ios_without_any();
    }
    reader.device
}

/// A peer with a password for Aggressive Mode, its line, and what to call oneself there.
type AggressivePeer = (Remote, Place, Option<Sourced<Identity>>);

/// The first line for a peer counts.
fn start_aggressive(device: &mut Device, peers: Vec<AggressivePeer>) {
    let mut ways: BTreeMap<Remote, (Place, Option<Sourced<Identity>>)> = BTreeMap::new();
    for (remote, at, identity) in peers {
        let (_, known) = ways.entry(remote).or_insert((at, None));
        *known = known.take().or(identity);
    }
    for connection in &mut device.connections {
        let Some((at, identity)) = ways.get(&connection.remote) else { continue };
        connection.aggressive.get_or_insert_with(|| at.clone());
        connection.identity = connection.identity.take().or_else(|| identity.clone());
    }
}

/// An initiator knows its isakmp profile from the start: whose keyring, which identity, which mode.
fn bind(device: &mut Device, profiles: &BTreeMap<String, Profile>) {
    for connection in &mut device.connections {
        // Until here the field names the profile.
        let name = connection.keyring.take();
        let Some(profile) = name.and_then(|name| profiles.get(&name.value)) else { continue };
        connection.keyring.clone_from(&profile.keyring);
        connection.identity.clone_from(&profile.identity);
        connection.expects.clone_from(&profile.matches);
        connection.aggressive = connection.aggressive.take().or_else(|| profile.aggressive.clone());
    }
}

impl Reader {
    fn ios_block(&mut self, block: &Block<'_>) -> bool {
        let words = block.head.words();
        let place = self.place(block.head);
        match words.as_slice() {
            ["hostname", name] => self.device.hostname = Some((*name).to_owned()),
            ["version", _] => {}
            // `interface Tunnel 23` is Tunnel23.
            ["interface", name, number, ..] if number.starts_with(|c: char| c.is_ascii_digit()) => {
                self.ios_interface(&format!("{name}{number}"), block);
            }
            ["interface", name, ..] => self.ios_interface(name, block),
            ["access-list", number, rest @ ..] => return self.access_line(number, block.head, rest),
            ["ip", "access-list", "extended", name] => {
                for line in &block.body {
                    let taken = self.access_line(name, line, unnumbered(&line.words()));
                    self.skip(taken);
                }
            }
            ["crypto", "isakmp", "policy", number] => {
                let Some(at) = self.policy(block.head, number) else { return true };
                for line in &block.body {
                    let taken = self.policy_value(at, line, &line.words());
                    self.skip(taken);
                }
            }
            ["crypto", "isakmp", "key", rest @ ..] => self.ios_key(block.head, rest),
            ["crypto", "keyring", name, ..] => self.keyring(name, block),
            ["crypto", "isakmp", "identity", rest @ ..] => match rest {
                ["address"] => self.device.identity = Sourced::new(Identity::OwnAddress, place),
                ["hostname"] => self.device.identity = Sourced::new(Identity::Fqdn(String::new()), place),
                _ => return false,
            },
            ["crypto", "isakmp", "aggressive-mode", "disable"] => self.device.aggressive_off = Some(place),
            ["no", "crypto", "isakmp", "enable"] => self.device.ike_off = Some(place),
            ["no", "crypto", "ipsec", "nat-transparency", "udp-encapsulation" | "udp-encaps"] => {
                self.device.nat_off = Some(place);
            }
            ["crypto", "ipsec", "transform-set", name, rest @ ..] => {
                self.transform_sets.entry((*name).to_owned()).or_insert_with(|| transforms(rest));
            }
            ["crypto", "ipsec", "profile", name] => {
                let entry = self.ios_entry(block, [name, ""], None);
                self.ipsec_profiles.entry((*name).to_owned()).or_insert(entry);
            }
            ["crypto", "map", map, sequence, "ipsec-isakmp", rest @ ..] => {
                let dynamic = match rest {
                    ["dynamic", name, ..] => Some(((*name).to_owned(), place)),
                    _ => None,
                };
                let entry = self.ios_entry(block, [map, sequence], dynamic);
                self.entries.push(entry);
            }
            ["crypto", "dynamic-map", map, sequence] => {
                let entry = self.ios_entry(block, [map, sequence], None);
                self.dynamic.push(entry);
            }
            _ => return false,
        }
        true
    }

    fn ios_interface(&mut self, name: &str, block: &Block<'_>) {
        for line in &block.body {
            let place = self.place(line);
            let interface = self.interface(name);
            match line.words().as_slice() {
                ["ip", "address", _, _, "secondary"] => {}
                ["ip", "address", address, ..] => {
                    (interface.address, interface.at) = (address.parse().ok(), Some(place));
                }
                ["ipv6", "address", address, ..] if interface.address.is_none() => {
                    let address = address.split('/').next().and_then(|address| address.parse().ok());
                    (interface.address, interface.at) = (address, Some(place));
                }
                ["ip", "access-group", list, "in"] => {
                    interface.filter = Some(Sourced::new((*list).to_owned(), place));
                }
                ["crypto", "map", map] => interface.map = Some((*map).to_owned()),
                ["shutdown"] => interface.shutdown = Some(place),
                ["no", "shutdown"] => interface.shutdown = None,
                ["tunnel", "source", source @ ..] => interface.tunnel.source = Some(source.concat()),
                ["tunnel", "destination", peer] => {
                    interface.tunnel.destination = Some(((*peer).to_owned(), place));
                }
                ["tunnel", "protection", "ipsec", "profile", profile, ..] => {
                    interface.tunnel.profile = Some((*profile).to_owned());
                }
                _ => self.device.skipped += 1,
            }
        }
        self.interface(name);
    }

    fn ios_entry(
        &mut self,
        block: &Block<'_>,
        [map, sequence]: [&str; 2],
        dynamic: Option<(String, Place)>,
    ) -> Entry {
        let mut entry =
            Entry { map: map.to_owned(), sequence: sequence.to_owned(), dynamic, ..Entry::default() };
        for line in &block.body {
            let place = self.place(line);
            match line.words().as_slice() {
                ["set", "peer", peer, ..] => entry.peers.push(((*peer).to_owned(), place)),
                ["set", "isakmp-profile", name] => entry.profile = Some((*name).to_owned()),
                ["set", "transform-set", names @ ..] => {
                    entry.transform_sets.extend(names.iter().map(|name| ((*name).to_owned(), place.clone())));
                }
                ["set", "pfs", group @ ..] => {
                    entry.pfs = Some(Sourced::new(pfs_group(group), place));
                }
                ["match", "address", name] => entry.access_list = Some((*name).to_owned()),
                _ => self.device.skipped += 1,
            }
        }
        entry
    }

    /// `crypto isakmp peer`: a password for Aggressive Mode makes the router start with it.
    fn aggressive_peer(&mut self, peer: &str, block: &Block<'_>) -> Option<AggressivePeer> {
        let (mut at, mut name) = (None, None);
        for line in &block.body {
            match line.words().as_slice() {
                ["set", "aggressive-mode", "password", key @ ..] => {
                    self.typed_key(line, owner(peer, None), key);
                    at = self.device.keys.last().map(|line| line.at.clone());
                }
                ["set", "aggressive-mode", "client-endpoint", kind, value] => {
                    let place = self.place(line);
                    name = identity(&[kind, value]).map(|identity| Sourced::new(identity, place));
                }
                _ => self.device.skipped += 1,
            }
        }
        Some((self.remote(peer), at?, name))
    }

    fn profile(&mut self, block: &Block<'_>) -> Profile {
        let mut profile = Profile::default();
        for line in &block.body {
            let place = self.place(line);
            match line.words().as_slice() {
                ["keyring", ring] => profile.keyring = Some(Sourced::new((*ring).to_owned(), place)),
                ["self-identity", rest @ ..] => {
                    profile.identity = identity(rest).map(|identity| Sourced::new(identity, place));
                }
                ["match", "identity", rest @ ..] => {
                    profile.matches.extend(identity(rest).map(|identity| Sourced::new(identity, place)));
                }
                ["initiate", "mode", "aggressive"] => profile.aggressive = Some(place),
                _ => self.device.skipped += 1,
            }
        }
        profile
    }

    fn keyring(&mut self, name: &str, block: &Block<'_>) {
        let first = self.device.keys.len();
        let mut local = None;
        for line in &block.body {
            match line.words().as_slice() {
                ["pre-shared-key", "address" | "hostname", ..] => self.ring_key(line),
                ["local-address", address, ..] => local = address.parse::<IpAddr>().ok(),
                ["pre-shared-key", ..] => {
                    self.problem_with_key(
                        line,
                        "a key for nobody",
                        "pre-shared-key address PEER [MASK] key KEY",
                    );
                }
                _ => self.device.skipped += 1,
            }
        }
        for key in self.device.keys.iter_mut().skip(first) {
            (key.local, key.keyring) = (local, Some(name.to_owned()));
        }
    }

    /// `pre-shared-key address PEER [MASK] key [0|6] KEY`
    fn ring_key(&mut self, line: &Line) {
        let words = line.words();
        let Some(at) = words.iter().skip(3).position(|word| *word == "key").map(|at| at + 3) else {
            self.problem_with_key(line, "a key for nobody", "pre-shared-key address PEER [MASK] key KEY");
            return;
        };
        let peer = words.get(2).copied().unwrap_or("");
        let mask = words.get(3).copied().filter(|_| at > 3);
        self.typed_key(line, owner(peer, mask), words.get(at + 1..).unwrap_or_default());
    }

    /// `crypto isakmp key [0|6] KEY address|hostname PEER [MASK] [no-xauth]`
    fn ios_key(&mut self, line: &Line, rest: &[&str]) {
        let named = |word: &&str| ["address", "hostname"].contains(word);
        // A key may be one of these words: the last that has a peer behind it counts, the first word never does.
        let at = rest.iter().skip(1).rposition(named).map(|at| at + 1).filter(|at| at + 1 < rest.len());
        let Some(at) = at else {
            self.problem_with_key(line, "a key without an address", "crypto isakmp key KEY address PEER");
            return;
        };
        let key = rest.get(..at).unwrap_or_default();
        let peer = if rest.get(at + 1) == Some(&"ipv6") { at + 2 } else { at + 1 };
        let (peer, mask) = (rest.get(peer).copied().unwrap_or(""), rest.get(peer + 1).copied());
        self.typed_key(line, owner(peer, mask), key);
    }

    /// `[0|6] KEY`. A key alone is a key, even if it is `6`.
    fn typed_key(&mut self, line: &Line, owner: Owner, words: &[&str]) {
        match words {
            ["6", _] => {
                let key = Key::Masked;
                let at = Place { text: "<a line with an encrypted key>".into(), ..self.place(line) };
                self.push_key(KeyLine { owners: vec![owner], key, at, local: None, keyring: None });
            }
            ["0", key] | [key] => {
                self.key(line, owner, key);
            }
            // A router would have refused it; which part is the key cannot be told.
            _ => self.problem_with_key(line, "a key of several words, or of none", "one word"),
        }
    }
}

/// `10 permit ip any any`: lines of a named list may be numbered.
fn unnumbered<'w>(words: &'w [&'w str]) -> &'w [&'w str] {
    match words {
        [number, rest @ ..] if number.parse::<u32>().is_ok() => rest,
        words => words,
    }
}

fn owner(peer: &str, mask: Option<&str>) -> Owner {
    let (peer, prefix) = peer.split_once('/').map_or((peer, None), |(peer, bits)| (peer, bits.parse().ok()));
    let bits = mask.and_then(|mask| mask.parse::<Ipv4Addr>().ok()).and_then(|mask| access::bits(mask, false));
    match (peer.parse::<IpAddr>(), prefix.or(bits)) {
        (Ok(_), Some(0)) => Owner::Anybody,
        (Ok(address), None) if address.is_unspecified() => Owner::Anybody,
        (Ok(address), Some(bits)) => Owner::Net(address, bits),
        (Ok(address), None) => Owner::address(address),
        (Err(_), _) => Owner::Name(peer.to_owned()),
    }
}

/// `address A [MASK]`, `ipv4-address A`, `fqdn NAME`, `host NAME`, `user NAME`, `user-fqdn NAME`.
fn identity(words: &[&str]) -> Option<Identity> {
    match words {
        ["address"] => Some(Identity::OwnAddress),
        ["address" | "ipv4-address", address, ..] => address.parse().ok().map(Identity::Address),
        ["fqdn"] => Some(Identity::Fqdn(String::new())),
        ["fqdn" | "host", name] => Some(Identity::Fqdn((*name).to_owned())),
        ["user" | "user-fqdn", name] => Some(Identity::UserFqdn((*name).to_owned())),
        ["group", name] => Some(Identity::KeyId((*name).to_owned())),
        _ => None,
    }
}
