//! Single values out of the payloads of a message.

use isakmp::{Identification, Payload, PayloadType, SecurityAssociation};

use crate::config::{Identity, TunnelGroup};
use crate::reason::Reason;

/// The body of the only payload of this kind; the script has checked that it is there.
pub(crate) fn body(payloads: &[Payload], kind: PayloadType) -> Result<&[u8], Reason> {
    let found = payloads.iter().find(|payload| payload.kind == kind);
    found.map(|payload| payload.body.as_slice()).ok_or(Reason::MissingPayload(kind))
}

/// The nonce, of a length that is allowed.
pub(super) fn nonce_of(payloads: &[Payload]) -> Result<&[u8], Reason> {
    let nonce = body(payloads, PayloadType::NONCE)?;
    // RFC 2409 5: a nonce has 8 to 256 bytes.
    if (8..=256).contains(&nonce.len()) { Ok(nonce) } else { Err(Reason::NonceLength(nonce.len())) }
}

/// The SA payload: its body as received, and what it says.
pub(super) fn sa_of(payloads: &[Payload]) -> Result<(&[u8], SecurityAssociation), Reason> {
    let sai_b = body(payloads, PayloadType::SA)?;
    let at = isakmp::body_offset(payloads, PayloadType::SA);
    // The error points into the message: nobody counts bytes from a payload's start.
    let sa = SecurityAssociation::decode(sai_b).map_err(|error| Reason::Malformed(error.within(at)))?;
    Ok((sai_b, sa))
}

/// The identity in the ID payload.
pub(super) fn identity_of(payloads: &[Payload]) -> Result<Identity, Reason> {
    let at = isakmp::body_offset(payloads, PayloadType::ID);
    let identification = Identification::decode(body(payloads, PayloadType::ID)?);
    let identification = identification.map_err(|error| Reason::Malformed(error.within(at)))?;
    Identity::from_payload(&identification).ok_or(Reason::UnsupportedIdentity(identification.id_type))
}

/// The identity is the one that the tunnel-group insists on, if it insists.
pub(super) fn check_identity(group: Option<&TunnelGroup>, got: &Identity) -> Result<(), Reason> {
    // RFC 2408 5.8: an identity that is not acceptable ends the exchange, and its sender may be told.
    match group.and_then(|group| group.peer_identity.as_ref()) {
        Some(want) if want != got => Err(Reason::IdentityRefused { got: got.clone(), want: want.clone() }),
        _ => Ok(()),
    }
}
