//! What ASA and IOS have in common: sections, policies, interfaces. A section goes on for as long as its lines are
//! commands of its own, so that missing indentation does no harm.

use std::net::IpAddr;

use crate::clean::Line;
use crate::device::{
    Device, Dialect, Interface, Key, KeyFor, KeyLine, Place, Policy, Problem, Secret, Sourced, Tunnel, hidden,
};
use crate::{asa, ios};

/// What the lines that follow belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    None,
    Policy(usize),
    Interface(usize),
    /// ASA: the tunnel-group of this name.
    Group(String),
    /// IOS: entry of a crypto map.
    Map {
        name: String,
        aggressive: bool,
    },
    /// IOS: keyring of this name.
    Keyring,
    /// IOS: isakmp profile.
    Profile,
    /// Lines of a section that does not matter.
    Other,
}

/// A configuration that is being read.
pub(crate) struct Reader {
    pub device: Device,
    pub section: Section,
    /// Crypto map entries: map, peer as written, line, aggressive.
    pub entries: Vec<(String, String, Place, bool)>,
    /// Crypto maps bound to interfaces by name (ASA): map, nameif.
    pub bound: Vec<(String, String)>,
    /// IOS: own address of the keyring that is open.
    pub keyring: Vec<usize>,
    /// ASA: names and network objects.
    pub names: Vec<(String, String)>,
    /// ASA: the object network that is open.
    pub object: Option<String>,
}

/// Reads one device.
pub(crate) fn device(file: &str, lines: &[Line]) -> Device {
    let dialect = if looks_like_asa(lines) { Dialect::Asa } else { Dialect::Ios };
    let device = Device {
        file: file.to_owned(),
        hostname: None,
        dialect,
        interfaces: Vec::new(),
        policies: Vec::new(),
        keys: Vec::new(),
        peers: Vec::new(),
        dynamic: false,
        enabled: Vec::new(),
        aggressive_off: None,
        nat_off: None,
        identity: Sourced::default_of("address".into()),
        problems: Vec::new(),
        skipped: 0,
    };
    let mut reader = Reader {
        device,
        section: Section::None,
        entries: Vec::new(),
        bound: Vec::new(),
        keyring: Vec::new(),
        names: Vec::new(),
        object: None,
    };
    for line in lines {
        reader.take(line);
    }
    reader.finish()
}

/// An ASA has tunnel-groups, nameifs and `crypto ikev1`; its version line says so first.
fn looks_like_asa(lines: &[Line]) -> bool {
    lines.iter().any(|line| {
        matches!(
            line.words().as_slice(),
            ["ASA" | "PIX", "Version", ..] | ["nameif", ..] | ["tunnel-group", ..] | ["crypto", "ikev1", ..]
        )
    })
}

/// The line as it may be shown.
pub(crate) fn place(line: &Line) -> Place {
    Place { line: line.number, text: line.text.trim().to_owned() }
}

/// The line with its key replaced. `key` is a part of the line's own text.
pub(crate) fn place_of_key(line: &Line, key: &str) -> Place {
    // By position: a key may be a word that the line has elsewhere too.
    let start = (key.as_ptr() as usize).saturating_sub(line.text.as_ptr() as usize);
    let (before, rest) = line.text.split_at_checked(start).unwrap_or(("", ""));
    let after = rest.get(key.len()..).unwrap_or("");
    Place { line: line.number, text: format!("{before}{}{after}", hidden(key)).trim().to_owned() }
}

impl Reader {
    fn take(&mut self, line: &Line) {
        let words = line.words();
        if matches!(words.first(), Some(first) if first.starts_with('!') || first.starts_with(':')) {
            return;
        }
        let taken = self.common(line, &words)
            || match self.device.dialect {
                Dialect::Asa => asa::take(self, line, &words),
                Dialect::Ios => ios::take(self, line, &words),
            };
        if !taken {
            self.device.skipped += 1;
        }
    }

