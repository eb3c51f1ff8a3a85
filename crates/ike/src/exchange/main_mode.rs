//! Main Mode (RFC 2409 section 5), as it is with a pre-shared key (section 5.4).
//!
//! ```text
//!        Initiator                        Responder
//!  MSG1  HDR, SA                    -->
//!                                   <--   HDR, SA                  MSG2
//!  MSG3  HDR, KE, Ni                -->
//!                                   <--   HDR, KE, Nr              MSG4
//!  MSG5  HDR*, IDii, HASH_I         -->
//!                                   <--   HDR*, IDir, HASH_R       MSG6
//! ```

use isakmp::{Message, Payload, PayloadType};

use super::suite::{Secrets, Suite};
use super::{
    Ctx, Exchange, Failure, IsakmpSa, Step, body, check_identity, identity_of, informational, nonce_of, sa_of,
};
use crate::auth::{self, Credentials, Proven, Proves};
use crate::crypto::Private;
use crate::keymat::{Gxi, Gxr, HashInputs, IdiiB, IdirB, Ni, Nr, SaiB};
use crate::message_name::MessageName;
use crate::proposal::{self, Chosen};
use crate::reason::Reason;
use crate::state::{Mode, Role, State};

/// The initiator's states, in protocol order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Initiator {
    WaitMsg2 { sai_b: SaiB, credentials: Credentials },
    WaitMsg4(Box<Keying>),
    WaitMsg6(Box<Secrets>),
}

/// The responder's states, in protocol order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Responder {
    WaitMsg3 { chosen: Chosen, sai_b: SaiB, nat_t: bool },
    WaitMsg5(Box<Secrets>),
}

/// What an initiator knows after MSG2: everything but the responder's half.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Keying {
    chosen: Chosen,
    sai_b: SaiB,
    credentials: Credentials,
    private: Private,
    gxi: Gxi,
    ni: Ni,
    nat_t: bool,
}

impl Initiator {
    /// MSG1: the offer. An initiator that has no key for the peer sends nothing.
    pub fn start(ctx: &mut Ctx<'_>) -> Result<(Exchange, Vec<u8>), Reason> {
        let found = ctx.found();
        // Before anything is sent: without a key the exchange would fail only at its fifth message.
        let credentials = found.credentials?;
        let sai_b = SaiB(proposal::offer(ctx.config, Mode::Main).encode());
        let mut payloads = vec![sai_b.payload()];
        payloads.extend(ctx.vendor_ids(ctx.config.profile.vendor_ids.value.first, ctx.config.nat_traversal));
        ctx.say_group(found.group);
        let bytes = ctx.seal(MessageName::MSG1, payloads, None);
        Ok((Exchange::MainInitiator(Initiator::WaitMsg2 { sai_b, credentials }), bytes))
    }

    pub fn state(&self) -> State {
        match self {
            Initiator::WaitMsg2 { .. } => State::MmWaitMsg2,
            Initiator::WaitMsg4(_) => State::MmWaitMsg4,
            Initiator::WaitMsg6(_) => State::MmWaitMsg6,
        }
    }

    pub fn secrets(&self) -> Option<&Secrets> {
        match self {
            Initiator::WaitMsg6(secrets) => Some(secrets),
            Initiator::WaitMsg2 { .. } | Initiator::WaitMsg4(_) => None,
        }
    }

    pub fn handle(&self, ctx: &mut Ctx<'_>, message: &Message) -> Result<Step, Failure> {
        match self {
            Initiator::WaitMsg2 { sai_b, credentials } => handle_msg2(ctx, message, sai_b, credentials),
            Initiator::WaitMsg4(keying) => handle_msg4(ctx, message, keying),
            Initiator::WaitMsg6(secrets) => handle_msg6(ctx, message, secrets),
        }
    }
}

