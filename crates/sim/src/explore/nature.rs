//! What nature may do to a datagram beyond losing, doubling and delaying it: damage, and forgeries made from what is
//! to be seen on the wire.

use std::collections::BTreeMap;
use std::fmt;

use ike::{Label, MessageName, NotifyType, Role};
use isakmp::{
    Body, CookiePair, Delete, Doi, ExchangeType, Flags, Header, Message, MessageId, Notification, Payload,
    PayloadType, ProtocolId,
};

use crate::setup::Setup;
use crate::trace::{Datagram, Kind};

/// A change that nobody but its sender's keys could vouch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tamper {
    /// A bit of the initiator's cookie is flipped.
    InitiatorCookie,
    /// A bit of the responder's cookie is flipped.
    ResponderCookie,
    /// The lowest bit of the first byte behind the header is flipped.
    FirstByte,
    /// The reserved byte of the first payload is set.
    Reserved,
    /// The lowest bit of the second cipher block's first byte is flipped.
    SecondBlock,
    /// The lowest bit of the last byte is flipped.
    LastByte,
    /// The lowest bit of a HASH in clear is flipped.
    Hash,
    /// Forged: the halves of the body are swapped.
    HalvesSwapped,
    /// Forged: the encryption bit is cleared.
    EncryptionCleared,
    /// Forged: in clear, with nothing in it but a HASH made up.
    HashMadeUp,
    /// Forged: an error notify in clear under these cookies.
    ClearNotify,
    /// Forged: a Delete in clear under these cookies.
    ClearDelete,
    /// Forged: the same with the initiator's cookie as the responder's.
    EqualCookies,
    /// Forged: the same message of another run, byte for byte.
    OfAnotherRun,
    /// Forged: the same message of another run, under these cookies.
    OfAnotherRunHere,
    /// Forged: on port 4500 without the non-ESP marker.
    WithoutMarker,
}

/// Damage on the way: it takes the datagram's place.
pub(super) const DAMAGE: [Tamper; 7] = [
    Tamper::InitiatorCookie,
    Tamper::ResponderCookie,
    Tamper::FirstByte,
    Tamper::Reserved,
    Tamper::SecondBlock,
    Tamper::LastByte,
    Tamper::Hash,
];

/// Forgeries: they come beside it.
pub(super) const FORGERIES: [Tamper; 9] = [
    Tamper::HalvesSwapped,
    Tamper::EncryptionCleared,
    Tamper::HashMadeUp,
    Tamper::ClearNotify,
    Tamper::ClearDelete,
    Tamper::EqualCookies,
    Tamper::OfAnotherRun,
    Tamper::OfAnotherRunHere,
    Tamper::WithoutMarker,
];

impl Tamper {
    /// No side may become active by it. A missing marker alone changes nothing that a HASH covers.
    pub(super) fn proves_nothing(self) -> bool {
        self != Tamper::WithoutMarker
    }

    /// The RFCs forbid to accept it, whatever it says (RFC 2408 sections 2.5.3 and 3.2, RFC 3948 section 2.2).
    pub(super) fn breaks_form(self) -> bool {
        matches!(self, Tamper::Reserved | Tamper::EqualCookies | Tamper::WithoutMarker)
    }
}

impl fmt::Display for Tamper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Tamper::InitiatorCookie => "with a damaged initiator cookie",
            Tamper::ResponderCookie => "with a damaged responder cookie",
            Tamper::FirstByte => "damaged in its first byte",
            Tamper::Reserved => "with a reserved byte set",
            Tamper::SecondBlock => "damaged in its second block",
            Tamper::LastByte => "damaged in its last byte",
            Tamper::Hash => "damaged in its HASH",
            Tamper::HalvesSwapped => "forged, the halves of its body swapped",
            Tamper::EncryptionCleared => "forged, its encryption bit cleared",
            Tamper::HashMadeUp => "forged in clear, with a HASH made up",
            Tamper::ClearNotify => "answered by a forged notify in clear",
            Tamper::ClearDelete => "answered by a forged Delete in clear",
            Tamper::EqualCookies => "forged, with two equal cookies",
            Tamper::OfAnotherRun => "from another run",
            Tamper::OfAnotherRunHere => "from another run, under these cookies",
            Tamper::WithoutMarker => "without its marker",
        })
    }
}

