//! Aggressive Mode (RFC 2409 section 5), as it is with a pre-shared key (section 5.4), and the fourth message.
//!
//! ```text
//!        Initiator                        Responder
//!  AM1   HDR, SA, KE, Ni, IDii      -->
//!                                   <--   HDR, SA, KE, Nr, IDir, HASH_R   AM2   Commit bit: a fourth follows
//!  AM3   HDR*, HASH_I               -->
//!                                   <--   HDR*, HASH(1), N(CONNECTED)     AM4   only if promised in AM2
//! ```
//!
//! AM4 is an Informational exchange (RFC 2408 section 3.1, Commit bit). No device sends it.

use isakmp::{Body, Flags, Message, Payload, PayloadType};

use super::suite::{Secrets, Suite};
use super::{
    Ctx, Exchange, Failure, IsakmpSa, Step, body, check_identity, identity_of, informational, nonce_of, sa_of,
};
use crate::auth::{self, Credentials, Proves};
use crate::config::Identity;
use crate::crypto::{DhGroup, Private};
use crate::keymat::{Gxi, Gxr, HashInputs, IdiiB, IdirB, Ni, Nr, SaiB};
use crate::message_name::MessageName;
use crate::proposal;
use crate::reason::Reason;
use crate::state::{Mode, Role, State};

/// The initiator's states, in protocol order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Initiator {
    WaitMsg2(Box<Offered>),
    /// AM3 sent; the responder promised a fourth message.
    WaitMsg4(Box<IsakmpSa>),
}

/// What an initiator knows after AM1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Offered {
    sai_b: SaiB,
    credentials: Credentials,
    group: DhGroup,
    private: Private,
    gxi: Gxi,
    ni: Ni,
}

/// AM2 sent: the keys are there, the initiator's proof is not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Responder {
    secrets: Secrets,
    idii_b: IdiiB,
    peer_identity: Identity,
    nat_t: bool,
}

impl Initiator {
    /// AM1: offer, public value, nonce and identity at once.
    pub fn start(ctx: &mut Ctx<'_>) -> Result<(Exchange, Vec<u8>), Reason> {
        let found = ctx.found();
        let credentials = found.credentials?;
        // One group for the whole offer: the public value goes out with it, before the peer can choose.
        let group = proposal::first_group(ctx.config).ok_or(Reason::NoUsablePolicy)?;
        ctx.say_group(found.group);
        let sai_b = SaiB(proposal::offer(ctx.config, Mode::Aggressive).encode());
        let (private, public) = ctx.own_public(group);
        let (gxi, ni, idii_b) = (Gxi(public), Ni(ctx.nonce()), IdiiB(ctx.own_id()));
        let mut payloads = vec![sai_b.payload(), gxi.payload(), ni.payload(), idii_b.payload()];
        payloads.extend(ctx.vendor_ids(ctx.config.profile.vendor_ids.value.first, ctx.config.nat_traversal));
        let bytes = ctx.seal(MessageName::AM1, payloads, None);
        let offered = Offered { sai_b, credentials, group, private, gxi, ni };
        Ok((Exchange::AggressiveInitiator(Initiator::WaitMsg2(Box::new(offered))), bytes))
    }

    pub fn state(&self) -> State {
        match self {
            Initiator::WaitMsg2(_) => State::AmWaitMsg2,
            Initiator::WaitMsg4(_) => State::AmWaitMsg4,
        }
    }

    pub fn secrets(&self) -> Option<&Secrets> {
        match self {
            Initiator::WaitMsg2(_) => None,
            Initiator::WaitMsg4(sa) => Some(&sa.secrets),
        }
    }

    pub fn handle(&self, ctx: &mut Ctx<'_>, message: &Message) -> Result<Step, Failure> {
        match self {
            Initiator::WaitMsg2(offered) => handle_am2(ctx, message, offered),
            Initiator::WaitMsg4(_) => Err(Reason::OutOfOrder(State::AmWaitMsg4).into()),
        }
    }

    /// The promised CONNECTED came and its HASH(1) verified.
    pub fn confirmed(&self) -> Option<Exchange> {
        match self {
            Initiator::WaitMsg2(_) => None,
            Initiator::WaitMsg4(sa) => Some(Exchange::Active(IsakmpSa::clone(sa))),
        }
    }
}

/// AM2 brings the responder's half and its proof; AM3 sends ours.
fn handle_am2(ctx: &mut Ctx<'_>, message: &Message, offered: &Offered) -> Result<Step, Failure> {
    let payloads = ctx.open_clear(MessageName::AM2, message)?;
    let (_, sa) = sa_of(payloads)?;
    let chosen = proposal::accept(ctx.config, Mode::Aggressive, &sa)?;
    let gxr = Gxr(body(payloads, PayloadType::KE)?.to_vec());
    let nr = Nr(nonce_of(payloads)?.to_vec());
    let idir_b = IdirB(body(payloads, PayloadType::ID)?.to_vec());
    let peer_identity = identity_of(payloads)?;
    let suite = Suite::from(chosen.negotiated);
    let inputs =
        HashInputs { gxi: offered.gxi.clone(), gxr, cookies: ctx.cookies, sai_b: offered.sai_b.clone() };
    let gxy = ctx.shared(offered.group, &offered.private, Role::Initiator, &inputs)?;
    ctx.say_chosen(&chosen);
    let mut secrets = ctx.derive(suite, &offered.credentials, gxy, (&offered.ni, &nr), inputs);
    // The identity came in clear: only this hash makes it the peer's.
    let proven = auth::verify(&secrets, Proves::Responder(&idir_b), payloads, MessageName::AM2)?;
    let group = ctx.group();
    if let Err(reason) = check_identity(group, &peer_identity) {
        return Err(Failure::under(secrets, reason));
    }
    let nat_t = ctx.uses_nat_t(payloads);
    let float = nat_t && ctx.check_nat(suite.hash, payloads);

    // AM3 leaves from 4500 already, and its NAT-D payloads hash that port.
    let path = if float { ctx.path.floated() } else { ctx.path };
    let mut payloads = vec![auth::prove(&secrets, Proves::Initiator(&IdiiB(ctx.own_id())))];
    if nat_t {
        payloads.extend(ctx.nat_d_payloads(suite.hash, path));
    }
    let am3 = ctx.seal(MessageName::AM3, payloads, Some(&mut secrets));
    let sa = IsakmpSa { mode: Mode::Aggressive, secrets, peer_identity, proven };
    // RFC 2408 3.1: with the Commit bit the receiver waits for CONNECTED before it uses the SA.
    let promised = message.header.flags.contains(Flags::COMMIT);
    let next = if promised {
        Exchange::AggressiveInitiator(Initiator::WaitMsg4(Box::new(sa)))
    } else {
        Exchange::Active(sa)
    };
    Ok(Step { float, ..Step::to(next, Some((MessageName::AM3, am3))) })
}

