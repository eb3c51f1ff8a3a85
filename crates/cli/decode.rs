//! `ikesim decode`

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::Path;

use capture::{Captured, Datagram, Reader};
use ike::keymat::{CipherKey, PreSharedKey, SkeyidA};
use ike::{Credentials, Instant, Observer};
use isakmp::Cookie;
use report::{Decoded, decoded_json, decoded_text, plain_json};

use crate::args::{Decode, Format};
use crate::failure::{Failure, USAGE};
use crate::input::{self, bytes};
use crate::out::{self, Out};

/// The longest key or pre-shared key file, in bytes.
const MAX_KEYS: u64 = 1 << 20;
/// Bytes of output that are written at once.
const BUFFER: usize = 1 << 16;

/// Shows every IKEv1 message of a capture, as it is read.
pub fn decode(args: &Decode, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let keys = args.keys.as_deref().map(keys).transpose()?.unwrap_or_default();
    let psk = args.psk_file.as_deref().map(psk).transpose()?;
    let failed = |error| no_capture(&args.file, error);
    let mut reader = Reader::open(input::reader(&args.file)?).map_err(failed)?;
    let skeyid_a = args.keys.as_deref().map(authenticators).transpose()?.unwrap_or_default();
    let mut observer = Observer::new(keys, psk.map(Credentials::PreShared)).with_skeyid_a(skeyid_a);
    let styled = format != Format::Json && out.is_styled();
    // Text that is made without styles needs nobody to take them out again.
    out.pass_through(!styled);
    let mut out = BufWriter::with_capacity(BUFFER, out);
    let mut shown = 0_u64;
    let mut version_2 = 0_u64;
    for captured in &mut reader {
        let Captured::Datagram(datagram) = captured.map_err(failed)? else { continue };
        let ports = [datagram.from.port(), datagram.to.port()];
        let Some(bytes) = ike::observe::isakmp_of(ports, &datagram.payload) else {
            continue;
        };
        match ike::observe::version_of(bytes).map(isakmp::Version::major) {
            Some(1) => {
                shown += 1;
                let decoded = decoded(&datagram, bytes, &mut observer);
                show(&decoded, format, styled, &mut out)?;
                if input::is_stdin(&args.file) {
                    // Somebody may be watching what is captured right now.
                    out.flush()?;
                }
                // A capture may have gigabytes, or no end.
                if out.get_ref().is_closed() {
                    return Ok(0);
                }
            }
            // Told at the end: a capture of IKEv2 would else look like one of nothing.
            Some(2) => version_2 += 1,
            _ => {}
        }
    }
    out.flush()?;
    talk(&reader, shown, version_2);
    Ok(0)
}

/// Why a file is no capture, or cannot be read to its end.
pub fn no_capture(path: &Path, error: capture::Error) -> Failure {
    if let capture::Error::Read(kind) = error {
        return Failure::file(path, "read", &kind.into());
    }
    Failure::new(USAGE, format!("{}: {error}", input::name(path)))
}

/// What there was besides the messages: for people, on standard error.
fn talk(reader: &Reader<'_>, shown: u64, version_2: u64) {
    let mut lines = reader.notes().to_vec();
    if version_2 > 0 {
        lines.push(format!("{version_2} messages of IKEv2, left alone"));
    }
    if shown == 0 {
        lines.push(format!("no IKEv1 message in {} frames", reader.frames()));
    }
    for line in lines {
        out::say(&format!("note: {line}"));
    }
}

fn decoded<'c>(datagram: &Datagram, bytes: &'c [u8], observer: &mut Observer) -> Decoded<'c> {
    let micros = u64::try_from(datagram.at.as_micros()).unwrap_or(u64::MAX);
    Decoded {
        frame: datagram.frame,
        at: Instant::from_micros(micros),
        ends: (datagram.from, datagram.to),
        bytes,
        cut: datagram.cut,
        observed: observer.observe(bytes),
    }
}

fn show(decoded: &Decoded<'_>, format: Format, styled: bool, out: &mut dyn Write) -> Result<(), Failure> {
    if format == Format::Json {
        let mut json = Vec::new();
        decoded_json(decoded, &mut json)?;
        out.write_all(plain_json(&String::from_utf8_lossy(&json)).as_bytes())?;
    } else {
        out.write_all(decoded_text(decoded, styled).as_bytes())?;
    }
    Ok(out.write_all(b"\n")?)
}

/// One newline at the end is not part of the key; everything else is, blanks included.
pub fn psk(path: &Path) -> Result<PreSharedKey, Failure> {
    let mut bytes = bytes(path, MAX_KEYS)?;
    if bytes.ends_with(b"\n") {
        bytes.pop();
        // Editors of Windows end a line with both.
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    // Far more often a file that was never filled than a key.
    if bytes.is_empty() {
        return Err(Failure::new(USAGE, format!("{} holds no pre-shared key", path.display())));
    }
    Ok(PreSharedKey::new(bytes))
}

/// Ka by initiator cookie.
pub fn keys(path: &Path) -> Result<BTreeMap<Cookie, CipherKey>, Failure> {
    let text = String::from_utf8(bytes(path, MAX_KEYS)?)
        .map_err(|_| Failure::new(USAGE, format!("{} is no text", path.display())))?;
    let mut keys = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (cookie, key) = key_line(line).ok_or_else(|| {
            let help = "a key line is 16 hex digits, a comma, and the cipher key in hex".to_owned();
            Failure::new(USAGE, format!("{}:{number}: no key line", path.display())).help(Some(help))
        })?;
        keys.insert(cookie, key);
    }
    Ok(keys)
}

/// SKEYID_a by initiator cookie: lines `# skeyid_a 3fa97e81901067f2,00112233..`, comments to Wireshark.
pub fn authenticators(path: &Path) -> Result<BTreeMap<Cookie, SkeyidA>, Failure> {
    // In comments: the same file is Wireshark's, whose table has no column for it.
    let text = String::from_utf8_lossy(&bytes(path, MAX_KEYS)?).into_owned();
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("# skeyid_a "));
    // A comment that only looks like one of ours is no error.
    let keys = lines.filter_map(key_line);
    Ok(keys.map(|(cookie, key)| (cookie, SkeyidA::new(key.as_bytes().to_vec()))).collect())
}

/// `3fa97e81901067f2,00112233..`; Wireshark's own file puts both in quotes.
fn key_line(line: &str) -> Option<(Cookie, CipherKey)> {
    let (cookie, key) = line.split_once(',')?;
    let [cookie, key] =
        [cookie, key].map(|part| base16ct::mixed::decode_vec(part.trim().trim_matches('"')).ok());
    let key = key.filter(|key| !key.is_empty())?;
    Some((Cookie(cookie?.try_into().ok()?), CipherKey::new(key)))
}