/// MSG2 brings the chosen transform; MSG3 sends our public value and nonce.
fn handle_msg2(
    ctx: &mut Ctx<'_>,
    message: &Message,
    sai_b: &SaiB,
    credentials: &Credentials,
) -> Result<Step, Failure> {
    let payloads = ctx.open_clear(MessageName::MSG2, message)?;
    let (_, sa) = sa_of(payloads)?;
    let chosen = proposal::accept(ctx.config, Mode::Main, &sa)?;
    let nat_t = ctx.uses_nat_t(payloads);
    ctx.say_chosen(&chosen);

    // Only now: in Main Mode the peer chooses the group before anybody pays for a power.
    let (private, public) = ctx.own_public(chosen.negotiated.group);
    let (gxi, ni) = (Gxi(public), Ni(ctx.nonce()));
    let payloads = ctx.key_exchange(&chosen, [gxi.payload(), ni.payload()], nat_t);
    let msg3 = ctx.seal(MessageName::MSG3, payloads, None);
    let (sai_b, credentials) = (sai_b.clone(), credentials.clone());
    let keying = Keying { chosen, sai_b, credentials, private, gxi, ni, nat_t };
    Ok(Step::to(
        Exchange::MainInitiator(Initiator::WaitMsg4(Box::new(keying))),
        Some((MessageName::MSG3, msg3)),
    ))
}

/// MSG4 brings the responder's half: now there are keys, and MSG5 proves ours.
fn handle_msg4(ctx: &mut Ctx<'_>, message: &Message, keying: &Keying) -> Result<Step, Failure> {
    let payloads = ctx.open_clear(MessageName::MSG4, message)?;
    let gxr = Gxr(body(payloads, PayloadType::KE)?.to_vec());
    let nr = Nr(nonce_of(payloads)?.to_vec());
    // What can be refused cheaply is refused by now: the power below is the expensive step.
    let suite = Suite::from(keying.chosen.negotiated);
    let inputs =
        HashInputs { gxi: keying.gxi.clone(), gxr, cookies: ctx.cookies, sai_b: keying.sai_b.clone() };
    let gxy = ctx.shared(keying.chosen.negotiated.group, &keying.private, Role::Initiator, &inputs)?;
    let float = keying.nat_t && ctx.check_nat(suite.hash, payloads);
    let mut secrets = ctx.derive(suite, &keying.credentials, gxy, (&keying.ni, &nr), inputs);

    let idii_b = IdiiB(ctx.own_id());
    // One body for both: what is hashed is what is sent.
    let mut payloads = vec![idii_b.payload(), auth::prove(&secrets, Proves::Initiator(&idii_b))];
    if ctx.says_initial_contact(MessageName::MSG5) {
        payloads.push(informational::initial_contact(ctx.cookies));
    }
    let msg5 = ctx.seal(MessageName::MSG5, payloads, Some(&mut secrets));
    let next = Exchange::MainInitiator(Initiator::WaitMsg6(Box::new(secrets)));
    Ok(Step { float, ..Step::to(next, Some((MessageName::MSG5, msg5))) })
}

/// MSG6 proves the responder's key: the SA is up.
fn handle_msg6(ctx: &mut Ctx<'_>, message: &Message, secrets: &Secrets) -> Result<Step, Failure> {
    let (payloads, after) = ctx.open_sealed(MessageName::MSG6, message, secrets)?;
    let idir_b = IdirB(body(&payloads, PayloadType::ID)?.to_vec());
    let proven = auth::verify(&after, Proves::Responder(&idir_b), &payloads, MessageName::MSG6)?;
    let sa = finish(ctx, &payloads, after, proven)?;
    // Nothing answers MSG6: where it is lost, the responder is up alone.
    Ok(Step::to(Exchange::Active(sa), None))
}

impl Responder {
    /// MSG1 brings the offer; MSG2 returns the chosen transform. IOS wants the key already.
    pub fn start(ctx: &mut Ctx<'_>, message: &Message) -> Result<Step, Failure> {
        let payloads = ctx.open_clear(MessageName::MSG1, message)?;
        let (sai_b, offer) = sa_of(payloads)?;
        ctx.found().at_first_message()?;
        let (chosen, reply) = proposal::choose(ctx.config, Mode::Main, &offer)?;
        let nat_t = ctx.uses_nat_t(payloads);
        ctx.say_chosen(&chosen);

        let mut payloads = vec![Payload::new(PayloadType::SA, reply.encode())];
        payloads.extend(ctx.vendor_ids(ctx.config.profile.vendor_ids.value.second, nat_t));
        let msg2 = ctx.seal(MessageName::MSG2, payloads, None);
        let next =
            Exchange::MainResponder(Responder::WaitMsg3 { chosen, sai_b: SaiB(sai_b.to_vec()), nat_t });
        Ok(Step::to(next, Some((MessageName::MSG2, msg2))))
    }

    pub fn state(&self) -> State {
        match self {
            Responder::WaitMsg3 { .. } => State::MmWaitMsg3,
            Responder::WaitMsg5(_) => State::MmWaitMsg5,
        }
    }