impl Responder {
    /// AM1 brings everything but the proof. The key is found by the identity, then by address.
    pub fn start(ctx: &mut Ctx<'_>, message: &Message) -> Result<Step, Failure> {
        if !ctx.config.aggressive_mode {
            return Err(Reason::AggressiveModeDisabled.into());
        }
        let payloads = ctx.open_clear(MessageName::AM1, message)?;
        let (sai_b, offer) = sa_of(payloads)?;
        let gxi = Gxi(body(payloads, PayloadType::KE)?.to_vec());
        let ni = Ni(nonce_of(payloads)?.to_vec());
        let idii_b = IdiiB(body(payloads, PayloadType::ID)?.to_vec());
        let peer_identity = identity_of(payloads)?;
        let found = auth::lookup(ctx.config, ctx.peer, Some(&peer_identity));
        // As late as the vendor looks: till then an offer that fits nobody is the first thing to be told.
        found.at_first_message()?;
        let (chosen, reply) = proposal::choose(ctx.config, Mode::Aggressive, &offer)?;
        let (credentials, tunnel_group) = (found.credentials?, found.group);
        let (suite, group) = (Suite::from(chosen.negotiated), chosen.negotiated.group);
        // Not proven yet, but refused now it costs no power.
        check_identity(tunnel_group, &peer_identity)?;
        ctx.check_public(group, &gxi.0)?;
        let nat_t = ctx.uses_nat_t(payloads);
        ctx.say_chosen(&chosen);
        ctx.say_group(tunnel_group);

        let (private, public) = ctx.own_public(group);
        let (gxr, nr) = (Gxr(public), Nr(ctx.nonce()));
        // The bodies go into the hash, and are sent as they were hashed.
        let half = vec![Payload::new(PayloadType::SA, reply.encode()), gxr.payload(), nr.payload()];
        let inputs = HashInputs { gxi, gxr, cookies: ctx.cookies, sai_b: SaiB(sai_b.to_vec()) };
        let gxy = ctx.shared(group, &private, Role::Responder, &inputs)?;
        let secrets = ctx.derive(suite, &credentials, gxy, (&ni, &nr), inputs);
        let am2 = am2(ctx, half, &secrets, nat_t);
        let responder = Responder { secrets, idii_b, peer_identity, nat_t };
        Ok(Step::to(Exchange::AggressiveResponder(responder), Some((MessageName::AM2, am2))))
    }

    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// AM3 proves the initiator's key: the SA is up. If a fourth message was promised, it goes out.
    pub fn handle(&self, ctx: &mut Ctx<'_>, message: &Message) -> Result<Step, Failure> {
        let (payloads, secrets) = match &message.body {
            Body::Encrypted(_) => ctx.open_sealed(MessageName::AM3, message, &self.secrets)?,
            // RFC 2409 5.4: the figure has AM3 in clear, devices seal it: both are taken.
            Body::Clear(_) => (ctx.open_clear(MessageName::AM3, message)?.to_vec(), self.secrets.clone()),
        };
        // Over the identity of AM1: AM3 does not bring it again.
        let proven = auth::verify(&secrets, Proves::Initiator(&self.idii_b), &payloads, MessageName::AM3)?;
        if self.nat_t {
            ctx.check_nat(secrets.suite.hash, &payloads);
        }
        // Behind the proof: CONNECTED says that the SA can be used.
        let am4 = ctx.config.confirm.then(|| (MessageName::AM4, informational::connected(ctx, &secrets)));
        let peer_identity = self.peer_identity.clone();
        let sa = IsakmpSa { mode: Mode::Aggressive, secrets, peer_identity, proven };
        Ok(Step::to(Exchange::Active(sa), am4))
    }
}

/// AM2: the choice and the responder's half, to which come its identity and its proof.
fn am2(ctx: &mut Ctx<'_>, mut payloads: Vec<Payload>, secrets: &Secrets, nat_t: bool) -> Vec<u8> {
    let idir_b = IdirB(ctx.own_id());
    payloads.extend([idir_b.payload(), auth::prove(secrets, Proves::Responder(&idir_b))]);
    payloads.extend(ctx.vendor_ids(ctx.config.profile.vendor_ids.value.second, nat_t));
    if nat_t {
        payloads.extend(ctx.nat_d_payloads(secrets.suite.hash, ctx.path));
    }
    // In clear: the initiator makes its keys of what stands here.
    ctx.seal(MessageName::AM2, payloads, None)
}
