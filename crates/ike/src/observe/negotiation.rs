//! What a listener knows of one negotiation.

use std::collections::BTreeMap;

use isakmp::{
    Attribute, AttributeType, CookiePair, ExchangeType, HashAlgorithm, Header, MessageId, Padding, Payload,
    PayloadType, SecurityAssociation, decode_chain,
};

use super::under::Quick;
use super::{ChildSa, Closed, HashCheck, find};
use crate::auth::{Credentials, Method};
use crate::crypto::{Cipher, HashAlg};
use crate::iv::{Iv, phase2_iv};
use crate::keymat::{
    CipherKey, Gxi, Gxr, HashInputs, IdiiB, IdirB, Ni, Nr, SaiB, SkeyidA, SkeyidD, hash_i, hash_r, verify,
};

/// Bodies by the order in which they were first seen: the initiator's, then the responder's.
#[derive(Clone, Debug, Default)]
struct Pair(Vec<Vec<u8>>);

impl Pair {
    fn note(&mut self, body: &[u8]) {
        // A retransmission brings a value again, and a third one belongs to neither side.
        if self.0.len() < 2 && !self.0.iter().any(|known| known == body) {
            self.0.push(body.to_vec());
        }
    }

    fn both<I, R>(&self, of_initiator: fn(Vec<u8>) -> I, of_responder: fn(Vec<u8>) -> R) -> Option<(I, R)> {
        match self.0.as_slice() {
            [initiator, responder] => {
                Some((of_initiator(initiator.clone()), of_responder(responder.clone())))
            }
            _ => None,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Negotiation {
    ke: Pair,
    nonce: Pair,
    /// Of the first SA payload.
    offer: Option<SaiB>,
    /// Of AM1.
    initiator_id: Option<IdiiB>,
    /// The algorithms of the answer.
    chosen: Option<(u16, HashAlg)>,
    /// The authentication method of the answer.
    method: Option<u64>,
    cookies: Option<CookiePair>,
    /// Ciphertexts of phase 1 that opened, in order; the IV follows from the last block of each.
    phase_1: Vec<Vec<u8>>,
    /// The same for every other exchange.
    others: BTreeMap<MessageId, Vec<Vec<u8>>>,
    /// What was seen of each Quick Mode.
    quick: BTreeMap<MessageId, Quick>,
}

impl Negotiation {
    /// A message in clear.
    pub fn clear(&mut self, header: &Header, payloads: &[Payload]) {
        if !is_phase_1(header) {
            return;
        }
        let answer = !header.cookies.responder.is_zero();
        if answer {
            // The first answer counts, as it does for the initiator.
            self.cookies.get_or_insert(header.cookies);
        }
        if let Some(body) = find(payloads, PayloadType::KE) {
            self.ke.note(body);
        }
        if let Some(body) = find(payloads, PayloadType::NONCE) {
            self.nonce.note(body);
        }
        match find(payloads, PayloadType::SA) {
            Some(body) if answer => {
                self.chosen = self.chosen.or_else(|| algorithms(body));
                self.method = self.method.or_else(|| value(body, AttributeType::AUTHENTICATION));
            }
            Some(body) => {
                self.offer.get_or_insert_with(|| SaiB(body.to_vec()));
                let id = find(payloads, PayloadType::ID).map(|body| IdiiB(body.to_vec()));
                self.initiator_id = self.initiator_id.take().or(id);
            }
            None => {}
        }
    }

    /// Opens an encrypted message: its plaintext and payloads, and its place among the exchange's encrypted ones.
    pub fn open(
        &mut self,
        header: &Header,
        ciphertext: &[u8],
        key: &CipherKey,
    ) -> Result<(Vec<u8>, Vec<Payload>, usize), Closed> {
        let (algorithm, hash) = self.chosen.ok_or(Closed::Start)?;
        let (gxi, gxr) = self.ke.both(Gxi, Gxr).ok_or(Closed::Start)?;
        // The key that was given tells the length, so that the attribute need not be believed.
        let fits =
            |cipher: &Cipher| cipher.assigned().0.0 == algorithm && cipher.key_len() == key.as_bytes().len();
        let cipher = Cipher::ALL.into_iter().find(fits).ok_or(Closed::Cipher)?;
        let initial = Iv::initial(hash, &gxi, &gxr, cipher.block_len());
        let ivs = self.ivs(header, &initial, hash, cipher.block_len());
        let opened = ivs.into_iter().find_map(|iv| {
            let plaintext = cipher.decrypt(key.as_bytes(), &iv, ciphertext).ok()?;
            let payloads = decode_chain(header.next_payload, &plaintext, 0, Padding::Allowed).ok()?;
            // A wrong IV spoils the first block, where the first payload's header stands.
            let sane = payloads.first().is_some_and(|first| first.reserved == 0);
            sane.then_some((plaintext, payloads))
        });
        let (plaintext, payloads) = opened.ok_or(Closed::Junk)?;
        let list = if is_phase_1(header) {
            &mut self.phase_1
        } else {
            self.others.entry(header.message_id).or_default()
        };
        // A retransmission must not count twice: the next IV comes from the last new message.
        if !list.iter().any(|known| known == ciphertext) {
            list.push(ciphertext.to_vec());
        }
        let position = list.iter().position(|known| known == ciphertext).unwrap_or_default();
        if header.exchange == ExchangeType::QUICK {
            self.quick.entry(header.message_id).or_default().note(position, &payloads);
        }
        Ok((plaintext, payloads, position))
    }

    /// Every IV that the next message could have, the likeliest first. A repeated message has the IV it had
    /// the first time.
    fn ivs(&self, header: &Header, initial: &Iv, hash: HashAlg, block: usize) -> Vec<Vec<u8>> {
        let behind = |list: &[Vec<u8>]| -> Vec<Vec<u8>> {
            // Newest first: the message at hand most likely follows the last one.
            list.iter().rev().map(|text| initial.after(text).current().to_vec()).collect()
        };
        let mut phase_1 = behind(&self.phase_1);
        phase_1.push(initial.current().to_vec());
        if is_phase_1(header) {
            return phase_1;
        }
        let mut ivs = self.others.get(&header.message_id).map(|list| behind(list)).unwrap_or_default();
        ivs.extend(phase_1.iter().map(|last| phase2_iv(hash, last, header.message_id, block)));
        ivs
    }

    /// What the HASH payload of a message is worth. `first`: no other encrypted message came before it.
    pub fn check(
        &self,
        header: &Header,
        payloads: &[Payload],
        credentials: Option<&Credentials>,
        first: bool,
    ) -> Option<HashCheck> {
        let method = self.method.filter(|_| is_phase_1(header)).map(Method::from_number);
        let got = find(payloads, PayloadType::HASH);
        if let Some(Some(method)) = method
            && !method.is_pre_shared()
        {
            let proof = got.or_else(|| find(payloads, PayloadType::SIG));
            return proof.map(|_| HashCheck::OtherMethod(method));
        }
        let got = got?;
        let known = is_phase_1(header) && method != Some(None);
        let expected = credentials.filter(|_| known);
        let expected = expected.and_then(|with| self.expected(header, payloads, with, first));
        Some(match expected {
            Some(expected) if verify(&expected, got) => HashCheck::Verified,
            Some(_) => HashCheck::Wrong,
            None => HashCheck::Unknown,
        })
    }

    /// The same for an exchange under the SA.
    pub fn check_under(
        &self,
        header: &Header,
        payloads: &[Payload],
        skeyid_a: &SkeyidA,
        position: usize,
    ) -> Option<HashCheck> {
        let (_, hash) = self.chosen.filter(|_| !is_phase_1(header))?;
        let none = Quick::default();
        let quick = self.quick.get(&header.message_id).unwrap_or(&none);
        quick.check((hash, skeyid_a), header, payloads, position)
    }

    /// The SAs that the message at this position of its Quick Mode makes: those of the answer, which is the second.
    pub fn sas(&self, header: &Header, skeyid_d: &SkeyidD, position: usize) -> Vec<ChildSa> {
        let quick = self.quick.get(&header.message_id).filter(|_| position == 1);
        let (Some((_, hash)), Some(quick)) = (self.chosen, quick) else {
            return Vec::new();
        };
        quick.sas(hash, skeyid_d)
    }

    /// In Aggressive Mode HASH_R stands beside an identity (AM2) and HASH_I does not (AM3); in Main Mode
    /// HASH_I comes first. `None`: something is missing.
    fn expected(
        &self,
        header: &Header,
        payloads: &[Payload],
        credentials: &Credentials,
        first: bool,
    ) -> Option<Vec<u8>> {
        let (_, hash) = self.chosen?;
        let (gxi, gxr) = self.ke.both(Gxi, Gxr)?;
        let (ni, nr) = self.nonce.both(Ni, Nr)?;
        let (cookies, sai_b) = (self.cookies?, self.offer.clone()?);
        let skeyid = credentials.skeyid(hash, &ni, &nr);
        let inputs = HashInputs { gxi, gxr, cookies, sai_b };
        let by_initiator = |idii_b: &IdiiB| hash_i(hash, &skeyid, &inputs, idii_b).0;
        let by_responder = |idir_b: &IdirB| hash_r(hash, &skeyid, &inputs, idir_b).0;
        let own_id = find(payloads, PayloadType::ID).map(<[u8]>::to_vec);
        match (header.exchange == ExchangeType::AGGRESSIVE, own_id) {
            // AM3 alone comes without an identity: AM1 had it.
            (true, None) => self.initiator_id.as_ref().map(by_initiator),
            (false, Some(id)) if first => Some(by_initiator(&IdiiB(id))),
            (_, Some(id)) => Some(by_responder(&IdirB(id))),
            (false, None) => None,
        }
    }
}

fn is_phase_1(header: &Header) -> bool {
    [ExchangeType::MAIN, ExchangeType::AGGRESSIVE].contains(&header.exchange)
}

/// Encryption and hash algorithm of the chosen transform.
fn algorithms(body: &[u8]) -> Option<(u16, HashAlg)> {
    let number = |kind| u16::try_from(value(body, kind)?).ok();
    let hash = HashAlg::from_assigned(HashAlgorithm(number(AttributeType::HASH)?))?;
    Some((number(AttributeType::ENCRYPTION)?, hash))
}

/// An attribute of the chosen transform.
fn value(body: &[u8], kind: AttributeType) -> Option<u64> {
    // An answer has one proposal with one transform: what was chosen.
    let answer = SecurityAssociation::decode(body).ok()?;
    let attributes = &answer.proposals.first()?.transforms.first()?.attributes;
    attributes.iter().find(|attribute| attribute.kind == kind).and_then(Attribute::as_u64)
}
