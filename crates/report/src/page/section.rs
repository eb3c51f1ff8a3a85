//! Sections of RFCs, as links. Nothing is asked of the server until somebody follows one.

use std::fmt;

/// A section; an empty one stands for the whole RFC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Section(pub u16, pub &'static str);

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Section(rfc, section) = self;
        let base = format!("https://www.rfc-editor.org/rfc/rfc{rfc}");
        match section.chars().next() {
            None => write!(f, "<a href=\"{base}\">RFC {rfc}</a>"),
            // The server names appendices by letter.
            Some('A'..='Z') => {
                write!(f, "<a href=\"{base}#appendix-{section}\">RFC {rfc} appendix {section}</a>")
            }
            Some(_) => write!(f, "<a href=\"{base}#section-{section}\">RFC {rfc} section {section}</a>"),
        }
    }
}

/// Several, one behind the other.
pub(super) fn links(sections: &[Section]) -> String {
    sections.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
