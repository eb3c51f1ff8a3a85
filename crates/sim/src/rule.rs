//! The wire's faults as rules: a selector and an act, the first that matches wins.

use std::time::Duration;

use crate::fault::{Blame, Fault, Times, WireAct, WireFault, WireTarget};
use crate::trace::Datagram;

/// One thing that can be done to a datagram on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// It is gone.
    Lose,
    /// It arrives this much later.
    Hold(Duration),
    /// One more copy arrives this much after the first.
    Repeat(Duration),
    /// This bit of this byte of the ISAKMP message is flipped.
    Flip {
        /// Byte offset in the ISAKMP message.
        byte: usize,
        /// Bit, 0 to 7.
        bit: u8,
    },
    /// Only so many bytes of the ISAKMP message are left.
    Cut(usize),
}

/// The wire faults of a setup, each with the firings it has left.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Rules(Vec<Rule>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Rule {
    /// Position in the setup's faults.
    index: usize,
    fault: WireFault,
    left: Times,
    /// The first Informational of that side is past: those behind it are others.
    past: bool,
}

impl Rules {
    pub fn new(faults: &[Fault]) -> Rules {
        let rules = faults.iter().enumerate().filter_map(|(index, fault)| match fault {
            Fault::Wire(fault) => Some(Rule { index, fault: *fault, left: firings(fault.act), past: false }),
            Fault::Operator(_) | Fault::Clear(_) | Fault::Path(_) | Fault::Peer(_) => None,
        });
        Rules(rules.collect())
    }

    /// What the first rule that matches does; `None`: none does.
    pub fn acts(&mut self, datagram: &Datagram) -> Option<Vec<(Blame, Act)>> {
        let is_about = |rule: &mut Rule| {
            let is_like = rule.fault.target.is_like(datagram.sender, &datagram.label);
            let first = !rule.past;
            rule.past |= is_like && matches!(rule.fault.target, WireTarget::Informational(_));
            is_like && first
        };
        // All of them, before one acts: each counts what passes.
        let about: Vec<&mut Rule> =
            self.0.iter_mut().filter_map(|rule| is_about(rule).then_some(rule)).collect();
        // Used up, a rule makes way for the next one of the same message.
        let waiting = about.into_iter().filter(|rule| rule.left != Times::Count(0));
        waiting.map(|rule| rule.fire(datagram)).find(|acts| !acts.is_empty())
    }
}

impl Rule {
    /// The acts on this datagram; none where the datagram is too short to be touched.
    fn fire(&mut self, datagram: &Datagram) -> Vec<(Blame, Act)> {
        let blame = Blame::Fault(self.index);
        let acts = acts(self.fault.act, datagram.message().len());
        // Where it found nothing to change it has not acted: a longer copy may come.
        if let Times::Count(left) = &mut self.left {
            *left = left.saturating_sub(u32::from(!acts.is_empty()));
        }
        acts.into_iter().map(|act| (blame, act)).collect()
    }
}

/// How often it acts. A duplicate acts on one copy, and makes `times` more of it.
fn firings(act: WireAct) -> Times {
    match act {
        WireAct::Drop { times } | WireAct::Corrupt { times, .. } | WireAct::Truncate { times, .. } => times,
        // A copy in time would carry the exchange on, and the delay show nowhere.
        WireAct::Delay { .. } => Times::All,
        WireAct::Duplicate { .. } => Times::Count(1),
    }
}

fn acts(act: WireAct, length: usize) -> Vec<Act> {
    match act {
        WireAct::Drop { .. } => vec![Act::Lose],
        WireAct::Delay { by } => vec![Act::Hold(by)],
        WireAct::Duplicate { times, after, .. } => {
            (1..=times).map(|n| Act::Repeat(after.saturating_mul(n))).collect()
        }
        WireAct::Corrupt { byte, bit, .. } => {
            let byte = byte.unwrap_or(length.saturating_sub(1));
            if byte < length { vec![Act::Flip { byte, bit }] } else { Vec::new() }
        }
        WireAct::Truncate { length: left, .. } => {
            let left = left.unwrap_or(length / 2);
            if left < length { vec![Act::Cut(left)] } else { Vec::new() }
        }
    }
}
