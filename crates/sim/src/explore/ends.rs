//! How many ways lead to each end: a sum over the graph of worlds, from the last to the first.

use std::collections::BTreeMap;

use ike::{Role, State};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::node::{Left, Node, Tables};
use super::{ChildPair, Edge, Pair, Search};

impl Search {
    fn edges_of(&self, at: usize) -> &[Edge] {
        let bound = |at: usize| self.from.get(at).copied().unwrap_or(self.edges.len());
        self.edges.get(bound(at)..bound(at + 1)).unwrap_or_default()
    }

    /// The worlds so that every step leads forward; `None`: some run never ends. Worlds are taken away that nothing
    /// leads to; a circle stays.
    pub(super) fn order(&self) -> Option<Vec<usize>> {
        let mut incoming = vec![0_u32; self.nodes.len()];
        let index = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        for edge in &self.edges {
            *incoming.get_mut(index(edge.to))? += 1;
        }
        // The first world alone has nothing before it: all others were reached from somewhere.
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
    pub(super) fn ends(&self, tables: &Tables, order: &[usize]) -> BTreeMap<Pair, u64> {
        // Sets, for a world is reached by more ways than can be followed one by one.
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

impl Search {
    /// Where runs leave the child that is asked for first. The monitor is part of a world, so one world has one end.
    pub(super) fn child_ends(&self, tables: &Tables) -> BTreeMap<ChildPair, u64> {
        let quiet = self.nodes.iter().filter(|node| tables.is_quiet(node));
        let mut ends = BTreeMap::new();
        for pair in quiet.filter_map(|node| tables.monitor(node)?.first_child()) {
            *ends.entry(pair).or_insert(0) += 1;
        }
        ends
    }
}

/// A set of pairs of states, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PairSet(u128);

/// NONE and every state.
// Eleven, and 121 pairs fit 128 bits: with one more state they would not.
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
