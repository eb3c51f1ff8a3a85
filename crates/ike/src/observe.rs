//! The passive side: follows negotiations that others have, decrypts what a given cipher key allows, and
//! checks what given credentials allow. It never guesses: what it cannot know it says.

mod negotiation;
mod under;

use std::collections::BTreeMap;

use isakmp::{Body, Cookie, Error, Message, Payload, PayloadType, ProtocolId, SecurityAssociation, Version};

use crate::auth::{Credentials, Method};
use crate::config::Policy;
use crate::keymat::{ChildKey, CipherKey, SkeyidA, SkeyidD};
use crate::proposal::{OfferedTransform, mismatches};
use crate::reason::Mismatch;
use crate::state::Role;
use negotiation::Negotiation;

/// Follows every negotiation of a capture. Feed it the messages in their order.
#[derive(Clone, Debug, Default)]
pub struct Observer {
    /// Ka by initiator cookie: the cipher key of appendix B, not SKEYID_e.
    keys: BTreeMap<Cookie, CipherKey>,
    credentials: Option<Credentials>,
    /// By initiator cookie: for the hashes of exchanges under an SA.
    skeyid_a: BTreeMap<Cookie, SkeyidA>,
    /// By initiator cookie: for the keys of children.
    skeyid_d: BTreeMap<Cookie, SkeyidD>,
    /// By initiator cookie: the responder's is not known at first.
    negotiations: BTreeMap<Cookie, Negotiation>,
}

/// What could be learnt of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The message as it was on the wire.
    pub message: Message,
    /// The decrypted payloads, padding included; `None` where the message is in clear, or stayed closed.
    pub plaintext: Option<Vec<u8>>,
    /// The payloads, decrypted where that was possible; empty where it was not.
    pub payloads: Vec<Payload>,
    /// What the HASH payload, or a signature in its place, is worth; `None` where there is none to be seen.
    pub hash: Option<HashCheck>,
    /// Why an encrypted message stayed closed.
    pub closed: Option<Closed>,
    /// The SAs that this message makes, where `SKEYID_d` was given: those of Quick Mode's second message.
    pub sas: Vec<ChildSa>,
}

/// An SA of a child, as a listener knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildSa {
    /// ESP, AH or IPCOMP.
    pub protocol: ProtocolId,
    /// The one that its receiver chose; of IPCOMP the CPI.
    pub spi: Vec<u8>,
    /// Who receives on it, in the roles of this Quick Mode.
    pub receiver: Role,
    /// Its key. Secret.
    pub keymat: Result<ChildKey, NoKeymat>,
}

/// Why an SA's key does not follow from what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum NoKeymat {
    /// The shared value of this Quick Mode's own Diffie-Hellman exchange is in it, which no capture holds.
    #[error("PFS: the keys hang on a Diffie-Hellman value that no capture tells")]
    Pfs,
    /// IPCOMP has none, and of what is not known the length is not known.
    #[error("it has no key, or an algorithm whose key length is not known")]
    Transform,
}

/// What a HASH payload is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashCheck {
    /// It is what the given key makes it.
    Verified,
    /// It is not: another key, or a changed message.
    Wrong,
    /// What was given and seen is not enough to tell.
    Unknown,
    /// The peers chose a method whose proofs the given credentials are not for.
    OtherMethod(&'static Method),
}

/// Why an encrypted message stayed closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Closed {
    /// No key for this initiator cookie.
    #[error("no key was given for this initiator cookie")]
    NoKey,
    /// The capture lacks the messages that carry transform or public values.
    #[error("the capture lacks the messages in clear that the IV follows from")]
    Start,
    /// A cipher that is not built, or a key of another length.
    #[error("the cipher is not built, or the key has another length")]
    Cipher,
    /// Decrypted with every IV it could have, it is no payload chain.
    #[error("the key does not open it")]
    Junk,
}

impl Observer {
    /// An observer with these keys (Ka by initiator cookie) and what the peers prove themselves with.
    pub fn new(keys: BTreeMap<Cookie, CipherKey>, credentials: Option<Credentials>) -> Observer {
        Observer { keys, credentials, ..Observer::default() }
    }

    /// The same with SKEYID_a by initiator cookie, which the hashes of Quick Mode and of protected Informational
    /// exchanges are made with.
    #[must_use]
    pub fn with_skeyid_a(self, skeyid_a: BTreeMap<Cookie, SkeyidA>) -> Observer {
        Observer { skeyid_a, ..self }
    }

    /// The same with `SKEYID_d` by initiator cookie, which the keys of children are made with.
    #[must_use]
    pub fn with_skeyid_d(self, skeyid_d: BTreeMap<Cookie, SkeyidD>) -> Observer {
        Observer { skeyid_d, ..self }
    }

