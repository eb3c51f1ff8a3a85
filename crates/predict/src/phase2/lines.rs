//! The lines of both sides that a refused child is about.

use config::{Child, Part, Place, Sourced, Subject};
use ike::AclLine;

use super::Entry;
use crate::lines::{Blamed, Matter, Refused, Said, Unsaid};
use crate::pair::{Session, SessionEnd};

/// What stands against a child.
pub(crate) fn lines_to_blame(subject: Subject, session: &Session<'_>) -> Vec<Blamed> {
    let Some([asks, answers]) = session.phase2() else { return Vec::new() };
    let Some(refused) = Refused::of(subject) else { return Vec::new() };
    let (i, r) = (&session.initiator, &session.responder);
    let all: Vec<(Matter, [Said; 2])> = match refused {
        Refused::Transforms => {
            let sets = [sets(&asks, true), sets(&answers, false)];
            vec![(Matter::TransformSet, sets), (Matter::Mode, [mode(&asks), mode(&answers)])]
        }
        Refused::Secrecy => vec![(Matter::Secrecy, [secrecy(&asks), secrecy(&answers)])],
        Refused::Traffic => traffic([(i, &asks), (r, &answers)]),
        Refused::Entry => {
            let called = match r.connection.and_then(|c| c.calls_only.as_ref()) {
                Some(at) => Said::Line(at.clone()),
                None => wholeness(&answers, r, i),
            };
            vec![(Matter::Entry, [wholeness(&asks, i, r), called])]
        }
    };
    let blamed = |(what, sides)| Blamed { what, sides };
    // Two sides that say the same word for word are no difference.
    let differ = |(_, sides): &(Matter, [Said; 2])| sides[0] != sides[1];
    all.into_iter().filter(differ).map(blamed).collect()
}

/// The line that names the sets, and what they are where no line does.
fn sets(entries: &[Entry<'_>], calls: bool) -> Said {
    let all = entries.iter().flat_map(|entry| entry.sets(calls)).collect::<Vec<_>>();
    let at = all.iter().find_map(|set| set.at.as_ref());
    Said::of(at, Unsaid::Sets(all.iter().map(|set| set.value.clone()).take(4).collect()))
}

fn mode(entries: &[Entry<'_>]) -> Said {
    let at = entries.iter().find_map(|entry| entry.child.transport.as_ref());
    Said::of(at, Unsaid::Tunnel)
}

fn secrecy(entries: &[Entry<'_>]) -> Said {
    let at = entries.iter().find_map(|entry| entry.child.pfs.at.as_ref());
    let asks = entries.iter().any(|entry| entry.child.pfs.group.is_some());
    Said::of(at, Unsaid::Secrecy(asks))
}

/// A row for each line that the other side has no mirror of, each side's in their order.
fn traffic([one, other]: [(&SessionEnd<'_>, &[Entry<'_>]); 2]) -> Vec<(Matter, [Said; 2])> {
    let lines = |(end, entries): (&SessionEnd<'_>, &[Entry<'_>])| -> Vec<Sourced<AclLine>> {
        let all = entries.iter().flat_map(|entry| entry.lines(end.device.dialect, end.calls));
        all.filter(|line| line.value.permit).cloned().collect()
    };
    let [left, right] = [lines(one), lines(other)];
    let lonely = |these: &[Sourced<AclLine>], those: &[Sourced<AclLine>]| -> Vec<Sourced<AclLine>> {
        let alone = |line: &&Sourced<AclLine>| !those.iter().any(|t| t.value.mirrored() == line.value);
        these.iter().filter(alone).cloned().collect()
    };
    let ones = lonely(&left, &right);
    // A hub has lines for its other spokes: its own lonely ones matter only beside the caller's.
    let others = lonely(&right, &left);
    let says = |line: &Sourced<AclLine>| Said::of(line.at.as_ref(), Unsaid::Traffic(line.value));
    let rows = ones.iter().enumerate().map(|(n, line)| {
        let none = || Said::NoLine(Unsaid::NoTraffic(line.value.mirrored()));
        (Matter::AccessList, [says(line), others.get(n).map_or_else(none, says)])
    });
    rows.collect()
}

/// What an entry lacks, or the line by which it is whole.
fn wholeness(entries: &[Entry<'_>], end: &SessionEnd<'_>, other: &SessionEnd<'_>) -> Said {
    let lacking = entries.iter().find_map(|entry| Some((entry, missing(entry, other)?)));
    match (lacking, entries.first()) {
        (Some((entry, (what, None))), _) => Said::NoLine(Unsaid::Lacks(entry.child.name.clone(), what)),
        (Some((_, (_, Some(at)))), _) => Said::Line(at.clone()),
        (None, Some(entry)) => Said::Line(entry.child.at.clone()),
        (None, None) => Said::NoLine(Unsaid::NoEntry(end.peer)),
    }
}

/// Whether the called side's one entry is whole, and for another address than the caller's.
pub(crate) fn misnames(session: &Session<'_>) -> bool {
    let Some([_, answers]) = session.phase2() else { return false };
    // Of several entries for others none need be the one that is meant.
    let [entry] = answers.as_slice() else { return false };
    matches!(missing(entry, &session.initiator), Some(("set peer", Some(_))))
}

fn missing<'e>(entry: &Entry<'e>, other: &SessionEnd<'_>) -> Option<(&'static str, Option<&'e Place>)> {
    let child: &'e Child = entry.child;
    let called = entry.dynamic || entry.peer.is_some_and(|(peer, _)| peer == other.outside());
    let peer = (!called).then_some(("set peer", entry.peer.map(|(_, at)| at)));
    match &child.acl {
        Part::Lacks(_) => child.lacks(),
        Part::Is(_) | Part::Hidden => child.lacks().or(peer),
    }
}
