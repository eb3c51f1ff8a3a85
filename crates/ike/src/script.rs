//! Who sends which payloads in which message: RFC 2409 sections 5.1 to 5.5 as a table, which checks and prints.

use std::fmt;

use isakmp::{Payload, PayloadType};

use crate::auth::{Method, Proof};
use crate::message_name::{ExchangeKind, MessageName};
use crate::reason::Reason;
use crate::state::Role;

/// One message of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which one.
    pub message: MessageName,
    /// Which end of the exchange sends it.
    pub sender: Role,
    /// Whether its payloads are encrypted.
    pub encryption: Encryption,
    carries: Carries,
}

/// The payloads of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payloads {
    /// It must have these, each exactly once.
    pub required: &'static [PayloadType],
    /// These mean something here. Others are ignored.
    pub optional: &'static [PayloadType],
}

/// The column of the authentication method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carries {
    /// The same whatever the method.
    Always(Payloads),
    /// By what the sender proves itself with: sections 5.4, 5.1, and 5.2 with 5.3.
    By { hash: Payloads, signature: Payloads, encryption: Payloads },
}

/// Whether a message is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// In clear.
    Never,
    /// Always: `HDR*`.
    Must,
    /// Sent encrypted, accepted either way (RFC 2409 leaves AM3 open).
    May,
}

use Encryption::{May, Must, Never};
use Role::{Initiator, Responder};

const SA: PayloadType = PayloadType::SA;
const KE: PayloadType = PayloadType::KE;
const NONCE: PayloadType = PayloadType::NONCE;
const ID: PayloadType = PayloadType::ID;
const HASH: PayloadType = PayloadType::HASH;
const N: PayloadType = PayloadType::N;
const SIG: PayloadType = PayloadType::SIG;
const CERT: PayloadType = PayloadType::CERT;
const CR: PayloadType = PayloadType::CR;
const VID: PayloadType = PayloadType::VID;
const NAT_D: PayloadType = PayloadType::NAT_D;
const NAT_OA: PayloadType = PayloadType::NAT_OA;

/// Main Mode.
const MAIN: [Row; 6] = [
    row(MessageName::MSG1, Initiator, Never, &[SA], &[VID]),
    row(MessageName::MSG2, Responder, Never, &[SA], &[VID]),
    row(MessageName::MSG3, Initiator, Never, &[KE, NONCE], &[VID, NAT_D])
        .encryption(&[KE, ID, NONCE], &[HASH, CERT, VID, NAT_D]),
    row(MessageName::MSG4, Responder, Never, &[KE, NONCE], &[VID, NAT_D])
        .encryption(&[KE, ID, NONCE], &[VID, NAT_D]),
    row(MessageName::MSG5, Initiator, Must, &[ID, HASH], &[N])
        .signature(&[ID, SIG], &[CERT, CR, N])
        .encryption(&[HASH], &[N]),
    row(MessageName::MSG6, Responder, Must, &[ID, HASH], &[N])
        .signature(&[ID, SIG], &[CERT, CR, N])
        .encryption(&[HASH], &[N]),
];

/// Aggressive Mode. AM4 is the Informational exchange of docs/architecture.md.
const AGGRESSIVE: [Row; 4] = [
    row(MessageName::AM1, Initiator, Never, &[SA, KE, NONCE, ID], &[VID])
        .encryption(&[SA, KE, ID, NONCE], &[HASH, CERT, VID]),
    row(MessageName::AM2, Responder, Never, &[SA, KE, NONCE, ID, HASH], &[VID, NAT_D])
        .signature(&[SA, KE, NONCE, ID, SIG], &[CERT, CR, VID, NAT_D]),
    // In clear by the RFC's figure, sealed by devices.
    row(MessageName::AM3, Initiator, May, &[HASH], &[NAT_D]).signature(&[SIG], &[CERT, NAT_D]),
    row(MessageName::AM4, Responder, Must, &[HASH, N], &[]),
];

/// Quick Mode (RFC 2409 section 5.5).
const QUICK: [Row; 3] = [
    row(MessageName::QM1, Initiator, Must, &[HASH, SA, NONCE], &[KE, ID, NAT_OA, N]),
    row(MessageName::QM2, Responder, Must, &[HASH, SA, NONCE], &[KE, ID, NAT_OA, N]),
    row(MessageName::QM3, Initiator, Must, &[HASH], &[N]),
];

const fn row(
    message: MessageName,
    sender: Role,
    encryption: Encryption,
    required: &'static [PayloadType],
    optional: &'static [PayloadType],
) -> Row {
    Row { message, sender, encryption, carries: Carries::Always(Payloads { required, optional }) }
}

/// The messages of an exchange, in order; none for an exchange that is not built.
pub const fn of(exchange: ExchangeKind) -> &'static [Row] {
    match exchange {
        ExchangeKind::Main => &MAIN,
        ExchangeKind::Aggressive => &AGGRESSIVE,
        ExchangeKind::Quick => &QUICK,
        // No row, no name: these are not checked by this table.
        ExchangeKind::Transaction | ExchangeKind::Informational => &[],
    }
}

