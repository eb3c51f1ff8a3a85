//! strongSwan's `swanctl.conf`. Sources: swanctl.conf(5) of 5.9, and charon 5.9.8 on the wire where it says "seen".

mod proposals;
mod round;

use std::sync::Arc;

use crate::daemon;
use crate::device::{Connection, Device, Dialect, Place, Problem, Remote, Sourced, Version, Xauth};
use crate::esp;
use crate::keys::{Key, KeyLine, Owner, hidden};
use crate::phase2::Child;
use crate::proposal::{Daemon, Frame, Takes};
use crate::strongswan_conf::{Tree, Value};
use crate::subject::Subject;
use crate::{Beside, Format};
use round::Round;

/// The dialect.
pub(crate) struct Swanctl;

const TELLING: [&str; 8] = [
    "remote_addrs",
    "local_addrs",
    "proposals",
    "esp_proposals",
    "local_ts",
    "remote_ts",
    "start_action",
    "reauth_time",
];

impl crate::Reads for Swanctl {
    fn telling(&self, text: &str) -> usize {
        let tree = Tree::parse(text);
        let path = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let connections = tree.children(&path(&["connections"]));
        let told = connections.iter().flat_map(|(name, _)| {
            let of_child = tree.children(&path(&["connections", name, "children"]));
            let child = |(child, _): (String, usize)| path(&["connections", name, "children", &child]);
            let paths = std::iter::once(path(&["connections", name])).chain(of_child.into_iter().map(child));
            paths.map(|path| tree.values(&path).iter().filter(|v| TELLING.contains(&v.key.as_str())).count())
        });
        // All that it has may stand in files that its sections include.
        let shell = tree.children(&[]);
        let shell = shell.iter().filter(|(name, _)| ["connections", "secrets"].contains(&name.as_str()));
        let shell = if tree.includes.is_empty() { 0 } else { shell.count() };
        shell + 2 * connections.len() + told.sum::<usize>() + 2 * tree.children(&path(&["secrets"])).len()
    }

    fn read(&self, file: &str, text: &str) -> Vec<Device> {
        self.read_with(file, text, &Beside::default())
    }

    fn read_with(&self, file: &str, text: &str, beside: &Beside<'_>) -> Vec<Device> {
        let mut reader = Reader {
            device: Device::new(file, Dialect::Strongswan, Format::Swanctl),
            file: file.into(),
            tree: Tree::with(text, &beside.included),
            used: 0,
        };
        for (name, line) in reader.tree.children(&path(&["connections"])) {
            reader.connection(&name, line);
        }
        for (name, _) in reader.tree.children(&path(&["secrets"])) {
            // The others are for EAP, private keys and tokens: none is a pre-shared key.
            if name.starts_with("ike") {
                reader.secret(&name);
            }
        }
        reader.includes();
        daemon::refuse_aggressive(&mut reader.device);
        let all = reader.tree.count() + reader.tree.stray;
        reader.device.skipped = all.saturating_sub(reader.used);
        vec![reader.device]
    }
}

