//! The responder of a Quick Mode: QM1 is taken or refused, QM3 read.

use std::net::IpAddr;

use isakmp::{Message, Payload, PayloadType, encode_chain};

use super::child::Child;
use super::entry::{own_addresses, proxies};
use super::half::{Half, shared};
use super::offer::Offer;
use super::sealed::{covered, sa_of, verify};
use super::{Quick, QuickFailure, QuickStep, Under};
use crate::event::ChildEvent;
use crate::exchange::{Ctx, Keys, informational, nonce_of};
use crate::iv::Iv;
use crate::keymat::quick::{ChildSeed, hash_1, hash_2, hash_3};
use crate::keymat::{Ni, Nr};
use crate::message_name::MessageName;
use crate::reason::{ChildMismatch, Reason};
use crate::selector::Selectors;
use crate::state::Role;

/// What a responder knows after QM2.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Answered {
    chain: Iv,
    pub(super) child: Child,
    ni: Ni,
    nr: Nr,
}

/// QM1 arrives: the responder takes a proposal and answers, or says what does not fit.
pub(crate) fn respond(
    ctx: &mut Ctx<'_>,
    under: Under<'_>,
    message: &Message,
) -> Result<QuickStep, QuickFailure> {
    let begin = under.secrets.chain(under.message_id);
    let (payloads, after) = under.open(ctx, MessageName::QM1, message, &begin)?;
    let Keys { suite, keymat, .. } = under.secrets.keys();
    let covered = covered(&payloads);
    let expected = hash_1(suite.hash, &keymat.skeyid_a, under.message_id, &covered);
    // Before anything in it counts: what a forger sends is not worth an answer.
    verify(&expected, &payloads, MessageName::QM1)?;
    // Whoever takes it for the second or third message computes another hash.
    if !under.turn.is_multiple_of(3) {
        return Err(Reason::HashMismatch { message: Some(MessageName::QM1) }.into());
    }
    let offered = sa_of(&payloads)?;
    let ni = Ni(nonce_of(&payloads)?.to_vec());

    // From here on it is the peer's own word, so that a refusal is told.
    let first = offered.proposals.first().map(|one| (one.protocol, one.spi.clone()));
    let refuse =
        |mismatch| QuickFailure { reason: Reason::NoChild(Box::new(mismatch)), offered: first.clone() };
    let given = proxies(&payloads)?;
    let remote: IpAddr = ctx.path.remote.ip();
    let asked = given.map_or(own_addresses(ctx.config.address, remote), Selectors::mirrored);
    let (entry, selectors) = ctx.config.entry_for(&asked, remote, ctx.inside_udp()).map_err(refuse)?;
    let rules = &ctx.config.profile.quick_mode;
    let offer = Offer::of(entry, ctx.inside_udp(), rules);
    let (spi, cpi) = (ctx.spi(under.number), ctx.cpi(under.number));
    let (common, answer) = offer.choose(&offered, (&spi, cpi), rules).map_err(refuse)?;
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
    let child = under.install(ctx, &seed, (spi, cpi), (common, offer.udp, selectors));
    let next = Quick::WaitMsg3(Box::new(Answered { chain, child, ni, nr }));
    // HASH(1) covers it: one about other cookies is the peer's own affair.
    let initial_contact = informational::is_initial_contact(&payloads, ctx.cookies) == Ok(true);
    Ok(QuickStep { next, reply: Some((MessageName::QM2, bytes)), initial_contact })
}

impl Answered {
    /// QM3 proves that the initiator has seen QM2.
    pub(super) fn handle_qm3(
        &self,
        ctx: &Ctx<'_>,
        under: Under<'_>,
        message: &Message,
    ) -> Result<QuickStep, Reason> {
        let (payloads, _) = under.open(ctx, MessageName::QM3, message, &self.chain)?;
        let Keys { suite, keymat, .. } = under.secrets.keys();
        let expected = hash_3(suite.hash, &keymat.skeyid_a, under.message_id, &self.ni, &self.nr);
        verify(&expected, &payloads, MessageName::QM3)?;
        let next = Quick::Active(Box::new(self.child.clone()));
        Ok(QuickStep { next, reply: None, initial_contact: false })
    }
}
