//! Patterns of lines: literal text, `{field}`, `*`; `#` and a number that stands
//! alone in the line, or `=` and all of the line.

/// The named values of a line, as they are written in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields<'t>(Vec<(&'static str, &'t str)>);

impl<'t> Fields<'t> {
    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&'t str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// A piece of a pattern: the hole before it (`None` at its beginning, `""` for `*`), and the literal text.
pub(crate) type Piece = (Option<&'static str>, &'static str);

/// The next piece, and what follows it.
fn piece(pattern: &'static str) -> (Piece, &'static str) {
    let (hole, rest) = match pattern.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        Some((name, rest)) => (Some(name), rest),
        None => match pattern.strip_prefix('*') {
            Some(rest) => (Some(""), rest),
            None => (None, pattern),
        },
    };
    let (literal, rest) = rest.split_at(rest.find(['{', '*']).unwrap_or(rest.len()));
    ((hole, literal), rest)
}

/// A pattern in its pieces.
pub(crate) fn pieces(mut pattern: &'static str) -> impl Iterator<Item = Piece> {
    std::iter::from_fn(move || {
        let (next, rest) = (!pattern.is_empty()).then(|| piece(pattern))?;
        pattern = rest;
        Some(next)
    })
}

/// A text's bytes in lower case.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which would stop")]
pub(crate) const fn lower<const N: usize>(text: &str) -> [u8; N] {
    let (text, mut lower, mut at) = (text.as_bytes(), [0; N], 0);
    while at < N {
        lower[at] = text[at].to_ascii_lowercase();
        at += 1;
    }
    lower
}

/// What [`lower`] made; nothing else comes here.
pub(crate) const fn as_text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

/// The fields of a text that the pattern fits; `lower` is the text in lower case.
pub(crate) fn fields<'t>(mut pattern: &'static str, text: &'t str, lower: &str) -> Option<Fields<'t>> {
    if let Some(id) = pattern.strip_prefix('#') {
        // A fraction of a second may look like a number of a message.
        let alone = |number: &str| number.trim_end_matches([':', '.']) == id;
        let number = |c: char| c.is_ascii_digit() || c == '.' || c == ':';
        return lower.split(|c: char| !number(c)).any(alone).then(Fields::default);
    }
    if let Some(whole) = pattern.strip_prefix('=') {
        return (lower.trim() == whole).then(Fields::default);
    }
    let mut fields = Vec::new();
    let mut at = 0;
    while !pattern.is_empty() {
        let ((hole, literal), rest) = piece(pattern);
        let behind = lower.get(at..)?;
        // A hole at the end takes what is left.
        let start = if literal.is_empty() { behind.len() } else { behind.find(literal)? };
        if let Some(name) = hole.filter(|name| !name.is_empty()) {
            let value = text.get(at..at + start)?;
            let value = if at == 0 { unmarked(value) } else { value };
            let value = value.trim().trim_matches(['\'', '"', '`']);
            // A value at the end of a sentence brings its full stop along.
            fields.push((name, value.trim_end_matches(['.', ',', '!', ';', ')'])));
        }
        at += start + literal.len();
        pattern = rest;
    }
    Some(Fields(fields))
}

/// A value that begins a line, without what devices put before it: `ISAKMP:(0):`, `05[IKE] <1> `, `%ASA-5-713904: `.
fn unmarked(value: &str) -> &str {
    let marks = ["):", "> ", "] ", ": "];
    marks.iter().fold(value, |value, mark| value.rsplit_once(mark).map_or(value, |(_, rest)| rest))
}

/// The longest literal piece of a pattern: a text without it is another line.
pub(crate) fn longest(mut pattern: &'static str) -> &'static str {
    if let Some(whole) = pattern.strip_prefix(['#', '=']) {
        return whole;
    }
    let mut longest = "";
    while !pattern.is_empty() {
        let ((_, literal), rest) = piece(pattern);
        if literal.len() > longest.len() {
            longest = literal;
        }
        pattern = rest;
    }
    longest
}

/// A text that the pattern fits.
#[cfg(test)]
pub(crate) fn example(mut pattern: &'static str) -> String {
    if let Some(id) = pattern.strip_prefix(['#', '=']) {
        return id.to_owned();
    }
    let mut text = String::new();
    while !pattern.is_empty() {
        let ((hole, literal), rest) = piece(pattern);
        text += if hole.is_some() { "x" } else { "" };
        text += literal;
        pattern = rest;
    }
    text
}
