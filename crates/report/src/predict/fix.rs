//! What mends a direction, in words: whose file, which line, and what is to stand there.

use ::predict::{Change, Edit, Fix, Judged, Mend};
use config::{Format, Place};
use sim::Cause;

use crate::{Report, remedy};

/// A direction's run as a report, with the fix that its own files have.
pub(super) fn report(judged: &Judged<'_>) -> Option<Report> {
    let mut report = Report::from(judged.run.as_ref()?);
    if let (Some(first), false) = (report.diagnosis.first(), judged.fixes.is_empty()) {
        report.edits = lines(judged, first.cause);
    }
    Some(report)
}

/// What mends an entry that never begins, a line each.
pub(super) fn alone(mend: &Mend) -> Vec<String> {
    match mend {
        Mend::Peer(entry) => vec![format!("{entry} needs `set peer <address>`")],
        Mend::Line(entry, word) => vec![format!("{entry} needs `{word} <name>`")],
        Mend::Named(entry, word) => vec![format!("{entry}: what `{word}` names is not in the file")],
        Mend::Remedy(remedy) => remedy::lines(remedy.as_ref()),
    }
}

fn lines(judged: &Judged<'_>, cause: Cause) -> Vec<String> {
    let [first, ..] = judged.fixes.as_slice() else { return Vec::new() };
    let one_side =
        first.changes.iter().all(|change| Some(change.side) == first.changes.first().map(|c| c.side));
    let head = if cause == Cause::PskMismatch && one_side {
        "Enter the key of the other side, which has it for others too:"
    } else {
        head(cause)
    };
    let mut all = vec![head.to_owned()];
    for (n, Fix { changes, weak, others }) in judged.fixes.iter().enumerate() {
        if n > 0 {
            all.push("or".into());
        }
        all.extend(changes.iter().flat_map(|change| told(judged, change)));
        if *others {
            all.push("(other peers use these keys too, and need the new one)".into());
        }
        if *weak {
            all.push("(these values are weak; better agree on aes-256, sha256, group 14 or above)".into());
        }
    }
    all
}

fn head(cause: Cause) -> &'static str {
    match cause {
        Cause::ProxyMismatch => {
            "Mirror the access lists line by line; either side's line may be the wrong one."
        }
        Cause::TransformMismatch => "Give both the same transform set and mode.",
        Cause::PfsMismatch => "Have the same PFS group on both sides, or none on both.",
        Cause::CryptoMapIncomplete => {
            "Complete the crypto map entry: a peer, an access list, a transform set."
        }
        Cause::PolicyMismatch => "Have a policy in common:",
        Cause::PskMismatch => "Enter the same key on both sides, character by character:",
        Cause::MissingTunnelGroup | Cause::MissingPsk => "Enter the key that the other side has:",
        Cause::IkeDisabled => "Switch IKE on where it is called:",
        Cause::AggressiveModeDisabled => "Better use Main Mode; or allow Aggressive Mode:",
        Cause::IdentityMismatch => "Take the identity that the other side sends:",
        Cause::Port500Blocked | Cause::Port4500Blocked => "Let IKE pass, in the line's place or before it:",
        Cause::WrongPeerAddress
        | Cause::NoRoute
        | Cause::PeerDown
        | Cause::PortClosed
        | Cause::MessageLost
        | Cause::MessageLate
        | Cause::MessageCorrupted
        | Cause::IkeVersion
        | Cause::XauthMissing
        | Cause::MapUnbound
        | Cause::Deleted
        | Cause::PeerMisbehaved => "Change this:",
    }
}

fn told(judged: &Judged<'_>, Change { side, edit }: &Change) -> Vec<String> {
    let device = judged.session.end(*side).device;
    let name = device.name();
    let at = |at: &Place| format!("on {name}, {}:{}", at.file, at.line);
    let (head, lines) = match edit {
        Edit::Enter(lines) | Edit::FillIn(lines) => (format!("on {name}:"), lines.clone()),
        Edit::Line { at: place, with } if with.is_empty() => {
            (format!("{}, without this line:", at(place)), vec![place.text.trim().to_owned()])
        }
        Edit::Line { at: place, with } => (format!("{}:", at(place)), with.clone()),
        Edit::Set { at: place, key, value } => {
            let between = if device.format == Format::Swanctl { " = " } else { "=" };
            (format!("{}, in this section:", at(place)), vec![format!("{key}{between}{value}")])
        }
        Edit::Secrets(lines) => (format!("on {name}, among its secrets:"), lines.clone()),
    };
    std::iter::once(head).chain(lines.into_iter().map(|line| format!("  {line}"))).collect()
}
