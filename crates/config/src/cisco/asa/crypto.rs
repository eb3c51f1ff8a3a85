//! Lines that begin with `crypto` or `isakmp`: policies, maps, identity.

use crate::cisco::terminal::Line;
use crate::cisco::{Block, Entry, Reader, lifetimes, pfs_group, transforms};
use crate::device::{Identity, Sourced};
use crate::subject::Subject;

impl Reader {
    pub(super) fn asa_crypto(&mut self, block: &Block<'_>, words: &[&str]) -> bool {
        let place = self.place(block.head);
        match words {
            ["crypto", "ikev1" | "isakmp", "enable", name] | ["isakmp", "enable", name] => {
                self.device.enabled.push(((*name).to_owned(), place));
            }
            ["crypto", "ikev2", "enable", _, ..] => {
                self.ike2_enabled.get_or_insert(place);
            }
            ["crypto", "ikev1" | "isakmp", "am-disable"] | ["isakmp", "am-disable"] => {
                self.device.aggressive_off = Some(place);
            }
            ["no", "crypto", "isakmp" | "ikev1", "nat-traversal", ..]
            | ["no", "isakmp", "nat-traversal", ..] => {
                self.device.nat_off = Some(place);
            }
            ["crypto", "isakmp" | "ikev1", "identity", rest @ ..] | ["isakmp", "identity", rest @ ..] => {
                // Main Mode shows it in message 5 alone: by then the peer has found its key by address.
                self.own_identity(block.head, rest);
            }
            ["crypto", "ikev1" | "isakmp", "policy", number, rest @ ..]
            | ["isakmp", "policy", number, rest @ ..] => {
                self.policy_block(block, number, rest);
            }
            ["isakmp", "key", key, "address", peer, rest @ ..] => self.pix_key(block.head, key, peer, rest),
            ["crypto", "ipsec", "ikev1", "transform-set", name, rest @ ..]
            | ["crypto", "ipsec", "transform-set", name, rest @ ..] => {
                let set = self.transform_sets.entry((*name).to_owned()).or_default();
                match rest {
                    // A second line of a set, which names no algorithm.
                    ["mode", mode] => set.transport = Some(place).filter(|_| *mode == "transport"),
                    _ if set.words.is_empty() => {
                        let transport = set.transport.take();
                        *set = transforms(rest);
                        set.transport = transport;
                    }
                    _ => {}
                }
            }
            ["crypto", "ipsec", "security-association", "lifetime", rest @ ..] => {
                lifetimes(&mut self.lifetimes, rest, &place);
            }
            ["crypto", "ipsec", "profile", name] => {
                let mut entry = Entry { map: (*name).to_owned(), at: Some(place), ..Entry::default() };
                for line in &block.body {
                    if let ["set", rest @ ..] = line.words().as_slice() {
                        self.set(&mut entry, line, rest);
                    }
                }
                self.ipsec_profile(name, entry);
            }
            ["crypto", "map", map, "interface", nameif] => {
                self.nameif(nameif).map = Some((*map).to_owned());
            }
            ["no", "crypto", "map", map, sequence, "set", "peer", gone @ ..] if !gone.is_empty() => {
                let at = self.entry_at.get(&((*map).to_owned(), (*sequence).to_owned()));
                if let Some(entry) = at.and_then(|at| self.entries.get_mut(*at)) {
                    entry.peers.retain(|(peer, _)| !gone.contains(&peer.as_str()));
                }
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
        let (key, at_line) = ((map.to_owned(), sequence.to_owned()), self.place(line));
        let (list, index) = if dynamic {
            (&mut self.dynamic, &mut self.dynamic_at)
        } else {
            (&mut self.entries, &mut self.entry_at)
        };
        let at = *index.entry(key).or_insert(list.len());
        if at == list.len() {
            let at = Some(at_line);
            list.push(Entry { map: map.to_owned(), sequence: sequence.to_owned(), at, ..Entry::default() });
        }
        // Taken out while it changes: reading a line needs the reader as a whole.
        let mut entry = list.get_mut(at).map(std::mem::take).unwrap_or_default();
        let taken = match rest {
            ["match", "address", name] => {
                entry.access_list = Some(Sourced::new((*name).to_owned(), self.place(line)));
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
                // Several peers are backups; a second `set peer` adds to them.
                entry.peers.extend(peers.iter().map(|peer| ((*peer).to_owned(), place.clone())));
            }
            ["ikev1", "phase1-mode", "aggressive", ..] | ["phase1-mode", "aggressive", ..] => {
                entry.aggressive = Some(place);
            }
            // Entered again, the last one counts.
            ["connection-type", kind] => {
                entry.answers_only = (*kind == "answer-only").then(|| place.clone());
                entry.calls_only = (*kind == "originate-only").then_some(place);
            }
            ["nat-t-disable"] => entry.nat_off = Some(place),
            ["ikev1", "transform-set", names @ ..] | ["transform-set", names @ ..] => {
                // Counts only beside an IKEv2 proposal: without one an entry is IKEv1 anyway.
                entry.ike1 = true;
                // Entered again, the list is the new one.
                entry.transform_sets.clear();
                entry.transform_sets.extend(names.iter().map(|name| ((*name).to_owned(), place.clone())));
            }
            ["ikev2", "ipsec-proposal" | "transform-set", ..] => entry.ike2 = Some(place),
            ["security-association", "lifetime", rest @ ..] => lifetimes(&mut entry.lifetimes, rest, &place),
            ["pfs", group @ ..] => entry.pfs = Some(Sourced::new(pfs_group(group), place)),
            _ => return false,
        }
        true
    }

    fn own_identity(&mut self, line: &Line, words: &[&str]) {
        let value = match words {
            // `auto` goes by the authentication, and with a pre-shared key that is the address.
            ["address" | "auto"] => Identity::OwnAddress,
            // The host name is filled in later: `hostname` may stand anywhere in the file.
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
}
