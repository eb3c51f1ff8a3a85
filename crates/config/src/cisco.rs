//! What ASA and IOS have in common: commands with the lines that belong to them, policies, interfaces, keys.

mod access;
mod asa;
mod commands;
mod defaults;
mod ios;
mod policy;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::blame::Subject;
use crate::clean::Line;
use crate::device::{Connection, Device, Dialect, Interface, Place, Problem, Remote, Sourced};
use crate::filter::{AccessList, Nets};
use crate::keys::{Key, KeyLine, Owner, Secret, hidden};
use crate::phase2::Phase2;

pub(crate) use asa::Asa;
use commands::{Commands, Worded};
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
    ipsec_profiles: BTreeMap<String, Entry>,
    /// Canonical words of each transform set.
    transform_sets: BTreeMap<String, String>,
    /// Names and hosts that stand for an address, object-groups for several networks.
    objects: BTreeMap<String, Nets>,
    access_lists: BTreeMap<String, AccessList>,
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

/// Connections of one device: maps times interfaces may be very many.
const MOST_CONNECTIONS: usize = 1 << 16;

/// A command while its lines are read.
struct Open<'l> {
    head: &'l Line,
    words: Vec<&'l str>,
    body: Commands<&'l Line>,
}

impl Worded for Open<'_> {
    fn words(&self) -> Vec<&str> {
        self.words.clone()
    }
}

impl Worded for &Line {
    fn words(&self) -> Vec<&str> {
        Line::words(self)
    }
}

/// Commands with lines of their own. A file that lost its indentation is cut by the words that such lines begin with; a
/// line that is indented belongs to the command above unless it can only be one of its own.
fn blocks(lines: &[Line]) -> Vec<Block<'_>> {
    let mut blocks: Commands<Open<'_>> = Commands::default();
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
            Some(last) if !leaves && (belongs(&last.words, &words) || line.inner && !is_global(&words)) => {
                last.body.push(line);
            }
            _ => blocks.push(Open { head: line, words, body: Commands::default() }),
        }
    }
    blocks.kept().map(|open| Block { head: open.head, body: open.body.kept().collect() }).collect()
}

/// `no COMMAND` takes the same command back: one of its own, or a line of the section that is open.
fn undo(blocks: &mut Commands<Open<'_>>, line: &Line, undone: &[&str]) {
    match blocks.last_mut() {
        Some(last) if line.inner => last.body.undo(undone),
        _ if undone.first() == Some(&"interface") => {}
        _ => blocks.undo(undone),
    }
}

