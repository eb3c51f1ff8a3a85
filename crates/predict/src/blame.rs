//! The lines on both sides that a stall is about, side by side.

use config::{Carries, Identity, Place, Policy, Sourced, Subject};

use crate::compose::stopped;
use crate::pair::{End, Session};

/// What a refused child is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Transforms,
    Secrecy,
    Traffic,
    Entry,
}

impl Refused {
    /// `None`: it is about phase 1.
    pub(crate) fn of(subject: Subject) -> Option<Refused> {
        match subject {
            Subject::Transforms => Some(Refused::Transforms),
            Subject::Secrecy => Some(Refused::Secrecy),
            Subject::Traffic => Some(Refused::Traffic),
            Subject::Entry => Some(Refused::Entry),
            Subject::Policy
            | Subject::Key
            | Subject::Enabled
            | Subject::Aggressive
            | Subject::Identity
            | Subject::Filter
            | Subject::Peer
            | Subject::Down
            | Subject::Lifetime
            | Subject::Connection
            | Subject::Resolved => None,
        }
    }
}

/// One thing that does not fit: what each side has for it, the initiator first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Blamed {
    /// `group`, `pre-shared key`.
    pub what: String,
    /// The line, or what stands for it where no line says it.
    pub sides: [Said; 2],
}

/// What one side says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// In this line.
    Line(Place),
    /// In no line; what follows from that.
    NoLine(String),
}

impl Said {
    pub(crate) fn of(at: Option<&Place>, otherwise: impl Into<String>) -> Said {
        at.map_or_else(|| Said::NoLine(otherwise.into()), |at| Said::Line(at.clone()))
    }
}

/// What stands against a session.
pub fn blame(subject: Subject, session: &Session<'_>) -> Vec<Blamed> {
    let ends = [&session.initiator, &session.responder];
    let one = |what: &str, sides: [Said; 2]| vec![Blamed { what: what.to_owned(), sides }];
    match subject {
        Subject::Policy => policies(session),
        Subject::Key => one("pre-shared key", [key(session, 0), key(session, 1)]),
        Subject::Enabled => one("IKE", ends.map(enabled)),
        Subject::Aggressive => {
            let [caller, called] = [&session.connection.aggressive, &session.responder.device.aggressive_off];
            one(
                "Aggressive Mode",
                [Said::of(caller.as_ref(), "Main Mode"), Said::of(called.as_ref(), "taken")],
            )
        }
        Subject::Identity => identities(session),
        Subject::Filter => {
            let [i, r] = ends;
            let says =
                |end, from| Said::of(stopped(end, from, Carries::Udp(500)).as_ref(), "lets UDP 500 pass");
            one("UDP 500", [says(i, r), says(r, i)])
        }
        Subject::Peer => {
            let [i, r] = ends;
            let called = Said::Line(session.connection.at.clone());
            let has = format!("is {}, calls {}", r.address, i.address);
            one("address", [called, Said::of(r.address_line(), has)])
        }
        Subject::Down => one("interface", ends.map(down)),
        // The same lines: only the cure differs, an `@` in front of the name.
        Subject::Resolved => identities(session),
        Subject::Transforms | Subject::Secrecy | Subject::Traffic | Subject::Entry => {
            crate::phase2::blame(subject, session)
        }
        Subject::Lifetime | Subject::Connection => Vec::new(),
    }
}

fn key(session: &Session<'_>, side: usize) -> Said {
    let (end, other) = match side {
        0 => (&session.initiator, &session.responder),
        _ => (&session.responder, &session.initiator),
    };
    let line = end.key(other, session.aggressive());
    Said::of(line.map(|line| &line.at), format!("no line has a key for {}", end.peer))
}

fn enabled(end: &End<'_>) -> Said {
    let interface = end.device.interface(end.address);
    let nameif = interface.and_then(|interface| interface.nameif.as_deref()).unwrap_or("the interface");
    let on = end.device.enabled.iter().find(|(name, _)| name.eq_ignore_ascii_case(nameif)).map(|(_, at)| at);
    let off = if end.device.listens(end.address) { "runs" } else { "no line enables it" };
    Said::of(end.device.ike_off.as_ref().or(on), format!("{off} on {nameif}"))
}

fn down(end: &End<'_>) -> Said {
    let interface = end.device.interface(end.address);
    Said::of(interface.and_then(|interface| interface.shutdown.as_ref()), "is up")
}

fn identities(session: &Session<'_>) -> Vec<Blamed> {
    let (i, r) = (&session.initiator, &session.responder);
    let sends = |end: &End<'_>| {
        let identity = end.identity();
        Said::of(identity.at.as_ref(), format!("calls itself {}", said(&identity.value, end)))
    };
    let takes = |end: &End<'_>, other: &End<'_>| {
        let expected = end.expects(other)?;
        let own = |identity: &Identity| said(identity, other);
        // Compared as they are shown: two rows that read the same would blame nothing.
        (own(&expected.value) != own(&other.identity().value))
            .then(|| Said::of(expected.at.as_ref(), format!("takes {}", said(&expected.value, other))))
    };
    let rows = [takes(r, i).map(|takes| [sends(i), takes]), takes(i, r).map(|takes| [takes, sends(r)])];
    rows.into_iter().flatten().map(|sides| Blamed { what: "identity".into(), sides }).collect()
}

fn said(identity: &Identity, end: &End<'_>) -> String {
    match identity {
        Identity::OwnAddress => end.address.to_string(),
        Identity::Address(address) => address.to_string(),
        Identity::Net(net, bits) => format!("{net}/{bits}"),
        Identity::Domain(name) => format!("any host of {name}"),
        Identity::Fqdn(name) | Identity::UserFqdn(name) | Identity::KeyId(name) => name.clone(),
    }
}

/// The two policies that come nearest, and the lines in which they differ.
fn policies(session: &Session<'_>) -> Vec<Blamed> {
    let [ones, others] = session.policies();
    let pairs = ones.iter().flat_map(|one| others.iter().map(move |other| differing(one, other)));
    let head = |policies: &[Policy]| {
        let first = policies.first().and_then(|policy| policy.priority.at.as_ref());
        Said::of(first, if policies.is_empty() { "no line has a policy" } else { "default policies" })
    };
    pairs
        // The nearest pair is the likeliest intention, and the smallest change.
        .min_by_key(Vec::len)
        .unwrap_or_else(|| vec![Blamed { what: "policy".into(), sides: [head(&ones), head(&others)] }])
}

fn differing(one: &Policy, other: &Policy) -> Vec<Blamed> {
    fn pair<T: PartialEq + std::fmt::Display>(
        what: &str,
        policies: [&Policy; 2],
        value: impl Fn(&Policy) -> &Sourced<T>,
    ) -> Option<Blamed> {
        let [one, other] = policies.map(&value);
        let says = |policy: &Policy| {
            let Sourced { value, at } = value(policy);
            Said::of(at.as_ref(), format!("{what} {value}, {}", policy.defaults))
        };
        (one.value != other.value).then(|| Blamed { what: what.to_owned(), sides: policies.map(says) })
    }
    let both = [one, other];
    // No lifetime: the shorter one holds, so a difference stalls nothing.
    let rows = [
        pair("encryption", both, |policy| &policy.encryption),
        pair("hash", both, |policy| &policy.hash),
        pair("group", both, |policy| &policy.group),
        pair("authentication", both, |policy| &policy.authentication),
    ];
    rows.into_iter().flatten().collect()
}
