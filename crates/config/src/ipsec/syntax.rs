//! The syntax of `ipsec.conf`, which both daemons inherited from FreeS/WAN: sections that begin with `conn NAME`,
//! `config setup` or `ca NAME`, and lines `key = value` below.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// `key = value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Param {
    /// In lower case, with `-` for `_`.
    pub key: String,
    /// Without quotes.
    pub text: String,
    /// From 1.
    pub line: usize,
    /// The included file that it stands in; `None`: the file itself.
    pub file: Option<Arc<str>>,
}

/// `conn NAME`, or all sections of that name together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section {
    pub name: String,
    pub line: usize,
    /// As of a `Param`.
    pub file: Option<Arc<str>>,
    pub params: Vec<Param>,
    /// Where the last one of each key stands.
    last: BTreeMap<String, usize>,
    /// The conns that it takes over.
    also: Vec<String>,
}

/// A file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conf {
    /// `config setup`
    pub setup: Section,
    /// Every `conn`, `%default` included, in the order written.
    pub conns: Vec<Section>,
    /// Where each stands in `conns`.
    index: BTreeMap<String, usize>,
    /// What other files are named: pattern and line.
    pub includes: Vec<(String, usize)>,
    /// Lines that are none of this.
    pub stray: usize,
}

/// Sections that one takes over with `also`, all in all.
const MOST_ALSO: usize = 64;

/// Files that include one another, at most.
const MOST_OPEN: usize = 8;

impl Conf {
    pub fn parse(text: &str) -> Conf {
        Conf::parse_with(text, &BTreeMap::new())
    }

    /// The same, with what the files beside it hold, by the name that includes them.
    pub fn parse_with(text: &str, included: &BTreeMap<String, String>) -> Conf {
        let mut conf = Conf::default();
        conf.take(text, &mut Vec::new(), included, &mut Where::Nowhere);
        conf
    }

    /// `open`: the files that include this text, the nearest last. What is included stands in the section that is open.
    fn take(
        &mut self,
        text: &str,
        open: &mut Vec<Arc<str>>,
        included: &BTreeMap<String, String>,
        current: &mut Where,
    ) {
        let conf = self;
        let file = open.last().cloned();
        for (line, raw) in (1..).zip(text.lines()) {
            let plain = uncommented(raw).trim();
            let words: Vec<&str> = plain.split_whitespace().collect();
            match words.as_slice() {
                [] | ["version", _] => {}
                ["conn", name] if !name.starts_with('=') => {
                    let next = conf.conns.len();
                    let at = *conf.index.entry((*name).to_owned()).or_insert(next);
                    if at == next {
                        let (name, file) = ((*name).to_owned(), file.clone());
                        conf.conns.push(Section { name, line, file, ..Section::default() });
                    }
                    *current = Where::Conn(at);
                }
                ["config", "setup"] => *current = Where::Setup,
                ["ca", name] if !name.starts_with('=') => *current = Where::Elsewhere,
                ["include", pattern] => match included.get(*pattern) {
                    // A file may include itself.
                    Some(text) if open.len() < MOST_OPEN && !open.iter().any(|name| **name == **pattern) => {
                        open.push((*pattern).into());
                        conf.take(text, open, included, current);
                        open.pop();
                    }
                    _ => conf.includes.push(((*pattern).to_owned(), line)),
                },
                _ => conf.param(current, plain, line, file.as_ref()),
            }
        }
    }

    fn param(&mut self, current: &Where, plain: &str, line: usize, file: Option<&Arc<str>>) {
        // A secret that strayed into a value is nobody's address.
        let sound = |(key, value): &(&str, &str)| is_key(key.trim()) && !value.contains(": PSK");
        let Some((key, value)) = plain.split_once('=').filter(sound) else {
            self.stray += 1;
            return;
        };
        let key = key.trim().to_ascii_lowercase().replace('_', "-");
        let param = Param { key, text: unquoted(value.trim()).to_owned(), line, file: file.cloned() };
        match current {
            Where::Setup => self.setup.push(param),
            Where::Conn(at) => {
                if let Some(conn) = self.conns.get_mut(*at) {
                    conn.push(param);
                }
            }
            Where::Nowhere | Where::Elsewhere => self.stray += 1,
        }
    }

