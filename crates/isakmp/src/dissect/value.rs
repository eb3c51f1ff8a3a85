//! What a field says, still as a value: the words are made where they are shown.

use std::borrow::Cow;
use std::fmt;

use crate::header::{Flags, Version};

/// What a field says; prints as people write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'m> {
    /// A number.
    Number(u64),
    /// An assigned number with its name: `KE (4)`.
    Named(&'static str, u64),
    /// A number that identifies something: `0x3c9a11e2`.
    Id(u32),
    /// `1.0`.
    Version(Version),
    /// `0x01 (encryption)`.
    Flags(Flags),
    /// Bytes that stand for themselves, in hex.
    Hex(&'m [u8]),
    /// How many bytes there are, where the children or nobody can say more: `84 bytes`.
    Bytes(usize),
    /// Text, or why something cannot be read.
    Text(Cow<'m, str>),
}

impl<'m> Value<'m> {
    pub(super) fn number(number: impl Into<u64>) -> Value<'m> {
        Value::Number(number.into())
    }

    /// The bare number where it has no name.
    pub(super) fn named(name: Option<&'static str>, number: impl Into<u64>) -> Value<'m> {
        let number = number.into();
        name.map_or(Value::Number(number), |name| Value::Named(name, number))
    }
}

const FLAGS: [(Flags, &str); 3] = [
    (Flags::ENCRYPTION, "encryption"),
    (Flags::COMMIT, "commit"),
    (Flags::AUTHENTICATION_ONLY, "authentication only"),
];

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => number.fmt(f),
            Value::Named(name, number) => write!(f, "{name} ({number})"),
            Value::Id(number) => write!(f, "{number:#010x}"),
            Value::Version(version) => version.fmt(f),
            Value::Flags(flags) => {
                write!(f, "{:#04x}", flags.0)?;
                let mut before = " (";
                for (_, name) in FLAGS.iter().filter(|(flag, _)| flags.contains(*flag)) {
                    write!(f, "{before}{name}")?;
                    before = ", ";
                }
                f.write_str(if before == ", " { ")" } else { "" })
            }
            Value::Hex(bytes) => bytes.chunks(32).try_for_each(|chunk| hex(chunk, f)),
            Value::Bytes(count) => write!(f, "{count} bytes"),
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// Up to 32 bytes at once: a formatter's call per byte is slow.
fn hex(chunk: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // On the stack: a field can be a whole datagram.
    let mut digits = [0; 64];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(chunk) {
        let halves = [byte >> 4, byte & 0xf];
        for (digit, half) in pair.iter_mut().zip(halves) {
            *digit = DIGITS.get(usize::from(half)).copied().unwrap_or_default();
        }
    }
    let shown = digits.get(..2 * chunk.len()).unwrap_or_default();
    f.write_str(str::from_utf8(shown).unwrap_or_default())
}
