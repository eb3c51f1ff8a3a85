//! The result of a Quick Mode: SAs with their keys.

use isakmp::ProtocolId;

use super::offer::Common;
use crate::event::{Agreed, Compressed, IpsecSa};
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
        cpi: u16,
        (common, udp, selectors): (Common, bool, Selectors),
    ) -> Child {
        let Common { set, compression, mode, pfs, lifetime, kilobytes, theirs: _, spis } = common;
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
        // The peer's stands where other protocols have their SPI.
        let theirs = spis.iter().find(|(protocol, _)| *protocol == ProtocolId::IPCOMP);
        let peer_cpi = theirs.and_then(|(_, spi)| cpi_of(spi));
        let compression =
            compression.zip(peer_cpi).map(|(by, peer_cpi)| Compressed { by, own_cpi: cpi, peer_cpi });
        let agreed = Agreed { set, compression, mode, udp, pfs, lifetime, kilobytes, selectors };
        Child { spi, agreed, sas }
    }

    /// The peer receives on this SPI.
    pub fn sends_with(&self, spi: &[u8]) -> bool {
        self.sas.iter().any(|sa| !sa.inbound && sa.spi == spi)
    }
}

/// The CPI that stands where other protocols have their SPI.
pub(super) fn cpi_of(spi: &[u8]) -> Option<u16> {
    // RFC 3173 4: two bytes, or the last two of four.
    match spi {
        [high, low] | [0, 0, high, low] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}
