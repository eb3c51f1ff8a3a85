//! From the facts of one negotiation to what is concluded of it.

mod mend;
mod phase_1;
mod phase_2;
mod refused;

use ike::{Mode, Role, Sides, State};
use sim::Cause;

use super::Issue;
use super::facts::Facts;
use super::fits::Catalogue;
use super::story::{Certainty, Phase, Story, Suspect, Values};
use super::talks::Talk;

pub(crate) use refused::refused_for;

impl Talk {
    /// More than an address is known of it.
    pub(super) fn says_something(&self) -> bool {
        self.attempts.iter().any(|facts| {
            facts.role.is_some()
                || facts.state.is_some()
                || facts.has_outcome()
                || facts.phase2.is_some()
                || facts.phase2_failed.is_some()
                || facts.ikev2.is_some()
                || !facts.behind.is_empty()
                || !facts.differs.is_empty()
                || facts.xauth.is_some()
                || !facts.flows.is_empty()
                || facts.connecting.is_some()
                || facts.no_sa.is_some()
                || facts.deleted.is_some()
                || facts.delete_received.is_some()
        })
    }
}

/// Judges what one device says about one peer.
pub(super) fn judge(talk: &Talk, catalogue: &mut Catalogue) -> Story {
    let empty = Facts::default();
    let facts = talk.telling().unwrap_or(&empty);
    let up = is_up(facts);
    let from_state = || facts.rests()?.awaited().map(|awaited| awaited.sender().other());
    let role = facts.role.or_else(|| from_state().filter(|_| !facts.either()));
    let mut judged = Judged { talk, facts, role, own_words: false, suspects: Vec::new(), there: None };
    if up {
        judged.behind_phase_1();
    } else {
        judged.phase_1(catalogue);
    }
    let there = judged.there;
    let suspects = judged.suspects;
    let (phase1, phase2) = (phase1(facts, up, &suspects), phase2(facts));
    let own = match up {
        // What was up and is deleted is no state to be in.
        true if phase1 == Phase::Deleted => Some(None),
        true => facts.mode.map(active),
        false => own_state(facts, role),
    };
    let mut states = Sides::default();
    if let Some(role) = role {
        states[role] = own.or_else(|| up.then_some(Some(State::MmActive)));
        states[role.other()] = there;
    }
    Story {
        device: talk.vendor,
        role,
        local: talk.local,
        peer: talk.peer,
        connection: talk.conn.clone(),
        mode: facts.mode,
        phase1,
        phase2,
        states,
        supposed: there.is_some(),
        suspects,
        shows: shows(facts),
        values: values_of(facts),
        attempts: talk.attempts.len(),
        ikev2: facts.ikev2.is_some() && facts.sent.is_none() && facts.received.is_none(),
        xauth: facts.xauth.is_some(),
        xauth_waits: facts.xauth_waits().is_some(),
        no_ike: facts.no_ike.is_some(),
        standing: standing(facts),
        behind: facts.behind.len(),
        no_sa: facts.no_sa.is_some() && facts.phase2.is_none(),
        refused_before: phase2 == Phase::Established && refusal(facts).is_some(),
        both: false,
    }
}

/// Phase 1 is complete: a line says so, or one of phase 2 proves it.
fn is_up(facts: &Facts) -> bool {
    facts.phase1.is_some()
        || facts.phase2.is_some()
        || facts.refused.is_some()
        || facts.phase2_failed.is_some()
        || facts.phase2_begun.is_some()
        || facts.counts_packets()
        // XAUTH comes behind phase 1, but a line that refuses phase 1 may name it, too.
        || facts.xauth.is_some() && !facts.is_conclusive()
        || facts
            .said
            .iter()
            .any(|(issue, _)| matches!(issue, Issue::PeerLost | Issue::MapIncomplete | Issue::XauthFailed))
}

/// Where it would be in either role.
fn standing(facts: &Facts) -> Sides<Option<State>> {
    let in_role = |role| {
        facts.states.iter().copied().find(|state| state.is_in(state.mode(), role)).filter(|_| facts.either())
    };
    Sides::new(in_role(Role::Initiator), in_role(Role::Responder))
}

fn active(mode: Mode) -> Option<State> {
    Some(match mode {
        Mode::Main => State::MmActive,
        Mode::Aggressive => State::AmActive,
    })
}

fn own_state(facts: &Facts, role: Option<Role>) -> Option<Option<State>> {
    match facts.rests() {
        Some(state) => Some(Some(state)),
        // A responder that sent nothing keeps nothing.
        None if facts.sent.is_some() => None,
        None => (role == Some(Role::Responder) && facts.received.is_some()).then_some(None),
    }
}

