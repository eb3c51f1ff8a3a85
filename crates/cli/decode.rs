//! `ikesim decode`

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::Path;

use capture::{Captured, Datagram, Reader};
use ike::keymat::{CipherKey, PreSharedKey, SkeyidA, SkeyidD};
use ike::{Credentials, Instant, Observer};
use isakmp::Cookie;
use report::reasons::plural;
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
    let keys = args.keys.as_deref().map(KeyFile::read).transpose()?.unwrap_or_default();
    let psk = args.psk_file.as_deref().map(psk).transpose()?;
    let failed = |error| no_capture(&args.file, error);
    let mut reader = Reader::open(input::reader(&args.file)?).map_err(failed)?;
    let KeyFile { cipher, skeyid_a, skeyid_d } = keys;
    let psk = psk.map(Credentials::PreShared);
    let mut observer = Observer::new(cipher, psk).with_skeyid_a(skeyid_a).with_skeyid_d(skeyid_d);
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
    let mut lines: Vec<String> = reader.notes().iter().map(ToString::to_string).collect();
    if version_2 > 0 {
        lines.push(format!("{} of IKEv2, left alone", plural(version_2, "message")));
    }
    if reader.unread() > 0 {
        lines.push(format!("{} not read", plural(reader.unread(), "frame")));
    }
    if shown == 0 {
        lines.push(format!("no IKEv1 message in {}", plural(reader.frames(), "frame")));
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
        out.write_all(plain_json(String::from_utf8_lossy(&json).into_owned()).as_bytes())?;
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

/// What a file of key lines holds, each by initiator cookie.
#[derive(Default)]
pub struct KeyFile {
    /// Ka.
    pub cipher: BTreeMap<Cookie, CipherKey>,
    /// Of lines `# skeyid_a 3fa97e81901067f2,00112233..`.
    pub skeyid_a: BTreeMap<Cookie, SkeyidA>,
    /// Of lines `# skeyid_d ..`.
    pub skeyid_d: BTreeMap<Cookie, SkeyidD>,
}

impl KeyFile {
    /// Reads it, once: it may be a pipe.
    pub fn read(path: &Path) -> Result<KeyFile, Failure> {
        let text = String::from_utf8(bytes(path, MAX_KEYS)?)
            .map_err(|_| Failure::new(USAGE, format!("{} is no text", path.display())))?;
        let mut file = KeyFile::default();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || file.comment(line) {
                continue;
            }
            let (cookie, key) = key_line(line).ok_or_else(|| {
                let help = "a key line is 16 hex digits, a comma, and the cipher key in hex".to_owned();
                Failure::new(USAGE, format!("{}:{number}: no key line", path.display())).help(Some(help))
            })?;
            file.cipher.insert(cookie, CipherKey::new(key));
        }
        Ok(file)
    }

    /// Whether this is a comment. In comments, for the same file is Wireshark's, whose table has no column for these.
    fn comment(&mut self, line: &str) -> bool {
        let Some(comment) = line.strip_prefix('#') else {
            return false;
        };
        let words = comment.trim_start().split_once(' ');
        // A comment that only looks like one of ours is no error.
        if let Some((name, (cookie, key))) = words.and_then(|(name, rest)| Some((name, key_line(rest)?))) {
            match name {
                "skeyid_a" => drop(self.skeyid_a.insert(cookie, SkeyidA::new(key))),
                "skeyid_d" => drop(self.skeyid_d.insert(cookie, SkeyidD::new(key))),
                _ => {}
            }
        }
        true
    }
}

/// `3fa97e81901067f2,00112233..`; Wireshark's own file puts both in quotes.
fn key_line(line: &str) -> Option<(Cookie, Vec<u8>)> {
    let (cookie, key) = line.split_once(',')?;
    let [cookie, key] =
        [cookie, key].map(|part| base16ct::mixed::decode_vec(part.trim().trim_matches('"')).ok());
    let key = key.filter(|key| !key.is_empty())?;
    Some((Cookie(cookie?.try_into().ok()?), key))
}
