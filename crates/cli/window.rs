//! The reader's window.

use std::io;

use report::Layout;

/// As wide as the terminal; a pipe gets the same everywhere.
pub fn layout() -> Layout {
    match terminal_size::terminal_size_of(io::stdout()) {
        Some((terminal_size::Width(columns), _)) => Layout::new(columns.into()),
        // One width: output that is compared must not hang on who made it.
        None => Layout::WIDE,
    }
}
