//! A world in small: endpoints, datagrams and monitors are numbers, and each step of the one [`World`] is remembered.
//!
//! An endpoint is only ever told time zero, or the very moment its next timer is due, so no clock reading gets into it:
//! worlds that are equal but for time are one.

mod interned;
mod met;
mod step;

use std::sync::Arc;

use ike::{Endpoint, Powers, Role, Sides, State};
use rustc_hash::FxHashMap;

use super::monitor::{Monitor, Property};
use super::nature::{Adversary, DAMAGE, FORGERIES, Tamper, tampered};
use super::{Bounds, Choice};
use crate::path::Path;
use crate::rule::Rules;
use crate::setup::Setup;
use crate::trace::Datagram;
use crate::world::World;

use interned::{Interned, at, number};
pub use met::Met;
use step::{Listener, StepKey, Stepped, TIMER, Wire};

/// A world: two endpoints, what lies between them, what is under way in the order of its sending, and what is left of
/// the bounds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Node {
    ends: Sides<u32>,
    around: u32,
    monitor: u32,
    left: Bounds,
    queues: Sides<Vec<Under>>,
}

/// A datagram under way, by number. Held back by the wire, it may arrive behind what was sent later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Under {
    gram: u32,
    held: bool,
}

/// A datagram, and what nature did to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Gram {
    datagram: Datagram,
    tamper: Option<Tamper>,
}

/// Where a step leaves a side in the contract's words: the state it entered, or the one in which its SA ended.
pub(super) type Left = Option<(Role, Option<State>)>;

/// Everything that has a number, and every step that was made.
pub(super) struct Tables {
    endpoints: Interned<Arc<Endpoint>>,
    around: Interned<(Path, Rules)>,
    grams: Interned<Gram>,
    // Beside the datagrams: to a monitor the same bytes from another port are a repetition.
    bytes: Interned<Arc<[u8]>>,
    monitors: Interned<Monitor>,
    steps: FxHashMap<StepKey, Stepped>,
    // By monitor and step: many worlds differ only in what neither of them sees.
    judged: FxHashMap<(u32, u32), (u32, Vec<Property>)>,
    /// By datagram: each way to tamper with it, where it has one.
    tampered: FxHashMap<(u32, Tamper), Option<u32>>,
    /// `None`: nature neither damages nor forges.
    adversary: Option<Adversary>,
}

/// A world after a step: what no longer holds, and where the step left a side.
pub(super) struct After {
    pub node: Node,
    pub broken: Vec<Property>,
    pub left: Left,
}

impl Tables {
    /// The world behind the initiator's first step, and the tables that know it.
    pub fn start(setup: &Setup, bounds: Bounds, powers: &Powers) -> (Tables, After) {
        let mut tables = Tables {
            endpoints: Interned::default(),
            around: Interned::default(),
            grams: Interned::default(),
            bytes: Interned::default(),
            monitors: Interned::default(),
            steps: FxHashMap::default(),
            judged: FxHashMap::default(),
            tampered: FxHashMap::default(),
            adversary: (bounds.corrupts + bounds.forges > 0).then(|| Adversary::of(setup)),
        };
        let mut wire = Wire(Rules::new(&setup.faults));
        let mut world = World::new(setup, powers, Listener::default());
        // The responder's number exists before anything reaches it.
        let ends =
            Sides::from_fn(|role| number(&mut tables.endpoints, Arc::clone(world.hosts[role].endpoint())));
        world.initiate(setup, &mut wire);
        // Judged here and not remembered: no step leads to the first world.
        let stepped = tables.stepped(Role::Initiator, world, wire);
        let mut monitor = Monitor::new(may_succeed(setup));
        let broken = monitor.step(Role::Initiator, None, &stepped.events);
        let monitor = number(&mut tables.monitors, monitor);
        let mut node = Node { ends, around: 0, monitor, left: bounds, queues: Sides::default() };
        node.take(Role::Initiator, &stepped);
        (tables, After { node, broken, left: stepped.left })
    }

    fn gram(&mut self, datagram: Datagram, tamper: Option<Tamper>) -> u32 {
        number(&mut self.grams, Gram { datagram, tamper })
    }

    /// Calls `take` with everything that nature may do now and the world after it.
    pub fn expand(&mut self, node: &Node, mut take: impl FnMut(&mut Tables, Choice, After)) {
        for receiver in Role::BOTH {
            for (place, under) in (0..).zip(&node.queues[receiver]) {
                // Equal datagrams lead to equal worlds.
                let earlier = node.queues[receiver].iter().take(usize::from(place));
                if !earlier.into_iter().any(|earlier| earlier.gram == under.gram) {
                    self.expand_one(node, receiver, place, *under, &mut take);
                }
            }
            // Where nothing is under way, a timer is all that can happen, and costs no bound.
            if self.is_armed(node, receiver) && (node.nothing_under_way() || node.left.eager != Some(0)) {
                let mut next = node.clone();
                if !node.nothing_under_way() {
                    next.left.eager = next.left.eager.map(|eager| eager.saturating_sub(1));
                }
                if let Some(after) = self.step(next, receiver, TIMER) {
                    take(self, Choice::Fire(receiver), after);
                }
            }
        }
    }

