//! Whether a conn does IKEv1.

use crate::device::Place;
use crate::ipsec::Reader;
use crate::proposal::Daemon;

/// Whether it does IKEv1.
pub(super) enum Version {
    Calls,
    /// It calls with IKEv2.
    Answers,
    No,
}

impl Reader<'_> {
    /// strongSwan: `keyexchange=ike`, the default, calls with IKEv2 and answers both (seen). libreswan 4: `ikev2=no`;
    /// 5: `keyexchange=ikev1`; without either 3 calls with IKEv1, and later ones with IKEv2.
    pub(super) fn version(&mut self, name: &str, head: &Place) -> Version {
        let exchange = self.get(name, "keyexchange").map(|value| value.value);
        match (self.daemon, exchange.as_deref()) {
            (_, Some("ikev1")) => return Version::Calls,
            (_, Some("ikev2")) => return Version::No,
            (Daemon::Charon, _) => return Version::Answers,
            (Daemon::Pluto, _) => {}
        }
        match self.get(name, "ikev2").map(|value| value.value).as_deref() {
            Some("no" | "never" | "permit") => Version::Calls,
            Some(_) => Version::No,
            None => {
                let message =
                    "no line asks for IKEv1: libreswan 3 calls with it, 4 and later call with IKEv2";
                self.problem(head, "", message.into(), "ikev2=no (4), keyexchange=ikev1 (5)");
                Version::Calls
            }
        }
    }
}
