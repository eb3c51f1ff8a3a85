//! What an operator's faults change: the values by name, and that the other side has nothing that fits by another way.

#![cfg(test)]

mod maps;

use std::net::IpAddr;

use ike::config::{AclEnd, Net};
use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::ipsec::{Encapsulation, TransformSet};
use ike::keymat::PreSharedKey;
use ike::{
    Authentication, GroupName, Identity, Impair, MapPart, Mode, Policy, PolicyValue, Role, Subnet,
    TunnelGroup,
};
use sim::setup::default_group;
use sim::{
    Changed, Edit, Fault, MapValue, MismatchAttribute, PathFault, PeerFault, PfsHow, ProxyHow, Setup, Switch,
    TransformAttribute,
};

use maps::with_maps;

const I: Role = Role::Initiator;
const R: Role = Role::Responder;

/// The setup with this fault, and what it changed; `None`: nothing.
fn edited(setup: &Setup, at: Role, edit: Edit) -> Option<(Setup, Vec<Changed>)> {
    let after = setup.with_fault(Fault::operator(at, edit))?;
    let (fault, changes) = after.edits.last()?.clone();
    assert_eq!((fault, after.faults.len()), (setup.faults.len(), setup.faults.len() + 1));
    assert!(changes.iter().all(|change| change.at == at));
    Some((after, changes.into_iter().map(|change| change.what).collect()))
}

