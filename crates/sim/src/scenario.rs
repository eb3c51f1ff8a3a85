//! A scenario: two configured peers, a network, faults, and what is expected of them.

use std::net::IpAddr;
use std::time::Duration;

use ike::{Config, Instant, Mode, NotifyType, Role, State};

use crate::cause::Cause;
use crate::fault::{Change, Fault};

/// A scenario ready to run: defaults filled in, operator faults applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The path or name it came from, as the user wrote it.
    pub name: String,
    /// One line.
    pub title: String,
    /// Markdown.
    pub description: String,
    /// The exchange that the initiator starts.
    pub mode: Mode,
    /// Every random byte follows from it; below 2^63.
    pub seed: u64,
    /// The run stops here; `None`: when nothing is pending.
    pub until: Option<Instant>,
    /// The initiator's configuration, after the operator's faults.
    pub initiator: Config,
    /// The responder's.
    pub responder: Config,
    /// What lies between them.
    pub network: Network,
    /// In the order written.
    pub faults: Vec<Fault>,
    /// What each operator fault changed: (position in `faults`, changes).
    pub edits: Vec<(usize, Vec<Change>)>,
    /// What the run is judged by.
    pub expect: Expect,
}

impl Scenario {
    /// The configuration of one side.
    pub fn peer(&self, role: Role) -> &Config {
        match role {
            Role::Initiator => &self.initiator,
            Role::Responder => &self.responder,
        }
    }

    /// The address under which the other side knows this one: outside any NAT.
    pub fn outside_address(&self, role: Role) -> IpAddr {
        let nat = self.faults.iter().find_map(|fault| match fault {
            Fault::Nat { at, outside } if *at == role => Some(*outside),
            _ => None,
        });
        nat.unwrap_or(self.peer(role).address)
    }
}

/// Latency and random trouble of the link, both ways alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// One way.
    pub latency: Duration,
    /// Uniform in +-jitter; a datagram never takes less than no time.
    pub jitter: Duration,
    /// Probability per datagram, 0 to 1.
    pub loss: f64,
    /// Probability of a second copy one latency later.
    pub duplicate: f64,
    /// Probability of being held for two more latencies.
    pub reorder: f64,
    /// Probability of one flipped bit.
    pub corrupt: f64,
}

// The probabilities are checked to be 0..=1, so never NaN.
impl Eq for Network {}

/// What a run is judged by; `None` is not judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// The initiator's state; `Some(None)` is NONE.
    pub initiator: Option<Option<State>>,
    /// The responder's.
    pub responder: Option<Option<State>>,
    /// The first-ranked cause; `Some(None)`: no diagnosis.
    pub cause: Option<Option<Cause>>,
    /// Error notifies sent by either, in order of first sight.
    pub notify: Option<Vec<NotifyType>>,
    /// Both active with the same keys.
    pub established: Option<bool>,
}
