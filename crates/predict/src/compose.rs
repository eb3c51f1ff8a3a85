//! Two devices as a scenario of the simulator: TOML, each value with the line it comes from.

mod phase2;
mod written;

use std::collections::BTreeSet;
use std::net::IpAddr;

use config::{Carries, Connection, Identity, Key, KeyLine, Owner, Packet, Place, Policy, Sourced};
use isakmp::shown;
use scenario::quoted;

use crate::pair::{Assumed, Session, SessionEnd};
pub use written::Written;

/// What is written for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownKeys {
    /// The keys themselves; what is masked is taken to be equal on both sides.
    Real,
    /// As above, and what is masked is taken to differ.
    RealElseDifferent,
    /// Their lengths.
    Hidden,
}

/// A device alone: as initiator against a responder of which only the address is known, or, where its connection takes
/// whoever calls, as responder to somebody.
pub fn alone_as_scenario(end: &SessionEnd<'_>, connection: &Connection, keys: ShownKeys) -> Written {
    let mut out = Written::default();
    out.mode(connection);
    if !end.calls {
        out.say(&format!("[initiator]\naddress = \"{}\"\npeer = \"{}\"\n", end.peer, end.address));
    }
    let policies = match end.calls {
        true => end.device.offered_by(end.connection).to_vec(),
        false => end.device.accepted_by(end.connection, &[], 64),
    };
    out.side(end, &policies, keys, None, connection.aggressive.is_some());
    let entries = end.own_entries(connection);
    if !entries.is_empty() {
        out.own_entries(end, &entries);
    }
    if end.calls {
        out.say(&format!("\n[responder]\naddress = \"{}\"", end.peer));
    }
    out
}

/// How far a session is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phases {
    /// Phase 1 alone.
    One,
    /// Both, where both files show phase 2.
    Both,
}

/// Initiator and responder.
pub fn as_scenario(session: &Session<'_>, keys: ShownKeys, phases: Phases) -> Written {
    let (initiator, responder) = (&session.initiator, &session.responder);
    let aggressive = session.aggressive();
    let [offered, taken] = session.policies();
    let mut out = Written::default();
    out.mode(session.connection);
    out.side(initiator, &offered, keys, Some(responder), aggressive);
    out.say("");
    out.side(responder, &taken, keys, Some(initiator), aggressive);
    if phases == Phases::Both {
        out.phase2(session);
    }
    out.faults(session);
    out
}

