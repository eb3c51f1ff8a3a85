//! IOS and IOS-XE.

mod ezvpn;
mod interface;
mod keys;
mod profile;

use std::collections::BTreeMap;

use crate::cisco::terminal::{self, Line};
use crate::cisco::{Block, Entry, Reader, blocks, defaults, lifetimes, pfs_group, transforms};
use crate::device::{Device, Dialect, Identity, Place, Sourced};
use crate::keys::Owner;

use profile::{bind, start_aggressive};

/// The dialect.
pub(crate) struct Ios;

impl crate::Reads for Ios {
    fn telling(&self, text: &str) -> usize {
        telling(&terminal::lines(text))
    }

    fn read(&self, file: &str, text: &str) -> Vec<Device> {
        let lines = terminal::lines(text);
        terminal::devices(&lines).into_iter().map(|part| device(file, part)).collect()
    }
}

pub(super) fn telling(lines: &[Line]) -> usize {
    let own = |line: &&Line| {
        matches!(
            line.words().as_slice(),
            ["crypto", "isakmp", "policy" | "key" | "profile", ..]
                | ["crypto", "keyring", ..]
                | ["crypto", "map", _, _, "ipsec-isakmp", ..]
                | ["crypto", "map", _]
                | ["ip", "access-list" | "route", ..]
                | ["tunnel", "protection", ..]
                | ["crypto", "ipsec", "client", "ezvpn", ..]
        )
    };
    lines.iter().filter(own).count()
}

const NO_DEFAULTS: &[&str] = &["no", "crypto", "isakmp", "default", "policy"];

pub(super) fn device(file: &str, lines: &[Line]) -> Device {
    let mut reader = Reader::new(file, Dialect::Ios);
    reader.device.hostname = terminal::host(lines).map(str::to_owned);
    let mut profiles = BTreeMap::new();
    let (mut of_map, mut peers) = (BTreeMap::new(), Vec::new());
    let blocks = blocks(lines);
    // The version first: a policy's defaults hang on it, wherever the line stands.
    for block in &blocks {
        reader.version(&block.head.words());
    }
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
            ["crypto", "map", map, "client", "authentication", "list", ..] => {
                let at = reader.place(block.head);
                reader.asking.entry((*map).to_owned()).or_insert(at);
                true
            }
            ["crypto", "map", map] => {
                // Left of an interface by `show run | section crypto`: the map is bound, and nobody knows where.
                reader.somewhere.insert((*map).to_owned());
                true
            }
            ["crypto", "isakmp", "client", "configuration", "group", name] => {
                reader.group_key(name, block);
                true
            }
            ["ip", "domain", "name", name] | ["ip", "domain-name", name] => {
                reader.device.domain = Some((*name).to_owned());
                true
            }
            ["crypto", "isakmp", "peer", "address" | "ip-address", peer, ..] => {
                peers.extend(reader.aggressive_peer(peer, block));
                true
            }
            NO_DEFAULTS => true,
            _ => reader.ios_block(block),
        };
        reader.skip(taken);
    }
    // Only now: the map's own line may stand behind its entries.
    for entry in &mut reader.entries {
        entry.profile = entry.profile.take().or_else(|| of_map.get(&entry.map).cloned());
    }
    reader.connect();
    reader.clients(&blocks);
    // Behind `connect`: an initiator's profile is a matter of its connections.
    bind(&mut reader.device, &profiles);
    start_aggressive(&mut reader.device, peers);
    if !blocks.iter().any(|block| block.head.words() == NO_DEFAULTS) {
        without_policies(&mut reader.device);
    }
    reader.device
}

fn without_policies(device: &mut Device) {
    // A file without anything of IKE must stay an empty device, not one with eight policies.
    if device.policies.is_empty() && !device.is_empty() {
        device.policies = defaults::ios_without_any();
    }
}

impl Reader {
    fn ios_block(&mut self, block: &Block<'_>) -> bool {
        let words = block.head.words();
        let place = self.place(block.head);
        match words.as_slice() {
            // Read behind the interfaces that they are on.
            ["crypto", "ipsec", "client", "ezvpn", _] => {}
            ["hostname", name] => self.device.hostname = Some((*name).to_owned()),
            ["version", _] => {}
            ["ip", "route", ..] | ["router", ..] => return self.routed(&words),
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
            ["crypto", "isakmp", "policy", number] => self.policy_block(block, number, &[]),
            ["crypto", "isakmp", "key", rest @ ..] => self.ios_key(block.head, rest),
            ["crypto", "keyring", name, rest @ ..] => self.keyring(name, rest, block),
            ["crypto", "isakmp", "identity", rest @ ..] => match rest {
                ["address"] => self.device.identity = Sourced::new(Identity::OwnAddress, place),
                ["hostname"] => self.device.identity = Sourced::new(Identity::Fqdn(String::new()), place),
                _ => return false,
            },
            ["crypto", "isakmp", "aggressive-mode", "disable"] => self.device.aggressive_off = Some(place),
            ["no", "crypto", "isakmp", "enable"] => self.device.ike_off = Some(place),
            ["crypto", "isakmp", "enable"] => self.device.ike_off = None,
            ["no", "crypto", "ipsec", "nat-transparency", "udp-encapsulation" | "udp-encaps"] => {
                self.device.nat_off = Some(place);
            }
            ["crypto", "ipsec", "transform-set", name, rest @ ..] => self.ios_set(block, name, rest),
            ["crypto", "ipsec", "security-association", "lifetime", rest @ ..] => {
                lifetimes(&mut self.lifetimes, rest, &place);
            }
            ["crypto", "ipsec", "profile", name] => {
                let entry = self.ios_entry(block, [name, ""], None);
                self.ipsec_profile(name, entry);
            }
            ["crypto", "map", map, sequence, "ipsec-isakmp", rest @ ..] => {
                let dynamic = match rest {
                    ["dynamic", name, ..] => Some(((*name).to_owned(), place)),
                    _ => None,
                };
                self.map_entry(block, [map, sequence], dynamic);
            }
            // Typed again: the same entry.
            ["crypto", "map", map, sequence] if sequence.parse::<u32>().is_ok() => {
                self.map_entry(block, [map, sequence], None);
            }
            ["crypto", "dynamic-map", map, sequence] => {
                let more = self.ios_entry(block, [map, sequence], None);
                // Typed again: the same entry, here too.
                let same = |entry: &&mut Entry| entry.map == more.map && entry.sequence == more.sequence;
                match self.dynamic.iter_mut().find(same) {
                    Some(known) => known.extend(more),
                    None => self.dynamic.push(more),
                }
            }
            _ => return false,
        }
        true
    }

