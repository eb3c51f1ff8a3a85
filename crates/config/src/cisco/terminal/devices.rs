//! Several devices in one file: where the next one begins.

use std::collections::{BTreeMap, BTreeSet};

use super::Line;

/// Several devices in one file, one after the other. A second hostname begins one, and so does another host's prompt,
/// and an interface that gets another address.
pub(crate) fn devices(lines: &[Line]) -> Vec<&[Line]> {
    let mut starts = vec![0];
    let mut seen = Seen::default();
    for (n, line) in lines.iter().enumerate() {
        if let Some(start) = seen.begins(n, line) {
            starts.push(start);
        }
    }
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| lines.get(*start..end)).collect()
}

/// What the device at hand has had so far.
#[derive(Default)]
struct Seen {
    /// The host of the last prompt.
    host: Option<String>,
    /// A line said `hostname`.
    named: bool,
    /// What each interface got first.
    values: BTreeMap<(String, &'static str), String>,
    /// Commands that a device has once.
    heads: BTreeSet<String>,
    /// The first of them that came again: here the next device begins, if one begins.
    again: Option<usize>,
    /// The interface that is open, and its line.
    interface: (String, usize),
}

impl Seen {
    /// The line at which another device begins, where line `n` shows that one does.
    fn begins(&mut self, n: usize, line: &Line) -> Option<usize> {
        if let Some(prompt) = &line.host {
            let other = self.host.as_ref().is_some_and(|host| host != prompt);
            if other {
                *self = Seen::default();
            }
            self.host = Some(prompt.clone());
            if other {
                return Some(n);
            }
        }
        match line.words().as_slice() {
            ["hostname", name] => {
                let second = self.named;
                // The name changes under the prompt: the next prompt is the same device's.
                let host = self.host.as_ref().map(|_| (*name).to_owned());
                if second {
                    *self = Seen::default();
                }
                (self.named, self.host) = (true, host);
                second.then_some(n)
            }
            ["interface", name @ ..] => {
                self.interface = (name.concat(), n);
                None
            }
            ["ip", "address", address, _, rest @ ..] if !rest.contains(&"secondary") => {
                self.value("address", address)
            }
            ["tunnel", "source", source] => self.value("source", source),
            ["crypto", "isakmp", "policy" | "profile", _]
            | ["crypto", "keyring", _]
            | ["crypto", "map", _, _, "ipsec-isakmp"]
            | ["crypto", "ipsec", "profile", _] => {
                if !self.heads.insert(line.text.trim().to_owned()) {
                    // No new device yet: one that prints a section twice looks the same until an address differs.
                    self.again.get_or_insert(n);
                }
                None
            }
            _ => None,
        }
    }

    /// The open interface gets a value; another one than before is another device's, unless this one has a name.
    fn value(&mut self, what: &'static str, value: &str) -> Option<usize> {
        let (name, begins) = self.interface.clone();
        let key = (name, what);
        let other = self.values.get(&key).is_some_and(|known| known != value);
        // A device with a name may have its address changed; another device would bring its own name.
        let start = (other && !self.named).then(|| self.again.unwrap_or(begins));
        if start.is_some() {
            let interface = self.interface.clone();
            *self = Seen { interface, ..Seen::default() };
        }
        self.values.entry(key).or_insert_with(|| value.to_owned());
        start
    }
}

/// The host that the prompt of the first line names.
pub(crate) fn host(lines: &[Line]) -> Option<&str> {
    lines.first()?.host.as_deref()
}
