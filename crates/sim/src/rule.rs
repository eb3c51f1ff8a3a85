//! The wire's faults as rules: a selector and a verdict, the first that matches wins.

use ike::{Label, MessageName};

use crate::choice::Act;
use crate::fault::{Blame, Fault, Times};
use crate::scenario::Scenario;
use crate::trace::Datagram;

/// The wire faults of a scenario, each with the firings it has left.
#[derive(Clone, Debug)]
pub(crate) struct Rules(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    /// Position in the scenario's faults.
    index: usize,
    fault: Fault,
    message: MessageName,
    left: Times,
}

impl Rules {
    pub fn new(scenario: &Scenario) -> Rules {
        let rules = scenario.faults.iter().enumerate().filter_map(|(index, fault)| {
            let (message, left) = selector(fault)?;
            Some(Rule { index, fault: fault.clone(), message, left })
        });
        Rules(rules.collect())
    }

    /// What the first rule that matches does; `None`: none does.
    pub fn verdict(&mut self, datagram: &Datagram) -> Option<Vec<(Blame, Act)>> {
        let Label::Message { name, .. } = datagram.label else {
            return None;
        };
        let rules = self.0.iter_mut().filter(|rule| rule.message == name && rule.left != Times::Count(0));
        rules.map(|rule| rule.fire(datagram)).find(|acts| !acts.is_empty())
    }
}

impl Rule {
    /// The acts on this datagram; none where the datagram is too short to be touched.
    fn fire(&mut self, datagram: &Datagram) -> Vec<(Blame, Act)> {
        let blame = Blame::Fault(self.index);
        let acts: Vec<(Blame, Act)> =
            acts(&self.fault, datagram.message().len()).into_iter().map(|act| (blame, act)).collect();
        if let Times::Count(left) = &mut self.left {
            *left = left.saturating_sub(u32::from(!acts.is_empty()));
        }
        acts
    }
}

/// The message a wire fault waits for, and how often it acts. A duplicate fault acts on one copy, and makes
/// `times` more of it.
fn selector(fault: &Fault) -> Option<(MessageName, Times)> {
    match *fault {
        Fault::Drop { message, times }
        | Fault::Corrupt { message, times, .. }
        | Fault::Truncate { message, times, .. } => Some((message, times)),
        Fault::Delay { message, .. } => Some((message, Times::All)),
        Fault::Duplicate { message, .. } => Some((message, Times::Count(1))),
        _ => None,
    }
}

fn acts(fault: &Fault, length: usize) -> Vec<Act> {
    match *fault {
        Fault::Drop { .. } => vec![Act::Lose],
        Fault::Delay { by, .. } => vec![Act::Hold(by)],
        Fault::Duplicate { times, after, .. } => {
            (1..=times).map(|n| Act::Repeat(after.saturating_mul(n))).collect()
        }
        Fault::Corrupt { byte, bit, .. } => {
            let byte = byte.unwrap_or(length.saturating_sub(1));
            if byte < length { vec![Act::Flip { byte, bit }] } else { Vec::new() }
        }
        Fault::Truncate { length: left, .. } => {
            let left = left.unwrap_or(length / 2);
            if left < length { vec![Act::Cut(left)] } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}
