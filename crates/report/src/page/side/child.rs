//! What one peer knows of one Quick Mode: what its hashes cover, and the child that comes of it.

use ike::crypto::DhGroup;
use ike::keymat::quick::{hash_1, hash_2, hash_3};
use ike::keymat::{Ni, Nr, SkeyidA};
use ike::{Agreed, ChildEvent, IpsecSa, MessageName, Powers, Role, Selectors, Sides, Streams};
use isakmp::{MessageId, Payload, PayloadType, encode_chain};

use ike::crypto::HashAlg;

/// A Quick Mode as its peer knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::page) struct Child {
    pub id: MessageId,
    /// Bodies of the nonces and public values, by their part in this Quick Mode.
    pub nonce: Sides<Option<Vec<u8>>>,
    pub public: Sides<Option<Vec<u8>>>,
    /// Behind the HASH payload of QM1 and of QM2, generic headers included.
    pub covered: Sides<Option<Vec<u8>>>,
    /// HASH(1) to HASH(3) that proved right here.
    pub hashes: [Option<Vec<u8>>; 3],
    pub selectors: Option<Selectors>,
    pub agreed: Option<Agreed>,
    pub sas: Vec<IpsecSa>,
    /// It was dropped again.
    pub gone: bool,
    /// Its peer's part in it.
    pub role: Option<Role>,
    /// Which of this peer's Quick Modes it is, from 0.
    number: u64,
}

/// Its own exchange of public values, for PFS.
pub(in crate::page) struct Half {
    pub exponent: Vec<u8>,
    pub peers: Vec<u8>,
    pub shared: Vec<u8>,
}

impl Child {
    pub fn new(id: MessageId, number: u64) -> Child {
        let (nonce, public, covered) = Default::default();
        Child {
            id,
            nonce,
            public,
            covered,
            hashes: [None, None, None],
            selectors: None,
            agreed: None,
            sas: Vec::new(),
            gone: false,
            role: None,
            number,
        }
    }

    pub fn hear(&mut self, event: &ChildEvent) {
        match event {
            ChildEvent::Opened { role, selectors } => {
                (self.role, self.selectors) = (Some(*role), Some(*selectors));
            }
            ChildEvent::Entered(_) => {}
            ChildEvent::Agreed(agreed) => {
                (self.agreed, self.selectors) = (Some(*agreed), Some(agreed.selectors));
            }
            ChildEvent::Installed(sas) => self.sas.clone_from(sas),
            ChildEvent::Ended { .. } => self.gone = true,
        }
    }

    /// Takes in a message whose HASH is right, and no other: of one that is not, nothing is known.
    pub fn learn(&mut self, hash: HashAlg, skeyid_a: &SkeyidA, name: MessageName, payloads: &[Payload]) {
        let Some((first, rest)) = payloads.split_first().filter(|(first, _)| first.kind == PayloadType::HASH)
        else {
            return;
        };
        let covered = encode_chain(rest);
        let body =
            |kind| rest.iter().find(|payload| payload.kind == kind).map(|payload| payload.body.clone());
        let (sender, slot) = match name {
            MessageName::QM1 => (Some(Role::Initiator), 0),
            MessageName::QM2 => (Some(Role::Responder), 1),
            MessageName::QM3 => (None, 2),
            _ => return,
        };
        if self.expected(hash, skeyid_a, slot, &covered).as_ref() != Some(&first.body) {
            return;
        }
        if let Some(hash) = self.hashes.get_mut(slot) {
            *hash = Some(first.body.clone());
        }
        if let Some(sender) = sender {
            self.covered[sender] = Some(covered);
            (self.nonce[sender], self.public[sender]) = (body(PayloadType::NONCE), body(PayloadType::KE));
        }
    }

    fn expected(&self, hash: HashAlg, skeyid_a: &SkeyidA, slot: usize, covered: &[u8]) -> Option<Vec<u8>> {
        let Sides { initiator, responder } = &self.nonce;
        let (ni, nr) = (initiator.clone().map(Ni), responder.clone().map(Nr));
        Some(match slot {
            0 => hash_1(hash, skeyid_a, self.id, covered),
            1 => hash_2(hash, skeyid_a, self.id, &ni?, covered),
            _ => hash_3(hash, skeyid_a, self.id, &ni?, &nr?),
        })
    }

    /// The engine does not tell the exponent; its stream, drawn from again, gives the same.
    pub fn half(&self, seed: u64, peer: Role) -> Option<Half> {
        let group: DhGroup = self.agreed?.pfs?;
        let role = self.role?;
        let (own, peers) = (self.public[role].as_ref()?, self.public[role.other()].clone()?);
        let private = Streams::new(seed, peer.name()).quick_exponent(group, self.number);
        let powers = Powers::none();
        // What does not fit the value that was sent is not told.
        let same = powers.public(group, &private) == *own;
        let shared = powers.shared(group, &private, &peers).ok().filter(|_| same)?;
        Some(Half { exponent: private.as_bytes().to_vec(), peers, shared })
    }
}
