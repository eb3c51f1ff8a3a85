//! `docs/rfc.md`: which section of which RFC the code keeps to, where, and which tests hold it to that. Made from
//! comments: `// RFC 2408 3.2: what must hold` beside the code, `// tests RFC 2408 3.2` above a test.
//! `RFC=write cargo test --test ikesim rfc` writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const PREFACE: &str = "\
# RFC sections, and where they are kept

Made by a test from comments in the code; `RFC=write cargo test --test ikesim rfc` writes it anew. Each section of an RFC that the codec
or the engine keeps to: what must hold, where, and the tests that fail if it does not. What vendors do otherwise is data in
the crate `vendor`, with its sources.
";

/// A section: the RFC, then the parts of its number; appendices come last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Section {
    rfc: u16,
    parts: Vec<(bool, u16, String)>,
}

#[derive(Default)]
struct Kept {
    /// What must hold, and where.
    rules: Vec<(String, String)>,
    tests: Vec<String>,
}

impl Section {
    /// From `2408 3.2`.
    fn parse(text: &str) -> Option<Section> {
        let (rfc, section) = text.split_once(' ')?;
        let part = |part: &str| {
            let letter = part.len() == 1 && part.chars().all(|c| c.is_ascii_uppercase());
            let number = part.parse().ok();
            (letter || number.is_some()).then(|| (letter, number.unwrap_or(0), part.to_owned()))
        };
        Some(Section { rfc: rfc.parse().ok()?, parts: section.split('.').map(part).collect::<Option<_>>()? })
    }

    fn number(&self) -> String {
        self.parts.iter().map(|(_, _, part)| part.as_str()).collect::<Vec<_>>().join(".")
    }

    fn link(&self) -> String {
        let (rfc, number) = (self.rfc, self.number());
        let anchor = if self.parts[0].0 { "appendix" } else { "section" };
        format!("https://www.rfc-editor.org/rfc/rfc{rfc}#{anchor}-{number}")
    }
}

/// Every Rust file below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        match path.extension() {
            _ if path.is_dir() => found.extend(files(&path)),
            Some(extension) if extension == "rs" => found.push(path),
            _ => {}
        }
    }
    found
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The name behind `fn`, `const` or the like, if the line declares something.
fn declared(line: &str) -> Option<&str> {
    let mut words = line.split([' ', '(', '<', ':']).filter(|word| !word.is_empty());
    words.find(|word| ["fn", "const", "static", "struct", "enum"].contains(word))?;
    words.find(|word| *word != "fn")
}

/// What a comment at this line is in: the item that it stands on, or the function around it.
fn place<'a>(lines: &[&'a str], at: usize) -> &'a str {
    let below =
        lines[at..].iter().find(|line| !line.trim().starts_with("//") && !line.trim().starts_with('#'));
    let own = below.filter(|line| !line.trim().starts_with("let")).and_then(|line| declared(line));
    let around = || {
        let outside = |line: &&&str| indent(line) < indent(lines[at]) && line.contains("fn ");
        lines[..at].iter().rev().find(outside).and_then(|line| declared(line))
    };
    own.or_else(around).unwrap_or_else(|| panic!("{}: what is it in?", lines[at]))
}

/// The comment that begins at this line, its other lines joined.
fn comment(lines: &[&str], at: usize) -> String {
    let text = lines[at..].iter().map_while(|line| line.trim().strip_prefix("// "));
    let other = text.enumerate().take_while(|(n, text)| *n == 0 || !text.starts_with("RFC "));
    other.map(|(_, text)| text.trim()).collect::<Vec<_>>().join(" ")
}

/// The rules in one file of a crate.
fn rules(root: &Path, path: &Path, book: &mut BTreeMap<Section, Kept>) {
    let text = fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let name = path.strip_prefix(root).unwrap().to_string_lossy().replace("/src/", "/");
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.trim().starts_with("// RFC ")) {
        let comment = comment(&lines, at);
        let read = comment["RFC ".len()..].split_once(": ");
        let rule = read.and_then(|(section, rule)| Some((Section::parse(section)?, rule)));
        let (section, rule) =
            rule.unwrap_or_else(|| panic!("{name}: not `// RFC 2408 3.2: what must hold`: {comment}"));
        let place = format!("`{name}` {}", place(&lines, at));
        book.entry(section).or_default().rules.push((rule.to_owned(), place));
    }
}

/// The tests in one file. A section that no code names is a slip.
fn tests(folder: &Path, path: &Path, book: &mut BTreeMap<Section, Kept>) {
    let text = fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let module = path.strip_prefix(folder).unwrap().with_extension("");
    let module = module.to_string_lossy().replace('/', "::");
    for (at, line) in lines.iter().enumerate() {
        let Some(section) = line.trim().strip_prefix("// tests RFC ") else { continue };
        let known = Section::parse(section).and_then(|section| book.get_mut(&section));
        let kept = known.unwrap_or_else(|| panic!("{module}: no code names RFC {section}"));
        let name =
            lines[at..].iter().find(|line| line.contains("fn ")).and_then(|line| declared(line)).unwrap();
        kept.tests.push(format!("{module}::{name}"));
    }
}

fn collect(root: &Path) -> BTreeMap<Section, Kept> {
    let mut book = BTreeMap::new();
    let crates = root.join("crates");
    let inside: Vec<PathBuf> = fs::read_dir(&crates).unwrap().map(|entry| entry.unwrap().path()).collect();
    let below = |name: &str| {
        let mut folders: Vec<PathBuf> =
            inside.iter().map(|one| one.join(name)).filter(|one| one.is_dir()).collect();
        folders.sort();
        folders
    };
    for folder in below("src") {
        files(&folder).iter().for_each(|path| rules(&crates, path, &mut book));
    }
    for folder in below("tests").into_iter().chain([root.join("tests")]) {
        files(&folder).iter().for_each(|path| tests(&folder, path, &mut book));
    }
    book
}

fn written(book: &BTreeMap<Section, Kept>) -> String {
    let (mut page, mut rfc) = (PREFACE.to_owned(), 0);
    for (section, kept) in book {
        if rfc != section.rfc {
            rfc = section.rfc;
            writeln!(page, "\n## RFC {rfc}").unwrap();
        }
        writeln!(page, "\n### [RFC {rfc}, {}]({})\n", section.number(), section.link()).unwrap();
        for (rule, place) in &kept.rules {
            writeln!(page, "- {place}: {rule}").unwrap();
        }
        let tests: Vec<String> = kept.tests.iter().map(|test| format!("`{test}`")).collect();
        writeln!(page, "\nTested by {}.", tests.join(", ")).unwrap();
    }
    page
}

#[test]
fn every_section_is_kept_somewhere_and_tested() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let book = collect(root);
    for (section, kept) in &book {
        assert!(!kept.tests.is_empty(), "no test says `// tests RFC {} {}`", section.rfc, section.number());
    }
    let (path, page) = (root.join("docs/rfc.md"), written(&book));
    if std::env::var("RFC").is_ok_and(|word| word == "write") {
        fs::write(&path, &page).unwrap();
    }
    let same = fs::read_to_string(&path).unwrap_or_default() == page;
    assert!(same, "docs/rfc.md is not what the code says: RFC=write cargo test --test ikesim rfc");
}
