//! Log lines of devices and daemons, recognised by what does not change in them. Sources: shared facts, sections 1, 2 and 5,
//! and the daemons' own messages.

use ike::State;
use sim::Cause;

/// What does not change, who prints it, states, causes, meaning. Text comes before numbers: some ids stand for free text.
const LINES: &str = include_str!("lines.tsv");

/// One kind of line.
pub(super) struct Line {
    pattern: &'static str,
    /// Who prints it, the role where only one does.
    pub who: &'static str,
    states: &'static str,
    causes: &'static str,
    pub meaning: &'static str,
}

impl Line {
    /// States that whoever prints it can be in.
    pub fn states(&self) -> impl Iterator<Item = State> {
        self.states.split(' ').filter_map(State::from_asa)
    }

    /// Causes that it speaks for, likeliest first.
    pub fn causes(&self) -> Vec<Cause> {
        self.causes.split(' ').filter_map(Cause::from_name).collect()
    }

    /// In lower case; between two `*` there may be anything, and six digits are a syslog id.
    fn fits(&self, text: &str) -> bool {
        if self.pattern.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.split(|c: char| !c.is_ascii_digit()).any(|number| number == self.pattern);
        }
        let mut rest = text;
        self.pattern.split('*').all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    }
}

fn lines() -> impl Iterator<Item = Line> {
    LINES.lines().filter_map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
        [pattern, who, states, causes, meaning] => Some(Line { pattern, who, states, causes, meaning }),
        _ => None,
    })
}

/// The kind of line that this text is; the first that fits counts.
pub(super) fn recognise(text: &str) -> Option<Line> {
    let text = text.to_lowercase();
    lines().find(|line| line.fits(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_whole() {
        assert_eq!(LINES.lines().count(), lines().count() + 1, "but for the head line, five columns each");
        for line in lines() {
            let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).count();
            let none = usize::from(line.states.contains("NONE"));
            assert_eq!(line.states().count() + none, words(line.states), "{}: states", line.pattern);
            assert_eq!(line.causes().len(), words(line.causes), "{}: causes", line.pattern);
            assert!(!line.who.is_empty() && line.meaning.len() > 10, "{}", line.pattern);
            let text = line.pattern.replace('*', " ... ");
            assert!(line.fits(&text) && text == text.to_lowercase(), "{text}");
            let first = recognise(&text).map(|line| line.pattern);
            assert_eq!(first, Some(line.pattern), "a line further up takes all of these");
        }
    }
}
