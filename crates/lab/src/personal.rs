//! An exercise made one student's own: which of its faults, the peers' addresses, keys and names, and the seed.
//!
//! It is made in the text of the exercise, so that situation, questions and answers speak of what is run.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use scenario::Exercise;
use serde::{Deserialize, Serialize};
use sim::setup::ADDRESSES;
use toml::{Table, Value};

use crate::secret::Secret;

/// What is drawn for a student.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draw {
    /// Which scenario: 0 is the written one, then the variants.
    pub variant: usize,
    seed: u32,
    /// The third byte of the addresses in 203.0.113.0/24 and in 198.51.100.0/24, which become 198.18.x.0 and 198.19.x.0.
    networks: [u8; 2],
    /// By how much the last byte of these goes up, around the end.
    hosts: u8,
    /// By how much the second byte in 10.0.0.0/8 goes up, around the end.
    inside: u8,
    /// Behind each key and in each name.
    word: String,
}

impl Draw {
    /// Draw number `attempt` for a student. From the eighth on hosts and inside networks stay what they are: whatever
    /// masks the exercise has, its addresses then keep their places in them.
    pub fn new(secret: &Secret, exercise: &str, student: &str, variants: usize, attempt: u8) -> Draw {
        let about = [exercise.as_bytes(), student.as_bytes(), &[attempt]];
        let [a, b, c, d, one, two, hosts, inside, v0, v1, v2, v3, word @ ..] = secret.derive("draw", &about);
        let far = attempt < 8;
        Draw {
            // The same fault whatever the attempt would be better still, but some fault may be what a draw does not suit.
            variant: usize::try_from(u32::from_be_bytes([v0, v1, v2, v3])).unwrap_or(0) % (variants + 1),
            seed: u32::from_be_bytes([a, b, c, d]),
            networks: [one, two],
            hosts: if far { hosts % 254 } else { 0 },
            inside: if far { inside } else { 0 },
            word: word.iter().take(6).map(|byte| letter(*byte)).collect(),
        }
    }

    /// The text with what was drawn in it; `None`: it is no TOML.
    pub fn text(&self, text: &str) -> Option<String> {
        let mut table: Table = text.parse().ok()?;
        // Written out, so that they are drawn as well.
        for (side, address) in ADDRESSES.both() {
            let side = table.entry(side.name()).or_insert_with(|| Value::Table(Table::new()));
            side.as_table_mut()?.entry("address").or_insert_with(|| Value::String(address.to_string()));
        }
        table.insert("seed".into(), Value::Integer(self.seed.into()));
        let mut own = Own { keys: BTreeSet::new(), names: BTreeSet::new() };
        own.collect(&table);
        table.iter_mut().for_each(|(_, value)| self.put(value, &own));
        toml::to_string(&table).ok()
    }

    /// The exercise, with the scenario of this student as the written one; `None`: it is none with this draw.
    pub fn exercise(&self, name: &str, text: &str) -> Option<Exercise> {
        let exercise = Exercise::parse(name, &self.text(text)?).ok()?;
        let own = exercise.scenario(self.variant)?.clone();
        Some(Exercise { written: own, ..exercise })
    }

    fn put(&self, value: &mut Value, own: &Own) {
        match value {
            Value::String(text) => *text = self.said(text, own),
            Value::Array(values) => values.iter_mut().for_each(|value| self.put(value, own)),
            Value::Table(table) => table.iter_mut().for_each(|(_, value)| self.put(value, own)),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
        }
    }

    /// A text with this student's addresses, keys and names.
    fn said(&self, text: &str, own: &Own) -> String {
        let keyed = own
            .keys
            .iter()
            .fold(text.to_owned(), |text, key| words(&text, key, |key| format!("{key}-{}", self.word)));
        let named = own.names.iter().fold(keyed, |text, name| {
            words(&text, name, |name| match name.split_once('.') {
                Some((first, rest)) => format!("{first}-{}.{rest}", self.word),
                None => format!("{name}-{}", self.word),
            })
        });
        self.addressed(&named)
    }

    fn addressed(&self, text: &str) -> String {
        let numeric = |c: char| c.is_ascii_digit() || c == '.';
        let mut said = String::new();
        let mut rest = text;
        while let Some(start) = rest.find(numeric) {
            let (before, from) = rest.split_at(start);
            let (number, after) = from.split_at(from.find(|c| !numeric(c)).unwrap_or(from.len()));
            // The full stop of a sentence.
            let address = number.trim_end_matches('.');
            said += before;
            match address.parse() {
                Ok(address) => said += &self.address(address).to_string(),
                Err(_) => said += address,
            }
            said += number.get(address.len()..).unwrap_or_default();
            rest = after;
        }
        said + rest
    }

