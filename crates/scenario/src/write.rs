//! From the file as a value to its text.

use isakmp::{is_printed, shown};
use toml_edit::{Decor, Item, Table, Value};

use crate::file::File;
use crate::remarks::{Remarks, Step};

/// Tables that have a header of their own. The others, identities and keys, stand in their line.
const TABLES: [&str; 4] = ["initiator", "responder", "network", "expect"];

/// Lists of tables, each entry with a header of its own.
const LISTS: [&str; 4] = ["fault", "policy", "tunnel_group", "crypto_map"];

/// The text. It reads back as the same file.
///
/// # Errors
/// None, as far as is known: TOML can hold whatever the file can.
pub(super) fn text(file: &File, remarks: &Remarks) -> Result<String, toml_edit::ser::Error> {
    let mut document = toml_edit::ser::to_document(file)?;
    unfold(document.as_table_mut());
    let root = document.as_table_mut();
    for (spot, remark) in &remarks.behind {
        if let Some(decor) = decor(root, spot.steps()) {
            // Remarks quote foreign files: a line end in one would begin a line of TOML.
            decor.set_suffix(format!("    # {}", shown(remark)));
        }
    }
    // An empty line stands before each header, except where the file begins with it.
    let first = root.iter().next().filter(|(_, item)| item.is_table()).map(|(key, _)| key.to_owned());
    for (spot, remark) in &remarks.above {
        let begins = matches!((spot.steps(), &first), ([Step::Key(key)], Some(first)) if key == first);
        if let Some(decor) = decor(root, spot.steps()) {
            decor.set_prefix(format!("{}# {}\n", if begins { "" } else { "\n" }, shown(remark)));
        }
    }
    Ok(document.to_string())
}

/// Gives tables their headers, and text its escapes.
fn unfold(table: &mut Table) {
    for (key, item) in table.iter_mut() {
        let whole = std::mem::take(item);
        *item = match whole {
            Item::Value(Value::InlineTable(inner)) if TABLES.contains(&key.get()) => {
                Item::Table(inner.into_table())
            }
            // An empty list of tables would not be written at all, and stand for the default.
            Item::Value(Value::Array(list)) if LISTS.contains(&key.get()) && !list.is_empty() => {
                Item::Value(Value::Array(list))
                    .into_array_of_tables()
                    .map_or_else(|item| item, Item::ArrayOfTables)
            }
            other @ (Item::None | Item::Value(_) | Item::Table(_) | Item::ArrayOfTables(_)) => other,
        };
        match item {
            Item::Table(inner) => unfold(inner),
            Item::ArrayOfTables(list) => list.iter_mut().for_each(unfold),
            Item::Value(value) => escape(value),
            Item::None => {}
        }
    }
}

/// What is not printed as itself is written by its number: a file must look like what it is.
fn escape(value: &mut Value) {
    match value {
        // Line ends stay: a description is read as it was written.
        Value::String(text) if !text.value().chars().all(|c| is_printed(c) || c == '\n') => {
            if let Ok(quoted) = quoted(text.value()).parse() {
                *value = quoted;
            }
        }
        Value::InlineTable(table) => table.iter_mut().for_each(|(_, value)| escape(value)),
        Value::Array(list) => list.iter_mut().for_each(escape),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
}

/// As TOML writes a string; what is not printed is written by its number.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match (c, u32::from(c)) {
            ('"' | '\\', _) => out.extend(['\\', c]),
            (c, _) if is_printed(c) => out.push(c),
            (_, number @ 0..=0xffff) => out += &format!("\\u{number:04x}"),
            (_, number) => out += &format!("\\U{number:08x}"),
        }
    }
    out + "\""
}

/// The space around a value, or around the header of a table.
fn decor<'t>(table: &'t mut Table, steps: &[Step]) -> Option<&'t mut Decor> {
    match steps {
        [] => Some(table.decor_mut()),
        [Step::Key(list), Step::Entry(number), rest @ ..] => {
            decor(table.get_mut(list)?.as_array_of_tables_mut()?.get_mut(*number)?, rest)
        }
        [Step::Key(key), rest @ ..] => match (table.get_mut(key)?, rest) {
            (Item::Table(inner), rest) => decor(inner, rest),
            (Item::Value(value), []) => Some(value.decor_mut()),
            (Item::Value(_) | Item::ArrayOfTables(_) | Item::None, _) => None,
        },
        [Step::Entry(_), ..] => None,
    }
}
