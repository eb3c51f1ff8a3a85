//! The IKEv1 phase 1 engine (RFC 2409): endpoints, exchanges, key schedule.
//!
//! An [`Endpoint`] is a pure machine: bytes and time in, bytes and explanations out. It reads no clock,
//! opens no socket and draws no randomness of its own.

pub mod auth;
pub mod config;
pub mod crypto;
pub mod endpoint;
pub mod event;
mod exchange;
mod flight;
pub mod impair;
pub mod ipsec;
pub mod iv;
pub mod keymat;
mod message_name;
pub mod nat_d;
pub mod observe;
mod policy_value;
pub mod powers;
pub mod profile;
mod proposal;
pub mod reason;
pub mod rng;
pub mod script;
mod selector;
mod sides;
pub mod state;
mod table;
pub mod time;

pub use auth::{Authentication, Credentials, Method};
pub use config::{AclLine, Config, GroupName, Identity, MapEntry, MapPart, Policy, Retry, TunnelGroup};
pub use endpoint::Endpoint;
pub use event::{
    Agreed, ChildEvent, Clear, Cleared, Compressed, Ended, Event, Input, IpsecSa, Label, Negotiated, Output,
    SaId, Sending, Timer, TimerName,
};
pub use impair::{Impair, Impairment};
pub use isakmp::NotifyType;
pub use message_name::{ExchangeKind, MessageName, NoSuchMessage};
pub use observe::{ChildSa, Closed, HashCheck, NoKeymat, Observed, Observer};
pub use policy_value::{OfferedValue, PolicyValue};
pub use powers::Powers;
pub use profile::{Commands, Profile};
pub use proposal::OfferedTransform;
pub use reason::{Answer, Certainty, ChildMismatch, Disposition, PolicyAttribute, Reaction, Reason};
pub use rng::Streams;
pub use selector::{Selector, Selectors, Subnet};
pub use sides::Sides;
pub use state::{Mode, QuickState, Role, State};
pub use time::Instant;
