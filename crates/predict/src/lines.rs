//! The lines on both sides that a stall is about, side by side.

mod said;

pub use said::{Blamed, Matter, Said, Unsaid};

use config::{Carries, Identity, Policy, Sourced, Subject};

use crate::compose::stopped;
use crate::pair::{Session, SessionEnd};

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

/// What stands against a session.
pub fn lines_to_blame(subject: Subject, session: &Session<'_>) -> Vec<Blamed> {
    let ends = [&session.initiator, &session.responder];
    let one = |what, sides| vec![Blamed { what, sides }];
    match subject {
        Subject::Policy => policies(session),
        Subject::Key => one(Matter::Key, [key(session, 0), key(session, 1)]),
        Subject::Enabled => one(Matter::Ike, ends.map(enabled)),
        Subject::Aggressive => {
            let [caller, called] = [&session.connection.aggressive, &session.responder.device.aggressive_off];
            one(
                Matter::Aggressive,
                [
                    Said::of(caller.as_ref(), Unsaid::MainMode),
                    Said::of(called.as_ref(), Unsaid::AggressiveTaken),
                ],
            )
        }
        Subject::Identity => identities(session),
        Subject::Filter => {
            let [i, r] = ends;
            let says = |end, from| Said::of(stopped(end, from, Carries::Udp(500)).as_ref(), Unsaid::Passes);
            one(Matter::Port500, [says(i, r), says(r, i)])
        }
        Subject::Peer => {
            let [i, r] = ends;
            let called = Said::Line(session.connection.at.clone());
            let has = Unsaid::Is { address: r.address, calls: Some(i.address) };
            one(Matter::Address, [called, Said::of(r.address_line(), has)])
        }
        Subject::Down => one(Matter::Interface, ends.map(down)),
        // The same lines: only the cure differs, an `@` in front of the name.
        Subject::Resolved => identities(session),
        Subject::Transforms | Subject::Secrecy | Subject::Traffic | Subject::Entry => {
            crate::phase2::lines_to_blame(subject, session)
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
    Said::of(line.map(|line| &line.at), Unsaid::NoKey(end.peer))
}

fn enabled(end: &SessionEnd<'_>) -> Said {
    let interface = end.device.interface(end.address);
    let nameif = interface.and_then(|interface| interface.nameif.as_deref());
    let is = |name: &str| nameif.is_some_and(|nameif| name.eq_ignore_ascii_case(nameif));
    let on = end.device.enabled.iter().find(|(name, _)| is(name)).map(|(_, at)| at);
    let runs = end.device.listens(end.address);
    let off = Unsaid::Ike { runs, interface: nameif.map(str::to_owned) };
    Said::of(end.device.ike_off.as_ref().or(on), off)
}

fn down(end: &SessionEnd<'_>) -> Said {
    let interface = end.device.interface(end.address);
    Said::of(interface.and_then(|interface| interface.shutdown.as_ref()), Unsaid::Up)
}

fn identities(session: &Session<'_>) -> Vec<Blamed> {
    let (i, r) = (&session.initiator, &session.responder);
    let sends = |end: &SessionEnd<'_>| {
        let identity = end.identity();
        Said::of(identity.at.as_ref(), Unsaid::Sends(identity.value.of(end.address)))
    };
    let takes = |end: &SessionEnd<'_>, other: &SessionEnd<'_>| {
        let expected = end.expects(other)?;
        let takes = expected.value.of(other.address);
        let sends = other.identity().value.of(other.address);
        (!reads_as(&takes, &sends)).then(|| Said::of(expected.at.as_ref(), Unsaid::Takes(takes)))
    };
    let rows = [takes(r, i).map(|takes| [sends(i), takes]), takes(i, r).map(|takes| [takes, sends(r)])];
    rows.into_iter().flatten().map(|sides| Blamed { what: Matter::Identity, sides }).collect()
}

/// Whether two identities are shown alike: two rows that read the same would blame nothing.
fn reads_as(one: &Identity, other: &Identity) -> bool {
    let name = |identity: &Identity| match identity {
        Identity::Address(address) => Some(address.to_string()),
        Identity::Fqdn(name) | Identity::UserFqdn(name) | Identity::KeyId(name) => Some(name.clone()),
        Identity::OwnAddress | Identity::Net(..) | Identity::Domain(_) => None,
    };
    one == other || name(one).is_some_and(|one| Some(one) == name(other))
}

/// The two policies that come nearest, and the lines in which they differ.
fn policies(session: &Session<'_>) -> Vec<Blamed> {
    let [ones, others] = session.policies();
    let pairs = ones.iter().flat_map(|one| others.iter().map(move |other| differing(one, other)));
    let head = |policies: &[Policy]| {
        let first = policies.first().and_then(|policy| policy.priority.at.as_ref());
        Said::of(first, if policies.is_empty() { Unsaid::NoPolicy } else { Unsaid::OwnPolicies })
    };
    pairs
        // The nearest pair is the likeliest intention, and the smallest change.
        .min_by_key(Vec::len)
        .unwrap_or_else(|| vec![Blamed { what: Matter::Policy, sides: [head(&ones), head(&others)] }])
}

fn differing(one: &Policy, other: &Policy) -> Vec<Blamed> {
    fn pair<T: PartialEq + std::fmt::Display>(
        what: Matter,
        policies: [&Policy; 2],
        value: impl Fn(&Policy) -> &Sourced<T>,
    ) -> Option<Blamed> {
        let [one, other] = policies.map(&value);
        let says = |policy: &Policy| {
            let Sourced { value, at } = value(policy);
            Said::of(
                at.as_ref(),
                Unsaid::Default { of: what, value: value.to_string(), from: policy.defaults },
            )
        };
        (one.value != other.value).then(|| Blamed { what, sides: policies.map(says) })
    }
    let both = [one, other];
    // No lifetime: the shorter one holds, so a difference stalls nothing.
    let rows = [
        pair(Matter::Encryption, both, |policy| &policy.encryption),
        pair(Matter::Hash, both, |policy| &policy.hash),
        pair(Matter::Group, both, |policy| &policy.group),
        pair(Matter::Authentication, both, |policy| &policy.authentication),
    ];
    rows.into_iter().flatten().collect()
}
