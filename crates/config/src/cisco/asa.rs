//! ASA 8.4 and later, the `crypto isakmp` forms before, and PIX.

use std::collections::BTreeSet;

use crate::blame::Subject;
use crate::cisco::{Block, Entry, Reader, blocks, pfs_group, transforms};
use crate::clean::{self, Line};
use crate::device::{Device, Dialect, Identity, Interface, Remote, Sourced};
use crate::keys::{Key, KeyLine, Owner};

/// The dialect.
pub(crate) struct Asa;

impl crate::Reads for Asa {
    /// An ASA has tunnel-groups, nameifs and `crypto ikev1`; its version line says so.
    fn telling(&self, text: &str) -> usize {
        let lines = clean::lines(text);
        let own = |line: &&Line| {
            matches!(
                line.words().as_slice(),
                ["ASA" | "PIX", "Version", ..]
                    | ["nameif" | "tunnel-group" | "object-group" | "isakmp", ..]
                    | ["crypto", "ikev1", ..]
                    | ["crypto", "isakmp", "enable", _]
                    | ["crypto", "map", _, _, "set" | "match", ..]
                    | ["crypto", "map", _, "interface", _]
            )
        };
        lines.iter().filter(own).count()
    }

    fn read(&self, file: &str, text: &str) -> Vec<Device> {
        let lines = clean::lines(text);
        clean::devices(&lines).into_iter().map(|part| device(file, part)).collect()
    }
}

fn device(file: &str, lines: &[Line]) -> Device {
    let mut reader = Reader::new(file, Dialect::Asa);
    reader.device.hostname = clean::host(lines).map(str::to_owned);
    let blocks = blocks(lines);
    // What others refer to comes first, so that no order of the lines matters.
    for block in &blocks {
        reader.version(&block.head.words());
        reader.named(block);
    }
    let stage = |block: &Block<'_>| match block.head.words().first() {
        Some(&("interface" | "nameif")) => 0,
        Some(&"ip") => 1,
        _ => 2,
    };
    for now in 0..=2 {
        for block in blocks.iter().filter(|block| stage(block) == now) {
            let taken = reader.asa_block(block);
            reader.skip(taken);
        }
    }
    reader.connect();
    reader.device
}

impl Reader {
    /// Names, objects and groups of them.
    fn named(&mut self, block: &Block<'_>) {
        match block.head.words().as_slice() {
            ["name", address, name, ..] => {
                self.object(name, &["host", address]);
            }
            ["object" | "object-group", "network", name] => {
                for line in &block.body {
                    self.object(name, &line.words());
                }
            }
            _ => {}
        }
    }

    fn asa_block(&mut self, block: &Block<'_>) -> bool {
        let words = block.head.words();
        match words.as_slice() {
            ["hostname", name] => self.device.hostname = Some((*name).to_owned()),
            ["ASA" | "PIX", "Version", ..] | ["name" | "object" | "object-group", ..] => {}
            ["interface", name, ..] => self.asa_interface(name, block),
            // PIX 6: one line for an interface's name, one for its address.
            ["nameif", name, nameif, ..] => {
                let at = self.interface_at(name);
                self.name(at, nameif);
            }
            ["ip", "address", nameif, address, ..] => {
                let (address, at) = (self.address(address), Some(self.place(block.head)));
                for named in self.nameif_at.get(*nameif).into_iter().flatten() {
                    if let Some(interface) = self.device.interfaces.get_mut(*named) {
                        (interface.address, interface.at) = (address, at.clone());
                    }
                }
            }
            ["access-list", name, "extended", rest @ ..] | ["access-list", name, rest @ ..] => {
                return self.access_line(name, block.head, rest);
            }
            // Without `control-plane` a list is for traffic through the device, not to it.
            ["access-group", name, "in", "interface", nameif, "control-plane"] => {
                let filter = Sourced::new((*name).to_owned(), self.place(block.head));
                self.nameif(nameif).filter = Some(filter);
            }
            ["crypto" | "isakmp" | "no", ..] => return self.asa_crypto(block, &words),
            ["tunnel-group", name, rest @ ..] => self.tunnel_group(block, name, rest),
            ["ikev1", "pre-shared-key", ..] | ["pre-shared-key", ..] => {
                self.problem_with_key(
                    block.head,
                    "a key outside a tunnel-group",
                    "below tunnel-group NAME ipsec-attributes",
                );
            }
            _ => return false,
        }
        true
    }

