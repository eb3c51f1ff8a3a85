//! ISAKMP messages (RFC 2408, RFC 2407): bytes to values and back.
//!
//! No crypto, no clock, no I/O. Raw bodies are kept as received, because the hashes of RFC 2409 cover the
//! received bytes; whatever decodes encodes to the very same bytes again.

pub mod attribute;
pub mod dissect;
pub mod error;
pub mod header;
pub mod message;
pub mod payload;
mod reader;
pub mod registry;
mod shown;

pub use attribute::{Attribute, AttributeValue};
pub use error::{Error, ErrorKind, Segment};
pub use header::{Cookie, CookiePair, Flags, Header, MessageId, Version};
pub use message::{Body, Message, Padding, Payload, body_offset, decode_chain, encode_chain};
pub use payload::{
    Certificate, Delete, Identification, NatOriginalAddress, Notification, Proposal, SecurityAssociation,
    Transform,
};
pub use registry::{
    AttributeType, AuthenticationMethod, Doi, EncryptionAlgorithm, ExchangeType, Group, HashAlgorithm,
    IdType, LifeType, NotifyType, PayloadType, ProtocolId, Situation, TransformId,
};
pub use shown::{is_plain, is_printed, shown};