    fn expand_one(
        &mut self,
        node: &Node,
        receiver: Role,
        place: u16,
        under: Under,
        take: &mut impl FnMut(&mut Tables, Choice, After),
    ) {
        let in_order = node.is_next(receiver, place);
        if in_order || under.held || node.left.reorders > 0 {
            let mut next = node.without(receiver, place);
            // What a rule holds back may come late at no cost: the scenario wants it so.
            next.left.reorders -= u8::from(!in_order && !under.held);
            if let Some(after) = self.step(next, receiver, under.gram) {
                take(self, Choice::Deliver(receiver, place), after);
            }
        }
        if node.left.drops > 0 {
            let mut next = node.without(receiver, place);
            next.left.drops -= 1;
            // No engine hears of a loss, so it breaks nothing by itself.
            take(self, Choice::Lose(receiver, place), After { node: next, broken: Vec::new(), left: None });
        }
        if node.left.duplicates > 0 && in_order {
            let mut next = node.clone();
            next.left.duplicates -= 1;
            if let Some(after) = self.step(next, receiver, under.gram) {
                take(self, Choice::Repeat(receiver, place), after);
            }
        }
        let damage = DAMAGE.iter().filter(|_| node.left.corrupts > 0);
        for how in damage.chain(FORGERIES.iter().filter(|_| node.left.forges > 0)) {
            let Some(gram) = self.tamper(under.gram, *how) else { continue };
            let (next, choice) = if DAMAGE.contains(how) {
                let mut next = node.without(receiver, place);
                next.left.corrupts -= 1;
                (next, Choice::Damage(receiver, place, *how))
            } else {
                let mut next = node.clone();
                next.left.forges -= 1;
                (next, Choice::Forge(receiver, place, *how))
            };
            if let Some(after) = self.step(next, receiver, gram) {
                take(self, choice, after);
            }
        }
    }

    fn tamper(&mut self, gram: u32, how: Tamper) -> Option<u32> {
        // One datagram is under way in many worlds.
        if let Some(known) = self.tampered.get(&(gram, how)) {
            return *known;
        }
        let adversary = self.adversary.as_ref()?;
        let changed = at(&self.grams, gram).and_then(|gram| tampered(&gram.datagram, how, adversary));
        let changed = changed.map(|datagram| self.gram(datagram, Some(how)));
        self.tampered.insert((gram, how), changed);
        changed
    }

    fn is_armed(&self, node: &Node, role: Role) -> bool {
        at(&self.endpoints, node.ends[role]).is_some_and(|end| end.next_timeout().is_some())
    }

    /// Nothing is under way and no timer is armed.
    pub fn is_quiet(&self, node: &Node) -> bool {
        node.nothing_under_way() && Role::BOTH.into_iter().all(|role| !self.is_armed(node, role))
    }

    pub fn monitor(&self, node: &Node) -> Option<&Monitor> {
        at(&self.monitors, node.monitor)
    }

    /// The datagram at a place of a queue.
    pub fn datagram(&self, node: &Node, receiver: Role, place: u16) -> Option<&Datagram> {
        let under = node.queues[receiver].get(usize::from(place))?;
        at(&self.grams, under.gram).map(|gram| &gram.datagram)
    }
}

impl Node {
    fn take(&mut self, role: Role, stepped: &Stepped) {
        self.ends[role] = stepped.end;
        self.around = stepped.around;
        for (receiver, under) in &stepped.launched {
            self.queues[*receiver].push(*under);
        }
    }

    fn without(&self, receiver: Role, place: u16) -> Node {
        let mut next = self.clone();
        next.queues[receiver].remove(usize::from(place));
        next
    }

    /// Nothing that came earlier and is not held back is still under way.
    fn is_next(&self, receiver: Role, place: u16) -> bool {
        self.queues[receiver].iter().take(usize::from(place)).all(|earlier| earlier.held)
    }

    /// How many datagrams are under way.
    pub fn under_way(&self) -> usize {
        Role::BOTH.into_iter().map(|role| self.queues[role].len()).sum()
    }

    /// What is held back is under way for as long as it likes: timers need not wait for it.
    fn nothing_under_way(&self) -> bool {
        Role::BOTH.into_iter().all(|role| self.queues[role].iter().all(|under| under.held))
    }
}

/// Whether the configurations let both become active: equal keys, and nobody refuses the other's identity.
pub(super) fn may_succeed(setup: &Setup) -> bool {
    let [i, r] = setup.hosts.as_ref().into_array();
    // A responder looks up the address that it sees, which may be a NAT's.
    let seen = setup.outside_address(Role::Initiator);
    let of_initiator = i.group_by_address(i.peer);
    let of_responder = match setup.mode {
        // In Main Mode the key is needed before an identity can be read.
        ike::Mode::Main => r.group_by_address(seen),
        ike::Mode::Aggressive => r.group_by_identity(&i.own_identity(), seen),
    };
    let key = |group: Option<&ike::TunnelGroup>| group.and_then(|group| group.pre_shared_key.clone());
    let takes = |group: Option<&ike::TunnelGroup>, sent: &ike::Config| {
        group.and_then(|group| group.peer_identity.as_ref()).is_none_or(|want| *want == sent.own_identity())
    };
    let keys = key(of_initiator).zip(key(of_responder));
    keys.is_some_and(|(one, other)| one == other) && takes(of_initiator, r) && takes(of_responder, i)
}