/// Whether a line with these words can stand below that command, and is no command of its own.
fn belongs(head: &[&str], words: &[&str]) -> bool {
    let Some(first) = words.first() else { return false };
    let known: &[&str] = match head {
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
            ipsec_profiles: BTreeMap::new(),
            transform_sets: BTreeMap::new(),
            objects: BTreeMap::new(),
            access_lists: BTreeMap::new(),
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
        let stars = !key.is_empty() && key.chars().all(|c| c == '*');
        let masked = stars || key.len() > 4 && key.chars().all(|c| c == 'X' || c == 'x');
        let (key, at) = if masked {
            (Key::Masked, self.place(line))
        } else if key.is_empty() {
            (Key::Missing, self.place(line))
        } else {
            (Key::Known(Secret::new(key)), self.place_of_key(line, key))
        };
        self.push_key(KeyLine { owners: vec![owner], key, at, local: None, keyring: None });
    }

    fn push_key(&mut self, line: KeyLine) {
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
        if let Some(known) = before.and_then(|before| self.nameif_at.get_mut(&before)) {
            known.remove(&at);
        }
        self.nameif_at.entry(nameif.to_owned()).or_default().insert(at);
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
                self.device.version = Some((*version).to_owned());
                true
            }
            _ => false,
        }
    }

    /// The interface that an entry's map is on calls its peers; where the map is on none it calls nobody.
    fn connect(&mut self) {
        self.device.policies.sort_by_key(|policy| policy.priority.value);
        self.keep_keys();
        let mut on: BTreeMap<String, Vec<Option<IpAddr>>> = BTreeMap::new();
        for interface in &self.device.interfaces {
            let Some(map) = &interface.map else { continue };
            let fixed = self.local_addresses.get(map).and_then(|name| self.interface_at.get(name));
            let fixed = fixed.and_then(|at| self.device.interfaces.get(*at)).unwrap_or(interface);
            on.entry(map.clone()).or_default().push(fixed.address);
        }
        let lists = Lists::new(self);
        for entry in std::mem::take(&mut self.entries) {
            for local in on.get(&entry.map).into_iter().flatten() {
                self.connect_entry(&entry, *local, &lists);
            }
        }
        self.tunnels(&lists);
        let applied = self.device.interfaces.iter().filter_map(|i| i.filter.as_ref());
        let names: BTreeSet<String> = applied.map(|filter| filter.value.clone()).collect();
        self.device.filters = std::mem::take(&mut self.access_lists)
            .into_iter()
            .filter(|(name, _)| names.contains(name))
            .collect();
    }

    /// Keys that no later line replaced.
    fn keep_keys(&mut self) {
        if !self.replaced.is_empty() {
            let all = std::mem::take(&mut self.device.keys).into_iter().enumerate();
            self.device.keys =
                all.filter(|(at, _)| !self.replaced.contains(at)).map(|(_, key)| key).collect();
        }
    }

    fn add(&mut self, connection: Connection) {
        if self.device.connections.len() < MOST_CONNECTIONS {
            return self.device.connections.push(connection);
        }
        let message = "more connections than can be judged".to_owned();
        if self.device.problems.last().is_none_or(|known| known.message != message) {
            let (at, allowed) = (connection.at, format!("{MOST_CONNECTIONS}, over all interfaces"));
            self.device.problems.push(Problem { about: None, at, part: String::new(), message, allowed });
        }
    }

    fn connect_entry(&mut self, entry: &Entry, local: Option<IpAddr>, lists: &Lists) {
        for (peer, at) in &entry.peers {
            let made = self.connection(entry, self.remote(peer), at.clone(), local, lists);
            self.add(made);
        }
        let Some((name, at)) = &entry.dynamic else { return };
        for dynamic in lists.dynamic.get(name).into_iter().flatten() {
            let by_name = Entry {
                map: entry.map.clone(),
                sequence: entry.sequence.clone(),
                answers_only: true,
                ..dynamic.clone()
            };
            let fixed = dynamic.peers.iter().map(|(peer, _)| self.remote(peer)).next();
            let remote = fixed.unwrap_or(Remote::Anybody);
            let made = self.connection(&by_name, remote, at.clone(), local, lists);
            self.add(made);
        }
    }

    fn connection(
        &self,
        entry: &Entry,
        remote: Remote,
        at: Place,
        local: Option<IpAddr>,
        lists: &Lists,
    ) -> Connection {
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
            phase2: self.phase2(entry, lists),
        }
    }

    fn phase2(&self, entry: &Entry, lists: &Lists) -> Phase2 {
        let set = |(name, at): &(String, Place)| {
            let known = self.transform_sets.get(name);
            known.map(|words| Sourced::new(words.clone(), at.clone()))
        };
        let traffic = entry.access_list.as_ref().and_then(|name| lists.traffic.get(name));
        Phase2 {
            transforms: entry.transform_sets.iter().filter_map(set).collect(),
            pfs: entry.pfs.clone(),
            traffic: traffic.cloned().unwrap_or_default(),
        }
    }

    /// A protected tunnel calls its destination.
    fn tunnels(&mut self, lists: &Lists) {
        let interfaces = self.device.interfaces.clone();
        for interface in interfaces.iter().filter(|interface| interface.shutdown.is_none()) {
            let (Some(source), Some((destination, at)), Some(profile)) =
                (&interface.tunnel.source, &interface.tunnel.destination, &interface.tunnel.profile)
            else {
                continue;
            };
            let nameif = self.nameif_at.get(source).and_then(BTreeSet::first);
            let named = self.interface_at.get(source).into_iter().chain(nameif).min();
            let named = named.and_then(|at| interfaces.get(*at));
            let local = source.parse().ok().or_else(|| named.and_then(|known| known.address));
            let entry = self.ipsec_profiles.get(profile).cloned().unwrap_or_default();
            let made = self.connection(&entry, self.remote(destination), at.clone(), local, lists);
            self.add(Connection { by: interface.name.clone(), ..made });
        }
    }
}

/// What entries of crypto maps refer to, looked up once.
struct Lists {
    /// The entries of each dynamic map.
    dynamic: BTreeMap<String, Vec<Entry>>,
    /// What each access list protects.
    traffic: BTreeMap<String, Traffic>,
}

type Traffic = Arc<Vec<Sourced<(String, String)>>>;

impl Lists {
    fn new(reader: &mut Reader) -> Lists {
        let mut dynamic: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for entry in std::mem::take(&mut reader.dynamic) {
            dynamic.entry(entry.map.clone()).or_default().push(entry);
        }
        let all =
            reader.entries.iter().chain(dynamic.values().flatten()).chain(reader.ipsec_profiles.values());
        let named: BTreeSet<&String> = all.filter_map(|entry| entry.access_list.as_ref()).collect();
        let read =
            |name: &String| Some((name.clone(), Arc::new(access::traffic(reader.access_lists.get(name)?))));
        let traffic = named.into_iter().filter_map(read).collect();
        Lists { dynamic, traffic }
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
