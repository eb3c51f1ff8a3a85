//! What an exchange has at hand while it handles one message: it opens, checks, seals.

use std::net::IpAddr;

use isakmp::{CookiePair, Flags, Header, Message, MessageId, Padding, Payload, PayloadType};

use super::Path;
use super::suite::Secrets;
use crate::auth::{self, Found};
use crate::config::{Config, TunnelGroup};
use crate::event::{Event, SaId};
use crate::impair::Impair;
use crate::message_name::MessageName;
use crate::powers::Powers;
use crate::profile::InitialContact;
use crate::reason::Reason;
use crate::rng::Streams;

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

impl<'a> Ctx<'a> {
    /// The payloads of a message that must be in clear, checked against the script.
    pub(super) fn open_clear<'m>(
        &self,
        name: MessageName,
        message: &'m Message,
    ) -> Result<&'m [Payload], Reason> {
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
    pub(super) fn open_sealed(
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
        // Zeros may follow the chain: they filled the last block, and nothing says how many there are.
        let payloads = isakmp::decode_chain(message.header.next_payload, &plaintext, 0, Padding::Allowed)
            .map_err(Reason::Undecryptable)?;
        self.check(name, &payloads, 0)?;
        Ok((payloads, after))
    }

    /// `base` is where the first payload stands.
    pub(super) fn check(&self, name: MessageName, payloads: &[Payload], base: usize) -> Result<(), Reason> {
        // First: under a wrong key this byte is wrong before anything else, and a missing payload would say less.
        self.check_reserved(payloads, base)?;
        // An offer of any other method was refused, or never made.
        name.row().check(auth::BUILT.method(), payloads)
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
    pub(super) fn seal(
        &mut self,
        name: MessageName,
        mut payloads: Vec<Payload>,
        secrets: Option<&mut Secrets>,
    ) -> Vec<u8> {
        // Before encryption: the peer must find the defect, and not a wrong key.
        self.impair(name, &mut payloads);
        // RFC 2408 3.1: the message id is 0 throughout phase 1.
        let (exchange, flags) = (name.exchange().assigned(), self.flags(name));
        let Some(secrets) = secrets else {
            return Message::clear(self.cookies, exchange, flags, MessageId(0), payloads).encode();
        };
        let first = payloads.first().map_or(PayloadType::NONE, |payload| payload.kind);
        // The header stays readable: it alone says which SA opens the rest.
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
    pub(super) fn impair(&mut self, name: MessageName, payloads: &mut Vec<Payload>) {
        for (index, impairment) in self.config.impairments.iter().enumerate() {
            let meant = impairment.message.is_none_or(|message| message == name);
            if meant && apply(impairment.what, payloads) {
                self.events.push(Event::Impaired { index, what: impairment.what, message: name });
            }
        }
    }

    /// KEY and NONCE material of this SA: deterministic, named by purpose.
    pub(super) fn nonce(&self) -> Vec<u8> {
        // One for each SA is enough: what is sent again is the same message.
        let mut nonce = vec![0; self.config.profile.nonce_len.value];
        self.streams.bytes("nonce", u64::from(self.sa.0), &mut nonce);
        nonce
    }

    /// The vendor ids among `ids` that this host sends, NAT traversal's only if both may use it.
    pub(super) fn vendor_ids(&self, ids: &[crate::profile::VendorId], nat_traversal: bool) -> Vec<Payload> {
        // NAT traversal is announced by these alone: to keep still is to have it switched off.
        let sent = ids.iter().filter(|id| nat_traversal || !id.nat_traversal);
        sent.map(|id| Payload::new(PayloadType::VID, id.bytes.to_vec())).collect()
    }

    /// Its own ID payload body.
    pub(super) fn own_id(&self) -> Vec<u8> {
        self.config.own_identity().payload(self.config.profile.id_port.value).encode()
    }

    /// What is configured for a peer known by address.
    pub(super) fn found(&self) -> Found<'a> {
        auth::lookup(self.config, self.peer, None)
    }

    /// The tunnel-group for a peer known by address.
    pub(super) fn group(&self) -> Option<&'a TunnelGroup> {
        self.config.group_by_address(self.peer)
    }

    /// Whether this initiator's last message says that it has no other SA with the peer (RFC 2407 section 4.6.3.3).
    pub(super) fn says_initial_contact(&self, message: MessageName) -> bool {
        let in_phase_1 = message.mode().is_some();
        match self.config.profile.initial_contact.value {
            InitialContact::Never => false,
            InitialContact::Always => in_phase_1,
            InitialContact::InQuickMode => !in_phase_1,
            InitialContact::KnownIdentity => {
                in_phase_1 && self.group().is_some_and(|group| group.peer_identity.is_some())
            }
        }
    }

    pub(super) fn say(&mut self, event: impl FnOnce(SaId) -> Event) {
        let event = event(self.sa);
        self.events.push(event);
    }
}

/// One defect on one message; false: it has nothing to act on.
fn apply(what: Impair, payloads: &mut Vec<Payload>) -> bool {
    // To compare with: a defect that found nothing to spoil did not act, and the run says so.
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
