//! A Quick Mode message on the wire: HASH first, then what it covers, encrypted by the chain of its message id.

use isakmp::{Body, Flags, Message, Padding, Payload, PayloadType, SecurityAssociation, encode_chain};

use super::Under;
use super::child::Child;
use super::offer::Common;
use crate::event::{ChildEvent, Event};
use crate::exchange::{Ctx, body};
use crate::iv::Iv;
use crate::keymat::{self, quick::ChildSeed};
use crate::message_name::MessageName;
use crate::reason::Reason;
use crate::selector::Selectors;

impl Under<'_> {
    pub(super) fn open(
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
    pub(super) fn seal(
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
        let exchange = name.exchange().assigned();
        let message = Message::encrypted(ctx.cookies, exchange, flags, self.message_id, first, ciphertext);
        (message.encode(), after)
    }

    pub(super) fn install(
        &self,
        ctx: &mut Ctx<'_>,
        seed: &ChildSeed,
        (spi, cpi): ([u8; 4], u16),
        (common, udp, selectors): (Common, bool, Selectors),
    ) -> Child {
        let child = Child::new(self.secrets, seed, spi, cpi, (common, udp, selectors));
        self.say(ctx, ChildEvent::Agreed(child.agreed));
        self.say(ctx, ChildEvent::Installed(child.sas.clone()));
        child
    }

    pub(super) fn say(&self, ctx: &mut Ctx<'_>, what: ChildEvent) {
        let child = self.message_id;
        ctx.say(|sa| Event::Child { sa, child, what });
    }
}

/// What HASH(1) and HASH(2) cover: everything behind the HASH payload, as it came.
pub(super) fn covered(payloads: &[Payload]) -> Vec<u8> {
    encode_chain(payloads.get(1..).unwrap_or_default())
}

pub(super) fn verify(expected: &[u8], payloads: &[Payload], message: MessageName) -> Result<(), Reason> {
    // RFC 2409 5.5: the hash is the first payload, and proves liveness and who sent the rest.
    if keymat::verify(expected, body(payloads, PayloadType::HASH)?) {
        return Ok(());
    }
    Err(Reason::HashMismatch { message: Some(message) })
}

pub(super) fn sa_of(payloads: &[Payload]) -> Result<SecurityAssociation, Reason> {
    let at = isakmp::body_offset(payloads, PayloadType::SA);
    SecurityAssociation::decode(body(payloads, PayloadType::SA)?)
        .map_err(|error| Reason::Undecryptable(error.within(at)))
}
