//! Reasons in plain words.

mod child;

use std::net::IpAddr;

use capture::Unreached;
use diagnose::Culprit;
use ike::reason::Mismatch;
use ike::{Cleared, Impair, Reason};
use sim::{Alteration, Blame, Changed, Fault, PathFault, Setup, Switch};

use child::lacks;
pub use child::{pfs, sets};

/// Why something was dropped, refused or not begun: one line, no full stop.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::IkeDisabled => "IKEv1 is not enabled on this interface".into(),
        Reason::AggressiveModeDisabled => "inbound Aggressive Mode is switched off".into(),
        Reason::NoTunnelGroup { peer, identity: None } => {
            format!("no tunnel-group for {peer}, and no base group to fall back on")
        }
        Reason::NoTunnelGroup { peer, identity: Some(identity) } => {
            format!("no tunnel-group for {identity} or {peer}, and no base group to fall back on")
        }
        Reason::NoPreSharedKey { group } => format!("tunnel-group {group} has no pre-shared key"),
        Reason::NoUsablePolicy => "no policy with pre-shared keys, and signatures are not built".into(),
        Reason::NoProposalChosen { nearest } => match nearest.first().and_then(|near| near.differing.first())
        {
            Some(first) => format!(
                "no proposal chosen: {} {} offered, own policy has {}",
                first.attribute.name(),
                first.offered,
                first.own
            ),
            None => "no proposal chosen".into(),
        },
        Reason::IdentityRefused { got, want } => format!("it is {got}, the tunnel-group insists on {want}"),
        Reason::HashMismatch { message: Some(_) } => "decrypted, but its HASH is wrong".into(),
        Reason::NoChild(mismatch) => child::mismatch(mismatch),
        Reason::MapUnbound => "no crypto map is bound to this interface".into(),
        Reason::MapIncomplete(part) => format!("the crypto map entry is incomplete: {}", lacks(*part)),
        Reason::TransportOfNets => "transport mode is for hosts alone here, and its networks are more".into(),
        Reason::ChildDone => "its Quick Mode is done".into(),
        Reason::ChildGone => "its Quick Mode was given up here".into(),
        Reason::Malformed(error) => format!("malformed: {error}"),
        Reason::Undecryptable(error) => format!("decrypts to junk: {error}"),
        Reason::NoMarker => "no IKE message: the four zero bytes of port 4500 are missing".into(),
        Reason::Version(version) => format!("ISAKMP version {version}, not 1.0"),
        Reason::ReservedNotZero { offset, payload } => {
            format!("reserved byte is not zero at byte {offset} ({payload})")
        }
        Reason::NotBlocks { length, block } => {
            format!("{length} encrypted bytes are no whole number of {block}-byte blocks")
        }
        Reason::UnknownExchange(exchange) => format!("exchange type {exchange} is not part of phase 1"),
        Reason::UnknownCookies => "its cookies belong to no SA here".into(),
        Reason::RemovedSa => "its SA was removed before".into(),
        Reason::OutOfOrder(state) => format!("not expected in {state}"),
        Reason::MissingPayload(payload) => format!("the {payload} payload is missing"),
        Reason::SaNotFirst => "the SA payload is not the first".into(),
        Reason::UnsupportedIdentity(kind) => format!("an identity of type {kind} cannot be used"),
        Reason::WrongEncryption { encrypted: true } => "encrypted, and there are no keys yet".into(),
        Reason::WrongEncryption { encrypted: false } => "in clear where it must be encrypted".into(),
        Reason::BadPublicValue(error) => error.to_string(),
        Reason::NonceLength(length) => format!("a nonce of {length} bytes, allowed are 8 to 256"),
        Reason::ZeroCookie => "its initiator cookie is zero".into(),
        Reason::Reflected => "our own cookie or public value came back".into(),
        Reason::NotOffered => "it chose a transform that was not offered".into(),
        Reason::ForeignSpi => "its INITIAL_CONTACT names other cookies".into(),
        Reason::UnprotectedNotify(notify) => format!("{notify} in clear: logged, not obeyed"),
        Reason::TooMany => "too many negotiations at once".into(),
        Reason::HashMismatch { .. } => "its HASH is wrong".into(),
        Reason::Impaired => "ignored, as its impairment demands".into(),
    }
}

/// What an operator cleared.
pub fn cleared(what: Cleared) -> &'static str {
    match what {
        Cleared::Phase1 => "phase 1",
        Cleared::Phase2 => "phase 2",
        Cleared::All => "phase 1 and phase 2",
    }
}

