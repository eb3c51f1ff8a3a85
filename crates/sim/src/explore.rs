//! The other chooser of the one world, exhaustively: at every step any datagram under way may be delivered, lost,
//! doubled, overtaken, damaged or forged, and any armed timer may run out, within bounds. The setup's operator faults,
//! defects, path and wire rules stay in force; chances and times are left to the bounds.

mod choice;
mod monitor;
mod nature;
mod node;
mod replay;

use std::collections::{BTreeMap, BTreeSet};

use ike::{MessageName, Mode, Powers, Role, State};
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};

pub use choice::{Action, Bounds, Choice};
pub use monitor::Property;
pub use nature::Tamper;
pub use node::Met;
pub use replay::{broken_at, replay};

use crate::fault::{Fault, PathFault};
use crate::setup::Setup;
use node::{After, Left, Node, Tables};

/// A pair of states, the initiator's first; `None` is NONE.
pub type Pair = (Option<State>, Option<State>);

/// What an exploration found.
#[derive(Clone, Debug)]
pub struct Exploration {
    /// Different worlds.
    pub states: usize,
    /// Steps between them.
    pub transitions: u64,
    /// Steps from the start to the farthest world.
    pub depth: usize,
    /// Every world within the bounds was visited.
    pub complete: bool,
    /// Properties that do not hold, each with a shortest way there.
    pub violations: BTreeMap<Property, Vec<Action>>,
    /// Some run ends with both sides active.
    pub succeeds: bool,
    /// What each side did in each state: how often each kind of event met it.
    pub table: BTreeMap<(Role, Option<State>), BTreeMap<Met, u64>>,
    /// The pairs of states in which runs leave the peers, and how many worlds without anything left to happen are
    /// reached so. Empty where the exploration was cut short.
    pub ends: BTreeMap<Pair, u64>,
}

/// Why a setup cannot be explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A peer that is switched off for a while: the explorer knows no time.
    PeerDownForAWhile {
        /// Position in the setup's faults.
        fault: usize,
    },
}

/// Explores every run of a setup. `most` bounds the number of worlds.
///
/// # Errors
/// [`Refusal`]: something in the setup has no meaning without time.
pub fn explore(setup: &Setup, bounds: Bounds, powers: &Powers, most: usize) -> Result<Exploration, Refusal> {
    refuse(setup)?;
    let (mut tables, start) = Tables::start(setup, bounds, powers);
    let mut search = Search::new();
    search.reach(&tables, start, None);
    let mut at = 0;
    while let Some(node) = search.nodes.get_index(at).cloned() {
        if search.nodes.len() >= most {
            search.complete = false;
            break;
        }
        search.expand(&mut tables, at, &node);
        at += 1;
    }
    Ok(search.finish(setup, &tables))
}

fn refuse(setup: &Setup) -> Result<(), Refusal> {
    let for_a_while = |fault: &Fault| {
        matches!(fault, Fault::Path(PathFault::PeerDown { from, until, .. })
            if *from != ike::Instant::ZERO || until.is_some())
    };
    match setup.faults.iter().position(for_a_while) {
        Some(fault) => Err(Refusal::PeerDownForAWhile { fault }),
        None => Ok(()),
    }
}

/// How a world was first reached.
#[derive(Clone, Copy)]
struct Visit {
    parent: u32,
    choice: Option<Choice>,
    depth: u32,
}

/// A step between two worlds, by their numbers.
#[derive(Clone, Copy)]
struct Edge {
    to: u32,
    left: Left,
}

struct Search {
    nodes: IndexSet<Node, FxBuildHasher>,
    visits: Vec<Visit>,
    edges: Vec<Edge>,
    /// Where the edges of each expanded world begin.
    from: Vec<usize>,
    met: FxHashMap<(Role, Option<State>, Met), u64>,
    violations: BTreeMap<Property, Vec<Action>>,
    succeeds: bool,
    complete: bool,
    depth: u32,
}

