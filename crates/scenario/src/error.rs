//! What is wrong with a scenario file, where, and what is allowed there.

use std::fmt;
use std::iter::repeat_n;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use isakmp::{is_printed, shown};

/// An error in a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    file: String,
    /// The text with every key blotted out, byte for byte as long as the original.
    source: String,
    problem: Box<Problem>,
}

/// What kind of error it is, for callers that go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text is no scenario, or its values do not go together.
    Invalid,
    /// A number, a length or a count is beyond what a scenario may have.
    OutOfRange,
    /// Both peers could only authenticate with signatures, which the engine does not run.
    Signatures,
}

/// An error before its file is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub kind: ErrorKind,
    /// Byte range in the text; `None`: the file as a whole.
    pub span: Option<Range<usize>>,
    pub message: String,
    /// What would be right, a line each.
    pub help: Vec<String>,
}

impl Problem {
    pub fn new(span: &Range<usize>, message: impl Into<String>) -> Problem {
        let kind = ErrorKind::Invalid;
        Problem { kind, span: Some(span.clone()), message: message.into(), help: Vec::new() }
    }

    #[must_use]
    pub fn kind(self, kind: ErrorKind) -> Problem {
        Problem { kind, ..self }
    }

    #[must_use]
    pub fn help(mut self, line: impl Into<String>) -> Problem {
        self.help.push(line.into());
        self
    }

    /// A name that is not known: the nearest one, and all of them.
    pub fn unknown<'n>(
        span: &Range<usize>,
        message: impl Into<String>,
        got: &str,
        allowed: impl IntoIterator<Item = &'n str>,
    ) -> Problem {
        let allowed: Vec<&str> = allowed.into_iter().collect();
        let mut problem = Problem::new(span, message);
        if let Some(nearest) = nearest(got, allowed.iter().copied()) {
            problem = problem.help(format!("did you mean `{nearest}`?"));
        }
        problem.help(format!("allowed: {}", allowed.join(", ")))
    }
}

/// The name that a mistyped one most likely stands for.
pub fn nearest<'n>(got: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    // Beyond this a text is no mistyped name, and comparing it would take long.
    if got.len() > 64 {
        return None;
    }
    let got = got.to_lowercase();
    let scored =
        names.into_iter().map(|name| (strsim::damerau_levenshtein(&got, &name.to_lowercase()), name));
    scored
        // Further off, it would be a guess and no help.
        .filter(|(distance, name)| *distance <= 1 + name.len() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

impl ScenarioError {
    /// An error about a file whose text cannot be shown.
    pub fn file(file: &str, message: impl Into<String>, help: impl Into<String>) -> ScenarioError {
        let kind = ErrorKind::Invalid;
        let problem = Problem { kind, span: None, message: message.into(), help: vec![help.into()] };
        ScenarioError { file: file.into(), source: String::new(), problem: Box::new(problem) }
    }

    pub(super) fn new(file: &str, text: &str, problem: Problem) -> ScenarioError {
        // Keys are not even kept: so no later way of showing the error can show them.
        ScenarioError { file: file.into(), source: printed(&blot(text)), problem: Box::new(problem) }
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.problem.kind
    }

    /// What is wrong, in one line, without its place.
    pub fn message(&self) -> &str {
        &self.problem.message
    }

    /// Line and column from 1, in characters; `None` where the file as a whole is meant.
    pub fn place(&self) -> Option<(usize, usize)> {
        // Blotting keeps lengths: ranges of the file fit the text that is left of it.
        let before = self.source.get(..self.problem.span.as_ref()?.start.min(self.source.len()))?;
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Some((line, column))
    }

    /// The error with its source line and a caret, as `rustc` shows it. Keys in the line are blotted out.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        // Names and values are foreign text: none may move the cursor or paint.
        let [file, message] = [&self.file, &self.problem.message].map(|text| shown(text));
        let help: Vec<_> = self.problem.help.iter().map(|line| shown(line)).collect();
        let title = Level::ERROR.primary_title(&*message);
        let mut group: Group<'_> = match &self.problem.span {
            Some(span) => {
                let snippet = Snippet::source(self.source.as_str()).path(&*file);
                title.element(snippet.annotation(AnnotationKind::Primary.span(self.visible(span))))
            }
            None => title.element(annotate_snippets::Origin::path(&*file)),
        };
        for line in &help {
            group = group.element(Level::HELP.message(&**line));
        }
        renderer.render(&[group])
    }

    /// The first line of a span: a caret under a whole table says nothing.
    fn visible(&self, span: &Range<usize>) -> Range<usize> {
        let start = span.start.min(self.source.len());
        let end = span.end.clamp(start, self.source.len());
        let line = self.source.get(start..end).and_then(|text| text.find('\n'));
        start..line.map_or(end, |length| start + length)
    }
}

