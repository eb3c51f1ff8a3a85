//! What is said of a child beside the ladder. States of Quick Mode are ikesim's own names, and marked so.

use ike::{Agreed, ChildEvent, Ended};

/// What marks a state of Quick Mode: no device prints it.
const OWN_NAME: &str = "(ikesim's name)";

/// One line; `None`: nothing worth a row.
pub(crate) fn child(what: &ChildEvent) -> Option<(String, bool)> {
    match what {
        // The arrow and the state beside it say as much; keys are not for a ladder.
        ChildEvent::Opened { .. } | ChildEvent::Installed(_) => None,
        ChildEvent::Entered(state) => Some((format!("{state} {OWN_NAME}"), false)),
        ChildEvent::Agreed(agreed) => Some((agreed_on(agreed), false)),
        ChildEvent::Ended { how: Ended::GaveUp, state } => {
            Some((format!("gives the child up in {state}"), true))
        }
        ChildEvent::Ended { how: Ended::Deleted | Ended::Replaced | Ended::Cleared, .. } => {
            Some(("drops the child".into(), true))
        }
        // The refusal has a row of its own, with the reason.
        ChildEvent::Ended { how: Ended::Rejected, .. } => None,
    }
}

/// `10.1.0.0/24 <-> 10.2.0.0/24, esp-aes-256 esp-sha-hmac, tunnel`
fn agreed_on(agreed: &Agreed) -> String {
    let Agreed { set, compression, mode, udp, pfs, selectors, .. } = agreed;
    let udp = if *udp { " in UDP" } else { "" };
    let pfs = pfs.map_or(String::new(), |group| format!(", PFS with group {}", group.number()));
    let compressed = compression.map_or(String::new(), |one| format!(", IPComp {}", one.by));
    format!("{selectors}, {set}, {mode}{udp}{pfs}{compressed}")
}
