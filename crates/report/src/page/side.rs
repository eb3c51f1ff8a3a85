//! What one peer knows at a moment of the run, taken from what it sent and accepted.

mod child;

use std::collections::BTreeMap;

use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::iv::Iv;
use ike::keymat::{Gxi, Gxr, Keymat, PreSharedKey};
use ike::{Event, GroupName, Label, Role, Sides, Streams};
use isakmp::{
    Body, CookiePair, ExchangeType, Header, Message, MessageId, Payload, PayloadType, decode_chain,
};
use sim::{Datagram, Setup, Standing};

pub(super) use child::{Child, Half};

/// A peer's knowledge.
#[derive(Clone, Debug, Default)]
pub(super) struct Side {
    /// Where its newest event left it.
    pub standing: Standing,
    pub cookies: Option<CookiePair>,
    pub psk: Option<PreSharedKey>,
    /// The body of the initiator's SA payload.
    pub sai_b: Option<Vec<u8>>,
    /// Public values, nonces and identity bodies of both.
    pub public: Sides<Option<Vec<u8>>>,
    pub nonce: Sides<Option<Vec<u8>>>,
    pub identity: Sides<Option<Vec<u8>>>,
    /// Its own private exponent.
    pub exponent: Option<Vec<u8>>,
    /// Phase 1's IV, once there are keys.
    iv: Option<Iv>,
    /// And that of each exchange under it.
    chains: BTreeMap<MessageId, Iv>,
    pub first_iv: Option<Vec<u8>>,
    /// Its Quick Modes, in the order in which they began.
    pub children: Vec<Child>,
}

/// What a datagram's encrypted part says under a side's key.
pub(super) struct Opened {
    pub first: PayloadType,
    pub plaintext: Vec<u8>,
}

impl Side {
    pub fn gxy(&self) -> Option<Vec<u8>> {
        self.standing.keys.as_ref().map(|(gxy, _)| gxy.as_bytes().to_vec())
    }

    pub fn keymat(&self) -> Option<&Keymat> {
        self.standing.keys.as_ref().map(|(_, keymat)| &**keymat)
    }

    pub fn group(&self) -> Option<DhGroup> {
        self.standing.negotiated.map(|negotiated| negotiated.group)
    }

    pub fn hash(&self) -> Option<HashAlg> {
        self.standing.negotiated.map(|negotiated| negotiated.hash)
    }

    fn cipher(&self) -> Option<Cipher> {
        self.standing.negotiated.map(|negotiated| negotiated.encryption)
    }

    /// Takes in what the engine said.
    pub fn hear(&mut self, setup: &Setup, role: Role, event: &Event) {
        self.standing.hear(event);
        match event {
            Event::Created { cookies, .. } => self.cookies = Some(*cookies),
            Event::GroupFound { group, .. } => self.psk = psk(setup, role, group),
            Event::Keys { sa, .. } => {
                // The engine does not tell its exponent; its stream, drawn from again, gives the same.
                let stream = Streams::new(setup.seed, role.name());
                self.exponent = self.group().map(|group| stream.exponent(group, sa.0).as_bytes().to_vec());
            }
            Event::Child { child, what, .. } => self.child(*child).hear(what),
            Event::NotStarted(_)
            | Event::Entered { .. }
            | Event::Accepted { .. }
            | Event::Duplicate { .. }
            | Event::Chosen { .. }
            | Event::NatChecked { .. }
            | Event::Floated { .. }
            | Event::Dropped { .. }
            | Event::Refused { .. }
            | Event::NotifyReceived { .. }
            | Event::DeleteReceived { .. }
            | Event::Ended { .. }
            | Event::Impaired { .. } => {}
        }
    }

    fn child(&mut self, id: MessageId) -> &mut Child {
        let number = self.children.iter().position(|child| child.id == id).unwrap_or_else(|| {
            let number = self.children.len();
            self.children.push(Child::new(id, number as u64));
            number
        });
        #[expect(clippy::indexing_slicing, reason = "it was found, or pushed")]
        &mut self.children[number]
    }

