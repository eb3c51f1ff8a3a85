//! `ikesim explain`

use std::io::Write;

use crate::failure::{Failure, USAGE};
use crate::out::Out;

/// What may be asked for.
const ASK: &str = "a state, two states, a cause, a fault, a notify, MSG1 to MSG6, AM1 to AM4, a profile, a group, a cipher, or a log line \
    in quotes; `ikesim list` has the names";

/// Prints what the words mean.
pub fn explain(words: &[String], out: &mut Out) -> Result<u8, Failure> {
    let articles = diagnose::explain(words).map_err(|unknown| {
        let help = match unknown.near.as_slice() {
            [] if unknown.word.contains("%ASA-") => {
                "no line of phase 1 that tells of a stall; those that do are above all 713138, 713139, \
                713201, 713202, 713236, 713257, 713904 and 715065"
                    .into()
            }
            [] => ASK.into(),
            [only] => format!("did you mean {only}?"),
            [most @ .., last] => format!("did you mean {} or {last}?", most.join(", ")),
        };
        Failure::new(USAGE, format!("nothing is known of `{}`", unknown.word)).help(Some(help))
    })?;
    for (n, article) in articles.iter().enumerate() {
        if n > 0 {
            writeln!(out)?;
        }
        out.write_all(report::explained(article, crate::window::layout()).as_bytes())?;
    }
    Ok(0)
}
