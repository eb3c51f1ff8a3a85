//! The syntax: statements, sections that inherit, values in quotes.

use std::collections::BTreeMap;

use super::{DEEPEST, MOST_BASES, Tree, Value};

pub(super) struct Parser<'t> {
    pub(super) rest: &'t str,
    pub(super) line: usize,
    pub(super) tree: Tree,
    pub(super) path: Vec<String>,
    /// Open sections that are not kept.
    pub(super) too_deep: usize,
    /// What included files hold, by the name that includes them.
    pub(super) files: &'t BTreeMap<String, String>,
    /// The line of the `include` whose file is being read: what it holds stands there.
    pub(super) within: Option<usize>,
}

impl<'t> Parser<'t> {
    /// Takes as many characters as fit.
    fn take(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn eat(&mut self, c: char) -> bool {
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        self.line += usize::from(rest.is_some() && c == '\n');
        rest.is_some()
    }

    /// Blanks and comments, also over lines.
    fn space(&mut self) {
        loop {
            self.take(char::is_whitespace);
            if !self.rest.starts_with('#') {
                return;
            }
            self.take(|c| c != '\n');
        }
    }

    pub(super) fn statement(&mut self) -> bool {
        self.space();
        if self.rest.is_empty() {
            return false;
        }
        if self.eat('}') {
            // Sections that are not kept have closing braces too: uncounted, they would close others.
            match self.too_deep {
                0 => drop(self.path.pop()),
                _ => self.too_deep -= 1,
            }
            return true;
        }
        let line = self.within.unwrap_or(self.line);
        let name = self.take(|c| !c.is_whitespace() && !"{}=:#,\"".contains(c)).to_owned();
        if name == "include" && self.rest.starts_with([' ', '\t']) {
            let pattern = self.take(|c| c != '\n').trim().to_owned();
            // One level deep: files that include each other would never end.
            match self.files.get(&pattern).filter(|_| self.within.is_none()) {
                Some(text) => self.included(text, line),
                None => self.tree.includes.push((pattern, line)),
            }
            return true;
        }
        self.take(|c| c == ' ' || c == '\t');
        if !name.is_empty() && self.eat('=') {
            self.value(name, line);
            return true;
        }
        let bases = if self.eat(':') { self.bases() } else { Vec::new() };
        self.space();
        if !name.is_empty() && self.eat('{') {
            self.open(name, line, bases);
            return true;
        }
        self.tree.stray += 1;
        if name.is_empty() {
            // Something that cannot begin a statement.
            let one = self.rest.chars().next().map_or(0, char::len_utf8);
            // A closing brace is left for the next statement, so that the section still ends.
            if !self.rest.starts_with('}') {
                self.rest = self.rest.get(one..).unwrap_or("");
            }
        }
        true
    }

    /// Statements of another file, which stand in the section that is open. It includes no further one.
    fn included(&mut self, text: &'t str, line: usize) {
        let (rest, at) = (std::mem::replace(&mut self.rest, text), self.line);
        // A brace too many or too few in that file must not move the rest of this one.
        let (open, too_deep) = (self.path.clone(), self.too_deep);
        self.within = Some(line);
        while self.statement() {}
        (self.rest, self.line, self.within) = (rest, at, None);
        (self.path, self.too_deep) = (open, too_deep);
    }

    fn bases(&mut self) -> Vec<Vec<String>> {
        let list = self.take(|c| !"{}=#\n".contains(c));
        let named = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        named.map(|name| name.split('.').map(str::to_owned).collect()).take(MOST_BASES).collect()
    }

    fn open(&mut self, name: String, line: usize, bases: Vec<Vec<String>>) {
        if self.path.len() >= DEEPEST || self.too_deep > 0 {
            self.too_deep += 1;
            return;
        }
        let child = [self.path.as_slice(), std::slice::from_ref(&name)].concat();
        if !self.tree.sections.contains_key(&child)
            && let Some(parent) = self.tree.sections.get_mut(&self.path)
        {
            parent.children.push(name.clone());
        }
        self.path.push(name);
        let section = self.tree.sections.entry(self.path.clone()).or_default();
        section.bases.extend(bases);
        if section.line == 0 {
            section.line = line;
        }
    }

    fn value(&mut self, key: String, line: usize) {
        self.take(|c| c == ' ' || c == '\t');
        let mut text = String::new();
        loop {
            if self.eat('"') {
                text += &self.quoted();
            } else {
                let plain = self.take(|c| !"\"}#\n".contains(c));
                if !self.rest.starts_with('"') {
                    text += plain.trim_end();
                    break;
                }
                text += plain;
            }
        }
        if self.too_deep == 0
            && let Some(section) = self.tree.sections.get_mut(&self.path)
        {
            section.last.insert(key.clone(), section.values.len());
            section.values.push(Value { key, text, line });
        }
    }

    /// Up to the closing quote, over several lines; up to the end of the line where there is none, so that one quote
    /// too many does not swallow the file.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                // It swallows a secret: it was never meant to go on so far.
                '\n' if self.rest.get(at..).unwrap_or("").trim_start().starts_with("secret") => break,
                '"' => {
                    let (taken, rest) = self.rest.split_at_checked(at).unwrap_or(("", ""));
                    self.line += taken.matches('\n').count();
                    self.rest = rest.get(1..).unwrap_or("");
                    return text;
                }
                '\\' => match chars.next().map(|(_, escaped)| escaped) {
                    Some('n') => text.push('\n'),
                    Some('r') => text.push('\r'),
                    Some('t') => text.push('\t'),
                    Some('\n') | None => {}
                    Some(other) => text.push(other),
                },
                c => text.push(c),
            }
        }
        self.take(|c| c != '\n').trim_end().to_owned()
    }
}