    /// Takes in a message of Quick Mode that was opened here, whatever became of it.
    pub fn learn_quick(&mut self, datagram: &Datagram, opened: &Opened) {
        let Ok(header) = Header::decode(datagram.message()) else { return };
        let (Some(name), Some(hash)) = (datagram.label.message(), self.hash()) else { return };
        let Some(skeyid_a) = self.keymat().map(|keymat| keymat.skeyid_a.clone()) else { return };
        let payloads = decode_chain(opened.first, &opened.plaintext, 0, isakmp::Padding::Allowed);
        if let (true, Ok(payloads)) = (header.exchange == ExchangeType::QUICK, payloads) {
            self.child(header.message_id).learn(hash, &skeyid_a, name, &payloads);
        }
    }

    /// Takes in a message that this side sent, or accepted from its peer.
    pub fn learn(&mut self, datagram: &Datagram) {
        let Ok(message) = Message::decode(datagram.message()) else { return };
        self.cookies = Some(message.header.cookies);
        match &message.body {
            Body::Clear(payloads) => self.keep(datagram.sender, payloads),
            Body::Encrypted(ciphertext) if matches!(datagram.label, Label::Message { .. }) => {
                let opened = self.open(datagram);
                let id = message.header.message_id;
                if let Some(iv) = self.chain(id) {
                    self.keep_iv(id, iv.after(ciphertext));
                }
                // Quick Mode's nonces and identities are its own, and no part of phase 1's hashes.
                let opened = opened.filter(|_| id == MessageId(0));
                let payloads = opened.and_then(|opened| {
                    decode_chain(opened.first, &opened.plaintext, 0, isakmp::Padding::Allowed).ok()
                });
                self.keep(datagram.sender, &payloads.unwrap_or_default());
            }
            Body::Encrypted(_) => {}
        }
        self.begin_iv();
    }

    fn keep(&mut self, sender: Role, payloads: &[Payload]) {
        for Payload { kind, body, .. } in payloads {
            let slot = match *kind {
                PayloadType::KE => Some(&mut self.public[sender]),
                PayloadType::NONCE => Some(&mut self.nonce[sender]),
                PayloadType::ID => Some(&mut self.identity[sender]),
                // Both hashes cover the offer, never the answer.
                PayloadType::SA if sender == Role::Initiator => Some(&mut self.sai_b),
                _ => None,
            };
            slot.into_iter().for_each(|slot| *slot = Some(body.clone()));
        }
    }

    /// The IV with which the next message of an exchange is opened.
    fn chain(&self, id: MessageId) -> Option<Iv> {
        let phase1 = self.iv.as_ref()?;
        if id == MessageId(0) {
            return Some(phase1.clone());
        }
        let known = self.chains.get(&id).cloned();
        known.or_else(|| Some(Iv::under(self.hash()?, phase1, id)))
    }

    fn keep_iv(&mut self, id: MessageId, iv: Iv) {
        if id == MessageId(0) {
            self.iv = Some(iv);
        } else {
            self.chains.insert(id, iv);
        }
    }

    fn begin_iv(&mut self) {
        // Made of the public values once; from then on each message's last block is the next IV.
        if let (None, Some(hash), Some(cipher), Sides { initiator: Some(gxi), responder: Some(gxr) }) =
            (&self.iv, self.hash(), self.cipher(), &self.public)
        {
            let iv = Iv::initial(hash, &Gxi(gxi.clone()), &Gxr(gxr.clone()), cipher.block_len());
            self.first_iv = Some(iv.current().to_vec());
            self.iv = Some(iv);
        }
    }

    /// Decrypts with this side's key and IV, whether or not anything sensible comes out.
    pub fn open(&mut self, datagram: &Datagram) -> Option<Opened> {
        self.begin_iv();
        let message = Message::decode(datagram.message()).ok()?;
        let Body::Encrypted(ciphertext) = &message.body else { return None };
        let iv = self.chain(message.header.message_id)?;
        let key = self.keymat()?.cipher_key.as_bytes();
        let plaintext = self.cipher()?.decrypt(key, iv.current(), ciphertext).ok()?;
        Some(Opened { first: message.header.next_payload, plaintext })
    }
}

fn psk(setup: &Setup, role: Role, name: &GroupName) -> Option<PreSharedKey> {
    let groups = &setup.hosts[role].tunnel_groups;
    groups.iter().find(|group| group.name == *name)?.pre_shared_key.clone()
}
