//! The same fault as the daemons had, as a scenario.

use ike::{Powers, Sides};
use isakmp::dissect::{Field, dissect};
use scenario::Scenario;
use sim::{Datagram, Trace, run};

/// The scenario of a row; `None` for a fault that is not known here.
pub fn scenario(profiles: Sides<&str>, id: &str) -> Option<String> {
    let (mode, fault) = id.split_once('-')?;
    let base = Base { profiles, aggressive: mode == "am" };
    Some(match fault {
        "none" | "c-lifetime-none" => base.text("", "", ""),
        "a-psk-mismatch" => base.fault("kind = 'psk-mismatch'"),
        "b-no-conn-for-ip" => base.fault("kind = 'missing-tunnel-group'"),
        "b-no-conn-for-id" | "k-responder-expects-other-id" | "k-initiator-sends-fqdn-resp-expects-ip" => {
            base.fault("kind = 'identity-mismatch'")
        }
        "k-initiator-expects-other-id" => base.fault("kind = 'identity-mismatch'\nat = 'initiator'"),
        "b-conn-but-no-psk-for-peer" => base.fault("kind = 'missing-psk'"),
        "c-encryption" => base.fault("kind = 'policy-mismatch'\nattribute = 'key-length'"),
        "c-cipher-kind" => base.fault("kind = 'policy-mismatch'\nattribute = 'encryption'"),
        "c-hash" => base.fault("kind = 'policy-mismatch'\nattribute = 'hash'"),
        "c-dh-group" => base.fault("kind = 'policy-mismatch'\nattribute = 'group'"),
        "c-auth-resp-wants-xauth" | "c-auth-resp-wants-pubkey" => {
            base.fault("kind = 'policy-mismatch'\nattribute = 'authentication'")
        }
        "c-lifetime-initiator-longer" => base.policies("lifetime = 86400", "lifetime = 3600"),
        "c-lifetime-initiator-shorter" => base.policies("lifetime = 3600", "lifetime = 86400"),
        "c-second-offer-matches" => base.text(
            "[[initiator.policy]]\npriority = 1\nencryption = 'aes-256'\n[[initiator.policy]]\npriority = 2\nencryption = 'aes-128'\n",
            "[[responder.policy]]\nencryption = 'aes-128'\n",
            "",
        ),
        "c-two-groups-second-matches" => base.text(
            "[[initiator.policy]]\npriority = 1\ngroup = 14\n[[initiator.policy]]\npriority = 2\ngroup = 5\n",
            "[[responder.policy]]\ngroup = 5\n",
            "",
        ),
        // Neither daemon has the other mode as a switch of its own; a connection of another mode is no connection.
        "b-responder-only-other-mode" if base.aggressive => base.text("", "aggressive_mode = false\n", ""),
        "b-responder-only-other-mode" | "b-responder-only-ikev2" => base.fault("kind = 'missing-tunnel-group'"),
        // pluto's peer is its address where nothing else is written.
        "k-initiator-sends-fqdn-resp-any" if base.profiles.responder == "libreswan" => {
            base.fault("kind = 'identity-mismatch'")
        }
        "k-initiator-sends-fqdn-resp-any" => base.text("identity = { fqdn = 'a.example' }\n", "", ""),
        "d-port-closed" | "d-host-down" => base.fault("kind = 'peer-down'"),
        _ => return wire(&base, fault),
    })
}

struct Base<'a> {
    profiles: Sides<&'a str>,
    aggressive: bool,
}

impl Base<'_> {
    fn text(&self, initiator: &str, responder: &str, faults: &str) -> String {
        let mode = if self.aggressive { "aggressive" } else { "main" };
        let Sides { initiator: caller, responder: called } = self.profiles;
        format!(
            "mode = '{mode}'\nconfirm = false\n[initiator]\nprofile = '{caller}'\n{initiator}\
             [responder]\nprofile = '{called}'\n{responder}{faults}"
        )
    }

    fn fault(&self, fault: &str) -> String {
        self.text("", "", &format!("[[fault]]\n{fault}\n"))
    }

    fn policies(&self, initiator: &str, responder: &str) -> String {
        let policy = |role: &str, text: &str| format!("[[{role}.policy]]\n{text}\n");
        self.text(&policy("initiator", initiator), &policy("responder", responder), "")
    }

    /// Where a field of a message stands in a healthy run.
    fn offset(&self, message: u8, path: &[&str]) -> usize {
        let healthy = Scenario::parse("healthy", &self.text("", "", "")).unwrap();
        let (trace, _) = run(&healthy.setup, &Powers::new(16));
        let fields = dissect(sent(&trace, message));
        let mut at: Option<&Field> = None;
        for name in path {
            let below = at.map_or(&fields, |field| &field.children);
            at = below.iter().find(|field| field.name == *name);
            assert!(at.is_some(), "no {name} in message {message}");
        }
        at.unwrap().range.start
    }
}

/// The first copy of a message.
fn sent(trace: &Trace, message: u8) -> &[u8] {
    let mut sent = trace.entries().iter().filter_map(|entry| entry.kind.sent());
    let is_it = |sent: &&Datagram| sent.label.message().is_some_and(|name| name.number() == message);
    sent.find(is_it).unwrap().message()
}

