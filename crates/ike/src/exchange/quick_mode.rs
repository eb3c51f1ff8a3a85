//! Quick Mode under an established SA (RFC 2409 section 5.5).
//!
//! ```text
//!        Initiator                              Responder
//!  QM1  HDR*, HASH(1), SA, Ni [, KE]
//!             [, IDci, IDcr]            -->
//!                                       <--   HDR*, HASH(2), SA, Nr [, KE]
//!                                                   [, IDci, IDcr]           QM2
//!  QM3  HDR*, HASH(3)                   -->
//! ```

mod child;
mod entry;
mod offer;
mod read;

use std::net::IpAddr;

use isakmp::{
    Body, Flags, Message, MessageId, Padding, Payload, PayloadType, ProtocolId, SecurityAssociation,
    encode_chain,
};

use super::{Ctx, Secrets, body, nonce_of};
use crate::config::MapEntry;
use crate::crypto::{DhGroup, Private};
use crate::event::{ChildEvent, Event};
use crate::iv::Iv;
use crate::keymat::quick::{ChildSeed, hash_1, hash_2, hash_3};
use crate::keymat::{self, Gxy, Ni, Nr};
use crate::message_name::MessageName;
use crate::reason::{ChildMismatch, Reason};
use crate::selector::Selectors;
use crate::state::{QuickState, Role};

pub(crate) use child::Child;
use entry::{own_addresses, proxies};
use offer::{Common, Offer};

/// Where a Quick Mode is; each state owns what is known by then.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Quick {
    WaitMsg2(Box<Asked>),
    WaitMsg3(Box<Answered>),
    Active(Box<Child>),
}

/// What an initiator knows after QM1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    chain: Iv,
    offer: Offer,
    selectors: Selectors,
    spi: [u8; 4],
    ni: Ni,
    half: Option<Half>,
}

/// What a responder knows after QM2.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Answered {
    chain: Iv,
    child: Child,
    ni: Ni,
    nr: Nr,
}

/// This side's half of an exchange of public values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Half {
    group: DhGroup,
    private: Private,
    public: Vec<u8>,
}

/// The Quick Mode at hand: the SA's keys, its message id, and the number that this side's random values have.
#[derive(Clone, Copy)]
pub(crate) struct Under<'a> {
    pub secrets: &'a Secrets,
    pub message_id: MessageId,
    pub number: u64,
}

/// Where an accepted message leads, and the answer.
pub(crate) struct QuickStep {
    pub next: Quick,
    pub reply: Option<(MessageName, Vec<u8>)>,
}

/// A message that is not accepted. `offered`: the peer's SPI, where the message is proven to be the peer's.
pub(crate) struct QuickFailure {
    pub reason: Reason,
    pub offered: Option<(ProtocolId, Vec<u8>)>,
}

impl From<Reason> for QuickFailure {
    fn from(reason: Reason) -> QuickFailure {
        QuickFailure { reason, offered: None }
    }
}

impl Quick {
    pub fn state(&self) -> QuickState {
        match self {
            Quick::WaitMsg2(_) => QuickState::WaitMsg2,
            Quick::WaitMsg3(_) => QuickState::WaitMsg3,
            Quick::Active(_) => QuickState::Active,
        }
    }

    /// The SPI that this side receives on.
    pub fn own_spi(&self) -> &[u8; 4] {
        match self {
            Quick::WaitMsg2(asked) => &asked.spi,
            Quick::WaitMsg3(answered) => &answered.child.spi,
            Quick::Active(child) => &child.spi,
        }
    }

    /// The SPIs that the peer receives on, once they are known.
    pub fn has_peer_spi(&self, spi: &[u8]) -> bool {
        match self {
            Quick::WaitMsg2(_) => false,
            Quick::WaitMsg3(answered) => answered.child.sends_with(spi),
            Quick::Active(child) => child.sends_with(spi),
        }
    }

    /// Handles the message that this state waits for.
    pub fn handle(
        &self,
        ctx: &mut Ctx<'_>,
        under: Under<'_>,
        message: &Message,
    ) -> Result<QuickStep, QuickFailure> {
        match self {
            Quick::WaitMsg2(asked) => Ok(asked.handle_qm2(ctx, under, message)?),
            Quick::WaitMsg3(answered) => Ok(answered.handle_qm3(ctx, under, message)?),
            Quick::Active(_) => Err(Reason::ChildDone.into()),
        }
    }
}

