//! A run in steps: each begins with something that happens to a peer and holds everything that follows at once.

mod story;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use ike::{Event, Instant, Label, Role, Sending, Sides};
use isakmp::MessageId;
use sim::{Actor, Datagram, Entry, EntryId, Kind, Setup, Trace};

use super::calculation::{self, Calculation};
use super::side::{Opened, Side};
use crate::reasons;
use crate::row::{self, Row, label_name};

use story::{Scene, story};
pub(super) use story::{Sentence, message, resend};
use told::{comes_again, event_words, note, title};

/// One step.
pub(super) struct Step {
    pub at: Instant,
    pub title: String,
    pub role: Option<Role>,
    /// A resend, or the arrival of one.
    pub again: bool,
    /// In plain words.
    pub told: Vec<Sentence>,
    pub notes: Vec<Note>,
    /// What the ladder shows of it.
    pub rows: Vec<Row>,
    /// Numbers of the messages that arrive or leave in it.
    pub messages: Vec<usize>,
    /// What its peer can compute from now on.
    pub calculations: Vec<Calculation>,
    /// What initiator and responder know ahead of it, and behind it.
    pub before: Sides<Side>,
    pub sides: Sides<Side>,
}

/// Something that happens in a step.
pub(super) struct Note {
    pub text: String,
    pub trouble: bool,
}

/// Different bytes that were on the wire.
pub(super) struct Wire {
    pub name: String,
    pub sender: Role,
    /// Another message of this name was there before it.
    pub other: bool,
    pub bytes: Vec<u8>,
    /// What initiator and responder make of the encrypted part.
    pub opened: Sides<Option<Opened>>,
}

/// The steps of a run and the messages that they point at.
pub(super) struct Steps {
    pub steps: Vec<Step>,
    pub wires: Vec<Wire>,
}

struct Builder<'s> {
    setup: &'s Setup,
    trace: &'s Trace,
    view: Option<Role>,
    rows: BTreeMap<EntryId, Row>,
    sides: Sides<Side>,
    computed: Sides<BTreeSet<(MessageId, &'static str)>>,
    wires: Vec<Wire>,
}

/// Takes a run apart; of a side alone only what happens there.
pub(super) fn steps(setup: &Setup, trace: &Trace, view: Option<Role>) -> Steps {
    let rows = row::each(setup, trace, view).into_iter().collect();
    let (sides, computed) = Default::default();
    let mut builder = Builder { setup, trace, view, rows, sides, computed, wires: Vec::new() };
    let mut steps = Vec::new();
    let seen = |entry: &&Entry| view.is_none_or(|view| entry.actor == Actor::Peer(view));
    let entries: Vec<&Entry> = trace.entries().iter().filter(seen).collect();
    let mut rest = entries.as_slice();
    while let Some((first, others)) = rest.split_first() {
        let begins = |entry: &&Entry| {
            matches!(entry.kind, Kind::Initiated | Kind::Arrived(_) | Kind::Timer(_))
                // All that the operator changed is one step, however many faults there are.
                || (entry.actor == Actor::Operator && first.actor != Actor::Operator)
        };
        let end = others.iter().position(begins).unwrap_or(others.len());
        let (these, after) = others.split_at(end);
        steps.push(builder.step(first, these));
        rest = after;
    }
    Steps { steps, wires: builder.wires }
}

