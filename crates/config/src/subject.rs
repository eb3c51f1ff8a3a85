//! What a line of configuration is about.

/// What a stall is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Policies that do not meet.
    Policy,
    /// Keys that differ or are missing.
    Key,
    /// IKE is off where it is called.
    Enabled,
    /// Aggressive Mode is refused.
    Aggressive,
    /// An identity that is not taken.
    Identity,
    /// An access list in the way.
    Filter,
    /// Whom the caller calls, and the address that the called side has.
    Peer,
    /// Interfaces that are switched off.
    Down,
    /// How long an SA lives: no stall is about it.
    Lifetime,
    /// Which connections there are.
    Connection,
    /// An identity that the DNS turns into an address.
    Resolved,
    /// Transform sets that do not meet, or modes.
    Transforms,
    /// Groups of perfect forward secrecy.
    Secrecy,
    /// Access lists that do not mirror each other.
    Traffic,
    /// An entry that lacks something.
    Entry,
}