/// QM1: asks for a child by this entry.
pub(crate) fn ask(
    ctx: &mut Ctx<'_>,
    under: Under<'_>,
    entry: &MapEntry,
    selectors: Selectors,
) -> (Quick, Vec<u8>) {
    let rules = &ctx.config.profile.quick_mode;
    let offer = Offer::of(entry, ctx.inside_udp());
    let (spi, ni) = (ctx.spi(under.number), Ni(ctx.quick_nonce(under.number)));
    let half = entry.pfs.map(|group| ctx.half(group, under.number));
    let sa = offer.encode(&spi, rules.first_number.value);
    let mut payloads = vec![Payload::new(PayloadType::SA, sa.encode()), ni.payload()];
    payloads.extend(half.as_ref().map(Half::payload));
    let own = own_addresses(ctx.config.address, ctx.peer);
    if !(rules.omits_own_addresses.value && selectors == own) {
        payloads.extend(selectors.payloads());
    }
    let Secrets { suite, keymat, .. } = under.secrets;
    let hash = hash_1(suite.hash, &keymat.skeyid_a, under.message_id, &encode_chain(&payloads));
    let begin = under.secrets.chain(under.message_id);
    let (bytes, chain) = under.seal(ctx, MessageName::QM1, &begin, hash, payloads);
    under.say(ctx, ChildEvent::Opened { role: Role::Initiator, selectors });
    (Quick::WaitMsg2(Box::new(Asked { chain, offer, selectors, spi, ni, half })), bytes)
}

/// QM1 arrives: the responder takes a proposal and answers, or says what does not fit.
pub(crate) fn respond(
    ctx: &mut Ctx<'_>,
    under: Under<'_>,
    message: &Message,
) -> Result<QuickStep, QuickFailure> {
    let begin = under.secrets.chain(under.message_id);
    let (payloads, after) = under.open(ctx, MessageName::QM1, message, &begin)?;
    let Secrets { suite, keymat, .. } = under.secrets;
    let covered = covered(&payloads);
    let expected = hash_1(suite.hash, &keymat.skeyid_a, under.message_id, &covered);
    // Before anything in it counts: what a forger sends is not worth an answer.
    verify(&expected, &payloads, MessageName::QM1)?;
    let offered = sa_of(&payloads)?;
    let ni = Ni(nonce_of(&payloads)?.to_vec());

    // From here on it is the peer's own word, so that a refusal is told.
    let first = offered.proposals.first().map(|one| (one.protocol, one.spi.clone()));
    let refuse =
        |mismatch| QuickFailure { reason: Reason::NoChild(Box::new(mismatch)), offered: first.clone() };
    let given = proxies(&payloads)?;
    let remote: IpAddr = ctx.path.remote.ip();
    let asked = given.map_or(own_addresses(ctx.config.address, remote), Selectors::mirrored);
    let (entry, selectors) = ctx.config.entry_for(&asked, remote).map_err(refuse)?;
    let offer = Offer::of(entry, ctx.inside_udp());
    let spi = ctx.spi(under.number);
    let rules = &ctx.config.profile.quick_mode;
    let (common, answer) = offer.choose(&offered, &spi, rules).map_err(refuse)?;
    let half = common.pfs.map(|group| ctx.half(group, under.number));
    let theirs = payloads.iter().find(|payload| payload.kind == PayloadType::KE);
    // RFC 2409 5.5: a group without a KE payload, or the other way round, is no PFS.
    if half.is_some() != theirs.is_some() {
        return Err(refuse(ChildMismatch::Pfs { offered: None, own: common.pfs }));
    }
    let gxy = shared(ctx, half.as_ref(), theirs)?;

    let nr = Nr(ctx.quick_nonce(under.number));
    let mut own = vec![Payload::new(PayloadType::SA, answer.encode()), nr.payload()];
    own.extend(half.as_ref().map(Half::payload));
    // As it was asked: without IDs both sides mean their own addresses.
    if given.is_some() {
        own.extend(selectors.mirrored().payloads());
    }
    let hash = hash_2(suite.hash, &keymat.skeyid_a, under.message_id, &ni, &encode_chain(&own));
    let (bytes, chain) = under.seal(ctx, MessageName::QM2, &after, hash, own);
    under.say(ctx, ChildEvent::Opened { role: Role::Responder, selectors });
    let seed = ChildSeed { gxy, ni: ni.clone(), nr: nr.clone() };
    // With QM2 already: ESP may come right behind QM3, and overtake it.
    let child = under.install(ctx, &seed, spi, (common, offer.udp, selectors));
    let next = Quick::WaitMsg3(Box::new(Answered { chain, child, ni, nr }));
    Ok(QuickStep { next, reply: Some((MessageName::QM2, bytes)) })
}

