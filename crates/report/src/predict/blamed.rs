//! What the two sides say of one thing, and what there is beside a verdict, in words.

use ::predict::{Beside, Blamed, LineNote, Matter, Said, Session, Unsaid, Wins};
use config::{Carries, Identity, Place};
use ike::{Role, Sides};

/// `group`, `pre-shared key`.
pub(super) fn matter(matter: Matter) -> &'static str {
    match matter {
        Matter::Key => "pre-shared key",
        Matter::Ike => "IKE",
        Matter::Version => "IKE version",
        Matter::Aggressive => "Aggressive Mode",
        Matter::Port500 => "UDP 500",
        Matter::Address => "address",
        Matter::Interface => "interface",
        Matter::Identity => "identity",
        Matter::Xauth => "XAUTH",
        Matter::Connection => "connection",
        Matter::ConnectionType => "connection type",
        Matter::Policy => "policy",
        Matter::Encryption => "encryption",
        Matter::Hash => "hash",
        Matter::Group => "group",
        Matter::Authentication => "authentication",
        Matter::TransformSet => "transform set",
        Matter::Mode => "mode",
        Matter::Secrecy => "PFS",
        Matter::AccessList => "crypto access list",
        Matter::Entry => "crypto map entry",
        Matter::Binding => "crypto map on the interface",
    }
}

/// The line, or what follows from there being none.
pub(super) fn said(said: &Said) -> String {
    match said {
        Said::Line(at) => at.text.to_string(),
        Said::NoLine(unsaid) => self::unsaid(unsaid),
    }
}

/// What follows where no line says it.
pub(super) fn unsaid(unsaid: &Unsaid) -> String {
    match unsaid {
        Unsaid::Nothing => String::new(),
        Unsaid::MainMode => "Main Mode".into(),
        Unsaid::AggressiveTaken => "taken".into(),
        Unsaid::Passes => "lets UDP 500 pass".into(),
        Unsaid::Is { address, calls: None } => format!("is {address}"),
        Unsaid::Is { address, calls: Some(peer) } => format!("is {address}, calls {peer}"),
        Unsaid::NoKey(peer) => format!("no line has a key for {peer}"),
        Unsaid::Ike { runs, interface } => {
            let what = if *runs { "runs" } else { "no line enables it" };
            format!("{what} on {}", interface.as_deref().unwrap_or("the interface"))
        }
        Unsaid::Up => "is up".into(),
        Unsaid::Sends(identity) => format!("calls itself {}", self::identity(identity)),
        Unsaid::Takes(identity) => format!("takes {}", self::identity(identity)),
        Unsaid::NoPolicy => "no line has a policy".into(),
        Unsaid::OwnPolicies => "default policies".into(),
        Unsaid::Default { of, value, from } => format!("{} {value}, {from}", matter(*of)),
        Unsaid::Version1 => "IKEv1".into(),
        Unsaid::NoXauth => "no line asks for XAUTH".into(),
        Unsaid::WaitsToo => "waits too".into(),
        Unsaid::NotCalled => "is not called".into(),
        Unsaid::NothingBound => "no crypto map and no tunnel protection on the interface".into(),
        Unsaid::NoConnection(peer) => format!("no connection for {peer}"),
        Unsaid::Sets(sets) if sets.is_empty() => "no transform set".into(),
        Unsaid::Sets(sets) => sets.join(" or "),
        Unsaid::Tunnel => "tunnel mode".into(),
        Unsaid::Secrecy(true) => "PFS with the group of phase 1".into(),
        Unsaid::Secrecy(false) => "no PFS".into(),
        Unsaid::Traffic(line) => line.to_string(),
        Unsaid::NoTraffic(line) => format!("no line for {line}"),
        Unsaid::Lacks(entry, what) => format!("{entry} has no `{what}`"),
        Unsaid::NoEntry(peer) => format!("no entry for {peer}"),
    }
}

fn identity(identity: &Identity) -> String {
    match identity {
        Identity::OwnAddress => "its own address".into(),
        Identity::Address(address) => address.to_string(),
        Identity::Net(net, bits) => format!("{net}/{bits}"),
        Identity::Domain(name) => format!("any host of {name}"),
        Identity::Fqdn(name) | Identity::UserFqdn(name) | Identity::KeyId(name) => name.clone(),
    }
}

/// What there is to say beside a verdict.
pub(super) fn note(note: &LineNote, session: &Session<'_>) -> String {
    let name = |role: Role| session.end(role).device.name();
    match &note.what {
        Beside::Lifetimes { seconds, kilobytes, wins } => {
            let [i, r] = Role::BOTH.map(|role| lifetime(&name(role), role, seconds, kilobytes));
            format!("lifetimes of children differ: {i}; {r}: {}, no fault", wins_words(*wins))
        }
        Beside::Unrouted(role, net) => {
            format!("no line of {} routes {net}: its packets may never come to the tunnel", name(*role))
        }
        Beside::NoEntry => {
            let called = &session.responder;
            let there = called.device.connections.iter().any(|c| c.remote.address() == Some(called.peer));
            let at = if there { format!(" at {}", called.address) } else { String::new() };
            format!("{} has no crypto map entry and no tunnel for {}{at}", called.device.name(), called.peer)
        }
        Beside::NotJudged(doubt) => format!("phase 2 is not judged: {}", doubt.text),
        Beside::Stopped(Carries::Esp) => "an access list stops ESP".into(),
        Beside::Stopped(Carries::Udp(port)) => {
            format!("an access list stops UDP {port}, which a NAT on the way would need")
        }
        Beside::OneCaller => format!(
            "{} takes anybody and calls nobody: only {} can start",
            name(Role::Responder),
            name(Role::Initiator)
        ),
    }
}

fn lifetime(name: &str, role: Role, seconds: &Sides<u32>, kilobytes: &Sides<u32>) -> String {
    let size = match kilobytes[role] {
        0 => String::new(),
        kilobytes => format!(", {kilobytes} kB"),
    };
    format!("{name} has {} s{size}", seconds[role])
}

fn wins_words(wins: Wins) -> &'static str {
    match wins {
        Wins::Smaller => "the smaller ones count",
        Wins::SmallerOnCisco => "the Cisco side takes the smaller ones, the other keeps its own",
        Wins::Own => "each side keeps its own",
    }
}

/// What is to be said at either line that does not fit.
pub fn annotated(blamed: &Blamed) -> Vec<(String, Option<&Place>)> {
    let [one, other] = &blamed.sides;
    let says = |own: &Said, across: &Said| format!("{} here, {} on the other side", said(own), said(across));
    // At either line: which of the two is wrong nobody knows.
    let both = [(one, other), (other, one)];
    both.into_iter()
        .map(|(own, across)| {
            let at = match own {
                Said::Line(at) => Some(at),
                Said::NoLine(_) => None,
            };
            (says(own, across), at)
        })
        .filter(|(_, at)| at.is_some())
        .collect()
}
