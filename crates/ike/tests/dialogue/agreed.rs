//! What the two ends of a Quick Mode agree on: lifetimes, compression, encapsulation, protocols.

use ike::crypto::DhGroup;
use ike::ipsec::{Encapsulation, TransformSet};
use ike::{Config, Role, Sides, Subnet};

use super::host::{HOST, PEER};
use super::quick_mode::{Pair, configs, initiator, line, responder};

fn begun(vendor: &str, change: impl Fn(&mut Sides<Config>)) -> Pair {
    let mut configs = configs(vendor);
    change(&mut configs);
    Pair::new(configs).begin()
}

/// Seconds and kilobytes, of each end.
fn lifetimes(pair: &Pair) -> [[u32; 2]; 2] {
    pair.agreed
        .as_ref()
        .map(|one| one.map(|agreed| [agreed.lifetime, agreed.kilobytes]).unwrap())
        .into_array()
}

/// Of each unit the shorter one counts on both sides, and 0 is none. Who is the responder and has the shorter one says so.
// tests RFC 2407 4.6.3.1
#[test]
fn the_shorter_lifetime_counts() {
    for (own, theirs, both, told) in [
        ([28_800, 4_608_000], [28_800, 4_608_000], [28_800, 4_608_000], false),
        ([28_800, 4_608_000], [3600, 4_608_000], [3600, 4_608_000], true),
        ([28_800, 4_608_000], [28_800, 100], [28_800, 100], true),
        ([28_800, 4_608_000], [3600, 100], [3600, 100], true),
        ([3600, 100], [28_800, 4_608_000], [3600, 100], false),
        ([3600, 4_608_000], [28_800, 100], [3600, 100], true),
        ([3600, 0], [3600, 0], [3600, 0], false),
        ([3600, 0], [3600, 100], [3600, 100], true),
        ([3600, 100], [3600, 0], [3600, 100], false),
        ([65_536, 65_535], [65_535, 65_536], [65_535, 65_535], true),
        ([2, 1], [1, 2], [1, 1], true),
    ] {
        for vendor in ["generic", "asa"] {
            let pair = begun(vendor, |configs| {
                [initiator(configs).lifetime, initiator(configs).kilobytes] = own;
                [responder(configs).lifetime, responder(configs).kilobytes] = theirs;
            });
            assert!(pair.is_up(), "{own:?} {theirs:?}");
            assert_eq!(lifetimes(&pair), [both; 2], "{vendor}: {own:?} {theirs:?}");
            let expected = if told { vec![(Role::Initiator, true)] } else { Vec::new() };
            assert_eq!(pair.told, expected, "{vendor}: {own:?} {theirs:?}");
        }
    }
}

/// charon renews by its own time, whatever the peer has, and says nothing of it.
#[test]
fn each_side_may_keep_to_its_own() {
    let pair = begun("strongswan", |configs| {
        initiator(configs).lifetime = 28_800;
        responder(configs).lifetime = 3600;
    });
    assert_eq!(lifetimes(&pair).map(|[seconds, _]| seconds), [28_800, 3600]);
    assert_eq!(pair.told, []);
}

/// Each tells the other where it hears compressed packets: its CPI, of the range of RFC 3173 section 3.3.
#[test]
fn compression_is_agreed_on_where_both_have_it() {
    for vendor in ["generic", "strongswan", "libreswan"] {
        for (own, theirs) in [(true, true), (true, false), (false, true), (false, false)] {
            let pair = begun(vendor, |configs| {
                (initiator(configs).compress, responder(configs).compress) = (own, theirs);
            });
            let compressed = pair.agreed.as_ref().map(|one| one.and_then(|agreed| agreed.compression));
            if let (Some(i), Some(r)) = (compressed.initiator, compressed.responder) {
                assert!(own && theirs, "{vendor}");
                assert_eq!((i.own_cpi, i.peer_cpi, i.by), (r.peer_cpi, r.own_cpi, r.by));
                assert!(i.own_cpi != r.own_cpi && [i, r].iter().all(|one| one.own_cpi >= 256), "{vendor}");
            } else {
                assert_eq!((compressed.initiator, compressed.responder), (None, None));
                assert!(!(own && theirs && pair.is_up()), "{vendor}");
            }
        }
    }
}

/// A set for each wish, the initiator's order decides; a PFS group goes along.
#[test]
fn the_first_offer_that_the_responder_has_is_taken() {
    let set = |words| TransformSet::from_words(words).unwrap();
    let sets = ["esp-gcm-256", "esp-aes-256 esp-sha-hmac", "esp-3des esp-md5-hmac"].map(set);
    for vendor in ["generic", "asa", "ios", "strongswan", "libreswan"] {
        for (theirs, expected) in
            [(vec![sets[2], sets[1]], sets[1]), (vec![sets[2]], sets[2]), (vec![sets[1], sets[0]], sets[0])]
        {
            let pair = begun(vendor, |configs| {
                initiator(configs).transform_sets = sets.to_vec();
                responder(configs).transform_sets.clone_from(&theirs);
                (initiator(configs).pfs, responder(configs).pfs) =
                    (Some(DhGroup::X25519), Some(DhGroup::X25519));
            });
            assert!(pair.is_up(), "{vendor}");
            for (_, agreed) in pair.agreed.both() {
                let agreed = agreed.unwrap();
                assert_eq!((agreed.set, agreed.pfs, agreed.udp), (expected, Some(DhGroup::X25519), false));
            }
        }
    }
}

