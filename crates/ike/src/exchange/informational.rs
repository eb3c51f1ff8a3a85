//! The Informational exchange (RFC 2408 section 4.8, RFC 2409 section 5.7): notifies and deletes, in clear
//! or protected by HASH(1).
//!
//! ```text
//!  HDR, N|D              before there are keys: proves nothing
//!  HDR*, HASH(1), N|D    HASH(1) = prf(SKEYID_a, M-ID | N|D)
//! ```

use isakmp::message::GENERIC_HEADER_LEN;
use isakmp::{
    Body, CookiePair, Delete, Doi, ExchangeType, Flags, Header, Message, MessageId, Notification, NotifyType,
    Padding, Payload, PayloadType, ProtocolId,
};

use super::{Ctx, Secrets};
use crate::iv::Iv;
use crate::keymat;
use crate::reason::Reason;

/// What an Informational exchange said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// With the SPI that it names.
    Notify(NotifyType, Vec<u8>),
    /// A Delete of this very SA.
    Delete,
    /// A Delete of SAs under it, by the SPIs that the peer receives on.
    DeleteChildren(Vec<Vec<u8>>),
}

/// The SPI of phase 1: both cookies (RFC 2408 section 3.14).
pub(crate) fn spi(cookies: CookiePair) -> Vec<u8> {
    [cookies.initiator.0, cookies.responder.0].concat()
}

fn notification(cookies: CookiePair, notify: NotifyType) -> Payload {
    let value = Notification {
        doi: Doi::IPSEC,
        protocol: ProtocolId::ISAKMP,
        notify_type: notify,
        spi: spi(cookies),
        data: Vec::new(),
    };
    Payload::new(PayloadType::N, value.encode())
}

/// The notify that an initiator with no other SA for this peer puts into its last message, or into QM1.
pub(super) fn initial_contact(cookies: CookiePair) -> Payload {
    notification(cookies, NotifyType::INITIAL_CONTACT)
}

/// Whether an authenticated message carries INITIAL_CONTACT.
///
/// # Errors
/// [`Reason::ForeignSpi`] where it names other cookies: HASH_I does not cover it, so damage shows here.
pub(super) fn is_initial_contact(payloads: &[Payload], cookies: CookiePair) -> Result<bool, Reason> {
    let mut found = false;
    for payload in payloads.iter().filter(|payload| payload.kind == PayloadType::N) {
        let at = isakmp::body_offset(payloads, PayloadType::N) - Header::LEN;
        let notification =
            Notification::decode(&payload.body).map_err(|error| Reason::Undecryptable(error.within(at)))?;
        if notification.notify_type == NotifyType::INITIAL_CONTACT {
            // RFC 2407 4.6.3.3: its SPI is this SA's two cookies.
            if notification.spi != spi(cookies) {
                return Err(Reason::ForeignSpi);
            }
            found = true;
        }
    }
    Ok(found)
}

/// A notify that nothing protects.
pub(crate) fn clear(cookies: CookiePair, notify: NotifyType) -> Vec<u8> {
    let payloads = vec![notification(cookies, notify)];
    Message::clear(cookies, ExchangeType::INFORMATIONAL, Flags(0), MessageId(0), payloads).encode()
}

/// A notify under the SA's keys. `message_id` must be fresh and not zero.
pub(crate) fn protected(secrets: &Secrets, iv: &Iv, message_id: MessageId, notify: NotifyType) -> Vec<u8> {
    sealed(secrets, iv, message_id, notification(secrets.cookies(), notify))
}

/// A refusal of a child, under the SA's keys. `spi`: the one that the peer offered.
pub(crate) fn child_refused(
    secrets: &Secrets,
    message_id: MessageId,
    notify: NotifyType,
    (protocol, spi): (ProtocolId, Vec<u8>),
) -> Vec<u8> {
    let value = Notification { doi: Doi::IPSEC, protocol, notify_type: notify, spi, data: Vec::new() };
    sealed(secrets, &secrets.chain(message_id), message_id, Payload::new(PayloadType::N, value.encode()))
}

/// A Delete of one IPsec SA, by the SPI that this side receives on.
pub(crate) fn delete_child(
    secrets: &Secrets,
    message_id: MessageId,
    protocol: ProtocolId,
    spi: Vec<u8>,
) -> Vec<u8> {
    let spi_size = u8::try_from(spi.len()).unwrap_or(u8::MAX);
    let delete = Delete { doi: Doi::IPSEC, protocol, spi_size, spis: vec![spi] };
    sealed(secrets, &secrets.chain(message_id), message_id, Payload::new(PayloadType::D, delete.encode()))
}

