//! `[lab]` as TOML has it: what makes an exercise of a scenario.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fault_table::FaultTable;
use crate::value::At;
use crate::vocabulary;

/// An exercise: the scenario of this file, seen from a side, with questions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Lab")]
pub(crate) struct LabTable {
    /// One line. It tells nothing of what is wrong.
    pub title: At<String>,
    /// What the student is told. Markdown.
    pub situation: At<String>,
    /// The course that it is part of. Default: none.
    #[serde(default)]
    pub course: String,
    /// Its place in the course, from 1. Default 1.
    #[schemars(range(min = 1, max = 999))]
    pub order: Option<At<i64>>,
    /// How hard it is. Default "easy".
    #[schemars(extend("enum" = vocabulary::names(&vocabulary::LEVELS)))]
    pub level: Option<At<String>>,
    /// Whose show output, log, capture and configuration can be seen.
    #[schemars(extend("enum" = vocabulary::names(&vocabulary::SEES)))]
    pub sees: At<String>,
    /// Which of them. Default: all four.
    pub views: Option<Vec<At<String>>>,
    /// The virtual time that is looked at unless the student names another. Default: the end.
    #[schemars(with = "Option<String>", regex(pattern = vocabulary::DURATION))]
    pub at: Option<At<String>>,
    /// What the debrief says beside the truth. Markdown.
    #[serde(default)]
    pub debrief: String,
    /// Help that costs points, taken in order.
    #[serde(default)]
    pub hint: Vec<At<HintTable>>,
    /// What is asked.
    pub question: Vec<At<QuestionTable>>,
    /// Faults that may stand in the place of the written ones, one at a time.
    #[serde(default)]
    pub variant: Vec<At<FaultTable>>,
}

/// A hint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Hint")]
pub(crate) struct HintTable {
    /// What it says.
    pub text: String,
    /// Points. Default 1.
    #[schemars(range(min = 0, max = 100))]
    pub cost: Option<At<i64>>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Question")]
pub(crate) struct QuestionTable {
    /// By which it is answered: `ikesim lab answer ID=VALUE`.
    pub id: At<String>,
    /// What is asked.
    pub text: String,
    /// What the answer is.
    #[schemars(extend("enum" = vocabulary::ASKED))]
    pub kind: At<String>,
    /// What counts as right. A cause or a state may leave it out: then the run itself says what is right.
    #[serde(default)]
    pub answers: Vec<At<String>>,
    /// A cause: what fits all that is seen and is ruled out by the situation. `ikesim lab check` asks for it.
    #[serde(default)]
    pub excludes: Vec<At<String>>,
    /// A choice: everything that may be chosen.
    #[serde(default)]
    pub choices: Vec<At<String>>,
    /// A state: whose. A repair: whose configuration; the side that is seen, where that is one.
    #[schemars(extend("enum" = vocabulary::names(&vocabulary::ROLES)))]
    pub of: Option<At<String>>,
    /// Points. Default 1.
    #[schemars(range(min = 1, max = 100))]
    pub points: Option<At<i64>>,
    /// What the debrief says to it.
    #[serde(default)]
    pub why: String,
}
