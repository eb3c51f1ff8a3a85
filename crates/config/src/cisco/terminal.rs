//! From what people paste to lines of configuration: prompts, pagers, banners, fences, escapes and carriage returns are
//! taken off.

mod abbreviated;
mod devices;

use abbreviated::SHORT;
pub(crate) use devices::{devices, host};

/// A line and its number in the file, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub number: usize,
    /// Trailing blanks are kept, for a key may end in one.
    pub text: String,
    /// It belongs to the command above: it is indented, or its prompt says so.
    pub inner: bool,
    /// The host that its prompt names.
    host: Option<String>,
}

impl Line {
    /// Its words, those that people shorten written out.
    pub fn words(&self) -> Vec<&str> {
        let mut words: Vec<&str> = self.text.split_whitespace().collect();
        // The second word hangs on the first, the third on both.
        for _ in 0..3 {
            let Some((at, full)) = SHORT.iter().find_map(|short| short.fits(&words)) else { break };
            words.splice(at..=at, [full]);
        }
        words
    }
}

const PAGERS: [&str; 3] = ["<--- More --->", "--More--", " --More-- "];

/// The lines that may be configuration of a Cisco device.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let escaped = has_escapes(text);
    let margins = margins(text);
    let mut banner: Option<String> = None;
    // What stands between typed commands is what the device answered; behind `show run` it is the configuration.
    let mut typing = false;
    let mut lines = Vec::new();
    for ((number, raw), margin) in (1..).zip(text.split('\n')).zip(margins) {
        let mut raw = unpaged(raw.strip_suffix('\r').unwrap_or(raw));
        // A banner may quote anything, also commands that would be taken for configuration.
        if let Some(end) = &banner {
            if raw.contains(end) {
                banner = None;
            }
            continue;
        }
        raw.drain(..indent(&raw).min(margin));
        if escaped {
            raw = unescaped(&raw);
        }
        // A forum's line breaks come along with the text.
        if let Some(bare) = raw.trim_end().strip_suffix("<br>") {
            raw = bare.trim_end().to_owned();
        }
        let (prompt, rest) = prompted(&raw);
        typing = prompt.map_or(typing, |prompt| prompt.mode.is_some() && is_typed(rest));
        banner = banner_end(rest);
        if typing && prompt.is_none() {
            continue;
        }
        if banner.is_some() || rest.trim().is_empty() || rest.trim_start().starts_with("```") {
            continue;
        }
        lines.push(match prompt {
            Some(Prompt { host, mode }) => Line {
                number,
                text: rest.trim_start().to_owned(),
                // Only a submode tells: in `config` itself each command stands alone.
                inner: mode.is_some_and(|mode| mode.starts_with("config-")),
                host: Some(host.to_owned()),
            },
            None => Line {
                number,
                text: rest.to_owned(),
                inner: rest.starts_with(char::is_whitespace),
                host: None,
            },
        });
    }
    lines
}

/// A line without what a pager left in it.
fn unpaged(line: &str) -> String {
    // Most lines have nothing of the kind, and a file has many.
    if !line.contains('\u{8}') && !line.contains("--More--") && !line.contains("- More -") {
        return line.to_owned();
    }
    // Pagers erase their own text with backspaces.
    PAGERS.iter().fold(line.replace('\u{8}', ""), |line, pager| line.replace(pager, ""))
}

/// Markdown escapes stand in the file where no key does.
fn has_escapes(text: &str) -> bool {
    text.lines()
        // Lines with keys are left out: a backslash may be a character of the key.
        .any(|line| !line.contains("key") && ["\\_", "\\-", "\\*", "\\#"].iter().any(|e| line.contains(e)))
        || text.contains("\\*\\*\\*")
}

/// Blanks and tabs in front of a line.
fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| [b' ', b'\t'].contains(byte)).count()
}

/// How far each line was moved to the right when it was pasted: all of them, or those of a code block of Markdown, which
/// stands behind an empty line, four blanks or a tab further in.
fn margins(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.split('\n').collect();
    let empty = |line: &str| line.trim().is_empty();
    let least = |some: &[&str]| some.iter().filter(|line| !empty(line)).map(|line| indent(line)).min();
    let mut margins = vec![least(&lines).unwrap_or(0); lines.len()];
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let apart = at.checked_sub(1).and_then(|before| lines.get(before)).is_none_or(|before| empty(before));
        if !apart || !is_moved(line) || empty(line) {
            at += 1;
            continue;
        }
        let rest = lines.get(at..).unwrap_or_default();
        let length = rest.iter().position(|line| !empty(line) && !is_moved(line)).unwrap_or(rest.len());
        let margin = least(rest.get(..length).unwrap_or_default()).unwrap_or(0);
        margins.iter_mut().skip(at).take(length).for_each(|known| *known = margin);
        at += length;
    }
    margins
}

fn is_moved(line: &str) -> bool {
    line.starts_with("    ") || line.starts_with('\t')
}

fn unescaped(line: &str) -> String {
    let line = line.replace("&#x20;", " ");
    let mut chars = line.chars().peekable();
    let mut out = String::new();
    while let Some(c) = chars.next() {
        let escape = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        out.extend(if escape { chars.next() } else { Some(c) });
    }
    out
}

/// `router(config-isakmp)#`
#[derive(Clone, Copy)]
struct Prompt<'l> {
    host: &'l str,
    /// `config-isakmp`; none in exec mode.
    mode: Option<&'l str>,
}

/// The prompt, if a line has one, and what was typed.
fn prompted(line: &str) -> (Option<Prompt<'_>>, &str) {
    let end = line.find(['#', '>']);
    let Some((prompt, rest)) = end.and_then(|end| line.split_at_checked(end)) else { return (None, line) };
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let (host, mode) = match prompt.split_once('(') {
        Some((host, mode)) => (host, mode.strip_suffix(')')),
        None => (prompt, None),
    };
    // Text with a `#` or `>` in it need not be behind a prompt: a key may have one.
    let looks = host.starts_with(|c: char| c.is_ascii_alphabetic())
        && host.chars().all(is_name)
        && (mode.is_some_and(|mode| mode.starts_with("config")) || host.len() == prompt.len());
    match rest.strip_prefix(['#', '>']) {
        Some(command) if looks => (Some(Prompt { host, mode }), command),
        _ => (None, line),
    }
}

/// A command that configures; one that shows is followed by what it shows.
fn is_typed(command: &str) -> bool {
    // `do show` is an exec command typed in configuration mode: its output follows all the same.
    let first = command.split_whitespace().find(|word| *word != "do");
    first.is_some_and(|first| !["sh", "show", "sho", "more", "write", "wr"].contains(&first))
}

/// `banner motd ^C`: what ends it, on a later line. An ASA's banner is a line of its own, without an end.
fn banner_end(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let ["banner", _, first, ..] = words.as_slice() else { return None };
    // `^C` is one control character on the device, and two on the screen.
    let length = if first.starts_with('^') && first.len() > 1 { 2 } else { 1 };
    let delimiter: String = first.chars().take(length).collect();
    let begins = delimiter.chars().all(|c| !c.is_alphanumeric()) || length == 2;
    // Opened and closed in one line: nothing below belongs to it.
    let again = line.matches(&delimiter).count() > 1;
    (begins && !again).then_some(delimiter)
}
