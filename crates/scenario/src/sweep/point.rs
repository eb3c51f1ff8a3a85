//! One run of a sweep: a scenario, and the command that runs it alone.

use ike::Mode;

use super::base_scenario::BaseScenario;
use super::catalogue::FaultText;
use crate::error::ScenarioError;
use crate::file::{ExpectTable, File, Peer, PolicyTable};
use crate::scenario::Scenario;
use crate::shell::shell_word;
use crate::value::At;

/// One run. Nothing: the base's own value.
#[derive(Clone, Debug, PartialEq)]
pub struct Point<'s> {
    /// Its number in the sweep, from 0.
    pub number: u64,
    /// The number of its combination of everything but the seed.
    pub(super) combination: u64,
    /// What it starts from.
    pub base: &'s BaseScenario,
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
    /// The scenario: the base with this run's values in place, its `[expect]` left out.
    ///
    /// # Errors
    /// A combination that cannot be: a message that the mode does not have, a fault that changes nothing.
    pub fn scenario(&self) -> Result<Scenario, ScenarioError> {
        self.file().build_edited(self.base.name.as_deref().unwrap_or("<defaults>"))
    }

    /// Only its seed tells it from this other run of the same sweep.
    pub fn differs_by_seed(&self, other: &Point<'_>) -> bool {
        self.combination == other.combination && self.seed.is_some()
    }

    /// Makes the scenario of a run that [differs by its seed](Point::differs_by_seed) that of this one, which is far
    /// cheaper than another [`Point::scenario`].
    pub fn reseed(&self, scenario: &mut Scenario) {
        if let Some(seed) = self.written_seed() {
            scenario.setup.seed = seed.unsigned_abs();
        }
    }

    /// As a file may have it: below 2^63.
    fn written_seed(&self) -> Option<i64> {
        self.seed.and_then(|seed| i64::try_from(seed).ok())
    }

    fn file(&self) -> File {
        let mut file = File { expect: ExpectTable::default(), ..self.base.file.clone() };
        if let Some(mode) = self.mode {
            file.mode = Some(mode.to_string().into());
        }
        if let Some(seed) = self.written_seed() {
            file.seed = Some(seed.into());
        }
        if let Some(loss) = self.loss {
            file.network.loss = Some(loss.into());
        }
        if let Some([initiator, responder]) = self.profiles {
            file.initiator.profile = Some(initiator.clone().into());
            file.responder.profile = Some(responder.clone().into());
        }
        if self.group.is_some() || self.encryption.is_some() || self.hash.is_some() {
            self.edit_policies(&mut file.initiator);
            self.edit_policies(&mut file.responder);
        }
        file.fault.extend(self.faults.iter().map(|fault| At::from(fault.table().clone())));
        file
    }

    fn edit_policies(&self, peer: &mut Peer) {
        // Without a list there is the default policy, and it is varied like a written one.
        for At { value: policy, .. } in peer.policy.get_or_insert_with(|| vec![PolicyTable::default().into()])
        {
            if let Some(group) = self.group {
                policy.group = Some(i64::from(group).into());
            }
            if let Some(encryption) = self.encryption {
                policy.encryption = Some(encryption.to_owned().into());
            }
            if let Some(hash) = self.hash {
                policy.hash = Some(hash.to_owned().into());
            }
        }
    }

    /// The command that runs this and nothing else.
    pub fn replay(&self) -> String {
        let mut words = vec!["ikesim sweep".to_owned()];
        words.extend(self.base.name.as_deref().map(shell_word));
        words.extend(self.mode.map(|mode| format!("--mode {mode}")));
        words.extend(self.profiles.map(|[i, r]| format!("--profile {}", shell_word(&format!("{i}:{r}")))));
        words.extend(self.faults.iter().map(|fault| format!("--fault {}", shell_word(&fault.to_string()))));
        // Without this each fault would be a run of its own.
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
