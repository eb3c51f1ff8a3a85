//! What a session does in phase 2: which entries of both sides meet, what is refused.

mod blame;
mod entries;
mod notes;

pub(crate) use blame::{blame, misnames};
pub use entries::Entry;
pub(crate) use entries::mirrors;
pub use notes::{Beside, Note, Wins, notes};
