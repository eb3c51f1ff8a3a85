//! What ASA and IOS have in common: commands with the lines that belong to them, policies, interfaces, keys.

mod access;
mod asa;
mod blocks;
mod child;
mod commands;
mod connect;
mod defaults;
mod ios;
mod policy;
mod route;
mod terminal;
mod transforms;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::Format;
use crate::device::{Device, Dialect, Interface, Place, Problem, Remote, Sourced};
use crate::filter::{AccessList, Nets};
use crate::keys::{Key, KeyLine, Owner, Secret, hidden, is_mask};
use crate::subject::Subject;
use terminal::Line;

pub(crate) use asa::Asa;
pub(crate) use blocks::Block;
use blocks::blocks;
pub(crate) use ios::Ios;
use transforms::{Lifetimes, TransformSet, lifetimes, pfs_group, transforms};

/// The devices of a file in which each may be an ASA or a router, whatever most of them are.
pub(crate) fn each(file: &str, text: &str, most: Format) -> Vec<Device> {
    let lines = terminal::lines(text);
    let read = |part| {
        let asa = match asa::telling(part).cmp(&ios::telling(part)) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => most == Format::Asa,
        };
        if asa { asa::device(file, part) } else { ios::device(file, part) }
    };
    terminal::devices(&lines).into_iter().map(read).collect()
}

/// An entry of a crypto map, or an ipsec profile, before it is known what it is bound to.
#[derive(Clone, Debug, Default)]
struct Entry {
    map: String,
    sequence: String,
    peers: Vec<(String, Place)>,
    dynamic: Option<(String, Place)>,
    /// The line by which it never calls.
    answers_only: Option<Place>,
    calls_only: Option<Place>,
    aggressive: Option<Place>,
    nat_off: Option<Place>,
    /// IOS: the isakmp profile.
    profile: Option<String>,
    transform_sets: Vec<(String, Place)>,
    pfs: Option<Sourced<u16>>,
    access_list: Option<Sourced<String>>,
    lifetimes: Lifetimes,
    /// Its first line.
    at: Option<Place>,
    /// The line that does it with IKEv2.
    ike2: Option<Place>,
    /// ASA: a line has IKEv1 beside it.
    ike1: bool,
}

/// A configuration that is being read.
struct Reader {
    device: Device,
    file: Arc<str>,
    entries: Vec<Entry>,
    /// `crypto dynamic-map` entries.
    dynamic: Vec<Entry>,
    /// `crypto ipsec profile`: they protect tunnels.
    ipsec_profiles: BTreeMap<String, Entry>,
    transform_sets: BTreeMap<String, TransformSet>,
    /// Of all entries that say nothing else.
    lifetimes: Lifetimes,
    /// Names and hosts that stand for an address, object-groups for several networks.
    objects: BTreeMap<String, Nets>,
    access_lists: BTreeMap<String, AccessList>,
    /// Some entry of a crypto map names an access list.
    named_lists: bool,
    /// IOS: maps that are on an interface whose own lines are not in the file.
    somewhere: BTreeSet<String>,
    /// IOS: maps that ask their peers for XAUTH.
    asking: BTreeMap<String, Place>,
    /// ASA: the tunnelling protocols of a group policy; the group policy of a tunnel-group.
    protocols: BTreeMap<String, (Vec<String>, Place)>,
    group_policy: BTreeMap<String, String>,
    /// ASA: the first line that enables IKEv2 on an interface.
    ike2_enabled: Option<Place>,
    /// ASA: tunnel-groups that are for remote access, by the peer that they name.
    remote_access: Vec<(Owner, Place)>,
    /// IOS: the interface whose address a crypto map uses.
    local_addresses: BTreeMap<String, String>,
    /// Where each stands: ASA's entries by map and sequence, interfaces by name and by `nameif`, policies by number.
    entry_at: BTreeMap<(String, String), usize>,
    dynamic_at: BTreeMap<(String, String), usize>,
    interface_at: BTreeMap<String, usize>,
    nameif_at: BTreeMap<String, BTreeSet<usize>>,
    policy_at: BTreeMap<u16, usize>,
    /// Where the keys of each owner stand, and which of all keys a later line has replaced.
    key_at: BTreeMap<Owner, Vec<usize>>,
    replaced: BTreeSet<usize>,
}

impl Reader {
    fn new(file: &str, dialect: Dialect) -> Reader {
        let format = if dialect == Dialect::Asa { Format::Asa } else { Format::Ios };
        let device = Device::new(file, dialect, format);
        Reader {
            file: device.file.clone(),
            device,
            entries: Vec::new(),
            dynamic: Vec::new(),
            ipsec_profiles: BTreeMap::new(),
            transform_sets: BTreeMap::new(),
            lifetimes: Lifetimes::default(),
            objects: BTreeMap::new(),
            access_lists: BTreeMap::new(),
            named_lists: false,
            somewhere: BTreeSet::new(),
            asking: BTreeMap::new(),
            protocols: BTreeMap::new(),
            group_policy: BTreeMap::new(),
            ike2_enabled: None,
            remote_access: Vec::new(),
            local_addresses: BTreeMap::new(),
            entry_at: BTreeMap::new(),
            dynamic_at: BTreeMap::new(),
            interface_at: BTreeMap::new(),
            nameif_at: BTreeMap::new(),
            policy_at: BTreeMap::new(),
            key_at: BTreeMap::new(),
            replaced: BTreeSet::new(),
        }
    }

