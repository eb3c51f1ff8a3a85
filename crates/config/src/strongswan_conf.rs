//! The syntax of `strongswan.conf` and `swanctl.conf`: nested sections of `key = value`, with the line of every value.
//! What is malformed is read as far as it goes.

mod parser;

use std::collections::{BTreeMap, BTreeSet};

use parser::Parser;

/// Sections deeper than this are not kept: nothing that matters is, and nobody shall exhaust memory with braces.
const DEEPEST: usize = 8;
/// Sections that one may inherit from, all in all.
const MOST_BASES: usize = 64;

/// `key = value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub key: String,
    /// Without quotes and escapes.
    pub text: String,
    /// From 1.
    pub line: usize,
}

#[derive(Debug, Default)]
struct Section {
    line: usize,
    values: Vec<Value>,
    /// Where the last one of each key stands.
    last: BTreeMap<String, usize>,
    children: Vec<String>,
    /// The sections that it inherits from, best first, each a path.
    bases: Vec<Vec<String>>,
}

/// A file. Sections of one name are one section.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    sections: BTreeMap<Vec<String>, Section>,
    /// What other files are named: pattern and line.
    pub includes: Vec<(String, usize)>,
    /// Words that are neither a section nor a value.
    pub stray: usize,
}

impl Tree {
    pub fn parse(text: &str) -> Tree {
        Tree::with(text, &BTreeMap::new())
    }

    /// The same, with what the files hold that it includes, by name.
    pub fn with(text: &str, files: &BTreeMap<String, String>) -> Tree {
        let (tree, path) = (Tree::default(), Vec::new());
        let mut parser = Parser { rest: text, line: 1, tree, path, too_deep: 0, files, within: None };
        parser.tree.sections.insert(Vec::new(), Section::default());
        while parser.statement() {}
        parser.tree
    }

    /// The section and all that it inherits from, its own values first.
    fn chain(&self, path: &[String]) -> Vec<Vec<String>> {
        let mut chain = vec![path.to_vec()];
        let mut at = 0;
        while let Some(current) = chain.get(at).cloned().filter(|_| chain.len() < MOST_BASES) {
            // A section inherits as a whole: `b : a` makes `b.local` inherit from `a.local`.
            for depth in (1..=current.len()).rev() {
                let Some((head, rest)) = current.split_at_checked(depth) else { continue };
                let bases = self.sections.get(head).map_or(&[] as &[Vec<String>], |section| &section.bases);
                for base in bases {
                    let inherited = [base.as_slice(), rest].concat();
                    // A base may be below the section that names it: each round would make a longer path.
                    if !chain.contains(&inherited) && inherited.len() <= 2 * DEEPEST {
                        chain.push(inherited);
                    }
                }
            }
            at += 1;
        }
        chain
    }

    /// The value in force: the last one written, else an inherited one. An empty value unsets.
    pub fn get(&self, path: &[String], key: &str) -> Option<&Value> {
        let of = |path: &Vec<String>| {
            let section = self.sections.get(path)?;
            section.values.get(*section.last.get(key)?)
        };
        self.chain(path).iter().find_map(of).filter(|value| !value.text.is_empty())
    }

    /// Every value of a section, inherited ones behind its own.
    pub fn values(&self, path: &[String]) -> Vec<&Value> {
        let (mut found, mut known) = (Vec::new(), BTreeSet::new());
        for section in self.chain(path).iter().filter_map(|path| self.sections.get(path)) {
            // From the end: of several values of one key the last counts.
            found.extend(section.values.iter().rev().filter(|value| known.insert(value.key.as_str())));
        }
        found.sort_by_key(|value| value.line);
        found
    }

    /// The names of the sections in a section, with the line of each, in the order written.
    pub fn children(&self, path: &[String]) -> Vec<(String, usize)> {
        let (mut names, mut known) = (Vec::new(), BTreeSet::new());
        for parent in self.chain(path) {
            let Some(section) = self.sections.get(&parent) else { continue };
            for name in &section.children {
                if known.insert(name) {
                    let child = [parent.as_slice(), std::slice::from_ref(name)].concat();
                    names.push((name.clone(), self.sections.get(&child).map_or(0, |child| child.line)));
                }
            }
        }
        names
    }

    /// How many values there are.
    pub fn count(&self) -> usize {
        self.sections.values().map(|section| section.values.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(names: &str) -> Vec<String> {
        names.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn one_line_or_many_is_the_same() {
        let long = Tree::parse("a {\r\n  b {\r\n    c = x y # z\r\n  }\r\n}\r\n");
        let short = Tree::parse("a { b { c = x y } }");
        for (tree, line) in [(&long, 3), (&short, 1)] {
            let value = tree.get(&path("a.b"), "c").unwrap();
            assert_eq!((value.text.as_str(), value.line), ("x y", line));
        }
    }

    #[test]
    fn quotes_keep_blanks_hashes_and_lines() {
        let tree = Tree::parse("a { k = \" x # \\\"y\\\" \"\n l = \"one\ntwo\"\n m = \"@#6162\"\n}\n");
        let text = |key| tree.get(&path("a"), key).unwrap().text.as_str();
        assert_eq!((text("k"), text("l"), text("m")), (" x # \"y\" ", "one\ntwo", "@#6162"));
        assert_eq!(tree.get(&path("a"), "m").unwrap().line, 4);
    }

    #[test]
    fn a_quote_that_never_ends_takes_one_line() {
        let tree = Tree::parse("a { k = \"x\n l = 1\n}\n");
        assert_eq!(tree.get(&path("a"), "k").unwrap().text, "x");
        assert_eq!(tree.get(&path("a"), "l").unwrap().line, 2);
    }

    #[test]
    fn sections_inherit_as_a_whole_and_merge() {
        let text = "base { v = 1\n local { id = a\n auth = psk } }\nx { c : base { local { id = b } } }\nx { c { w = 2 } }";
        let tree = Tree::parse(text);
        let get = |names, key| tree.get(&path(names), key).map(|value| value.text.as_str());
        assert_eq!(get("x.c", "v"), Some("1"));
        assert_eq!(get("x.c", "w"), Some("2"));
        assert_eq!(get("x.c.local", "id"), Some("b"));
        assert_eq!(get("x.c.local", "auth"), Some("psk"));
    }

    #[test]
    fn what_was_pasted_around_it_does_not_matter() {
        let text =
            "root@moon:~# cat swanctl.conf\nswanctl.conf:\n```\nconnections\n{\n c { k = 1\n } }\n```\n";
        assert_eq!(Tree::parse(text).get(&path("connections.c"), "k").unwrap().line, 6);
    }

    #[test]
    fn circles_and_depth_end() {
        let tree = Tree::parse("a : b { }\nb : a { k = 1 }");
        assert_eq!(tree.get(&path("a"), "k").unwrap().text, "1");
        let deep = format!("{} k = 1 {}", "a {".repeat(100_000), "}".repeat(100_000));
        assert_eq!(Tree::parse(&(deep + " z { k = 2 }")).get(&path("z"), "k").unwrap().text, "2");
    }
}