/// In transport mode between the hosts' own addresses pluto leaves the identities out, and both mean the same.
#[test]
fn without_identities_the_hosts_themselves_are_meant() {
    for vendor in ["libreswan", "strongswan", "asa"] {
        let pair = begun(vendor, |configs| {
            for (own, other, entry) in
                [(PEER, HOST, initiator(configs).clone()), (HOST, PEER, responder(configs).clone())]
            {
                let (own, other) = (format!("{own}/32"), format!("{other}/32"));
                let entry =
                    ike::MapEntry { acl: vec![line(&own, &other)], mode: Encapsulation::Transport, ..entry };
                let at = if own.starts_with("203") { &mut configs.initiator } else { &mut configs.responder };
                at.crypto_map = Some(vec![entry]);
            }
        });
        assert!(pair.is_up(), "{vendor}");
        let [i, r] = pair.agreed.into_array().map(Option::unwrap);
        assert_eq!((i.mode, r.mode), (Encapsulation::Transport, Encapsulation::Transport));
        assert_eq!(
            (i.selectors.local.subnet, i.selectors.remote.subnet),
            (Subnet::host(PEER), Subnet::host(HOST))
        );
        assert_eq!(r.selectors, i.selectors.mirrored());
    }
}

/// charon takes what is in both lists, and the initiator has to do with less than it asked for.
#[test]
fn a_responder_may_narrow_what_was_asked_for() {
    let pair = begun("strongswan", |configs| {
        initiator(configs).acl = vec![line("10.1.0.0/16", "10.2.0.0/24")];
        responder(configs).acl = vec![line("10.2.0.0/16", "10.1.7.0/24")];
    });
    let [i, r] = pair.agreed.into_array().map(|agreed| agreed.unwrap().selectors);
    assert_eq!(i.to_string(), "10.1.7.0/24 <-> 10.2.0.0/24");
    assert_eq!(r, i.mirrored());
}

/// The first entry of the map that has a place for the child decides, in order of number, bound and complete ones alone.
#[test]
fn entries_are_tried_in_order() {
    let aes = TransformSet::from_words("esp-aes-128 esp-sha-hmac").unwrap();
    type Edit = fn(&mut ike::MapEntry);
    let edits: [(&str, Edit, bool); 5] = [
        ("another peer's", |entry| entry.peers = vec!["192.0.2.7".parse().unwrap()], true),
        ("unbound", |entry| entry.interface = false, true),
        ("incomplete", |entry| entry.acl.clear(), true),
        ("of other nets", |entry| entry.acl = vec![line("10.9.0.0/24", "10.1.0.0/24")], true),
        ("the right one", |_| {}, false),
    ];
    for (what, edit, passed_over) in edits {
        let pair = begun("asa", |configs| {
            // Only the second entry has what the initiator wants.
            let mut first = responder(configs).clone();
            first.transform_sets = vec![aes];
            edit(&mut first);
            let second = ike::MapEntry { sequence: 20, ..responder(configs).clone() };
            configs.responder.crypto_map = Some(vec![first, second]);
        });
        assert_eq!(pair.is_up(), passed_over, "{what}");
    }
    // A dynamic entry without a list takes whatever is asked for, from whomever.
    let pair = begun("asa", |configs| {
        let entry = responder(configs);
        entry.acl.clear();
        entry.peers.clear();
        entry.dynamic = true;
    });
    assert_eq!(pair.agreed.responder.unwrap().selectors.to_string(), "10.2.0.0/24 <-> 10.1.0.0/24");
}

/// What is asked for: each flow once, of entries for this peer, and nothing by an entry that waits for others.
#[test]
fn each_flow_is_asked_for_once() {
    let flows = |change: fn(&mut Config)| {
        let mut config = configs("asa").initiator;
        change(&mut config);
        config.asked_flows().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let one = "10.1.0.0/24 <-> 10.2.0.0/24";
    assert_eq!(flows(|_| {}), [one]);
    assert_eq!(
        flows(|config| {
            let entry = &mut config.crypto_map.as_mut().unwrap()[0];
            entry.acl.push(entry.acl[0]);
            entry.acl.push(line("10.3.0.0/24", "10.2.0.0/24"));
        }),
        [one, "10.3.0.0/24 <-> 10.2.0.0/24"]
    );
    assert_eq!(flows(|config| config.crypto_map.as_mut().unwrap()[0].dynamic = true), [""; 0]);
    assert_eq!(flows(|config| config.crypto_map.as_mut().unwrap()[0].interface = false), [""; 0]);
    assert_eq!(flows(|config| config.peer = "192.0.2.7".parse().unwrap()), [""; 0]);
    assert_eq!(flows(|config| config.crypto_map = None), [""; 0]);
}
