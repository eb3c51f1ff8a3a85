//! What must hold at every step.

use std::collections::BTreeSet;
use std::fmt;

use ike::{Event, Negotiated, Output, Role, State};

/// A property of every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// Both active: the same keys and the same transform. The hashes cover the identities.
    Agreement,
    /// Unequal pre-shared keys: never both active.
    NoFalseSuccess,
    /// Every run ends.
    Progress,
    /// A duplicate changes nothing.
    Stability,
    /// An active initiator: the responder is, or was, active.
    Confirmation,
    /// Every wait state of the mode is visited.
    Reachability,
}

impl Property {
    /// Every property.
    pub const ALL: [Property; 6] = [
        Property::Agreement,
        Property::NoFalseSuccess,
        Property::Progress,
        Property::Stability,
        Property::Confirmation,
        Property::Reachability,
    ];

    /// What it says, in one line.
    pub fn meaning(self) -> &'static str {
        match self {
            Property::Agreement => "both active: the same keys and the same transform",
            Property::NoFalseSuccess => "unequal pre-shared keys: never both active",
            Property::Progress => "every run ends",
            Property::Stability => "a duplicate changes neither state nor keys",
            Property::Confirmation => "an active initiator: the responder is, or was, active",
            Property::Reachability => "every wait state of the mode is visited",
        }
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Property::Agreement => "agreement",
            Property::NoFalseSuccess => "no false success",
            Property::Progress => "progress",
            Property::Stability => "stability",
            Property::Confirmation => "confirmation",
            Property::Reachability => "reachability",
        })
    }
}

/// What is known of one side, told by its events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Side {
    state: Option<State>,
    was_active: bool,
    keys: Option<Vec<u8>>,
    transform: Option<Negotiated>,
}

/// Both sides, as the properties see them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Monitor {
    sides: [Side; 2],
    equal_keys: bool,
}

impl Monitor {
    pub fn new(equal_keys: bool) -> Monitor {
        Monitor { sides: [Side::default(), Side::default()], equal_keys }
    }

    pub fn state(&self, role: Role) -> Option<State> {
        let [initiator, responder] = &self.sides;
        match role {
            Role::Initiator => initiator.state,
            Role::Responder => responder.state,
        }
    }

    /// Takes what one side said in one step; what no longer holds.
    pub fn step(&mut self, role: Role, outputs: &[Output]) -> BTreeSet<Property> {
        let [initiator, responder] = &mut self.sides;
        let side = match role {
            Role::Initiator => initiator,
            Role::Responder => responder,
        };
        let (mut duplicate, mut moved) = (false, false);
        for output in outputs {
            if let Output::Event(event) = output {
                duplicate |= matches!(event, Event::Duplicate { .. });
                moved |= matches!(event, Event::Accepted { .. } | Event::Keys { .. } | Event::Entered { .. });
                side.note(event);
            }
        }
        let mut broken = self.judge();
        if duplicate && moved {
            broken.insert(Property::Stability);
        }
        broken
    }

    fn judge(&self) -> BTreeSet<Property> {
        let [i, r] = &self.sides;
        let active = |side: &Side| side.state.is_some_and(State::is_active);
        let both = active(i) && active(r);
        let checks = [
            (Property::Agreement, both && (i.keys != r.keys || i.transform != r.transform)),
            (Property::NoFalseSuccess, both && !self.equal_keys),
            (Property::Confirmation, active(i) && !r.was_active),
        ];
        checks.into_iter().filter(|(_, broken)| *broken).map(|(property, _)| property).collect()
    }
}

impl Side {
    fn note(&mut self, event: &Event) {
        match event {
            Event::Entered { state, .. } => {
                self.state = Some(*state);
                self.was_active |= state.is_active();
            }
            Event::Ended { .. } => self.state = None,
            Event::Keys { keymat, .. } => self.keys = Some(keymat.skeyid_e.as_bytes().to_vec()),
            Event::Chosen { negotiated, .. } => self.transform = Some(*negotiated),
            _ => {}
        }
    }
}
