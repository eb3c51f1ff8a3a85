//! What a connection has for phase 2, in the words of a scenario's `crypto_map`, each value with its line.

use std::sync::Arc;

use ike::AclLine;

use crate::device::{Place, Sourced};
use crate::subject::Subject;

/// A part of an entry, as far as the file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<T> {
    /// It is there.
    Is(T),
    /// The file shows that there is none; the line that names what is not there.
    Lacks(Option<Place>),
    /// An excerpt that does not show it.
    Hidden,
}

impl<T> Part<T> {
    /// What is there.
    pub fn get(&self) -> Option<&T> {
        if let Part::Is(value) = self { Some(value) } else { None }
    }
}

/// The group of perfect forward secrecy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// This one.
    Number(u16),
    /// That of phase 1 (pluto, unless a line names another).
    OfPhase1,
}

/// PFS of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pfs {
    /// What it asks for; `None`: none.
    pub group: Option<Group>,
    /// The line that says so.
    pub at: Option<Place>,
    /// What it takes as a responder; empty: what it asks for.
    pub takes: Vec<Option<u16>>,
}

/// Something that the verdict may hang on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The cause that it would mend; `None`: any, and also what comes up may not.
    pub about: Option<Subject>,
    /// What is not known.
    pub text: String,
    /// Where.
    pub at: Place,
}

/// An entry of a crypto map, a protected tunnel, a child of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// Its name on the device: `crypto map m 10`.
    pub name: String,
    /// Its place among the entries of a crypto map; 0: it stands alone.
    pub sequence: u16,
    /// The first line that says anything of it.
    pub at: Place,
    /// It waits for whoever comes.
    pub dynamic: bool,
    /// The name of its access list, where it has one.
    pub list: Option<String>,
    /// Lines of an access list. Shared: many entries may name one list.
    pub acl: Part<Arc<Vec<Sourced<AclLine>>>>,
    /// Daemons: the lines of its own traffic and of the peer's.
    pub ends: [Option<Place>; 2],
    /// Transform sets that it offers, in a scenario's words: `esp-aes-256 esp-sha-hmac`.
    pub sets: Part<Vec<Sourced<String>>>,
    /// What it takes besides as a responder.
    pub takes: Vec<Sourced<String>>,
    /// Tunnel unless a line says transport.
    pub transport: Option<Place>,
    /// PFS.
    pub pfs: Pfs,
    /// Seconds.
    pub lifetime: Option<Sourced<u32>>,
    /// Kilobytes; 0: none.
    pub kilobytes: Option<Sourced<u32>>,
    /// What could not be read, or is not simulated.
    pub doubts: Vec<Doubt>,
}

impl Child {
    pub(crate) fn new(name: String, at: Place) -> Child {
        Child {
            name,
            sequence: 0,
            at,
            dynamic: false,
            list: None,
            acl: Part::Hidden,
            ends: [None, None],
            sets: Part::Hidden,
            takes: Vec::new(),
            transport: None,
            pfs: Pfs::default(),
            lifetime: None,
            kilobytes: None,
            doubts: Vec::new(),
        }
    }

    pub(crate) fn doubt(&mut self, about: Option<Subject>, text: impl Into<String>, at: &Place) {
        self.doubts.push(Doubt { about, text: text.into(), at: at.clone() });
    }

    /// Whether its file tells what it protects, and how.
    pub fn is_shown(&self) -> bool {
        self.acl != Part::Hidden && self.sets != Part::Hidden
    }

    /// What it lacks, in the device's word, and the line to look at.
    pub fn lacks(&self) -> Option<(&'static str, Option<&Place>)> {
        match (&self.acl, &self.sets) {
            (Part::Lacks(at), _) if !self.dynamic => Some(("match address", at.as_ref())),
            (_, Part::Lacks(at)) => Some(("set transform-set", at.as_ref())),
            _ => None,
        }
    }
}
