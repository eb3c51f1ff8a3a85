//! Nature's side, exhaustively: at every step any datagram in flight may be delivered, lost, doubled or
//! overtaken, and any armed timer may fire, within bounds. Worlds that are equal but for time are visited
//! once: an endpoint is only ever told time zero, or the very moment its next timer is due, so no clock
//! reading gets into it, and timers may fire in any order as often as the profile lets them.

mod monitor;
mod node;
mod replay;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use ike::{Mode, Powers, Role, State};

use crate::scenario::Scenario;
pub use monitor::Property;
use node::Node;
pub use node::{Action, Bounds};
pub use replay::scenario;

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
    /// What each side did in each state: how often each kind of event met it.
    pub table: BTreeMap<(Role, Option<State>), BTreeMap<String, u64>>,
    /// The pairs of states in which nothing is left to happen, and how many worlds end so.
    pub ends: BTreeMap<(Option<State>, Option<State>), u64>,
}

/// A visited world: where it was reached from, and how.
struct Visit {
    parent: usize,
    action: Option<Action>,
    depth: usize,
}

/// Explores every run of this scenario's two configurations. Its faults and network are left aside;
/// `most` bounds the number of worlds.
pub fn explore(scenario: &Scenario, bounds: Bounds, powers: &Powers, most: usize) -> Exploration {
    let mut search = Search {
        visits: Vec::new(),
        known: HashMap::new(),
        edges: Vec::new(),
        frontier: VecDeque::new(),
        found: Exploration {
            states: 0,
            transitions: 0,
            depth: 0,
            complete: true,
            violations: BTreeMap::new(),
            table: BTreeMap::new(),
            ends: BTreeMap::new(),
        },
    };
    let (start, broken) = Node::start(scenario, bounds, powers);
    search.reach(start, 0, None, broken);
    while let Some((at, node)) = search.frontier.pop_front() {
        if search.visits.len() >= most {
            search.found.complete = false;
            break;
        }
        search.expand(at, &node);
    }
    search.finish(scenario)
}

struct Search {
    visits: Vec<Visit>,
    /// By 128 bits of hash: that two worlds share them by chance is out of the question.
    known: HashMap<(u64, u64), usize>,
    edges: Vec<(u32, u32)>,
    frontier: VecDeque<(usize, Node)>,
    found: Exploration,
}

impl Search {
    fn expand(&mut self, at: usize, node: &Node) {
        let actions = node.actions();
        if node.is_quiet() {
            *self
                .found
                .ends
                .entry((node.state(Role::Initiator), node.state(Role::Responder)))
                .or_insert(0) += 1;
        }
        for action in actions {
            if let Some((role, event)) = node.meets(&action) {
                *self.found.table.entry((role, node.state(role))).or_default().entry(event).or_insert(0) += 1;
            }
            let (next, broken) = node.after(&action);
            self.found.transitions += 1;
            let to = self.reach(next, at, Some(action), broken);
            let edge = (u32::try_from(at).unwrap_or(u32::MAX), u32::try_from(to).unwrap_or(u32::MAX));
            self.edges.push(edge);
        }
    }

    /// Notes a world; its number.
    fn reach(
        &mut self,
        node: Node,
        parent: usize,
        action: Option<Action>,
        broken: BTreeSet<Property>,
    ) -> usize {
        let depth = self.visits.get(parent).map_or(0, |visit| visit.depth + 1);
        for property in broken {
            if !self.found.violations.contains_key(&property) {
                let path = self.path(parent, action.clone());
                self.found.violations.insert(property, path);
            }
        }
        let next = self.visits.len();
        let number = *self.known.entry(fingerprint(&node)).or_insert(next);
        if number == next {
            self.found.depth = self.found.depth.max(depth);
            self.visits.push(Visit { parent, action, depth });
            self.frontier.push_back((number, node));
        }
        number
    }

    /// The steps from the start to a world and one more.
    fn path(&self, mut at: usize, last: Option<Action>) -> Vec<Action> {
        let mut steps: Vec<Action> = last.into_iter().collect();
        while let Some(Visit { parent, action: Some(action), .. }) = self.visits.get(at) {
            steps.push(action.clone());
            at = *parent;
        }
        steps.reverse();
        steps
    }

    fn finish(mut self, scenario: &Scenario) -> Exploration {
        self.found.states = self.visits.len();
        if self.found.complete && self.has_circle() {
            self.found.violations.entry(Property::Progress).or_default();
        }
        if self.found.complete && !missed(scenario, &self.found).is_empty() {
            self.found.violations.entry(Property::Reachability).or_default();
        }
        self.found
    }

    /// Whether some run never ends: worlds are taken away that nothing leads to; a circle stays.
    fn has_circle(&self) -> bool {
        let mut incoming = vec![0_u32; self.visits.len()];
        let mut outgoing: Vec<Vec<u32>> = vec![Vec::new(); self.visits.len()];
        let index = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        for (from, to) in &self.edges {
            if let (Some(count), Some(list)) = (incoming.get_mut(index(*to)), outgoing.get_mut(index(*from)))
            {
                *count += 1;
                list.push(*to);
            }
        }
        let mut free: Vec<usize> = (0..incoming.len()).filter(|n| incoming.get(*n) == Some(&0)).collect();
        let mut gone = 0;
        while let Some(at) = free.pop() {
            gone += 1;
            for to in outgoing.get(at).into_iter().flatten().map(|to| index(*to)) {
                if let Some(count) = incoming.get_mut(to) {
                    *count -= 1;
                    if *count == 0 {
                        free.push(to);
                    }
                }
            }
        }
        gone < self.visits.len()
    }
}

/// Wait states of the mode that no run came to: then the model proves nothing about them.
pub fn missed(scenario: &Scenario, found: &Exploration) -> Vec<State> {
    let visited: BTreeSet<State> = found.table.keys().filter_map(|(_, state)| *state).collect();
    let confirms = scenario.mode == Mode::Main || scenario.hosts.responder.confirm;
    let wanted = State::all().filter(|state| {
        state.mode() == scenario.mode && !state.is_active() && (confirms || *state != State::AmWaitMsg4)
    });
    wanted.filter(|state| !visited.contains(state)).collect()
}

fn fingerprint(node: &Node) -> (u64, u64) {
    let hash = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        node.hash(&mut hasher);
        hasher.finish()
    };
    (hash(0), hash(1))
}
