//! A message's bytes beside its fields: each stretch of bytes and the field that it is carry the same mark, and each
//! kind of field its colour and sign.

use std::collections::BTreeSet;
use std::fmt::Write;

use ike::Role;
use isakmp::dissect::{Field, dissect, dissect_chain};
use isakmp::{Padding, decode_chain};

use super::field::told;
use super::kind::Kind;
use super::known::Show;
use super::side::Opened;
use super::steps::Wire;
use super::{escape, hex};

/// A value longer than this is cut where its bytes stand beside it.
const VALUE: usize = 64;

/// The message as an article. Redacted, nothing decrypted is shown.
pub(super) fn article(number: usize, wire: &Wire, show: Show) -> String {
    let Wire { name, sender, bytes, opened, other } = wire;
    let mut html = format!(
        "<article class=\"message\" id=\"message-{number}\" aria-label=\"{}, bytes and fields\">\n\
         <h3>{} <small>from the {sender}, {} bytes</small></h3>\n<div class=\"pair\">\n",
        escape(name),
        escape(name),
        bytes.len()
    );
    // Of bytes that are much like others, what each field is for was said there.
    let mut panels = Panels { number, explain: !other, told: BTreeSet::new() };
    html +=
        &panels.panel("w", &Head { title: "On the wire".into(), ..Head::default() }, bytes, &dissect(bytes));
    // Equal keys need one panel; two plaintexts of one message are what a wrong key looks like.
    let same = match (&opened.initiator, &opened.responder) {
        (Some(one), Some(other)) => one.plaintext == other.plaintext,
        _ => false,
    };
    for (who, opened) in opened.both() {
        let Some(opened) = opened.as_ref().filter(|_| !(same && who == Role::Responder)) else { continue };
        let title =
            if same { "Decrypted, by both".into() } else { format!("Decrypted with the {who}'s key") };
        let side = if same { String::new() } else { format!(" data-side=\"{who}\"") };
        if show.redact {
            let _ = writeln!(html, "<section{side}><h4>{title}</h4><p>left out (--redact)</p></section>");
        } else {
            let fields = dissect_chain(opened.first, &opened.plaintext, 0);
            html += &panels.panel(
                &who.name()[..1],
                &Head { title, side, here: junk(opened) },
                &opened.plaintext,
                &fields,
            );
        }
    }
    html + "</div>\n</article>\n"
}

/// What stands above a panel.
#[derive(Default)]
struct Head {
    title: String,
    /// The attribute that names a side.
    side: String,
    /// What is special here.
    here: &'static str,
}

/// What to see in a plaintext that is none.
fn junk(opened: &Opened) -> &'static str {
    match decode_chain(opened.first, &opened.plaintext, 0, Padding::Allowed) {
        Ok(_) => "",
        Err(_) => {
            "<p class=\"told here\">Junk here: what comes out is no chain of payloads, so key, IV or ciphertext are not the sender's.</p>\n"
        }
    }
}

/// The panels of one message.
struct Panels {
    number: usize,
    /// Say what the fields are for.
    explain: bool,
    /// What was said already.
    told: BTreeSet<&'static str>,
}

impl Panels {
    /// Bytes and fields, side by side or one under the other.
    fn panel(&mut self, mark: &str, head: &Head, bytes: &[u8], fields: &[Field<'_>]) -> String {
        let prefix = format!("{}{mark}", self.number);
        let mut marks = Marks { prefix: &prefix, next: 0, at: 0, bytes, panels: self };
        let (mut hexes, mut list, mut header) = (String::new(), String::new(), String::new());
        let mut in_header = false;
        for field in fields {
            let kind = Kind::of_payload(&field.name);
            // The header's fields are one block, as each payload is.
            let in_head = kind == Kind::Naming;
            if in_header && !in_head {
                hexes += "</span>";
            }
            hexes += &marks.gap(field.range.start);
            if in_head && !in_header {
                hexes += "<span class=\"p k-naming\"><small># header</small> ";
            }
            in_header = in_head;
            let (shown, row) = marks.top(field, kind);
            hexes += &shown;
            if in_head {
                header += &row;
            } else {
                list += &row;
            }
        }
        if in_header {
            hexes += "</span>";
        }
        // What a damaged message has behind its last field is on the wire all the same.
        hexes += &marks.gap(bytes.len());
        let Head { title, side, here } = head;
        format!(
            "<section{side}><h4>{title}</h4>\n{here}<div class=\"bytes\">{hexes}</div>\n<ul class=\"fields\">{}{list}</ul></section>\n",
            folded(&header, self.number == 0)
        )
    }
}

/// The header's fields: much the same in each message, so open in the first alone.
fn folded(fields: &str, open: bool) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let open = if open { " open" } else { "" };
    format!(
        "<li class=\"k-naming\"><details{open}><summary><span class=\"sign\" aria-hidden=\"true\">#</span><b>header</b></summary><ul>{fields}</ul></details></li>"
    )
}

