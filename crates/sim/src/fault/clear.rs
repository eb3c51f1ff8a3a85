//! An operator's command while the tunnel runs.

use std::time::Duration;

use ike::{Clear, MessageName, Role};

/// An operator clears SAs of one host. Times are virtual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClearFault {
    /// Whose.
    pub at: Role,
    /// How long after the start, or after the first sending of `after`.
    pub when: Duration,
    /// The message whose first sending `when` counts from, whoever sends it; `None`: from the start.
    pub after: Option<MessageName>,
    /// What is cleared.
    pub clear: Clear,
}