    fn common(&mut self, line: &Line, words: &[&str]) -> bool {
        match words {
            ["hostname", name] => {
                self.device.hostname = Some((*name).to_owned());
                self.section = Section::None;
            }
            ["interface", name, ..] => {
                let known = self.device.interfaces.iter().position(|interface| interface.name == *name);
                let at = known.unwrap_or_else(|| {
                    self.device.interfaces.push(Interface {
                        name: (*name).to_owned(),
                        nameif: None,
                        address: None,
                        at: None,
                        map: None,
                        shutdown: false,
                        tunnel: Tunnel::default(),
                    });
                    self.device.interfaces.len() - 1
                });
                self.section = Section::Interface(at);
            }
            ["crypto", "ikev1" | "isakmp", "policy", number] | ["isakmp", "policy", number] => {
                return self.policy(line, number);
            }
            // PIX and ASA before 7.2: the whole policy in single lines.
            ["isakmp", "policy", number, name, rest @ ..]
            | ["crypto", "isakmp", "policy", number, name, rest @ ..]
                if !rest.is_empty() =>
            {
                self.policy(line, number);
                return self.policy_value(line, name, rest);
            }
            _ => return self.in_section(line, words),
        }
        true
    }

    fn in_section(&mut self, line: &Line, words: &[&str]) -> bool {
        match (self.section.clone(), words) {
            (Section::Policy(_), ["exit", ..]) => self.section = Section::None,
            (Section::Policy(_), [name, rest @ ..]) if !rest.is_empty() => {
                return self.policy_value(line, name, rest);
            }
            (Section::Interface(at), ["ip", "address", address, ..]) => {
                if let Some(interface) = self.device.interfaces.get_mut(at) {
                    interface.address = address.parse().ok();
                    interface.at = Some(place(line));
                }
            }
            (Section::Interface(at), ["shutdown"]) => {
                self.device
                    .interfaces
                    .get_mut(at)
                    .into_iter()
                    .for_each(|interface| interface.shutdown = true);
            }
            (Section::Interface(at), ["nameif", name]) => {
                let name = Some((*name).to_owned());
                self.device
                    .interfaces
                    .get_mut(at)
                    .into_iter()
                    .for_each(|interface| interface.nameif.clone_from(&name));
            }
            _ => return false,
        }
        true
    }

    fn policy(&mut self, line: &Line, number: &str) -> bool {
        let Ok(priority) = number.parse::<u16>() else {
            self.problem(line, format!("`{number}` is no policy number, allowed are 1 to 65535"));
            return true;
        };
        let known = self.device.policies.iter().position(|policy| policy.priority.value == priority);
        let at = known.unwrap_or_else(|| {
            let number = Sourced { value: priority, at: Some(place(line)) };
            self.device.policies.push(defaults(self.device.dialect, number));
            self.device.policies.len() - 1
        });
        self.section = Section::Policy(at);
        true
    }

    fn policy_value(&mut self, line: &Line, name: &str, rest: &[&str]) -> bool {
        let Section::Policy(at) = self.section else { return false };
        let joined = rest.join(" ");
        let value = match name {
            "encr" | "encryption" => encryption(&joined).map(Value::Encryption),
            "hash" => word(&joined, &["md5", "sha", "sha256", "sha384", "sha512"]).map(Value::Hash),
            "authentication" => match joined.as_str() {
                "pre-share" => Some(Value::Authentication("pre-share".into())),
                // Signatures of any kind are one thing here: not a pre-shared key.
                "rsa-sig" | "rsa-encr" | "ecdsa-sig" | "dsa-sig" | "crack" => {
                    Some(Value::Authentication("rsa-sig".into()))
                }
                _ => None,
            },
            "group" => joined
                .parse()
                .ok()
                .filter(|n| [1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31].contains(n))
                .map(Value::Group),
            "lifetime" => rest
                .last()
                .and_then(|last| last.parse().ok())
                .filter(|seconds| *seconds > 0)
                .map(Value::Lifetime),
            _ => return false,
        };
        let Some(value) = value else {
            self.problem(line, format!("`{joined}` is no {name} that is known here"));
            return true;
        };
        let at = self.device.policies.get_mut(at).map(|policy| (policy, Some(place(line))));
        if let Some((policy, at)) = at {
            match value {
                Value::Encryption(value) => policy.encryption = Sourced { value, at },
                Value::Hash(value) => policy.hash = Sourced { value, at },
                Value::Authentication(value) => policy.authentication = Sourced { value, at },
                Value::Group(value) => policy.group = Sourced { value, at },
                Value::Lifetime(value) => policy.lifetime = Sourced { value, at },
            }
        }
        true
    }

    pub fn problem(&mut self, line: &Line, message: String) {
        self.device.problems.push(Problem { at: place(line), message });
    }

