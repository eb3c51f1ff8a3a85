//! One world: two endpoints, the datagrams between them in the order they were sent, and what is left of
//! the bounds.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use ike::{Endpoint, Input, Instant, Label, Output, Powers, Role, Sides, State, Streams};

use super::monitor::{Monitor, Property};
use crate::scenario::Scenario;
use crate::trace::Datagram;

/// How much nature may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Datagrams lost.
    pub drops: u8,
    /// Datagrams delivered twice.
    pub duplicates: u8,
    /// Datagrams that overtake earlier ones.
    pub reorders: u8,
    /// Timers that run out while something is under way; beyond that they wait until nothing is. `None`:
    /// as many as there are.
    pub eager: Option<u8>,
}

/// One thing that nature does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Delivers a datagram: place in its queue, 0 is the oldest.
    Deliver(Role, usize, String),
    /// Loses one.
    Drop(Role, usize, String),
    /// Delivers one, and keeps a copy under way.
    Duplicate(Role, usize, String),
    /// Lets the next timer of a peer run out.
    Fire(Role),
}

/// A world.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Node {
    ends: [Endpoint; 2],
    /// On their way to the initiator, and to the responder.
    queues: [Vec<Datagram>; 2],
    left: Bounds,
    monitor: Monitor,
}

fn index(role: Role) -> usize {
    usize::from(role == Role::Responder)
}

const ROLES: [Role; 2] = Role::BOTH;

impl Node {
    /// The world behind the initiator's first step.
    pub fn start(scenario: &Scenario, left: Bounds, powers: &Powers) -> (Node, BTreeSet<Property>) {
        let ends = ROLES.map(|role| {
            Endpoint::new(
                Arc::new(scenario.hosts[role].clone()),
                Streams::new(scenario.seed, role.name()),
                powers.clone(),
            )
        });
        let monitor = Monitor::new(equal_keys(scenario));
        let mut node = Node { ends, queues: [Vec::new(), Vec::new()], left, monitor };
        let [from, to] =
            [scenario.hosts.initiator.address, scenario.hosts.initiator.peer].map(|ip| (ip, 500).into());
        let broken = node.input(Role::Initiator, Instant::ZERO, Input::Initiate { from, to });
        (node, broken)
    }

    pub fn state(&self, role: Role) -> Option<State> {
        self.monitor.state(role)
    }

    /// Nothing is under way and no timer is armed.
    pub fn is_quiet(&self) -> bool {
        self.nothing_under_way() && self.ends.iter().all(|end| end.next_timeout().is_none())
    }

    fn nothing_under_way(&self) -> bool {
        self.queues.iter().all(Vec::is_empty)
    }

    /// Everything that nature may do now.
    pub fn actions(&self) -> Vec<Action> {
        let mut actions = Vec::new();
        for role in ROLES {
            let Some(queue) = self.queues.get(index(role)) else {
                continue;
            };
            for (place, datagram) in queue.iter().enumerate() {
                // Equal datagrams lead to equal worlds.
                if queue.iter().take(place).any(|earlier| earlier == datagram) {
                    continue;
                }
                let name = name(&datagram.label);
                let in_order = place == 0;
                if in_order || self.left.reorders > 0 {
                    actions.push(Action::Deliver(role, place, name.clone()));
                }
                if self.left.drops > 0 {
                    actions.push(Action::Drop(role, place, name.clone()));
                }
                if self.left.duplicates > 0 && in_order {
                    actions.push(Action::Duplicate(role, place, name));
                }
            }
            let armed = self.ends.get(index(role)).is_some_and(|end| end.next_timeout().is_some());
            if armed && (self.nothing_under_way() || self.left.eager != Some(0)) {
                actions.push(Action::Fire(role));
            }
        }
        actions
    }

