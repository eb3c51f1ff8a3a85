//! Sealed bytes as a text file: a line for whoever opens it, then hex digits, which survive mail and editors.

/// A file that is not as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damaged {
    /// It is none of these files.
    Foreign,
    /// It was changed since it was written, or is sealed with another secret.
    Changed,
}

/// Hex digits in a line.
const LINE: usize = 96;

/// The file of these bytes.
pub(crate) fn wrap(head: &str, sealed: &[u8]) -> String {
    let mut text = format!("{head}\n");
    for (n, digit) in base16ct::lower::encode_string(sealed).chars().enumerate() {
        if n > 0 && n % LINE == 0 {
            text.push('\n');
        }
        text.push(digit);
    }
    text + "\n"
}

/// The bytes in a file.
pub(crate) fn unwrap(head: &str, text: &str) -> Result<Vec<u8>, Damaged> {
    // An editor may have changed the ends of lines.
    let mut lines = text.lines();
    if lines.next().map(str::trim_end) != Some(head) {
        return Err(Damaged::Foreign);
    }
    let digits: String = lines.flat_map(str::split_whitespace).collect();
    base16ct::lower::decode_vec(&digits).map_err(|_| Damaged::Changed)
}
