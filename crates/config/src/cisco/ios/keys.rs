//! Pre-shared keys of IOS: in keyrings, and for an address or a name.

use std::net::{IpAddr, Ipv4Addr};

use crate::cisco::terminal::Line;
use crate::cisco::{Block, Reader, access};
use crate::device::Place;
use crate::keys::{Key, KeyLine, Owner};

impl Reader {
    pub(super) fn keyring(&mut self, name: &str, rest: &[&str], block: &Block<'_>) {
        let vrf = if let ["vrf", vrf] = rest { Some((*vrf).to_owned()) } else { None };
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
        // Afterwards: `local-address` may stand behind the keys that it binds.
        for key in self.device.keys.iter_mut().skip(first) {
            (key.local, key.keyring) = (local, Some(name.to_owned()));
            key.vrf.clone_from(&vrf);
        }
    }

    /// `pre-shared-key address PEER [MASK] key [0|6] KEY`
    fn ring_key(&mut self, line: &Line) {
        let words = line.words();
        // From the fourth word on, for a host may be called `key`.
        let Some(at) = words.iter().skip(3).position(|word| *word == "key").map(|at| at + 3) else {
            self.problem_with_key(line, "a key for nobody", "pre-shared-key address PEER [MASK] key KEY");
            return;
        };
        let first = if words.get(2) == Some(&"ipv6") { 3 } else { 2 };
        let peer = words.get(first).copied().unwrap_or("");
        let mask = words.get(first + 1).copied().filter(|_| at > first + 1);
        self.typed_key(line, owner(peer, mask), words.get(at + 1..).unwrap_or_default());
    }

    /// `crypto isakmp key [0|6] KEY address|hostname PEER [MASK] [no-xauth]`
    pub(super) fn ios_key(&mut self, line: &Line, rest: &[&str]) {
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
        let before = self.device.keys.len();
        self.typed_key(line, owner(peer, mask), key);
        let no_xauth = rest.last() == Some(&"no-xauth");
        self.device.keys.iter_mut().skip(before).for_each(|key| key.no_xauth = no_xauth);
    }

    /// `[0|6] KEY`. A key alone is a key, even if it is `6`.
    pub(super) fn typed_key(&mut self, line: &Line, owner: Owner, words: &[&str]) {
        match words {
            // Type 6 is encrypted with a master key that no configuration shows.
            ["6", _] => {
                let key = Key::Masked;
                let at = Place { text: "<a line with an encrypted key>".into(), ..self.place(line) };
                self.push_key(KeyLine {
                    owners: vec![owner],
                    key,
                    at,
                    local: None,
                    keyring: None,
                    vrf: None,
                    no_xauth: false,
                });
            }
            ["0", key] | [key] => {
                self.key(line, owner, key);
            }
            // A router would have refused it; which part is the key cannot be told.
            _ => self.problem_with_key(line, "a key of several words, or of none", "one word"),
        }
    }
}

pub(super) fn owner(peer: &str, mask: Option<&str>) -> Owner {
    let (peer, prefix) = peer.split_once('/').map_or((peer, None), |(peer, bits)| (peer, bits.parse().ok()));
    let bits = mask.and_then(|mask| mask.parse::<Ipv4Addr>().ok()).and_then(|mask| access::bits(mask, false));
    match (peer.parse::<IpAddr>(), prefix.or(bits)) {
        (Ok(_), Some(0)) => Owner::Anybody,
        // Without a mask 0.0.0.0 would be a single address that no peer has: the router means all.
        (Ok(address), None) if address.is_unspecified() => Owner::Anybody,
        (Ok(address), Some(bits)) => Owner::Net(address, bits),
        (Ok(address), None) => Owner::address(address),
        (Err(_), _) => Owner::Name(peer.to_owned()),
    }
}
