//! Exercises: what a student sees of a run, what answers and repairs are worth, and what is kept of the work.
//!
//! The format is `scenario`'s ([`scenario::Exercise`]). Nothing here reads a file or prints: the command line does.

mod armour;
mod bundle;
mod check;
mod class;
mod device;
mod exercise_run;
mod grade;
mod mark;
mod mirror;
mod pack;
mod personal;
mod repair;
mod seal;
mod secret;
mod shipped;
mod submission;
mod work;

pub use armour::Damaged;
pub use bundle::{File, bundle};
pub use check::{Checked, Finding, Fits, check};
pub use class::{BadClass, Student, class};
pub use device::{print, read};
pub use exercise_run::ExerciseRun;
pub use grade::{Grade, NoAnswer, expected, grade};
pub use mark::{Mark, Standing, mark, unhanded};
pub use pack::{Handout, Pack, Part, Unvariable};
pub use repair::{NoRepair, repaired};
pub use secret::Secret;
pub use shipped::{COURSES, all, names, text};
pub use submission::{Garbage, Submission};
pub use work::{Tries, Work};
