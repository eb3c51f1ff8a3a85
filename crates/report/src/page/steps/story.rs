//! A step told in plain words: what such a step is for, and what is special where it is special here.

use ike::keymat::PreSharedKey;
use ike::reason::ReasonKind;
use ike::{ChildEvent, ChildMismatch, Event, Label, MessageName, Reason, Role, Sides};
use isakmp::{Padding, decode_chain};
use sim::{Datagram, Entry, Kind};

use super::super::known::parting;
use super::super::section::Section;
use super::super::side::{Opened, Side};

/// A sentence of the story.
pub(in super::super) struct Sentence {
    pub text: String,
    pub section: Option<Section>,
    /// It is about this run, not about any.
    pub here: bool,
}

impl Sentence {
    fn any(text: impl Into<String>, section: Section) -> Sentence {
        Sentence { text: text.into(), section: Some(section), here: false }
    }

    fn here(text: impl Into<String>) -> Sentence {
        Sentence { text: text.into(), section: None, here: true }
    }
}

/// What a step's story is made of.
pub(super) struct Scene<'s> {
    pub first: &'s Entry,
    pub others: &'s [&'s Entry],
    /// The same bytes came before.
    pub again: bool,
    /// Behind the step; of one side alone where the page shows one.
    pub sides: &'s Sides<Side>,
    pub both: bool,
    /// What the step's peer made of the message that arrived.
    pub opened: Option<&'s Opened>,
}

/// The sentences in order.
pub(super) fn story(scene: &Scene<'_>) -> Vec<Sentence> {
    let mut told = opening(scene);
    let events = scene.others.iter().filter_map(|entry| match &entry.kind {
        Kind::Engine(event) => event_told(event),
        Kind::Edited { .. }
        | Kind::Initiated
        | Kind::Sent(_)
        | Kind::Altered { .. }
        | Kind::Lost { .. }
        | Kind::Arrived(_)
        | Kind::Unreached { .. }
        | Kind::Cleared { .. }
        | Kind::Timer(_) => None,
    });
    told.extend(events);
    told.extend(junk(scene));
    told
}

fn opening(scene: &Scene<'_>) -> Vec<Sentence> {
    let told = match &scene.first.kind {
        Kind::Edited { .. } => Sentence::here(
            "The configuration is changed before the first message. Everything below follows from that: no message is scripted.",
        ),
        Kind::Initiated => Sentence::any(
            "Traffic that the tunnel is for makes the initiator begin: it makes up a cookie and sends its offer.",
            Section(2409, "5"),
        ),
        Kind::Arrived(_) if scene.again => Sentence::any(
            "The very bytes that came before. A duplicate proves only that its sender has no answer yet, or that the network doubled it; nothing is computed twice, and the IV does not move.",
            Section(2408, "5.1"),
        ),
        Kind::Arrived(datagram) => arrives(datagram),
        Kind::Timer(timer) if timer.is_last() => Sentence::any(
            "All resends went unanswered, so it gives up. From here it cannot tell whether they were lost, or read and dropped in silence.",
            Section(2408, "5.1"),
        ),
        Kind::Timer(_) => resend(),
        Kind::Sent(_)
        | Kind::Altered { .. }
        | Kind::Lost { .. }
        | Kind::Unreached { .. }
        | Kind::Cleared { .. }
        | Kind::Engine(_) => {
            return Vec::new();
        }
    };
    vec![told]
}

/// What a resend tells, and what it does not.
pub(in super::super) fn resend() -> Sentence {
    Sentence::any(
        "No answer came in time, so the very same bytes go out again; what is encrypted keeps its IV. A resend says that the answer is missing, not which of the two messages was lost.",
        Section(2408, "5.1"),
    )
}

fn arrives(datagram: &Datagram) -> Sentence {
    let (text, section) = match &datagram.label {
        Label::Message { name, .. } => return message(*name),
        Label::Notify { protected: true, .. } => {
            ("A notice under phase 1's keys: its HASH(1) proves that the peer sent it.", Section(2409, "5.7"))
        }
        Label::Notify { protected: false, .. } => (
            "A notice in clear. Anybody on the path could have made it, so whether it is obeyed is the vendor's choice.",
            Section(2408, "3.14"),
        ),
        Label::Delete { .. } => {
            ("The peer tells that an SA is gone; nothing is answered.", Section(2408, "3.15"))
        }
        Label::Foreign { .. } => {
            ("Not a message of this negotiation as its sender knows it.", Section(2408, "5.2"))
        }
    };
    Sentence::any(text, section)
}

