//! What `predict` finds, for people and for programs.

mod blamed;
mod fix;
mod human;
mod machine;
mod verdict;

pub use blamed::annotated;
pub use human::{TOLD, page, problem, text};
pub use machine::json;
pub use verdict::{alone_reason, depends, not_run, unmatched, verdict};

/// A file, or a device in one, of which nothing is judged.
#[derive(Clone, Debug)]
pub struct NotJudged {
    /// The file, as the user named it.
    pub file: String,
    /// The device's name; `None`: the file as a whole.
    pub device: Option<String>,
    /// Why, in words.
    pub why: String,
}

impl NotJudged {
    /// What is said of it, its name first.
    pub fn words(&self) -> String {
        let host = self.device.as_ref().map_or(String::new(), |name| format!(" {name}:"));
        format!("{}:{host} {}", self.file, self.why)
    }
}
