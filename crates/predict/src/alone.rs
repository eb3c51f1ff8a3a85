//! One side alone: connections of which it is certain, whoever the peer is, that they never begin.

use std::net::IpAddr;

use config::{Device, Place};
use diagnose::Remedy;
use ike::Powers;
use scenario::Scenario;
use sim::{Cause, Passage};

use crate::compose::{ShownKeys, alone_as_scenario};
use crate::judge::{Judged, Run};
use crate::pair::{SessionEnd, Unmatched};

/// Something that never begins.
pub struct Alone<'d> {
    /// Whose.
    pub device: &'d Device,
    /// Which entry, by its name in the file.
    pub by: String,
    /// Whom it would call; `None`: it names nobody.
    pub peer: Option<IpAddr>,
    /// Why.
    pub cause: Cause,
    /// What it lacks, in the device's word.
    pub lacks: Option<&'static str>,
    /// The lines to look at.
    pub lines: Vec<Place>,
    /// What mends it.
    pub fix: Mend,
}

/// What mends an entry that never begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mend {
    /// It has no peer: this entry.
    Peer(String),
    /// It lacks a line: this entry, and the line's word.
    Line(String, &'static str),
    /// What its line names is not in the file: this entry, and the line's word.
    Named(String, &'static str),
    /// As the run says.
    Remedy(Option<Remedy>),
}

/// The connections to peers that are not here, by the engine; and entries that name no peer, of devices that nobody is
/// judged with.
pub(crate) fn alone<'d>(
    devices: &[&'d Device],
    unmatched: &[Unmatched<'d>],
    judged: &[Judged<'_>],
    powers: &Powers,
) -> Vec<Alone<'d>> {
    let mut all: Vec<Alone<'d>> = unmatched.iter().filter_map(|one| never_starts(one, powers)).collect();
    let met = |device: &Device| {
        judged.iter().any(|one| {
            [&one.session.initiator, &one.session.responder]
                .iter()
                .any(|end| std::ptr::eq(end.device, device))
        })
    };
    for device in devices.iter().filter(|device| !met(device)) {
        all.extend(device.peerless.iter().map(|(_, child)| Alone {
            device,
            by: child.name.clone(),
            peer: None,
            cause: Cause::CryptoMapIncomplete,
            lacks: Some("set peer"),
            lines: vec![child.at.clone()],
            fix: Mend::Peer(child.name.clone()),
        }));
    }
    all
}

fn never_starts<'d>(one: &Unmatched<'d>, powers: &Powers) -> Option<Alone<'d>> {
    let Unmatched { device, connection } = *one;
    let end = SessionEnd::calling(device, connection)?;
    // Known by what it says itself: no run of it can go otherwise.
    let written = alone_as_scenario(&end, connection, ShownKeys::Real);
    let scenario = Scenario::parse(&device.name(), &written.text).ok()?;
    let run = Run::of(scenario, powers);
    let passage = run.outcome.phase_2.as_ref()?.passage;
    let cause = run.diagnosis.first()?.cause;
    if passage != Passage::NeverStarted {
        return None;
    }
    let lacking = connection.children.iter().find_map(|child| child.lacks().map(|lacks| (child, lacks)));
    let lacking = lacking.filter(|_| cause == Cause::CryptoMapIncomplete);
    let named = lacking.and_then(|(_, (_, at))| at);
    let mut lines = vec![named.unwrap_or(&connection.at).clone()];
    // A map that is on no interface beside one that lacks something: most often one misspelt name.
    lines.extend(device.loose.clone().filter(|_| lacking.is_some() || connection.unbound.is_some()));
    lines.dedup();
    let fix = match lacking {
        Some((child, (what, None))) => Mend::Line(child.name.clone(), what),
        Some((child, (what, Some(_)))) => Mend::Named(child.name.clone(), what),
        None => Mend::Remedy(run.diagnosis.into_iter().next().and_then(|first| first.remedy)),
    };
    let lacks = lacking.map(|(_, (what, _))| what);
    Some(Alone { device, by: connection.by.clone(), peer: Some(end.peer), cause, lacks, lines, fix })
}
