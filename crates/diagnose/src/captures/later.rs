//! What a later negotiation in the file says of an earlier one: the same peers came up, so what did not change in between
//! is right.

use std::net::IpAddr;
use std::time::Duration;

use sim::Cause;

use super::frame::{Frame, What};
use super::negotiation::{Emission, Negotiation};
use super::note::Note;
use super::rebuild::offered;
use super::verdict::{CaptureVerdict, Judgement};
use crate::finding::ranked;

/// A negotiation that came up.
struct Up {
    began: Duration,
    ends: (IpAddr, IpAddr),
    offered: Vec<String>,
    frame: Frame,
}

/// Takes address, route and policy off the causes of what failed before the same peers came up.
pub(super) fn clear(judgements: &mut [Judgement<'_>]) {
    let up: Vec<Up> = judgements
        .iter()
        .filter(|one| one.verdict == CaptureVerdict::Established)
        .flat_map(|one| std::iter::once(&one.negotiation).chain(&one.alike))
        .map(came_up)
        .collect();
    for judgement in judgements.iter_mut().filter(|one| !one.causes.is_empty()) {
        let failed = came_up(&judgement.negotiation);
        let (from, to) = failed.ends;
        let same = |one: &&Up| [(from, to), (to, from)].contains(&one.ends);
        let Some(later) = up.iter().filter(same).find(|one| one.began > failed.began) else { continue };
        // What was deleted and came again is no trouble: peers renew phase 1 so.
        judgement.causes.retain(|suspect| suspect.cause != Cause::Deleted);
        let called = up.iter().any(|one| one.began > failed.began && one.ends == failed.ends);
        let offered = up
            .iter()
            .any(|one| one.began > failed.began && one.ends == failed.ends && one.offered == failed.offered);
        let refused = judgement.negotiation.emissions.iter().any(|one| matches!(one.what, What::Notify(_)));
        let right = |cause: Cause| {
            matches!(cause, Cause::NoRoute | Cause::Port500Blocked)
                || (called && matches!(cause, Cause::WrongPeerAddress | Cause::IkeDisabled))
                // Who said so said so: the other side may have been changed in between.
                || (offered && !refused && cause == Cause::PolicyMismatch)
        };
        let (right, open): (Vec<_>, Vec<_>) =
            std::mem::take(&mut judgement.causes).into_iter().partition(|suspect| right(suspect.cause));
        // Where all of them would be right, something is wrong all the same.
        judgement.causes = ranked(if open.is_empty() { right } else { open });
        judgement.notes.push(Note::ComesUpLater(later.frame));
    }
}

fn came_up(negotiation: &Negotiation<'_>) -> Up {
    let first = negotiation.emissions.first();
    Up {
        began: first.map_or(Duration::ZERO, Emission::at),
        ends: (negotiation.ends.0.ip(), negotiation.ends.1.ip()),
        offered: offered(negotiation).iter().map(ToString::to_string).collect(),
        frame: first.map_or(Frame::default(), Emission::frame),
    }
}
