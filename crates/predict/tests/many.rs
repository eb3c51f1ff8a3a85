//! Files of tens of thousands of devices, interfaces, keys and lines are read as small ones are; a few lines that mean
//! very much do not.

#![cfg(test)]

use std::net::{IpAddr, Ipv4Addr};

use config::{Device, Format, Key, Remote};

const MANY: u32 = 32_000;
const POLICY: &str = "crypto isakmp policy 10\n encr aes 256\n authentication pre-share\n group 14\n";

fn address(n: u32) -> IpAddr {
    Ipv4Addr::from(0x0a00_0000 + n).into()
}

/// A line or lines for each number.
fn each(count: u32, lines: impl Fn(u32, IpAddr) -> String) -> String {
    (0..count).map(|n| lines(n, address(n))).collect()
}

fn devices(text: &str, format: Format) -> Vec<Device> {
    config::read("many", text.as_bytes(), Some(format)).devices
}

fn one(text: &str, format: Format) -> Device {
    let mut all = devices(text, format);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

/// The key that a device has for the n-th peer.
fn key(device: &Device, n: u32) -> Vec<u8> {
    match &device.key_for(address(n), "192.0.2.1".parse().unwrap(), true).unwrap().key {
        Key::Known(secret) => secret.reveal().to_vec(),
        other @ (Key::Masked | Key::Missing) => panic!("{other:?}"),
    }
}

#[test]
fn many_devices_in_one_file() {
    let text = each(MANY, |n, own| {
        let peer = address(n ^ 1);
        format!(
            "hostname r{n}\n{POLICY}crypto isakmp key k address {peer}\ncrypto map m 10 ipsec-isakmp\n set peer {peer}\n\
             interface Gi0/0\n ip address {own} 255.255.255.0\n crypto map m\n"
        )
    });
    let devices = devices(&text, Format::Ios);
    assert_eq!(devices.len(), MANY as usize);
    let all: Vec<&Device> = devices.iter().collect();
    let (sessions, unmatched) = predict::sessions(&all);
    assert_eq!((sessions.len(), unmatched.len()), (MANY as usize, 0));
    assert!(sessions.iter().all(|session| session.initiator.address != session.responder.address));
}

#[test]
fn many_interfaces_keys_entries_and_tunnels() {
    let interfaces =
        each(MANY, |n, own| format!("interface Gi0/{n}\n ip address {own} 255.255.255.0\n crypto map m\n"));
    let entry = "crypto map m 10 ipsec-isakmp\n set peer 203.0.113.1\n";
    for named in ["hostname a\n", ""] {
        let device = one(&format!("{named}{POLICY}{entry}{interfaces}"), Format::Ios);
        assert_eq!((device.interfaces.len(), device.connections.len()), (MANY as usize, MANY as usize));
    }
    let keys = each(MANY, |n, peer| format!("crypto isakmp key k{n} address {peer}\n"));
    let entries = each(MANY, |n, peer| {
        format!("crypto map m {} ipsec-isakmp\n set peer {peer}\n match address a{n}\n", n + 1)
    });
    let lists = each(MANY, |n, net| format!("access-list a{n} permit ip host {net} any\n"));
    let on = "interface Gi0/0\n ip address 192.0.2.1 255.255.255.0\n crypto map m\n";
    let device = one(&format!("hostname a\n{POLICY}{keys}{entries}{lists}{on}"), Format::Ios);
    assert_eq!((device.keys.len(), device.connections.len()), (MANY as usize, MANY as usize));
    assert_eq!(key(&device, MANY - 1), b"k31999");
    assert!(device.connections.iter().all(|connection| connection.children[0].acl.get().unwrap().len() == 1));
    let tunnels = each(MANY, |n, peer| {
        format!(
            "interface Tunnel{n}\n tunnel source Gi0/0\n tunnel destination {peer}\n tunnel protection ipsec profile p\n"
        )
    });
    let device = one(&format!("hostname a\n{POLICY}crypto ipsec profile p\n{on}{tunnels}"), Format::Ios);
    let own = Some("192.0.2.1".parse().unwrap());
    assert!(device.connections.len() == MANY as usize && device.connections.iter().all(|c| c.local == own));
}

/// Lines that nobody reads, and lines that take others back.
#[test]
fn many_lines_of_no_matter() {
    let taken_back = each(MANY, |_, host| format!("logging host {host}\nno logging host {host}\n"));
    let inner = each(MANY, |n, _| format!(" description {n}\n no description {n}\n"));
    let text = format!(
        "hostname a\n{POLICY}{taken_back}interface Gi0/0\n{inner} ip address 192.0.2.1 255.255.255.0\n"
    );
    let device = one(&text, Format::Ios);
    assert_eq!((device.interfaces.len(), device.policies.len()), (1, 1));
    // Of each pair the `no` stays, and matters as little.
    assert_eq!(device.skipped, 2 * MANY as usize);
}

#[test]
fn many_tunnel_groups_and_objects() {
    const GROUPS: u32 = 15_000;
    let groups = each(GROUPS, |n, peer| {
        format!(
            "tunnel-group {peer} type ipsec-l2l\ntunnel-group {peer} ipsec-attributes\n ikev1 pre-shared-key old\n\
             tunnel-group {peer} ipsec-attributes\n ikev1 pre-shared-key k{n}\n"
        )
    });
    let objects = each(MANY, |n, net| format!("object network o{n}\n host {net}\nname {net} n{n}\n"));
    let list = each(MANY, |n, _| format!("access-list out extended permit udp object o{n} any\n"));
    let entries = each(GROUPS, |n, _| {
        format!("crypto map m {0} set peer n{n}\ncrypto map m {0} match address a\n", n + 1)
    });
    let text = format!(
        "ASA Version 9.2(2)4\nhostname a\ninterface Ethernet0/0\n nameif outside\n ip address 192.0.2.1 255.255.255.0\n\
         {groups}{objects}{list}access-group out in interface outside control-plane\n{entries}crypto map m interface outside\n"
    );
    let device = one(&text, Format::Asa);
    assert_eq!((device.keys.len(), device.connections.len()), (GROUPS as usize, GROUPS as usize));
    assert_eq!(key(&device, GROUPS - 1), b"k14999", "the later key counts");
    assert!(device.connections.iter().all(|connection| matches!(connection.remote, Remote::Address(_))));
}

#[test]
fn many_conns_of_daemons() {
    let conns = each(MANY, |n, peer| {
        format!("conn c{n}\n left=192.0.2.1\n right={peer}\n authby=secret\n ikev2=no\n\n")
    });
    let secrets = each(MANY, |n, peer| format!("192.0.2.1 {peer} : PSK \"k{n}\"\n"));
    for format in [Format::Strongswan, Format::Libreswan] {
        let text = format!("conn %default\n keyexchange=ikev1\n\n{conns}{secrets}");
        let device = one(&text, format);
        assert_eq!(
            (device.connections.len(), device.keys.len()),
            (MANY as usize, MANY as usize),
            "{format:?}"
        );
    }
    // One conn with very many values, which all others inherit.
    let values = each(MANY, |n, _| format!(" x-{n}=1\n"));
    let text =
        format!("conn %default\n{values}conn c\n left=192.0.2.1\n right=10.0.0.1\n keyexchange=ikev1\n");
    assert_eq!(one(&text, Format::Strongswan).connections.len(), 1);
    let open = format!(": PSK\n{}", " PSK\n".repeat(MANY as usize));
    one(&format!("{text}\n{open}"), Format::Libreswan);
}

/// Each line doubles what the one before it means.
#[test]
fn groups_of_groups_are_bounded() {
    let first = "object-group network g0\n network-object host 10.0.0.1\n network-object host 10.0.0.2\n";
    let doubled: String = (1..64)
        .map(|n| format!("object-group network g{n}\n group-object g{0}\n group-object g{0}\n", n - 1))
        .collect();
    let text = format!(
        "ASA Version 9.2(2)4\nhostname a\ninterface Ethernet0/0\n nameif outside\n ip address 192.0.2.1 255.255.255.0\n{first}{doubled}\
         access-list l extended permit ip object-group g63 object-group g63\ncrypto map m 1 set peer 10.0.0.1\n\
         crypto map m 1 match address l\ncrypto map m interface outside\n"
    );
    let device = one(&text, Format::Asa);
    let child = &device.connections[0].children[0];
    assert!(!child.is_shown() && child.doubts[0].text.contains("more than 64 lines"), "{child:?}");
}

/// Entries times interfaces: bounded, and said.
#[test]
fn maps_on_many_interfaces_are_bounded() {
    let entries = each(1000, |n, peer| format!("crypto map m {} ipsec-isakmp\n set peer {peer}\n", n + 1));
    let interfaces =
        each(1000, |n, own| format!("interface Gi0/{n}\n ip address {own} 255.255.255.0\n crypto map m\n"));
    let device = one(&format!("hostname a\n{POLICY}{entries}{interfaces}"), Format::Ios);
    assert_eq!(device.connections.len(), 65_536);
    assert!(
        device.problems.iter().any(|problem| problem.message.contains("more connections")),
        "{:?}",
        device.problems
    );
}

/// One line of a megabyte: its text is held once, not for each of the peers in it.
#[test]
fn many_peers_in_one_line() {
    let peers: String = (0..MANY).map(|n| format!(" {}", address(n))).collect();
    let text = format!(
        "ASA Version 9.2(2)4\nhostname a\ninterface Ethernet0/0\n nameif outside\n ip address 192.0.2.1 255.255.255.0\n\
         crypto map m 1 set peer{peers}\ncrypto map m interface outside\n"
    );
    let device = one(&text, Format::Asa);
    assert_eq!(device.connections.len(), MANY as usize);
    let [first, .., last] = device.connections.as_slice() else { panic!() };
    assert!(std::sync::Arc::ptr_eq(&first.at.text, &last.at.text));
}
