//! `ipsec.conf` and `ipsec.secrets` of strongSwan (the `stroke` interface) and of libreswan: one syntax, two meanings.
//! Sources: ipsec.conf(5) of strongSwan 5.9 and libreswan 4.10; both daemons on the wire where it says "seen".

mod conn;
pub(crate) mod secrets;
pub(crate) mod syntax;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::daemon;
use crate::device::{Device, Dialect, Place, Problem};
use crate::proposal::Daemon;
use crate::subject::Subject;
use crate::{Beside, Format, Source};
use syntax::{Conf, Param, Section};

/// strongSwan's dialect.
pub(crate) struct Strongswan;
/// libreswan's dialect.
pub(crate) struct Libreswan;

/// Words that only one of the two has. Sources: both manual pages.
const STRONGSWAN: [&str; 15] = [
    "leftauth",
    "rightauth",
    "leftauth2",
    "rightauth2",
    "leftfirewall",
    "lefthostaccess",
    "margintime",
    "closeaction",
    "charondebug",
    "installpolicy",
    "reauth",
    "inactivity",
    "strictcrlpolicy",
    "cachecrls",
    "eap-identity",
];
const LIBRESWAN: [&str; 26] = [
    "ikev2",
    "phase2alg",
    "phase2",
    "aggrmode",
    "ikev1-policy",
    "protostack",
    "virtual-private",
    "nat-ikev1-method",
    "encapsulation",
    "leftsubnets",
    "rightsubnets",
    "salifetime",
    "plutodebug",
    "nssdir",
    "dumpdir",
    "leftnexthop",
    "rightnexthop",
    "sha2-truncbug",
    "oe",
    "nhelpers",
    "interfaces",
    "overlapip",
    "leftvti",
    "vti-interface",
    "vti-routing",
    "connaddrfamily",
];

/// How much a text looks like the dialect of these words: a point for each `conn` and each side, three for each word.
fn telling(text: &str, own: &[&str], other: &[&str], style: impl Fn(&Param) -> bool) -> usize {
    let conf = Conf::parse(text);
    let params = || conf.conns.iter().flat_map(|conn| &conn.params).chain(&conf.setup.params);
    let count = |words: &[&str]| params().filter(|param| words.contains(&param.key.as_str())).count();
    let sides = count(&["left", "right", "leftsubnet", "rightsubnet", "auto", "authby", "ike", "esp"]);
    let told = 3 * (count(own) + params().filter(|param| style(param)).count());
    // A word of the other dialect weighs against this one, for both share all the rest.
    (conf.conns.len() + sides + told).saturating_sub(3 * count(other))
}

impl crate::Reads for Strongswan {
    fn telling(&self, text: &str) -> usize {
        telling(text, &STRONGSWAN, &LIBRESWAN, |param| {
            ["ike", "esp"].contains(&param.key.as_str()) && param.text.ends_with('!')
        })
    }

    fn read(&self, file: &str, text: &str) -> Vec<Device> {
        self.read_with(file, text, &Beside::default())
    }

    fn read_with(&self, file: &str, text: &str, beside: &Beside<'_>) -> Vec<Device> {
        vec![both_ways(file, text, beside, Daemon::Charon)]
    }
}

impl crate::Reads for Libreswan {
    fn telling(&self, text: &str) -> usize {
        telling(text, &LIBRESWAN, &STRONGSWAN, |param| {
            ["ike", "esp"].contains(&param.key.as_str()) && param.text.contains(';')
        })
    }

    fn read(&self, file: &str, text: &str) -> Vec<Device> {
        self.read_with(file, text, &Beside::default())
    }

    fn read_with(&self, file: &str, text: &str, beside: &Beside<'_>) -> Vec<Device> {
        vec![both_ways(file, text, beside, Daemon::Pluto)]
    }
}

/// The device, taken to be on the left where the file does not say; with it the one on the right.
fn both_ways(file: &str, text: &str, beside: &Beside<'_>, daemon: Daemon) -> Device {
    let conf = Conf::parse_with(text, &beside.included);
    let read = |left| {
        let mut reader = Reader::new(file, &conf, daemon, left);
        reader.secrets(text, beside);
        reader.conns();
        (reader.ambiguous, reader.finish(text))
    };
    let (ambiguous, mut device) = read(true);
    if ambiguous {
        device.turned = Some(Box::new(read(false).1));
    }
    device
}

struct Reader<'c> {
    device: Device,
    file: Arc<str>,
    conf: &'c Conf,
    daemon: Daemon,
    /// Where both sides are addresses: this device is the left one.
    left: bool,
    /// There was such a conn.
    ambiguous: bool,
    /// In how many conns each address stands, on either side.
    common: BTreeMap<IpAddr, usize>,
    /// No file with secrets was given.
    no_secrets: bool,
    used: usize,
}

