//! The result of a Quick Mode: SAs with their keys.

use super::offer::Common;
use crate::event::{Agreed, IpsecSa};
use crate::exchange::{Keys, Secrets};
use crate::keymat::quick::ChildSeed;
use crate::selector::Selectors;

/// A child: what was agreed on, and an SA for each protocol and direction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Child {
    pub spi: [u8; 4],
    pub agreed: Agreed,
    pub sas: Vec<IpsecSa>,
}

impl Child {
    pub(super) fn new(
        secrets: &Secrets,
        seed: &ChildSeed,
        spi: [u8; 4],
        (common, udp, selectors): (Common, bool, Selectors),
    ) -> Child {
        let Common { set, mode, pfs, lifetime, kilobytes, spis } = common;
        let Keys { suite, keymat, .. } = secrets.keys();
        let mut sas = Vec::new();
        for (protocol, length) in set.protocols() {
            let theirs = spis.iter().find(|(known, _)| *known == protocol).map(|(_, spi)| spi.clone());
            // RFC 2409 5.5: the SPI of each direction is its receiver's, so that the two have different keys.
            for (inbound, spi) in [(true, spi.to_vec()), (false, theirs.unwrap_or_default())] {
                let key = seed.keymat(suite.hash, &keymat.skeyid_d, protocol, &spi, length);
                sas.push(IpsecSa { protocol, inbound, spi, key });
            }
        }
        let agreed = Agreed { set, mode, udp, pfs, lifetime, kilobytes, selectors };
        Child { spi, agreed, sas }
    }

    /// The peer receives on this SPI.
    pub fn sends_with(&self, spi: &[u8]) -> bool {
        self.sas.iter().any(|sa| !sa.inbound && sa.spi == spi)
    }
}
