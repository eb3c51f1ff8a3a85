//! What a child protects: subnets, selectors, crypto map entries. Checked against addresses one by one.

#![cfg(test)]

use std::net::IpAddr;
use std::time::Duration;

use ike::config::{AclEnd, Net};
use ike::crypto::DhGroup;
use ike::ipsec::{Encapsulation, TransformSet};
use ike::{AclLine, MapEntry, MapPart, Policy, Retry, Selector, Selectors, Subnet};
use proptest::prelude::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn subnet(text: &str) -> Subnet {
    let (address, prefix) = text.split_once('/').unwrap();
    Subnet::new(ip(address), prefix.parse().unwrap()).unwrap()
}

fn selector(text: &str, protocol: u8, port: u16) -> Selector {
    Selector { subnet: subnet(text), protocol, port }
}

#[test]
fn a_subnet_is_cut_at_its_prefix() {
    for (address, prefix, shown, mask) in [
        ("10.1.2.3", 24, "10.1.2.0/24", "255.255.255.0"),
        ("10.1.2.3", 32, "10.1.2.3", "255.255.255.255"),
        ("10.1.2.3", 0, "0.0.0.0/0", "0.0.0.0"),
        ("10.1.255.3", 17, "10.1.128.0/17", "255.255.128.0"),
        ("2001:db8:1:2::3", 48, "2001:db8:1::/48", "ffff:ffff:ffff::"),
        ("2001:db8::3", 128, "2001:db8::3", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("2001:db8::3", 0, "::/0", "::"),
    ] {
        let subnet = Subnet::new(ip(address), prefix).unwrap();
        assert_eq!((subnet.to_string().as_str(), subnet.mask()), (shown, ip(mask)));
        assert_eq!((subnet.prefix(), subnet.is_host()), (prefix, !shown.contains('/')));
    }
    assert_eq!([Subnet::new(ip("10.0.0.0"), 33), Subnet::new(ip("::"), 129)], [None, None]);
    assert_eq!(Subnet::host(ip("10.1.2.3")), subnet("10.1.2.3/32"));
    assert!(!subnet("0.0.0.0/0").contains(subnet("2001:db8::/32")));
    assert!(!subnet("::/0").contains(subnet("10.0.0.0/8")));
}

proptest! {
    /// A subnet holds another exactly where it holds its first address and its last.
    #[test]
    fn one_holds_another_where_it_holds_both_its_ends(own: u32, other: u32, p in 0..=32_u8, q in 0..=32_u8, near: bool) {
        // Near ones, or hardly any would hold another.
        let other = if near { own ^ (other >> 16) } else { other };
        let [one, two] = [(own, p), (other, q)].map(|(bits, prefix)| Subnet::new(IpAddr::from(bits.to_be_bytes()), prefix).unwrap());
        let size = |prefix: u8| (1_u64 << (32 - prefix)) - 1;
        let low = |bits: u32, prefix: u8| u64::from(bits) & !size(prefix);
        let (from, to) = (low(other, q), low(other, q) + size(q));
        let holds = low(own, p) <= from && to <= low(own, p) + size(p);
        prop_assert_eq!(one.contains(two), holds);
    }
}

#[test]
fn any_protocol_and_any_port_hold_each_one() {
    let all = selector("10.0.0.0/8", 0, 0);
    let udp = selector("10.1.0.0/16", 17, 0);
    let l2tp = selector("10.1.0.0/16", 17, 1701);
    let tcp = selector("10.1.0.0/16", 6, 0);
    for (one, other, holds) in [
        (all, udp, true),
        (all, l2tp, true),
        (udp, l2tp, true),
        (l2tp, l2tp, true),
        (l2tp, udp, false),
        (udp, all, false),
        (tcp, udp, false),
        (Selector { port: 1702, ..l2tp }, l2tp, false),
        (selector("10.2.0.0/16", 0, 0), udp, false),
    ] {
        assert_eq!(one.contains(&other), holds, "{one} {other}");
        // A flow is in another where both its ends are.
        let flow = |local, remote| Selectors { local, remote };
        assert_eq!(flow(one, all).contains(&flow(other, all)), holds);
        assert_eq!(flow(all, one).contains(&flow(all, other)), holds);
    }
    let shown = [all, udp, l2tp].map(|one| one.to_string());
    assert_eq!(shown, ["10.0.0.0/8", "10.1.0.0/16/udp", "10.1.0.0/16:1701/udp"]);
    assert_eq!(Selectors { local: all, remote: udp }.to_string(), "10.0.0.0/8 <-> 10.1.0.0/16/udp");
}

#[test]
fn what_is_in_both_is_the_narrower_of_each() {
    let common = |one: Selector, other: Selector| {
        let flow = |local| Selectors { local, remote: selector("10.9.0.0/16", 0, 0) };
        let both = flow(one).common(&flow(other));
        assert_eq!(flow(other).common(&flow(one)), both, "whoever asks");
        both.map(|flow| flow.local.to_string())
    };
    let all = selector("10.0.0.0/8", 0, 0);
    assert_eq!(common(all, selector("10.1.0.0/16", 17, 1701)).unwrap(), "10.1.0.0/16:1701/udp");
    assert_eq!(
        common(selector("10.1.0.0/16", 0, 0), selector("10.0.0.0/8", 6, 0)).unwrap(),
        "10.1.0.0/16/tcp"
    );
    assert_eq!(common(selector("10.1.0.0/16", 6, 0), selector("10.1.0.0/16", 17, 0)), None);
    assert_eq!(common(selector("10.1.0.0/16", 6, 1), selector("10.1.0.0/16", 6, 2)), None);
    assert_eq!(common(selector("10.1.0.0/16", 0, 0), selector("10.2.0.0/16", 0, 0)), None);
}

fn entry() -> MapEntry {
    let end = |text| AclEnd { net: Net::Subnet(subnet(text)), port: 0 };
    let line =
        AclLine { permit: true, protocol: 0, source: end("10.1.0.0/24"), destination: end("10.2.0.0/24") };
    MapEntry {
        sequence: 20,
        interface: false,
        peers: vec![ip("198.51.100.1"), ip("198.51.100.2")],
        acl: vec![line, AclLine { permit: false, ..line }],
        transform_sets: vec![TransformSet::from_words("esp-aes-256 esp-sha-hmac").unwrap()],
        compress: true,
        mode: Encapsulation::Transport,
        pfs: Some(DhGroup::Modp2048),
        lifetime: 3600,
        kilobytes: 100,
        dynamic: true,
        retry: Retry::After(Duration::from_secs(9)),
        attempts: 4,
    }
}

/// What the other side has to have is of use to this one: the same but for whom it calls and what it looks like from there.
#[test]
fn the_mirror_of_an_entry() {
    let mirror = entry().mirrored(ip("203.0.113.1"));
    assert_eq!(mirror.peers, [ip("203.0.113.1")]);
    assert_eq!(mirror.acl[0].to_string(), "ip 10.2.0.0/24 10.1.0.0/24");
    assert!(mirror.interface && !mirror.dynamic);
    assert_eq!((mirror.retry, mirror.attempts), (Retry::Vendor, 1));
    let MapEntry { sequence, transform_sets, compress, mode, pfs, lifetime, kilobytes, .. } = entry();
    assert_eq!((mirror.sequence, mirror.compress, mirror.mode), (sequence, compress, mode));
    assert_eq!((mirror.pfs, mirror.lifetime, mirror.kilobytes), (pfs, lifetime, kilobytes));
    assert_eq!(mirror.transform_sets, transform_sets);
    let flows: Vec<String> =
        entry().flows(ip("203.0.113.1"), ip("198.51.100.1")).map(|flow| flow.to_string()).collect();
    assert_eq!(flows, ["10.1.0.0/24 <-> 10.2.0.0/24"], "a deny is no flow");
}

#[test]
fn an_entry_without_a_part_lacks_it_unless_it_takes_any_peer() {
    let lacks = |edit: fn(&mut MapEntry), dynamic| {
        let mut entry = MapEntry { dynamic, ..entry() };
        edit(&mut entry);
        entry.missing()
    };
    assert_eq!(lacks(|_| {}, false), None);
    assert_eq!(lacks(|entry| entry.peers.clear(), false), Some(MapPart::Peer));
    assert_eq!(lacks(|entry| entry.acl.clear(), false), Some(MapPart::Acl));
    assert_eq!(lacks(|entry| entry.acl.retain(|line| !line.permit), false), Some(MapPart::Acl));
    assert_eq!(lacks(|entry| entry.acl.clear(), true), None);
    assert_eq!(lacks(|entry| entry.peers.clear(), true), None);
    assert_eq!(lacks(|entry| entry.transform_sets.clear(), true), Some(MapPart::TransformSet));
}

#[test]
fn a_lifetime_counts_in_seconds() {
    let policy = Policy {
        priority: 1,
        authentication: ike::Authentication::PreShared,
        encryption: ike::crypto::Cipher::Aes128,
        hash: ike::crypto::HashAlg::Sha1,
        group: DhGroup::Modp2048,
        lifetime: 3600,
    };
    assert_eq!(policy.life(), Duration::from_secs(3600));
}
