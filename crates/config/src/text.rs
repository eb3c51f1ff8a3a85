//! From the bytes of a file to its text.

/// The text of a file: UTF-16 where a byte order mark says so, UTF-8, else Latin-1, so that no two keys become one.
pub(crate) fn decoded(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xff, 0xfe, units @ ..] => utf16(units, u16::from_le_bytes),
        [0xfe, 0xff, units @ ..] => utf16(units, u16::from_be_bytes),
        bytes => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            std::str::from_utf8(bytes)
                .map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
        }
    };
    // A pager and a terminal log have carriage returns within lines too, but fewer of them than lines.
    let (feeds, both) = (text.matches('\n').count(), text.matches("\r\n").count());
    let alone = text.matches('\r').count() - both;
    if alone > feeds { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// Half a unit at the end is left out.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (units, _) = bytes.as_chunks::<2>();
    char::decode_utf16(units.iter().map(|pair| unit(*pair)))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