    /// The interface of that name; one of a file that lacks its interfaces is made.
    fn nameif(&mut self, nameif: &str) -> &mut Interface {
        let known = self.nameif_at.get(nameif).and_then(BTreeSet::first).copied();
        let at = known.unwrap_or_else(|| self.interface_at(nameif));
        if self.device.interfaces.get(at).is_some_and(|interface| interface.nameif.is_none()) {
            self.name(at, nameif);
        }
        self.interface_mut(at)
    }

    fn asa_interface(&mut self, name: &str, block: &Block<'_>) {
        for line in &block.body {
            let place = self.place(line);
            let words = line.words();
            let own = words.get(2).and_then(|address| self.address(address));
            let interface = self.interface(name);
            match words.as_slice() {
                ["nameif", nameif] => {
                    let at = self.interface_at(name);
                    self.name(at, nameif);
                }
                ["ip", "address", ..] => (interface.address, interface.at) = (own, Some(place)),
                ["ipv6", "address", address, ..] if interface.address.is_none() => {
                    let address = address.split('/').next().and_then(|address| address.parse().ok());
                    (interface.address, interface.at) = (address, Some(place));
                }
                ["shutdown"] => interface.shutdown = Some(place),
                ["no", "shutdown"] => interface.shutdown = None,
                ["tunnel", "source", "interface", source] => {
                    interface.tunnel.source = Some((*source).to_owned());
                }
                ["tunnel", "destination", peer] => {
                    interface.tunnel.destination = Some(((*peer).to_owned(), place));
                }
                ["tunnel", "protection", "ipsec", "profile", profile] => {
                    interface.tunnel.profile = Some((*profile).to_owned());
                }
                _ => self.device.skipped += 1,
            }
        }
        // An interface without a line of its own is there all the same.
        self.interface(name);
    }

    fn asa_crypto(&mut self, block: &Block<'_>, words: &[&str]) -> bool {
        let place = self.place(block.head);
        match words {
            ["crypto", "ikev1" | "isakmp", "enable", name] | ["isakmp", "enable", name] => {
                self.device.enabled.push(((*name).to_owned(), place));
            }
            ["crypto", "ikev1" | "isakmp", "am-disable"] | ["isakmp", "am-disable"] => {
                self.device.aggressive_off = Some(place);
            }
            ["no", "crypto", "isakmp" | "ikev1", "nat-traversal", ..]
            | ["no", "isakmp", "nat-traversal", ..] => {
                self.device.nat_off = Some(place);
            }
            ["crypto", "isakmp" | "ikev1", "identity", rest @ ..] | ["isakmp", "identity", rest @ ..] => {
                self.own_identity(block.head, rest);
            }
            ["crypto", "ikev1" | "isakmp", "policy", number, rest @ ..]
            | ["isakmp", "policy", number, rest @ ..] => {
                let Some(at) = self.policy(block.head, number) else { return true };
                // Before 7.2 a policy's values stood in lines of their own.
                if !rest.is_empty() {
                    self.policy_value(at, block.head, rest);
                }
                for line in &block.body {
                    let taken = self.policy_value(at, line, &line.words());
                    self.skip(taken);
                }
            }
            ["isakmp", "key", key, "address", peer, rest @ ..] => self.pix_key(block.head, key, peer, rest),
            ["crypto", "ipsec", "ikev1", "transform-set", name, rest @ ..]
            | ["crypto", "ipsec", "transform-set", name, rest @ ..]
                if !rest.contains(&"mode") =>
            {
                self.transform_sets.entry((*name).to_owned()).or_insert_with(|| transforms(rest));
            }
            ["crypto", "ipsec", "profile", name] => {
                let mut entry = Entry { map: (*name).to_owned(), ..Entry::default() };
                for line in &block.body {
                    if let ["set", rest @ ..] = line.words().as_slice() {
                        self.set(&mut entry, line, rest);
                    }
                }
                self.ipsec_profiles.entry((*name).to_owned()).or_insert(entry);
            }
            ["crypto", "map", map, "interface", nameif] => {
                self.nameif(nameif).map = Some((*map).to_owned());
            }
            ["crypto", "map", map, sequence, rest @ ..] => {
                return self.map_line(block.head, [map, sequence], rest, false);
            }
            ["crypto", "dynamic-map", map, sequence, rest @ ..] => {
                return self.map_line(block.head, [map, sequence], rest, true);
            }
            _ => return false,
        }
        true
    }

