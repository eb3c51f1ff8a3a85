//! How daemons write pre-shared keys.

use crate::keys::{Key, Secret, is_mask};

/// A secret: text, `0x` and hexadecimal digits, `0s` and base 64. `None`: digits that are none.
pub(crate) fn secret(text: &str) -> Option<Key> {
    let head = text.get(..2).unwrap_or("").to_ascii_lowercase();
    let rest = text.get(2..).unwrap_or("");
    match head.as_str() {
        "0x" if !rest.is_empty() => hex(rest).map(|key| Key::Known(Secret::new(key))),
        "0s" if !rest.is_empty() => base64(rest).map(|key| Key::Known(Secret::new(key))),
        _ => Some(literal(text)),
    }
}

/// A word processor has turned its quotes: what the daemon's own file has nobody knows.
pub(crate) fn is_turned(text: &str) -> bool {
    text.starts_with(['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}'])
}

/// A secret that stands for itself.
pub(crate) fn literal(text: &str) -> Key {
    match text {
        "" => Key::Missing,
        text if is_mask(text) || is_turned(text) => Key::Masked,
        text => Key::Known(Secret::new(text)),
    }
}

fn hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = digits
        .chars()
        .filter(|c| !":_".contains(*c))
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    // An odd count has a zero in front.
    let odd = digits.len() % 2;
    let padded: Vec<u8> = std::iter::repeat_n(0, odd).chain(digits).collect();
    Some(padded.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

/// The bytes as text, or, where they are none, each byte as the character of that number.
pub(super) fn hex_text(digits: &str) -> String {
    let bytes = hex(digits).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_else(|bad| bad.as_bytes().iter().copied().map(char::from).collect())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let value = |c: char| {
        let number = match c {
            'A'..='Z' => u32::from(c) - u32::from('A'),
            'a'..='z' => u32::from(c) - u32::from('a') + 26,
            '0'..='9' => u32::from(c) - u32::from('0') + 52,
            '+' => 62,
            '/' => 63,
            _ => return None,
        };
        Some(number)
    };
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for c in text.trim_end_matches('=').chars() {
        // Masked: the text may be long, the word is not.
        held = (held << 6 | value(c)?) & 0xff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_three_ways() {
        let bytes = |text| match secret(text) {
            Some(Key::Known(secret)) => secret.reveal().to_vec(),
            other => format!("{other:?}").into_bytes(),
        };
        assert_eq!(bytes("abc"), b"abc");
        assert_eq!(bytes("0x616263"), b"abc");
        assert_eq!(bytes("0sYWJj"), b"abc");
        assert_eq!(bytes("0sYWI="), b"ab");
        assert_eq!(secret("0xno"), None);
        assert_eq!(secret("*****"), Some(Key::Masked));
    }
}
