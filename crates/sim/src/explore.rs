//! The other chooser of the one world, exhaustively: at every step any datagram under way may be delivered, lost,
//! doubled, overtaken, damaged or forged, and any armed timer may run out, within bounds. The setup's operator faults,
//! defects, path and wire rules stay in force; chances and times are left to the bounds.

mod choice;
mod ends;
mod monitor;
mod nature;
mod node;
mod replay;

use std::collections::{BTreeMap, BTreeSet};

use ike::{MessageName, Mode, Powers, QuickState, Role, State};
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

/// The same of the child that is asked for first.
pub type ChildPair = (Option<QuickState>, Option<QuickState>);

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
    /// It was cut short because its worlds are too large, not because there are too many.
    pub crowded: bool,
    /// Properties that do not hold, each with a shortest way there.
    pub violations: BTreeMap<Property, Vec<Action>>,
    /// Some run ends with both sides active.
    pub succeeds: bool,
    /// What each side did in each state: how often each kind of event met it.
    pub table: BTreeMap<(Role, Option<State>), BTreeMap<Met, u64>>,
    /// The pairs of states in which runs leave the peers, and how many worlds without anything left to happen are
    /// reached so. Empty where the exploration was cut short.
    pub ends: BTreeMap<Pair, u64>,
    /// The same for the first child: where it stands, or stood last, in worlds without anything left to happen.
    pub child_ends: BTreeMap<ChildPair, u64>,
}

/// Why a setup cannot be explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A peer that is switched off for a while: the explorer knows no time.
    PeerDownForAWhile {
        /// Position in the setup's faults.
        fault: usize,
    },
    /// An operator that clears SAs at a moment of the clock.
    Cleared {
        /// Position in the setup's faults.
        fault: usize,
    },
}

/// Datagrams under way beyond [`FEW`] in all worlds together, eight bytes each: a rule that sends thousands of copies makes
/// each world as large as hundreds of others.
const MOST_UNDER_WAY: usize = 1 << 25;

/// Datagrams under way in a world of which the bound of worlds is enough of a bound.
const FEW: usize = 64;

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
    // Nearest worlds first: so the first way to a broken property is a shortest one.
    while let Some(node) = search.nodes.get_index(at).cloned() {
        // What is left out may hold anything: a part proves no property.
        search.crowded = search.under_way >= MOST_UNDER_WAY;
        if search.nodes.len() >= most || search.crowded {
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
    if let Some(fault) = setup.faults.iter().position(for_a_while) {
        return Err(Refusal::PeerDownForAWhile { fault });
    }
    match setup.faults.iter().position(|fault| matches!(fault, Fault::Clear(_))) {
        Some(fault) => Err(Refusal::Cleared { fault }),
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
    // Four bytes each: edges are many times the worlds.
    to: u32,
    left: Left,
}

struct Search {
    nodes: IndexSet<Node, FxBuildHasher>,
    under_way: usize,
    crowded: bool,
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
            under_way: 0,
            crowded: false,
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
        // Worlds are expanded in the order of their numbers, so one list holds all edges.
        self.from.push(self.edges.len());
        let parent = u32::try_from(at).unwrap_or(u32::MAX);
        // As before the step: the table says what met a state, not what came of it.
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
        let under_way = node.under_way().saturating_sub(FEW);
        let (number, is_new) = self.nodes.insert_full(node);
        // Known worlds keep their first way: it is no longer than this one.
        if is_new {
            self.under_way += under_way;
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
            // Read from the worlds again: only the few ways that are shown need labels.
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
        // A part has no order: what was not expanded may close a circle.
        let order = if self.complete { self.order() } else { None };
        let ends = order.as_ref().map(|order| self.ends(tables, order)).unwrap_or_default();
        let child_ends = if order.is_some() { self.child_ends(tables) } else { BTreeMap::new() };
        // A circle: a run without end, of which no list of steps can be the whole.
        if self.complete && order.is_none() {
            self.violations.entry(Property::Progress).or_default();
        }
        let mut found = Exploration {
            states: self.nodes.len(),
            transitions: self.edges.len() as u64,
            depth: usize::try_from(self.depth).unwrap_or(usize::MAX),
            complete: self.complete,
            crowded: self.crowded,
            violations: self.violations,
            succeeds: self.succeeds,
            table,
            ends,
            child_ends,
        };
        // Where a fault keeps the tunnel down, it keeps states out of reach by intent.
        if found.complete && found.succeeds && !missed(setup, &found).is_empty() {
            found.violations.entry(Property::Reachability).or_default();
        }
        found
    }
}

/// Wait states of the mode that no run came to: then the model proves nothing about them.
pub fn missed(setup: &Setup, found: &Exploration) -> Vec<State> {
    let visited: BTreeSet<State> = found.table.keys().filter_map(|(_, state)| *state).collect();
    // Without the confirmation nobody ever waits for AM4.
    let confirms = setup.mode == Mode::Main || setup.hosts.responder.confirm;
    let awaited = MessageName::all(setup.mode, confirms).filter_map(State::waiting_for);
    awaited.filter(|state| !visited.contains(state)).collect()
}
