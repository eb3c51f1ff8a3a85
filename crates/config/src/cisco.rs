//! What ASA and IOS have in common: commands with the lines that belong to them, policies, interfaces, keys.

mod access;
mod asa;
mod defaults;
mod ios;
mod policy;

use std::net::IpAddr;
use std::sync::Arc;

use crate::blame::Subject;
use crate::clean::Line;
use crate::device::{Connection, Device, Dialect, Interface, Place, Problem, Remote, Sourced};
use crate::filter::AccessList;
use crate::keys::{Key, KeyLine, Owner, Secret, hidden};
use crate::phase2::Phase2;

pub(crate) use asa::Asa;
pub(crate) use ios::Ios;

/// A command and the lines that belong to it.
pub(crate) struct Block<'l> {
    head: &'l Line,
    body: Vec<&'l Line>,
}

/// An entry of a crypto map, or an ipsec profile, before it is known what it is bound to.
#[derive(Clone, Debug, Default)]
struct Entry {
    map: String,
    sequence: String,
    peers: Vec<(String, Place)>,
    dynamic: Option<(String, Place)>,
    answers_only: bool,
    aggressive: Option<Place>,
    nat_off: Option<Place>,
    /// IOS: the isakmp profile.
    profile: Option<String>,
    transform_sets: Vec<(String, Place)>,
    pfs: Option<Sourced<u16>>,
    access_list: Option<String>,
}

/// A configuration that is being read.
struct Reader {
    device: Device,
    file: Arc<str>,
    entries: Vec<Entry>,
    /// `crypto dynamic-map` entries.
    dynamic: Vec<Entry>,
    /// `crypto ipsec profile`: they protect tunnels.
    ipsec_profiles: Vec<Entry>,
    /// Canonical words of each transform set.
    transform_sets: Vec<(String, String)>,
    /// Names and hosts that stand for an address, object-groups for several networks.
    objects: Vec<(String, (IpAddr, u8))>,
    access_lists: Vec<(String, AccessList)>,
    /// IOS: the interface whose address a crypto map uses.
    local_addresses: Vec<(String, String)>,
}

/// Commands with lines of their own. A file that lost its indentation is cut by the words that such lines begin with; a
/// line that is indented belongs to the command above unless it can only be one of its own.
fn blocks(lines: &[Line]) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for line in lines {
        let words = line.words();
        if words.first().is_some_and(|first| first.starts_with(['!', ':'])) {
            continue;
        }
        if let ["no", undone @ ..] = words.as_slice() {
            undo(&mut blocks, line, undone);
        }
        let leaves = matches!(words.as_slice(), ["exit" | "end"]);
        match blocks.last_mut() {
            Some(last) if !leaves && (belongs(last.head, &words) || line.inner && !is_global(&words)) => {
                last.body.push(line);
            }
            _ => blocks.push(Block { head: line, body: Vec::new() }),
        }
    }
    blocks
}

/// `no COMMAND` takes the same command back: one of its own, or a line of the section that is open.
fn undo(blocks: &mut Vec<Block<'_>>, line: &Line, undone: &[&str]) {
    let same = |known: &Line| known.words().starts_with(undone) && !undone.is_empty();
    if line.inner
        && let Some(last) = blocks.last_mut()
    {
        last.body.retain(|known| !same(known));
        return;
    }
    blocks.retain(|block| !(same(block.head) && undone.first() != Some(&"interface")));
}

/// Whether a line with these words can stand below that command, and is no command of its own.
fn belongs(head: &Line, words: &[&str]) -> bool {
    let Some(first) = words.first() else { return false };
    let known: &[&str] = match head.words().as_slice() {
        ["crypto", "isakmp" | "ikev1", "policy", _] | ["isakmp", "policy", _] => {
            &["encr", "encryption", "hash", "authentication", "group", "lifetime"]
        }
        ["crypto", "keyring", ..] => &["pre-shared-key", "local-address"],
        ["crypto", "isakmp", "profile", ..] => {
            &["keyring", "match", "self-identity", "initiate", "local-address", "keepalive"]
        }
        ["crypto", "isakmp", "peer", ..] => &["set"],
        ["crypto", "map", _, _, "ipsec-isakmp", ..] | ["crypto", "dynamic-map", _, _] => &["set", "match"],
        ["crypto", "ipsec", "profile", ..] => &["set"],
        ["crypto", "ipsec", "transform-set", ..] => &["mode"],
        ["tunnel-group", _, "ipsec-attributes"] => {
            &["ikev1", "pre-shared-key", "peer-id-validate", "isakmp", "chain", "trust-point"]
        }
        ["object", "network", ..] => &["host", "subnet"],
        ["object-group", "network", ..] => &["network-object", "group-object"],
        ["ip", "access-list", "extended", ..] => &["permit", "deny", "remark"],
        // Too many commands to list: what does not begin something else.
        ["interface", ..] => return !begins(words),
        _ => &[],
    };
    known.contains(first)
}