fn changed(setup: &Setup, at: Role, edit: Edit) -> Vec<Changed> {
    edited(setup, at, edit).map_or_else(Vec::new, |(_, changed)| changed)
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn key(text: &str) -> PreSharedKey {
    PreSharedKey::new(text.into())
}

fn subnet(text: &str) -> Net {
    let (address, prefix) = text.split_once('/').unwrap();
    Net::Subnet(Subnet::new(ip(address), prefix.parse().unwrap()).unwrap())
}

fn set(words: &str) -> TransformSet {
    TransformSet::from_words(words).unwrap()
}

#[test]
fn a_policy_gets_the_first_value_that_the_other_side_lacks() {
    use MismatchAttribute as M;
    let cases = [
        (M::Encryption, PolicyValue::Encryption(Cipher::Aes256), PolicyValue::Encryption(Cipher::TripleDes)),
        (M::KeyLength, PolicyValue::Encryption(Cipher::Aes256), PolicyValue::Encryption(Cipher::Aes128)),
        (M::Hash, PolicyValue::Hash(HashAlg::Sha1), PolicyValue::Hash(HashAlg::Md5)),
        (M::Group, PolicyValue::Group(DhGroup::Modp2048), PolicyValue::Group(DhGroup::Modp1024)),
        (M::Lifetime, PolicyValue::Lifetime(86_400), PolicyValue::Lifetime(28_800)),
    ];
    for (attribute, before, after) in cases {
        for at in Role::BOTH {
            let expected = vec![Changed::Policy { priority: 10, before, after }];
            assert_eq!(changed(&Setup::default(), at, Edit::PolicyMismatch(attribute)), expected);
        }
    }
    let signed = edited(&Setup::default(), R, Edit::PolicyMismatch(M::Authentication)).unwrap().0;
    assert_ne!(signed.hosts.responder.policies[0].authentication, Authentication::PreShared);
    assert_eq!(signed.hosts.initiator, Setup::default().hosts.initiator);
}

/// A policy for each value that would be taken first: the next one is taken, and at last none.
#[test]
fn what_the_other_side_has_is_passed_over() {
    let mut setup = Setup::default();
    let own = setup.hosts.initiator.policies[0].clone();
    let mut add = |more: Policy| setup.hosts.responder.policies.push(more);
    add(Policy { encryption: Cipher::TripleDes, hash: HashAlg::Md5, ..own.clone() });
    add(Policy { encryption: Cipher::Aes128, group: DhGroup::Modp1024, ..own.clone() });
    add(Policy { lifetime: 28_800, group: DhGroup::Modp1536, ..own.clone() });
    let after = |setup: &Setup, attribute| match changed(setup, I, Edit::PolicyMismatch(attribute)).as_slice()
    {
        [Changed::Policy { after, .. }] => Some(*after),
        [] => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(after(&setup, MismatchAttribute::Encryption), Some(PolicyValue::Encryption(Cipher::Des)));
    assert_eq!(after(&setup, MismatchAttribute::KeyLength), Some(PolicyValue::Encryption(Cipher::Aes192)));
    assert_eq!(after(&setup, MismatchAttribute::Hash), Some(PolicyValue::Hash(HashAlg::Sha256)));
    assert_eq!(after(&setup, MismatchAttribute::Lifetime), Some(PolicyValue::Lifetime(3600)));
    let Some(PolicyValue::Group(group)) = after(&setup, MismatchAttribute::Group) else { panic!("a group") };
    assert!(!setup.hosts.responder.policies.iter().any(|policy| policy.group == group), "{group:?}");
    setup.hosts.responder.policies.push(Policy { encryption: Cipher::Aes192, ..own.clone() });
    assert_eq!(after(&setup, MismatchAttribute::KeyLength), None);
    setup.hosts.responder.policies.push(Policy { encryption: Cipher::Des, ..own });
    assert_eq!(after(&setup, MismatchAttribute::Encryption), None);
}

#[test]
fn only_aes_has_another_key_length() {
    let mut setup = Setup::default();
    setup.hosts.initiator.policies[0].encryption = Cipher::TripleDes;
    assert_eq!(changed(&setup, I, Edit::PolicyMismatch(MismatchAttribute::KeyLength)), []);
    // Its own cipher is no other one, though the peer has it not.
    let (after, _) = edited(&setup, I, Edit::PolicyMismatch(MismatchAttribute::Encryption)).unwrap();
    assert_eq!(after.hosts.initiator.policies[0].encryption, Cipher::Des);
}

#[test]
fn a_key_becomes_one_that_the_other_side_has_nowhere() {
    let key_of = |setup: &Setup| setup.hosts.initiator.tunnel_groups[0].pre_shared_key.clone().unwrap();
    let mut setup = Setup::default();
    let (once, changes) = edited(&setup, I, Edit::PskMismatch).unwrap();
    assert_eq!(key_of(&once).as_bytes(), b"cisco1234");
    let group = GroupName::Address(setup.hosts.initiator.peer);
    assert_eq!(changes, [Changed::Key { group: group.clone(), before: 8, after: Some(9) }]);

    let more = TunnelGroup { pre_shared_key: Some(key("cisco1234")), ..default_group(ip("192.0.2.77")) };
    setup.hosts.responder.tunnel_groups.push(more);
    assert_eq!(key_of(&edited(&setup, I, Edit::PskMismatch).unwrap().0).as_bytes(), b"cisco1235");

    // Characters, not bytes; and no longer than a scenario may have it.
    setup.hosts.initiator.tunnel_groups[0].pre_shared_key = Some(key("clé"));
    let expected = Changed::Key { group: group.clone(), before: 3, after: Some(4) };
    assert_eq!(changed(&setup, I, Edit::PskMismatch), [expected]);
    for length in [1023, 1024] {
        setup.hosts.initiator.tunnel_groups[0].pre_shared_key = Some(key(&"4".repeat(length)));
        let (long, _) = edited(&setup, I, Edit::PskMismatch).unwrap();
        assert_eq!(key_of(&long).as_bytes().len(), 1024);
        assert_ne!(key_of(&long), key_of(&setup));
    }
    setup.hosts.initiator.tunnel_groups[0].pre_shared_key = None;
    assert_eq!(changed(&setup, I, Edit::PskMismatch), []);
}

#[test]
fn groups_go_lose_their_key_or_get_the_name_of_nobody() {
    let mut setup = Setup::default();
    setup.hosts.responder.tunnel_groups.push(TunnelGroup {
        name: GroupName::Default,
        pre_shared_key: None,
        peer_identity: None,
    });
    let known = GroupName::Address(setup.hosts.responder.peer);
    let removed = [known.clone(), GroupName::Default].map(Changed::GroupRemoved);
    let (without, changes) = edited(&setup, R, Edit::MissingTunnelGroup).unwrap();
    assert_eq!((without.hosts.responder.tunnel_groups.len(), changes), (0, removed.to_vec()));
    assert_eq!(changed(&without, R, Edit::MissingTunnelGroup), []);

    let lost = Changed::Key { group: known.clone(), before: 8, after: None };
    assert_eq!(changed(&setup, R, Edit::MissingPsk), [lost]);

    // 192.0.2.99 is somebody's: a group of the other side has it.
    setup.hosts.initiator.tunnel_groups.push(default_group(ip("192.0.2.99")));
    let names = ["192.0.2.100", "192.0.2.101"].map(|text| GroupName::Address(ip(text)));
    let (renamed, changes) = edited(&setup, R, Edit::WrongTunnelGroupName).unwrap();
    let got: Vec<_> = renamed.hosts.responder.tunnel_groups.iter().map(|group| group.name.clone()).collect();
    assert_eq!(got, names);
    assert_eq!(changes[1], Changed::GroupRenamed { before: GroupName::Default, after: names[1].clone() });
}

/// 256 groups, more than one documentation net has addresses: no two get the same, and none a peer's.
#[test]
fn however_many_groups_none_gets_an_address_that_is_somebodys() {
    for v6 in [false, true] {
        let mut setup = Setup::default();
        if v6 {
            (setup.hosts.initiator.address, setup.hosts.responder.address) =
                (ip("2001:db8::1"), ip("2001:db8::2"));
        }
        let group = setup.hosts.responder.tunnel_groups[0].clone();
        setup.hosts.responder.tunnel_groups =
            (0..256).map(|n| TunnelGroup { name: GroupName::Name(n.to_string()), ..group.clone() }).collect();
        let (after, changes) = edited(&setup, R, Edit::WrongTunnelGroupName).unwrap();
        let mut names: Vec<_> =
            after.hosts.responder.tunnel_groups.iter().map(|group| group.name.clone()).collect();
        names.sort();
        names.dedup();
        assert_eq!((changes.len(), names.len()), (256, 256));
        for name in names {
            let GroupName::Address(address) = name else { panic!("{name}") };
            assert_eq!(address.is_ipv6(), v6);
            assert!(Role::BOTH.iter().all(|role| setup.hosts[*role].address != address), "{address}");
        }
    }
}

#[test]
fn a_switch_that_is_off_cannot_be_switched_off() {
    for (edit, switch) in [
        (Edit::IkeDisabled, Switch::Ike),
        (Edit::AggressiveModeDisabled, Switch::AggressiveMode),
        (Edit::NatTraversalDisabled, Switch::NatTraversal),
    ] {
        let (off, changes) = edited(&Setup::default(), R, edit).unwrap();
        let host = &off.hosts.responder;
        let switches = [host.ike_enabled, host.aggressive_mode, host.nat_traversal];
        assert_eq!(switches.iter().filter(|on| !**on).count(), 1, "{edit:?}");
        assert_eq!(changes, [Changed::Switched(switch)]);
        assert_eq!(off.with_fault(Fault::operator(R, edit)), None);
    }
}

#[test]
fn a_wrong_address_is_wrong_everywhere_and_nobodys() {
    let mut setup = with_maps();
    let right = setup.hosts.initiator.peer;
    let backup = ip("198.51.100.7");
    setup.hosts.initiator.crypto_map.as_mut().unwrap()[0].peers.push(backup);
    setup.hosts.initiator.tunnel_groups.push(default_group(backup));
    let wrong = ip("192.0.2.99");
    let (after, changes) = edited(&setup, I, Edit::WrongPeerAddress).unwrap();
    let host = &after.hosts.initiator;
    assert_eq!(host.crypto_map.as_ref().unwrap()[0].peers, [wrong, backup]);
    let names: Vec<_> = host.tunnel_groups.iter().map(|group| group.name.clone()).collect();
    assert_eq!(names, [wrong, backup].map(GroupName::Address));
    let renamed =
        Changed::GroupRenamed { before: GroupName::Address(right), after: GroupName::Address(wrong) };
    assert_eq!((host.peer, changes), (wrong, vec![Changed::Peer { before: right, after: wrong }, renamed]));
    // What a NAT shows is somebody's too.
    let outside = PathFault::Nat { at: R, outside: wrong };
    let behind = setup.with_fault(Fault::Path(outside)).unwrap();
    assert_eq!(behind.outside_address(R), wrong);
    assert_eq!(behind.outside_address(I), setup.hosts.initiator.address);
    assert_eq!(edited(&behind, I, Edit::WrongPeerAddress).unwrap().0.hosts.initiator.peer, ip("192.0.2.100"));
}

#[test]
fn an_identity_is_insisted_on_that_the_other_side_does_not_send() {
    let mut setup = Setup::default();
    let wanted = |setup: &Setup| match changed(setup, R, Edit::IdentityMismatch).as_slice() {
        [Changed::PeerIdentity { before: None, after, .. }] => after.clone(),
        other => panic!("{other:?}"),
    };
    let first = wanted(&setup);
    setup.hosts.initiator.identity = first.clone();
    assert!(matches!(wanted(&setup), Identity::Fqdn(name) if Identity::Fqdn(name.clone()) != first));
}

#[test]
fn every_transform_set_gets_what_the_other_side_lacks() {
    use TransformAttribute as T;
    for (own, attribute, theirs, expected) in [
        ("esp-aes-256 esp-sha-hmac", T::Encryption, "esp-aes-256 esp-sha-hmac", "esp-3des esp-sha-hmac"),
        ("esp-3des esp-sha-hmac", T::Encryption, "esp-3des esp-sha-hmac", "esp-aes-256 esp-sha-hmac"),
        ("esp-gcm-256", T::Encryption, "esp-gcm-256", "esp-3des esp-sha-hmac"),
        ("esp-des esp-sha-hmac", T::Encryption, "esp-3des esp-sha-hmac", "esp-aes-256 esp-sha-hmac"),
        ("esp-aes-256 esp-sha-hmac", T::KeyLength, "esp-aes-128 esp-sha-hmac", "esp-aes-192 esp-sha-hmac"),
        ("ah-sha-hmac esp-aes-256", T::Integrity, "esp-aes-256 esp-sha-hmac", "ah-md5-hmac esp-aes-256"),
        ("esp-aes-256 esp-sha-hmac", T::Integrity, "esp-aes-256 esp-md5-hmac", "esp-aes-256 esp-sha256-hmac"),
    ] {
        let mut setup = with_maps();
        setup.hosts.initiator.crypto_map.as_mut().unwrap()[0].transform_sets = vec![set(own); 2];
        setup.hosts.responder.crypto_map.as_mut().unwrap()[0].transform_sets = vec![set(theirs)];
        let (after, changes) = edited(&setup, I, Edit::TransformMismatch(attribute)).unwrap();
        assert_eq!(after.hosts.initiator.crypto_map.unwrap()[0].transform_sets, [set(expected); 2], "{own}");
        let (before, after) = (MapValue::Set(set(own)), MapValue::Set(set(expected)));
        assert_eq!(changes, vec![Changed::Map { sequence: 10, before, after }; 2], "{own}");
    }
    // A combined cipher alone has no HMAC, AH alone no cipher.
    for (own, attribute) in
        [("esp-gcm-256", T::Integrity), ("ah-sha-hmac", T::Encryption), ("ah-sha-hmac", T::KeyLength)]
    {
        let mut setup = with_maps();
        setup.hosts.initiator.crypto_map.as_mut().unwrap()[0].transform_sets = vec![set(own)];
        assert_eq!(changed(&setup, I, Edit::TransformMismatch(attribute)), [], "{own}");
    }
}

#[test]
fn mode_and_lifetime_of_an_entry_change() {
    let (after, changes) =
        edited(&with_maps(), I, Edit::TransformMismatch(TransformAttribute::Mode)).unwrap();
    let [tunnel, transport] = [Encapsulation::Tunnel, Encapsulation::Transport].map(MapValue::Mode);
    assert_eq!(changes, [Changed::Map { sequence: 10, before: tunnel, after: transport }]);
    let back = changed(&after, I, Edit::TransformMismatch(TransformAttribute::Mode));
    assert_eq!(back, [Changed::Map { sequence: 10, before: transport, after: tunnel }]);
    let [before, after] = [28_800, 3600].map(MapValue::Lifetime);
    let changes = changed(&with_maps(), I, Edit::TransformMismatch(TransformAttribute::Lifetime));
    assert_eq!(changes, [Changed::Map { sequence: 10, before, after }]);
}

#[test]
fn pfs_goes_comes_or_has_another_group() {
    let with = |own, theirs| {
        let mut setup = with_maps();
        setup.hosts.initiator.crypto_map.as_mut().unwrap()[0].pfs = own;
        setup.hosts.responder.crypto_map.as_mut().unwrap()[0].pfs = theirs;
        setup
    };
    let (five, fourteen) = (Some(DhGroup::Modp1536), Some(DhGroup::Modp2048));
    let of = |how, own, theirs| match changed(&with(own, theirs), I, Edit::PfsMismatch(how)).as_slice() {
        [Changed::Map { before: MapValue::Pfs(before), after: MapValue::Pfs(after), .. }] => {
            assert_eq!(*before, own);
            Some(*after)
        }
        [] => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(of(PfsHow::Missing, five, five), Some(None));
    assert_eq!(of(PfsHow::Missing, None, five), None);
    assert_eq!(of(PfsHow::Extra, None, None), Some(fourteen));
    assert_eq!(of(PfsHow::Extra, five, None), None);
    assert_eq!(of(PfsHow::Group, five, five), Some(fourteen));
    assert_eq!(of(PfsHow::Group, five, fourteen), Some(Some(DhGroup::Modp1024)));
    assert_eq!(of(PfsHow::Group, None, fourteen), None);
}

#[test]
fn an_access_list_loses_its_mirror() {
    let source = |how, from: &str| {
        let mut setup = with_maps();
        let acl = &mut setup.hosts.initiator.crypto_map.as_mut().unwrap()[0].acl;
        acl[0].source.net = subnet(from);
        acl.push(acl[0]);
        acl[1].permit = false;
        acl.push(acl[0]);
        let (after, changes) = edited(&setup, I, Edit::ProxyMismatch(how))?;
        assert_eq!(changes.len(), 2, "a deny protects nothing");
        let acl = &after.hosts.initiator.crypto_map.unwrap()[0].acl;
        assert_eq!(acl[1].source.net, subnet(from));
        Some([acl[0].source.net, acl[2].source.net])
    };
    let v4 = "10.1.0.0/24";
    assert_eq!(source(ProxyHow::Other, v4), Some([subnet("10.99.0.0/24"), subnet("10.100.0.0/24")]));
    assert_eq!(source(ProxyHow::Wider, v4), Some([subnet("10.1.0.0/16"); 2]));
    assert_eq!(source(ProxyHow::Narrower, v4), Some([subnet("10.1.0.0/25"); 2]));
    assert_eq!(source(ProxyHow::Any, v4), Some([subnet("0.0.0.0/0"); 2]));
    let v6 = "fd01::/64";
    assert_eq!(source(ProxyHow::Other, v6), Some([subnet("fd00:63::/64"), subnet("fd00:64::/64")]));
    assert_eq!(source(ProxyHow::Any, v6), Some([subnet("::/0"); 2]));
    // No wider net than all, no narrower one than a host.
    assert_eq!(source(ProxyHow::Wider, "10.0.0.0/7"), None);
    assert_eq!(source(ProxyHow::Narrower, "10.1.0.1/32"), None);
}

#[test]
fn everything_to_everything_has_no_protocol_and_no_port() {
    let mut setup = with_maps();
    let line = &mut setup.hosts.responder.crypto_map.as_mut().unwrap()[0].acl[0];
    line.protocol = 17;
    line.source = AclEnd { net: Net::Own, port: 1701 };
    assert_eq!(changed(&setup, R, Edit::ProxyMismatch(ProxyHow::Wider)), []);
    assert_eq!(changed(&setup, R, Edit::ProxyMismatch(ProxyHow::Narrower)), []);
    let after = edited(&setup, R, Edit::ProxyMismatch(ProxyHow::Any)).unwrap().0;
    let line = after.hosts.responder.crypto_map.unwrap()[0].acl[0];
    let all = AclEnd { net: subnet("0.0.0.0/0"), port: 0 };
    assert_eq!((line.protocol, line.source, line.destination), (0, all, all));
    // `self` of an IPv6 host.
    setup.hosts.responder.address = ip("2001:db8::2");
    for (how, net) in [(ProxyHow::Any, "::/0"), (ProxyHow::Other, "fd00:63::/64")] {
        let after = edited(&setup, R, Edit::ProxyMismatch(how)).unwrap().0;
        assert_eq!(after.hosts.responder.crypto_map.unwrap()[0].acl[0].source.net, subnet(net));
    }
}

#[test]
fn an_entry_loses_a_part_once_and_a_map_its_interface() {
    for part in [MapPart::Acl, MapPart::Peer, MapPart::TransformSet] {
        let (after, changes) = edited(&with_maps(), I, Edit::MapIncomplete(part)).unwrap();
        let (before, lacks) = (MapValue::Has(part), MapValue::Lacks(part));
        assert_eq!(changes, [Changed::Map { sequence: 10, before, after: lacks }]);
        assert_eq!(after.hosts.initiator.crypto_map.as_ref().unwrap()[0].missing(), Some(part));
        assert_eq!(changed(&after, I, Edit::MapIncomplete(part)), []);
    }
    let unbound = Changed::Map { sequence: 10, before: MapValue::Bound(true), after: MapValue::Bound(false) };
    for setup in [with_maps(), Setup::default()] {
        let (after, changes) = edited(&setup, R, Edit::MapUnbound).unwrap();
        assert_eq!(changes, std::slice::from_ref(&unbound));
        assert!(after.hosts.responder.crypto_map.as_ref().unwrap().iter().all(|entry| !entry.interface));
        assert_eq!(changed(&after, R, Edit::MapUnbound), []);
    }
}

/// A fault that changes nothing stands in the list all the same; a defect goes with the host.
#[test]
fn faults_are_listed_and_defects_are_the_hosts() {
    let mut setup = Setup::default().in_mode(Mode::Aggressive);
    assert!(Role::BOTH.iter().all(|role| setup.hosts[*role].mode == Mode::Aggressive));
    assert!(!setup.add_fault(Fault::operator(I, Edit::PfsMismatch(PfsHow::Missing))));
    let defect = PeerFault { at: R, what: Impair::OmitKe, message: None };
    assert!(setup.add_fault(Fault::Peer(defect)));
    assert!(setup.add_fault(Fault::Path(PathFault::NoRoute { at: I })));
    assert_eq!((setup.faults.len(), setup.edits.len()), (3, 0));
    let impaired = setup.hosts.as_ref().map(|host| host.impairments.len());
    assert_eq!((impaired.initiator, impaired.responder), (0, 1));
}
