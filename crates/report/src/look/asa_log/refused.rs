//! What an ASA says of a message that it does not take.

use std::collections::BTreeSet;

use ike::{ChildEvent, ChildMismatch, Event, Instant, QuickState, Reason, Selector, Subnet};
use sim::{Datagram, Entry};

use vendor::{Printed, SIMULATED, asa};

use super::super::offers;
use super::Log;

impl Log<'_> {
    pub(super) fn refused(&mut self, entry: &Entry, reason: &Reason) {
        let at = entry.at;
        match reason {
            // IKE does not hear of it: the datagram is thrown away like one to any closed port.
            Reason::IkeDisabled => self.discarded(entry),
            Reason::NoProposalChosen { nearest } => {
                let compared = offers::compared(self.setup, self.trace, self.device, entry.id, nearest);
                for difference in compared.iter().flat_map(|pair| &pair.differing) {
                    let line = asa::DIFFERS.print(&[
                        ("attribute", &difference.attribute.name()),
                        ("offered", &difference.offered),
                        ("configured", &difference.own),
                    ]);
                    self.of_peer(at, &line);
                }
                self.of_peer(at, &asa::OFFER_REFUSED.print(&[]));
            }
            Reason::NoTunnelGroup { .. } => {
                // Main Mode's identity comes with message 5, too late for the key: the address is what is left.
                self.of_peer(at, &asa::NO_GROUP.print(&[("name", &self.peer)]));
                self.of_peer(at, &asa::NO_VALID_GROUP.print(&[]));
                self.peer_table(at);
            }
            Reason::NoChild(mismatch) => self.child_refused(entry, mismatch),
            // Recorded refusals are logged where they arrive.
            Reason::UnprotectedNotify(_) => {}
            Reason::MapUnbound => self.of_peer(at, &asa::NO_MAP_BOUND.print(&[])),
            Reason::RemovedSa | Reason::UnknownCookies => {
                self.of_peer(at, &asa::NO_MATCHING_SA.print(&[]));
            }
            // Named one by one: a reason that is added must be given a wording here.
            other @ (Reason::AggressiveModeDisabled
            // 713138 is of a group that is not there; what an ASA says of one without a key no trace shows.
            | Reason::NoPreSharedKey { .. }
            | Reason::NoUsablePolicy
            | Reason::Malformed(_)
            | Reason::NoMarker
            | Reason::Version(_)
            | Reason::ReservedNotZero { .. }
            | Reason::NotBlocks { .. }
            | Reason::Undecryptable(_)
            | Reason::UnknownExchange(_)
            | Reason::OutOfOrder(_)
            | Reason::ChildDone
            | Reason::ChildGone
            | Reason::MapIncomplete(_)
            | Reason::TransportOfNets
            | Reason::MissingPayload(_)
            | Reason::SaNotFirst
            | Reason::UnsupportedIdentity(_)
            | Reason::WrongEncryption { .. }
            | Reason::BadPublicValue(_)
            | Reason::NonceLength(_)
            | Reason::ZeroCookie
            | Reason::Reflected
            | Reason::NotOffered
            | Reason::HashMismatch { .. }
            | Reason::ForeignSpi
            | Reason::IdentityRefused { .. }
            | Reason::TooMany
            | Reason::Impaired) => {
                let text = format!("{} {SIMULATED}", crate::reasons::reason(other));
                self.of_peer(at, &Printed { head: "5-713904", text });
            }
        }
    }

    fn discarded(&mut self, entry: &Entry) {
        let arrived = self.trace.causes(entry.id).find_map(|cause| cause.kind.arrived());
        if arrived.is_none() {
            let text = format!("{} {SIMULATED}", crate::reasons::reason(&Reason::IkeDisabled));
            self.of_peer(entry.at, &Printed { head: "5-713904", text });
        }
        if let Some(Datagram { from, to, .. }) = arrived {
            let line = asa::DISCARDED.print(&[
                ("peer", &from.ip()),
                ("pport", &from.port()),
                ("interface", &"outside"),
                ("end", &to.ip()),
                ("lport", &to.port()),
            ]);
            self.say(entry.at, &line);
        }
    }

    /// As an ASA responder prints it, all in one second.
    fn child_refused(&mut self, entry: &Entry, mismatch: &ChildMismatch) {
        let at = entry.at;
        match mismatch {
            ChildMismatch::Proxies { offered, .. } => {
                let proxy = |one: &Selector| {
                    let mask = Subnet::mask(one.subnet);
                    format!("{}/{mask}/{}/{}", one.subnet.address(), one.protocol, one.port)
                };
                let (remote, local) = (proxy(&offered.remote), proxy(&offered.local));
                let proxies = format!("remote proxy {remote} local proxy {local} on interface outside");
                self.of_peer(at, &asa::NO_CRYPTO_MAP.print(&[("proxies", &proxies)]));
            }
            // An incomplete entry is passed over, so only the lines below tell of it.
            ChildMismatch::Incomplete(_) => {}
            ChildMismatch::Pfs { offered: Some(offered), own: Some(own) } => {
                let line = asa::PFS_DIFFERS.print(&[("offered", offered), ("configured", &own.number())]);
                self.of_peer(at, &line);
                self.of_peer(at, &asa::UNACCEPTABLE.print(&[]));
            }
            ChildMismatch::Transform { .. }
            | ChildMismatch::Mode { .. }
            | ChildMismatch::Compression { .. }
            | ChildMismatch::Pfs { .. } => {
                self.of_peer(at, &asa::UNACCEPTABLE.print(&[]));
            }
        }
        let arrived = self.trace.causes(entry.id).find_map(|cause| cause.kind.arrived());
        let id = arrived.map_or(0, |datagram| datagram.message_id().0);
        // A constant for the device's pointer, so that equal runs print equal bytes.
        let pointer = "0x00007fff33763a70";
        self.of_peer(at, &asa::QM_ERROR.print(&[("struct", &pointer), ("id", &format!("{id:x}"))]));
        self.of_peer(at, &asa::CORRELATOR.print(&[]));
        // Phase 1 stays where another child is up under it.
        if self.has_child(entry) {
            return;
        }
        // Traces show this reason for proxies and for entries that are not there; for the rest it is inferred.
        let seen = matches!(mismatch, ChildMismatch::Proxies { .. } | ChildMismatch::Incomplete(_));
        let line = asa::TORN_DOWN.print(&[]);
        self.of_peer(at, &if seen { line } else { line.simulated() });
    }

    /// A child is up as this happens.
    fn has_child(&self, entry: &Entry) -> bool {
        let own = self.trace.entries().iter().filter(|one| one.actor == entry.actor && one.id < entry.id);
        let mut up = BTreeSet::new();
        for one in own {
            let Some(Event::Child { child, what, .. }) = one.kind.event() else { continue };
            match what {
                ChildEvent::Entered(QuickState::Active) => _ = up.insert(child.0),
                ChildEvent::Ended { .. } => _ = up.remove(&child.0),
                ChildEvent::Opened { .. }
                | ChildEvent::Installed(_)
                | ChildEvent::Entered(_)
                | ChildEvent::Agreed(_) => {}
            }
        }
        !up.is_empty()
    }

    pub(super) fn peer_table(&mut self, at: Instant) {
        self.of_peer(at, &asa::PEER_TABLE.print(&[]));
        self.of_peer(at, &asa::PEER_ENTRY.print(&[]));
    }
}
