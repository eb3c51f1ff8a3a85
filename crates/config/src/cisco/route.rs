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
            // A route to what the entry protects, which no line shows either.
            | ["reverse-route", ..]
            | ["crypto", _, _, _, "set", "reverse-route", ..]
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

#[cfg(test)]
mod tests {
    use crate::{Format, read};

    /// `reverse-route` brings a route that no line shows.
    #[test]
    fn an_entry_may_bring_its_routes() {
        let ios = "hostname r\ncrypto map m 10 ipsec-isakmp\n set peer 192.0.2.1\n";
        let asa = "hostname f\ncrypto map m 10 set peer 192.0.2.1\n";
        for (format, text, line) in [
            (Format::Ios, ios, " reverse-route static\n"),
            (Format::Asa, asa, "crypto map m 10 set reverse-route\n"),
        ] {
            let learns = |text: &str| read("f", text.as_bytes(), Some(format)).devices[0].learns_routes;
            assert!(!learns(text) && learns(&format!("{text}{line}")), "{line}");
        }
    }
}
