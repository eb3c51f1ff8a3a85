//! What would have helped a child: one side's crypto map made to fit the other's.

use ike::{MapEntry, Role};
use sim::Setup;

use super::{Alternative, Change, EntryPart, change};

type Copy = fn(&mut MapEntry, &MapEntry);

const PARTS: [(EntryPart, Copy); 6] = [
    (EntryPart::AccessList, |own, other| own.acl = other.acl.iter().map(|line| line.mirrored()).collect()),
    (EntryPart::TransformSets, |own, other| own.transform_sets.clone_from(&other.transform_sets)),
    (EntryPart::Mode, |own, other| own.mode = other.mode),
    (EntryPart::Pfs, |own, other| own.pfs = other.pfs),
    (EntryPart::Interface, |own, other| own.interface = other.interface),
    (EntryPart::Peer, |own, other| {
        if own.peers.is_empty() {
            own.peers.clone_from(&other.peers);
        }
    }),
];

/// One part of every entry taken from the entry at the same place on the other side.
pub(super) fn changes(setup: &Setup) -> Vec<Change> {
    let mut changes = Vec::new();
    for role in Role::BOTH {
        let peer = crate::compare::address_seen(setup, role);
        let Some((own, other)) =
            setup.hosts[role].crypto_map.as_ref().zip(setup.hosts[role.other()].crypto_map.as_ref())
        else {
            continue;
        };
        for (part, copy) in PARTS {
            let mut mended = own.clone();
            // Entries are paired by their place: nothing else says which of them are meant for each other.
            for (entry, other) in mended.iter_mut().zip(other) {
                let named = entry.peers.clone();
                copy(entry, other);
                // An entry that named nobody names the peer, never its own host.
                if named.is_empty() && !entry.peers.is_empty() {
                    entry.peers = vec![peer];
                }
            }
            if mended != *own {
                let what = Alternative::Entry { at: role, part };
                changes.push(change(what, move |setup| setup.hosts[role].crypto_map = Some(mended.clone())));
            }
        }
    }
    changes
}
