//! From one host to the other: NAT on both sides, and in between what the chooser makes of a datagram.

use ike::{Instant, Role};

use super::watch::Watch;
use super::{Flying, World};
use crate::choice::{Act, Chooser, Handling};
use crate::fault::Blame;
use crate::path::Translated;
use crate::trace::{Alteration, Datagram};

impl<W: Watch> World<W> {
    /// Sends a datagram: out of its NAT, past the path's conditions, then onto the wire.
    pub(super) fn transmit(&mut self, mut datagram: Datagram, cause: W::Entry, chooser: &mut dyn Chooser) {
        let (now, sender) = (self.now, datagram.sender);
        let mut cause = self.watch.sent(now, &datagram, cause);
        self.clearings.sent(now, &datagram.label);
        // Counted before the path: what a filter takes shifts no chance of what follows.
        let nth = self.sent[sender];
        self.sent[sender] += 1;
        if let Some(translated) = self.path.translate_out(sender, datagram.from) {
            datagram.from = translated.after;
            cause = self.translated(&translated, cause);
        }
        // Behind the NAT: a filter on the path sees the ports that it made.
        if let Some(by) = self.path.obstacle(sender, now, datagram.from, datagram.to) {
            return self.watch.lost(now, by, cause);
        }
        match self.path.host(datagram.to.ip()) {
            None => self.watch.lost(now, Blame::NoHost, cause),
            // Only now: a datagram that the path lost must not use up a rule's `times`.
            Some(receiver) => {
                let handling = chooser.handling(now, nth, &datagram);
                self.travel(receiver, datagram, handling, cause);
            }
        }
    }

    /// Carries out what was decided about a datagram on the wire.
    pub(crate) fn travel(
        &mut self,
        receiver: Role,
        mut datagram: Datagram,
        handling: Handling,
        mut cause: W::Entry,
    ) {
        let (now, mut due, mut held) = (self.now, handling.arrives, false);
        let mut copies = Vec::new();
        for (by, act) in handling.acts {
            let how = match act {
                Act::Lose => return self.watch.lost(now, by, cause),
                Act::Hold(hold) => {
                    (due, held) = (due + hold, true);
                    Alteration::Delayed(hold)
                }
                Act::Repeat(after) => {
                    let cause = self.watch.altered(now, by, Alteration::Duplicated(after), cause);
                    copies.push((after, cause));
                    continue;
                }
                Act::Flip { byte, bit } => {
                    datagram = datagram.with_message(|message| flip(message, byte, bit));
                    Alteration::Corrupted { byte, bit }
                }
                Act::Cut(length) => {
                    datagram = datagram.with_message(|message| message.truncate(length));
                    Alteration::Truncated(length)
                }
            };
            cause = self.watch.altered(now, by, how, cause);
        }
        self.launch(due, receiver, Flying { datagram: datagram.clone(), cause, held });
        for (after, cause) in copies {
            // Held, for a copy is late by intent: others pass it at no cost in an exploration.
            self.launch(due + after, receiver, Flying { datagram: datagram.clone(), cause, held: true });
        }
    }

    /// Puts a datagram under way.
    pub(crate) fn launch(&mut self, due: Instant, receiver: Role, mut flying: Flying<W::Entry>) {
        flying.cause = self.watch.launched(&flying.datagram, flying.cause);
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.in_flight.insert((due, receiver, sequence), flying);
    }

    pub(super) fn translated(&mut self, translated: &Translated, cause: W::Entry) -> W::Entry {
        let how = Alteration::Translated { before: translated.before, after: translated.after };
        self.watch.altered(self.now, translated.by, how, cause)
    }
}

fn flip(message: &mut [u8], byte: usize, bit: u8) {
    if let Some(byte) = message.get_mut(byte) {
        *byte ^= 1_u8.checked_shl(u32::from(bit)).unwrap_or(0);
    }
}