/// The attributes in which an offer and an own policy differ, both values side by side.
pub fn mismatch(mismatch: &Mismatch) -> String {
    let differing: Vec<String> = mismatch
        .differing
        .iter()
        .map(|difference| {
            format!("{} offered {}, own {}", difference.attribute.name(), difference.offered, difference.own)
        })
        .collect();
    format!("policy {}: {}", mismatch.policy, differing.join("; "))
}

/// What lost or changed a datagram, in a few words.
pub fn blame(setup: &Setup, by: Blame) -> String {
    culprit(&Culprit::of(setup, by))
}

/// The same, with the fault at hand.
pub fn culprit(culprit: &Culprit) -> String {
    match culprit.by {
        Blame::Fault(_) => match &culprit.fault {
            // Two faults of one name, which the port tells apart.
            Some(Fault::Path(PathFault::BlockPort { port, .. })) => format!("block-port {port}"),
            Some(fault) => fault.kind().into(),
            None => "a fault".into(),
        },
        Blame::RandomLoss => "random loss".into(),
        Blame::RandomCorruption => "random corruption".into(),
        Blame::RandomDuplicate => "random duplicate".into(),
        Blame::RandomReorder => "random reorder".into(),
        Blame::NoHost => "nobody there".into(),
    }
}

/// What the network did to a datagram.
pub fn alteration(how: &Alteration) -> String {
    match how {
        Alteration::Delayed(by) => format!("held back {by:?}"),
        Alteration::Duplicated(after) => format!("a second copy {after:?} later"),
        Alteration::Corrupted { byte, bit } => format!("bit {bit} of byte {byte} flipped"),
        Alteration::Truncated(length) => format!("cut to {length} bytes"),
        Alteration::Translated { before, after } => format!("{before} became {after}"),
    }
}

/// What a defect does to a message.
pub fn impairment(what: Impair, message: &str) -> String {
    match what {
        Impair::OmitKe => format!("{message} has no KE payload"),
        Impair::EmptyKe => format!("the KE payload of {message} is empty"),
        Impair::ZeroKe => format!("the public value in {message} is zero"),
        Impair::EmptyHash => format!("the HASH payload of {message} is empty"),
        Impair::CorruptHash => format!("a bit of the HASH in {message} is flipped"),
        Impair::NonzeroReserved => format!("a reserved byte of {message} is not zero"),
        Impair::IgnoreMessage => format!("{message} is ignored"),
        Impair::NeverRetransmit => format!("{message} is never sent again"),
    }
}

/// What an operator's fault changed: the value in the scenario file's words, before and after.
pub fn changed(changed: &Changed) -> [String; 3] {
    // The length alone: traces and reports are passed on.
    let key = |characters: &usize| format!("a key of {characters} characters");
    match changed {
        Changed::Switched(switch) => {
            let name = match switch {
                Switch::Ike => "ike_enabled",
                Switch::AggressiveMode => "aggressive_mode",
                Switch::NatTraversal => "nat_traversal",
            };
            [name.into(), "true".into(), "false".into()]
        }
        Changed::Key { group, before, after } => [
            format!("tunnel-group {group} pre_shared_key"),
            key(before),
            after.as_ref().map_or("none".into(), key),
        ],
        Changed::GroupRemoved(group) => {
            [format!("tunnel-group {group}"), "configured".into(), "absent".into()]
        }
        Changed::GroupRenamed { before, after } => {
            ["tunnel-group".into(), before.to_string(), after.to_string()]
        }
        Changed::Policy { priority, before, after } => {
            [format!("policy {priority} {}", before.attribute()), before.to_string(), after.to_string()]
        }
        Changed::Map { sequence, before, after } => child::map_changed(*sequence, before, after),
        Changed::Peer { before, after } => ["peer".into(), before.to_string(), after.to_string()],
        Changed::PeerIdentity { group, before, after } => [
            format!("tunnel-group {group} peer_identity"),
            before.as_ref().map_or("any".into(), ToString::to_string),
            after.to_string(),
        ],
    }
}

/// `ICMP port unreachable from 192.0.2.1 about MSG1`.
pub fn refusal(what: Unreached, by: IpAddr, about: &str) -> String {
    format!("ICMP {} from {by} about {about}", unreached(what))
}

/// `1 message`, `2 messages`.
pub fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// `port unreachable`.
pub fn unreached(what: Unreached) -> &'static str {
    match what {
        Unreached::Port => "port unreachable",
        Unreached::Host => "host unreachable",
        Unreached::Network => "network unreachable",
        Unreached::Prohibited => "administratively prohibited",
    }
}