fn path(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

struct Reader {
    device: Device,
    file: Arc<str>,
    tree: Tree,
    /// Values that mattered.
    used: usize,
}

impl Reader {
    /// A value of a section, counted as used.
    fn get(&mut self, path: &[String], key: &str) -> Option<Sourced<String>> {
        let value = self.tree.get(path, key)?.clone();
        self.used += 1;
        Some(Sourced::new(value.text.clone(), self.place(&value)))
    }

    /// What may be shown of a value. Not the line itself: a whole file may be one line, with its secrets.
    fn place(&self, value: &Value) -> Place {
        daemon::place(&self.file, value.line, &format!("{} = {}", value.key, value.text))
    }

    fn head(&self, name: &str, line: usize) -> Place {
        daemon::place(&self.file, line, &format!("{name} {{"))
    }

    /// `about`: what it might decide, had it been read; `None`: anything.
    fn problem(&mut self, about: Option<Subject>, at: &Place, part: &str, message: String, allowed: &str) {
        let (at, part, allowed) = (at.clone(), part.to_owned(), allowed.to_owned());
        self.device.problems.push(Problem { about, at, part, message, allowed });
    }

    fn connection(&mut self, name: &str, line: usize) {
        let at = self.head(name, line);
        let section = path(&["connections", name]);
        let version = self.get(&section, "version");
        let speaks = match version.as_ref().map(|version| version.value.as_str()) {
            Some("1") => Version::One,
            None | Some("0") => Version::Both,
            Some("2") => Version::Two,
            Some(other) => {
                let other = other.to_owned();
                let place = version.and_then(|version| version.at).unwrap_or(at);
                return self.problem(None, &place, &other, format!("`{other}` is no IKE version"), "0, 1, 2");
            }
        };
        let version = Sourced { value: speaks, at: version.and_then(|version| version.at) };
        let [ours, theirs] = ["local", "remote"].map(|side| self.round(&section, side));
        let authentication = self.authentication(&at, &ours, &theirs);
        let frame = Frame { authentication, lifetime: self.lifetime(&section), defaults: DEFAULTS };
        // IKEv2's algorithms are none of IKEv1's.
        let of_ike1 = version.value != Version::Two;
        let proposals = if of_ike1 { self.proposals(&section) } else { Vec::new() };
        let takes = Takes::new(frame, proposals);
        let xauth = xauth(&ours, &theirs);
        let aggressive = self.get(&section, "aggressive").filter(|a| daemon::flag(&a.value) == Some(true));
        let identity = self.identity(ours.id);
        let expects = self.identity(theirs.id).into_iter().collect();
        let local = self.get(&section, "local_addrs");
        let local = local.and_then(|list| list.value.split(',').find_map(|one| one.trim().parse().ok()));
        let children = self.children(&section);
        let connection = Connection {
            by: format!("connections.{name}"),
            remote: Remote::Anybody,
            at,
            local,
            answers_only: false,
            waits: None,
            calls_only: None,
            aggressive: aggressive.and_then(|aggressive| aggressive.at),
            policies: takes.firsts(),
            takes: Some(takes),
            identity,
            expects,
            keyring: None,
            version,
            xauth,
            incomplete: None,
            unbound: None,
            nat_off: None,
            children,
        };
        self.remotes(&section, &connection);
    }

    fn remotes(&mut self, section: &[String], connection: &Connection) {
        let list = self.get(section, "remote_addrs");
        let at = list.as_ref().and_then(|list| list.at.clone()).unwrap_or(connection.at.clone());
        let text = list.map_or("%any".into(), |list| list.value);
        daemon::connect(&mut self.device, &text, &at, connection);
    }

    fn children(&mut self, section: &[String]) -> Vec<Child> {
        let parent = [section, &path(&["children"])].concat();
        let named = self.tree.children(&parent).into_iter().take(MOST_CHILDREN);
        let mut children: Vec<Child> =
            named.filter_map(|(name, line)| self.child(&parent, &name, line)).collect();
        let pool = ["vips", "pools"].iter().find_map(|key| self.get(section, key)).and_then(|pool| pool.at);
        for child in &mut children {
            if let Some(at) = &pool {
                let text = "addresses are handed out: whose traffic it is shows only then";
                child.doubt(Some(Subject::Traffic), text, at);
            }
        }
        children
    }

    /// `None`: it protects nothing, as `mode = pass` does.
    fn child(&mut self, parent: &[String], name: &str, line: usize) -> Option<Child> {
        let section = [parent, &[name.to_owned()]].concat();
        let mut child = Child::new(section.join("."), self.head(name, line));
        let head = child.at.clone();
        match self.get(&section, "mode") {
            Some(mode) if ["pass", "drop"].contains(&mode.value.as_str()) => return None,
            Some(Sourced { value, at: Some(at) }) if value == "transport" => child.transport = Some(at),
            Some(Sourced { value, at: Some(at) }) if value != "tunnel" => {
                child.doubt(None, format!("mode `{value}` is not simulated"), &at);
            }
            _ => {}
        }
        let ah = self.get(&section, "ah_proposals");
        let list = ah.clone().or_else(|| self.get(&section, "esp_proposals"));
        let (text, at) = list.map_or(("default".into(), None), |list| (list.value, list.at));
        esp::list(&mut child, &text, at.as_ref(), Daemon::Charon, ah.is_some());
        let ends = ["local_ts", "remote_ts"].map(|key| self.get(&section, key));
        child.ends = ends.each_ref().map(|end| end.as_ref().and_then(|end| end.at.clone()));
        let at = ends.iter().flatten().find_map(|end| end.at.clone()).unwrap_or(head);
        // What is not written is the hosts' own addresses.
        let [from, to] = ends.map(|end| end.map_or("dynamic".into(), |end| end.value));
        daemon::traffic(&mut child, [&from, &to], &at);
        child.lifetime = self.get(&section, "life_time").and_then(|life| {
            Some(Sourced { value: daemon::seconds(&life.value).filter(|life| *life > 0)?, at: life.at })
        });
        child.kilobytes = Some(Sourced::default_of(0));
        if let Some(on) = self.get(&section, "ipcomp").filter(|on| daemon::flag(&on.value) == Some(true)) {
            child.doubt(None, "IPComp is not simulated", on.at.as_ref().unwrap_or(&child.at.clone()));
        }
        Some(child)
    }

    fn secret(&mut self, name: &str) {
        let section = path(&["secrets", name]);
        let values: Vec<Value> = self.tree.values(&section).into_iter().cloned().collect();
        let ids = values.iter().filter(|value| value.key.starts_with("id"));
        let owners: Vec<Owner> = ids.map(|id| daemon::owner(&id.text, Daemon::Charon)).collect();
        self.used += owners.len();
        let Some(secret) = values.into_iter().rev().find(|value| value.key == "secret") else { return };
        self.used += 1;
        let shown = Value { text: hidden(secret.text.as_bytes()), ..secret.clone() };
        let at = self.place(&shown);
        let key = match daemon::secret(&secret.text) {
            Some(key) => key,
            None => {
                self.problem(
                    Some(Subject::Key),
                    &at,
                    "",
                    "the key's digits are none".into(),
                    "0x and hexadecimal, 0s and base 64",
                );
                return;
            }
        };
        // Seen: a secret without identities is for anybody.
        let owners = if owners.is_empty() { vec![Owner::Anybody] } else { owners };
        self.device.keys.push(KeyLine {
            owners,
            key,
            at,
            local: None,
            keyring: None,
            vrf: None,
            no_xauth: false,
        });
    }

    /// What other files hold is not known; their secrets may be the ones that count.
    fn includes(&mut self) {
        for (pattern, line) in self.tree.includes.clone() {
            let at = daemon::place(&self.file, line, &format!("include {pattern}"));
            self.problem(
                None,
                &at,
                &pattern,
                "what it includes is not read".into(),
                "one file with all sections",
            );
            let owners = vec![Owner::Unknown];
            self.device.keys.push(KeyLine {
                owners,
                key: Key::Masked,
                at,
                local: None,
                keyring: None,
                vrf: None,
                no_xauth: false,
            });
        }
    }
}

/// The side whose second round is XAUTH answers, the other one asks.
fn xauth(ours: &Round, theirs: &Round) -> Option<Sourced<Xauth>> {
    let of =
        |round: &Round, side| round.xauth.as_ref().map(|auth| Sourced { value: side, at: auth.at.clone() });
    of(ours, Xauth::Client).or_else(|| of(theirs, Xauth::Server))
}

const DEFAULTS: &str = "default of charon 5.9.8";

/// As many entries of a crypto map as a scenario takes.
const MOST_CHILDREN: usize = 64;