pub(crate) fn role(end: &SessionEnd<'_>) -> &'static str {
    if end.calls { "initiator" } else { "responder" }
}

impl Written {
    fn mode(&mut self, connection: &Connection) {
        if let Some(at) = &connection.aggressive {
            self.from("mode = \"aggressive\"", Some(at));
            self.say("confirm = false\n");
        }
    }

    /// One side's tables. `other` is whose known key a masked one is taken to equal.
    fn side(
        &mut self,
        end: &SessionEnd<'_>,
        policies: &[Policy],
        keys: ShownKeys,
        other: Option<&SessionEnd<'_>>,
        aggressive: bool,
    ) {
        let SessionEnd { device, address, .. } = end;
        let role = role(end);
        self.say(&format!("# {} ({})", shown(&device.name()), shown(&device.file)));
        self.say(&format!("[{role}]\nprofile = \"{}\"", device.dialect.profile()));
        let own = format!("address = \"{address}\"");
        match end.assumed {
            Some(Assumed::OwnAddress | Assumed::MadeUp | Assumed::Masked) if end.address_line().is_none() => {
                self.say(&format!("{own}    # not in the file: taken to be so"));
            }
            _ => self.from(&own, end.address_line()),
        }
        if end.calls {
            self.from(&format!("peer = \"{}\"", end.peer), end.connection.map(|c| &c.at));
        }
        self.switches(end);
        self.named("identity", Some(end.identity()));
        if policies.is_empty() {
            self.say("policy = []    # no line has one");
        }
        let key = other.map(|other| end.key(other, aggressive));
        if key == Some(None) && end.device.dialect.is_cisco() && !end.signs() && others(end).is_empty() {
            self.say("tunnel_group = []    # no line has a key");
        }
        for policy in policies {
            self.policy(role, policy);
        }
        self.group(end, keys, other, aggressive);
    }

    /// What is switched off.
    fn switches(&mut self, end: &SessionEnd<'_>) {
        let device = end.device;
        if !device.listens(end.address) {
            match &device.ike_off {
                Some(at) => self.from("ike_enabled = false", Some(at)),
                None => self.say("ike_enabled = false    # no line enables it on this interface"),
            }
        }
        if let Some(at) = &device.aggressive_off {
            self.from("aggressive_mode = false", Some(at));
        }
        let nat_off = end.connection.and_then(|c| c.nat_off.as_ref()).or(device.nat_off.as_ref());
        if let Some(at) = nat_off {
            self.from("nat_traversal = false", Some(at));
        }
    }

    /// An identity of its own; a peer's own address is the default.
    fn named(&mut self, key: &str, identity: Option<Sourced<Identity>>) {
        let Some(Sourced { value, at }) = identity else { return };
        let written = match value {
            Identity::OwnAddress if key == "identity" => return,
            Identity::OwnAddress => "\"address\"".into(),
            Identity::Address(address) => format!("{{ address = \"{address}\" }}"),
            Identity::Fqdn(name) => format!("{{ fqdn = {} }}", quoted(&name)),
            Identity::UserFqdn(name) => format!("{{ user_fqdn = {} }}", quoted(&name)),
            // Nobody calls itself so: what nobody sends is what nobody is.
            Identity::Net(net, _) => format!("{{ address = \"{net}\" }}"),
            Identity::Domain(name) => format!("{{ fqdn = {} }}", quoted(&name)),
            Identity::KeyId(name) => format!("{{ key_id = {} }}", quoted(&name)),
        };
        self.from(&format!("{key} = {written}"), at.as_ref());
    }

    fn policy(&mut self, role: &str, policy: &Policy) {
        self.say("");
        self.from(&format!("[[{role}.policy]]"), policy.priority.at.as_ref());
        self.say(&format!("priority = {}", policy.priority.value));
        let mut value = |name: &str, written: String, at: &Option<Place>| match at {
            Some(_) => self.from(&format!("{name} = {written}"), at.as_ref()),
            None => self.say(&format!("{name} = {written}    # {}", policy.defaults)),
        };
        value("authentication", quoted(&policy.authentication.value), &policy.authentication.at);
        value("encryption", quoted(&policy.encryption.value), &policy.encryption.at);
        value("hash", quoted(&policy.hash.value), &policy.hash.at);
        value("group", policy.group.value.to_string(), &policy.group.at);
        value("lifetime", policy.lifetime.value.to_string(), &policy.lifetime.at);
    }

    /// The group for the peer; one for nobody where there is none, since the simulator's default has a key.
    fn group(
        &mut self,
        end: &SessionEnd<'_>,
        keys: ShownKeys,
        other: Option<&SessionEnd<'_>>,
        aggressive: bool,
    ) {
        let role = role(end);
        self.say("");
        // Without the other side its identity is not known: the key is the one for its address.
        let line = match other {
            Some(other) => end.key(other, aggressive),
            None => end.device.key_for(end.peer, end.address, end.calls),
        };
        // A group without a key is one for signatures where the policies are.
        let Some(line) = line.filter(|line| line.key != Key::Missing || !end.signs()) else {
            if end.signs() {
                // What signs needs no key; the policies decide first.
                self.say(&format!("[[{role}.tunnel_group]]    # signatures"));
                return self.say(&format!("peer = \"{}\"\npre_shared_key = \"signatures\"", end.peer));
            }
            if !end.device.dialect.is_cisco() {
                // A daemon has no groups: what is missing is the key.
                self.say(&format!("[[{role}.tunnel_group]]    # no line has a key for {}", end.peer));
                return self.say(&format!("peer = \"{}\"", end.peer));
            }
            for owner in others(end) {
                self.say(&format!("[[{role}.tunnel_group]]    # no line has a key for {}", end.peer));
                self.say(&format!("peer = \"{owner}\""));
            }
            return;
        };
        let peer = match line.owners.as_slice() {
            [Owner::Anybody] => "default".into(),
            [Owner::Name(name)] if end.device.dialect.is_cisco() && end.peer_name != Some(name) => {
                name.clone()
            }
            _ => end.peer.to_string(),
        };
        self.from(&format!("[[{role}.tunnel_group]]"), Some(&line.at));
        self.say(&format!("peer = {}", quoted(&peer)));
        if let Some(key) = written(role, line, keys, other.and_then(|other| other.key(end, aggressive))) {
            self.say(&format!("pre_shared_key = {key}"));
        }
        self.named("peer_identity", other.and_then(|other| end.expects(other)));
    }

    /// What lies on the way: NAT, and each side's own access lists.
    fn faults(&mut self, session: &Session<'_>) {
        let (initiator, responder) = (&session.initiator, &session.responder);
        for end in [initiator, responder] {
            if let Some(Assumed::Nat(outside)) = end.assumed {
                let name = shown(&end.device.name()).into_owned();
                self.say(&format!("\n[[fault]]    # {name} has another address than the one that is called"));
                self.say(&format!("kind = \"nat\"\nat = \"{}\"\noutside = \"{outside}\"", role(end)));
            }
        }
        for end in [initiator, responder] {
            let interface = end.device.interface(end.address);
            if let Some(at) = interface.and_then(|interface| interface.shutdown.as_ref()) {
                self.say("");
                self.from("[[fault]]", Some(at));
                self.say(&format!("kind = \"peer-down\"\nat = \"{}\"", role(end)));
            }
        }
        // The responder's first: message 1 is stopped before any answer is.
        for (end, from) in [(responder, initiator), (initiator, responder)] {
            if let Some(at) = stopped(end, from, Carries::Udp(500)) {
                self.say("");
                self.from("[[fault]]", Some(&at));
                self.say("kind = \"block-port\"\nport = 500");
                self.say(&format!("direction = \"to-{}\"", role(end)));
            }
        }
    }
}

/// The addresses that a side has keys for, where none of them is the one that is needed.
fn others(end: &SessionEnd<'_>) -> BTreeSet<IpAddr> {
    const MOST: usize = 4;
    let owners = end.device.keys.iter().flat_map(|line| &line.owners);
    let addresses = owners.filter_map(|owner| match owner {
        Owner::Net(address, bits) if *bits == if address.is_ipv4() { 32 } else { 128 } => Some(*address),
        Owner::Net(..)
        | Owner::Range(..)
        | Owner::Name(_)
        | Owner::Identity(_)
        | Owner::Unknown
        | Owner::Anybody => None,
    });
    let alike = |address: &IpAddr| *address != end.peer && address.is_ipv4() == end.peer.is_ipv4();
    addresses.filter(alike).take(MOST).collect()
}

/// As TOML has it.
fn written(role: &str, line: &KeyLine, keys: ShownKeys, others: Option<&KeyLine>) -> Option<String> {
    let known = |line: &KeyLine| match &line.key {
        Key::Known(secret) => Some(toml(secret.reveal())),
        Key::Masked | Key::Missing => None,
    };
    match (&line.key, keys) {
        (Key::Missing, _) => None,
        (Key::Known(secret), ShownKeys::Hidden) => Some(quoted(&secret.hidden())),
        (Key::Masked, ShownKeys::Hidden) => Some(quoted("<masked>")),
        (Key::Known(_), _) => known(line),
        // With no key known on either side any text will do, as long as both have the same.
        (Key::Masked, ShownKeys::Real) => Some(others.and_then(known).unwrap_or_else(|| quoted("masked"))),
        // The role makes the two differ.
        (Key::Masked, ShownKeys::RealElseDifferent) => Some(quoted(&format!("masked, the {role}'s"))),
    }
}

/// A key, in hex where it is no text.
fn toml(key: &[u8]) -> String {
    match std::str::from_utf8(key) {
        Ok(text) => quoted(text),
        Err(_) => {
            let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{{ hex = \"{digits}\" }}")
        }
    }
}

/// The line of a side's own access list that stops what the other sends.
pub(crate) fn stopped(end: &SessionEnd<'_>, from: &SessionEnd<'_>, carries: Carries) -> Option<Place> {
    end.device.stops(&Packet { from: from.outside(), to: end.address, carries })
}