    /// Typed again, a profile keeps what it had.
    pub(super) fn ipsec_profile(&mut self, name: &str, entry: Entry) {
        match self.ipsec_profiles.get_mut(name) {
            Some(known) => known.extend(entry),
            None => {
                self.ipsec_profiles.insert(name.to_owned(), entry);
            }
        }
    }

    /// A transform set; its mode stands in a line of its own.
    fn ios_set(&mut self, block: &Block<'_>, name: &str, words: &[&str]) {
        let mode =
            block.body.iter().find(|line| matches!(line.words().as_slice(), ["mode", "transport", ..]));
        let transport = mode.map(|line| self.place(line));
        let set = self.transform_sets.entry(name.to_owned()).or_insert_with(|| transforms(words));
        set.transport = set.transport.take().or(transport);
    }

    /// `key KEY` of a group of clients.
    fn group_key(&mut self, name: &str, block: &Block<'_>) {
        for line in &block.body {
            match line.words().as_slice() {
                ["key", key @ ..] => self.typed_key(line, Owner::Name(name.to_owned()), key),
                _ => self.device.skipped += 1,
            }
        }
    }

    /// An entry of a crypto map, with what an earlier block of the same number has.
    fn map_entry(&mut self, block: &Block<'_>, [map, sequence]: [&str; 2], dynamic: Option<(String, Place)>) {
        let more = self.ios_entry(block, [map, sequence], dynamic);
        let at = *self.entry_at.entry((map.to_owned(), sequence.to_owned())).or_insert(self.entries.len());
        match self.entries.get_mut(at) {
            Some(known) => known.extend(more),
            None => self.entries.push(more),
        }
    }

    fn ios_entry(
        &mut self,
        block: &Block<'_>,
        [map, sequence]: [&str; 2],
        dynamic: Option<(String, Place)>,
    ) -> Entry {
        let at = Some(self.place(block.head));
        let mut entry =
            Entry { map: map.to_owned(), sequence: sequence.to_owned(), dynamic, at, ..Entry::default() };
        for line in &block.body {
            let place = self.place(line);
            match line.words().as_slice() {
                // The one marked `default` comes first; the others are backups.
                ["set", "peer", peer, "default", ..] => entry.peers.insert(0, ((*peer).to_owned(), place)),
                ["set", "peer", peer, ..] => entry.peers.push(((*peer).to_owned(), place)),
                ["set", "ikev2-profile", ..] => entry.ike2 = Some(place),
                words @ ["reverse-route", ..] => {
                    self.routed(words);
                }
                // What is left of an interface in `show run | section crypto`.
                ["crypto", "map", map, ..] => {
                    self.somewhere.insert((*map).to_owned());
                }
                ["set", "isakmp-profile", name] => entry.profile = Some((*name).to_owned()),
                ["set", "transform-set", names @ ..] => {
                    // Entered again, the list is the new one.
                    entry.transform_sets.clear();
                    entry.transform_sets.extend(names.iter().map(|name| ((*name).to_owned(), place.clone())));
                }
                ["set", "pfs", group @ ..] => {
                    entry.pfs = Some(Sourced::new(pfs_group(group), place));
                }
                ["match", "address", name] => {
                    entry.access_list = Some(Sourced::new((*name).to_owned(), place));
                }
                ["set", "security-association", "lifetime", rest @ ..] => {
                    lifetimes(&mut entry.lifetimes, rest, &place);
                }
                _ => self.device.skipped += 1,
            }
        }
        entry
    }
}

impl Entry {
    /// Takes over what a later block of the same entry says.
    fn extend(&mut self, more: Entry) {
        self.peers.extend(more.peers);
        // The device takes the list that was entered last; a second peer it takes besides.
        if !more.transform_sets.is_empty() {
            self.transform_sets = more.transform_sets;
        }
        self.dynamic = more.dynamic.or(self.dynamic.take());
        self.profile = more.profile.or(self.profile.take());
        self.pfs = more.pfs.or(self.pfs.take());
        self.lifetimes.seconds = more.lifetimes.seconds.or(self.lifetimes.seconds.take());
        self.lifetimes.kilobytes = more.lifetimes.kilobytes.or(self.lifetimes.kilobytes.take());
        self.access_list = more.access_list.or(self.access_list.take());
        self.ike2 = more.ike2.or(self.ike2.take());
    }
}

/// `10 permit ip any any`: lines of a named list may be numbered.
fn unnumbered<'w>(words: &'w [&'w str]) -> &'w [&'w str] {
    match words {
        [number, rest @ ..] if number.parse::<u32>().is_ok() => rest,
        words => words,
    }
}
