//! Phase 1 is complete: what is wrong behind it.

use std::collections::BTreeSet;

use ike::{Mode, Role};
use sim::Cause;
use vendor::{Phase2, Vendor};

use super::Judged;
use crate::paste::{Certainty, Issue};

/// How charon's names of Diffie-Hellman groups begin.
const GROUPS: [&str; 4] = ["MODP_", "ECP_", "CURVE_", "KE_"];

impl Judged<'_> {
    /// Phase 1 is complete: what is wrong lies behind it.
    pub(super) fn behind_phase_1(&mut self) {
        let facts = self.facts;
        for (issue, line) in &facts.said {
            if !issue.is_before_phase_2() {
                self.add(*issue, Certainty::Said, Some(*line));
            }
        }
        // A later Quick Mode that came up makes the refusal history; one that had begun before it is another network's.
        let later =
            |line: usize| facts.garbled == Some(line) || facts.phase2_begun.is_none_or(|begun| begun > line);
        let done = |line: usize| facts.phase2.is_some_and(|done| done > line) && later(line);
        let refused = facts.refused.filter(|(_, line)| !done(*line));
        if let Some((why, line)) = refused {
            self.refused_for(why, line);
        }
        // A Cisco passes over an entry that is not complete, and then finds none for these networks.
        let own = self.is_cisco() && self.role != Some(Role::Initiator);
        if let Some((_, line)) = refused.filter(|(why, _)| own && *why == Phase2::Networks) {
            self.add(Issue::MapIncomplete, Certainty::Fits, Some(line));
        }
        let failed = facts.phase2_failed.filter(|line| !done(*line));
        if failed.is_some() && refused.is_none() && self.suspects.is_empty() {
            self.phase_2_alternatives(failed);
        }
        // Packets want into the tunnel, phase 1 is up and no IPsec SA comes of it.
        if let Some((_, line)) = facts.wanted_in_vain().filter(|_| self.suspects.is_empty()) {
            self.phase_2_alternatives(Some(line));
        }
        let begun = facts.phase2_begun.is_some() || facts.phase2.is_some();
        if begun && facts.phase2.is_none() && facts.stalls() && self.suspects.is_empty() {
            let line = facts.resends.last().copied();
            // Who refuses Quick Mode says so: silence is a message that did not arrive. A list has no notifies.
            if self.is_cisco() || facts.resends.len() > 1 || facts.gave_up.is_some() {
                self.cause(Cause::MessageLost, Certainty::Fits, line);
            }
            self.phase_2_alternatives(line);
        }
        if let Some(line) = facts.last_refused.filter(|_| self.suspects.is_empty()) {
            self.cause(Cause::IdentityMismatch, Certainty::Follows, Some(line));
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
        self.unheard();
        self.ended();
        if let Some(flow) = facts.one_way().filter(|_| self.suspects.is_empty()) {
            self.add(Issue::OneWay, Certainty::Follows, Some(flow.line));
        }
    }

    /// This side is done, and the peer does not hear its last message.
    fn unheard(&mut self) {
        let facts = self.facts;
        if !self.suspects.is_empty() {
            return;
        }
        // At the third: one or two copies may have crossed the message that they wait for.
        if let Some(line) = facts.child_again.get(2) {
            return self.cause(Cause::MessageLost, Certainty::Fits, Some(*line));
        }
        let last = facts.mode == Some(Mode::Aggressive) && self.role == Some(Role::Initiator);
        let behind = facts.phase2_begun.is_some() || facts.phase2.is_some() || facts.xauth.is_some();
        let gave_up = facts.gave_up.filter(|line| facts.phase1.is_some_and(|done| done < *line));
        if let Some(line) = gave_up.filter(|_| last && !behind) {
            for cause in [Cause::MessageLost, Cause::PeerDown] {
                self.cause(cause, Certainty::Fits, Some(line));
            }
        }
    }

    /// It was up, and somebody ended it. Daemons say the same whenever they are stopped.
    fn ended(&mut self) {
        let facts = self.facts;
        if let Some(line) = facts.cleared {
            self.cause(Cause::Deleted, Certainty::Said, Some(line));
        } else if let Some(line) = facts.peer_ends.or(facts.child_gone)
            && self.is_cisco()
            && facts.phase2.is_some()
            && self.suspects.is_empty()
        {
            self.cause(Cause::Deleted, Certainty::Follows, Some(line));
        }
    }

    /// A line says that Quick Mode is refused, and more or less why.
    fn refused_for(&mut self, why: Phase2, line: usize) {
        match why {
            Phase2::Unsaid => self.phase_2_alternatives(Some(line)),
            Phase2::CryptoMap => self.no_crypto_map(line),
            // What the peer says by a notify, it says of what it was offered.
            Phase2::Networks if self.role == Some(Role::Initiator) => {
                for issue in [Issue::Networks, Issue::Transforms] {
                    self.add(issue, Certainty::Follows, Some(line));
                }
            }
            // Cisco's line names no attribute: PFS stands in the same proposal.
            Phase2::Proposal if self.is_cisco() => {
                self.add(Issue::Transforms, Certainty::Fits, Some(line));
                self.add(Issue::Pfs, Certainty::Fits, Some(line));
            }
            Phase2::Proposal if self.differ_in_pfs_alone() => {
                self.add(Issue::Pfs, Certainty::Said, Some(line));
            }
            Phase2::Proposal | Phase2::Pfs | Phase2::Encapsulation | Phase2::Networks => {
                self.add(Issue::of_phase_2(why), Certainty::Said, Some(line));
                // charon says the same of tunnel against transport mode.
                if why == Phase2::Networks && self.talk.vendor == Vendor::Strongswan {
                    self.add(Issue::Transforms, Certainty::Fits, Some(line));
                }
            }
        }
    }

    /// The log has both sides' proposals, and without their groups one is the other's.
    fn differ_in_pfs_alone(&self) -> bool {
        let without_group = |list: &String| -> BTreeSet<String> {
            let is_group = |part: &&str| GROUPS.iter().any(|kind| part.starts_with(kind));
            let bare = |one: &str| {
                one.trim().split('/').filter(|part| !is_group(part)).collect::<Vec<_>>().join("/")
            };
            list.to_ascii_uppercase().split(',').map(bare).collect()
        };
        let lists = self.facts.child_offered.as_ref().zip(self.facts.child_configured.as_ref());
        lists.is_some_and(|(offered, own)| {
            // What comes behind the first proposal names its protocol again.
            let strip = |list: &String| list.replace("ESP:", "").replace("AH:", "");
            !without_group(&strip(offered)).is_disjoint(&without_group(&strip(own)))
        })
    }

    /// It proved itself and was not believed: the peer deletes before phase 2 is there.
    fn deleted_before_phase_2(&mut self) {
        let facts = self.facts;
        // An SA that follows another one is deleted with it, and XAUTH has ends of its own.
        let later = self.talk.attempts.iter().any(|other| other.phase2.is_some()) || facts.xauth.is_some();
        let Some(line) = facts.delete_received.filter(|_| !later && self.suspects.is_empty()) else { return };
        // Whoever began Quick Mode in Main Mode, or answered it, believed the other.
        if facts.phase2_begun.is_some() && facts.mode != Some(Mode::Aggressive) {
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

    /// The last message of phase 1 was this side's.
    fn sent_the_last(&self) -> bool {
        // A peer that repeats AM3 is not sure of this side either.
        self.role == Some(Role::Responder) || self.facts.mode == Some(Mode::Aggressive)
    }

    fn is_cisco(&self) -> bool {
        matches!(self.talk.vendor, Vendor::Asa | Vendor::Ios)
    }

    /// An ASA that finds no entry names the networks in a line of its own (713061), unless the entry is incomplete.
    fn no_crypto_map(&mut self, line: usize) {
        let mut issues = [Issue::Networks, Issue::MapIncomplete];
        if self.facts.phase2_failed.is_some() {
            issues.reverse();
        }
        for issue in issues {
            self.add(issue, Certainty::Fits, Some(line));
        }
    }

    fn phase_2_alternatives(&mut self, line: Option<usize>) {
        let issues: &[Issue] = if self.is_cisco() && self.role != Some(Role::Responder) {
            // As a view of this side ranks them: a Cisco peer says the same of networks.
            &[Issue::Networks, Issue::Transforms, Issue::Pfs, Issue::MapIncomplete]
        } else if self.facts.cisco.is_some() {
            &[Issue::Networks, Issue::Transforms, Issue::Pfs]
        } else {
            // The daemons refuse networks with INVALID_ID_INFORMATION.
            &[Issue::Transforms, Issue::Pfs, Issue::Networks]
        };
        for issue in issues {
            self.add(*issue, Certainty::Fits, line);
        }
    }
}