    /// A line of a crypto map; each stands for itself.
    fn map_line(&mut self, line: &Line, [map, sequence]: [&str; 2], rest: &[&str], dynamic: bool) -> bool {
        let key = (map.to_owned(), sequence.to_owned());
        let (list, index) = if dynamic {
            (&mut self.dynamic, &mut self.dynamic_at)
        } else {
            (&mut self.entries, &mut self.entry_at)
        };
        let at = *index.entry(key).or_insert(list.len());
        if at == list.len() {
            list.push(Entry { map: map.to_owned(), sequence: sequence.to_owned(), ..Entry::default() });
        }
        let mut entry = list.get_mut(at).map(std::mem::take).unwrap_or_default();
        let taken = match rest {
            ["match", "address", name] => {
                entry.access_list = Some((*name).to_owned());
                true
            }
            ["ipsec-isakmp", "dynamic", name] => {
                entry.dynamic = Some(((*name).to_owned(), self.place(line)));
                true
            }
            ["set", rest @ ..] => self.set(&mut entry, line, rest),
            _ => false,
        };
        let list = if dynamic { &mut self.dynamic } else { &mut self.entries };
        if let Some(place) = list.get_mut(at) {
            *place = entry;
        }
        taken
    }

    fn set(&self, entry: &mut Entry, line: &Line, rest: &[&str]) -> bool {
        let place = self.place(line);
        match rest {
            ["peer", peers @ ..] => {
                entry.peers.extend(peers.iter().map(|peer| ((*peer).to_owned(), place.clone())));
            }
            ["ikev1", "phase1-mode", "aggressive", ..] | ["phase1-mode", "aggressive", ..] => {
                entry.aggressive = Some(place);
            }
            ["connection-type", "answer-only"] => entry.answers_only = true,
            ["nat-t-disable"] => entry.nat_off = Some(place),
            ["ikev1", "transform-set", names @ ..] | ["transform-set", names @ ..] => {
                entry.transform_sets.extend(names.iter().map(|name| ((*name).to_owned(), place.clone())));
            }
            ["pfs", group @ ..] => entry.pfs = Some(Sourced::new(pfs_group(group), place)),
            _ => return false,
        }
        true
    }

    fn own_identity(&mut self, line: &Line, words: &[&str]) {
        let value = match words {
            ["address" | "auto"] => Identity::OwnAddress,
            ["hostname"] => Identity::Fqdn(String::new()),
            ["key-id", name] => Identity::KeyId((*name).to_owned()),
            _ => {
                let said = words.join(" ");
                self.problem(
                    Subject::Identity,
                    line,
                    &said,
                    format!("`{said}` is no identity"),
                    "address, hostname, key-id NAME, auto",
                );
                return;
            }
        };
        self.device.identity = Sourced::new(value, self.place(line));
    }

    /// `isakmp key KEY address PEER netmask MASK` (PIX 6)
    fn pix_key(&mut self, line: &Line, key: &str, peer: &str, rest: &[&str]) {
        let anybody = peer == "0.0.0.0" || rest.get(1) == Some(&"0.0.0.0");
        let owner = if anybody { Owner::Anybody } else { self.owner(peer) };
        self.key(line, owner, key);
    }

    fn owner(&self, name: &str) -> Owner {
        match (name, self.remote(name)) {
            ("DefaultL2LGroup", _) => Owner::Anybody,
            (_, Remote::Address(address)) => Owner::address(address),
            _ => Owner::Name(name.to_owned()),
        }
    }

    /// A tunnel-group is there from its first line on, with or without a key. The base group that an ASA has of itself
    /// is none without one.
    fn tunnel_group(&mut self, block: &Block<'_>, name: &str, rest: &[&str]) {
        let owner = self.owner(name);
        if owner != Owner::Anybody && !self.key_at.contains_key(&owner) {
            let (owners, at) = (vec![owner.clone()], self.place(block.head));
            self.push_key(KeyLine { owners, key: Key::Missing, at, local: None, keyring: None });
        }
        for line in &block.body {
            let text = line.text.trim_start();
            let key = text.strip_prefix("ikev1 ").unwrap_or(text).strip_prefix("pre-shared-key ");
            match (rest, key) {
                (["ipsec-attributes"], Some(key)) => {
                    self.replaced.extend(self.key_at.remove(&owner).into_iter().flatten());
                    self.key(line, owner.clone(), key);
                }
                (_, Some(_)) => self.problem_with_key(
                    line,
                    "a key outside ipsec-attributes",
                    "below tunnel-group NAME ipsec-attributes",
                ),
                _ => self.device.skipped += 1,
            }
        }
    }
}