impl Search {
    fn new() -> Search {
        Search {
            nodes: IndexSet::default(),
            visits: Vec::new(),
            edges: Vec::new(),
            from: Vec::new(),
            met: FxHashMap::default(),
            violations: BTreeMap::new(),
            succeeds: false,
            complete: true,
            depth: 0,
        }
    }

    fn expand(&mut self, tables: &mut Tables, at: usize, node: &Node) {
        self.from.push(self.edges.len());
        let parent = u32::try_from(at).unwrap_or(u32::MAX);
        let states = tables.monitor(node).map(|monitor| Role::BOTH.map(|role| monitor.state(role)));
        tables.expand(node, |tables, choice, after| {
            if let (Some((role, met)), Some([initiator, responder])) = (tables.meets(node, choice), states) {
                let state = if role == Role::Initiator { initiator } else { responder };
                *self.met.entry((role, state, met)).or_insert(0) += 1;
            }
            let left = after.left;
            let to = self.reach(tables, after, Some((parent, choice)));
            self.edges.push(Edge { to, left });
        });
    }

    /// Notes a world; its number.
    fn reach(&mut self, tables: &Tables, after: After, by: Option<(u32, Choice)>) -> u32 {
        let After { node, broken, .. } = after;
        for property in broken {
            if !self.violations.contains_key(&property) {
                let path = self.path(tables, by);
                self.violations.insert(property, path);
            }
        }
        let both_active = tables.monitor(&node).is_some_and(monitor::Monitor::both_active);
        self.succeeds |= both_active;
        let (number, is_new) = self.nodes.insert_full(node);
        if is_new {
            let parent = by.map_or(0, |(parent, _)| parent);
            let depth = by.and_then(|_| self.visit(parent)).map_or(0, |visit| visit.depth + 1);
            self.depth = self.depth.max(depth);
            self.visits.push(Visit { parent, choice: by.map(|(_, choice)| choice), depth });
        }
        u32::try_from(number).unwrap_or(u32::MAX)
    }

    fn visit(&self, number: u32) -> Option<&Visit> {
        self.visits.get(usize::try_from(number).ok()?)
    }

    /// The steps from the start to a world and one more.
    fn path(&self, tables: &Tables, mut by: Option<(u32, Choice)>) -> Vec<Action> {
        let mut steps = Vec::new();
        while let Some((parent, choice)) = by {
            let node = usize::try_from(parent).ok().and_then(|parent| self.nodes.get_index(parent));
            let label = node.and_then(|node| {
                let (receiver, place) = choice.place()?;
                tables.datagram(node, receiver, place).map(|datagram| datagram.label)
            });
            let overtakes = matches!(choice, Choice::Deliver(_, place) if place > 0);
            steps.push(Action { choice, label, overtakes });
            by = self.visit(parent).and_then(|visit| Some((visit.parent, visit.choice?)));
        }
        steps.reverse();
        steps
    }

    fn finish(mut self, setup: &Setup, tables: &Tables) -> Exploration {
        self.from.push(self.edges.len());
        let mut table: BTreeMap<(Role, Option<State>), BTreeMap<Met, u64>> = BTreeMap::new();
        for ((role, state, met), count) in &self.met {
            table.entry((*role, *state)).or_default().insert(*met, *count);
        }
        let order = if self.complete { self.order() } else { None };
        let ends = order.as_ref().map(|order| self.ends(tables, order)).unwrap_or_default();
        if self.complete && order.is_none() {
            self.violations.entry(Property::Progress).or_default();
        }
        let mut found = Exploration {
            states: self.nodes.len(),
            transitions: self.edges.len() as u64,
            depth: usize::try_from(self.depth).unwrap_or(usize::MAX),
            complete: self.complete,
            violations: self.violations,
            succeeds: self.succeeds,
            table,
            ends,
        };
        if found.complete && found.succeeds && !missed(setup, &found).is_empty() {
            found.violations.entry(Property::Reachability).or_default();
        }
        found
    }

    fn edges_of(&self, at: usize) -> &[Edge] {
        let bound = |at: usize| self.from.get(at).copied().unwrap_or(self.edges.len());
        self.edges.get(bound(at)..bound(at + 1)).unwrap_or_default()
    }

