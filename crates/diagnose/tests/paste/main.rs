//! Pastes, below the binary: what is read out of lines, and what follows from it.

#![cfg(test)]

mod ends;
mod kinds;
mod mends;
mod stories;
mod values;

use diagnose::paste::{Story, read};

/// The one story of a text.
#[track_caller]
fn only(text: &str) -> Story {
    let mut stories = read(&[text]).stories;
    assert_eq!(stories.len(), 1, "{text}\n{stories:#?}");
    stories.remove(0)
}

fn issues(story: &Story) -> Vec<&'static str> {
    story.suspects.iter().map(|suspect| suspect.issue.name()).collect()
}
