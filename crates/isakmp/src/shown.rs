//! Foreign text as it may be shown: names, identities and titles come from files and packets, and must stay text.

use std::borrow::Cow;

/// The text with everything escaped that is not printed as itself: controls (C0, C1, DEL), line breaks, marks that turn
/// the direction of writing, invisible and unassigned characters. Quotes and backslashes stay, so that shown text is
/// the same shown again.
pub fn shown(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_printed(c) { out.push(c) } else { out.extend(c.escape_debug()) }
    }
    Cow::Owned(out)
}

/// Whether every character is printed as itself.
pub fn is_plain(text: &str) -> bool {
    // Nearly everything is plain ASCII, and needs no second look. Without a way out in the middle a vector is looked at
    // in one go.
    let ascii = text.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~'));
    ascii || text.chars().all(is_printed)
}

/// Whether a character is printed as itself.
pub fn is_printed(c: char) -> bool {
    match c {
        ' '..='~' => true,
        // Behind another character: an accent is escaped only where it has nothing to stand on.
        c => "a".chars().chain([c]).collect::<String>().escape_debug().nth(2).is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_stays() {
        for text in ["", "plain", "it's \"a\" \\ backslash", "Zürich → 東京 ✗ ⚡ ─▶ · …", "e\u{301}"]
        {
            assert!(matches!(shown(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn what_is_not_is_escaped() {
        let cases = [
            ("\u{1b}]0;x\u{7}", "\\u{1b}]0;x\\u{7}"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("a\nb\rc\td\0", "a\\nb\\rc\\td\\0"),
            ("\u{202e}\u{2066}\u{200e}\u{61c}", "\\u{202e}\\u{2066}\\u{200e}\\u{61c}"),
            ("\u{2028}\u{2029}\u{85}\u{7f}", "\\u{2028}\\u{2029}\\u{85}\\u{7f}"),
            (
                "\u{feff}\u{200b}\u{ad}\u{e0001}\u{fdd0}\u{ffff}",
                "\\u{feff}\\u{200b}\\u{ad}\\u{e0001}\\u{fdd0}\\u{ffff}",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected);
            assert_eq!(shown(&shown(text)), expected);
        }
    }
}