    /// A conn, then what it takes over with `also`, then `%default`.
    fn chain(&self, name: &str) -> Vec<&Section> {
        let mut chain: Vec<&Section> = Vec::new();
        // `%default` last: what a conn says or takes over beats it.
        for start in [name, "%default"] {
            let mut waiting = vec![start];
            while let Some(next) = waiting.pop().filter(|_| chain.len() < MOST_ALSO) {
                let Some(conn) = self.index.get(next).and_then(|at| self.conns.get(*at)) else { continue };
                // Two conns may take over each other.
                if chain.iter().any(|known| known.name == conn.name) {
                    continue;
                }
                chain.push(conn);
                // More than are taken in all need not wait.
                // Turned round: the last one in is the first one out, and the first `also` counts most.
                waiting.extend(conn.also.iter().take(MOST_ALSO).rev().map(String::as_str));
            }
        }
        chain
    }

    /// The value in force for a conn. An empty value unsets.
    pub fn get(&self, name: &str, key: &str) -> Option<&Param> {
        let found = self.chain(name).into_iter().find_map(|section| section.get(key));
        found.filter(|param| !param.text.is_empty())
    }

    /// The conns that others take over with `also`.
    pub fn taken_over(&self) -> BTreeSet<&str> {
        self.conns.iter().flat_map(|conn| &conn.also).map(String::as_str).collect()
    }

    /// A conn that others take over and that starts nothing itself.
    pub fn is_template(&self, conn: &Section, taken: &BTreeSet<&str>) -> bool {
        conn.name == "%default"
            || taken.contains(conn.name.as_str()) && conn.get("auto").is_none()
            || self.get(&conn.name, "left").is_none() && self.get(&conn.name, "right").is_none()
    }

    /// How many values there are.
    pub fn count(&self) -> usize {
        self.conns.iter().map(|conn| conn.params.len()).sum::<usize>() + self.setup.params.len()
    }
}

enum Where {
    Nowhere,
    Setup,
    /// A position in `conns`.
    Conn(usize),
    /// A section that does not matter.
    Elsewhere,
}

impl Section {
    fn push(&mut self, param: Param) {
        if param.key == "also" {
            let names = param.text.split([' ', ',']).filter(|name| !name.is_empty());
            self.also.extend(names.map(str::to_owned));
        }
        self.last.insert(param.key.clone(), self.params.len());
        self.params.push(param);
    }

    /// The last one counts.
    pub fn get(&self, key: &str) -> Option<&Param> {
        self.params.get(*self.last.get(key)?)
    }
}

/// `left`, `ikev1-policy`, `x-comment`.
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

/// A line up to its comment: a `#` at the start or behind a blank, outside quotes. `@#hex` is none.
pub(crate) fn uncommented(line: &str) -> &str {
    let (mut quote, mut before) = (None, ' ');
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            // An apostrophe within a word opens nothing.
            (None, '"' | '\'') if before.is_whitespace() || before == '=' => quote = Some(c),
            (None, '#') if before.is_whitespace() => return line.get(..at).unwrap_or(line),
            (None, _) => {}
        }
        before = c;
    }
    line
}

fn unquoted(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value<'c>(conf: &'c Conf, conn: &str, key: &str) -> &'c str {
        conf.get(conn, key).map_or("", |param| &param.text)
    }

    #[test]
    fn defaults_and_also_stand_behind_a_conns_own_values() {
        let text = "conn %default\n\tike=a\n\tesp=d\n\tkeyexchange=ikev1\nconn base\n\tike=b\n\tleft = 1.2.3.4\n\
                    conn x\n\talso=base\n\tesp=c # last\n\tright=\"5.6.7.8\"\n";
        let conf = Conf::parse(text);
        let read = ["ike", "esp", "keyexchange", "left", "right"].map(|key| value(&conf, "x", key));
        assert_eq!(read, ["b", "c", "ikev1", "1.2.3.4", "5.6.7.8"]);
        let taken = conf.taken_over();
        assert!(conf.is_template(&conf.conns[1], &taken) && !conf.is_template(&conf.conns[2], &taken));
    }

    #[test]
    fn circles_end_and_hashes_in_identities_are_no_comments() {
        let conf =
            Conf::parse("conn a\r\n also=b\r\n leftid=@#6162\r\nconn b\r\n also=a\r\n rightid=\"x # y\"\r\n");
        assert_eq!((value(&conf, "a", "rightid"), value(&conf, "b", "leftid")), ("x # y", "@#6162"));
    }
}
