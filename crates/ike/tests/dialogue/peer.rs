//! The far end, made by hand from RFC 2409: it builds, seals and opens messages with its own nonce, exponent
//! and IV, and so can send what no endpoint would.

use ike::crypto::{Cipher, DhGroup, HashAlg, Private};
use ike::keymat::{
    Gxi, Gxr, Gxy, HashInputs, IdiiB, IdirB, Keymat, Ni, Nr, PreSharedKey, SaiB, hash_1, hash_i, hash_r,
    skeyid_psk,
};
use ike::{Mode, NotifyType, Powers, Role, Streams};
use isakmp::{
    Body, Cookie, CookiePair, Doi, ExchangeType, Flags, Header, Message, MessageId, Notification, Padding,
    Payload, PayloadType, ProtocolId, decode_chain, encode_chain,
};

use super::bodies::{delete, identity, offer, transform};
use super::host::{KEY, PEER};

const HASH: HashAlg = HashAlg::Sha256;
const CIPHER: Cipher = Cipher::Aes128;
const GROUP: DhGroup = DhGroup::X25519;
const BLOCK: usize = 16;

#[derive(Clone)]
pub struct Peer {
    pub mode: Mode,
    pub cookies: CookiePair,
    pub key: Vec<u8>,
    /// Body of its ID payload.
    pub id: Vec<u8>,
    /// Body of its SA payload.
    pub sa: Vec<u8>,
    pub nonce: Vec<u8>,
    /// As responder: AM2 promises a fourth message.
    pub commit: bool,
    role: Role,
    private: Private,
    /// Bodies that both sides hash, own ones from the start, the host's as they come.
    sai_b: Vec<u8>,
    idii_b: Vec<u8>,
    kes: [Vec<u8>; 2],
    nonces: [Vec<u8>; 2],
    /// Last phase 1 ciphertext block; empty: none yet.
    last_block: Vec<u8>,
}

/// An initiator for a host that responds.
pub fn initiator(mode: Mode) -> Peer {
    Peer::new(Role::Initiator, mode, 1)
}

/// A responder for a host that initiates.
pub fn responder(mode: Mode) -> Peer {
    Peer::new(Role::Responder, mode, 1)
}

impl Peer {
    /// Peers of different numbers have different cookies, nonces and exponents.
    pub fn new(role: Role, mode: Mode, number: u8) -> Peer {
        let private = GROUP.private_from_stream(&mut Streams::new(u64::from(number), "peer").stream("dh", 0));
        let (cookie, nonce) = (Cookie([number, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7]), vec![number; 20]);
        let own = |value: &[u8]| match role {
            Role::Initiator => [value.to_vec(), Vec::new()],
            Role::Responder => [Vec::new(), value.to_vec()],
        };
        let cookies = match role {
            Role::Initiator => CookiePair { initiator: cookie, responder: Cookie::ZERO },
            Role::Responder => CookiePair { initiator: Cookie::ZERO, responder: cookie },
        };
        let (sa, id) = (offer(&[transform(1)]), identity(PEER));
        let (sai_b, idii_b) = match role {
            Role::Initiator => (sa.clone(), id.clone()),
            Role::Responder => (Vec::new(), Vec::new()),
        };
        let (kes, nonces) = (own(&Powers::none().public(GROUP, &private)), own(&nonce));
        Peer {
            mode,
            cookies,
            key: KEY.into(),
            id,
            sa,
            nonce,
            commit: true,
            role,
            private,
            sai_b,
            idii_b,
            kes,
            nonces,
            last_block: Vec::new(),
        }
    }

    /// Takes another identity, before it says anything.
    pub fn names_itself(&mut self, id: Vec<u8>) {
        self.id.clone_from(&id);
        self.idii_b = id;
    }

    pub fn answers(&self) -> bool {
        self.role == Role::Responder
    }

    /// The last message of the exchange that it sends by itself.
    pub fn last(&self) -> u8 {
        match (self.mode, self.role) {
            (Mode::Main, Role::Initiator) => 5,
            (Mode::Main, Role::Responder) => 6,
            (Mode::Aggressive, Role::Initiator) => 3,
            (Mode::Aggressive, Role::Responder) => 2,
        }
    }

    /// What message `number` is called.
    pub fn name(&self, number: u8) -> String {
        match self.mode {
            Mode::Main => format!("MSG{number}"),
            Mode::Aggressive => format!("AM{number}"),
        }
    }

    /// What message `number` carries.
    pub fn payloads(&self, number: u8) -> Vec<Payload> {
        let own = |values: &[Vec<u8>; 2]| values[usize::from(self.role == Role::Responder)].clone();
        let sa = || Payload::new(PayloadType::SA, self.sa.clone());
        let ke = || Payload::new(PayloadType::KE, own(&self.kes));
        let nonce = || Payload::new(PayloadType::NONCE, own(&self.nonces));
        let id = || Payload::new(PayloadType::ID, self.id.clone());
        let hash = || Payload::new(PayloadType::HASH, self.proof());
        match (self.mode, number) {
            (Mode::Main, 1 | 2) => vec![sa()],
            (Mode::Main, 3 | 4) => vec![ke(), nonce()],
            (Mode::Main, _) => vec![id(), hash()],
            (Mode::Aggressive, 1) => vec![sa(), ke(), nonce(), id()],
            (Mode::Aggressive, 2) => vec![sa(), ke(), nonce(), id(), hash()],
            (Mode::Aggressive, _) => vec![hash()],
        }
    }

