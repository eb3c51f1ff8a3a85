//! Interfaces of IOS: addresses, standby groups, VRFs, maps, tunnels and the peers that NHRP gives them.

use std::net::IpAddr;

use crate::cisco::{Block, Reader};
use crate::device::Family;
use crate::device::Sourced;

impl Reader {
    pub(super) fn ios_interface(&mut self, name: &str, block: &Block<'_>) {
        for line in &block.body {
            let place = self.place(line);
            self.routed(&line.words());
            let interface = self.interface(name);
            match line.words().as_slice() {
                ["ip", "address", address, _, "secondary"] => {
                    interface.more.extend(address.parse().ok().map(|address| (address, place)));
                }
                ["ip", "address", address, ..] => {
                    (interface.address, interface.at) = (address.parse().ok(), Some(place));
                }
                ["ipv6", "address", address, ..] => {
                    let address: Option<IpAddr> = address.split('/').next().and_then(|a| a.parse().ok());
                    match (interface.address, address) {
                        (None, Some(_)) => (interface.address, interface.at) = (address, Some(place)),
                        (_, more) => interface.more.extend(more.map(|address| (address, place))),
                    }
                }
                ["standby", group, "ip", address, ..] => {
                    let address = address.parse().ok();
                    interface.standby.entry((*group).to_owned()).or_default().address = address;
                    // The group's address is the router's as long as it is active: peers call that one.
                    interface.more.extend(address.map(|address| (address, place)));
                }
                ["standby", group, "name", name] => {
                    interface.standby.entry((*group).to_owned()).or_default().name = Some((*name).to_owned());
                }
                ["vrf", "forwarding", vrf] | ["ip", "vrf", "forwarding", vrf] => {
                    interface.vrf = Some((*vrf).to_owned());
                }
                ["ip", "nhrp", "nhs", _, "nbma", hub, ..] | ["ip", "nhrp", "map", _, hub, ..]
                    if *hub != "dynamic" =>
                {
                    interface.tunnel.hubs.push(((*hub).to_owned(), place));
                }
                ["tunnel", "mode", "gre", "multipoint"] => interface.tunnel.open = true,
                ["tunnel", "mode", "ipsec", family] => {
                    interface.tunnel.any = Some(if *family == "ipv6" { Family::Six } else { Family::Four });
                }
                ["ip", "access-group", list, "in"] => {
                    interface.filter = Some(Sourced::new((*list).to_owned(), place));
                }
                ["crypto", "map", map, rest @ ..] => {
                    interface.map = Some((*map).to_owned());
                    let group =
                        if let ["redundancy", name, ..] = rest { Some((*name).to_owned()) } else { None };
                    interface.redundancy = group;
                }
                ["crypto", "ipsec", "client", "ezvpn", name] => interface.client = Some((*name).to_owned()),
                ["shutdown"] => interface.shutdown = Some(place),
                ["no", "shutdown"] => interface.shutdown = None,
                // `tunnel source GigabitEthernet 0/0` is the same interface as without the blank.
                ["tunnel", "source", source @ ..] => interface.tunnel.source = Some(source.concat()),
                ["tunnel", "destination", peer] => {
                    interface.tunnel.destination = Some(((*peer).to_owned(), place));
                }
                ["tunnel", "protection", "ipsec", "profile", profile, ..] => {
                    interface.tunnel.profile = Some((*profile).to_owned());
                    interface.tunnel.protected = Some(place);
                }
                _ => self.device.skipped += 1,
            }
        }
        let interface = self.interface(name);
        // Every caller gets an interface of its own, cloned from the template.
        interface.tunnel.open |= name.starts_with("Virtual-Template");
    }
}
