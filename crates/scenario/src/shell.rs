//! Words of commands that people are told to type.

/// A name as a POSIX shell takes it for one word, in characters that are all printed: a command that is shown is the
/// command that runs. `-` alone stays: it is standard input.
pub fn shell_word(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    // A name that begins with a dash would be an option.
    let name = if name.len() > 1 && name.starts_with('-') { format!("./{name}") } else { name.to_owned() };
    if !name.is_empty() && name.chars().all(plain) {
        return name;
    }
    if name.chars().all(isakmp::is_printed) {
        return format!("'{}'", name.replace('\'', "'\\''"));
    }
    // `printf` of every shell reads octal; the substitution keeps all but line ends at the end.
    let octal = |byte: u8| match byte {
        // Some shells read octal first and conversions then.
        b'%' => "%%".to_owned(),
        b' '..=b'~' if !b"\\'".contains(&byte) => char::from(byte).to_string(),
        byte => format!("\\{byte:03o}"),
    };
    format!("\"$(printf '{}')\"", name.bytes().map(octal).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_word_each() {
        for (name, word) in [
            ("scenarios/a_b-1.toml", "scenarios/a_b-1.toml"),
            ("Zürich.toml", "Zürich.toml"),
            ("-", "-"),
            ("-x.toml", "./-x.toml"),
            ("", "''"),
            ("it's $(here) `too`; *", "'it'\\''s $(here) `too`; *'"),
            ("a\u{1b}[2J\n'%\\.toml", "\"$(printf 'a\\033[2J\\012\\047%%\\134.toml')\""),
            ("a\u{202e}b", "\"$(printf 'a\\342\\200\\256b')\""),
        ] {
            assert_eq!(shell_word(name), word, "{name:?}");
        }
    }
}
