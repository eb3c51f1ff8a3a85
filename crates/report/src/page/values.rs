//! Each value of a page once and whole; wherever it is used stands its beginning and a link to it.

use std::fmt::Write;

use super::hex;

/// Bytes that are shown at once: enough to see whether two values are one.
const SHORT: usize = 8;

/// The values that are linked to, in the order of their first use.
#[derive(Debug, Default)]
pub(super) struct Values(Vec<(&'static str, Vec<u8>)>);

impl Values {
    /// The value as it stands in a table: whole where it is short.
    pub fn link(&mut self, name: &'static str, bytes: &[u8]) -> String {
        if bytes.len() <= SHORT {
            return format!("<code>{}</code>", hex(bytes));
        }
        let known = self.0.iter().position(|(_, value)| value == bytes);
        let number = known.unwrap_or_else(|| {
            self.0.push((name, bytes.to_vec()));
            self.0.len() - 1
        });
        let start = hex(bytes.get(..SHORT).unwrap_or(bytes));
        format!("<a class=\"v\" href=\"#v-{number}\"><code>{start}…</code></a>")
    }

    /// All of them.
    pub fn section(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut html =
            String::from("<section id=\"values\">\n<h2>Values, whole</h2>\n<dl class=\"words\">\n");
        for (number, (name, bytes)) in self.0.iter().enumerate() {
            let _ = writeln!(
                html,
                "<dt>{name} <small>{} bytes</small></dt><dd id=\"v-{number}\"><code>{}</code></dd>",
                bytes.len(),
                hex(bytes)
            );
        }
        html + "</dl>\n</section>\n"
    }
}
