//! Scenarios as TOML files: two configured peers, a network, faults, and what is expected of them; and sweeps over
//! many of them. Only this crate knows the file format: everything below takes a [`Setup`](sim::Setup).

mod build;
mod compose;
mod counterexample;
mod error;
mod exercise;
mod fault_table;
mod faults;
mod file;
mod key;
mod kinds;
mod remarks;
mod scenario;
mod schema;
mod shell;
mod starter;
pub mod sweep;
mod syntax;
mod value;
mod vocabulary;
mod write;

pub use build::access_line;
pub use compose::Unwritable;
pub use counterexample::{NoCounterexample, counterexample};
pub use error::{ErrorKind, ScenarioError, nearest};
pub use exercise::{Asked, Exercise, Hint, Lab, Level, Question, Sees, View};
pub use key::KEY_LENGTH;
pub use kinds::{FaultKind, Field, FieldName};
pub use remarks::{Remarks, Spot};
pub use scenario::{Expect, MAX_BYTES, Scenario, failed_expectations};
pub use schema::schema;
pub use shell::shell_word;
pub use starter::starter;
pub use syntax::{tables, toml_error};
pub use value::parse_duration;
pub use vocabulary::state_names;
pub use write::quoted;