    /// The line as it may be shown.
    fn place(&self, line: &Line) -> Place {
        Place { file: self.file.clone(), line: line.number, text: line.text.trim().into() }
    }

    /// The line with its key replaced. `key` is a part of the line's own text.
    fn place_of_key(&self, line: &Line, key: &str) -> Place {
        // By position: a key may be a word that the line has elsewhere too.
        let start = (key.as_ptr() as usize).saturating_sub(line.text.as_ptr() as usize);
        let (before, rest) = line.text.split_at_checked(start).unwrap_or(("", ""));
        let after = rest.get(key.len()..).unwrap_or("");
        let text = format!("{before}{}{after}", hidden(key.as_bytes())).trim().into();
        Place { file: self.file.clone(), line: line.number, text }
    }

    fn problem(&mut self, about: Subject, line: &Line, part: &str, message: String, allowed: &str) {
        let (at, part, allowed) = (self.place(line), part.to_owned(), allowed.to_owned());
        self.device.problems.push(Problem { about: Some(about), at, part, message, allowed });
    }

    /// A line that holds a key in a place where it means nothing: nothing of it is shown.
    fn problem_with_key(&mut self, line: &Line, message: &str, allowed: &str) {
        let at = Place { file: self.file.clone(), line: line.number, text: "<a line with a key>".into() };
        let (message, allowed) = (message.to_owned(), allowed.to_owned());
        self.device.problems.push(Problem {
            about: Some(Subject::Key),
            at,
            part: String::new(),
            message,
            allowed,
        });
    }

    /// A key, whose value the caller found in the line.
    fn key(&mut self, line: &Line, owner: Owner, key: &str) {
        let (key, at) = if is_mask(key) {
            (Key::Masked, self.place(line))
        } else if key.is_empty() {
            (Key::Missing, self.place(line))
        } else {
            (Key::Known(Secret::new(key)), self.place_of_key(line, key))
        };
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

    fn push_key(&mut self, line: KeyLine) {
        // For an ASA, whose later key replaces the group's earlier one.
        if let [owner] = line.owners.as_slice() {
            self.key_at.entry(owner.clone()).or_default().push(self.device.keys.len());
        }
        self.device.keys.push(line);
    }

    /// The interface of that name, made where it is new.
    fn interface(&mut self, name: &str) -> &mut Interface {
        let at = self.interface_at(name);
        self.interface_mut(at)
    }

    fn interface_mut(&mut self, at: usize) -> &mut Interface {
        #[expect(clippy::indexing_slicing, reason = "a position from `interface_at`: none is ever removed")]
        &mut self.device.interfaces[at]
    }

    /// Where the interface of that name stands, made where it is new.
    fn interface_at(&mut self, name: &str) -> usize {
        if let Some(known) = self.interface_at.get(name) {
            return *known;
        }
        let next = self.device.interfaces.len();
        self.interface_at.insert(name.to_owned(), next);
        self.device.interfaces.push(Interface { name: name.to_owned(), ..Interface::default() });
        next
    }

    /// Gives an interface its `nameif`, in place of any other.
    fn name(&mut self, at: usize, nameif: &str) {
        let before = self.interface_mut(at).nameif.replace(nameif.to_owned());
        // Names are filed in lower case, for an ASA does not regard case in them.
        let before = before.map(|before| before.to_ascii_lowercase());
        if let Some(known) = before.and_then(|before| self.nameif_at.get_mut(&before)) {
            known.remove(&at);
        }
        self.nameif_at.entry(nameif.to_ascii_lowercase()).or_default().insert(at);
    }

    /// An address, or a name that stands for one.
    fn address(&self, text: &str) -> Option<IpAddr> {
        let named = || self.objects.get(text)?.first().map(|(address, _)| *address);
        text.parse().ok().or_else(named)
    }

    fn remote(&self, text: &str) -> Remote {
        self.address(text).map_or_else(|| Remote::Unknown(text.to_owned()), Remote::Address)
    }

    /// Lines of a section that matter; the others are counted.
    fn skip(&mut self, taken: bool) {
        self.device.skipped += usize::from(!taken);
    }

    fn version(&mut self, words: &[&str]) -> bool {
        match words {
            ["ASA" | "PIX", "Version", version, ..] | ["version", version] => {
                // The next device's stands in front of its host name, at the end of this one's lines.
                self.device.version.get_or_insert_with(|| (*version).to_owned());
                true
            }
            _ => false,
        }
    }
}
