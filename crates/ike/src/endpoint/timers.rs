//! Resends and giving up.

use super::{Endpoint, Sa};
use crate::event::{Ended, Event, Output, SaId, Sending, Timer, TimerName};
use crate::impair::Impair;
use crate::state::Role;
use crate::time::Instant;

impl Endpoint {
    /// Serves every timer that is due at `now`, in the order of the negotiations.
    pub(super) fn fire(&mut self, now: Instant, out: &mut Vec<Output>) {
        // Collected first: serving a timer can remove an SA from the list.
        let due: Vec<SaId> = self.sas.iter().filter(|sa| self.is_due(sa, now)).map(|sa| sa.id).collect();
        for id in due {
            self.fire_one(id, now, out);
        }
        let due: Vec<TimerName> =
            self.child_timers().filter(|(at, _)| *at <= now).map(|(_, timer)| timer).collect();
        for timer in due {
            self.fire_child(timer, out);
        }
        self.another_attempt(now, out);
    }

    /// The next timer of each Quick Mode.
    pub(super) fn child_timers(&self) -> impl Iterator<Item = (Instant, TimerName)> {
        let timers = &self.config.profile.quick_mode.timers.value;
        let children = self.sas.iter().flat_map(|sa| sa.under.iter().map(move |under| (sa.id, under)));
        children.filter_map(|(sa, (message_id, child))| {
            let (at, timer) = child.conversation.flight.as_ref()?.deadline(&timers[child.role])?;
            Some((at, TimerName { sa, child: Some(*message_id), timer }))
        })
    }

    fn fire_child(&mut self, timer: TimerName, out: &mut Vec<Output>) {
        let (id, Some(message_id)) = (timer.sa, timer.child) else {
            return;
        };
        if timer.is_last() {
            return self.give_up_child(id, message_id, out);
        }
        let silent = self.never_retransmits();
        let Some(sa) = self.sas.iter_mut().find(|sa| sa.id == id) else {
            return;
        };
        let conversation = sa.under.get_mut(&message_id).map(|child| &mut child.conversation);
        let Some((conversation, flight)) = conversation.and_then(|one| {
            let flight = one.flight.as_mut()?;
            let sent = (flight.message, Sending::Resend(flight.resend()));
            Some((one, sent))
        }) else {
            return;
        };
        let (message, sending) = flight;
        if let Some(index) = silent {
            let what = Impair::NeverRetransmit;
            return out.push(Output::Event(Event::Impaired { index, what, message }));
        }
        out.extend(conversation.transmit(id, sa.path, sending));
    }

    fn is_due(&self, sa: &Sa, now: Instant) -> bool {
        self.deadline(sa).is_some_and(|(at, _)| at <= now)
    }

    /// When the next timer of an SA runs out.
    pub(super) fn deadline(&self, sa: &Sa) -> Option<(Instant, TimerName)> {
        // RFC 2408 5.1: a message without an answer is sent again, and in the end the SA is given up.
        let flight = || sa.phase1.flight.as_ref()?.deadline(self.schedule(sa)?);
        let resend = if sa.muted_until.is_some() { None } else { flight() };
        // Anybody's packet makes a responder's SA, so that it alone has a timer for all of the exchange.
        let half_open = self.config.profile.half_open.value;
        let half_open = half_open.filter(|_| sa.role == Role::Responder && !sa.exchange.state().is_active());
        let muted = sa.muted_until.map(|at| (at, Timer::Muted));
        let end = muted.or(half_open.map(|after| (sa.created + after, Timer::HalfOpen)));
        let (at, timer) = [resend, end].into_iter().flatten().min()?;
        Some((at, TimerName { sa: sa.id, child: None, timer }))
    }

    fn fire_one(&mut self, id: SaId, now: Instant, out: &mut Vec<Output>) {
        let sa = self.sas.iter().find(|sa| sa.id == id);
        if sa.and_then(|sa| self.deadline(sa)).is_some_and(|(at, timer)| timer.is_last() && at <= now) {
            return self.end(id, Ended::GaveUp, out);
        }
        let silent = self.never_retransmits();
        let Some(flight) =
            self.sas.iter_mut().find(|sa| sa.id == id).and_then(|sa| sa.phase1.flight.as_mut())
        else {
            return;
        };
        // Counted even where the defect holds it back: the schedule must come to its end.
        let (message, sending) = (flight.message, Sending::Resend(flight.resend()));
        if let Some(index) = silent {
            let what = Impair::NeverRetransmit;
            return out.push(Output::Event(Event::Impaired { index, what, message }));
        }
        let sa = self.sas.iter().find(|sa| sa.id == id);
        out.extend(sa.and_then(|sa| sa.transmit(sending)));
    }

    /// The configured defect by which nothing is ever sent twice.
    pub(super) fn never_retransmits(&self) -> Option<usize> {
        self.config.impairments.iter().position(|impairment| impairment.what == Impair::NeverRetransmit)
    }
}
