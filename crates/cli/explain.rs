//! `ikesim explain`

use std::io::Write;

use crate::failure::{Failure, USAGE};

/// Prints what the words mean.
pub fn explain(words: &[String], out: &mut dyn Write) -> Result<u8, Failure> {
    let article = diagnose::explain(words).map_err(|near| {
        let help = near.map_or_else(
            || "a state, two states, a cause, a fault, a notify, MSG1 to MSG6, AM1 to AM4, or a log line in quotes; \
                `ikesim list` has the names"
                .into(),
            |near| format!("did you mean {near}?"),
        );
        Failure::new(USAGE, format!("nothing is known of `{}`", words.join(" "))).help(Some(help))
    })?;
    out.write_all(report::explained(&article, crate::window::layout()).as_bytes())?;
    Ok(0)
}
