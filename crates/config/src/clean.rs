//! From what people paste to lines of configuration: prompts, pagers, banners, fences, escapes and carriage returns are
//! taken off.

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
    pub fn words(&self) -> Vec<&str> {
        self.text.split_whitespace().collect()
    }
}

const PAGERS: [&str; 3] = ["<--- More --->", "--More--", " --More-- "];

/// The text of a file: UTF-8, else Latin-1, so that no two keys become one.
pub(crate) fn text(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The lines that may be configuration of a Cisco device.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let escaped = has_escapes(text);
    let mut banner: Option<String> = None;
    // What stands between typed commands is what the device answered; behind `show run` it is the configuration.
    let mut typing = false;
    let mut lines = Vec::new();
    for (number, raw) in (1..).zip(text.split('\n')) {
        let mut raw = raw.strip_suffix('\r').unwrap_or(raw).replace('\u{8}', "");
        for pager in PAGERS {
            raw = raw.replace(pager, "");
        }
        if let Some(end) = &banner {
            if raw.contains(end) {
                banner = None;
            }
            continue;
        }
        if escaped {
            raw = unescaped(&raw);
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

/// Markdown escapes stand in the file where no key does.
fn has_escapes(text: &str) -> bool {
    text.lines()
        .any(|line| !line.contains("key") && ["\\_", "\\-", "\\*", "\\#"].iter().any(|e| line.contains(e)))
        || text.contains("\\*\\*\\*")
}

fn unescaped(line: &str) -> String {
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
    let first = command.split_whitespace().find(|word| *word != "do");
    first.is_some_and(|first| !["sh", "show", "sho", "more", "write", "wr"].contains(&first))
}

/// `banner motd ^C`: what ends it, on a later line. An ASA's banner is a line of its own, without an end.
fn banner_end(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let ["banner", _, first, ..] = words.as_slice() else { return None };
    let length = if first.starts_with('^') && first.len() > 1 { 2 } else { 1 };
    let delimiter: String = first.chars().take(length).collect();
    let begins = delimiter.chars().all(|c| !c.is_alphanumeric()) || length == 2;
    let again = line.matches(&delimiter).count() > 1;
    (begins && !again).then_some(delimiter)
}

/// Several devices in one file, one after the other. A second hostname begins one, and so does another host's prompt,
/// and an interface that gets another address.
pub(crate) fn devices(lines: &[Line]) -> Vec<&[Line]> {
    let mut starts = vec![0];
    let mut addresses: Vec<(String, String)> = Vec::new();
    let mut host: Option<String> = None;
    let (mut interface, mut begins, mut named) = (String::new(), 0, false);
    for (n, line) in lines.iter().enumerate() {
        if let Some(prompt) = &line.host {
            if host.as_ref().is_some_and(|host| host != prompt) {
                starts.push(n);
                addresses.clear();
                named = false;
            }
            host = Some(prompt.clone());
        }
        match line.words().as_slice() {
            ["hostname", name] => {
                if named {
                    starts.push(n);
                    addresses.clear();
                }
                named = true;
                host = host.map(|_| (*name).to_owned());
            }
            ["interface", name, ..] => (interface, begins) = ((*name).to_owned(), n),
            ["ip", "address", address, _, rest @ ..] if !rest.contains(&"secondary") => {
                let known = addresses.iter().find(|(name, _)| *name == interface);
                let other = known.is_some_and(|(_, known)| known != address);
                if other && !named {
                    starts.push(begins);
                    addresses.clear();
                }
                addresses.push((interface.clone(), (*address).to_owned()));
            }
            _ => {}
        }
    }
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| lines.get(*start..end)).collect()
}

/// The host that the prompts name.
pub(crate) fn host(lines: &[Line]) -> Option<&str> {
    lines.iter().find_map(|line| line.host.as_deref())
}