    fn address(&self, address: Ipv4Addr) -> Ipv4Addr {
        let [one, two] = self.networks;
        match address.octets() {
            [203, 0, 113, host] => Ipv4Addr::new(198, 18, one, self.host(host)),
            [198, 51, 100, host] => Ipv4Addr::new(198, 19, two, self.host(host)),
            [10, second, third, host] => Ipv4Addr::new(10, second.wrapping_add(self.inside), third, host),
            _ => address,
        }
    }

    /// The network's own address and its broadcast address stay.
    fn host(&self, host: u8) -> u8 {
        match host {
            0 | 255 => host,
            host => u8::try_from((u16::from(host) - 1 + u16::from(self.hosts)) % 254 + 1).unwrap_or(host),
        }
    }
}

/// The keys and names that an exercise has.
struct Own {
    keys: BTreeSet<String>,
    names: BTreeSet<String>,
}

impl Own {
    fn collect(&mut self, table: &Table) {
        for (key, value) in table {
            match (key.as_str(), value) {
                // A shorter one may be a word of the file format.
                ("pre_shared_key", Value::String(text)) if text.len() >= 8 => {
                    self.keys.insert(text.clone());
                }
                ("fqdn", Value::String(text)) => {
                    self.names.insert(text.clone());
                }
                (_, Value::Table(table)) => self.collect(table),
                (_, Value::Array(values)) => {
                    values.iter().filter_map(Value::as_table).for_each(|table| self.collect(table));
                }
                _ => {}
            }
        }
    }
}

/// A text with a word, wherever it stands alone, replaced.
fn words(text: &str, word: &str, with: impl Fn(&str) -> String) -> String {
    let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut said = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(word) {
        said += before;
        // What is behind a hyphen belongs to the word too: an exercise's key may be the beginning of another.
        let longer = after.starts_with('-') && joins(after.chars().nth(1));
        let alone = !joins(said.chars().last()) && !joins(after.chars().next()) && !longer;
        said += &if alone { with(word) } else { word.to_owned() };
        rest = after;
    }
    said + rest
}

/// Letters and digits that are not taken for one another.
fn letter(byte: u8) -> char {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    LETTERS.get(usize::from(byte % 32)).copied().unwrap_or(b'a').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(secret: &[u8], student: &str) -> Draw {
        Draw::new(&Secret::new(secret).unwrap(), "x", student, 3, 0)
    }

    const TEXT: &str = "situation = \"Call 198.51.100.1. The key is Winter-2026, not Winter-20267.\"\n[initiator]\n\
                        identity = { fqdn = \"branch.example\" }\n[[initiator.tunnel_group]]\npeer = \"198.51.100.10\"\npre_shared_key = \"Winter-2026\"\n";

    #[test]
    fn it_follows_from_secret_and_student() {
        let secret = b"0123456789abcdef";
        assert_eq!(draw(secret, "anna"), draw(b"0123456789abcdef\n", "anna"));
        assert_ne!(draw(secret, "anna"), draw(secret, "bert"));
        assert_ne!(draw(secret, "anna"), draw(b"0123456789abcdeg", "anna"));
    }

    #[test]
    fn text_and_configuration_change_alike() {
        let draw =
            Draw { hosts: 4, networks: [7, 9], word: "abc234".into(), ..draw(b"0123456789abcdef", "a") };
        let table: Table = draw.text(TEXT).unwrap().parse().unwrap();
        assert_eq!(
            table["situation"].as_str().unwrap(),
            "Call 198.19.9.5. The key is Winter-2026-abc234, not Winter-20267."
        );
        assert_eq!(table["initiator"]["tunnel_group"][0]["peer"].as_str(), Some("198.19.9.14"));
        assert_eq!(
            table["initiator"]["tunnel_group"][0]["pre_shared_key"].as_str(),
            Some("Winter-2026-abc234")
        );
        assert_eq!(table["initiator"]["identity"]["fqdn"].as_str(), Some("branch-abc234.example"));
        assert_eq!(table["initiator"]["address"].as_str(), Some("198.18.7.5"));
    }

    #[test]
    fn addresses_stay_apart() {
        let draw = draw(b"0123456789abcdef", "anna");
        let drawn: BTreeSet<Ipv4Addr> =
            (0..=255).map(|host| draw.address(Ipv4Addr::new(198, 51, 100, host))).collect();
        assert_eq!(drawn.len(), 256);
    }
}
