//! From captures to a judgement of each negotiation in them.
//!
//! No second model of IKE: a setup is built from what the capture shows, every fault of the catalogue is
//! run on it by the engine, and the runs whose picture on the wire is the captured one name the states and the
//! causes. A run's picture is taken by the code that takes the capture's.

mod abduce;
mod assemble;
mod besides;
mod device;
mod evidence;
mod find;
mod fits;
pub(crate) mod frame;
mod grounds;
mod judge;
mod later;
mod looks;
mod negotiation;
mod note;
mod notes;
mod one_way;
mod opened;
mod phase2;
mod picture;
pub(crate) mod proof;
mod rebuild;
mod refusal;
mod runs;
mod said;
mod states;
mod vantage;
mod vendor;
mod verdict;
mod version_2;

use std::collections::BTreeMap;
use std::net::IpAddr;

use capture::Capture;
use ike::Mode;
use isakmp::Cookie;

pub(crate) use device::suspected;
pub(crate) use fits::Ground;
pub(crate) use vantage::{Vantage, captures};

pub use besides::Besides;
pub use find::Found;
pub use frame::{CapturePoint, Frame, Sight, What};

pub use negotiation::{Emission, Negotiation, Refusal};
pub use note::{Breach, Note};
pub use opened::Opened;
pub use phase2::{Deletion, Phase2, Quick, QuickEnd};
pub use proof::{GivenKeys, Proof};
pub use rebuild::{chosen, floated, offered, translated};
pub use vendor::{Because, Vendor, schedule};
pub use verdict::{CaptureVerdict, Judgement, Left, Sure};

/// What captures hold, judged.
#[derive(Clone, Debug)]
pub struct Findings<'c> {
    /// In the order in which they began; one for all that look alike.
    pub judgements: Vec<Judgement<'c>>,
    /// What there is besides, and is not judged.
    pub besides: Besides,
    /// What there is besides, and what several negotiations say together.
    pub notes: Vec<Note>,
    /// IKEv1 negotiations that were found.
    pub found: usize,
}

impl Findings<'_> {
    /// Every message of every negotiation was looked at, and nothing was cut or left unread that may be one.
    pub fn are_whole(&self) -> bool {
        let each = |one: &Judgement<'_>| {
            one.negotiation.left_out == 0 && one.alike.iter().all(|alike| alike.left_out == 0)
        };
        self.besides.cut == 0 && self.besides.unread == 0 && self.judgements.iter().all(each)
    }

    /// None is left without a verdict or a cause. What is older than the capture counts where there is nothing else.
    pub fn are_decided(&self) -> bool {
        let undecided = self
            .judgements
            .iter()
            .any(|one| one.verdict == CaptureVerdict::Undecided && one.causes.is_empty());
        let older = self.judgements.iter().all(|one| one.verdict == CaptureVerdict::NotCaptured);
        !undecided && (self.judgements.is_empty() || !older)
    }
}

/// Finds and judges every negotiation of one capture, or of two that were taken at both sides.
pub fn judge<'c>(captures: &'c [Capture], keys: &GivenKeys) -> Findings<'c> {
    Judge::default().judge(captures, keys)
}

/// Judges captures, and remembers the engine's runs from one to the next.
#[derive(Default)]
pub struct Judge {
    cache: abduce::Cache,
    at: Option<IpAddr>,
}

impl Judge {
    /// One capture was taken at the host with this address.
    #[must_use]
    pub fn taken_at(self, address: Option<IpAddr>) -> Judge {
        Judge { at: address, ..self }
    }

    /// Finds and judges every negotiation of one capture, or of two that were taken at both sides.
    pub fn judge<'c>(&mut self, captures: &'c [Capture], keys: &GivenKeys) -> Findings<'c> {
        let found = find::find(captures);
        let mut notes = notes::besides(found.besides, captures);
        notes.extend(notes::together(&found.negotiations));
        notes.extend(notes::elsewhere(self.at, &found.negotiations));
        let count = found.negotiations.iter().filter(|one| one.refused_version_2.is_none()).count();
        let mut judgements: Vec<Judgement<'c>> = Vec::new();
        // A tunnel that is tried again all day leaves hundreds that look alike: one of them is judged.
        let mut alike: BTreeMap<Signature, usize> = BTreeMap::new();
        for negotiation in found.negotiations {
            let children = phase2::phase2(&negotiation, keys);
            let signature = signature(&negotiation, &children, keys);
            if let Some(known) = alike.get(&signature).and_then(|at| judgements.get_mut(*at)) {
                known.alike.push(negotiation);
                continue;
            }
            alike.insert(signature, judgements.len());
            judgements.push(judge::judge(negotiation, keys, children, self.at, &mut self.cache));
        }
        later::clear(&mut judgements);
        Findings { judgements, besides: found.besides, notes, found: count }
    }
}

/// What makes two negotiations alike: the peers, the exchange, the offer and the picture.
type Signature =
    (Vec<IpAddr>, Option<Mode>, Vec<String>, Vec<picture::Fact>, Vec<QuickEnd>, bool, Option<Cookie>);

fn signature(negotiation: &Negotiation<'_>, children: &Phase2, keys: &GivenKeys) -> Signature {
    // Without ports: a retry through a NAT may come from another one and is the same trouble.
    let ends = vec![negotiation.ends.0.ip(), negotiation.ends.1.ip()];
    let offered = offered(negotiation).iter().map(ToString::to_string).collect();
    let picture = picture::facts(negotiation).into_keys().collect();
    // The picture leaves later exchanges out, but they may prove that phase 1 came up.
    let later = negotiation.emissions.iter().any(|one| matches!(one.what, What::Later(_)));
    let quick = children.quick.iter().map(|quick| quick.end).collect();
    // A key opens what no other negotiation's key does.
    let own_key = Some(negotiation.cookies.initiator).filter(|cookie| keys.cipher.contains_key(cookie));
    (ends, negotiation.mode, offered, picture, quick, later, own_key)
}
