//! What IOS says of a message that it does not take.

use ike::reason::Mismatch;
use ike::{ChildMismatch, Instant, Reason};

use super::super::SIMULATED;
use super::Log;

impl Log<'_> {
    pub(super) fn refused(&mut self, at: Instant, reason: &Reason) {
        let (peer, local) = (self.peer.clone(), self.local.clone());
        match reason {
            Reason::NoProposalChosen { nearest } => self.no_offers(at, nearest),
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

    fn no_offers(&mut self, at: Instant, nearest: &[Mismatch]) {
        let (peer, local) = (self.peer.clone(), self.local.clone());
        for difference in nearest.iter().flat_map(|near| &near.differing) {
            // IOS names the attribute and no values.
            let name = difference.attribute.name();
            self.numbered(at, "ISAKMP", &format!("{name} offered does not match policy!"));
        }
        self.numbered(at, "ISAKMP", "atts are not acceptable. Next payload is 0");
        self.numbered(at, "ISAKMP", "no offers accepted!");
        let text = format!("phase 1 SA policy not acceptable! (local {local} remote {peer})");
        self.numbered(at, "ISAKMP", &text);
        let mode = if self.main_mode() { "Main" } else { "Aggressive" };
        let text =
            format!("%CRYPTO-6-IKMP_MODE_FAILURE: Processing of {mode} mode failed with peer at {peer}");
        self.say(at, &text);
    }
}
