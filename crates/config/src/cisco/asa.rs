//! ASA 8.4 and later, the `crypto isakmp` forms before, and PIX.

mod crypto;
mod tunnel_group;

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::cisco::terminal::{self, Line};
use crate::cisco::{Block, Reader, blocks};
use crate::device::{Device, Dialect, Interface, Sourced};

/// The dialect.
pub(crate) struct Asa;

impl crate::Reads for Asa {
    /// An ASA has tunnel-groups, nameifs and `crypto ikev1`; its version line says so.
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

pub(super) fn device(file: &str, lines: &[Line]) -> Device {
    let mut reader = Reader::new(file, Dialect::Asa);
    reader.device.hostname = terminal::host(lines).map(str::to_owned);
    let blocks = blocks(lines);
    // What others refer to comes first, so that no order of the lines matters.
    for block in &blocks {
        reader.version(&block.head.words());
        reader.named(block);
    }
    // PIX 6 gives addresses by `nameif`: the names have to be known first.
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
                for named in self.nameif_at.get(&nameif.to_ascii_lowercase()).into_iter().flatten() {
                    if let Some(interface) = self.device.interfaces.get_mut(*named) {
                        (interface.address, interface.at) = (address, at.clone());
                    }
                }
            }
            // PIX 6 writes its lists without `extended`.
            ["access-list", name, "extended", rest @ ..] | ["access-list", name, rest @ ..] => {
                return self.access_line(name, block.head, rest);
            }
            // Without `control-plane` a list is for traffic through the device, not to it.
            ["access-group", name, "in", "interface", nameif, "control-plane"] => {
                let filter = Sourced::new((*name).to_owned(), self.place(block.head));
                self.nameif(nameif).filter = Some(filter);
            }
            ["crypto" | "isakmp" | "no", ..] => {
                self.routed(&words);
                return self.asa_crypto(block, &words);
            }
            ["tunnel-group", name, rest @ ..] => self.tunnel_group(block, name, rest),
            ["route" | "router", ..] => return self.routed(&words),
            ["domain-name", name] => self.device.domain = Some((*name).to_owned()),
            ["group-policy", name, "attributes"] => {
                for line in &block.body {
                    let words = line.words();
                    let ["vpn-tunnel-protocol", protocols @ ..] = words.as_slice() else { continue };
                    let protocols = protocols.iter().map(|word| word.to_ascii_lowercase()).collect();
                    self.protocols.insert((*name).to_owned(), (protocols, self.place(line)));
                }
            }
            // An excerpt may lack the line above it: whose key it is cannot be told, and it must not be shown.
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
        // No device has two interfaces of one name, but a mangled file may.
        let known = self.nameif_at.get(&nameif.to_ascii_lowercase()).and_then(BTreeSet::first).copied();
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
            self.routed(&words);
            let interface = self.interface(name);
            match words.as_slice() {
                ["nameif", nameif] => {
                    let at = self.interface_at(name);
                    self.name(at, nameif);
                }
                // DHCP leaves no address here, and clears one that an earlier line gave.
                ["ip", "address", ..] => (interface.address, interface.at) = (own, Some(place)),
                ["ipv6", "address", address, ..] => {
                    let address: Option<IpAddr> = address.split('/').next().and_then(|a| a.parse().ok());
                    // From which of them a peer is called is decided later, by the peer's family.
                    match (interface.address, address) {
                        (None, Some(_)) => (interface.address, interface.at) = (address, Some(place)),
                        (_, more) => interface.more.extend(more.map(|address| (address, place))),
                    }
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
                    interface.tunnel.protected = Some(place);
                }
                _ => self.device.skipped += 1,
            }
        }
        // An interface without a line of its own is there all the same.
        self.interface(name);
    }
}