    pub fn secrets(&self) -> Option<&Secrets> {
        match self {
            Responder::WaitMsg5(secrets) => Some(secrets),
            Responder::WaitMsg3 { .. } => None,
        }
    }

    pub fn handle(&self, ctx: &mut Ctx<'_>, message: &Message) -> Result<Step, Failure> {
        match self {
            Responder::WaitMsg3 { chosen, sai_b, nat_t } => handle_msg3(ctx, message, chosen, sai_b, *nat_t),
            Responder::WaitMsg5(secrets) => handle_msg5(ctx, message, secrets),
        }
    }
}

/// MSG3 brings the initiator's half. The identity is not known yet, so the key is found by address.
fn handle_msg3(
    ctx: &mut Ctx<'_>,
    message: &Message,
    chosen: &Chosen,
    sai_b: &SaiB,
    nat_t: bool,
) -> Result<Step, Failure> {
    let payloads = ctx.open_clear(MessageName::MSG3, message)?;
    let gxi = Gxi(body(payloads, PayloadType::KE)?.to_vec());
    let ni = Ni(nonce_of(payloads)?.to_vec());
    let (group, suite) = (chosen.negotiated.group, Suite::from(chosen.negotiated));
    // Before the key is looked up: a value that cannot be used says nothing about our configuration.
    ctx.check_public(group, &gxi.0)?;
    let found = ctx.found();
    let credentials = found.credentials?;
    ctx.say_group(found.group);

    let (private, public) = ctx.own_public(group);
    let (gxr, nr) = (Gxr(public), Nr(ctx.nonce()));
    let own = [gxr.payload(), nr.payload()];
    let inputs = HashInputs { gxi, gxr, cookies: ctx.cookies, sai_b: sai_b.clone() };
    let gxy = ctx.shared(group, &private, Role::Responder, &inputs)?;
    if nat_t {
        // Only said: it is the initiator that moves to 4500, and a responder follows MSG5.
        ctx.check_nat(suite.hash, payloads);
    }
    let secrets = ctx.derive(suite, &credentials, gxy, (&ni, &nr), inputs);
    let payloads = ctx.key_exchange(chosen, own, nat_t);
    let msg4 = ctx.seal(MessageName::MSG4, payloads, None);
    let next = Exchange::MainResponder(Responder::WaitMsg5(Box::new(secrets)));
    Ok(Step::to(next, Some((MessageName::MSG4, msg4))))
}

/// MSG5 proves the initiator's key; MSG6 proves ours. The responder is active first.
fn handle_msg5(ctx: &mut Ctx<'_>, message: &Message, secrets: &Secrets) -> Result<Step, Failure> {
    let (payloads, after) = ctx.open_sealed(MessageName::MSG5, message, secrets)?;
    let idii_b = IdiiB(body(&payloads, PayloadType::ID)?.to_vec());
    // The hash before the identity: one that nothing proves is not worth a refusal.
    let proven = auth::verify(&after, Proves::Initiator(&idii_b), &payloads, MessageName::MSG5)?;
    let initial_contact = informational::is_initial_contact(&payloads, after.cookies())?;
    // The connection is chosen by now, and with it the method that it asks for.
    if let Some(reason) = proposal::refuses_method(ctx.config, after.suite.authentication) {
        return Err(Failure::under(after, reason));
    }
    // Before MSG6 is made: whom we refuse gets no proof of our key.
    let mut sa = finish(ctx, &payloads, after, proven)?;

    let idir_b = IdirB(ctx.own_id());
    let payloads = vec![idir_b.payload(), auth::prove(&sa.secrets, Proves::Responder(&idir_b))];
    let msg6 = ctx.seal(MessageName::MSG6, payloads, Some(&mut sa.secrets));
    Ok(Step { initial_contact, ..Step::to(Exchange::Active(sa), Some((MessageName::MSG6, msg6))) })
}

/// The peer has proven its key; its identity must be the one insisted on.
fn finish(
    ctx: &Ctx<'_>,
    payloads: &[Payload],
    secrets: Secrets,
    proven: Proven,
) -> Result<IsakmpSa, Failure> {
    let peer_identity = identity_of(payloads)?;
    let group = ctx.group();
    if let Err(reason) = check_identity(group, &peer_identity) {
        return Err(Failure::under(secrets, reason));
    }
    Ok(IsakmpSa { mode: Mode::Main, secrets, peer_identity, proven })
}
