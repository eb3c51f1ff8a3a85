//! Messages of a capture, for people and as JSON lines.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::SocketAddr;

use ike::{ChildSa, HashCheck, Instant, NoKeymat, Observed, Role};
use isakmp::dissect::{Field, dissect, dissect_chain};
use isakmp::{Body, Error, ExchangeType, Flags, Header, shown};
use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::line::{FAINT, GOOD, HEAD, Line, TROUBLE, paint};
use crate::pcap::hex;

/// One ISAKMP message of a capture.
#[derive(Clone, Debug)]
pub struct Decoded<'c> {
    /// Number of its frame, from 1.
    pub frame: u64,
    /// Time since the first frame.
    pub at: Instant,
    /// Source and destination.
    pub ends: (SocketAddr, SocketAddr),
    /// The ISAKMP bytes.
    pub bytes: &'c [u8],
    /// Not all of it was captured.
    pub cut: bool,
    /// What it says, or why it cannot be read.
    pub observed: Result<Observed, Error>,
}

/// `main`, `aggressive`, `informational`, `transaction`, `quick`, or the number.
fn exchange(exchange: ExchangeType) -> String {
    match exchange {
        ExchangeType::MAIN => "main".into(),
        ExchangeType::AGGRESSIVE => "aggressive".into(),
        ExchangeType::INFORMATIONAL => "informational".into(),
        ExchangeType::TRANSACTION => "transaction".into(),
        ExchangeType::QUICK => "quick".into(),
        other => other.0.to_string(),
    }
}

/// The contract's object for one message, with every field that the text shows.
#[derive(Serialize)]
struct Object<'d> {
    frame: u64,
    time: String,
    from: SocketAddr,
    to: SocketAddr,
    icookie: Option<String>,
    rcookie: Option<String>,
    exchange: Option<String>,
    message_id: Option<u32>,
    encrypted: bool,
    decrypted: bool,
    payloads: Vec<String>,
    hash: Option<&'static str>,
    error: Option<String>,
    /// Of the message, in bytes.
    length: usize,
    fields: Fields<'d>,
    /// What was encrypted, counted from the first byte of the plaintext.
    inside: Option<Fields<'d>>,
    /// Why it stayed closed.
    closed: Option<String>,
    /// The SAs that it makes; a message that makes none has no such key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sas: Vec<Made>,
}

/// An SA of a child.
#[derive(Serialize)]
struct Made {
    protocol: String,
    spi: String,
    /// Where its receiver is.
    to: SocketAddr,
    keymat: Option<String>,
    /// Why there is none.
    without: Option<String>,
}

impl Made {
    fn all(decoded: &Decoded<'_>) -> Vec<Made> {
        let (from, to) = decoded.ends;
        let sas = decoded.observed.iter().flat_map(|seen| &seen.sas);
        let made = |ChildSa { protocol, spi, receiver, keymat }: &ChildSa| Made {
            protocol: protocol.to_string().to_lowercase(),
            spi: hex(spi),
            // The message that makes them is the responder's.
            to: if *receiver == Role::Responder { from } else { to },
            keymat: keymat.as_ref().ok().map(|key| hex(key.as_bytes())),
            without: keymat.as_ref().err().map(NoKeymat::to_string),
        };
        sas.map(made).collect()
    }
}

/// Fields as objects: where a field begins, how many bytes it has, what it is, what it says, what it is made of.
struct Fields<'d>(&'d [Field<'d>]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(One))
    }
}

struct One<'d>(&'d Field<'d>);

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Field { range, name, value, children } = self.0;
        let mut object = serializer.serialize_struct("Field", 5)?;
        object.serialize_field("at", &range.start)?;
        object.serialize_field("length", &range.len())?;
        object.serialize_field("name", name)?;
        // Without a string in between: a large capture has a great many fields.
        object.serialize_field("value", &format_args!("{value}"))?;
        if !children.is_empty() {
            object.serialize_field("fields", &Fields(children))?;
        }
        object.end()
    }
}

/// Writes the contract's object for one message, without a line's end.
///
/// # Errors
/// Those of `out`.
pub fn decoded_json(decoded: &Decoded<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Decoded { frame, at, ends: (from, to), bytes, observed, .. } = decoded;
    // By itself: a message that cannot be read often has a header that can.
    let header = Header::decode(bytes).ok();
    let header = header.as_ref();
    let seen = observed.as_ref().ok();
    let inside = seen.and_then(inside);
    let object = Object {
        frame: *frame,
        time: format!("{at}s"),
        from: *from,
        to: *to,
        icookie: header.map(|h| h.cookies.initiator.to_string()),
        rcookie: header.map(|h| h.cookies.responder.to_string()),
        exchange: header.map(|h| exchange(h.exchange)),
        message_id: header.map(|h| h.message_id.0),
        encrypted: header.is_some_and(|h| h.flags.contains(Flags::ENCRYPTION)),
        decrypted: seen.is_some_and(|seen| seen.plaintext.is_some()),
        payloads: seen.map_or(Vec::new(), |seen| seen.payloads.iter().map(|p| p.kind.to_string()).collect()),
        hash: seen.and_then(|seen| seen.hash).map(|hash| match hash {
            HashCheck::Verified => "verified",
            HashCheck::Wrong => "wrong",
            HashCheck::Unknown => "unknown",
            HashCheck::OtherMethod(_) => "other-method",
        }),
        error: error(decoded),
        length: bytes.len(),
        fields: Fields(&dissect(bytes)),
        inside: inside.as_deref().map(Fields),
        closed: seen.and_then(|seen| seen.closed).map(|closed| closed.to_string()),
        sas: Made::all(decoded),
    };
    Ok(serde_json::to_writer(out, &object)?)
}

