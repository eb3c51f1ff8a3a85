//! Crypto maps as the file has them.

use ike::{MapEntry, Retry, Role};
use sim::Setup;
use sim::setup::default_entry;

use crate::file::MapTable;
use crate::value::{At, NumberOrWord, OneOrMany, duration_text};

/// The entries of a host; `None` where they are what the file means without them.
pub(super) fn tables(setup: &Setup, role: Role) -> Option<Vec<At<MapTable>>> {
    let host = &setup.hosts[role];
    let entries = host.crypto_map.as_ref()?;
    let default = default_of(setup, role);
    // Written on both sides or on none: what one side leaves out is the mirror of the other's.
    let both = Role::BOTH.map(|role| is_default(setup, role));
    if both == [true, true] && entries.as_slice() == [default] {
        return None;
    }
    Some(entries.iter().map(|entry| MapTable::of(entry).into()).collect())
}

fn is_default(setup: &Setup, role: Role) -> bool {
    setup.hosts[role].crypto_map.as_deref() == Some(&[default_of(setup, role)])
}

fn default_of(setup: &Setup, role: Role) -> MapEntry {
    let host = &setup.hosts[role];
    let peer = match role {
        Role::Initiator => host.peer,
        // It calls nobody: its entry names whom it sees.
        Role::Responder => setup.outside_address(Role::Initiator),
    };
    default_entry(host.profile, role, peer)
}

impl MapTable {
    fn of(entry: &MapEntry) -> MapTable {
        let number = |number: u32| Some(At::from(i64::from(number)));
        let texts = |list: Vec<String>| Some(list.into_iter().map(At::from).collect());
        let peers: Vec<String> = entry.peers.iter().map(ToString::to_string).collect();
        MapTable {
            sequence: number(entry.sequence.into()),
            interface: Some(entry.interface),
            // Always a list: an empty one is an entry without `set peer`.
            peer: Some(OneOrMany::Many(peers).into()),
            acl: texts(entry.acl.iter().map(ToString::to_string).collect()),
            transform_set: texts(entry.transform_sets.iter().map(ToString::to_string).collect()),
            compress: entry.compress.then_some(true),
            mode: Some(entry.mode.to_string().into()),
            pfs: Some(At::from(match entry.pfs {
                Some(group) => NumberOrWord::Number(group.number().into()),
                None => NumberOrWord::Word("none".into()),
            })),
            lifetime: number(entry.lifetime),
            kilobytes: number(entry.kilobytes),
            dynamic: Some(entry.dynamic.into()),
            retry: match entry.retry {
                Retry::Vendor => None,
                Retry::Never => Some("none".to_owned().into()),
                Retry::After(wait) => Some(duration_text(wait).into()),
            },
            attempts: (entry.attempts != 1).then(|| i64::from(entry.attempts).into()),
        }
    }
}