/// What each message is for.
pub(in super::super) fn message(name: MessageName) -> Sentence {
    let (text, section) = match name {
        MessageName::MSG1 => (
            "The initiator proposes how to protect the negotiation, most wanted first. Nothing is secret yet.",
            Section(2409, "5.4"),
        ),
        MessageName::MSG2 => (
            "The responder takes one transform as it stands, and adds its cookie: from now on the pair of cookies names the SA.",
            Section(2409, "5.4"),
        ),
        MessageName::MSG3 => (
            "The initiator's half of the Diffie-Hellman exchange, and its nonce. The responder can compute g^xy from it, which never crosses the wire.",
            Section(2409, "5.4"),
        ),
        MessageName::MSG4 => (
            "The responder's half. Now both can compute g^xy, and from it, the nonces and the pre-shared key every other key.",
            Section(2409, "5.4"),
        ),
        MessageName::MSG5 => (
            "The first encrypted message: who the initiator is, and HASH_I, which proves that it has the pre-shared key and saw the same messages.",
            Section(2409, "5.4"),
        ),
        MessageName::MSG6 => (
            "The responder proves the same with HASH_R. When that verifies, phase 1 is up.",
            Section(2409, "5.4"),
        ),
        MessageName::AM1 => (
            "Offer, public value, nonce and identity in one message: half the round trips of Main Mode, but the identity goes in clear.",
            Section(2409, "5.4"),
        ),
        MessageName::AM2 => (
            "The choice, the responder's half, its identity and HASH_R, all in clear: whoever records it can try keys at leisure.",
            Section(2409, "5.4"),
        ),
        MessageName::AM3 => ("The initiator's proof; the first encrypted message.", Section(2409, "5.4")),
        MessageName::AM4 => (
            "The responder confirms, so that a lost third message shows on both sides (ikesim; no device does this).",
            Section(2408, "3.1"),
        ),
        MessageName::QM1 => (
            "Under phase 1's keys the initiator asks for a tunnel: for which traffic, with which transforms. HASH(1) proves that it asks.",
            Section(2409, "5.5"),
        ),
        MessageName::QM2 => (
            "The responder takes a transform and names its own SPI. HASH(2) covers the initiator's nonce, so it is no replay.",
            Section(2409, "5.5"),
        ),
        MessageName::QM3 => (
            "HASH(3) tells the responder that the initiator is alive and has the answer. Now both may send traffic.",
            Section(2409, "5.5"),
        ),
        _ => ("A message of an exchange under phase 1's keys.", Section(2408, "3.1")),
    };
    Sentence::any(text, section)
}

fn event_told(event: &Event) -> Option<Sentence> {
    match event {
        Event::Keys { .. } => Some(Sentence::any(
            "It derives its keys: SKEYID from the pre-shared key and both nonces, the others from SKEYID and g^xy. Two different pre-shared keys lead to two different sets, and nothing shows it yet.",
            Section(2409, "5"),
        )),
        Event::NatChecked { local: false, remote: false, .. } => Some(Sentence::any(
            "The NAT-D hashes are those of the addresses that it sees: no NAT on the way.",
            Section(3947, "3.2"),
        )),
        Event::NatChecked { .. } => Some(Sentence::any(
            "A NAT-D hash is not that of the address that it sees: a NAT has changed it, so both move to UDP 4500.",
            Section(3947, "4"),
        )),
        Event::NotifyReceived { notify, obeyed: false, protected: false, .. } if notify.is_error() => Some(
            Sentence::here("It is logged and not believed: the negotiation goes on as if nothing had come."),
        ),
        Event::Child { what: ChildEvent::Installed(_), .. } => Some(Sentence::any(
            "It makes KEYMAT, each direction's own: a prf under SKEYID_d over protocol, SPI and Quick Mode's nonces, and with PFS over a fresh g^xy in front of them. The tunnel's cipher and integrity keys are cut from it.",
            Section(2409, "5.5"),
        )),
        Event::Dropped { reason: Reason::NoChild(mismatch), .. }
        | Event::Refused { reason: Reason::NoChild(mismatch), .. } => {
            Some(Sentence::here(child_refused(mismatch)))
        }
        Event::Dropped { reason, .. } | Event::Refused { reason, .. } => refused(reason.kind()),
        Event::NotStarted(_)
        | Event::Created { .. }
        | Event::Entered { .. }
        | Event::Accepted { .. }
        | Event::Duplicate { .. }
        | Event::Chosen { .. }
        | Event::GroupFound { .. }
        | Event::Floated { .. }
        | Event::NotifyReceived { .. }
        | Event::DeleteReceived { .. }
        | Event::Child { .. }
        | Event::Ended { .. }
        | Event::Impaired { .. } => None,
    }
}

