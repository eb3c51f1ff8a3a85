//! Keys of an ASA: tunnel-groups, and the lines of a PIX.

use crate::cisco::terminal::Line;
use crate::cisco::{Block, Reader};
use crate::device::Remote;
use crate::keys::{Key, KeyLine, Owner};

impl Reader {
    /// `isakmp key KEY address PEER netmask MASK` (PIX 6)
    pub(super) fn pix_key(&mut self, line: &Line, key: &str, peer: &str, rest: &[&str]) {
        // Mask 0.0.0.0 is PIX 6's wildcard key, whatever address stands in front of it.
        let anybody = peer == "0.0.0.0" || rest.get(1) == Some(&"0.0.0.0");
        let owner = if anybody { Owner::Anybody } else { self.owner(peer) };
        self.key(line, owner, key);
    }

    pub(super) fn owner(&self, name: &str) -> Owner {
        match (name, self.remote(name)) {
            // An ASA falls back to this group where no tunnel-group has the peer's name.
            ("DefaultL2LGroup", _) => Owner::Anybody,
            (_, Remote::Address(address)) => Owner::address(address),
            _ => Owner::Name(name.to_owned()),
        }
    }

    /// A tunnel-group is there from its first line on, with or without a key. The base group that an ASA has of itself
    /// is none without one.
    pub(super) fn tunnel_group(&mut self, block: &Block<'_>, name: &str, rest: &[&str]) {
        let owner = self.owner(name);
        // A group without a key is not the same as no group: the missing key has a line that can be shown.
        if owner != Owner::Anybody && !self.key_at.contains_key(&owner) {
            let (owners, at) = (vec![owner.clone()], self.place(block.head));
            self.push_key(KeyLine {
                owners,
                key: Key::Missing,
                at,
                local: None,
                keyring: None,
                vrf: None,
                no_xauth: false,
            });
        }
        if let (["type", "remote-access" | "ipsec-ra"], Owner::Net(..)) = (rest, &owner) {
            let at = self.place(block.head);
            self.remote_access.push((owner.clone(), at));
        }
        for line in &block.body {
            if let ["default-group-policy", policy] = line.words().as_slice() {
                self.group_policy.insert(name.to_owned(), (*policy).to_owned());
            }
            let text = line.text.trim_start();
            let key = text.strip_prefix("ikev1 ").unwrap_or(text).strip_prefix("pre-shared-key ");
            match (rest, key) {
                (["ipsec-attributes"], Some(key)) => {
                    // A device has one key for each group: a later line replaces it.
                    self.replaced.extend(self.key_at.remove(&owner).into_iter().flatten());
                    self.key(line, owner.clone(), key);
                }
                // A word in front that no ASA has: there is a key, and it is not known which.
                (["ipsec-attributes"], None)
                    if text.contains(" pre-shared-key ") && !text.starts_with("ikev2 ") =>
                {
                    self.replaced.extend(self.key_at.remove(&owner).into_iter().flatten());
                    self.key(line, owner.clone(), "*");
                    self.problem_with_key(
                        line,
                        "an unknown word in front of a key",
                        "ikev1 pre-shared-key KEY",
                    );
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
