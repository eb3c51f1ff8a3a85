//! Entries of crypto maps as a scenario has them.

use std::fmt::Display;

use config::{Group, Place, Sourced};
use scenario::quoted;

use super::{Written, role};
use crate::pair::{Session, SessionEnd};
use crate::phase2::Entry;

impl Written {
    /// Both sides' entries, where the files show them.
    pub(crate) fn phase2(&mut self, session: &Session<'_>) {
        let Some([asks, answers]) = session.phase2() else { return };
        let asked = asks.first().map(|entry| session.secrecy(entry.child, None));
        self.entries(&session.initiator, &asks, |entry| session.secrecy(entry.child, None));
        self.entries(&session.responder, &answers, |entry| session.secrecy(entry.child, asked));
    }

    /// The entries of one side alone.
    pub(crate) fn own_entries(&mut self, end: &SessionEnd<'_>, entries: &[Entry<'_>]) {
        self.entries(end, entries, |entry| match entry.child.pfs.group? {
            Group::Number(number) => Some(number),
            Group::OfPhase1 => end.device.offered_by(end.connection).first().map(|p| p.group.value),
        });
    }

    fn entries(
        &mut self,
        end: &SessionEnd<'_>,
        entries: &[Entry<'_>],
        pfs: impl Fn(&Entry<'_>) -> Option<u16>,
    ) {
        let highest = entries.iter().map(|entry| usize::from(entry.child.sequence)).max().unwrap_or(0);
        // Each its own, in this order: a dynamic map's entries all have the number of the map's one.
        let room = highest + entries.len() <= usize::from(u16::MAX);
        let mut sequence = 0_u16;
        for entry in entries {
            let next = sequence.saturating_add(1);
            sequence = if room { entry.child.sequence.max(next) } else { next };
            self.entry(end, entry, sequence, pfs(entry));
        }
    }

    fn entry(&mut self, end: &SessionEnd<'_>, entry: &Entry<'_>, sequence: u16, pfs: Option<u16>) {
        let child = entry.child;
        self.say("");
        self.from(&format!("[[{}.crypto_map]]", role(end)), Some(&child.at));
        self.say(&format!("sequence = {sequence}"));
        if entry.unbound {
            self.say("interface = false    # its map is on no interface");
        }
        match entry.peer {
            _ if entry.dynamic => self.say("dynamic = true"),
            Some((peer, at)) => self.from(&format!("peer = \"{peer}\""), Some(at)),
            None => self.say("peer = []    # it names none"),
        }
        self.list("acl", entry.lines(end.device.dialect, end.calls));
        self.list("transform_set", entry.sets(end.calls));
        if child.transport.is_some() {
            self.from("mode = \"transport\"", child.transport.as_ref());
        }
        if let Some(group) = pfs {
            self.from(&format!("pfs = {group}"), child.pfs.at.as_ref());
        }
        for (key, value) in [("lifetime", &child.lifetime), ("kilobytes", &child.kilobytes)] {
            if let Some(Sourced { value, at }) = value {
                self.from(&format!("{key} = {value}"), at.as_ref());
            }
        }
    }

    /// A line each, with where it comes from.
    fn list(&mut self, key: &str, values: &[Sourced<impl Display>]) {
        if values.is_empty() {
            return self.say(&format!("{key} = []"));
        }
        self.say(&format!("{key} = ["));
        for Sourced { value, at } in values {
            let at: Option<&Place> = at.as_ref();
            self.from(&format!("  {},", quoted(&value.to_string())), at);
        }
        self.say("]");
    }
}
