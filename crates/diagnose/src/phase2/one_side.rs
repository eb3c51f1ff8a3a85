//! What one side alone can tell of a phase 2 that failed: by its own configuration, and by what came in.

use ike::config::{AclEnd, Net};
use ike::crypto::DhGroup;
use ike::{
    AclLine, ChildEvent, ChildMismatch, Ended, Event, MessageName, QuickState, Reason, Role, Selectors,
};
use sim::{Actor, Cause, Setup, Timeline, Trace};

use super::clearing::own_clearing;
use super::refusal::behind;
use crate::causes::by_configuration;
use crate::critical::last_of;
use crate::evidence::ChildEvidence;
use crate::remedy::remedy;
use crate::{Finding, ranked};

/// The trouble that this side sees is behind phase 1, as far as it can tell.
pub(crate) fn reached(trace: &Trace, role: Role) -> bool {
    let has = |is: fn(&Event) -> bool| events(trace, role).any(is);
    let quick = |event: &Event| {
        let of_quick = |message: &MessageName| message.mode().is_none();
        matches!(event, Event::Child { .. } | Event::Refused { child: Some(_), .. })
            || matches!(event, Event::Accepted { message, .. } | Event::Dropped { message: Some(message), .. }
                if of_quick(message))
    };
    let trouble = |event: &Event| {
        matches!(event, Event::Dropped { .. } | Event::Refused { .. } | Event::Duplicate { .. })
            || matches!(event, Event::DeleteReceived { .. })
            || matches!(event, Event::NotifyReceived { notify, .. } if notify.is_error())
    };
    let active = |event: &Event| matches!(event, Event::Entered { state, .. } if state.is_active());
    has(quick) || (has(active) && !has(trouble))
}

/// What this side's engine said.
fn events(trace: &Trace, role: Role) -> impl DoubleEndedIterator<Item = &Event> {
    let own = trace.entries().iter().filter(move |entry| entry.actor == Actor::Peer(role));
    own.filter_map(|entry| entry.kind.event())
}

/// The causes that this side cannot rule out, likeliest first.
pub(crate) fn seen_by(setup: &Setup, trace: &Trace, role: Role) -> Vec<Finding> {
    let own = last_of(trace, role, |event| {
        event.reason().filter(|reason| matches!(reason, Reason::NoChild(_) | Reason::TransportOfNets))
    });
    let told = last_of(trace, role, |event| {
        // In clear anybody can have sent it: it says nothing of the peer.
        let Event::NotifyReceived { notify, protected: true, .. } = event else { return None };
        notify.is_error().then_some(*notify)
    });
    let (causes, seen) = match (own, told) {
        (Some(reason), _) => {
            let seen = ChildEvidence::Refused { at: role, reason: reason.clone() };
            (by_configuration(reason).into_iter().collect(), seen)
        }
        (None, Some(notify)) => (behind(notify), ChildEvidence::Answered { at: role, notify }),
        (None, None) => {
            let (cause, seen) = without_a_word(trace, role);
            (vec![cause], seen)
        }
    };
    let (known, receiver) = (known_to(setup, role, own), if own.is_some() { role } else { role.other() });
    ranked(causes.into_iter().map(|cause| {
        let found = Finding::new(cause, vec![seen.clone().into()], Some(remedy(&known, cause, receiver)));
        // Only its own log names a mismatch; what made the peer send a notify is a guess.
        Finding { inferred: own.is_none(), ..found }
    }))
}

/// Neither this side nor the other said why.
fn without_a_word(trace: &Trace, role: Role) -> (Cause, ChildEvidence) {
    if let Some(cleared) = own_clearing(trace, role) {
        return (Cause::Deleted, cleared);
    }
    let deleted = last_of(trace, role, |event| {
        if let Event::DeleteReceived { .. } = event {
            return Some(false);
        }
        let Event::Child { what: ChildEvent::Ended { how: Ended::Deleted, .. }, .. } = event else {
            return None;
        };
        Some(true)
    });
    if let Some(child) = deleted {
        return (Cause::Deleted, ChildEvidence::Obeyed { at: role, child });
    }
    let again = |event: &&Event| matches!(event, Event::Duplicate { message: MessageName::QM2, .. });
    let times = events(trace, role).filter(again).count();
    if times > 0 {
        return (Cause::MessageLost, ChildEvidence::Qm2Again { at: role, times });
    }
    let children = &Timeline::after(trace.entries()).sides[role].children.all;
    if children.is_empty() {
        return (Cause::MessageLost, ChildEvidence::NoQuickMode(role));
    }
    if children.iter().any(|child| child.state == Some(QuickState::Active)) {
        return (Cause::Deleted, ChildEvidence::StillUp(role));
    }
    (Cause::MessageLost, ChildEvidence::Unanswered(role))
}

/// The setup as far as this side knows it: the other mirrors it, but for what this side saw and refused.
fn known_to(setup: &Setup, role: Role, own: Option<&Reason>) -> Setup {
    let (mut known, other) = (setup.clone(), role.other());
    let address = setup.outside_address(role);
    let host = &setup.hosts[role];
    known.hosts[other].profile = host.profile;
    known.hosts[other].crypto_map =
        host.crypto_map.as_ref().map(|list| list.iter().map(|entry| entry.mirrored(address)).collect());
    let refused = if let Some(Reason::NoChild(mismatch)) = own { Some(&**mismatch) } else { None };
    for entry in known.hosts[other].crypto_map.iter_mut().flatten() {
        match refused {
            Some(ChildMismatch::Transform { offered, .. }) => {
                // What is not known here cannot be typed here either.
                let known: Vec<_> = offered.iter().flatten().copied().collect();
                entry.transform_sets = if known.is_empty() { entry.transform_sets.clone() } else { known };
            }
            Some(ChildMismatch::Mode { offered, .. }) => entry.mode = *offered,
            Some(ChildMismatch::Compression { offered, .. }) => entry.compress = offered.is_some(),
            Some(ChildMismatch::Pfs { offered, .. }) => entry.pfs = offered.and_then(DhGroup::from_number),
            Some(ChildMismatch::Proxies { offered, .. }) => entry.acl = vec![line_of(*offered).mirrored()],
            Some(ChildMismatch::Incomplete(_)) | None => {}
        }
    }
    known
}

/// The line that these packets are about, as the side has it that sees them so.
fn line_of(flow: Selectors) -> AclLine {
    let [source, destination] =
        [flow.local, flow.remote].map(|one| AclEnd { net: Net::Subnet(one.subnet), port: one.port });
    AclLine { permit: true, protocol: flow.local.protocol, source, destination }
}
