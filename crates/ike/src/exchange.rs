//! The negotiations: one file per exchange, both roles. A state owns exactly what is known by then.

pub(crate) mod aggressive;
pub(crate) mod informational;
pub(crate) mod main_mode;
mod nat;
mod suite;

use std::net::{IpAddr, SocketAddr};

use isakmp::{
    CookiePair, Flags, Header, Identification, Message, MessageId, Padding, Payload, PayloadType,
    SecurityAssociation,
};

pub(crate) use suite::Secrets;

use crate::config::{Config, Identity, TunnelGroup};
use crate::event::{Event, SaId};
use crate::impair::Impair;
use crate::keymat::PreSharedKey;
use crate::message_name::MessageName;
use crate::powers::Powers;
use crate::reason::Reason;
use crate::rng::Streams;
use crate::state::{Mode, State};

/// Where a negotiation is. The short-lived variants are the exchange, the last one is its result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Exchange {
    MainInitiator(main_mode::Initiator),
    MainResponder(main_mode::Responder),
    AggressiveInitiator(aggressive::Initiator),
    AggressiveResponder(aggressive::Responder),
    Active(IsakmpSa),
}

/// The result: an ISAKMP SA that protects Informational exchanges (and Quick Mode, which is not built).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct IsakmpSa {
    pub mode: Mode,
    pub secrets: Secrets,
    pub peer_identity: Identity,
}

/// What a handler may look at, and where it leaves its explanations.
pub(crate) struct Ctx<'a> {
    pub config: &'a Config,
    pub streams: &'a Streams,
    pub powers: &'a Powers,
    pub sa: SaId,
    pub cookies: CookiePair,
    /// Own and peer's address and port, as the datagram at hand shows them.
    pub path: Path,
    /// The address that the negotiation began with: whose key and identity it is about, wherever a later datagram
    /// comes from.
    pub peer: IpAddr,
    pub events: Vec<Event>,
}

/// Own end and the peer's end of a negotiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    pub local: SocketAddr,
    pub remote: SocketAddr,
}

/// The port of IKE inside NAT traversal (RFC 3947 section 4).
pub(crate) const NAT_T_PORT: u16 = 4500;

impl Path {
    /// The same two hosts on UDP 4500.
    pub fn floated(self) -> Path {
        let with_port = |address: SocketAddr| SocketAddr::new(address.ip(), NAT_T_PORT);
        Path { local: with_port(self.local), remote: with_port(self.remote) }
    }
}

/// An accepted message leads here.
pub(crate) struct Step {
    pub next: Exchange,
    /// The answer and its ISAKMP bytes.
    pub reply: Option<(MessageName, Vec<u8>)>,
    /// From the reply on, UDP 4500 is used.
    pub float: bool,
    /// The peer sent an authenticated INITIAL_CONTACT.
    pub initial_contact: bool,
}

impl Step {
    fn to(next: Exchange, reply: Option<(MessageName, Vec<u8>)>) -> Step {
        Step { next, reply, float: false, initial_contact: false }
    }
}

/// A message that is not accepted, with what is needed to protect a notify about it: `None` stands for the SA's.
pub(crate) struct Failure {
    pub reason: Reason,
    pub secrets: Option<Box<Secrets>>,
}

impl Failure {
    fn under(secrets: Secrets, reason: Reason) -> Failure {
        Failure { reason, secrets: Some(Box::new(secrets)) }
    }
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Failure {
        Failure { reason, secrets: None }
    }
}

impl Exchange {
    pub fn state(&self) -> State {
        match self {
            Exchange::MainInitiator(exchange) => exchange.state(),
            Exchange::MainResponder(exchange) => exchange.state(),
            Exchange::AggressiveInitiator(exchange) => exchange.state(),
            Exchange::AggressiveResponder(_) => State::AmWaitMsg3,
            Exchange::Active(sa) if sa.mode == Mode::Main => State::MmActive,
            Exchange::Active(_) => State::AmActive,
        }
    }

    /// The keys, where there are any yet.
    pub fn secrets(&self) -> Option<&Secrets> {
        match self {
            Exchange::MainInitiator(exchange) => exchange.secrets(),
            Exchange::MainResponder(exchange) => exchange.secrets(),
            Exchange::AggressiveInitiator(exchange) => exchange.secrets(),
            Exchange::AggressiveResponder(exchange) => Some(exchange.secrets()),
            Exchange::Active(sa) => Some(&sa.secrets),
        }
    }

    /// Handles the message that this state waits for.
    pub fn handle(&self, ctx: &mut Ctx<'_>, message: &Message) -> Result<Step, Failure> {
        match self {
            Exchange::MainInitiator(exchange) => exchange.handle(ctx, message),
            Exchange::MainResponder(exchange) => exchange.handle(ctx, message),
            Exchange::AggressiveInitiator(exchange) => exchange.handle(ctx, message),
            Exchange::AggressiveResponder(exchange) => exchange.handle(ctx, message),
            // Quick Mode would begin here; phase 1 has nothing more to hear.
            Exchange::Active(_) => Err(Reason::OutOfOrder(self.state()).into()),
        }
    }
}

