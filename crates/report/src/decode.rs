//! Messages of a capture, for people and as JSON lines.

use std::net::SocketAddr;

use ike::{HashCheck, Instant, Observed};
use isakmp::dissect::{Field, dissect, dissect_chain};
use isakmp::{Body, Error, ExchangeType, Flags, Header};
use serde_json::{Value, json};

use crate::line::{FAINT, GOOD, HEAD, Line, TROUBLE, paint, written};

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

/// The contract's object for one message.
pub fn decoded_json(decoded: &Decoded<'_>) -> Value {
    let Decoded { frame, at, ends: (from, to), bytes, observed, .. } = decoded;
    let header = Header::decode(bytes).ok();
    let header = header.as_ref();
    let seen = observed.as_ref().ok();
    let payloads: Vec<String> =
        seen.map(|seen| seen.payloads.iter().map(|p| p.kind.to_string()).collect()).unwrap_or_default();
    let hash = seen.and_then(|seen| seen.hash).map(|hash| match hash {
        HashCheck::Verified => "verified",
        HashCheck::Wrong => "wrong",
        HashCheck::Unknown => "unknown",
    });
    json!({
        "frame": frame, "time": format!("{at}s"), "from": from.to_string(), "to": to.to_string(),
        "icookie": header.map(|h| h.cookies.initiator.to_string()),
        "rcookie": header.map(|h| h.cookies.responder.to_string()),
        "exchange": header.map(|h| exchange(h.exchange)),
        "message_id": header.map(|h| h.message_id.0),
        "encrypted": header.is_some_and(|h| h.flags.contains(Flags::ENCRYPTION)),
        "decrypted": seen.is_some_and(|seen| seen.plaintext.is_some()),
        "payloads": payloads, "hash": hash, "error": error(decoded),
    })
}

fn error(decoded: &Decoded<'_>) -> Option<String> {
    let error = decoded.observed.as_ref().err()?;
    let cut = if decoded.cut { " (the packet was captured in part)" } else { "" };
    Some(format!("{error}{cut}"))
}

/// A head line, then every field with its byte offsets, then what is known of keys and hashes.
pub fn decoded_text(decoded: &Decoded<'_>) -> String {
    let Decoded { frame, at, ends: (from, to), bytes, observed, .. } = decoded;
    let kind = Header::decode(bytes).map_or("unreadable".into(), |header| exchange(header.exchange));
    let mut lines =
        vec![paint(HEAD, &format!("frame {frame}  {at} s  {from} → {to}  {kind}, {} bytes", bytes.len()))];
    lines.extend(dissect(bytes).iter().flat_map(|field| tree(field, 1)));
    if let Ok(seen) = observed {
        lines.extend(inside(seen));
    }
    if let Some(error) = error(decoded) {
        lines.push(paint(TROUBLE, &format!("  ✗ {error}")));
    }
    written(&lines)
}

/// What was inside an encrypted message, and what its hash is worth.
fn inside(seen: &Observed) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(plaintext) = &seen.plaintext {
        lines.push(paint(FAINT, "  decrypted, offsets from the first byte of the plaintext:"));
        let fields = dissect_chain(seen.message.header.next_payload, plaintext, 0);
        lines.extend(fields.iter().flat_map(|field| tree(field, 2)));
    }
    if let Some(closed) = seen.closed {
        lines.push(format!("  not decrypted: {closed}").into());
    }
    match seen.hash {
        Some(HashCheck::Verified) => lines.push(paint(GOOD, "  ✓ the HASH is what the given key makes it")),
        Some(HashCheck::Wrong) => {
            lines.push(paint(TROUBLE, "  ✗ the HASH is not what the given key makes it"));
        }
        Some(HashCheck::Unknown) => {
            let why = match seen.message.body {
                Body::Clear(_) => "a pre-shared key (--psk-file)",
                Body::Encrypted(_) => "a pre-shared key (--psk-file), or keys that a capture does not tell",
            };
            lines.push(format!("  the HASH cannot be checked without {why}").into());
        }
        None => {}
    }
    lines
}

/// The longest value that is shown whole, in characters.
const VALUE: usize = 72;

fn tree(field: &Field, depth: usize) -> Vec<Line> {
    let Field { range, name, value, children } = field;
    let last = range.end.saturating_sub(1).max(range.start);
    let bytes = format!("{}-{last}", range.start);
    let shown: String = if value.chars().count() > VALUE {
        let start: String = value.chars().take(VALUE).collect();
        format!("{start}… ({} bytes)", range.len())
    } else {
        value.clone()
    };
    let mut lines = vec![format!("  {bytes:>9}{:indent$}{name}  {shown}", "", indent = 2 * depth).into()];
    lines.extend(children.iter().flat_map(|child| tree(child, depth + 1)));
    lines
}