fn child_refused(mismatch: &ChildMismatch) -> &'static str {
    match mismatch {
        ChildMismatch::Transform { .. } => {
            "Here no offered transform set is one of its own: phase 1 is up, and its keys are not at fault."
        }
        ChildMismatch::Mode { .. } => "Here the one wants tunnel mode, the other transport mode.",
        ChildMismatch::Compression { .. } => "Here one side alone wants its packets compressed.",
        ChildMismatch::Pfs { .. } => "Here the PFS groups differ, or one side alone wants PFS.",
        ChildMismatch::Proxies { .. } => {
            "Here no line of its own is about these networks: each side's must be the mirror of the other's."
        }
        ChildMismatch::Incomplete(_) => "Here the entry that would fit is incomplete, so it is passed over.",
    }
}

/// What it means that a message is refused for such a reason.
fn refused(kind: ReasonKind) -> Option<Sentence> {
    let (_, text) = REFUSED.iter().find(|(reason, _)| *reason == kind)?;
    Some(Sentence::here(*text))
}

const REFUSED: [(ReasonKind, &str); 5] = [
    (
        ReasonKind::NoProposalChosen,
        "Here no transform of the offer is one of its own: cipher, key length, hash, group and method must all be the same in one policy.",
    ),
    (
        ReasonKind::HashMismatch,
        "Here the proof is another than the one it computes: the keys differ, or what the one side sent is not what the other received.",
    ),
    (ReasonKind::NoGroup, "Here it has no tunnel-group for this peer, so it has no key to go on with."),
    (
        ReasonKind::NoKey,
        "Here the tunnel-group for this peer has no pre-shared key, so nothing can be derived.",
    ),
    (
        ReasonKind::IdentityRefused,
        "Here the identity is not the one that this peer insists on: to have the key is not enough.",
    ),
];

/// Decrypted, and no payloads: what a wrong key looks like.
fn junk(scene: &Scene<'_>) -> Option<Sentence> {
    let Opened { first, plaintext } = scene.opened?;
    decode_chain(*first, plaintext, 0, Padding::Allowed).err()?;
    let psk = |role: Role| scene.sides[role].psk.as_ref().map(PreSharedKey::as_bytes);
    let why = match parting(scene.sides).filter(|_| scene.both) {
        Some("SKEYID") if psk(Role::Initiator) != psk(Role::Responder) => {
            "because the two pre-shared keys differ, and with them SKEYID and the cipher's key".to_owned()
        }
        Some(name) => format!("because {name} is another on each side, and with it the cipher's key"),
        None if scene.both => "because these are not the bytes that were encrypted".to_owned(),
        None => "which a wrong pre-shared key does, and damage on the way; from here the two look alike"
            .to_owned(),
    };
    Some(Sentence::here(format!(
        "Here it decrypts to junk, {why}. CBC has no check of its own: the first reserved byte or length that makes no sense is all there is to notice."
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_has_a_sentence_of_its_own() {
        let all = [
            MessageName::MSG1,
            MessageName::MSG2,
            MessageName::MSG3,
            MessageName::MSG4,
            MessageName::MSG5,
            MessageName::MSG6,
            MessageName::AM1,
            MessageName::AM2,
            MessageName::AM3,
            MessageName::AM4,
            MessageName::QM1,
            MessageName::QM2,
            MessageName::QM3,
        ];
        for name in all {
            assert!(!message(name).text.starts_with("A message of"), "{name}");
        }
    }
}
