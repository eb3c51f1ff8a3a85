//! Who sends which payloads in which message: RFC 2409 sections 5.4 and 5.5 as a table, which checks and prints.

use std::fmt;

use isakmp::{Payload, PayloadType};

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
    /// Payloads it must have, each exactly once.
    pub required: &'static [PayloadType],
    /// Payloads that mean something here. Others are ignored.
    pub optional: &'static [PayloadType],
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
const VID: PayloadType = PayloadType::VID;
const NAT_D: PayloadType = PayloadType::NAT_D;
const NAT_OA: PayloadType = PayloadType::NAT_OA;

/// Main Mode with a pre-shared key.
const MAIN: [Row; 6] = [
    row(MessageName::MSG1, Initiator, Never, &[SA], &[VID]),
    row(MessageName::MSG2, Responder, Never, &[SA], &[VID]),
    row(MessageName::MSG3, Initiator, Never, &[KE, NONCE], &[VID, NAT_D]),
    row(MessageName::MSG4, Responder, Never, &[KE, NONCE], &[VID, NAT_D]),
    row(MessageName::MSG5, Initiator, Must, &[ID, HASH], &[N]),
    row(MessageName::MSG6, Responder, Must, &[ID, HASH], &[N]),
];

/// Aggressive Mode with a pre-shared key. AM4 is the Informational exchange of docs/architecture.md.
const AGGRESSIVE: [Row; 4] = [
    row(MessageName::AM1, Initiator, Never, &[SA, KE, NONCE, ID], &[VID]),
    row(MessageName::AM2, Responder, Never, &[SA, KE, NONCE, ID, HASH], &[VID, NAT_D]),
    // In clear by the RFC's figure, sealed by devices.
    row(MessageName::AM3, Initiator, May, &[HASH], &[NAT_D]),
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
    Row { message, sender, encryption, required, optional }
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
    /// The message has what it must have, and its SA payload, if any, first.
    ///
    /// # Errors
    /// [`Reason::MissingPayload`] (also for a payload that stands twice) or [`Reason::SaNotFirst`].
    pub fn check(&self, payloads: &[Payload]) -> Result<(), Reason> {
        // RFC 2409 5.4: what the figure shows must be there, once: two could not both be hashed.
        for kind in self.required {
            if payloads.iter().filter(|payload| payload.kind == *kind).count() != 1 {
                return Err(Reason::MissingPayload(*kind));
            }
        }
        // RFC 2409 5: the SA payload precedes all others; the rest may come in any order.
        // RFC 2409 5.5: in Quick Mode HASH stands before it, and before everything.
        let before = usize::from(self.message.exchange() == ExchangeKind::Quick);
        let sa_first = payloads.get(before).is_some_and(|payload| payload.kind == SA);
        if self.required.contains(&SA) && !sa_first {
            return Err(Reason::SaNotFirst);
        }
        Ok(())
    }
}

/// As the RFC writes it: `HDR*, ID, HASH [, N]`.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.encryption == Never { "HDR" } else { "HDR*" })?;
        self.required.iter().try_for_each(|kind| write!(f, ", {kind}"))?;
        self.optional.iter().try_for_each(|kind| write!(f, " [, {kind}]"))
    }
}