impl<'a> Ctx<'a> {
    /// The payloads of a message that must be in clear, checked against the script.
    fn open_clear<'m>(&self, name: MessageName, message: &'m Message) -> Result<&'m [Payload], Reason> {
        match &message.body {
            isakmp::Body::Clear(payloads) => {
                self.check(name, payloads, Header::LEN)?;
                Ok(payloads)
            }
            // RFC 2409 5: the keys follow from these very messages, so none of them can be sealed.
            isakmp::Body::Encrypted(_) => Err(Reason::WrongEncryption { encrypted: true }),
        }
    }

    /// The payloads of an encrypted message, checked against the script, and the secrets with the IV moved
    /// behind it. The caller keeps those only if the message verifies.
    fn open_sealed(
        &self,
        name: MessageName,
        message: &Message,
        secrets: &Secrets,
    ) -> Result<(Vec<Payload>, Secrets), Reason> {
        // RFC 2409 5: HDR* means sealed: identities and proofs are not taken in clear.
        let isakmp::Body::Encrypted(ciphertext) = &message.body else {
            return Err(Reason::WrongEncryption { encrypted: false });
        };
        let (plaintext, after) = secrets.open(ciphertext)?;
        let payloads = isakmp::decode_chain(message.header.next_payload, &plaintext, 0, Padding::Allowed)
            .map_err(Reason::Undecryptable)?;
        self.check(name, &payloads, 0)?;
        Ok((payloads, after))
    }

    /// `base` is where the first payload stands.
    fn check(&self, name: MessageName, payloads: &[Payload], base: usize) -> Result<(), Reason> {
        // First: under a wrong key this byte is wrong before anything else, and a missing payload would say less.
        self.check_reserved(payloads, base)?;
        name.row().check(payloads)
    }

    /// Vendors differ in whether they look.
    fn check_reserved(&self, payloads: &[Payload], base: usize) -> Result<(), Reason> {
        if !self.config.profile.reserved_must_be_zero.value {
            return Ok(());
        }
        let mut offset = base + 1;
        for payload in payloads {
            // RFC 2408 3.2: the reserved byte of a generic header is zero.
            if payload.reserved != 0 {
                return Err(Reason::ReservedNotZero { offset, payload: payload.kind });
            }
            offset += payload.body.len() + 4;
        }
        Ok(())
    }

    /// Encodes a message; with `secrets` encrypts it and moves their IV. Defects that were asked for
    /// act here, between build and encode.
    fn seal(
        &mut self,
        name: MessageName,
        mut payloads: Vec<Payload>,
        secrets: Option<&mut Secrets>,
    ) -> Vec<u8> {
        // Before encryption: the peer must find the defect, and not a wrong key.
        self.impair(name, &mut payloads);
        // RFC 2408 3.1: the message id is 0 throughout phase 1.
        let (exchange, flags) = (name.exchange().wire(), self.flags(name));
        let Some(secrets) = secrets else {
            return Message::clear(self.cookies, exchange, flags, MessageId(0), payloads).encode();
        };
        let first = payloads.first().map_or(PayloadType::NONE, |payload| payload.kind);
        let ciphertext = secrets.seal(&isakmp::encode_chain(&payloads));
        let flags = flags.with(Flags::ENCRYPTION);
        Message::encrypted(self.cookies, exchange, flags, MessageId(0), first, ciphertext).encode()
    }

    /// The Commit bit promises the fourth message: set in AM2 alone, by a responder that confirms.
    fn flags(&self, name: MessageName) -> Flags {
        // RFC 2408 3.1: the Commit bit is set by who promises CONNECTED, and by nobody who only answers it.
        if name == MessageName::AM2 && self.config.confirm { Flags::COMMIT } else { Flags(0) }
    }

    /// Applies each configured defect that touches this message, and says which did.
    fn impair(&mut self, name: MessageName, payloads: &mut Vec<Payload>) {
        for (index, impairment) in self.config.impairments.iter().enumerate() {
            let meant = impairment.message.is_none_or(|message| message == name);
            if meant && apply(impairment.what, payloads) {
                self.events.push(Event::Impaired { index, what: impairment.what, message: name });
            }
        }
    }

    /// KEY and NONCE material of this SA: deterministic, named by purpose.
    fn nonce(&self) -> Vec<u8> {
        // One for each SA is enough: what is sent again is the same message.
        let mut nonce = vec![0; self.config.profile.nonce_len.value];
        self.streams.bytes("nonce", u64::from(self.sa.0), &mut nonce);
        nonce
    }

    /// The vendor ids among `ids` that this host sends, NAT traversal's only if both may use it.
    fn vendor_ids(&self, ids: &[crate::profile::VendorId], nat_traversal: bool) -> Vec<Payload> {
        let sent = ids.iter().filter(|id| nat_traversal || !id.nat_traversal);
        sent.map(|id| Payload::new(PayloadType::VID, id.bytes.to_vec())).collect()
    }

    /// Its own ID payload body.
    fn own_id(&self) -> Vec<u8> {
        self.config.own_identity().payload(self.config.profile.id_port.value).encode()
    }

    /// The tunnel-group for a peer known by address.
    fn group(&self) -> Option<&'a TunnelGroup> {
        // RFC 2409 5.4: in Main Mode the key is needed before the identity can be read: the address alone names it.
        self.config.group_by_address(self.peer)
    }

    /// The key of a tunnel-group that was looked up by the caller.
    fn key_of(
        &self,
        group: Option<&TunnelGroup>,
        identity: Option<Identity>,
    ) -> Result<PreSharedKey, Reason> {
        let peer = self.peer;
        let group = group.ok_or(Reason::NoTunnelGroup { peer, identity })?;
        group.pre_shared_key.clone().ok_or_else(|| Reason::NoPreSharedKey { group: group.name.to_string() })
    }

    fn say(&mut self, event: impl FnOnce(SaId) -> Event) {
        let event = event(self.sa);
        self.events.push(event);
    }
}