/// `file:line:column: message`
impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ScenarioError { file, problem, .. } = self;
        match self.place() {
            Some((line, column)) => write!(f, "{file}:{line}:{column}: {}", problem.message),
            None => write!(f, "{file}: {}", problem.message),
        }
    }
}

impl std::error::Error for ScenarioError {}

/// Words in a key by which its value may be a secret, mistyped keys included.
const SECRET: [&str; 5] = ["shared", "psk", "secret", "password", "hex"];

/// The text with what is not printed blotted out, lengths kept; the renderer itself shows controls of one byte.
fn printed(text: &str) -> String {
    let blotted = |c: char| !c.is_ascii() && !is_printed(c);
    if !text.contains(blotted) {
        return text.to_owned();
    }
    text.chars().flat_map(|c| if blotted(c) { repeat_n('?', c.len_utf8()) } else { repeat_n(c, 1) }).collect()
}

/// The text with the value behind every secret key blotted out, lengths kept.
fn blot(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Not by the TOML reader: a text that it refuses has keys in it all the same.
    while let Some(at) = rest.find('=') {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        let key =
            // In an inline table a key begins behind a brace or a comma.
            before.trim_end_matches('=').rsplit(['\n', ',', '{']).next().unwrap_or_default().to_lowercase();
        let hidden = if SECRET.iter().any(|word| key.contains(word)) { value_len(after) } else { 0 };
        let (value, behind) = after.split_at(hidden);
        out.extend(value.chars().flat_map(blot_char));
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn blot_char(c: char) -> impl Iterator<Item = char> {
    // Quotes and blanks stay, so that a mistake beside the key can be seen.
    let shown = if matches!(c, '\n' | '"' | '\'' | ' ') { c } else { '*' };
    repeat_n(shown, c.len_utf8())
}

/// Length of the value that begins here: to the closing quotes, or to the end of the line in which it ends.
fn value_len(after: &str) -> usize {
    let value = after.trim_start_matches([' ', '\t']);
    let blank = after.len() - value.len();
    let line_end = |from: usize| {
        let rest = value.get(from..).unwrap_or_default();
        rest.find('\n').map_or(value.len(), |length| from + length)
    };
    // Where they are never closed, all that follows may be the key.
    let quoted = |quotes: &str| {
        let inner = value.strip_prefix(quotes)?;
        Some(inner.find(quotes).map_or(value.len(), |end| end + 2 * quotes.len()))
    };
    let bracketed = |open: char, close: char| {
        value.starts_with(open).then(|| line_end(value.find(close).unwrap_or(value.len())))
    };
    let several_lines = quoted("\"\"\"")
        .or_else(|| quoted("'''"))
        .or_else(|| bracketed('{', '}'))
        .or_else(|| bracketed('[', ']'));
    let one_line = || match value.find(['#', ',', '}']) {
        // Within quotes a comma may be the key's own: then the whole line goes.
        Some(end) if !value.starts_with(['"', '\'']) => end.min(line_end(0)),
        _ => line_end(0),
    };
    blank + several_lines.unwrap_or_else(one_line)
}