/// Whether a line begins something else than an interface's own command.
fn begins(words: &[&str]) -> bool {
    const FIRST: [&str; 21] = [
        "interface",
        "hostname",
        "router",
        "access-list",
        "access-group",
        "line",
        "end",
        "exit",
        "tunnel-group",
        "object",
        "object-group",
        "route",
        "version",
        "isakmp",
        "name",
        "names",
        "group-policy",
        "username",
        "banner",
        "logging",
        "vlan",
    ];
    match words {
        ["crypto", "map", _] => false,
        ["crypto", ..] => true,
        ["ip", second, ..] => {
            ["route", "access-list", "dhcp", "domain", "http", "local", "ssh", "forward-protocol"]
                .contains(second)
        }
        [first, ..] => FIRST.contains(first),
        [] => true,
    }
}

/// Commands that stand for themselves whatever their indentation: a prompt pasted in the wrong place, a file whose every
/// line is indented.
fn is_global(words: &[&str]) -> bool {
    matches!(
        words,
        ["crypto", "isakmp" | "ikev1" | "keyring" | "ipsec" | "dynamic-map", ..]
            | ["crypto", "map", _, _, ..]
            | ["interface" | "tunnel-group" | "hostname" | "access-group", _, ..]
            | ["ip", "access-list", ..]
            | ["isakmp", "policy" | "key" | "enable" | "identity", ..]
    )
}

impl Reader {
    fn new(file: &str, dialect: Dialect) -> Reader {
        let device = Device::new(file, dialect);
        Reader {
            file: device.file.clone(),
            device,
            entries: Vec::new(),
            dynamic: Vec::new(),
            ipsec_profiles: Vec::new(),
            transform_sets: Vec::new(),
            objects: Vec::new(),
            access_lists: Vec::new(),
            local_addresses: Vec::new(),
        }
    }

    /// The line as it may be shown.
    fn place(&self, line: &Line) -> Place {
        Place { file: self.file.clone(), line: line.number, text: line.text.trim().to_owned() }
    }

    /// The line with its key replaced. `key` is a part of the line's own text.
    fn place_of_key(&self, line: &Line, key: &str) -> Place {
        // By position: a key may be a word that the line has elsewhere too.
        let start = (key.as_ptr() as usize).saturating_sub(line.text.as_ptr() as usize);
        let (before, rest) = line.text.split_at_checked(start).unwrap_or(("", ""));
        let after = rest.get(key.len()..).unwrap_or("");
        let text = format!("{before}{}{after}", hidden(key.as_bytes())).trim().to_owned();
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
        let stars = !key.is_empty() && key.chars().all(|c| c == '*');
        let masked = stars || key.len() > 4 && key.chars().all(|c| c == 'X' || c == 'x');
        let (key, at) = if masked {
            (Key::Masked, self.place(line))
        } else if key.is_empty() {
            (Key::Missing, self.place(line))
        } else {
            (Key::Known(Secret::new(key)), self.place_of_key(line, key))
        };
        self.device.keys.push(KeyLine { owners: vec![owner], key, at, local: None, keyring: None });
    }

    /// The interface of that name, made where it is new.
    fn interface(&mut self, name: &str) -> &mut Interface {
        let list = &mut self.device.interfaces;
        let at = list.iter().position(|known| known.name == name).unwrap_or_else(|| {
            list.push(Interface { name: name.to_owned(), ..Interface::default() });
            list.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "a position in it, or the one just pushed")]
        &mut list[at]
    }