struct Marks<'m> {
    prefix: &'m str,
    next: usize,
    /// How far the bytes are shown.
    at: usize,
    bytes: &'m [u8],
    panels: &'m mut Panels,
}

impl Marks<'_> {
    /// Bytes that belong to no field of this level.
    fn gap(&mut self, until: usize) -> String {
        let text = self.bytes.get(self.at..until).map(spaced).unwrap_or_default();
        self.at = self.at.max(until);
        text
    }

    /// A payload, or a field of the header.
    fn top(&mut self, field: &Field<'_>, kind: Kind) -> (String, String) {
        let (class, sign, _) = kind.shown();
        let label = if kind == Kind::Naming {
            String::new()
        } else {
            let name = field.name.trim_end_matches(" payload").trim_end_matches(" payloads");
            format!("<small>{sign} {}</small> ", escape(name))
        };
        let (mark, inside, row) = self.field(field, &field.name);
        let block = if label.is_empty() { "" } else { "p " };
        (
            format!("<span class=\"{block}{class}\" data-f=\"{mark}\">{label}{inside}</span>"),
            format!(
                "<li class=\"{class}\"><span class=\"sign\" aria-hidden=\"true\">{sign}</span>{row}</li>"
            ),
        )
    }

    /// A field's mark, its bytes and its line, its children inside both.
    fn field(&mut self, field: &Field<'_>, payload: &str) -> (String, String, String) {
        let Field { range, name, value, children } = field;
        let mark = format!("{}{}", self.prefix, self.next);
        self.next += 1;
        let why = self.why(payload, name);
        let (mut inside, mut list) = (String::new(), String::new());
        for child in children {
            inside += &self.gap(child.range.start);
            let (mark, shown, row) = self.field(child, payload);
            let class = if child.name == "reserved" { " class=\"k-padding\"" } else { "" };
            let _ = write!(inside, "<span{class} data-f=\"{mark}\">{shown}</span>");
            let _ = write!(list, "<li>{row}</li>");
        }
        inside += &self.gap(range.end);
        // An empty field stands at its place, not a byte before it.
        let last = range.end.saturating_sub(1).max(range.start);
        let below = if list.is_empty() { String::new() } else { format!("<ul>{list}</ul>") };
        let row = format!(
            "<span data-f=\"{mark}\" tabindex=\"0\"><b>{}</b> {} <i>{}–{last}</i></span>{why}{below}",
            escape(name),
            escape(&cut(&value.to_string(), range.len())),
            range.start
        );
        (mark, inside, row)
    }

    /// What the field is for, once in a message.
    fn why(&mut self, payload: &str, name: &str) -> String {
        let Some((text, section)) = told(payload, name).filter(|_| self.panels.explain) else {
            return String::new();
        };
        // By sentence: many payloads have a length.
        if !self.panels.told.insert(text) {
            return String::new();
        }
        format!("<p class=\"why\">{text} {section}</p>")
    }
}

/// A value that stands beside its bytes.
fn cut(value: &str, bytes: usize) -> String {
    match value.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}… ({bytes} bytes)", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

fn spaced(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x} ")).collect()
}

/// A value of the key schedule, cut for a line.
pub(super) fn short(bytes: &[u8]) -> String {
    // Enough to see whether two values are one.
    let start = hex(bytes.get(..8).unwrap_or(bytes));
    if bytes.len() > 8 { format!("{start}…") } else { start }
}