/// Faults of the wire and of the path.
fn wire(base: &Base<'_>, fault: &str) -> Option<String> {
    if let Some(rest) = fault.strip_prefix("i-") {
        return nat(base, rest);
    }
    if let Some(rest) = fault.strip_prefix("h-") {
        return damage(base, rest);
    }
    let (kind, message) = fault.rsplit_once('-')?;
    let message: u8 = message.get(1..)?.parse().ok()?;
    let lines = match kind {
        "e-drop-forever" => format!("kind = 'drop'\nmessage = {message}"),
        "f-drop-once" => format!("kind = 'drop'\nmessage = {message}\ntimes = 1"),
        "g-duplicate" => format!("kind = 'duplicate'\nmessage = {message}\nafter = '1ms'"),
        "g-duplicate-late" => format!("kind = 'duplicate'\nmessage = {message}\nafter = '3s'"),
        // Their relay holds back the first copy alone: until it comes, it is as good as lost.
        "j-delay-6s" if base.aggressive && message == 3 => {
            format!("kind = 'delay'\nmessage = {message}\nby = '6s'")
        }
        "j-delay-6s" => format!("kind = 'drop'\nmessage = {message}\ntimes = 1"),
        _ => return None,
    };
    Some(base.fault(&lines))
}

/// NAT in front of the initiator. An identity that is not configured is the address as the responder sees
/// it for pluto, and anything for charon.
fn nat(base: &Base<'_>, fault: &str) -> Option<String> {
    let nat = "[[fault]]\nkind = 'nat'\n";
    let insist = |address: &str| {
        format!(
            "[[responder.tunnel_group]]\npeer = '192.0.2.1'\npre_shared_key = 'cisco123'\n\
             peer_identity = {{ address = '{address}' }}\n"
        )
    };
    let (inside, outside) = ("203.0.113.1", "192.0.2.1");
    Some(match fault {
        "nat-with-natt-id-configured" => base.text("", &insist(inside), nat),
        "nat-with-natt-id-any" if base.profiles.responder == "libreswan" => {
            base.text("", &insist(outside), nat)
        }
        "nat-with-natt-id-any" => base.text("", "", nat),
        "nat-with-natt-id-natted-address" => base.text("", &insist(outside), nat),
        "nat-natt-stripped" => base.text("nat_traversal = false\n", "", nat),
        "no-nat-natt-stripped" => base.text("nat_traversal = false\n", "", ""),
        "nat-udp4500-blocked" => {
            base.text("", "", &format!("{nat}[[fault]]\nkind = 'block-port'\nport = 4500\n"))
        }
        _ => return None,
    })
}

/// One place of one message changed, in every copy.
fn damage(base: &Base<'_>, fault: &str) -> Option<String> {
    let once = fault.ends_with("-once");
    let fault = fault.trim_end_matches("-once");
    let (message, place) = fault.split_once('-')?;
    let message: u8 = message.get(1..)?.parse().ok()?;
    let times = if once { "1" } else { "'all'" };
    let flip = |byte: usize, bit: u8| {
        format!("kind = 'corrupt'\nmessage = {message}\nbyte = {byte}\nbit = {bit}\ntimes = {times}")
    };
    let cut = |bytes: usize| {
        let healthy = base.length(message);
        format!("kind = 'truncate'\nmessage = {message}\nlength = {}\ntimes = {times}", healthy - bytes)
    };
    const HEADER: usize = 28;
    let lines = match place {
        "ICOOKIE" => flip(0, 0),
        "RCOOKIE" => flip(8, 0),
        "HDR-NP" => flip(16, 6),
        "HDR-LEN" => flip(26, 7),
        "RESERVED" => flip(HEADER + 1, 0),
        "CRIT-LEN" => flip(HEADER + 2, 7),
        "BODY-FIRST" => flip(HEADER, 0),
        "BODY-LAST" => flip(base.length(message) - 1, 0),
        "SA" => flip(
            base.offset(message, &["SA payload", "proposal", "transform", "Encryption-Algorithm"]) + 3,
            1,
        ),
        "KE" => flip(base.offset(message, &["KE payload", "public value"]) + 9, 0),
        "NONCE" => flip(base.offset(message, &["NONCE payload", "nonce"]) + 3, 0),
        "ID" => flip(base.offset(message, &["ID payload", "identification data"]) + 1, 0),
        "HASH" => flip(base.offset(message, &["HASH payload", "hash"]) + 1, 0),
        "truncate8-lenfixed" => cut(8),
        "truncate16-lenfixed" => cut(16),
        "truncate5-lenfixed" => cut(5),
        "truncate100-lenfixed" => cut(100),
        _ => return None,
    };
    Some(base.fault(&lines))
}

impl Base<'_> {
    /// Bytes of a message in a healthy run.
    fn length(&self, message: u8) -> usize {
        let healthy = Scenario::parse("healthy", &self.text("", "", "")).unwrap();
        let (trace, _) = run(&healthy.setup, &Powers::new(16));
        sent(&trace, message).len()
    }
}
