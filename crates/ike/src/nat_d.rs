//! NAT-D (RFC 3947 section 3.2).

use std::net::IpAddr;

use isakmp::CookiePair;

use crate::crypto::HashAlg;

/// hash(CKY-I | CKY-R | address | port).
pub fn nat_d(hash: HashAlg, cookies: CookiePair, ip: IpAddr, port: u16) -> Vec<u8> {
    // The cookies make it another hash for each SA: no table of hashed addresses will do.
    let over = |address: &[u8]| {
        hash.digest(&[&cookies.initiator.0, &cookies.responder.0, address, &port.to_be_bytes()])
    };
    match ip {
        IpAddr::V4(address) => over(&address.octets()),
        IpAddr::V6(address) => over(&address.octets()),
    }
}
