//! What must hold at every step, judged from what the engines say.

mod children;

use std::collections::BTreeMap;
use std::fmt;

use ike::{Ended, Event, QuickState, Role, SaId, Sides, State};

use super::nature::Tamper;
use crate::timeline::Standing;
use children::Children;

/// Declares the properties with their names and meanings: none can be without.
macro_rules! properties {
    ($($variant:ident = $name:literal, $meaning:literal;)+) => {
        /// A property of every run.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Property {
            $(#[doc = $meaning] $variant,)+
        }

        impl Property {
            /// Every property.
            pub const ALL: [Property; [$(Property::$variant),+].len()] = [$(Property::$variant),+];

            /// What it says, in one line.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Property::$variant => $meaning,)+
                }
            }
        }

        impl fmt::Display for Property {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Property::$variant => $name,)+
                })
            }
        }
    };
}

properties! {
    Agreement = "agreement", "both active: the same keys and the same transform";
    NoFalseSuccess = "no false success", "unequal pre-shared keys, or an identity that is refused: never both active";
    Progress = "progress", "every run ends";
    Stability = "stability", "a duplicate changes neither state nor keys";
    Confirmation = "confirmation", "an active initiator: the responder is, or was, active";
    Reachability = "reachability", "every wait state of the mode is visited";
    SameChild = "child agreement", "a child that is up: the other side made it too, with the same keys";
    ProvenChild = "child proof", "no child is installed under an SA of phase 1 that was not proven";
    Authenticity = "authenticity", "nothing damaged or forged makes a side active";
    Survival = "survival", "nothing damaged or forged ends an SA that is up; INITIAL_CONTACT replaces none but such";
    Form = "form", "nothing is accepted without its marker, with a reserved bit set, or under two equal cookies";
}

impl Property {
    /// Only damage and forgeries can break it.
    pub fn needs_adversary(self) -> bool {
        matches!(self, Property::Authenticity | Property::Survival | Property::Form)
    }

    /// Only Quick Mode can break it.
    pub fn is_of_phase_2(self) -> bool {
        matches!(self, Property::SameChild | Property::ProvenChild)
    }
}

/// What reached a side in a step; a timer has none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    /// Number of its bytes: equal bytes, equal numbers.
    pub bytes: u32,
    /// What nature did to it.
    pub tamper: Option<Tamper>,
}

/// One side, as far as the properties need it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Side {
    /// Where its newest event left it.
    state: Option<State>,
    /// Each of its negotiations: a forgery may begin a second one.
    negotiations: BTreeMap<SaId, Standing>,
    /// What its living negotiations accepted.
    accepted: Vec<u32>,
    children: Children,
}

/// Both sides, as the properties see them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Monitor {
    sides: Sides<Side>,
    /// The configurations let it come up.
    may_succeed: bool,
}

impl Monitor {
    pub fn new(may_succeed: bool) -> Monitor {
        Monitor { sides: Sides::default(), may_succeed }
    }

    pub fn state(&self, role: Role) -> Option<State> {
        self.sides[role].state
    }

    /// Where the child that the initiator asked for first stands, or stood last, on each side; `None`: it asked for none.
    pub fn first_child(&self) -> Option<(Option<QuickState>, Option<QuickState>)> {
        let (id, state) = self.sides.initiator.children.first()?;
        Some((state, self.sides.responder.children.state(id)))
    }

    pub fn both_active(&self) -> bool {
        Role::BOTH.into_iter().all(|role| self.sides[role].active().next().is_some())
    }

    /// Takes what one side said in one step; what no longer holds.
    pub fn step(&mut self, role: Role, heard: Option<Heard>, events: &[Event]) -> Vec<Property> {
        let side = &mut self.sides[role];
        // Before the events are taken in: a repetition is judged by what was accepted till then.
        let mut broken = side.judge_step(heard, events);
        let has = |wanted: fn(&Event) -> bool| events.iter().any(wanted);
        let accepts = has(|event| matches!(event, Event::Accepted { .. }));
        for event in events {
            side.hear(event);
        }
        side.accepted.extend(heard.filter(|_| accepts).map(|heard| heard.bytes));
        broken.extend(self.judge_state());
        broken
    }

    fn judge_state(&self) -> impl Iterator<Item = Property> + use<> {
        let [i, r] = self.sides.as_ref().into_array();
        let both = self.both_active();
        // SKEYID_e is chained to all that came before it: equal ones have equal keys.
        let same = |i: &Standing, r: &Standing| i.skeyid_e() == r.skeyid_e() && i.negotiated == r.negotiated;
        // Any two: a forged first message may have begun another SA beside the real one.
        let agree = i.active().any(|i| r.active().any(|r| same(i, r)));
        // It was active is enough: the responder may have ended its SA since.
        let confirmed = |i: &Standing| r.negotiations.values().any(|r| r.was_active && same(i, r));
        let checks = [
            (Property::Agreement, both && !agree),
            (Property::NoFalseSuccess, both && !self.may_succeed),
            (Property::Confirmation, !i.active().all(confirmed)),
            (Property::SameChild, !(i.children.agree(&r.children) && r.children.agree(&i.children))),
            (Property::ProvenChild, !(i.children.proven() && r.children.proven())),
        ];
        checks.into_iter().filter(|(_, broken)| *broken).map(|(property, _)| property)
    }
}

impl Side {
    fn active(&self) -> impl Iterator<Item = &Standing> {
        self.negotiations.values().filter(|one| one.state.is_some_and(State::is_active))
    }

    fn hear(&mut self, event: &Event) {
        if let Some(sa) = event.negotiation() {
            self.negotiations.entry(sa).or_default().hear(event);
        }
        if let Event::Child { sa, child, what } = event {
            let proven = || self.negotiations.get(sa).is_some_and(|standing| standing.was_active);
            self.children.hear(*child, what, proven);
        }
        if let Event::Entered { state, .. } = event {
            self.state = Some(*state);
        }
        if let Event::Ended { .. } = event {
            self.state = None;
            // What an SA accepted is forgotten with it: the same bytes may begin another.
            self.accepted.clear();
        }
    }

    /// What the step itself breaks, whatever state it leads to.
    fn judge_step(&self, heard: Option<Heard>, events: &[Event]) -> Vec<Property> {
        let has = |wanted: &dyn Fn(&Event) -> bool| events.iter().any(wanted);
        let accepts = has(&|event| matches!(event, Event::Accepted { .. }));
        let moves = accepts || has(&|event| matches!(event, Event::Keys { .. } | Event::Entered { .. }));
        let duplicate = has(&|event| matches!(event, Event::Duplicate { .. }));
        let twice = accepts && heard.is_some_and(|heard| self.accepted.contains(&heard.bytes));
        let activates = has(&|event| matches!(event, Event::Entered { state, .. } if state.is_active()));
        let ends_active = has(&|event| matches!(event, Event::Ended { state, .. } if state.is_active()));
        let replaces_waiting = has(
            &|event| matches!(event, Event::Ended { how: Ended::Replaced, state, .. } if !state.is_active()),
        );
        let tamper = heard.and_then(|heard| heard.tamper);
        let checks = [
            (Property::Stability, duplicate && moves || twice),
            (Property::Authenticity, tamper.is_some_and(Tamper::proves_nothing) && activates),
            (Property::Survival, tamper.is_some() && ends_active || replaces_waiting),
            (Property::Form, tamper.is_some_and(Tamper::breaks_form) && accepts),
        ];
        checks.into_iter().filter(|(_, broken)| *broken).map(|(property, _)| property).collect()
    }
}