    /// A line that holds a key in a place where it means nothing: nothing of it is shown.
    pub fn problem_with_key(&mut self, line: &Line, message: &str) {
        let at = Place { line: line.number, text: "<a line with a key>".into() };
        self.device.problems.push(Problem { at, message: message.to_owned() });
    }

    /// A key, whose value the caller found in the line.
    pub fn key(&mut self, line: &Line, peer: KeyFor, key: &str) {
        let masked = !key.is_empty() && key.chars().all(|c| c == '*' || c == 'X' || c == 'x');
        let (key, at) = if masked {
            (Key::Masked, place(line))
        } else {
            (Key::Known(Secret(key.to_owned())), place_of_key(line, key))
        };
        self.device.keys.push(KeyLine { peer, key, at, local: None });
    }

    /// An address, or a name that stands for one.
    pub fn resolve(&self, text: &str) -> String {
        self.names.iter().find(|(name, _)| name == text).map_or(text, |(_, address)| address).to_owned()
    }

    /// A protected tunnel calls its destination.
    fn tunnels(&mut self) {
        let mut peers = Vec::new();
        for interface in self.device.interfaces.iter().filter(|interface| !interface.shutdown) {
            let Tunnel { source: Some(source), destination: Some((destination, at)), protected: true } =
                &interface.tunnel
            else {
                continue;
            };
            let named = self.device.interfaces.iter().find(|known| known.name == *source);
            let local = source.parse().ok().or_else(|| named.and_then(|known| known.address));
            let (address, at, by) = (destination.clone(), at.clone(), interface.name.clone());
            peers.push(crate::Peer { address, at, local, aggressive: false, by });
        }
        self.device.peers.extend(peers);
    }

    fn finish(mut self) -> Device {
        self.device.policies.sort_by_key(|policy| policy.priority.value);
        for (map, nameif) in &self.bound {
            let on = self.device.interfaces.iter_mut().filter(|i| i.nameif.as_deref() == Some(nameif));
            on.for_each(|interface| interface.map = Some(map.clone()));
        }
        for (map, peer, at, aggressive) in std::mem::take(&mut self.entries) {
            let own = self.device.interfaces.iter().find(|interface| interface.map.as_deref() == Some(&map));
            let local = own.and_then(|interface| interface.address);
            let address = self.resolve(&peer);
            // A map that no interface has calls nobody.
            if own.is_some() {
                let by = format!("crypto map {map}");
                self.device.peers.push(crate::Peer { address, at, local, aggressive, by });
            }
        }
        self.tunnels();
        let keys = std::mem::take(&mut self.device.keys);
        self.device.keys = keys
            .into_iter()
            .map(|mut line| {
                if let KeyFor::Name(name) = &line.peer {
                    let resolved = self.names.iter().find(|(known, _)| known == name);
                    if let Some(address) = resolved.and_then(|(_, address)| address.parse::<IpAddr>().ok()) {
                        line.peer = KeyFor::Address(address);
                    }
                }
                line
            })
            .collect();
        self.device
    }
}

enum Value {
    Encryption(String),
    Hash(String),
    Authentication(String),
    Group(u16),
    Lifetime(u32),
}

fn word(text: &str, allowed: &[&str]) -> Option<String> {
    allowed.contains(&text).then(|| text.to_owned())
}

/// `aes 256` (IOS), `aes-256` (ASA), `aes` alone: 128 bits.
fn encryption(text: &str) -> Option<String> {
    match text.replace(' ', "-").as_str() {
        "aes" | "aes-128" => Some("aes-128".into()),
        other => word(other, &["aes-192", "aes-256", "3des", "des"]),
    }
}

/// What a policy has when a line is left out. IOS: DES, SHA-1, RSA signatures, group 1, 86400 s, as `show crypto isakmp
/// policy` of classic releases lists its default; ASA 8.4: 3DES, SHA-1, pre-shared key, group 2, 86400 s (command reference).
fn defaults(dialect: Dialect, priority: Sourced<u16>) -> Policy {
    let (authentication, encryption, group) = match dialect {
        Dialect::Asa => ("pre-share", "3des", 2),
        Dialect::Ios => ("rsa-sig", "des", 1),
    };
    Policy {
        priority,
        authentication: Sourced::default_of(authentication.into()),
        encryption: Sourced::default_of(encryption.into()),
        hash: Sourced::default_of("sha".into()),
        group: Sourced::default_of(group),
        lifetime: Sourced::default_of(86_400),
    }
}
