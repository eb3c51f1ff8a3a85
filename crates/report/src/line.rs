//! Where text for people leaves: lines made of pieces, each escaped when it is written.

use std::fmt;

use anstyle::{AnsiColor, Style};
use isakmp::shown;

pub(crate) const TROUBLE: Style = AnsiColor::Red.on_default();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const HEAD: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();

/// One line: whatever a piece of it holds, it stays text of this line, in this style.
#[derive(Clone, Debug, Default)]
// Not one string: foreign escape sequences could not be told from our own any more.
pub(crate) struct Line(Vec<(Style, String)>);

/// Text in a style; the style is ended where the text ends.
pub(crate) fn paint(style: Style, text: &str) -> Line {
    Line(vec![(style, text.to_owned())])
}

/// Lines as they are written, each with its end.
pub(crate) fn written(lines: &[Line]) -> String {
    // The padding of a last column would show in every diff of two outputs.
    lines.iter().map(|line| format!("{}\n", line.to_string().trim_end())).collect()
}

impl Line {
    /// This, and behind it the other.
    pub fn then(mut self, other: impl Into<Line>) -> Line {
        self.0.extend(other.into().0);
        self
    }

    /// All of it in one style.
    pub fn all(self, style: Style) -> Line {
        Line(self.0.into_iter().map(|(_, text)| (style, text)).collect())
    }
}

impl From<String> for Line {
    fn from(text: String) -> Line {
        Line(vec![(Style::new(), text)])
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Line {
        Line::from(text.to_owned())
    }
}

impl fmt::Display for Line {
    /// `{:#}` is without styles.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.0.iter().try_for_each(|(_, text)| f.write_str(&shown(text)));
        }
        // Ended with each piece: pagers and `grep` show lines by themselves.
        self.0.iter().try_for_each(|(style, text)| write!(f, "{style}{}{style:#}", shown(text)))
    }
}

/// Text for people while it grows: what is in a line stays text of it.
#[derive(Default)]
pub(crate) struct Text(pub String);

impl Text {
    pub fn line(&mut self, text: &str) {
        self.0 += &shown(text);
        self.0.push('\n');
    }

    /// Lines behind an empty one.
    pub fn section(&mut self, lines: &[&str]) {
        self.0.push('\n');
        lines.iter().for_each(|line| self.line(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_ends_no_line_and_changes_no_style() {
        let line = paint(TROUBLE, "a\u{1b}[0m\nb").then("  \u{1b}[32mgood\u{202e} ");
        let text = written(&[line, Line::default()]);
        assert_eq!(text, "\u{1b}[31ma\\u{1b}[0m\\nb\u{1b}[0m  \\u{1b}[32mgood\\u{202e}\n\n");
    }
}
