//! One step of a run that the explorer chose, in words.

use ike::Label;
use sim::explore::{Action, Choice, Met};

/// What happens.
pub(super) fn step(action: &Action) -> String {
    let name = action.label.as_ref().map_or_else(|| "a datagram".to_owned(), name);
    match action.choice {
        Choice::Deliver(role, _) if action.overtakes => {
            format!("{name} reaches the {role}, overtaking an earlier one")
        }
        Choice::Deliver(role, _) => format!("{name} reaches the {role}"),
        Choice::Lose(role, _) => format!("{name} to the {role} is lost"),
        Choice::Repeat(role, _) => format!("{name} reaches the {role}, and will again"),
        Choice::Damage(role, _, how) | Choice::Forge(role, _, how) => {
            format!("{name} {how} reaches the {role}")
        }
        Choice::Fire(role) => format!("a timer of the {role} runs out"),
    }
}

fn name(label: &Label) -> String {
    let met = match label {
        Label::Message { name, .. } => Met::Message(*name),
        Label::Notify { notify, .. } => Met::Notify(*notify),
        Label::Delete { .. } => Met::Delete,
        Label::Foreign { .. } => return "a foreign datagram".into(),
    };
    met.to_string()
}

#[cfg(test)]
mod tests {
    use ike::Role::{Initiator as I, Responder as R};
    use ike::{MessageName, SaId, Sending};
    use sim::explore::Tamper;

    use super::*;

    #[test]
    fn every_step_has_its_words() {
        let label = |name| Label::Message { sa: SaId(0), name, sending: Sending::First };
        let (am2, qm1) = (Some(label(MessageName::AM2)), Some(label(MessageName::QM1)));
        for (choice, label, overtakes, expected) in [
            (Choice::Deliver(I, 0), am2, false, "message 2 reaches the initiator"),
            (Choice::Deliver(I, 1), am2, true, "message 2 reaches the initiator, overtaking an earlier one"),
            (Choice::Deliver(R, 0), qm1, false, "QM1 reaches the responder"),
            (Choice::Deliver(R, 0), None, false, "a datagram reaches the responder"),
            (Choice::Lose(R, 0), Some(Label::Delete { sa: None }), false, "Delete to the responder is lost"),
            (Choice::Repeat(I, 0), am2, false, "message 2 reaches the initiator, and will again"),
            (
                Choice::Damage(I, 0, Tamper::Hash),
                am2,
                false,
                "message 2 damaged in its HASH reaches the initiator",
            ),
            (Choice::Fire(R), None, false, "a timer of the responder runs out"),
        ] {
            assert_eq!(step(&Action { choice, label, overtakes }), expected);
        }
    }
}
