//! Annotations of GitHub workflows.

use std::io;

use isakmp::{is_printed, shown};

use crate::out::Out;

/// A message, at a line of a file or without one.
pub fn annotate(
    level: &str,
    at: Option<(&str, Option<usize>)>,
    message: &str,
    out: &mut Out,
) -> io::Result<()> {
    let place = at.map_or(String::new(), |(file, line)| {
        format!(" file={}{}", property(file), line.map_or(String::new(), |line| format!(",line={line}")))
    });
    // `%` alone: line ends are escaped for people by then, and need no second escape.
    out.line(&format!("::{level}{place}::{}", shown(message).replace('%', "%25")))
}

/// A property ends at a colon or a comma. Of what is not printed only line ends have an escape that is read back.
fn property(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '%' | ':' | ',' | '\r' | '\n' => out += &format!("%{:02X}", u32::from(c)),
            c if is_printed(c) => out.push(c),
            c => out.extend(c.escape_debug()),
        }
    }
    out
}