/// In how many conns each address stands.
fn common(conf: &Conf) -> BTreeMap<IpAddr, usize> {
    let taken = conf.taken_over();
    let mut common = BTreeMap::new();
    for conn in conf.conns.iter().filter(|conn| !conf.is_template(conn, &taken)) {
        let sides = ["left", "right"].map(|side| conf.get(&conn.name, side)?.text.parse().ok());
        for address in sides.into_iter().flatten() {
            *common.entry(address).or_default() += 1;
        }
    }
    common
}

impl<'c> Reader<'c> {
    fn new(file: &str, conf: &'c Conf, daemon: Daemon, left: bool) -> Reader<'c> {
        let (dialect, format) = match daemon {
            Daemon::Charon => (Dialect::Strongswan, Format::Strongswan),
            Daemon::Pluto => (Dialect::Libreswan, Format::Libreswan),
        };
        let device = Device::new(file, dialect, format);
        let file = device.file.clone();
        Reader {
            device,
            file,
            conf,
            daemon,
            left,
            ambiguous: false,
            common: common(conf),
            no_secrets: false,
            used: 0,
        }
    }

    fn place(&self, param: &Param) -> Place {
        let file = param.file.as_ref().unwrap_or(&self.file);
        daemon::place(file, param.line, &format!("{}={}", param.key, param.text))
    }

    fn head(&self, section: &Section) -> Place {
        let file = section.file.as_ref().unwrap_or(&self.file);
        daemon::place(file, section.line, &format!("conn {}", section.name))
    }

    /// `about`: what it might decide, had it been read; `None`: anything.
    fn problem(&mut self, about: Option<Subject>, at: &Place, part: &str, message: String, allowed: &str) {
        let (at, part, allowed) = (at.clone(), part.to_owned(), allowed.to_owned());
        self.device.problems.push(Problem { about, at, part, message, allowed });
    }

    /// Secrets of both files; a text that was pasted may hold both.
    fn secrets(&mut self, text: &str, beside: &Beside<'_>) {
        let within =
            secrets::read(&mut self.device, Source { file: &self.file, text }, false, self.daemon, beside);
        if let Some(source) = beside.secrets {
            secrets::read(&mut self.device, source, true, self.daemon, beside);
        }
        // A pasted text with secrets of its own is complete; without any the keys stand elsewhere.
        self.no_secrets = within == 0 && beside.secrets.is_none();
    }

    fn conns(&mut self) {
        if self.daemon == Daemon::Pluto {
            self.ikev1_policy();
        }
        let taken = self.conf.taken_over();
        for section in &self.conf.conns {
            if !self.conf.is_template(section, &taken) {
                self.conn(section);
            }
        }
        for (pattern, line) in &self.conf.includes {
            // A pasted text: it was told with the secrets.
            if !pattern.contains("secrets") {
                let at = daemon::place(&self.file, *line, &format!("include {pattern}"));
                self.problem(
                    Some(Subject::Connection),
                    &at,
                    pattern,
                    "what it includes is not read".into(),
                    "one file with all conns",
                );
            }
        }
    }

    /// `ikev1-policy` in `config setup`. Sources: 4.x accepts without it (Debian's 4.x does not), 5.x drops; only 5.x
    /// has `keyexchange=ikev1`.
    fn ikev1_policy(&mut self) {
        let set = self.conf.setup.get("ikev1-policy");
        self.used += usize::from(set.is_some());
        let newer =
            || self.conf.conns.iter().find_map(|conn| conn.get("keyexchange")).filter(|k| k.text == "ikev1");
        self.device.ike_off = match set.map(|param| (param, param.text.as_str())) {
            Some((_, "accept" | "yes")) => None,
            Some((param, _)) => Some(self.place(param)),
            None => newer().map(|param| self.place(param)),
        };
    }

    fn finish(mut self, text: &str) -> Device {
        let psk = self.device.connections.iter().find(|connection| {
            connection.policies.first().is_some_and(|policy| policy.authentication.value == "pre-share")
        });
        // Only where a pre-shared key is wanted: nothing else of that file matters here.
        if let Some(connection) = psk.filter(|_| self.no_secrets) {
            let at = Place {
                text: format!("{} (its secrets file is not given)", connection.by).into(),
                ..connection.at.clone()
            };
            self.device.keys.push(secrets::unknown(at));
        }
        daemon::refuse_aggressive(&mut self.device);
        let secret = text.lines().filter(|line| secrets::is_secret(line)).count();
        let all = (self.conf.count() + self.conf.stray).saturating_sub(secret);
        self.device.skipped = all.saturating_sub(self.used);
        self.device
    }
}