impl Asked {
    /// QM2 brings the choice: both sides have their keys, and QM3 says so.
    fn handle_qm2(
        &self,
        ctx: &mut Ctx<'_>,
        under: Under<'_>,
        message: &Message,
    ) -> Result<QuickStep, Reason> {
        let (payloads, after) = under.open(ctx, MessageName::QM2, message, &self.chain)?;
        let Secrets { suite, keymat, .. } = under.secrets;
        let covered = covered(&payloads);
        let expected = hash_2(suite.hash, &keymat.skeyid_a, under.message_id, &self.ni, &covered);
        verify(&expected, &payloads, MessageName::QM2)?;
        let nr = Nr(nonce_of(&payloads)?.to_vec());
        let common = self.offer.accept(&sa_of(&payloads)?, &ctx.config.profile.quick_mode)?;
        let theirs = payloads.iter().find(|payload| payload.kind == PayloadType::KE);
        // Else the keys would follow from the nonces alone, and PFS be gone without a word.
        if self.half.is_some() && theirs.is_none() {
            return Err(Reason::MissingPayload(PayloadType::KE));
        }
        let gxy = shared(ctx, self.half.as_ref(), theirs)?;
        // A responder may have narrowed them.
        let selectors = proxies(&payloads)?.unwrap_or(self.selectors);

        let seed = ChildSeed { gxy, ni: self.ni.clone(), nr };
        let hash = hash_3(suite.hash, &keymat.skeyid_a, under.message_id, &seed.ni, &seed.nr);
        let (bytes, _) = under.seal(ctx, MessageName::QM3, &after, hash, Vec::new());
        let child = under.install(ctx, &seed, self.spi, (common, self.offer.udp, selectors));
        Ok(QuickStep { next: Quick::Active(Box::new(child)), reply: Some((MessageName::QM3, bytes)) })
    }
}

impl Answered {
    /// QM3 proves that the initiator has seen QM2.
    fn handle_qm3(&self, ctx: &Ctx<'_>, under: Under<'_>, message: &Message) -> Result<QuickStep, Reason> {
        let (payloads, _) = under.open(ctx, MessageName::QM3, message, &self.chain)?;
        let Secrets { suite, keymat, .. } = under.secrets;
        let expected = hash_3(suite.hash, &keymat.skeyid_a, under.message_id, &self.ni, &self.nr);
        verify(&expected, &payloads, MessageName::QM3)?;
        Ok(QuickStep { next: Quick::Active(Box::new(self.child.clone())), reply: None })
    }
}

impl Half {
    fn payload(&self) -> Payload {
        Payload::new(PayloadType::KE, self.public.clone())
    }
}

/// g(qm)^xy; `None` without PFS.
fn shared(ctx: &Ctx<'_>, half: Option<&Half>, theirs: Option<&Payload>) -> Result<Option<Gxy>, Reason> {
    let Some((half, theirs)) = half.zip(theirs) else {
        return Ok(None);
    };
    // Only what was sent back to us has our own value in it.
    if half.public == theirs.body {
        return Err(Reason::Reflected);
    }
    half.group.check_public(&theirs.body).map_err(Reason::BadPublicValue)?;
    let gxy = ctx.powers.shared(half.group, &half.private, &theirs.body).map_err(Reason::BadPublicValue)?;
    Ok(Some(Gxy::new(gxy)))
}

/// What HASH(1) and HASH(2) cover: everything behind the HASH payload, as it came.
fn covered(payloads: &[Payload]) -> Vec<u8> {
    encode_chain(payloads.get(1..).unwrap_or_default())
}

