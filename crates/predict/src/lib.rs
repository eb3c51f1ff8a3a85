//! Devices in, verdicts out: who calls whom, whether it comes up, and the lines that keep it from it. Each direction is
//! written as a scenario and run by the engine; what no message decides is decided before.
//!
//! Typed throughout: the words for people are `report`'s. No file is read here.

mod alone;
mod compose;
mod fix;
mod judge;
mod lines;
mod net;
mod pair;
mod phase2;
mod verdicts;

pub use alone::{Alone, Mend};
pub use compose::{Phases, ShownKeys, Written, alone_as_scenario, as_scenario};
pub use fix::{Change, Edit, Fix, KEY, fixes};
pub use judge::{Depends, Forecast, Judged, NotRun, Ran, Run, Unknown, judge};
pub use lines::{Blamed, Matter, Said, Unsaid, lines_to_blame};
pub use pair::{Assumed, Bar, Session, SessionEnd, Spoken, Unmatched, facing, sessions};
pub use phase2::{Beside, Entry, LineNote, Wins, notes};
pub use verdicts::Verdicts;
