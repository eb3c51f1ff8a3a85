//! `ikesim FILE...`: what a file holds says which command is meant.

use std::ffi::OsString;
use std::io::{self, BufRead, Read};
use std::path::Path;

use clap::CommandFactory;
use config::Format;
use scenario::Scenario;

use crate::args::Args;
use crate::failure::{Failure, USAGE};
use crate::input;

/// How much of a file is looked at, in bytes. Standard input gives what its buffer holds.
const LOOK: u64 = 1 << 18;

/// What a file is, by the command that reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    Run,
    Predict,
    Diagnose,
    Explain,
}

impl Reader {
    fn command(self) -> &'static str {
        match self {
            Reader::Run => "run",
            Reader::Predict => "predict",
            Reader::Diagnose => "diagnose",
            Reader::Explain => "explain",
        }
    }
}

/// A command line, or why a file has none.
pub type Line = Result<Vec<OsString>, Failure>;

/// The command lines that are meant where the first word is a file and no command; `None`: it is a command, or
/// nothing that could be a file. Files of a kind go together; the options are every command's. A file that cannot be
/// read, or that no command reads, stops no other.
pub fn commands(args: &[OsString]) -> Option<Vec<Line>> {
    let first = first_word(args)?;
    let (before, rest) = args.split_at(first);
    let files: Vec<&OsString> = rest.iter().take_while(|word| !is_option(word)).collect();
    files.first().filter(|word| is_file(word))?;
    let options = rest.get(files.len()..).unwrap_or_default();
    let mut groups: Vec<(Reader, Vec<&OsString>)> = Vec::new();
    let mut lines = Vec::new();
    for file in files {
        let reader = match reader(Path::new(file)) {
            Ok(reader) => reader,
            Err(failure) => {
                lines.push(Err(failure));
                continue;
            }
        };
        match groups.iter_mut().find(|(known, _)| *known == reader) {
            Some((_, files)) => files.push(file),
            None => groups.push((reader, vec![file])),
        }
    }
    for (reader, files) in groups {
        // Two captures are one negotiation seen from two places; more are so many of their own.
        let each = if reader == Reader::Diagnose && files.len() > 2 { 1 } else { files.len() };
        for files in files.chunks(each) {
            let line = before.iter().cloned().chain([reader.command().into()]);
            let files = files.iter().map(|file| (*file).clone());
            lines.push(Ok(line.chain(files).chain(options.iter().cloned()).collect()));
        }
    }
    Some(lines)
}

/// Where the first word stands that is neither the program, an option nor an option's value.
fn first_word(args: &[OsString]) -> Option<usize> {
    let mut at = 1;
    while let Some(word) = args.get(at) {
        // Of the options that may stand before a command these two have a value behind them.
        if word == "--format" || word == "--color" {
            at += 1;
        } else if !is_option(word) {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn is_option(word: &OsString) -> bool {
    word != "-" && word.as_encoded_bytes().starts_with(b"-")
}

/// A command's name is the command; a word that is neither it nor a file may be a command that is misspelt.
fn is_file(word: &OsString) -> bool {
    let command = Args::command();
    // `help` is clap's own, and among the subcommands only once the command is built.
    let is_command = |word: &str| word == "help" || command.find_subcommand(word).is_some();
    let text = word.to_string_lossy();
    if is_command(&text) {
        return false;
    }
    // What looks like a path is one, there or not: so the answer is about a file.
    word == "-" || Path::new(word).exists() || text.starts_with(':') || text.contains(['/', '.'])
}

fn reader(path: &Path) -> Result<Reader, Failure> {
    if path.is_dir() {
        return Ok(Reader::Predict);
    }
    let ends_in = |end: &str| path.extension().is_some_and(|extension| extension == end);
    if crate::shipped::text(path)?.is_some() || ends_in("toml") {
        return Ok(Reader::Run);
    }
    let bytes = beginning(path)?;
    if is_capture(&bytes) {
        return Ok(Reader::Diagnose);
    }
    // What is cut anywhere may end in half a character.
    let text = String::from_utf8_lossy(&bytes);
    let nothing = |what: &str, help: &str| {
        Err(Failure::new(USAGE, format!("{} {what}", input::name(path))).help(Some(help.to_owned())))
    };
    if text.trim().is_empty() {
        return nothing("is empty", "a scenario, a configuration, a capture, a log or `show` output is read");
    }
    if ends_in("jsonl") {
        return nothing("is a trace", "ikesim diff A B compares two");
    }
    if Format::of(&text).is_some() || ["cfg", "conf", "secrets"].into_iter().any(ends_in) {
        return Ok(Reader::Predict);
    }
    // What is left is a log: there is no form that all of them have.
    let scenario = Scenario::parse(&input::name(path), &text).is_ok();
    Ok(if scenario { Reader::Run } else { Reader::Explain })
}

/// The first bytes. What is at standard input stays there.
fn beginning(path: &Path) -> Result<Vec<u8>, Failure> {
    if input::is_stdin(path) {
        let mut stdin = io::stdin().lock();
        return stdin.fill_buf().map(<[u8]>::to_vec).map_err(|error| Failure::file(path, "read", &error));
    }
    let mut bytes = Vec::new();
    let read = input::reader(path)?.take(LOOK).read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|error| Failure::file(path, "read", &error))
}

/// pcap in either order of bytes and with either unit of time, pcapng, or something gzipped.
fn is_capture(bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 6] = [
        &[0xa1, 0xb2, 0xc3, 0xd4],
        &[0xd4, 0xc3, 0xb2, 0xa1],
        &[0xa1, 0xb2, 0x3c, 0x4d],
        &[0x4d, 0x3c, 0xb2, 0xa1],
        &[0x0a, 0x0d, 0x0d, 0x0a],
        // Packed it can only be a capture: nothing else is read so.
        &[0x1f, 0x8b],
    ];
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
}
