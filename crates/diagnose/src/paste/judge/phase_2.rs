//! Phase 1 is complete: what is wrong behind it.

use ike::{Mode, Role};
use sim::Cause;
use vendor::{Phase2, Vendor};

use super::Judged;
use crate::paste::{Certainty, Issue};

impl Judged<'_> {
    /// Phase 1 is complete: what is wrong lies behind it.
    pub(super) fn behind_phase_1(&mut self) {
        let facts = self.facts;
        for (issue, line) in &facts.said {
            if !issue.is_before_phase_2() {
                self.add(*issue, Certainty::Said, Some(*line));
            }
        }
        // A later Quick Mode that came up makes the refusal history.
        let done = |line: usize| facts.phase2.is_some_and(|done| done > line);
        let refused = facts.refused.filter(|(_, line)| !done(*line));
        match refused {
            Some((Phase2::Unsaid, line)) => self.phase_2_alternatives(Some(line)),
            // Cisco's line names no attribute: PFS stands in the same proposal.
            Some((Phase2::Proposal, line)) if self.is_cisco() => {
                self.add(Issue::Transforms, Certainty::Fits, Some(line));
                self.add(Issue::Pfs, Certainty::Fits, Some(line));
            }
            Some((why, line)) => self.add(Issue::of_phase_2(why), Certainty::Said, Some(line)),
            None => {}
        }
        // An ASA passes over an entry that is not complete, and then finds none for these networks.
        if refused.is_some_and(|(why, _)| why == Phase2::Networks) && self.talk.vendor == Vendor::Asa {
            self.add(Issue::MapIncomplete, Certainty::Fits, None);
        }
        let failed = facts.phase2_failed.filter(|line| !done(*line));
        if failed.is_some() && refused.is_none() && self.suspects.is_empty() {
            self.phase_2_alternatives(failed);
        }
        let begun = facts.phase2_begun.is_some() || facts.phase2.is_some();
        if begun && facts.phase2.is_none() && facts.stalls() && self.suspects.is_empty() {
            let line = facts.resends.last().copied();
            // A Cisco that refuses Quick Mode says so: silence is a message that did not arrive.
            if self.is_cisco() {
                self.cause(Cause::MessageLost, Certainty::Fits, line);
            }
            self.phase_2_alternatives(line);
        }
        self.deleted_before_phase_2();
        // At the third: one or two copies may have crossed this side's answer.
        if let Some(line) =
            facts.heard_after.get(2).filter(|_| self.sent_the_last() && !begun && self.suspects.is_empty())
        {
            // Its complaint is there, though it cannot be read: it refuses what it got.
            if !facts.unreadable_notify.is_empty() {
                self.refused_by_the_peer(*line);
            }
            // The last message does not reach the peer, or is refused there.
            for cause in [Cause::MessageLost, Cause::PeerDown, Cause::NoRoute, Cause::IdentityMismatch] {
                self.cause(cause, Certainty::Fits, Some(*line));
            }
        }
        if let Some(flow) = facts.one_way().filter(|_| self.suspects.is_empty()) {
            self.add(Issue::OneWay, Certainty::Follows, Some(flow.line));
        }
    }

    /// It proved itself and was not believed: the peer deletes before phase 2 is there.
    fn deleted_before_phase_2(&mut self) {
        let facts = self.facts;
        // An SA that follows another one is deleted with it, and XAUTH has ends of its own.
        let later = self.talk.attempts.iter().any(|other| other.phase2.is_some()) || facts.xauth.is_some();
        let Some(line) = facts.delete_received.filter(|_| !later && self.suspects.is_empty()) else { return };
        if facts.phase2_begun.is_some() && self.sent_the_first_of_main_mode() {
            return self.phase_2_alternatives(Some(line));
        }
        self.refused_by_the_peer(line);
    }

    /// What the peer may dislike of this side's proof.
    fn refused_by_the_peer(&mut self, line: usize) {
        if self.facts.signatures.is_some() {
            self.add(Issue::Certificate, Certainty::Fits, Some(line));
        }
        self.cause(Cause::IdentityMismatch, Certainty::Fits, Some(line));
    }

    /// Its peer was proven before Quick Mode began.
    fn sent_the_first_of_main_mode(&self) -> bool {
        self.role == Some(Role::Initiator) && self.facts.mode != Some(Mode::Aggressive)
    }

    /// The last message of phase 1 was this side's.
    fn sent_the_last(&self) -> bool {
        // A peer that repeats AM3 is not sure of this side either.
        self.role == Some(Role::Responder) || self.facts.mode == Some(Mode::Aggressive)
    }

    fn is_cisco(&self) -> bool {
        matches!(self.talk.vendor, Vendor::Asa | Vendor::Ios)
    }

    fn phase_2_alternatives(&mut self, line: Option<usize>) {
        for issue in [Issue::Transforms, Issue::Networks, Issue::Pfs] {
            self.add(issue, Certainty::Fits, line);
        }
    }
}
