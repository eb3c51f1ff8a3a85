//! The Diffie-Hellman halves and the keys that follow: the same in both modes.

use std::sync::Arc;

use isakmp::Payload;

use super::Ctx;
use super::suite::{Secrets, Suite};
use crate::auth::Credentials;
use crate::config::TunnelGroup;
use crate::crypto::{DhError, Private};
use crate::event::Event;
use crate::keymat::{Gxi, Gxr, Gxy, HashInputs, Ni, Nr};
use crate::proposal::Chosen;
use crate::reason::Reason;
use crate::state::Role;

impl Ctx<'_> {
    /// Our private exponent and public value for a group.
    pub(super) fn own_public(&self, group: crate::crypto::DhGroup) -> (Private, Vec<u8>) {
        // By the number of the SA: a rekey with an old exponent would renew nothing.
        let private = self.streams.exponent(group, self.sa.0);
        let public = self.powers.public(group, &private);
        (private, public)
    }

    /// Whether a peer's public value can be used, as far as this vendor looks.
    pub(in crate::exchange) fn check_public(
        &self,
        group: crate::crypto::DhGroup,
        public: &[u8],
    ) -> Result<(), Reason> {
        group.check_public(public).map_err(Reason::BadPublicValue)?;
        // A power each time, which a value made here need not pay for.
        let looks =
            self.config.profile.public_value_must_be_square.value && !self.powers.has_made(group, public);
        if looks && !group.is_square(public) {
            return Err(Reason::BadPublicValue(DhError::NotSquare));
        }
        Ok(())
    }

    /// g^xy, unless the peer's value cannot be used or is our own come back.
    pub(super) fn shared(
        &self,
        group: crate::crypto::DhGroup,
        private: &Private,
        role: Role,
        inputs: &HashInputs,
    ) -> Result<Gxy, Reason> {
        let HashInputs { gxi: Gxi(gxi), gxr: Gxr(gxr), .. } = inputs;
        // RFC 2409 5: HASH_I and HASH_R differ only by the order of two unequal public values; equal ones prove nothing.
        if gxi == gxr {
            return Err(Reason::Reflected);
        }
        let peers = match role {
            Role::Initiator => gxr,
            Role::Responder => gxi,
        };
        // Before the power: with a value of small order the shared secret could be guessed.
        self.check_public(group, peers)?;
        self.powers.shared(group, private, peers).map(Gxy::new).map_err(Reason::BadPublicValue)
    }

    /// Derives the keys and says so.
    pub(super) fn derive(
        &mut self,
        suite: Suite,
        credentials: &Credentials,
        gxy: Gxy,
        nonces: (&Ni, &Nr),
        inputs: HashInputs,
    ) -> Secrets {
        let secrets = Secrets::derive(suite, credentials, &gxy, nonces, inputs);
        // Told before anything has verified: also a failed exchange can be opened in its capture.
        let keymat = Arc::clone(&secrets.keymat);
        self.say(|sa| Event::Keys { sa, gxy, keymat });
        secrets
    }

    /// MSG3 and MSG4: public value, nonce, vendor ids, NAT-D.
    pub(super) fn key_exchange(&self, chosen: &Chosen, own: [Payload; 2], nat_t: bool) -> Vec<Payload> {
        let mut payloads = Vec::from(own);
        payloads.extend(self.vendor_ids(self.config.profile.vendor_ids.value.key_exchange, nat_t));
        if nat_t {
            payloads.extend(self.nat_d_payloads(chosen.negotiated.hash, self.path));
        }
        payloads
    }

    pub(super) fn say_chosen(&mut self, chosen: &Chosen) {
        let Chosen { negotiated, policy, lifetime } = *chosen;
        self.say(|sa| Event::Chosen { sa, negotiated, policy, lifetime });
    }

    pub(super) fn say_group(&mut self, group: Option<&TunnelGroup>) {
        if let Some(group) = group {
            let group = group.name.clone();
            self.say(|sa| Event::GroupFound { sa, group });
        }
    }
}
