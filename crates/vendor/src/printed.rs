//! A line as look-alikes print it. The pattern by which it is read is made of the same text.

use std::fmt::{Display, Write};

use crate::Line;
use crate::pattern::pieces;

/// Behind a line of a look-alike whose wording no device is known for.
// Nobody should search the web for a line that no device prints.
pub const SIMULATED: &str = "(simulated)";

/// A line as its device writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wording {
    /// What stands before it: severity and number of a syslog message, the facility of a debug line.
    pub head: &'static str,
    /// The line with `{field}`s.
    pub text: &'static str,
}

impl Wording {
    /// The names of its fields, in order.
    pub fn holes(self) -> impl Iterator<Item = &'static str> {
        pieces(self.text).filter_map(|(hole, _)| hole)
    }
}

/// A line that was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// See [`Wording::head`].
    pub head: &'static str,
    /// The line without what stands before it.
    pub text: String,
}

impl Printed {
    /// The same, marked: this wording, or the line at this place, has no public source.
    #[must_use]
    pub fn simulated(self) -> Printed {
        Printed { text: format!("{} {SIMULATED}", self.text), ..self }
    }
}

impl Line {
    /// The line with these values in its fields. A line that no look-alike prints has no words.
    pub fn print(&self, values: &[(&str, &dyn Display)]) -> Printed {
        let Some(Wording { head, text: wording }) = self.wording else {
            return Printed { head: "", text: String::new() };
        };
        let mut text = String::new();
        for (hole, literal) in pieces(wording.trim_start_matches('=')) {
            let value = hole.and_then(|hole| values.iter().find(|(name, _)| *name == hole));
            if let Some((_, value)) = value {
                let _ = write!(text, "{value}");
            }
            text += literal;
        }
        text.truncate(text.trim_end().len());
        Printed { head, text }
    }
}

/// A line that is printed and read.
macro_rules! printed {
    ($head:literal, $text:literal, $says:expr) => {
        printed!($head, $text, $says, $crate::Source::Published)
    };
    ($head:literal, $text:literal, $says:expr, $source:expr) => {{
        const TEXT: &str = $text;
        // Reading knows no case: one text for both, so that they cannot part.
        const LOWER: [u8; TEXT.len()] = $crate::pattern::lower(TEXT);
        $crate::Line {
            pattern: $crate::pattern::as_text(&LOWER),
            says: $says,
            source: $source,
            wording: Some($crate::Wording { head: $head, text: TEXT }),
        }
    }};
}
