//! A fix, made in the text of its files.

use config::{Format, Key};
use ike::Role;
use predict::{Edit, Fix, KEY, Session};

use crate::files::File;

/// The files with all of a fix's changes; `None`: one of them has a part that only the operator knows.
pub fn made(files: &[File], session: &Session<'_>, fix: &Fix) -> Option<Vec<File>> {
    let mut files = files.to_vec();
    let both = fix.changes.iter().any(|change| change.side != fix.changes[0].side);
    // From the end, so that no change moves the lines of another.
    let mut changes = fix.changes.clone();
    changes.sort_by_key(|change| match &change.edit {
        Edit::Line { at, .. } | Edit::Set { at, .. } => std::cmp::Reverse(at.line),
        Edit::Enter(_) | Edit::FillIn(_) | Edit::Secrets(_) => std::cmp::Reverse(usize::MAX),
    });
    for change in &changes {
        if !change.edit.is_mechanical() {
            return None;
        }
        let device = session.end(change.side).device;
        let key = if both { "a new key".to_owned() } else { key(session, change.side.other()) };
        let file = files.iter_mut().find(|file| *file.name == *device.file)?;
        match &change.edit {
            Edit::Enter(lines) => entered(&mut file.text, device.hostname.as_deref(), lines, &key),
            Edit::Secrets(lines) => match &mut file.keys {
                Some((_, text)) => entered(text, None, lines, &key),
                None => entered(&mut file.text, None, lines, &key),
            },
            Edit::Line { at, with } => {
                let text = match &mut file.keys {
                    Some((name, text)) if **name == *at.file => text,
                    _ => &mut file.text,
                };
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                let indent: String = lines[at.line - 1].chars().take_while(|c| c.is_whitespace()).collect();
                let with =
                    with.iter().map(|line| format!("{indent}{}", line.trim_start()).replace(KEY, &key));
                lines.splice(at.line - 1..at.line, with);
                *text = lines.join("\n") + "\n";
            }
            Edit::Set { at, key, value } => set(&mut file.text, device.format, at.line - 1, key, value),
            Edit::FillIn(_) => return None,
        }
    }
    Some(files)
}

/// The key that a side has for the other one.
fn key(session: &Session<'_>, role: Role) -> String {
    let line = session.end(role).key(session.end(role.other()), session.aggressive());
    match line.map(|line| &line.key) {
        Some(Key::Known(secret)) => String::from_utf8_lossy(secret.reveal()).into_owned(),
        _ => "a new key".into(),
    }
}

/// At the end of the device's text: a file may hold several.
fn entered(text: &mut String, hostname: Option<&str>, lines: &[String], key: &str) {
    let mut all: Vec<String> = text.lines().map(str::to_owned).collect();
    let heads: Vec<usize> =
        (0..all.len()).filter(|n| all[*n].trim_start().starts_with("hostname ")).collect();
    let own = heads.iter().position(|n| hostname.is_some_and(|name| all[*n].trim().ends_with(name)));
    let next = own.and_then(|own| heads.get(own + 1)).copied().unwrap_or(all.len());
    // `end` would close the session.
    let last = (0..next).rev().find(|n| !["", "!", "end"].contains(&all[*n].trim())).map_or(0, |n| n + 1);
    all.splice(last..last, lines.iter().map(|line| line.replace(KEY, key)));
    *text = all.join("\n") + "\n";
}

fn set(text: &mut String, format: Format, at: usize, key: &str, value: &str) {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let (start, end) = match format {
        Format::Swanctl => braces(&lines, at),
        Format::Asa | Format::Ios | Format::Strongswan | Format::Libreswan => conn(&lines, at),
    };
    let is_key = |line: &str| {
        line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let mut depth = 0_i32;
    // Of two lines with one key the one that is named counts.
    let named = Some(at).filter(|at| is_key(&lines[*at]));
    let found = named.or_else(|| {
        (start..end).find(|n| {
            let here = depth;
            depth += braced(&lines[*n]);
            here == 0 && is_key(&lines[*n])
        })
    });
    match found {
        Some(n) => {
            let indent: String = lines[n].chars().take_while(|c| c.is_whitespace()).collect();
            lines[n] = format!("{indent}{key}={value}");
        }
        None => lines.insert(start, format!("\t{key}={value}")),
    }
    *text = lines.join("\n") + "\n";
}

fn braced(line: &str) -> i32 {
    line.chars().map(|c| i32::from(c == '{') - i32::from(c == '}')).sum()
}

/// The lines of the section around a line, or of the one that it opens.
fn braces(lines: &[String], at: usize) -> (usize, usize) {
    let start = match braced(&lines[at]) {
        1 => at + 1,
        _ => {
            let mut depth = 0;
            let open = (0..at).rev().find(|n| {
                depth += braced(&lines[*n]);
                depth > 0
            });
            open.map_or(0, |n| n + 1)
        }
    };
    let mut depth = 0;
    let close = (start..lines.len()).find(|n| {
        depth += braced(&lines[*n]);
        depth < 0
    });
    (start, close.unwrap_or(lines.len()))
}

/// The lines below the head of a conn.
fn conn(lines: &[String], at: usize) -> (usize, usize) {
    let is_head = |line: &String| line.starts_with(|c: char| c.is_ascii_alphabetic());
    let head = (0..=at).rev().find(|n| is_head(&lines[*n])).unwrap_or(0);
    let end = (head + 1..lines.len()).find(|n| is_head(&lines[*n])).unwrap_or(lines.len());
    (head + 1, end)
}