    /// The worlds so that every step leads forward; `None`: some run never ends. Worlds are taken away that nothing
    /// leads to; a circle stays.
    fn order(&self) -> Option<Vec<usize>> {
        let mut incoming = vec![0_u32; self.nodes.len()];
        let index = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        for edge in &self.edges {
            *incoming.get_mut(index(edge.to))? += 1;
        }
        let mut free: Vec<usize> = incoming.iter().take(1).enumerate().map(|(at, _)| at).collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some(at) = free.pop() {
            order.push(at);
            for edge in self.edges_of(at) {
                let count = incoming.get_mut(index(edge.to))?;
                *count -= 1;
                if *count == 0 {
                    free.push(index(edge.to));
                }
            }
        }
        (order.len() == self.nodes.len()).then_some(order)
    }

    /// Where runs leave the peers. Two runs that end in one world may have given up in different states: the pairs
    /// travel along the steps.
    fn ends(&self, tables: &Tables, order: &[usize]) -> BTreeMap<Pair, u64> {
        let mut reached = vec![PairSet::default(); self.nodes.len()];
        if let Some(first) = reached.first_mut() {
            *first = PairSet::start(tables, &self.nodes);
        }
        let mut ends = BTreeMap::new();
        for at in order {
            let here = reached.get(*at).copied().unwrap_or_default();
            for edge in self.edges_of(*at) {
                let to = usize::try_from(edge.to).unwrap_or(usize::MAX);
                if let Some(there) = reached.get_mut(to) {
                    *there = there.with(here.after(edge.left));
                }
            }
            if self.nodes.get_index(*at).is_some_and(|node| tables.is_quiet(node)) {
                for pair in here.pairs() {
                    *ends.entry(pair).or_insert(0) += 1;
                }
            }
        }
        ends
    }
}

/// A set of pairs of states, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PairSet(u128);

/// NONE and every state.
const LEFTS: usize = State::ALL.len() + 1;

impl PairSet {
    /// The first world: what its monitor says.
    fn start(tables: &Tables, nodes: &IndexSet<Node, FxBuildHasher>) -> PairSet {
        let states = nodes.first().and_then(|node| tables.monitor(node));
        let state = |role| states.and_then(|monitor| monitor.state(role));
        PairSet::of(state(Role::Initiator), state(Role::Responder))
    }

    fn of(initiator: Option<State>, responder: Option<State>) -> PairSet {
        PairSet(1 << (place(initiator) * LEFTS + place(responder)))
    }

    fn with(self, other: PairSet) -> PairSet {
        PairSet(self.0 | other.0)
    }

    /// Every pair after one side is left elsewhere.
    fn after(self, left: Left) -> PairSet {
        let Some((role, state)) = left else {
            return self;
        };
        let moved = self.pairs().map(|(initiator, responder)| match role {
            Role::Initiator => PairSet::of(state, responder),
            Role::Responder => PairSet::of(initiator, state),
        });
        moved.fold(PairSet::default(), PairSet::with)
    }

    fn pairs(self) -> impl Iterator<Item = Pair> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            let lowest = usize::try_from(bits.trailing_zeros()).ok().filter(|_| bits != 0)?;
            bits &= bits - 1;
            Some((at_place(lowest / LEFTS), at_place(lowest % LEFTS)))
        })
    }
}

fn place(state: Option<State>) -> usize {
    state.map_or(0, |state| 1 + State::all().take_while(|other| *other != state).count())
}

fn at_place(place: usize) -> Option<State> {
    State::ALL.get(place.checked_sub(1)?).copied()
}

/// Wait states of the mode that no run came to: then the model proves nothing about them.
pub fn missed(setup: &Setup, found: &Exploration) -> Vec<State> {
    let visited: BTreeSet<State> = found.table.keys().filter_map(|(_, state)| *state).collect();
    let confirms = setup.mode == Mode::Main || setup.hosts.responder.confirm;
    let awaited = MessageName::all(setup.mode, confirms).filter_map(State::waiting_for);
    awaited.filter(|state| !visited.contains(state)).collect()
}
