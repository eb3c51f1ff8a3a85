//! What an ASA says of a message that it does not take.

use ike::{ChildMismatch, Instant, Reason, Selector, Subnet};
use sim::{Datagram, Entry};

use super::super::{SIMULATED, offers};
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
                    let text = format!(
                        "Phase 1 failure:  Mismatched attribute types for class {}:  Rcv'd: {}  Cfg'd: {}",
                        difference.attribute.name(),
                        difference.offered,
                        difference.own
                    );
                    self.of_peer(at, "5-713257", &text);
                }
                self.of_peer(at, "3-713048", "Error processing payload: Payload ID: 1");
            }
            Reason::NoTunnelGroup { .. } | Reason::NoPreSharedKey { .. } => {
                // Main Mode's identity comes with message 5, too late for the key: the address is what is left.
                let group = self.peer.clone();
                let text =
                    format!("Group {group} not found and BASE GROUP default preshared key not configured");
                self.of_peer(at, "3-713138", &text);
                self.of_peer(at, "5-713904", "Can't find a valid tunnel group, aborting...!");
                self.peer_table(at);
            }
            Reason::NoChild(mismatch) => self.child_refused(entry, mismatch),
            // Recorded refusals are logged where they arrive.
            Reason::UnprotectedNotify(_) => {}
            Reason::RemovedSa | Reason::UnknownCookies => {
                let text = "Received encrypted packet with no matching SA, dropping";
                self.of_peer(at, "5-713904", text);
            }
            // Named one by one: a reason that is added must be given a wording here.
            other @ (Reason::AggressiveModeDisabled
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
            | Reason::MapUnbound
            | Reason::MapIncomplete(_)
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
                let text = format!("{} {SIMULATED}", diagnose::words::reason(other));
                self.of_peer(at, "5-713904", &text);
            }
        }
    }

    fn discarded(&mut self, entry: &Entry) {
        let arrived = self.trace.causes(entry.id).find_map(|cause| cause.kind.arrived());
        if let Some(Datagram { from, to, .. }) = arrived {
            let end = |end: &std::net::SocketAddr| format!("{}/{}", end.ip(), end.port());
            let text = format!("UDP request discarded from {} to outside:{}", end(from), end(to));
            self.say(entry.at, "7-710005", &text);
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
                let text = format!(
                    "Rejecting IPSec tunnel: no matching crypto map entry for remote proxy {} local proxy {} on interface outside",
                    proxy(&offered.remote),
                    proxy(&offered.local)
                );
                self.of_peer(at, "3-713061", &text);
            }
            // An incomplete entry is passed over, so only the lines below tell of it.
            ChildMismatch::Incomplete(_) => {}
            ChildMismatch::Transform { .. }
            | ChildMismatch::Mode { .. }
            | ChildMismatch::Compression { .. }
            | ChildMismatch::Pfs { .. } => {
                self.of_peer(at, "5-713904", "All IPSec SA proposals found unacceptable!");
            }
        }
        let arrived = self.trace.causes(entry.id).find_map(|cause| cause.kind.arrived());
        let id = arrived.map_or(0, |datagram| datagram.message_id().0);
        // A constant for the device's pointer, so that equal runs print equal bytes.
        let text = format!("QM FSM error (P2 struct &0x00007fff33763a70, mess id 0x{id:x})!");
        self.of_peer(at, "3-713902", &text);
        self.of_peer(at, "3-713902", "Removing peer from correlator table failed, no match!");
        // Traces show this reason for proxies and for entries that are not there; for the rest it is inferred.
        let seen = matches!(mismatch, ChildMismatch::Proxies { .. } | ChildMismatch::Incomplete(_));
        let mark = if seen { String::new() } else { format!(" {SIMULATED}") };
        let text = format!("Session is being torn down. Reason: crypto map policy not found{mark}");
        self.of_peer(at, "5-713259", &text);
    }

    pub(super) fn peer_table(&mut self, at: Instant) {
        self.of_peer(at, "3-713902", "Removing peer from peer table failed, no match!");
        self.of_peer(at, "4-713903", "Error: Unable to remove PeerTblEntry");
    }
}