fn phase1(facts: &Facts, up: bool, suspects: &[Suspect]) -> Phase {
    match () {
        () if up && (facts.deleted.is_some() || facts.delete_received.is_some()) => Phase::Deleted,
        () if facts.no_ike.is_some() => Phase::Deleted,
        // Whoever finds its peer dead removes the SA by itself.
        () if up && suspects.iter().any(|suspect| suspect.issue == Issue::PeerLost) => Phase::Deleted,
        () if up => Phase::Established,
        // `show` of phase 1 has no SA; that of phase 2 says nothing of phase 1.
        () if facts.no_sa.is_some() && facts.role.is_none() && facts.connecting.is_none() => {
            if facts.flows.is_empty() { Phase::None } else { Phase::Unknown }
        }
        () if facts.stalls() || facts.is_conclusive() || !suspects.is_empty() => Phase::Stalled,
        () if facts.connecting.is_some() => Phase::Stalled,
        () if facts.role.is_none() => Phase::None,
        () => Phase::Unknown,
    }
}

/// The newest line that refuses a Quick Mode.
fn refusal(facts: &Facts) -> Option<usize> {
    facts.refused.map(|(_, line)| line).max(facts.phase2_failed)
}

fn phase2(facts: &Facts) -> Phase {
    if facts.phase1.is_some() && facts.wanted_in_vain().is_some() {
        return Phase::Refused;
    }
    match () {
        // A tunnel that was up may fail at its next rekey: the later line counts.
        () if refusal(facts) > facts.phase2 => Phase::Refused,
        () if facts.phase2.is_some() => Phase::Established,
        () if facts.counts_packets() && facts.no_sa.is_none() => Phase::Established,
        () if facts.phase2_begun.is_some() && facts.stalls() => Phase::Stalled,
        () if facts.phase2_begun.is_some() => Phase::Unknown,
        () => Phase::None,
    }
}

/// The lines that mark how far it came.
fn shows(facts: &Facts) -> Vec<usize> {
    let all = [
        facts.phase1,
        facts.phase2,
        refusal(facts),
        facts.gave_up,
        facts.deleted,
        facts.delete_received,
        facts.ikev2,
        facts.xauth,
        facts.connecting,
    ];
    let resends = facts.resends.first().copied();
    let again = facts.heard_again.first().copied();
    let behind = facts.behind.first().copied();
    let mut lines: Vec<usize> = all.into_iter().chain([resends, again, behind]).flatten().collect();
    lines.sort_unstable();
    lines.dedup();
    if lines.is_empty() {
        // Where nothing else shows how far it came, its state does.
        lines.extend(facts.stood);
    }
    lines
}

fn values_of(facts: &Facts) -> Values {
    let first = || facts.flows.iter().find(|flow| !flow.gone).copied();
    let flow = facts.one_way().or_else(first).unwrap_or_default();
    let texts = |list: &[(String, usize)]| list.iter().map(|(text, _)| text.clone()).take(3).collect();
    Values {
        differs: facts.differs.iter().map(|(a, o, c, _)| (a.clone(), o.clone(), c.clone())).take(4).collect(),
        offered: texts(&facts.offered),
        configured: texts(&facts.configured),
        identity: facts.peer_identity.clone(),
        wanted: facts.wanted.clone(),
        group: facts.group.clone(),
        proxies: facts.proxies.clone(),
        packets: (flow.encaps, flow.decaps),
    }
}

struct Judged<'t> {
    talk: &'t Talk,
    facts: &'t Facts,
    role: Option<Role>,
    /// What is added now this device's own lines complain of, and no peer.
    own_words: bool,
    suspects: Vec<Suspect>,
    /// Where the first cause leaves the other side.
    there: Option<Option<State>>,
}

impl Judged<'_> {
    fn add(&mut self, issue: Issue, certainty: Certainty, line: Option<usize>) {
        if let Some(known) = self.suspects.iter_mut().find(|suspect| suspect.issue == issue) {
            // A log may say the same for days: a few lines show it as well.
            known.lines.extend(line.filter(|_| known.lines.len() < 6));
            return;
        }
        let mend = issue.cause().map(|cause| self.mend(cause));
        self.suspects.push(Suspect { issue, certainty, lines: line.into_iter().collect(), mend });
    }

    fn cause(&mut self, cause: Cause, certainty: Certainty, line: Option<usize>) {
        // Where signatures prove who is who, no key of both sides can be wrong: its certificate can.
        if self.facts.signatures.is_some() && matches!(cause, Cause::PskMismatch | Cause::MissingPsk) {
            return self.add(Issue::Certificate, certainty, line);
        }
        self.add(Issue::Phase1(cause), certainty, line);
    }
}
