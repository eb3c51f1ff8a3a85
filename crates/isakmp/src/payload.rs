//! Payload bodies with a structure of their own, one layout per file. KE, NONCE, HASH, SIG, VID and NAT-D
//! are bytes and need no type: their meaning is in [`crate::Payload::body`].

mod cert;
mod delete;
mod id;
mod nat_oa;
mod notify;
mod sa;

pub use cert::Certificate;
pub use delete::Delete;
pub use id::Identification;
pub use nat_oa::NatOriginalAddress;
pub use notify::Notification;
pub use sa::{Proposal, SecurityAssociation, Transform};
