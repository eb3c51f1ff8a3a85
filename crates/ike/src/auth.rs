//! How peers prove who they are (RFC 2409 sections 5.1 to 5.4). One method is built, the pre-shared key; the exchanges do
//! not know which. The others are named, and refused with the offer.

mod lookup;
mod method;

use isakmp::Payload;

use crate::crypto::HashAlg;
use crate::exchange::{Failure, Secrets, body};
use crate::keymat::{self, IdiiB, IdirB, Ni, Nr, PreSharedKey, Skeyid};
use crate::message_name::MessageName;
use crate::reason::Reason;
use crate::state::Role;

pub(crate) use lookup::{Found, lookup};
pub use method::{Authentication, Method, Proof, SkeyidFrom};

/// What a host has for a peer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// The key that both operators typed.
    PreShared(PreSharedKey),
}

impl Credentials {
    /// SKEYID, as the method makes it from what both sides know by now.
    pub(crate) fn skeyid(&self, hash: HashAlg, ni: &Ni, nr: &Nr) -> Skeyid {
        match self {
            Credentials::PreShared(key) => keymat::skeyid_psk(hash, key, ni, nr),
        }
    }
}

/// The one method that the exchanges can be done with.
pub(crate) const BUILT: Authentication = Authentication::PreShared;

/// Whose proof it is, with the body of the ID payload that it covers.
#[derive(Clone, Copy)]
pub(crate) enum Proves<'a> {
    Initiator(&'a IdiiB),
    Responder(&'a IdirB),
}

impl Proves<'_> {
    fn role(self) -> Role {
        match self {
            Proves::Initiator(_) => Role::Initiator,
            Proves::Responder(_) => Role::Responder,
        }
    }

    fn hash(self, secrets: &Secrets) -> Vec<u8> {
        match self {
            Proves::Initiator(idii_b) => secrets.hash_i(idii_b).0,
            Proves::Responder(idir_b) => secrets.hash_r(idir_b).0,
        }
    }
}

/// The payload by which its sender proves itself.
pub(crate) fn prove(secrets: &Secrets, who: Proves<'_>) -> Payload {
    let kind = secrets.suite.authentication.method().proofs[who.role()].payload();
    Payload::new(kind, who.hash(secrets))
}

/// The peer proved that it is whom it named. Made by [`verify`] alone, so that no SA is established without.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Proven(());

/// Checks the peer's proof, in constant time.
///
/// # Errors
/// [`Reason::MissingPayload`]; [`Reason::HashMismatch`] with the message it stood in. What is said about that stands
/// behind the message: its sender's IV has moved.
pub(crate) fn verify(
    secrets: &Secrets,
    who: Proves<'_>,
    payloads: &[Payload],
    message: MessageName,
) -> Result<Proven, Failure> {
    let kind = secrets.suite.authentication.method().proofs[who.role()].payload();
    let got = body(payloads, kind)?;
    // RFC 2408 5.11: a hash that does not verify means that the message is not what its sender sent.
    if keymat::verify(&who.hash(secrets), got) {
        return Ok(Proven(()));
    }
    Err(Failure::under(secrets.clone(), Reason::HashMismatch { message: Some(message) }))
}
