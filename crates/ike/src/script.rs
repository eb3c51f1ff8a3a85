//! Who sends which payloads in which message: RFC 2409 section 5.4 as a table, which checks and prints.

use std::fmt;

use isakmp::{Payload, PayloadType};

use crate::reason::Reason;
use crate::state::{Mode, Role};

/// One message of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The exchange.
    pub mode: Mode,
    /// Its number, from 1.
    pub message: u8,
    /// Who sends it.
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

/// Every message, in order. AM4 is the Informational exchange of docs/architecture.md.
pub const SCRIPT: [Row; 10] = [
    row(Mode::Main, 1, Initiator, Never, &[SA], &[VID]),
    row(Mode::Main, 2, Responder, Never, &[SA], &[VID]),
    row(Mode::Main, 3, Initiator, Never, &[KE, NONCE], &[VID, NAT_D]),
    row(Mode::Main, 4, Responder, Never, &[KE, NONCE], &[VID, NAT_D]),
    row(Mode::Main, 5, Initiator, Must, &[ID, HASH], &[N]),
    row(Mode::Main, 6, Responder, Must, &[ID, HASH], &[N]),
    row(Mode::Aggressive, 1, Initiator, Never, &[SA, KE, NONCE, ID], &[VID]),
    row(Mode::Aggressive, 2, Responder, Never, &[SA, KE, NONCE, ID, HASH], &[VID, NAT_D]),
    row(Mode::Aggressive, 3, Initiator, May, &[HASH], &[NAT_D]),
    row(Mode::Aggressive, 4, Responder, Must, &[HASH, N], &[]),
];

const fn row(
    mode: Mode,
    message: u8,
    sender: Role,
    encryption: Encryption,
    required: &'static [PayloadType],
    optional: &'static [PayloadType],
) -> Row {
    Row { mode, message, sender, encryption, required, optional }
}

/// The row of a message.
pub fn row_of(mode: Mode, message: u8) -> Option<&'static Row> {
    SCRIPT.iter().find(|row| row.mode == mode && row.message == message)
}

impl Row {
    /// The message has what it must have, and its SA payload, if any, first.
    ///
    /// # Errors
    /// [`Reason::MissingPayload`] (also for a payload that stands twice) or [`Reason::SaNotFirst`].
    pub fn check(&self, payloads: &[Payload]) -> Result<(), Reason> {
        for kind in self.required {
            if payloads.iter().filter(|payload| payload.kind == *kind).count() != 1 {
                return Err(Reason::MissingPayload(*kind));
            }
        }
        let sa_first = payloads.first().is_some_and(|payload| payload.kind == SA);
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
