//! What IOS says of a message that it does not take.

use ike::reason::Mismatch;
use ike::{ChildMismatch, Reason};
use sim::Entry;

use super::super::{SIMULATED, offers};
use super::Log;

impl Log<'_> {
    pub(super) fn refused(&mut self, entry: &Entry, reason: &Reason) {
        let at = entry.at;
        let (peer, local) = (self.peer.clone(), self.local.clone());
        match reason {
            Reason::NoProposalChosen { nearest } => self.no_offers(entry, nearest),
            Reason::NoTunnelGroup { .. } | Reason::NoPreSharedKey { .. } => {
                self.numbered(at, "ISAKMP", &format!("No pre-shared key with {peer}!"));
            }
            // With wrong keys decryption does not fail, it yields junk: lengths and reserved bytes that cannot be.
            Reason::Undecryptable(_) | Reason::Malformed(_) | Reason::ReservedNotZero { .. } => {
                let text = format!(
                    "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from {peer} failed its sanity check or is malformed"
                );
                self.say(at, &text);
            }
            Reason::NoChild(mismatch) => {
                // 32: no map for these proxies; 256: no such transform, or the other mode.
                let error = match **mismatch {
                    ChildMismatch::Proxies { .. } | ChildMismatch::Incomplete(_) => 32,
                    ChildMismatch::Transform { .. }
                    | ChildMismatch::Mode { .. }
                    | ChildMismatch::Compression { .. }
                    | ChildMismatch::Pfs { .. } => 256,
                };
                let text = format!("IPSec policy invalidated proposal with error {error}");
                self.numbered(at, "ISAKMP-ERROR", &text);
                let text = format!("phase 2 SA policy not acceptable! (local {local} remote {peer})");
                self.numbered(at, "ISAKMP-ERROR", &text);
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
                self.numbered(at, "ISAKMP", &text);
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
                self.numbered(at, "ISAKMP", &format!("{name} offered does not match policy!"));
            }
            // 3 is another transform.
            let next = if Some(pair.transform) == last { 0 } else { 3 };
            self.numbered(at, "ISAKMP", &format!("atts are not acceptable. Next payload is {next}"));
        }
        self.numbered(at, "ISAKMP", "no offers accepted!");
        let text = format!("phase 1 SA policy not acceptable! (local {local} remote {peer})");
        self.numbered(at, "ISAKMP", &text);
        let mode = if self.main_mode() { "Main" } else { "Aggressive" };
        let text =
            format!("%CRYPTO-6-IKMP_MODE_FAILURE: Processing of {mode} mode failed with peer at {peer}");
        self.say(at, &text);
    }
}
