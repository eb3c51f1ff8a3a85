//! What a session does in phase 2: which entries of both sides meet, what is refused, what mends it.

mod blame;
mod entries;
mod mend;
mod notes;

pub(crate) use blame::blame;
pub use entries::Entry;
pub(crate) use entries::mirrors;
pub use mend::mend;
pub use notes::{Note, notes};