/// One defect on one message; false: it has nothing to act on.
fn apply(what: Impair, payloads: &mut Vec<Payload>) -> bool {
    let before = payloads.clone();
    let on = |kind: PayloadType, payloads: &mut Vec<Payload>, change: fn(&mut Vec<u8>)| {
        payloads
            .iter_mut()
            .filter(|payload| payload.kind == kind)
            .for_each(|payload| change(&mut payload.body));
    };
    match what {
        Impair::OmitKe => payloads.retain(|payload| payload.kind != PayloadType::KE),
        Impair::EmptyKe => on(PayloadType::KE, payloads, Vec::clear),
        Impair::ZeroKe => on(PayloadType::KE, payloads, |body| body.fill(0)),
        Impair::EmptyHash => on(PayloadType::HASH, payloads, Vec::clear),
        Impair::CorruptHash => on(PayloadType::HASH, payloads, |body| {
            body.iter_mut().take(1).for_each(|byte| *byte ^= 1);
        }),
        Impair::NonzeroReserved => payloads.iter_mut().take(1).for_each(|payload| payload.reserved = 1),
        // These act on what arrives and on timers.
        Impair::IgnoreMessage | Impair::NeverRetransmit => {}
    }
    *payloads != before
}

/// The body of the only payload of this kind; the script has checked that it is there.
fn body(payloads: &[Payload], kind: PayloadType) -> Result<&[u8], Reason> {
    let found = payloads.iter().find(|payload| payload.kind == kind);
    found.map(|payload| payload.body.as_slice()).ok_or(Reason::MissingPayload(kind))
}

/// The nonce, of a length that is allowed.
fn nonce_of(payloads: &[Payload]) -> Result<&[u8], Reason> {
    let nonce = body(payloads, PayloadType::NONCE)?;
    // RFC 2409 5: a nonce has 8 to 256 bytes.
    if (8..=256).contains(&nonce.len()) { Ok(nonce) } else { Err(Reason::NonceLength(nonce.len())) }
}

/// The SA payload: its body as received, and what it says.
fn sa_of(payloads: &[Payload]) -> Result<(&[u8], SecurityAssociation), Reason> {
    let sai_b = body(payloads, PayloadType::SA)?;
    let at = isakmp::body_offset(payloads, PayloadType::SA);
    let sa = SecurityAssociation::decode(sai_b).map_err(|error| Reason::Malformed(error.within(at)))?;
    Ok((sai_b, sa))
}

/// The identity in the ID payload.
fn identity_of(payloads: &[Payload]) -> Result<Identity, Reason> {
    let at = isakmp::body_offset(payloads, PayloadType::ID);
    let identification = Identification::decode(body(payloads, PayloadType::ID)?);
    let identification = identification.map_err(|error| Reason::Malformed(error.within(at)))?;
    Identity::from_payload(&identification).ok_or(Reason::UnsupportedIdentity(identification.id_type))
}

/// The identity is the one that the tunnel-group insists on, if it insists.
fn check_identity(group: Option<&TunnelGroup>, got: &Identity) -> Result<(), Reason> {
    // RFC 2408 5.8: an identity that is not acceptable ends the exchange, and its sender may be told.
    match group.and_then(|group| group.peer_identity.as_ref()) {
        Some(want) if want != got => Err(Reason::IdentityRefused { got: got.clone(), want: want.clone() }),
        _ => Ok(()),
    }
}