/// What an adversary knows before the run.
#[derive(Clone, Debug)]
pub(super) struct Adversary {
    /// The messages of another run of the same setup, as somebody recorded them.
    recorded: BTreeMap<MessageName, Vec<u8>>,
    /// NAT-D payloads stand behind AM3's HASH.
    nat_d_in_am3: bool,
}

impl Adversary {
    pub fn of(setup: &Setup) -> Adversary {
        // Another seed gives other cookies, nonces and exponents; a flipped low bit keeps it below 2^63.
        let mut other = Setup { seed: setup.seed ^ 1, until: None, ..setup.clone() };
        // Chance could take a message that then was never recorded.
        other.network = crate::setup::Network::default();
        let (trace, _) = crate::run::run(&other, &ike::Powers::none());
        let sent = trace.entries().iter().filter_map(|entry| {
            let Kind::Sent(datagram) = &entry.kind else { return None };
            let Label::Message { name, .. } = datagram.label else { return None };
            Some((name, datagram.message().to_vec()))
        });
        // NAT-D is sent only where both announced NAT traversal.
        let nat_d_in_am3 = Role::BOTH.into_iter().all(|role| setup.hosts[role].nat_traversal);
        Adversary { recorded: sent.collect(), nat_d_in_am3 }
    }

    /// What stands behind AM2's and AM3's HASH is not covered by it: damage there proves no missing check.
    fn ends_outside_the_hash(&self, datagram: &Datagram) -> bool {
        let Label::Message { name, .. } = datagram.label else { return false };
        name == MessageName::AM2 || name == MessageName::AM3 && self.nat_d_in_am3
    }
}

/// The datagram after it was tampered with; `None` where that is not possible or changes nothing.
pub(super) fn tampered(datagram: &Datagram, how: Tamper, adversary: &Adversary) -> Option<Datagram> {
    let message = datagram.message();
    let header = Header::decode(message).ok()?;
    let encrypted = header.flags.contains(Flags::ENCRYPTION);
    let flipped = |at: usize| {
        let mut bytes = message.to_vec();
        *bytes.get_mut(at)? ^= 1;
        Some(bytes)
    };
    let bytes = match how {
        Tamper::InitiatorCookie => flipped(0),
        Tamper::ResponderCookie if header.cookies.responder.is_zero() => None,
        Tamper::ResponderCookie => flipped(8),
        Tamper::FirstByte if encrypted => flipped(Header::LEN),
        Tamper::FirstByte => None,
        // Under encryption that byte is ciphertext: the same damage as the first byte's.
        Tamper::Reserved if encrypted => None,
        Tamper::Reserved => flipped(Header::LEN + 1),
        // 16 is a bound between blocks for AES and DES alike.
        Tamper::SecondBlock if encrypted => flipped(Header::LEN + 16),
        Tamper::SecondBlock => None,
        Tamper::LastByte if adversary.ends_outside_the_hash(datagram) => None,
        Tamper::LastByte => flipped(message.len().checked_sub(1)?),
        Tamper::Hash => hash_damaged(message),
        Tamper::HalvesSwapped if encrypted => Some(halves_swapped(message)),
        Tamper::HalvesSwapped => None,
        Tamper::EncryptionCleared if encrypted => Some(with_header(
            message,
            Header { flags: Flags(header.flags.0 & !Flags::ENCRYPTION.0), ..header },
        )),
        Tamper::EncryptionCleared => None,
        Tamper::HashMadeUp if encrypted => Some(hash_made_up(header)),
        Tamper::HashMadeUp => None,
        Tamper::ClearNotify => Some(notify(header.cookies)),
        Tamper::ClearDelete => Some(delete(header.cookies)),
        Tamper::EqualCookies if header.cookies.responder.is_zero() => None,
        Tamper::EqualCookies => {
            let responder = header.cookies.initiator;
            Some(with_header(
                message,
                Header { cookies: CookiePair { responder, ..header.cookies }, ..header },
            ))
        }
        Tamper::OfAnotherRun => recorded(datagram, adversary).map(<[u8]>::to_vec),
        Tamper::OfAnotherRunHere => recorded(datagram, adversary).and_then(|bytes| {
            let recorded = Header::decode(bytes).ok()?;
            Some(with_header(bytes, Header { cookies: header.cookies, ..recorded }))
        }),
        Tamper::WithoutMarker => {
            let bytes = datagram.bytes.strip_prefix(&[0; 4])?;
            return Some(Datagram { bytes: bytes.into(), ..datagram.clone() });
        }
    }?;
    let changed = datagram.with_message(|message| *message = bytes);
    // Unchanged it would be a copy, which has a bound of its own.
    (changed.bytes != datagram.bytes).then_some(changed)
}

