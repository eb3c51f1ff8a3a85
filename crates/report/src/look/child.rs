//! A flow and its child as `show crypto ipsec sa` shows them, in any vendor's words.

use std::net::IpAddr;

use ike::config::MapEntry;
use ike::ipsec::{EspCipher, Integrity};
use ike::{Agreed, IpsecSa, Selectors};
use isakmp::ProtocolId;

/// One flow of a device, with its child where there is one.
pub(super) struct Block<'t> {
    pub flow: Selectors,
    pub local: IpAddr,
    pub peer: IpAddr,
    /// Number of its crypto map entry.
    pub sequence: u16,
    /// `match address` names the very flow, or something that the child was narrowed from.
    pub entry: Option<&'t MapEntry>,
    pub up: Option<Up<'t>>,
}

/// A child that is up.
pub(super) struct Up<'t> {
    /// Of the device's children, from 1.
    pub number: u32,
    pub agreed: Agreed,
    pub sas: &'t [IpsecSa],
    /// The peer's UDP port, as this device sees it.
    pub port: u16,
    /// Seconds left.
    pub left: u64,
}

impl Up<'_> {
    /// The SA of this protocol and direction.
    pub fn sa(&self, protocol: ProtocolId, inbound: bool) -> Option<&IpsecSa> {
        self.sas.iter().find(|sa| sa.protocol == protocol && sa.inbound == inbound)
    }

    /// The words of its transform set for this protocol, as `esp` has cipher and HMAC of this vendor.
    pub fn words(
        &self,
        protocol: ProtocolId,
        esp: impl Fn(Option<EspCipher>, Option<Integrity>) -> String,
    ) -> String {
        let set = self.agreed.set;
        if protocol == ProtocolId::AH {
            return set.ah.and_then(Integrity::ah_word).unwrap_or("-").into();
        }
        let (cipher, hmac) = set.esp.unzip();
        esp(cipher, hmac.flatten())
    }
}

/// The SPI as a number.
pub(super) fn number(spi: &[u8]) -> u32 {
    <[u8; 4]>::try_from(spi).map_or(0, u32::from_be_bytes)
}
