//! Where a device's packets go, as far as static routes and its own networks tell.

use std::net::{IpAddr, Ipv4Addr};

use super::{Reader, access};

impl Reader {
    /// A line that routes something, or that may bring routes which no line names. False: neither.
    pub(super) fn routed(&mut self, words: &[&str]) -> bool {
        let (net, mask) = match words {
            // A front-door VRF has a table of its own; a protocol or DHCP brings what no line shows.
            ["router" | "eigrp", ..]
            | ["ip", "route", "vrf", ..]
            | ["ip", "address", "dhcp" | "negotiated" | "pppoe", ..]
            | ["ipv6", "route", ..] => {
                self.device.learns_routes = true;
                return true;
            }
            ["ip", "route", net, mask, ..]
            | ["ip", "address", net, mask, ..]
            | ["route", _, net, mask, ..] => (net, mask),
            _ => return false,
        };
        let zero = |word: &str| if word == "0" { Some(IpAddr::from(Ipv4Addr::UNSPECIFIED)) } else { None };
        let net = zero(net).or_else(|| self.address(net));
        let mask = if *mask == "0" { Some(Ipv4Addr::UNSPECIFIED) } else { mask.parse().ok() };
        let route = net.zip(mask.and_then(|mask| access::bits(mask, false)));
        self.device.routes.extend(route);
        route.is_some()
    }
}