fn recorded<'r>(datagram: &Datagram, adversary: &'r Adversary) -> Option<&'r [u8]> {
    match datagram.label {
        Label::Message { name, .. } => adversary.recorded.get(&name).map(Vec::as_slice),
        Label::Notify { .. } | Label::Delete { .. } | Label::Foreign { .. } => None,
    }
}

fn with_header(message: &[u8], header: Header) -> Vec<u8> {
    [header.encode().as_slice(), message.get(Header::LEN..).unwrap_or_default()].concat()
}

/// Cut at a block of 16, which is a block of every cipher: each half still decrypts, behind another IV.
fn halves_swapped(message: &[u8]) -> Vec<u8> {
    let (header, body) = message.split_at_checked(Header::LEN).unwrap_or((message, &[]));
    let (first, second) = body.split_at_checked(body.len() / 32 * 16).unwrap_or((body, &[]));
    [header, second, first].concat()
}

fn hash_damaged(message: &[u8]) -> Option<Vec<u8>> {
    let mut message = Message::decode(message).ok()?;
    let Body::Clear(payloads) = &mut message.body else { return None };
    let hash = payloads.iter_mut().find(|payload| payload.kind == PayloadType::HASH)?;
    *hash.body.last_mut()? ^= 1;
    Some(message.encode())
}

/// Who has no keys can still write a last message in clear; as long as SHA-1's, so that length alone is not its fault.
fn hash_made_up(header: Header) -> Vec<u8> {
    let hash = Payload::new(PayloadType::HASH, vec![0; 20]);
    Message::clear(header.cookies, header.exchange, Flags(0), MessageId(0), vec![hash]).encode()
}

/// A refusal as a responder would send it, in clear.
fn notify(cookies: CookiePair) -> Vec<u8> {
    // Its SPI is the two cookies: who sees a datagram can name the SA.
    let value = Notification {
        doi: Doi::IPSEC,
        protocol: ProtocolId::ISAKMP,
        notify_type: NotifyType::NO_PROPOSAL_CHOSEN,
        spi: [cookies.initiator.0, cookies.responder.0].concat(),
        data: Vec::new(),
    };
    clear(cookies, Payload::new(PayloadType::N, value.encode()))
}

fn delete(cookies: CookiePair) -> Vec<u8> {
    let spi = [cookies.initiator.0, cookies.responder.0].concat();
    let value = Delete { doi: Doi::IPSEC, protocol: ProtocolId::ISAKMP, spi_size: 16, spis: vec![spi] };
    clear(cookies, Payload::new(PayloadType::D, value.encode()))
}

fn clear(cookies: CookiePair, payload: Payload) -> Vec<u8> {
    Message::clear(cookies, ExchangeType::INFORMATIONAL, Flags(0), MessageId(0), vec![payload]).encode()
}
