//! `ikesim explain`

use std::io::Write;
use std::path::Path;

use diagnose::paste;

use crate::args::{Explain, Format};
use crate::failure::{Failure, USAGE};
use crate::out::Out;
use crate::{input, window};

/// The most bytes of a paste.
const MAX_BYTES: u64 = 16 << 20;

/// What may be asked for.
const ASK: &str = "a file, - for standard input, a log line in quotes; or a state, two states, a cause, a fault, a notify, \
    MSG1 to MSG6, AM1 to AM4, QM1 to QM3, a verdict, a profile, a group, a cipher; `ikesim list` has the names";

/// Reads a paste as evidence, or prints what the words mean.
pub fn explain(args: &Explain, format: Format, out: &mut Out) -> Result<u8, Failure> {
    if let Some(texts) = texts(args)? {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        return verdict(&paste::read(&texts), args.all, format, out);
    }
    // Words before a paste: a state's name alone is also a line that a device prints.
    let unknown = match diagnose::explain(&args.words) {
        Ok(entries) => return print(&entries, format, out),
        Err(unknown) => unknown,
    };
    let text = quoted(&args.words);
    if paste::is_paste(&text) {
        return verdict(&paste::read(&[&text]), args.all, format, out);
    }
    let help = match unknown.near.as_slice() {
        // An ASA has messages by the thousand: one that is not known here is no typing error.
        [] if unknown.word.contains("%ASA-") => {
            "no line of phase 1 that tells of a stall; those that do are above all 713138, 713139, \
            713201, 713202, 713236, 713257, 713904 and 715065"
                .into()
        }
        [] => ASK.into(),
        [only] => format!("did you mean {only}?"),
        [most @ .., last] => format!("did you mean {} or {last}?", most.join(", ")),
    };
    Err(Failure::new(USAGE, format!("nothing is known of `{}`", unknown.word)).help(Some(help)))
}

/// What stands in the files that are named; `None`: none is.
fn texts(args: &Explain) -> Result<Option<Vec<String>>, Failure> {
    let is_file = |word: &String| word == "-" || Path::new(word).is_file();
    if args.words.iter().filter(|word| *word == "-").count() + usize::from(other_is_stdin(args)) > 1 {
        return Err(Failure::new(USAGE, "standard input can be only one of the texts"));
    }
    let files = args.words.iter().all(is_file);
    if !files && args.other.is_none() {
        return Ok(None);
    }
    let mut texts = Vec::new();
    if files {
        for word in &args.words {
            texts.push(text(Path::new(word))?);
        }
    } else {
        texts.push(quoted(&args.words));
    }
    if let Some(other) = &args.other {
        texts.push(text(other)?);
    }
    Ok(Some(texts))
}

fn other_is_stdin(args: &Explain) -> bool {
    args.other.as_deref().is_some_and(input::is_stdin)
}

fn text(path: &Path) -> Result<String, Failure> {
    // Names in logs hold any bytes; a line that is not UTF-8 must not cost the rest.
    let bytes = input::bytes(path, MAX_BYTES)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Arguments as a shell hands them over: lines in quotes are lines, words are one line.
fn quoted(words: &[String]) -> String {
    let lines = words.iter().any(|word| word.contains(char::is_whitespace));
    words.join(if lines { "\n" } else { " " })
}

fn verdict(paste: &paste::Paste, all: bool, format: Format, out: &mut Out) -> Result<u8, Failure> {
    if format == Format::Json {
        for value in report::paste_json(paste) {
            writeln!(out, "{}", report::plain_json(value.to_string()))?;
        }
    } else {
        out.write_all(report::paste_text(paste, all, window::layout()).as_bytes())?;
    }
    Ok(0)
}

fn print(entries: &[diagnose::Entry], format: Format, out: &mut Out) -> Result<u8, Failure> {
    if format == Format::Json {
        return Err(Failure::new(USAGE, "an entry is for people alone")
            .help(Some("leave --format out; a log or `show` output has --format json".into())));
    }
    for (n, entry) in entries.iter().enumerate() {
        if n > 0 {
            writeln!(out)?;
        }
        out.write_all(report::explained(entry, window::layout()).as_bytes())?;
    }
    Ok(0)
}