    /// The next message, without the non-ESP marker.
    ///
    /// # Errors
    /// Bytes that are no ISAKMP message.
    pub fn observe(&mut self, bytes: &[u8]) -> Result<Observed, Error> {
        let message = Message::decode(bytes)?;
        // The responder's cookie is no key: it is zero in the first message.
        let icookie = message.header.cookies.initiator;
        let negotiation = self.negotiations.entry(icookie).or_default();
        match &message.body {
            Body::Clear(payloads) => {
                let payloads = payloads.clone();
                negotiation.clear(&message.header, &payloads);
                let hash = negotiation.check(&message.header, &payloads, self.credentials.as_ref(), true);
                Ok(Observed { message, plaintext: None, payloads, hash, closed: None, sas: Vec::new() })
            }
            Body::Encrypted(ciphertext) => {
                let opened = match self.keys.get(&icookie) {
                    Some(key) => negotiation.open(&message.header, ciphertext, key),
                    None => Err(Closed::NoKey),
                };
                match opened {
                    Ok((plaintext, payloads, position)) => {
                        let header = &message.header;
                        let skeyid_a = self.skeyid_a.get(&icookie);
                        let under = skeyid_a
                            .and_then(|key| negotiation.check_under(header, &payloads, key, position));
                        let first = position == 0;
                        let check = || negotiation.check(header, &payloads, self.credentials.as_ref(), first);
                        let hash = under.or_else(check);
                        let sas = self.skeyid_d.get(&icookie);
                        let sas = sas.map(|key| negotiation.sas(header, key, position)).unwrap_or_default();
                        let plaintext = Some(plaintext);
                        Ok(Observed { message, plaintext, payloads, hash, closed: None, sas })
                    }
                    Err(closed) => {
                        let payloads = Vec::new();
                        let (closed, sas) = (Some(closed), Vec::new());
                        Ok(Observed { message, plaintext: None, payloads, hash: None, closed, sas })
                    }
                }
            }
        }
    }
}

/// Whether a UDP payload behind the marker looks like IKE version 1: long enough for a header of that
/// version. Version 2 and what is no IKE at all are not ours to read.
pub fn version_of(bytes: &[u8]) -> Option<Version> {
    // The version byte stands behind the cookies and the next-payload byte.
    bytes.get(17).map(|byte| Version(*byte))
}

/// The ISAKMP message in a datagram of IKE's ports; on 4500 it stands behind four zero bytes, and what has
/// none is ESP or a keepalive (RFC 3948 section 2).
pub fn isakmp_of(ports: [u16; 2], payload: &[u8]) -> Option<&[u8]> {
    if ports.contains(&500) {
        return Some(payload);
    }
    if ports.contains(&4500) { payload.strip_prefix(&[0; 4]) } else { None }
}

/// What the body of an SA payload offers; of a very long one the beginning.
pub fn transforms_of(body: &[u8]) -> Vec<OfferedTransform> {
    let Ok(offer) = SecurityAssociation::decode(body) else {
        return Vec::new();
    };
    let transforms = offer.proposals.iter().flat_map(|proposal| &proposal.transforms);
    // Nobody offers as many; a forged payload has room for thousands.
    transforms.take(MAX_TRANSFORMS).map(OfferedTransform::read).collect()
}

/// Where what the body of an SA payload offers differs from own policies: each pair, offer by offer; of a very long one the
/// beginning.
pub fn mismatches_of(body: &[u8], policies: &[Policy]) -> Vec<Mismatch> {
    let Ok(offer) = SecurityAssociation::decode(body) else {
        return Vec::new();
    };
    mismatches(&offer, policies).take(MAX_TRANSFORMS).collect()
}

/// Transforms of one offer that are read.
const MAX_TRANSFORMS: usize = 64;

fn find(payloads: &[Payload], kind: PayloadType) -> Option<&[u8]> {
    payloads.iter().find(|payload| payload.kind == kind).map(|payload| payload.body.as_slice())
}

#[cfg(test)]
mod tests {
    use isakmp::{
        Attribute, AttributeType, CookiePair, Doi, ExchangeType, Flags, MessageId, Proposal, ProtocolId,
        Situation, Transform, TransformId,
    };

    use super::*;
    use crate::keymat::PreSharedKey;

    /// AM2 with this method and this proof, before an observer that was given a pre-shared key.
    fn am2(method: u16, proof: PayloadType) -> Option<HashCheck> {
        let attributes = vec![Attribute::short(AttributeType::AUTHENTICATION, method)];
        let transforms = vec![Transform { number: 1, id: TransformId::KEY_IKE, attributes }];
        let proposal = Proposal { number: 1, protocol: ProtocolId::ISAKMP, spi: Vec::new(), transforms };
        let (doi, situation) = (Doi::IPSEC, Situation::IDENTITY_ONLY);
        let sa = SecurityAssociation { doi, situation, proposals: vec![proposal] };
        let payloads = vec![Payload::new(PayloadType::SA, sa.encode()), Payload::new(proof, vec![7; 20])];
        let cookies = CookiePair { initiator: Cookie([1; 8]), responder: Cookie([2; 8]) };
        let message =
            Message::clear(cookies, ExchangeType::AGGRESSIVE, Flags(0), MessageId(0), payloads).encode();
        let credentials = Credentials::PreShared(PreSharedKey::new(b"secret".to_vec()));
        Observer::new(BTreeMap::new(), Some(credentials)).observe(&message).unwrap().hash
    }

    #[test]
    fn a_proof_of_another_method_is_not_judged_with_a_pre_shared_key() {
        let named = |check| match check {
            Some(HashCheck::OtherMethod(method)) => method.name,
            other => panic!("{other:?}"),
        };
        assert_eq!(named(am2(3, PayloadType::SIG)), "rsa-sig");
        assert_eq!(named(am2(4, PayloadType::HASH)), "rsa-encr");
        // A method that nobody knows, and one of a pre-shared key without the rest of the handshake.
        assert_eq!(am2(600, PayloadType::HASH), Some(HashCheck::Unknown));
        assert_eq!(am2(65_001, PayloadType::HASH), Some(HashCheck::Unknown));
        assert_eq!(am2(1, PayloadType::SIG), None);
    }
}
