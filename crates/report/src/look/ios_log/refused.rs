//! What IOS says of a message that it does not take.

use ike::reason::Mismatch;
use ike::{ChildMismatch, Reason};
use sim::Entry;

use vendor::{Printed, SIMULATED, ios};

use super::super::offers;
use super::Log;

impl Log<'_> {
    pub(super) fn refused(&mut self, entry: &Entry, reason: &Reason) {
        let at = entry.at;
        let (peer, local) = (self.peer.clone(), self.local.clone());
        match reason {
            Reason::NoProposalChosen { nearest } => self.no_offers(entry, nearest),
            Reason::NoTunnelGroup { .. } | Reason::NoPreSharedKey { .. } => {
                self.numbered(at, &ios::NO_KEY.print(&[("peer", &peer)]));
            }
            Reason::Undecryptable(_) | Reason::Malformed(_) | Reason::ReservedNotZero { .. } => {
                self.say(at, &ios::BAD_MESSAGE.print(&[("peer", &peer)]).text);
            }
            Reason::NoChild(mismatch) => {
                let line = match **mismatch {
                    ChildMismatch::Proxies { .. } => ios::NO_MAP.print(&[]),
                    ChildMismatch::Transform { .. }
                    | ChildMismatch::Mode { .. }
                    | ChildMismatch::Compression { .. } => ios::NO_TRANSFORM.print(&[]),
                    // Which number goes with these no trace shows.
                    ChildMismatch::Incomplete(_) | ChildMismatch::Pfs { .. } => {
                        let text = format!("{} {SIMULATED}", crate::reasons::reason(reason));
                        Printed { head: "ISAKMP-ERROR", text }
                    }
                };
                self.numbered(at, &line);
                self.numbered(at, &ios::NOT_ACCEPTABLE_2.print(&[("local", &local), ("peer", &peer)]));
            }
            Reason::UnprotectedNotify(_) => {}
            other @ (Reason::IkeDisabled
            | Reason::AggressiveModeDisabled
            | Reason::NoUsablePolicy
            | Reason::NoMarker
            | Reason::Version(_)
            | Reason::NotBlocks { .. }
            | Reason::UnknownExchange(_)
            | Reason::UnknownCookies
            | Reason::RemovedSa
            | Reason::OutOfOrder(_)
            | Reason::ChildDone
            | Reason::ChildGone
            | Reason::MapUnbound
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
                self.numbered(at, &Printed { head: "ISAKMP", text });
            }
        }
    }

    fn no_offers(&mut self, entry: &Entry, nearest: &[Mismatch]) {
        let at = entry.at;
        let (peer, local) = (self.peer.clone(), self.local.clone());
        let compared = offers::compared(self.setup, self.trace, self.device, entry.id, nearest);
        let offered = offers::offered(self.trace, entry.id);
        let last = compared.last().map(|pair| pair.transform);
        for pair in &compared {
            self.checking(at, pair.transform, pair.policy);
            let values = usize::from(pair.transform).checked_sub(1).and_then(|at| offered.get(at));
            if let Some(values) = values.and_then(offers::values) {
                self.values(at, &values);
            }
            for difference in &pair.differing {
                // IOS names the attribute and no values.
                let name = difference.attribute.name();
                self.numbered(at, &ios::DIFFERS.print(&[("attribute", &name)]));
            }
            // 3 is another transform.
            let next = if Some(pair.transform) == last { 0 } else { 3 };
            self.numbered(at, &ios::NOT_ACCEPTABLE.print(&[("next", &next)]));
        }
        self.numbered(at, &ios::NO_OFFERS.print(&[]));
        self.numbered(at, &ios::NOT_ACCEPTABLE_1.print(&[("local", &local), ("peer", &peer)]));
        let mode = if self.main_mode() { "Main" } else { "Aggressive" };
        self.say(at, &ios::MODE_FAILURE.print(&[("mode", &mode), ("peer", &peer)]).text);
    }
}
