//! `ipsec.secrets`: `IDENTITY IDENTITY : PSK "secret"`.

use std::sync::Arc;

use crate::daemon;
use crate::device::{Device, Place, Problem};
use crate::ipsec::syntax::uncommented;
use crate::keys::{Key, KeyLine, Owner, hidden};
use crate::proposal::Daemon;
use crate::subject::Subject;
use crate::{Beside, Source};

const FORM: &str = "identities, then ` : PSK ` and the secret in quotes";

/// Adds the secrets of a text to a device. `alone`: the text is nothing but secrets, so that an `include` in it hides
/// some. How many lines were taken.
pub(crate) fn read(
    device: &mut Device,
    source: Source<'_>,
    alone: bool,
    daemon: Daemon,
    beside: &Beside<'_>,
) -> usize {
    let file: Arc<str> = source.file.into();
    let mut taken = 0;
    for (number, line) in records(source.text, daemon) {
        let plain = uncommented(&line).trim_end();
        if let Some(pattern) = plain.trim_start().strip_prefix("include ").map(str::trim) {
            if alone || pattern.contains("secrets") {
                match beside.included.get_key_value(pattern) {
                    // Each file once: one may include itself.
                    Some((name, text)) if *name != *source.file => {
                        let mut rest = beside.included.clone();
                        rest.remove(name);
                        let rest = Beside { secrets: None, included: rest };
                        read(device, Source { file: name, text }, true, daemon, &rest);
                    }
                    _ => include(device, daemon::place(&file, number, plain.trim()), pattern),
                }
                taken += 1;
            }
            continue;
        }
        let Some((ids, secret)) = split(plain) else { continue };
        taken += 1;
        let gap = if ids.is_empty() { "" } else { " " };
        let place = |key: &str| Place {
            file: file.clone(),
            line: number,
            text: format!("{ids}{gap}: PSK {key}").into(),
        };
        match form(plain, daemon).and_then(|()| key(secret, daemon)) {
            Ok((key, shown)) => {
                let owners: Vec<Owner> = ids.split_whitespace().map(|id| daemon::owner(id, daemon)).collect();
                // charon takes a secret without identities for one with `%any`; pluto ranks it lower.
                let anybody = owners.is_empty() && daemon == Daemon::Charon;
                let owners = if anybody { vec![Owner::Anybody] } else { owners };
                device.keys.push(KeyLine {
                    owners,
                    key,
                    at: place(&shown),
                    local: None,
                    keyring: None,
                    vrf: None,
                    no_xauth: false,
                });
            }
            Err(message) => {
                let at = place("<key>");
                let (part, message, allowed) = (String::new(), message.into(), FORM.into());
                device.problems.push(Problem { about: Some(Subject::Key), at, part, message, allowed });
                // pluto goes on with the next line.
                if daemon == Daemon::Charon {
                    // Seen: it stops there, and has no secret of any later line.
                    break;
                }
            }
        }
    }
    taken
}

/// Whether a line holds a pre-shared key.
pub(crate) fn is_secret(line: &str) -> bool {
    split(uncommented(line)).is_some()
}

/// pluto: a line that is indented continues the one above. charon: each line stands for itself.
fn records(text: &str, daemon: Daemon) -> Vec<(usize, String)> {
    let mut records: Vec<(usize, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let inner = line.starts_with([' ', '\t']) && daemon == Daemon::Pluto;
        match records.last_mut() {
            Some((_, above)) if inner && ends_in_psk(above) => above.push_str(line),
            _ => records.push((number, line.to_owned())),
        }
    }
    records
}

fn ends_in_psk(line: &str) -> bool {
    let end = line.trim_end();
    end.len().checked_sub(3).and_then(|at| end.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case("psk"))
}

/// The identities and what follows `PSK`, however it is written. A `:` of an IPv6 address has no PSK behind it.
fn split(line: &str) -> Option<(&str, &str)> {
    line.match_indices(':').find_map(|(at, _)| {
        let ids = line.get(..at)?;
        let rest = line.get(at + 1..)?.trim_start();
        let word = rest.get(..3).filter(|word| word.eq_ignore_ascii_case("psk"))?;
        let secret = rest.get(word.len()..)?;
        let apart = secret.is_empty() || secret.starts_with([' ', '\t', '"', '\'']);
        // A quote or `=` in front: the colon is inside a value, not behind identities.
        (apart && !ids.contains(['"', '\'', '='])).then_some((ids.trim(), secret.trim_start()))
    })
}

/// What keeps a daemon from reading a line at all (all seen).
fn form(line: &str, daemon: Daemon) -> Result<(), &'static str> {
    match daemon {
        Daemon::Charon if !line.contains(" : ") && !line.trim_start().starts_with(": ") => {
            Err("no blank on each side of the colon: strongSwan reads neither this line nor any below")
        }
        Daemon::Charon if !line.contains("PSK") => {
            Err("PSK has to be in capitals: strongSwan reads neither this line nor any below")
        }
        Daemon::Pluto if line.starts_with([' ', '\t']) => {
            Err("the line is indented: libreswan takes it for a part of the one above")
        }
        Daemon::Pluto if line.to_ascii_uppercase().contains(":PSK") => {
            Err("no blank behind the colon: libreswan does not read the line")
        }
        Daemon::Charon | Daemon::Pluto => Ok(()),
    }
}

/// The key, and how it may be shown. Seen with both daemons: nothing is escaped within quotes, and what follows the
/// closing one is ignored.
fn key(secret: &str, daemon: Daemon) -> Result<(Key, String), &'static str> {
    if daemon::is_turned(secret) {
        return Ok((Key::Masked, "<key in a word processor's quotes>".into()));
    }
    let quote = secret.chars().next().filter(|c| ['"', '\''].contains(c));
    let (key, text) = match quote {
        Some(quote) => {
            let inner = secret.strip_prefix(quote).unwrap_or("");
            let end = inner.find(quote).ok_or("the quote is not closed")?;
            let text = inner.get(..end).unwrap_or("");
            (daemon::literal(text), text)
        }
        None => {
            let text = secret.split_whitespace().next().ok_or("there is no key")?;
            let digits = ["0x", "0s", "0X", "0S"].iter().any(|head| text.starts_with(head));
            let key = daemon::secret(text).ok_or("the key's digits are none")?;
            if daemon == Daemon::Pluto && !digits && matches!(key, Key::Known(_)) {
                return Err("a key that is text has to be in quotes: libreswan does not read the line");
            }
            (key, text)
        }
    };
    // A mask may be shown as it is, and tells the reader more than a length would.
    let shown = if matches!(key, Key::Masked) { text.to_owned() } else { hidden(text.as_bytes()) };
    Ok((key, shown))
}

/// Secrets that are not here may be the ones that count.
fn include(device: &mut Device, at: Place, pattern: &str) {
    device.problems.push(Problem {
        about: Some(Subject::Key),
        at: at.clone(),
        part: pattern.to_owned(),
        message: "what it includes is not read".into(),
        allowed: "one file with all secrets".into(),
    });
    device.keys.push(unknown(at));
}

/// A key that nobody has seen.
pub(crate) fn unknown(at: Place) -> KeyLine {
    KeyLine {
        owners: vec![Owner::Unknown],
        key: Key::Masked,
        at,
        local: None,
        keyring: None,
        vrf: None,
        no_xauth: false,
    }
}
