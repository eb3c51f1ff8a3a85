//! The initiator of a Quick Mode: QM1 asks, QM2 is read, QM3 says so.

use isakmp::{Message, Payload, PayloadType, encode_chain};

use super::entry::{own_addresses, proxies};
use super::half::{Half, shared};
use super::offer::Offer;
use super::sealed::{covered, sa_of, verify};
use super::{Quick, QuickStep, Under};
use crate::config::MapEntry;
use crate::event::ChildEvent;
use crate::exchange::{Ctx, Keys, informational, nonce_of};
use crate::iv::Iv;
use crate::keymat::quick::{ChildSeed, hash_1, hash_2, hash_3};
use crate::keymat::{Ni, Nr};
use crate::message_name::MessageName;
use crate::reason::{ChildMismatch, Reason};
use crate::selector::Selectors;
use crate::state::Role;

/// What an initiator knows after QM1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    chain: Iv,
    offer: Offer,
    pub(super) selectors: Selectors,
    pub(super) spi: [u8; 4],
    cpi: u16,
    ni: Ni,
    half: Option<Half>,
}

/// QM1: asks for a child by this entry. `alone`: this host has nothing else with the peer.
pub(crate) fn ask(
    ctx: &mut Ctx<'_>,
    under: Under<'_>,
    entry: &MapEntry,
    (selectors, alone): (Selectors, bool),
) -> (Quick, Vec<u8>) {
    let rules = &ctx.config.profile.quick_mode;
    let offer = Offer::of(entry, ctx.inside_udp(), rules);
    let (spi, cpi) = (ctx.spi(under.number), ctx.cpi(under.number));
    let ni = Ni(ctx.quick_nonce(under.number));
    let half = entry.pfs.map(|group| ctx.half(group, under.number));
    let sa = offer.encode(&spi, cpi, rules);
    let mut payloads = vec![Payload::new(PayloadType::SA, sa.encode()), ni.payload()];
    payloads.extend(half.as_ref().map(Half::payload));
    let own = own_addresses(ctx.config.address, ctx.peer);
    if !(rules.omits_own_addresses.value && selectors == own) {
        payloads.extend(selectors.payloads());
    }
    if alone && ctx.says_initial_contact(MessageName::QM1) {
        payloads.push(informational::initial_contact(ctx.cookies));
    }
    let Keys { suite, keymat, .. } = under.secrets.keys();
    let hash = hash_1(suite.hash, &keymat.skeyid_a, under.message_id, &encode_chain(&payloads));
    let begin = under.secrets.chain(under.message_id);
    let (bytes, chain) = under.seal(ctx, MessageName::QM1, &begin, hash, payloads);
    under.say(ctx, ChildEvent::Opened { role: Role::Initiator, selectors });
    (Quick::WaitMsg2(Box::new(Asked { chain, offer, selectors, spi, cpi, ni, half })), bytes)
}

impl Asked {
    /// QM2 brings the choice: both sides have their keys, and QM3 says so.
    pub(super) fn handle_qm2(
        &self,
        ctx: &mut Ctx<'_>,
        under: Under<'_>,
        message: &Message,
    ) -> Result<QuickStep, Reason> {
        let begin = under.secrets.chain(under.message_id);
        let chain = if under.anew { &begin } else { &self.chain };
        let (payloads, after) = under.open(ctx, MessageName::QM2, message, chain)?;
        let Keys { suite, keymat, .. } = under.secrets.keys();
        let covered = covered(&payloads);
        let expected = hash_2(suite.hash, &keymat.skeyid_a, under.message_id, &self.ni, &covered);
        verify(&expected, &payloads, MessageName::QM2)?;
        // Whoever has seen a second message takes this one for the third.
        if under.turn > 0 {
            return Err(Reason::HashMismatch { message: Some(MessageName::QM2) });
        }
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
        let of = |flow: Selectors| [flow.local, flow.remote].map(|one| (one.protocol, one.port));
        if of(selectors) != of(self.selectors) && ctx.config.profile.quick_mode.refuses_other_ports.value {
            let mismatch = ChildMismatch::Proxies { offered: selectors, own: vec![self.selectors] };
            return Err(Reason::NoChild(Box::new(mismatch)));
        }

        let seed = ChildSeed { gxy, ni: self.ni.clone(), nr };
        let hash = hash_3(suite.hash, &keymat.skeyid_a, under.message_id, &seed.ni, &seed.nr);
        let (bytes, _) = under.seal(ctx, MessageName::QM3, &after, hash, Vec::new());
        let child = under.install(ctx, &seed, (self.spi, self.cpi), (common, self.offer.udp, selectors));
        let next = Quick::Active(Box::new(child));
        Ok(QuickStep { next, reply: Some((MessageName::QM3, bytes)), initial_contact: false })
    }
}