    /// Message `number`, made but not counted: the IV stays where it is.
    pub fn message(&self, number: u8) -> Vec<u8> {
        self.encode(number, &self.payloads(number))
    }

    /// Message `number`, which counts.
    pub fn says(&mut self, number: u8) -> Vec<u8> {
        let bytes = self.message(number);
        self.counts(&bytes);
        bytes
    }

    /// A message of either side that counts: its last block is the next IV.
    pub fn counts(&mut self, bytes: &[u8]) {
        if self.is_sealed(bytes) {
            self.last_block = bytes[bytes.len() - BLOCK..].to_vec();
        }
    }

    fn is_sealed(&self, bytes: &[u8]) -> bool {
        let header = Header::decode(bytes).unwrap();
        header.exchange != ExchangeType::INFORMATIONAL && header.flags.contains(Flags::ENCRYPTION)
    }

    /// Message `number` with these payloads, sealed where the RFC has `HDR*`.
    pub fn encode(&self, number: u8, payloads: &[Payload]) -> Vec<u8> {
        let sealed = matches!((self.mode, number), (Mode::Main, 5 | 6) | (Mode::Aggressive, 3));
        if !sealed {
            return self.in_clear(number, payloads);
        }
        let ciphertext = self.encrypt(&self.iv(), payloads);
        let kind = payloads.first().map_or(PayloadType::NONE, |first| first.kind);
        Message::encrypted(self.cookies, self.exchange(), Flags::ENCRYPTION, MessageId(0), kind, ciphertext)
            .encode()
    }

    /// A sealed message with this many more bytes of padding than it needs.
    pub fn padded(&self, number: u8, more: usize) -> Vec<u8> {
        let payloads = self.payloads(number);
        let plain = [encode_chain(&payloads), vec![0; more]].concat();
        let ciphertext = CIPHER.encrypt(self.keys().cipher_key.as_bytes(), &self.iv(), &plain);
        let kind = payloads[0].kind;
        Message::encrypted(self.cookies, self.exchange(), Flags::ENCRYPTION, MessageId(0), kind, ciphertext)
            .encode()
    }

    /// Message `number` in clear, whatever the RFC says.
    pub fn in_clear(&self, number: u8, payloads: &[Payload]) -> Vec<u8> {
        let promises = self.mode == Mode::Aggressive && number == 2 && self.commit;
        let flags = if promises { Flags::COMMIT } else { Flags(0) };
        Message::clear(self.cookies, self.exchange(), flags, MessageId(0), payloads.to_vec()).encode()
    }

    fn exchange(&self) -> ExchangeType {
        match self.mode {
            Mode::Main => ExchangeType::MAIN,
            Mode::Aggressive => ExchangeType::AGGRESSIVE,
        }
    }

    /// The host's message: takes its cookie and its half, and moves the IV.
    pub fn hears(&mut self, bytes: &[u8]) {
        let message = Message::decode(bytes).unwrap();
        if let Body::Clear(payloads) = &message.body {
            match self.role {
                Role::Initiator => self.cookies.responder = message.header.cookies.responder,
                Role::Responder => self.cookies.initiator = message.header.cookies.initiator,
            }
            payloads.iter().for_each(|payload| self.learns(payload));
        }
        self.counts(bytes);
    }

    fn learns(&mut self, payload: &Payload) {
        let (other, body) = (usize::from(self.role == Role::Initiator), payload.body.clone());
        match payload.kind {
            PayloadType::KE => self.kes[other] = body,
            PayloadType::NONCE => self.nonces[other] = body,
            PayloadType::SA if self.role == Role::Responder => {
                self.sai_b.clone_from(&body);
                self.sa = body;
            }
            PayloadType::ID if self.role == Role::Responder => self.idii_b = body,
            _ => {}
        }
    }

    pub fn keys(&self) -> Keymat {
        let [gxi, gxr] = &self.kes;
        let theirs = if self.role == Role::Initiator { gxr } else { gxi };
        let gxy = Powers::none().shared(GROUP, &self.private, theirs).unwrap();
        let [ni, nr] = self.nonces.clone();
        let skeyid = skeyid_psk(HASH, &PreSharedKey::new(self.key.clone()), &Ni(ni), &Nr(nr));
        Keymat::derive(HASH, CIPHER, skeyid, &Gxy::new(gxy), self.cookies)
    }

