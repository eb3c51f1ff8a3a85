//! What a written file says behind its lines, in comments: a table beside the values.

use std::collections::BTreeMap;

use ike::Role;

/// A key or a table of the file, by the way to it: `initiator.policy[0].hash`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Key(&'static str),
    Entry(usize),
}

impl Spot {
    /// A key of the file itself.
    pub fn file(key: &'static str) -> Spot {
        Spot(vec![Step::Key(key)])
    }

    /// `[initiator]` or `[responder]`.
    pub fn host(role: Role) -> Spot {
        Spot::file(role.name())
    }

    /// `[[fault]]`, from 0.
    pub fn fault(number: usize) -> Spot {
        Spot(vec![Step::Key("fault"), Step::Entry(number)])
    }

    /// A key of this table.
    #[must_use]
    pub fn key(mut self, key: &'static str) -> Spot {
        self.0.push(Step::Key(key));
        self
    }

    /// An entry of a list of this table, from 0.
    #[must_use]
    pub fn entry(self, list: &'static str, number: usize) -> Spot {
        let mut spot = self.key(list);
        spot.0.push(Step::Entry(number));
        spot
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }
}

/// Comments of a written file. What is remarked on is written even where it has its default value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    pub(super) above: BTreeMap<Spot, String>,
    pub(super) behind: BTreeMap<Spot, String>,
}

impl Remarks {
    /// A line of its own above a table.
    pub fn above(&mut self, spot: Spot, text: impl Into<String>) {
        self.above.insert(spot, text.into());
    }

    /// At the end of the line.
    pub fn behind(&mut self, spot: Spot, text: impl Into<String>) {
        self.behind.insert(spot, text.into());
    }

    /// Whether anything is said of this, or of something in it.
    pub(super) fn concern(&self, spot: &Spot) -> bool {
        let next = |table: &BTreeMap<Spot, String>| {
            // In order, whatever lies within a spot comes right behind it.
            table.range(spot..).next().is_some_and(|(found, _)| found.0.starts_with(&spot.0))
        };
        next(&self.behind) || next(&self.above)
    }
}