impl Builder<'_> {
    fn step(&mut self, first: &Entry, others: &[&Entry]) -> Step {
        let role = first.actor.role();
        let mut step = Step {
            at: first.at,
            title: title(self.trace, first),
            role,
            again: comes_again(self.trace, first)
                || matches!(first.kind, Kind::Timer(timer) if !timer.is_last()),
            told: Vec::new(),
            notes: Vec::new(),
            rows: Vec::new(),
            messages: Vec::new(),
            calculations: Vec::new(),
            before: self.sides.clone(),
            sides: Default::default(),
        };
        // A message that is refused after its keys were derived was learnt from all the same.
        let accepted = others
            .iter()
            .any(|e| matches!(e.kind, Kind::Engine(Event::Accepted { .. } | Event::Keys { .. })));
        for entry in std::iter::once(first).chain(others.iter().copied()) {
            if let Some(role) = role {
                self.take(role, entry, accepted, &mut step);
            }
            let row = self.rows.get(&entry.id).cloned();
            step.notes.extend(row.as_ref().map_or_else(|| self.said(entry), |row| note(&row.what, role)));
            step.rows.extend(row);
        }
        if let Some(role) = role {
            // A later step could compute all of it too; it is news once.
            let all = calculation::all(self.setup.seed, &self.sides[role], role).into_iter();
            step.calculations = all.filter(|one| self.computed[role].insert((one.of, one.name))).collect();
        }
        step.notes.extend(role.and_then(|role| self.timer(role, others)));
        step.told = self.told(first, others);
        step.sides = self.sides.clone();
        step
    }

    fn told(&self, first: &Entry, others: &[&Entry]) -> Vec<Sentence> {
        let arrived = first.kind.arrived().zip(first.actor.role());
        let opened = arrived.and_then(|(datagram, role)| {
            let wire = self.wires.iter().find(|wire| wire.bytes == datagram.message())?;
            wire.opened[role].as_ref()
        });
        story(&Scene {
            first,
            others,
            again: comes_again(self.trace, first),
            sides: &self.sides,
            both: self.view.is_none(),
            opened,
        })
    }

    /// The timer that a first sending starts, where the sender then waits for an answer.
    fn timer(&self, role: Role, entries: &[&Entry]) -> Option<Note> {
        let sent = |entry: &Entry| {
            let label = entry.kind.sent()?.label;
            label.message().filter(|_| matches!(label, Label::Message { sending: Sending::First, .. }))
        };
        let message = entries.iter().copied().find_map(sent)?;
        self.sides[role].standing.state?.awaited()?;
        let schedule = self.setup.hosts[role].profile.timers.value.schedule(message)?;
        let seconds = |millis: u64| Instant::from_micros(millis * 1000).to_string();
        let resends: Vec<String> = schedule.resends.iter().map(|millis| seconds(*millis)).collect();
        let again = match resends.as_slice() {
            [] => "does not send again".into(),
            times => format!("sends again after {} s", times.join(", ")),
        };
        let text = format!(
            "its timer runs: without an answer it {again} and gives up after {} s",
            seconds(schedule.give_up)
        );
        Some(Note { text, trouble: false })
    }

    /// Lets the step's peer learn what an entry teaches it.
    fn take(&mut self, role: Role, entry: &Entry, accepted: bool, step: &mut Step) {
        let side = &mut self.sides[role];
        let (datagram, learns) = match &entry.kind {
            Kind::Arrived(datagram) => (datagram, accepted),
            Kind::Sent(datagram) => {
                (datagram, matches!(datagram.label, Label::Message { sending: Sending::First, .. }))
            }
            Kind::Engine(event) => return side.hear(self.setup, role, event),
            Kind::Edited { .. }
            | Kind::Initiated
            | Kind::Altered { .. }
            | Kind::Lost { .. }
            | Kind::Unreached { .. }
            | Kind::Cleared { .. }
            | Kind::Timer(_) => return,
        };
        let opened = side.open(datagram);
        if let Some(opened) = &opened {
            side.learn_quick(datagram, opened);
        }
        if learns {
            side.learn(datagram);
        }
        let number = self.wire(datagram);
        if let Some(wire) = self.wires.get_mut(number) {
            // A copy that comes again finds the IV moved on; the first opening is the one that counts.
            let first = wire.opened[role].take();
            wire.opened[role] = first.or(opened);
        }
        if !step.messages.contains(&number) {
            step.messages.push(number);
        }
    }

    /// The number of these bytes, new or known.
    fn wire(&mut self, datagram: &Datagram) -> usize {
        // Without port 4500's marker: the message is the same on both ports.
        let bytes = datagram.message();
        let known = self.wires.iter().position(|wire| wire.bytes == bytes);
        known.unwrap_or_else(|| {
            let (name, sender) = (label_name(&datagram.label), datagram.sender);
            // Altered on the way, or a notify made anew: not to be taken for the first.
            let other = self.wires.iter().any(|wire| wire.name == name && wire.sender == sender);
            let name = if other { format!("{name}, other bytes") } else { name };
            self.wires.push(Wire { name, sender, other, bytes: bytes.to_vec(), opened: Sides::default() });
            self.wires.len() - 1
        })
    }

    /// What the ladder leaves out and a student wants to see.
    fn said(&self, entry: &Entry) -> Option<Note> {
        let plain = |text: String| Some(Note { text, trouble: false });
        match &entry.kind {
            Kind::Edited { changes, .. } => {
                let one = |change: &sim::Change| {
                    let [what, before, after] = reasons::changed(&change.what);
                    format!("{}, {what}: {before} → {after}", change.at)
                };
                plain(changes.iter().map(one).collect::<Vec<_>>().join("; "))
            }
            Kind::Lost { by } => {
                let text = format!("the network loses it: {}", reasons::blame(self.setup, *by));
                Some(Note { text, trouble: true })
            }
            Kind::Altered { how, .. } => plain(format!("the network: {}", reasons::alteration(how))),
            Kind::Engine(event) => plain(event_words(event)?),
            Kind::Cleared { clear, .. } => {
                let told = if clear.notify { "the peer is told" } else { "the peer is not told" };
                let text = format!("the operator clears {}, {told}", reasons::cleared(clear.what));
                Some(Note { text, trouble: true })
            }
            Kind::Initiated | Kind::Sent(_) | Kind::Arrived(_) | Kind::Unreached { .. } | Kind::Timer(_) => {
                None
            }
        }
    }
}