fn verify(expected: &[u8], payloads: &[Payload], message: MessageName) -> Result<(), Reason> {
    // RFC 2409 5.5: the hash is the first payload, and proves liveness and who sent the rest.
    if keymat::verify(expected, body(payloads, PayloadType::HASH)?) {
        return Ok(());
    }
    Err(Reason::HashMismatch { message: Some(message) })
}

fn sa_of(payloads: &[Payload]) -> Result<SecurityAssociation, Reason> {
    let at = isakmp::body_offset(payloads, PayloadType::SA);
    SecurityAssociation::decode(body(payloads, PayloadType::SA)?)
        .map_err(|error| Reason::Undecryptable(error.within(at)))
}

impl Under<'_> {
    fn open(
        &self,
        ctx: &Ctx<'_>,
        name: MessageName,
        message: &Message,
        chain: &Iv,
    ) -> Result<(Vec<Payload>, Iv), Reason> {
        let Body::Encrypted(ciphertext) = &message.body else {
            return Err(Reason::WrongEncryption { encrypted: false });
        };
        let (plaintext, after) = self.secrets.decrypt(chain, ciphertext)?;
        let payloads = isakmp::decode_chain(message.header.next_payload, &plaintext, 0, Padding::Allowed)
            .map_err(Reason::Undecryptable)?;
        // RFC 2409 5.5: HASH comes first.
        if payloads.first().is_none_or(|first| first.kind != PayloadType::HASH) {
            return Err(Reason::MissingPayload(PayloadType::HASH));
        }
        ctx.check(name, &payloads, 0)?;
        Ok((payloads, after))
    }

    /// HASH and what it covers, encrypted; the chain behind it.
    fn seal(
        &self,
        ctx: &mut Ctx<'_>,
        name: MessageName,
        chain: &Iv,
        hash: Vec<u8>,
        covered: Vec<Payload>,
    ) -> (Vec<u8>, Iv) {
        let mut payloads = vec![Payload::new(PayloadType::HASH, hash)];
        payloads.extend(covered);
        ctx.impair(name, &mut payloads);
        let first = payloads.first().map_or(PayloadType::NONE, |payload| payload.kind);
        let (ciphertext, after) = self.secrets.encrypt(chain, &encode_chain(&payloads));
        let flags = Flags(0).with(Flags::ENCRYPTION);
        let exchange = name.exchange().wire();
        let message = Message::encrypted(ctx.cookies, exchange, flags, self.message_id, first, ciphertext);
        (message.encode(), after)
    }

    fn install(
        &self,
        ctx: &mut Ctx<'_>,
        seed: &ChildSeed,
        spi: [u8; 4],
        (common, udp, selectors): (Common, bool, Selectors),
    ) -> Child {
        let child = Child::new(self.secrets, seed, spi, (common, udp, selectors));
        self.say(ctx, ChildEvent::Agreed(child.agreed));
        self.say(ctx, ChildEvent::Installed(child.sas.clone()));
        child
    }

    fn say(&self, ctx: &mut Ctx<'_>, what: ChildEvent) {
        let child = self.message_id;
        ctx.say(|sa| Event::Child { sa, child, what });
    }
}

impl Ctx<'_> {
    /// NAT traversal is in use: ESP goes inside UDP.
    fn inside_udp(&self) -> bool {
        self.path.local.port() == super::NAT_T_PORT
    }

    /// The SPI that this side receives on with its n-th child.
    fn spi(&self, number: u64) -> [u8; 4] {
        let mut spi = [0; 4];
        self.streams.bytes("spi", number, &mut spi);
        // Below 256 they are reserved, and 0 is never sent.
        let [first, rest @ ..] = spi;
        let [a, b, c] = rest;
        [first.max(1), a, b, c]
    }

    fn quick_nonce(&self, number: u64) -> Vec<u8> {
        let mut nonce = vec![0; self.config.profile.nonce_len.value];
        self.streams.bytes("quick nonce", number, &mut nonce);
        nonce
    }

    fn half(&self, group: DhGroup, number: u64) -> Half {
        // Fresh for each child, never phase 1's: PFS is nothing else.
        let private = self.streams.quick_exponent(group, number);
        let public = self.powers.public(group, &private);
        Half { group, private, public }
    }
}
