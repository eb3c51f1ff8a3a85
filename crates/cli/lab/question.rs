//! How a question is shown.

use scenario::{Asked, Question};

use super::folder::config_file;

/// A question with what may be answered, in lines.
pub fn shown(question: &Question) -> String {
    let Question { id, text, asked, points, .. } = question;
    let mut lines = format!("- `{id}` ({}): {text}\n", self::points(*points));
    match asked {
        Asked::Choice { choices, .. } => {
            for (letter, choice) in ('a'..='z').zip(choices) {
                lines += &format!("    {letter}) {choice}\n");
            }
        }
        Asked::Cause { .. } => lines += "    a name from `ikesim list causes`\n",
        Asked::State { .. } => lines += "    a name from `ikesim list states`\n",
        Asked::Repair(role) => {
            lines += &format!("    edit {}, then `ikesim lab try`\n", config_file(*role));
        }
        Asked::Value(_) => {}
    }
    lines
}

/// `1 point`
pub fn points(number: u32) -> String {
    report::reasons::plural(number.into(), "point")
}
