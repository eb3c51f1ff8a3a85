//! What a sweep starts from.

use crate::error::ScenarioError;
use crate::file::File;
use crate::scenario::Scenario;

/// A base scenario, read once. By default the empty one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BaseScenario {
    /// As errors and replays call it; `None`: it has no file.
    pub name: Option<String>,
    pub(super) file: File,
}

impl BaseScenario {
    /// Reads a scenario file. What is wrong with it is told here, with its place, and not once per run.
    ///
    /// # Errors
    /// Those of [`Scenario::parse`].
    pub fn parse(name: &str, text: &str) -> Result<BaseScenario, ScenarioError> {
        Scenario::parse(name, text)?;
        Ok(BaseScenario { name: Some(name.into()), file: File::parse(name, text)? })
    }

    /// Quick Mode follows phase 1 in it.
    pub fn has_phase_2(&self) -> bool {
        crate::build::asked_for(&self.file)
    }
}