    fn inputs(&self) -> HashInputs {
        let [gxi, gxr] = self.kes.clone();
        HashInputs { gxi: Gxi(gxi), gxr: Gxr(gxr), cookies: self.cookies, sai_b: SaiB(self.sai_b.clone()) }
    }

    /// HASH_I over an ID payload's body.
    pub fn hash_i(&self, id: &[u8]) -> Vec<u8> {
        hash_i(HASH, &self.keys().skeyid, &self.inputs(), &IdiiB(id.to_vec())).0
    }

    /// HASH_R over an ID payload's body.
    pub fn hash_r(&self, id: &[u8]) -> Vec<u8> {
        hash_r(HASH, &self.keys().skeyid, &self.inputs(), &IdirB(id.to_vec())).0
    }

    /// Its own proof.
    fn proof(&self) -> Vec<u8> {
        if self.answers() { self.hash_r(&self.id) } else { self.hash_i(&self.id) }
    }

    /// The next phase 1 message's IV. RFC 2409 appendix B: the last ciphertext block, at first hash(g^xi | g^xr).
    pub fn iv(&self) -> Vec<u8> {
        if !self.last_block.is_empty() {
            return self.last_block.clone();
        }
        let [gxi, gxr] = &self.kes;
        HASH.digest(&[gxi, gxr])[..BLOCK].to_vec()
    }

    /// Seals with an IV of the test's choice.
    pub fn encrypt(&self, iv: &[u8], payloads: &[Payload]) -> Vec<u8> {
        CIPHER.encrypt(self.keys().cipher_key.as_bytes(), iv, &encode_chain(payloads))
    }

    /// The payloads of a sealed message that the host sent: phase 1's under the IV as it stands now.
    pub fn opens(&self, bytes: &[u8]) -> Vec<Payload> {
        let message = Message::decode(bytes).unwrap();
        let Body::Encrypted(ciphertext) = &message.body else { panic!("in clear") };
        let iv = match message.header.exchange {
            ExchangeType::INFORMATIONAL => self.informational_iv(message.header.message_id.0),
            _ => self.iv(),
        };
        let plain = CIPHER.decrypt(self.keys().cipher_key.as_bytes(), &iv, ciphertext).unwrap();
        decode_chain(message.header.next_payload, &plain, 0, Padding::Allowed).unwrap()
    }

    /// The types of the notifies in a sealed Informational exchange, HASH(1) verified.
    pub fn reads(&self, bytes: &[u8]) -> Vec<NotifyType> {
        let payloads = self.opens(bytes);
        let id = Message::decode(bytes).unwrap().header.message_id;
        assert_ne!(id, MessageId(0), "the message id of another exchange");
        let (hash, rest) = payloads.split_first().unwrap();
        assert_eq!(hash.body, hash_1(HASH, &self.keys().skeyid_a, id, &encode_chain(rest)), "HASH(1)");
        rest.iter().map(|payload| Notification::decode(&payload.body).unwrap().notify_type).collect()
    }

    fn informational_iv(&self, id: u32) -> Vec<u8> {
        HASH.digest(&[&self.iv(), &id.to_be_bytes()])[..BLOCK].to_vec()
    }

    /// An Informational exchange under the keys: HASH(1) and one payload.
    pub fn sealed(&self, id: u32, payload: Payload) -> Vec<u8> {
        let covered = encode_chain(std::slice::from_ref(&payload));
        let hash = hash_1(HASH, &self.keys().skeyid_a, MessageId(id), &covered);
        self.sealed_with(id, &[Payload::new(PayloadType::HASH, hash), payload])
    }

    /// The same with the payloads as they are given.
    pub fn sealed_with(&self, id: u32, payloads: &[Payload]) -> Vec<u8> {
        let ciphertext = self.encrypt(&self.informational_iv(id), payloads);
        let (exchange, kind) = (ExchangeType::INFORMATIONAL, payloads[0].kind);
        Message::encrypted(self.cookies, exchange, Flags::ENCRYPTION, MessageId(id), kind, ciphertext)
            .encode()
    }

    /// AM4.
    pub fn connected(&self, id: u32) -> Vec<u8> {
        self.sealed(id, self.notify(NotifyType::CONNECTED))
    }

    /// An Informational exchange that nothing protects.
    pub fn informs_in_clear(&self, payload: Payload) -> Vec<u8> {
        Message::clear(self.cookies, ExchangeType::INFORMATIONAL, Flags(0), MessageId(0), vec![payload])
            .encode()
    }

    fn spi(&self) -> Vec<u8> {
        [self.cookies.initiator.0, self.cookies.responder.0].concat()
    }

    pub fn notify(&self, notify_type: NotifyType) -> Payload {
        let (doi, protocol, spi) = (Doi::IPSEC, ProtocolId::ISAKMP, self.spi());
        let value = Notification { doi, protocol, notify_type, spi, data: Vec::new() };
        Payload::new(PayloadType::N, value.encode())
    }

    /// A Delete of this ISAKMP SA.
    pub fn delete(&self) -> Payload {
        delete(ProtocolId::ISAKMP, self.spi())
    }
}
