//! Rows of `show crypto isakmp sa`: who began, who answers, and a state.

use std::net::IpAddr;

use ike::{Role, State};
use vendor::Vendor;

use super::facts::Facts;
use super::talks::Talk;
use crate::explain::state_names;

/// One row, or one block of the IPv6 part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Whoever was called.
    dst: IpAddr,
    /// Whoever called.
    src: IpAddr,
    state: String,
    deleted: bool,
    line: usize,
}

/// One row of `show crypto isakmp sa detail`, which has neither state nor role.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Detailed {
    local: IpAddr,
    peer: IpAddr,
    complete: bool,
    line: usize,
}

impl Detailed {
    fn talk(&self) -> Talk {
        let line = Some(self.line).filter(|_| self.complete);
        let facts = Facts {
            phase1: line,
            connecting: Some(self.line).filter(|_| !self.complete),
            ..Facts::default()
        };
        let (peer, local) = (Some(self.peer), Some(self.local));
        Talk { vendor: Vendor::Ios, peer, local, conn: None, attempts: vec![facts] }
    }
}

/// The rows of one paste.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: Vec<Row>,
    detailed: Vec<Detailed>,
    dst: Option<IpAddr>,
    src: Option<IpAddr>,
}

impl Rows {
    /// Takes a line; `false`: it is no row.
    pub fn take(&mut self, text: &str, line: usize) -> bool {
        let words: Vec<&str> = text.split_whitespace().collect();
        let address = |word: &str| word.parse::<IpAddr>().ok();
        match words.as_slice() {
            [dst, src, state, rest @ ..] if !state_names::named(state).is_empty() || is_behind(state) => {
                let (Some(dst), Some(src)) = (address(dst), address(src)) else { return false };
                let deleted = rest.iter().any(|word| word.contains("(deleted)"));
                self.rows.push(Row { dst, src, state: (*state).to_owned(), deleted, line });
            }
            // `detail` names its own address first, and an SA without a cipher is not complete.
            [number, own, peer, rest @ ..] if rest.contains(&"ACTIVE") && number.parse::<u32>().is_ok() => {
                let (Some(local), Some(peer)) = (address(own), address(peer)) else { return false };
                let complete = rest.iter().any(|word| word.contains(':')) && !rest.contains(&"(deleted)");
                self.detailed.push(Detailed { local, peer, complete, line });
            }
            ["dst:", dst] => self.dst = address(dst),
            ["src:", src] => self.src = address(src),
            ["state:", state, rest @ ..] => {
                // Taken out: the next block must not inherit an address.
                let (Some(dst), Some(src)) = (self.dst.take(), self.src.take()) else { return false };
                let deleted = rest.iter().any(|word| word.contains("(deleted)"));
                self.rows.push(Row { dst, src, state: (*state).to_owned(), deleted, line });
            }
            _ => return false,
        }
        true
    }

    /// The negotiations that they are. A deleted row beside a living one says nothing.
    pub fn talks(self, known: &[IpAddr]) -> Vec<Talk> {
        let living =
            |row: &Row| self.rows.iter().any(|other| !other.deleted && other.is_between(row.dst, row.src));
        let common = self.own();
        let own = |row: &Row| {
            // What other lines of the device name as its own address.
            let is_known = |address: &IpAddr| known.contains(address);
            common.or_else(|| [row.src, row.dst].into_iter().find(is_known))
        };
        let rows = self.rows.iter().filter(|row| !row.deleted || !living(row)).map(|row| row.talk(own(row)));
        rows.chain(self.detailed.iter().map(Detailed::talk)).collect()
    }

    /// The address that every row has, where there are several peers.
    fn own(&self) -> Option<IpAddr> {
        let first = self.rows.first()?;
        let all = |address: &IpAddr| self.rows.iter().all(|row| row.dst == *address || row.src == *address);
        let common: Vec<IpAddr> = [first.dst, first.src].into_iter().filter(all).collect();
        if let [own] = common[..] { Some(own) } else { None }
    }
}

/// XAUTH and Mode Config come behind phase 1.
fn is_behind(state: &str) -> bool {
    state.starts_with("CONF_")
}

impl Row {
    fn is_between(&self, one: IpAddr, other: IpAddr) -> bool {
        (self.dst, self.src) == (one, other) || (self.dst, self.src) == (other, one)
    }

    fn talk(&self, own: Option<IpAddr>) -> Talk {
        let role = own.map(|own| if own == self.src { Role::Initiator } else { Role::Responder });
        let (local, peer) = match role {
            Some(Role::Initiator) => (Some(self.src), self.dst),
            Some(Role::Responder) => (Some(self.dst), self.src),
            // Whose row it is cannot be told: whoever calls stands first.
            None => (Some(self.src), self.dst),
        };
        let mut facts = Facts { role, lines: 1, ..Facts::default() };
        if is_behind(&self.state) {
            facts.xauth = Some(self.line);
        } else {
            facts.stands(Some(&self.state), None, self.line);
        }
        // A router keeps the row of a failed attempt for a while, marked as deleted.
        if self.deleted {
            facts.gave_up = Some(self.line);
        } else if facts.state.is_some_and(State::is_active) {
            facts.phase1 = Some(self.line);
        }
        Talk { vendor: Vendor::Ios, peer: Some(peer), local, conn: None, attempts: vec![facts] }
    }
}
