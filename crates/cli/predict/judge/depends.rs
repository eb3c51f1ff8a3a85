//! What the files do not say, and a verdict hangs on.

use config::{Assumed, End, Key, Session, Subject};

use super::Depends;

/// What the files do not say and the verdict hangs on.
pub(super) fn depends(session: &Session<'_>) -> Vec<Depends> {
    let mut depends = Vec::new();
    for side in [0, 1] {
        let (end, _) = ends(session, side);
        if let Some(at) = masked(session, side) {
            depends.push(Depends {
                text: format!("the key of {} is not known", end.device.name()),
                at: Some(at),
            });
        }
        if end.assumed == Some(Assumed::Masked) {
            let text = format!("the address is masked: is it {}?", end.device.name());
            depends.push(Depends { text, at: Some(session.connection.at.clone()) });
        }
        depends.extend(other_keyring(end));
        depends.extend(other_mode(end, session));
        // A lifetime decides nothing: each side keeps to the shorter one by itself.
        let matter = |problem: &&config::Problem| problem.about != Some(Subject::Lifetime);
        depends.extend(end.device.problems.iter().filter(matter).map(|problem| Depends {
            text: format!("{}; allowed: {}", problem.message, problem.allowed),
            at: Some(problem.at.clone()),
        }));
    }
    depends
}

/// IOS that answers takes the first keyring that has the caller, before it knows which profile is meant; a profile with
/// another keyring then refuses the caller at message 5. Source: Cisco document 117259.
fn other_keyring(end: &End<'_>) -> Option<Depends> {
    let wanted = end.connection?.keyring.as_ref().filter(|_| !end.calls)?;
    let line = end.device.key_for(end.peer, end.address, false)?;
    let first = line.keyring.as_ref().filter(|first| **first != wanted.value)?;
    let name = end.device.name();
    let text = format!(
        "{name} answers with keyring {first}, which has the caller first; its profile wants {}: only one side may be able to start",
        wanted.value
    );
    Some(Depends { text, at: Some(line.at.clone()) })
}

/// A daemon's connection is for one mode alone, which a scenario does not know of a responder to Main Mode. Seen with
/// charon 5.9.8, which refuses at message 5, and pluto 4.10, which keeps silent.
fn other_mode(end: &End<'_>, session: &Session<'_>) -> Option<Depends> {
    let own = end.connection?.aggressive.as_ref()?;
    // Cisco devices answer Main Mode, whichever mode they call in themselves.
    let refused = !end.calls && !end.device.dialect.is_cisco() && !session.aggressive();
    let text = format!("{} takes Aggressive Mode alone here, and is called in Main Mode", end.device.name());
    refused.then(|| Depends { text, at: Some(own.clone()) })
}

fn ends<'s, 'd>(session: &'s Session<'d>, side: usize) -> (&'s End<'d>, &'s End<'d>) {
    match side {
        0 => (&session.initiator, &session.responder),
        _ => (&session.responder, &session.initiator),
    }
}

pub(super) fn masked(session: &Session<'_>, side: usize) -> Option<config::Place> {
    let (end, other) = ends(session, side);
    let line = end.key(other, session.aggressive())?;
    (line.key == Key::Masked).then(|| line.at.clone())
}