/// A Delete of this SA under its keys (RFC 2408 section 3.15).
pub(crate) fn delete(secrets: &Secrets, iv: &Iv, message_id: MessageId) -> Vec<u8> {
    let spi = spi(secrets.cookies());
    // Sixteen: the two cookies are the SPI of a phase 1 SA.
    let spi_size = u8::try_from(spi.len()).unwrap_or(u8::MAX);
    let delete = Delete { doi: Doi::IPSEC, protocol: ProtocolId::ISAKMP, spi_size, spis: vec![spi] };
    sealed(secrets, iv, message_id, Payload::new(PayloadType::D, delete.encode()))
}

fn sealed(secrets: &Secrets, iv: &Iv, message_id: MessageId, payload: Payload) -> Vec<u8> {
    let covered = isakmp::encode_chain(std::slice::from_ref(&payload));
    // RFC 2409 5.7: HASH(1) comes first, over everything behind it.
    let hash = Payload::new(PayloadType::HASH, secrets.hash_1(message_id, &covered));
    let plaintext = isakmp::encode_chain(&[hash, payload]);
    let (ciphertext, _) = secrets.encrypt(iv, &plaintext);
    let (exchange, flags) = (ExchangeType::INFORMATIONAL, Flags(0).with(Flags::ENCRYPTION));
    Message::encrypted(secrets.cookies(), exchange, flags, message_id, PayloadType::HASH, ciphertext).encode()
}

/// AM4: N(CONNECTED) under a message id from the responder's own stream.
pub(super) fn connected(ctx: &Ctx<'_>, secrets: &Secrets) -> Vec<u8> {
    // By the SA's number: it is the same however many notifies went before.
    let message_id = ctx.streams.message_id("connected", u64::from(ctx.sa.0));
    protected(secrets, &secrets.chain(message_id), message_id, NotifyType::CONNECTED)
}

/// Reads a protected Informational exchange.
///
/// # Errors
/// What keeps it from being believed: not encrypted right, not a payload chain, HASH(1) wrong.
pub(crate) fn open(secrets: &Secrets, iv: &Iv, message: &Message) -> Result<Vec<News>, Reason> {
    let Body::Encrypted(ciphertext) = &message.body else {
        return Err(Reason::WrongEncryption { encrypted: false });
    };
    let message_id = message.header.message_id;
    let (plaintext, _) = secrets.decrypt(iv, ciphertext)?;
    let payloads = isakmp::decode_chain(message.header.next_payload, &plaintext, 0, Padding::Allowed)
        .map_err(Reason::Undecryptable)?;
    let Some((hash, covered)) = payloads.split_first().filter(|(first, _)| first.kind == PayloadType::HASH)
    else {
        return Err(Reason::MissingPayload(PayloadType::HASH));
    };
    let expected = secrets.hash_1(message_id, &isakmp::encode_chain(covered));
    // RFC 2409 5.7: HASH(1) covers message id and payloads, so that none can be taken from another exchange.
    if !keymat::verify(&expected, &hash.body) {
        return Err(Reason::HashMismatch { message: None });
    }
    news(covered, secrets.cookies(), Header::LEN + GENERIC_HEADER_LEN + hash.body.len())
}

/// What the notifies and deletes among these payloads say. The first of them stands at byte `base` of the message.
///
/// # Errors
/// [`Reason::Malformed`].
pub(crate) fn news(payloads: &[Payload], cookies: CookiePair, base: usize) -> Result<Vec<News>, Reason> {
    let (mut news, mut at) = (Vec::new(), base);
    for payload in payloads {
        at += GENERIC_HEADER_LEN;
        let malformed = |error: isakmp::Error| Reason::Malformed(error.within(at));
        match payload.kind {
            PayloadType::N => {
                let notification = Notification::decode(&payload.body).map_err(malformed)?;
                news.push(News::Notify(notification.notify_type, notification.spi));
            }
            PayloadType::D => {
                let delete = Delete::decode(&payload.body).map_err(malformed)?;
                // RFC 2408 5.15: a Delete names its SA by protocol and SPI; others are not this one's business.
                // Both names must fit: a Delete of an IPsec SA may come under the same keys.
                match delete.protocol {
                    ProtocolId::ISAKMP => {
                        news.extend(delete.spis.contains(&spi(cookies)).then_some(News::Delete));
                    }
                    _ => news.push(News::DeleteChildren(delete.spis)),
                }
            }
            _ => {}
        }
        at += payload.body.len();
    }
    Ok(news)
}