/// The fields of what was encrypted.
fn inside(seen: &Observed) -> Option<Vec<Field<'_>>> {
    let plaintext = seen.plaintext.as_ref()?;
    Some(dissect_chain(seen.message.header.next_payload, plaintext, 0))
}

fn error(decoded: &Decoded<'_>) -> Option<String> {
    let error = decoded.observed.as_ref().err()?;
    // The capture's doing and not the sender's, who would be blamed for it.
    let cut = if decoded.cut { " (the packet was captured in part)" } else { "" };
    Some(format!("{error}{cut}"))
}

/// A head line, then every field with its byte offsets, then what is known of keys and hashes; `styled`: with colours.
pub fn decoded_text(decoded: &Decoded<'_>, styled: bool) -> String {
    let Decoded { frame, at, ends: (from, to), bytes, observed, .. } = decoded;
    let kind = Header::decode(bytes).map_or("unreadable".into(), |header| exchange(header.exchange));
    let head = format!("frame {frame}  {at} s  {from} → {to}  {kind}, {} bytes", bytes.len());
    let mut text = String::new();
    // A field of a few bytes makes a line.
    text.reserve(64 + 16 * bytes.len().min(2048));
    line(&mut text, &paint(HEAD, &head), styled);
    tree(&mut text, &dissect(bytes), 1);
    if let Ok(seen) = observed {
        opened(&mut text, seen, styled);
    }
    for Made { protocol, spi, to, keymat, without } in Made::all(decoded) {
        let key = keymat.or(without.map(|why| format!("none: {why}"))).unwrap_or_default();
        let head = format!("  {} SPI {spi}, towards {}: KEYMAT ", protocol.to_uppercase(), to.ip());
        line(&mut text, &format!("{head}{key}").into(), styled);
    }
    if let Some(error) = error(decoded) {
        line(&mut text, &paint(TROUBLE, &format!("  ✗ {error}")), styled);
    }
    text
}

/// What was inside an encrypted message, and what its hash is worth.
fn opened(text: &mut String, seen: &Observed, styled: bool) {
    if let Some(fields) = inside(seen) {
        line(text, &paint(FAINT, "  decrypted, offsets from the first byte of the plaintext:"), styled);
        tree(text, &fields, 2);
    }
    if let Some(closed) = seen.closed {
        line(text, &format!("  not decrypted: {closed}").into(), styled);
    }
    let hash = match seen.hash {
        Some(HashCheck::Verified) => paint(GOOD, "  ✓ the HASH is what the given key makes it"),
        Some(HashCheck::Wrong) => paint(TROUBLE, "  ✗ the HASH is not what the given key makes it"),
        Some(HashCheck::Unknown) => {
            // Hashes in clear are Aggressive Mode's: the key, and what the capture holds, is enough for them.
            let why = match seen.message.body {
                _ if under_an_sa(seen) => "SKEYID_a (a line # skeyid_a COOKIE,HEX in the file of --keys)",
                Body::Clear(_) => "a pre-shared key (--psk-file)",
                Body::Encrypted(_) => "a pre-shared key (--psk-file), or keys that a capture does not tell",
            };
            format!("  the HASH cannot be checked without {why}").into()
        }
        Some(HashCheck::OtherMethod(method)) => {
            format!("  the peers chose {method}: no pre-shared key can check this proof").into()
        }
        None => return,
    };
    line(text, &hash, styled);
}

/// Its HASH is one that SKEYID_a makes.
fn under_an_sa(seen: &Observed) -> bool {
    ![ExchangeType::MAIN, ExchangeType::AGGRESSIVE].contains(&seen.message.header.exchange)
}

fn line(text: &mut String, line: &Line, styled: bool) {
    let _ = if styled { writeln!(text, "{line}") } else { writeln!(text, "{line:#}") };
}

/// The longest value that is shown whole, in characters.
const VALUE: usize = 72;
/// Columns of a range of bytes.
const RANGE: usize = 9;

/// A line for each field and for each below it.
fn tree(text: &mut String, fields: &[Field<'_>], depth: usize) {
    for Field { range, name, value, children } in fields {
        // An empty field stands at its place, not a byte before it.
        let last = range.end.saturating_sub(1).max(range.start);
        // Counted, so that no number is formatted twice for every field.
        let digits = |number: usize| number.checked_ilog10().map_or(1, |log| log as usize + 1);
        let blanks = (RANGE - 1).saturating_sub(digits(range.start) + digits(last)) + 2;
        text.extend(std::iter::repeat_n(' ', blanks));
        let _ = write!(text, "{}-{last}", range.start);
        text.extend(std::iter::repeat_n(' ', 2 * depth));
        *text += name;
        *text += "  ";
        let begin = text.len();
        let _ = write!(text, "{value}");
        let whole = text.get(begin..).unwrap_or_default();
        if let Some((end, _)) = whole.char_indices().nth(VALUE) {
            text.truncate(begin + end);
            let _ = write!(text, "… ({} bytes)", range.len());
        }
        // Behind the cut, which would otherwise fall into the middle of an escape.
        if let Cow::Owned(escaped) = shown(text.get(begin..).unwrap_or_default()) {
            text.truncate(begin);
            *text += &escaped;
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
        tree(text, children, depth + 1);
    }
}
