//! Which IKE a conn speaks, and whether XAUTH follows.

use crate::daemon;
use crate::device::{Place, Sourced, Version, Xauth};
use crate::ipsec::Reader;
use crate::proposal::Daemon;
use crate::subject::Subject;

impl Reader<'_> {
    /// strongSwan: `keyexchange=ike`, the default, calls with IKEv2 and answers both (seen). libreswan 4: `ikev2=no`;
    /// 5: `keyexchange=ikev1`; without either 3 calls with IKEv1, and later ones with IKEv2.
    pub(super) fn version(&mut self, name: &str, head: &Place) -> Sourced<Version> {
        let exchange = self.get(name, "keyexchange");
        match (self.daemon, exchange.as_ref().map(|exchange| exchange.value.as_str())) {
            (_, Some("ikev1")) => return exchange.said(Version::One),
            (_, Some("ikev2")) => return exchange.said(Version::Two),
            (Daemon::Charon, _) => return exchange.said(Version::Both),
            (Daemon::Pluto, _) => {}
        }
        let ikev2 = self.get(name, "ikev2");
        match ikev2.as_ref().map(|value| value.value.as_str()) {
            // `permit` answers IKEv2, and calls with IKEv1.
            Some("no" | "never" | "permit") => ikev2.said(Version::One),
            Some(_) => ikev2.said(Version::Two),
            None => {
                let message =
                    "no line asks for IKEv1: libreswan 3 calls with it, 4 and later call with IKEv2";
                self.problem(
                    Some(Subject::Enabled),
                    head,
                    "",
                    message.into(),
                    "ikev2=no (4), keyexchange=ikev1 (5)",
                );
                Sourced { value: Version::One, at: Some(head.clone()) }
            }
        }
    }

    /// strongSwan: a second round, or `authby=xauthpsk` with `xauth=server` (else it is the client). libreswan:
    /// `leftxauthclient`, `leftxauthserver`, on either side.
    pub(super) fn xauth(&mut self, name: &str, own: &str) -> Option<Sourced<Xauth>> {
        let peer = if own == "left" { "right" } else { "left" };
        let told = [
            (own, "xauthclient", Xauth::Client),
            (own, "xauthserver", Xauth::Server),
            (peer, "xauthclient", Xauth::Server),
            (peer, "xauthserver", Xauth::Client),
        ];
        for (side, word, is) in told {
            let said = self.get(name, &format!("{side}{word}"));
            if let Some(said) = said.filter(|said| daemon::flag(&said.value) == Some(true)) {
                return Some(Sourced { value: is, at: said.at });
            }
        }
        for (side, is) in [(own, Xauth::Client), (peer, Xauth::Server)] {
            let second = self.get(name, &format!("{side}auth2"));
            if let Some(second) = second.filter(|second| second.value.starts_with("xauth")) {
                return Some(Sourced { value: is, at: second.at });
            }
        }
        let by = self.get(name, "authby").filter(|by| by.value.starts_with("xauth"))?;
        let server = self.get(name, "xauth").is_some_and(|xauth| xauth.value == "server");
        Some(Sourced { value: if server { Xauth::Server } else { Xauth::Client }, at: by.at })
    }
}

/// A value with the line of what said it.
trait Saying {
    fn said<T>(self, value: T) -> Sourced<T>;
}

impl Saying for Option<Sourced<String>> {
    fn said<T>(self, value: T) -> Sourced<T> {
        Sourced { value, at: self.and_then(|said| said.at) }
    }
}
