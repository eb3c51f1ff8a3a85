//! What would have helped, in words.

use diagnose::{Alternative, EntryPart, PolicyPart};

/// A line for each of the changes that are made together: `the same pre-shared key on both sides`.
pub fn alternatives(together: &[Alternative]) -> Vec<String> {
    together.iter().map(alternative).collect()
}

fn alternative(one: &Alternative) -> String {
    match one {
        Alternative::Group { at, peer } => format!("a tunnel-group for {peer} at the {at}"),
        Alternative::Key(role) => format!("a pre-shared key at the {role}"),
        Alternative::SameKey => "the same pre-shared key on both sides".into(),
        Alternative::Policy(part) => {
            format!("the initiator's {} in the responder's policies", of_policy(*part))
        }
        Alternative::PreShared => "pre-shared keys in the initiator's policies".into(),
        Alternative::Entry { at, part } => {
            format!("the {}'s {} in the {at}'s crypto map", at.other(), of_entry(*part))
        }
        Alternative::Enabled(role) => format!("IKE enabled at the {role}"),
        Alternative::AggressiveMode => "Aggressive Mode allowed at the responder".into(),
        Alternative::AnyIdentity(role) => format!("any identity taken by the {role}"),
        Alternative::Called(address) => format!("the initiator calls {address}"),
        Alternative::Without { number, fault } => {
            let at = fault.at().map_or(String::new(), |role| format!(" at the {role}"));
            format!("without fault {number} ({fault}{at})")
        }
        Alternative::QuietNetwork => "a network that neither loses nor damages".into(),
        Alternative::Time => "more time (`until`)".into(),
    }
}

fn of_policy(part: PolicyPart) -> &'static str {
    match part {
        PolicyPart::Encryption => "encryption",
        PolicyPart::Hash => "hash",
        PolicyPart::Group => "group",
        PolicyPart::Authentication => "authentication",
    }
}

fn of_entry(part: EntryPart) -> &'static str {
    match part {
        EntryPart::AccessList => "access list, mirrored",
        EntryPart::TransformSets => "transform sets",
        EntryPart::Mode => "mode",
        EntryPart::Pfs => "PFS",
        EntryPart::Interface => "binding to an interface",
        EntryPart::Peer => "peer, as it is on the other side,",
    }
}
