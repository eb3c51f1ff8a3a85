//! A message's bytes beside its fields: each stretch of bytes and the field that it is carry the same mark.

use std::fmt::Write;

use ike::Role;
use isakmp::dissect::{Field, dissect, dissect_chain};

use super::steps::Wire;
use super::{escape, hex};

/// A value longer than this is cut where its bytes stand beside it.
const VALUE: usize = 64;

/// The message as an article. Without `secrets` nothing decrypted is shown.
pub(super) fn article(number: usize, wire: &Wire, secrets: bool) -> String {
    let Wire { name, sender, bytes, opened } = wire;
    let mut html = format!(
        "<article class=\"message\" id=\"message-{number}\" aria-label=\"{}, bytes and fields\">\n\
         <h3>{} <small>from the {sender}, {} bytes</small></h3>\n<div class=\"pair\">\n",
        escape(name),
        escape(name),
        bytes.len()
    );
    html += &panel(&format!("{number}w"), "On the wire", bytes, &dissect(bytes));
    // Equal keys need one panel; two plaintexts of one message are what a wrong key looks like.
    let same = match (&opened.initiator, &opened.responder) {
        (Some(one), Some(other)) => one.plaintext == other.plaintext,
        _ => false,
    };
    for (who, opened) in opened.both() {
        let Some(opened) = opened.as_ref().filter(|_| !(same && who == Role::Responder)) else { continue };
        let title =
            if same { "Decrypted, by both".into() } else { format!("Decrypted with the {who}'s key") };
        if secrets {
            let fields = dissect_chain(opened.first, &opened.plaintext, 0);
            html += &panel(&format!("{number}{}", &who.name()[..1]), &title, &opened.plaintext, &fields);
        } else {
            let _ = writeln!(html, "<section><h4>{title}</h4><p>left out (--redact)</p></section>");
        }
    }
    html + "</div>\n</article>\n"
}

/// Bytes and fields, side by side or one under the other.
fn panel(mark: &str, title: &str, bytes: &[u8], fields: &[Field]) -> String {
    let mut marks = Marks { prefix: mark, next: 0 };
    let mut hexes = String::new();
    let mut at = 0;
    let mut list = String::new();
    for field in fields {
        hexes += &gap(bytes, &mut at, field.range.start);
        let (shown, row) = field_html(field, bytes, &mut at, &mut marks);
        hexes += &shown;
        list += &row;
    }
    // What a damaged message has behind its last field is on the wire all the same.
    hexes += &gap(bytes, &mut at, bytes.len());
    format!(
        "<section><h4>{title}</h4>\n<div class=\"bytes\">{hexes}</div>\n<ul class=\"fields\">{list}</ul></section>\n"
    )
}

struct Marks<'m> {
    prefix: &'m str,
    next: usize,
}

/// Bytes that belong to no field of this level.
fn gap(bytes: &[u8], at: &mut usize, until: usize) -> String {
    let text = bytes.get(*at..until).map(spaced).unwrap_or_default();
    *at = (*at).max(until);
    text
}

fn spaced(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x} ")).collect()
}

/// A field's bytes and its line, its children inside both.
fn field_html(field: &Field, bytes: &[u8], at: &mut usize, marks: &mut Marks<'_>) -> (String, String) {
    let Field { range, name, value, children } = field;
    let mark = format!("{}{}", marks.prefix, marks.next);
    marks.next += 1;
    let (mut inside, mut list) = (String::new(), String::new());
    for child in children {
        inside += &gap(bytes, at, child.range.start);
        let (shown, row) = field_html(child, bytes, at, marks);
        inside += &shown;
        list += &row;
    }
    inside += &gap(bytes, at, range.end);
    // An empty field stands at its place, not a byte before it.
    let last = range.end.saturating_sub(1).max(range.start);
    let mut value = value.to_string();
    if let Some((end, _)) = value.char_indices().nth(VALUE) {
        value.truncate(end);
        value += &format!("… ({} bytes)", range.len());
    }
    let below = if list.is_empty() { String::new() } else { format!("<ul>{list}</ul>") };
    let row = format!(
        "<li><span data-f=\"{mark}\" tabindex=\"0\"><b>{}</b> {} <i>{}–{last}</i></span>{below}</li>",
        escape(name),
        escape(&value),
        range.start
    );
    (format!("<span data-f=\"{mark}\">{inside}</span>"), row)
}

/// A value of the key schedule, cut for a table.
pub(super) fn short(bytes: &[u8]) -> String {
    // Enough to see whether two values are one.
    let start = hex(bytes.get(..8).unwrap_or(bytes));
    if bytes.len() > 8 { format!("{start}…") } else { start }
}