    /// Whom an action meets, and with what; `None`: nobody notices.
    pub fn meets(&self, action: &Action) -> Option<(Role, String)> {
        match action {
            Action::Deliver(role, _, name) | Action::Duplicate(role, _, name) => Some((*role, name.clone())),
            Action::Drop(..) => None,
            Action::Fire(role) => Some((*role, "timer".into())),
        }
    }

    /// The world after an action, and what no longer holds.
    pub fn after(&self, action: &Action) -> (Node, BTreeSet<Property>) {
        let mut next = self.clone();
        let broken = match action {
            Action::Fire(role) => {
                if !self.nothing_under_way() {
                    next.left.eager = self.left.eager.map(|eager| eager.saturating_sub(1));
                }
                next.fire(*role)
            }
            Action::Drop(role, place, _) => {
                next.left.drops -= 1;
                next.take(*role, *place);
                BTreeSet::new()
            }
            Action::Duplicate(role, place, _) => {
                next.left.duplicates -= 1;
                match next.queues.get(index(*role)).and_then(|queue| queue.get(*place)).cloned() {
                    Some(datagram) => next.deliver(*role, &datagram),
                    None => BTreeSet::new(),
                }
            }
            Action::Deliver(role, place, _) => {
                next.left.reorders -= u8::from(*place > 0);
                match next.take(*role, *place) {
                    Some(datagram) => next.deliver(*role, &datagram),
                    None => BTreeSet::new(),
                }
            }
        };
        (next, broken)
    }

    fn take(&mut self, role: Role, place: usize) -> Option<Datagram> {
        let queue = self.queues.get_mut(index(role))?;
        (place < queue.len()).then(|| queue.remove(place))
    }

    fn deliver(&mut self, role: Role, datagram: &Datagram) -> BTreeSet<Property> {
        let Datagram { from, to, bytes, .. } = datagram;
        self.input(role, Instant::ZERO, Input::Datagram { from: *from, to: *to, bytes })
    }

    /// The engine is told the moment it waits for, and so remembers no other.
    fn fire(&mut self, role: Role) -> BTreeSet<Property> {
        let due = self.ends.get(index(role)).and_then(Endpoint::next_timeout);
        due.map_or_else(BTreeSet::new, |(at, _)| self.input(role, at, Input::Timeout))
    }

    fn input(&mut self, role: Role, now: Instant, input: Input<'_>) -> BTreeSet<Property> {
        let Some(end) = self.ends.get_mut(index(role)) else {
            return BTreeSet::new();
        };
        let outputs = end.handle(now, input);
        let broken = self.monitor.step(role, &outputs);
        for output in outputs {
            if let (Output::Transmit { from, to, bytes, label }, Some(queue)) =
                (output, self.queues.get_mut(index(role.other())))
            {
                queue.push(Datagram { from, to, bytes: bytes.into(), label, sender: role });
            }
        }
        broken
    }
}

/// Whether the two hold the same key for each other.
fn equal_keys(scenario: &Scenario) -> bool {
    let called = Sides::new(scenario.hosts.initiator.peer, scenario.hosts.initiator.address);
    let keys =
        scenario.hosts.as_ref().zip(called).map(|(config, peer)| {
            config.group_by_address(peer).and_then(|group| group.pre_shared_key.as_ref())
        });
    keys.initiator == keys.responder
}

fn name(label: &Label) -> String {
    match label {
        Label::Message { name, .. } => format!("message {}", name.number()),
        Label::Notify { notify, .. } => notify.to_string(),
        Label::Delete { .. } => "Delete".into(),
        Label::Foreign { .. } => "foreign".into(),
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Deliver(role, 0, name) => write!(f, "{name} reaches the {role}"),
            Action::Deliver(role, _, name) => {
                write!(f, "{name} reaches the {role}, overtaking an earlier one")
            }
            Action::Drop(role, _, name) => write!(f, "{name} to the {role} is lost"),
            Action::Duplicate(role, _, name) => write!(f, "{name} reaches the {role}, and will again"),
            Action::Fire(role) => write!(f, "a timer of the {role} runs out"),
        }
    }
}