impl Row {
    /// Another set where its sender signs.
    const fn signature(self, required: &'static [PayloadType], optional: &'static [PayloadType]) -> Row {
        let (hash, signature) = (self.carries.of(Proof::Hash), Payloads { required, optional });
        let encryption = self.carries.of(Proof::Encryption);
        Row { carries: Carries::By { hash, signature, encryption }, ..self }
    }

    /// Another set where its sender proves itself by public-key encryption.
    const fn encryption(self, required: &'static [PayloadType], optional: &'static [PayloadType]) -> Row {
        let (hash, signature) = (self.carries.of(Proof::Hash), self.carries.of(Proof::Signature));
        let encryption = Payloads { required, optional };
        Row { carries: Carries::By { hash, signature, encryption }, ..self }
    }

    /// What it carries with this authentication method.
    pub fn payloads(&self, method: &Method) -> Payloads {
        self.carries.of(method.proofs[self.sender])
    }

    /// It carries this payload whatever the method.
    pub fn has(&self, kind: PayloadType) -> bool {
        Proof::ALL.into_iter().all(|proof| self.carries.of(proof).required.contains(&kind))
    }

    /// The message has what it must have with this method, and its SA payload, if any, first.
    ///
    /// # Errors
    /// [`Reason::MissingPayload`] (also for a payload that stands twice) or [`Reason::SaNotFirst`].
    pub fn check(&self, method: &Method, payloads: &[Payload]) -> Result<(), Reason> {
        let required = self.payloads(method).required;
        // RFC 2409 5.4: what the figure shows must be there, once: two could not both be hashed.
        for kind in required {
            if payloads.iter().filter(|payload| payload.kind == *kind).count() != 1 {
                return Err(Reason::MissingPayload(*kind));
            }
        }
        // RFC 2409 5: the SA payload precedes all others; the rest may come in any order.
        // RFC 2409 5.5: in Quick Mode HASH stands before it, and before everything.
        let before = usize::from(self.message.exchange() == ExchangeKind::Quick);
        let sa_first = payloads.get(before).is_some_and(|payload| payload.kind == SA);
        if required.contains(&SA) && !sa_first {
            return Err(Reason::SaNotFirst);
        }
        Ok(())
    }
}

impl Carries {
    const fn of(self, proof: Proof) -> Payloads {
        match (self, proof) {
            (Carries::Always(payloads), _)
            | (Carries::By { hash: payloads, .. }, Proof::Hash)
            | (Carries::By { signature: payloads, .. }, Proof::Signature)
            | (Carries::By { encryption: payloads, .. }, Proof::Encryption) => payloads,
        }
    }
}

/// As the RFC writes it, with a pre-shared key: `HDR*, ID, HASH [, N]`.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Payloads { required, optional } = self.carries.of(Proof::Hash);
        f.write_str(if self.encryption == Never { "HDR" } else { "HDR*" })?;
        required.iter().try_for_each(|kind| write!(f, ", {kind}"))?;
        optional.iter().try_for_each(|kind| write!(f, " [, {kind}]"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::Authentication;

    #[test]
    fn the_proof_stands_where_its_method_puts_it() {
        let carried = |message: MessageName, number| {
            message.row().payloads(Method::from_number(number).unwrap()).required
        };
        assert_eq!(carried(MessageName::MSG5, 1), [ID, HASH]);
        assert_eq!(carried(MessageName::MSG5, 3), [ID, SIG]);
        assert_eq!(carried(MessageName::MSG5, 4), [HASH]);
        assert_eq!(carried(MessageName::MSG4, 4), [KE, ID, NONCE]);
        assert_eq!(carried(MessageName::MSG4, 3), [KE, NONCE]);
        assert_eq!(carried(MessageName::AM2, 9), [SA, KE, NONCE, ID, SIG]);
        // A hybrid's initiator has a user and no certificate.
        assert_eq!(carried(MessageName::MSG5, 64_221), [ID, HASH]);
        assert_eq!(carried(MessageName::MSG6, 64_221), [ID, SIG]);
        assert_eq!(carried(MessageName::AM3, 64_222), [SIG]);
    }

    #[test]
    fn a_signature_is_missed_where_it_belongs() {
        let of = |kinds: &[PayloadType]| -> Vec<Payload> {
            kinds.iter().map(|kind| Payload::new(*kind, Vec::new())).collect()
        };
        let (hash, signed) = (of(&[SA, KE, NONCE, ID, HASH]), of(&[SA, KE, NONCE, ID, SIG]));
        let check = |method: Authentication, payloads: &[Payload]| {
            MessageName::AM2.row().check(method.method(), payloads)
        };
        assert_eq!(check(Authentication::PreShared, &hash), Ok(()));
        assert_eq!(check(Authentication::PreShared, &signed), Err(Reason::MissingPayload(HASH)));
        assert_eq!(check(Authentication::RsaSig, &hash), Err(Reason::MissingPayload(SIG)));
        assert_eq!(check(Authentication::RsaSig, &signed), Ok(()));
    }
}