    /// An address, or a name that stands for one.
    fn address(&self, text: &str) -> Option<IpAddr> {
        let named = || self.objects.iter().find(|(name, _)| name == text).map(|(_, (address, _))| *address);
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
                self.device.version = Some((*version).to_owned());
                true
            }
            _ => false,
        }
    }

    /// The interface that an entry's map is on calls its peers; where the map is on none it calls nobody.
    fn connect(&mut self) {
        self.device.policies.sort_by_key(|policy| policy.priority.value);
        for entry in std::mem::take(&mut self.entries) {
            let fixed = self.local_addresses.iter().find(|(map, _)| *map == entry.map);
            let fixed = fixed.and_then(|(_, name)| self.device.interfaces.iter().find(|i| i.name == *name));
            let on = self.device.interfaces.iter().filter(|i| i.map.as_ref() == Some(&entry.map));
            let on: Vec<Option<IpAddr>> = on.map(|i| fixed.unwrap_or(i).address).collect();
            for local in on {
                self.connect_entry(&entry, local);
            }
        }
        self.tunnels();
        let applied = self.device.interfaces.iter().filter_map(|i| i.filter.as_ref());
        let names: Vec<String> = applied.map(|filter| filter.value.clone()).collect();
        self.device.filters = std::mem::take(&mut self.access_lists)
            .into_iter()
            .filter(|(name, _)| names.contains(name))
            .collect();
    }

    fn connect_entry(&mut self, entry: &Entry, local: Option<IpAddr>) {
        for (peer, at) in &entry.peers {
            let made = self.connection(entry, self.remote(peer), at.clone(), local);
            self.device.connections.push(made);
        }
        let Some((name, at)) = &entry.dynamic else { return };
        let entries: Vec<Entry> = self.dynamic.iter().filter(|known| known.map == *name).cloned().collect();
        for dynamic in &entries {
            let by_name = Entry {
                map: entry.map.clone(),
                sequence: entry.sequence.clone(),
                answers_only: true,
                ..dynamic.clone()
            };
            let fixed = dynamic.peers.iter().map(|(peer, _)| self.remote(peer)).next();
            let made = self.connection(&by_name, fixed.unwrap_or(Remote::Anybody), at.clone(), local);
            self.device.connections.push(made);
        }
    }

    fn connection(&self, entry: &Entry, remote: Remote, at: Place, local: Option<IpAddr>) -> Connection {
        Connection {
            by: format!("crypto map {} {}", entry.map, entry.sequence),
            remote,
            at,
            local,
            answers_only: entry.answers_only,
            aggressive: entry.aggressive.clone(),
            policies: Vec::new(),
            takes: None,
            identity: None,
            expects: Vec::new(),
            keyring: entry.profile.clone().map(Sourced::default_of),
            nat_off: entry.nat_off.clone(),
            phase2: self.phase2(entry),
        }
    }

    fn phase2(&self, entry: &Entry) -> Phase2 {
        let set = |(name, at): &(String, Place)| {
            let known = self.transform_sets.iter().find(|(known, _)| known == name);
            known.map(|(_, words)| Sourced::new(words.clone(), at.clone()))
        };
        let list = self.access_lists.iter().find(|(name, _)| Some(name) == entry.access_list.as_ref());
        Phase2 {
            transforms: entry.transform_sets.iter().filter_map(set).collect(),
            pfs: entry.pfs.clone(),
            traffic: list.map(|(_, list)| access::traffic(list)).unwrap_or_default(),
        }
    }

    /// A protected tunnel calls its destination.
    fn tunnels(&mut self) {
        let interfaces = self.device.interfaces.clone();
        for interface in interfaces.iter().filter(|interface| interface.shutdown.is_none()) {
            let (Some(source), Some((destination, at)), Some(profile)) =
                (&interface.tunnel.source, &interface.tunnel.destination, &interface.tunnel.profile)
            else {
                continue;
            };
            let named = interfaces
                .iter()
                .find(|known| known.name == *source || known.nameif.as_ref() == Some(source));
            let local = source.parse().ok().or_else(|| named.and_then(|known| known.address));
            let entry =
                self.ipsec_profiles.iter().find(|entry| entry.map == *profile).cloned().unwrap_or_default();
            let made = self.connection(&entry, self.remote(destination), at.clone(), local);
            self.device.connections.push(Connection { by: interface.name.clone(), ..made });
        }
    }
}

/// `esp-aes 256 esp-sha-hmac` in canonical words: `esp-aes-256 esp-sha`, sorted.
fn transforms(words: &[&str]) -> String {
    let mut set: Vec<String> = Vec::new();
    for word in words {
        match (word.parse::<u16>(), set.last_mut()) {
            (Ok(bits), Some(last)) => *last = format!("{last}-{bits}"),
            _ => set.push(word.trim_end_matches("-hmac").to_owned()),
        }
    }
    let cipher = |word: &String| if word == "esp-aes" { "esp-aes-128".into() } else { word.clone() };
    let mut set: Vec<String> = set.iter().map(cipher).collect();
    set.sort();
    set.join(" ")
}

/// `group14`, `group 14`; 0: none is named.
fn pfs_group(words: &[&str]) -> u16 {
    words.concat().trim_start_matches("group").parse().unwrap_or(0)
}
