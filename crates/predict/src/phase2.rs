//! What a session does in phase 2: which entries of both sides meet, what is refused.

mod entries;
mod lines;
mod notes;

pub use entries::Entry;
pub(crate) use entries::mirrors;
pub(crate) use lines::{lines_to_blame, misnames};
pub use notes::{Beside, LineNote, Wins, notes};
