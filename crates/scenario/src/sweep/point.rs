//! One run of a sweep: a scenario, and the command that runs it alone.

use ike::Mode;
use toml::{Table, Value};

use super::{Base, FaultText};
use crate::{Scenario, ScenarioError, shell_word};

/// One run. Nothing: the base's own value.
#[derive(Clone, Debug, PartialEq)]
pub struct Point<'s> {
    /// Its number in the sweep, from 0.
    pub number: u64,
    /// What it starts from.
    pub base: &'s Base,
    pub(super) mode: Option<Mode>,
    pub(super) profiles: Option<&'s [String; 2]>,
    /// Faults added to the base's own.
    pub faults: &'s [FaultText],
    pub(super) group: Option<u16>,
    pub(super) encryption: Option<&'s str>,
    pub(super) hash: Option<&'s str>,
    pub(super) loss: Option<f64>,
    pub(super) seed: Option<u64>,
}

impl Point<'_> {
    /// The scenario: the base's text with this run's values in place, its `[expect]` left out.
    ///
    /// # Errors
    /// A combination that cannot be: a message that the mode does not have, a fault that changes nothing.
    pub fn scenario(&self) -> Result<Scenario, ScenarioError> {
        let name = self.base.file.as_deref().unwrap_or("<defaults>");
        let Ok(mut table) = self.base.text.parse::<Table>() else {
            // The reader says what is wrong better than the parser does.
            return Scenario::parse(name, &self.base.text);
        };
        self.edit(&mut table);
        Scenario::parse(name, &table.to_string())
    }

    /// This point's scenario from another's, where only values without a rule of their own differ.
    fn after(&self, other: &Point<'_>, its: &Scenario) -> Option<Scenario> {
        let Point { number, seed, loss, .. } = *other;
        let alike = Point { number, seed, loss, ..self.clone() } == *other;
        let in_range = self.seed.is_none_or(|seed| i64::try_from(seed).is_ok())
            && self.loss.is_none_or(|loss| (0.0..=1.0).contains(&loss));
        (alike && in_range).then(|| {
            let mut scenario = its.clone();
            scenario.setup.seed = self.seed.unwrap_or(scenario.setup.seed);
            scenario.setup.network.loss = self.loss.unwrap_or(scenario.setup.network.loss);
            scenario
        })
    }

    fn edit(&self, table: &mut Table) {
        table.remove("expect");
        if let Some(mode) = self.mode {
            table.insert("mode".into(), Value::String(mode.to_string()));
        }
        if let Some(seed) = self.seed.and_then(|seed| i64::try_from(seed).ok()) {
            table.insert("seed".into(), Value::Integer(seed));
        }
        if let (Some(loss), Some(network)) = (self.loss, entry(table, "network")) {
            network.insert("loss".into(), Value::Float(loss));
        }
        for (n, role) in ["initiator", "responder"].into_iter().enumerate() {
            if let Some(peer) = entry(table, role) {
                if let Some(profile) = self.profiles.and_then(|profiles| profiles.get(n)) {
                    peer.insert("profile".into(), Value::String(profile.clone()));
                }
                self.edit_policies(peer);
            }
        }
        if let Some(Value::Array(faults)) =
            Some(table.entry("fault").or_insert_with(|| Value::Array(Vec::new())))
                .filter(|_| !self.faults.is_empty())
        {
            faults.extend(self.faults.iter().map(|fault| Value::Table(fault.table())));
        }
    }

    fn edit_policies(&self, peer: &mut Table) {
        if self.group.is_none() && self.encryption.is_none() && self.hash.is_none() {
            return;
        }
        let policies = peer.entry("policy").or_insert_with(|| Value::Array(vec![Value::Table(Table::new())]));
        let Value::Array(policies) = policies else {
            return;
        };
        for policy in policies.iter_mut().filter_map(Value::as_table_mut) {
            if let Some(group) = self.group {
                policy.insert("group".into(), Value::Integer(group.into()));
            }
            if let Some(encryption) = self.encryption {
                policy.insert("encryption".into(), Value::String(encryption.into()));
            }
            if let Some(hash) = self.hash {
                policy.insert("hash".into(), Value::String(hash.into()));
            }
        }
    }

    /// The command that runs this and nothing else.
    pub fn replay(&self) -> String {
        let mut words = vec!["ikesim sweep".to_owned()];
        words.extend(self.base.file.as_deref().map(shell_word));
        words.extend(self.mode.map(|mode| format!("--mode {mode}")));
        words.extend(self.profiles.map(|[i, r]| format!("--profile {}", shell_word(&format!("{i}:{r}")))));
        words.extend(self.faults.iter().map(|fault| format!("--fault {}", shell_word(&fault.to_string()))));
        if self.faults.len() > 1 {
            words.push("--together".into());
        }
        words.extend(self.group.map(|group| format!("--group {group}")));
        words.extend(self.encryption.map(|cipher| format!("--encryption {}", shell_word(cipher))));
        words.extend(self.hash.map(|hash| format!("--hash {}", shell_word(hash))));
        words.extend(self.loss.map(|loss| format!("--loss {loss}")));
        words.extend(self.seed.map(|seed| format!("--seeds {seed}")));
        words.join(" ")
    }
}

/// Scenarios of points that follow each other. A text is read again only where more changed than loss and seed.
#[derive(Clone, Debug, Default)]
pub struct Scenarios<'s> {
    last: Option<(Point<'s>, Scenario)>,
}

impl<'s> Scenarios<'s> {
    /// [`Point::scenario`].
    ///
    /// # Errors
    /// The same.
    pub fn of(&mut self, point: &Point<'s>) -> Result<Scenario, ScenarioError> {
        if let Some(scenario) = self.last.as_ref().and_then(|(last, scenario)| point.after(last, scenario)) {
            return Ok(scenario);
        }
        let scenario = point.scenario()?;
        self.last = Some((point.clone(), scenario.clone()));
        Ok(scenario)
    }
}

/// The table under this key, made if it is not there; `None` where something else stands there.
fn entry<'t>(table: &'t mut Table, key: &str) -> Option<&'t mut Table> {
    table.entry(key).or_insert_with(|| Value::Table(Table::new())).as_table_mut()
}
