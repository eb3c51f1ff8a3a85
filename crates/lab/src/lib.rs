//! Exercises: what a student sees of a run, what answers and repairs are worth, and what is kept of the work.
//!
//! The format is `scenario`'s ([`scenario::Exercise`]). Nothing here reads a file or prints: the command line does.

mod check;
mod device;
mod grade;
mod repair;
mod seal;
mod shipped;
mod sight;
mod work;

pub use check::{Checked, Finding, Fits, check};
pub use device::{print, read};
pub use grade::{Grade, NoAnswer, expected, grade};
pub use repair::{NoRepair, repaired};
pub use shipped::{COURSES, all, names, next, parse, text};
pub use sight::Sight;
pub use work::{Damaged, Tries, Work};
