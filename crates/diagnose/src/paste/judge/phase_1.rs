//! Phase 1 is not complete: why.

use ike::{MessageName, Mode, NotifyType, Role};
use sim::Cause;
use vendor::{Vendor, Way};

use super::Judged;
use super::refused::refused_for;
use crate::paste::fits::{Catalogue, Fit};
use crate::paste::{Certainty, Issue, values};

impl Judged<'_> {
    /// An initiator's proof drew one message that it cannot read, and its resends nothing: a peer with another key would
    /// complain each time, this one has removed the SA.
    fn refused_once(&self) -> bool {
        let facts = self.facts;
        self.role == Some(Role::Initiator)
            && self.talk.vendor == Vendor::Libreswan
            && facts.unreadable.len() < 3
            && facts.unreadable.first().zip(facts.resends.get(2)).is_some_and(|(junk, third)| junk < third)
    }

    pub(super) fn phase_1(&mut self, catalogue: &mut Catalogue) {
        let facts = self.facts;
        self.own_words = true;
        for (issue, line) in &facts.said {
            self.add(*issue, Certainty::Said, Some(*line));
        }
        self.what_said_entails();
        self.own_words = false;
        // Packets that want into a tunnel count as errors while there is none.
        if let Some((_, line)) = facts.send_errors.filter(|(count, _)| *count > 0) {
            self.add(Issue::NoTunnel, Certainty::Follows, Some(line));
        }
        // Once a later message was sent a transform was agreed: what differs was passed over on the way to it.
        let not_chosen = facts.sent.is_none_or(MessageName::is_first);
        if not_chosen {
            for (.., line) in &facts.differs {
                self.cause(Cause::PolicyMismatch, Certainty::Said, Some(*line));
            }
        }
        if self.refused_once() {
            // As charon does when it finds nobody of this identity, or nobody who may authenticate so.
            self.refusal(
                NotifyType::AUTHENTICATION_FAILED,
                facts.unreadable.first().copied().unwrap_or_default(),
            );
        }
        for line in &facts.unreadable {
            self.cause(Cause::PskMismatch, Certainty::Follows, Some(*line));
        }
        if self.talk.vendor == Vendor::Libreswan && self.role == Some(Role::Initiator) {
            // charon refuses an identity with a notify that pluto cannot read either.
            let line = facts.unreadable.first().copied();
            if line.is_some() {
                self.cause(Cause::IdentityMismatch, Certainty::Fits, line);
            }
        }
        for (notify, _, line) in facts.refusals() {
            self.refusal(notify, line);
        }
        self.unreadable_notifies();
        self.packets_that_move_nothing();
        // Nothing says why: its own notify tells what it did not like.
        let mut sent = facts.notifies.iter().filter(|(way, ..)| *way == Way::Sent);
        if let Some((_, notify, _, line)) = sent.next_back().filter(|_| self.suspects.is_empty()) {
            self.own_words = true;
            self.refusal(*notify, *line);
            self.own_words = false;
        }
        if let Some(line) = facts.damaged.first() {
            self.cause(Cause::MessageCorrupted, Certainty::Follows, Some(*line));
        }
        let decided = self.suspects.iter().any(|suspect| suspect.certainty == Certainty::Said);
        // Lines that end in the middle tell of no fault.
        let waits = facts.stalls()
            || facts.state.is_some()
            || facts.connecting.is_some()
            || !self.suspects.is_empty();
        if !decided && waits && facts.ikev2.is_none() && facts.supposed().is_some() {
            self.what_fits(catalogue);
        } else if facts.connecting.is_some() && self.suspects.is_empty() {
            self.add(Issue::NoTunnel, Certainty::Fits, facts.connecting);
        }
    }

    /// What else a line may come from that says what was not found.
    fn what_said_entails(&mut self) {
        let said = |issue| self.facts.said.iter().any(|(one, _)| *one == issue);
        let (group, missing) = (said(Issue::Phase1(Cause::MissingTunnelGroup)), said(Issue::XauthMissing));
        if self.talk.vendor == Vendor::Ios && said(Issue::Phase1(Cause::MissingPsk)) {
            // A router has no tunnel-groups: no key and no entry are one.
            self.cause(Cause::MissingTunnelGroup, Certainty::Fits, None);
        }
        if group && self.talk.vendor == Vendor::Asa {
            self.cause(Cause::MissingPsk, Certainty::Fits, None);
        } else if group {
            self.add(Issue::IkeVersion, Certainty::Fits, None);
            self.add(Issue::XauthMissing, Certainty::Fits, None);
        }
        if missing {
            self.cause(Cause::IdentityMismatch, Certainty::Fits, None);
        }
        // A connection for the other mode, for another kind of authentication, or for somebody else.
        let daemon = matches!(self.talk.vendor, Vendor::Strongswan | Vendor::Libreswan);
        if daemon && said(Issue::Phase1(Cause::AggressiveModeDisabled)) {
            let mut others = [Issue::XauthMissing, Issue::Phase1(Cause::MissingTunnelGroup)];
            if self.talk.vendor == Vendor::Libreswan {
                // pluto says so of a peer that it has nothing for; charon has found somebody.
                others.reverse();
            }
            for issue in others {
                self.add(issue, Certainty::Fits, None);
            }
            self.cause(Cause::IdentityMismatch, Certainty::Fits, None);
        }
    }

    /// A notify that decrypts to junk comes from a side that has other keys, or counts its IV otherwise: pluto does, before
    /// phase 1 is complete, and goes on repeating its message 4.
    fn unreadable_notifies(&mut self) {
        let mut causes = [Cause::PskMismatch, Cause::IdentityMismatch];
        if !self.facts.heard_again.is_empty() {
            causes.reverse();
        }
        let told = self.facts.refusals().next().is_some();
        if let Some(line) = self.facts.unreadable_notify.first().filter(|_| !told) {
            for cause in causes {
                self.cause(cause, Certainty::Fits, Some(*line));
            }
        }
    }

    /// A router does not name a notify in clear: it is a packet that came and moved nothing.
    fn packets_that_move_nothing(&mut self) {
        let facts = self.facts;
        let Some(line) = facts.packets.last().filter(|_| !facts.is_conclusive()) else { return };
        match facts.sent.map(MessageName::number) {
            Some(1) if facts.received.is_none() => self.refusal(NotifyType::NO_PROPOSAL_CHOSEN, *line),
            // One packet was message 2: what came besides, and is no copy, was a notify.
            Some(3) if facts.packets.len() > 1 && facts.heard_again.is_empty() => {
                self.refusal(NotifyType::INVALID_COOKIE, *line);
            }
            _ => {}
        }
    }

    /// What a peer says by an error notify during phase 1, likeliest first.
    fn refusal(&mut self, notify: NotifyType, line: usize) {
        let main = self.facts.mode == Some(Mode::Main) && self.facts.sent.is_none();
        let key_exchanged = main || self.facts.sent.is_some_and(|name| name.number() > 2);
        let issues = match notify {
            // Before message 5 nothing is encrypted: no key can be at fault.
            NotifyType::PAYLOAD_MALFORMED | NotifyType::UNEQUAL_PAYLOAD_LENGTHS if self.is_before_keys() => {
                &[Issue::Phase1(Cause::MessageCorrupted)]
            }
            _ => refused_for(notify, key_exchanged),
        };
        let certain = |n| if n == 0 { Certainty::Follows } else { Certainty::Fits };
        // A proof that is refused is a signature's before it is an identity's.
        let proof = self.facts.signatures.is_some() && notify == NotifyType::AUTHENTICATION_FAILED;
        if proof {
            self.add(Issue::Certificate, Certainty::Follows, Some(line));
        }
        for (n, issue) in issues.iter().enumerate() {
            let certainty = certain(n + usize::from(proof));
            match issue.cause() {
                Some(cause) => self.cause(cause, certainty, Some(line)),
                None => self.add(*issue, certainty, Some(line)),
            }
        }
    }

    /// A daemon that resends its first message has heard nothing: no notify that refuses the offer, which all send, and
    /// no answer whose hash could be wrong.
    fn what_a_daemon_would_say(&self, fits: &mut Vec<Fit>) {
        let facts = self.facts;
        // Of Cisco's devices the reports count otherwise: their logs often lack the notify.
        let daemon = !matches!(self.talk.vendor, Vendor::Asa | Vendor::Ios);
        let first = facts.supposed().is_some_and(MessageName::is_first);
        let heard = facts.received.is_some() || !facts.notifies.is_empty() || facts.answered == Some(true);
        if daemon && first && facts.stalls() && !heard {
            let told = [Cause::PolicyMismatch, Cause::PskMismatch, Cause::IdentityMismatch];
            fits.retain(|fit| !told.contains(&fit.cause));
        }
    }

    /// Main Mode, and this initiator has not yet sent anything under keys.
    fn is_before_keys(&self) -> bool {
        let first = self.facts.sent.is_none_or(|name| name.number() < 5);
        self.role == Some(Role::Initiator)
            && self.facts.mode == Some(Mode::Main)
            && first
            && self.facts.phase1.is_none()
    }

    /// The causes whose runs leave the device with the same picture.
    fn what_fits(&mut self, catalogue: &mut Catalogue) {
        let role = self.role.unwrap_or(Role::Initiator);
        let mode = self.facts.mode.unwrap_or(Mode::Main);
        let mut fits = catalogue.fits(values::profile(self.talk.vendor), mode, role, self.facts);
        let translated =
            self.facts.nat.filter(|_| self.facts.supposed().is_some_and(|name| name.number() > 3));
        if let Some(line) = translated.filter(|_| !self.facts.is_conclusive()) {
            self.cause(Cause::Port4500Blocked, Certainty::Fits, Some(line));
        }
        // Whoever asks for Aggressive Mode and hears nothing thinks of the mode early.
        if self.facts.sent == Some(MessageName::AM1) {
            early(&mut fits, Cause::AggressiveModeDisabled);
        }
        self.what_a_daemon_would_say(&mut fits);
        // A daemon calls a daemon, which is silent to whom it has no connection for.
        let daemon = matches!(self.talk.vendor, Vendor::Strongswan | Vendor::Libreswan);
        if daemon && self.facts.supposed() == Some(MessageName::MSG1) {
            early(&mut fits, Cause::MissingTunnelGroup);
        }
        let facts = self.facts;
        let silence = facts.gave_up.or(facts.resends.last().copied());
        for fit in &fits {
            // What other lines speak for needs no line that shows where it stands.
            let known = self.suspects.iter().any(|suspect| suspect.issue == Issue::Phase1(fit.cause));
            let stands = facts.stood.or(facts.connecting).filter(|_| !known);
            self.cause(fit.cause, Certainty::Fits, silence.or(stands));
        }
        let first = self.suspects.first().map(|suspect| suspect.issue);
        self.there = fits.iter().find(|fit| Some(Issue::Phase1(fit.cause)) == first).map(|fit| fit.there);
    }
}

/// A cause to the second place, unless it is the first.
fn early(fits: &mut Vec<Fit>, cause: Cause) {
    if let Some(at) = fits.iter().position(|fit| fit.cause == cause) {
        let fit = fits.remove(at);
        fits.insert(at.min(1), fit);
    }
}
