//! What is certain and what is not, by small pairs: a kind each.

#![cfg(test)]

use std::collections::BTreeMap;

use config::{Device, Format, read_beside};
use ike::{Powers, Role};
use predict::{Beside, Blamed, Forecast, Matter, Phases, Said, Unknown, Unsaid, Verdicts, Wins, judge};
use sim::Cause;

const ASA: &str = "hostname hq\ninterface GigabitEthernet0/0\n nameif outside\n ip address 203.0.113.1 255.255.255.0\n\
access-list vpn extended permit ip 10.1.0.0 255.255.255.0 10.2.0.0 255.255.255.0\n\
crypto ipsec ikev1 transform-set strong esp-aes-256 esp-sha-hmac\n\
crypto map outside_map 10 match address vpn\ncrypto map outside_map 10 set peer 198.51.100.1\n\
crypto map outside_map 10 set ikev1 transform-set strong\ncrypto map outside_map interface outside\n\
crypto ikev1 enable outside\ncrypto ikev1 policy 10\n authentication pre-share\n encryption aes-256\n hash sha\n group 14\n\
tunnel-group 198.51.100.1 type ipsec-l2l\ntunnel-group 198.51.100.1 ipsec-attributes\n ikev1 pre-shared-key open-sesame\n";

const IOS: &str = "hostname branch\ncrypto isakmp policy 5\n encr aes 256\n hash sha\n authentication pre-share\n group 14\n\
crypto isakmp key open-sesame address 203.0.113.1\ncrypto ipsec transform-set TS esp-aes 256 esp-sha-hmac\n mode tunnel\n\
crypto map m 1 ipsec-isakmp\n set peer 203.0.113.1\n set transform-set TS\n match address 101\n\
interface GigabitEthernet0/0\n ip address 198.51.100.1 255.255.255.0\n crypto map m\n\
access-list 101 permit ip 10.2.0.0 0.0.0.255 10.1.0.0 0.0.0.255\n";

const WEST: &str = "conn c\n\tkeyexchange=ikev1\n\tauthby=secret\n\tleft=198.51.100.1\n\tright=203.0.113.1\n\tike=aes256-sha1-modp2048!\n\
\tesp=aes256-sha1!\n\tleftsubnet=10.2.0.0/24\n\trightsubnet=10.1.0.0/24\n\tauto=start\n";

const KEY: &str = "198.51.100.1 203.0.113.1 : PSK \"open-sesame\"\n";

/// Text, file of keys, and what it includes.
fn device(name: &str, text: &str, keys: Option<&str>, included: &[(&str, &str)]) -> Vec<Device> {
    let format = keys.map(|_| Format::Strongswan);
    let included: BTreeMap<String, Vec<u8>> =
        included.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let keys = keys.map(|keys| ("ipsec.secrets", keys.as_bytes()));
    read_beside(name, text.as_bytes(), keys, &included, format).devices
}

/// What is said of each direction, by caller: verdict, cause, whether something is not known.
fn said(devices: &[Device]) -> Vec<(String, Forecast, Option<Cause>, bool)> {
    let powers = Powers::new(1 << 10);
    let all = Verdicts::new(devices, Phases::Both, &powers, |sessions| {
        sessions.into_iter().map(|session| judge(session, Phases::Both, &powers)).collect()
    });
    let row = |one: &predict::Judged<'_>| {
        (one.session.initiator.device.name(), one.forecast, one.cause(), !one.depends.is_empty())
    };
    all.judged.iter().map(row).collect()
}

/// The same of an ASA and a router, in that order of calls.
fn cisco(asa: &str, ios: &str) -> Vec<(Forecast, Option<Cause>, bool)> {
    let devices = [device("hq", asa, None, &[]), device("branch", ios, None, &[])].concat();
    let mut rows = said(&devices);
    rows.sort_by_key(|row| row.0 != "hq");
    rows.into_iter().map(|(_, forecast, cause, open)| (forecast, cause, open)).collect()
}

const PASSES: (Forecast, Option<Cause>, bool) = (Forecast::Passes, None, false);

fn with(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not there");
    text.replace(from, to)
}

#[test]
fn connection_types_of_an_asa() {
    assert_eq!(cisco(ASA, IOS), [PASSES, PASSES]);
    let typed = |kind: &str| ASA.to_owned() + "crypto map outside_map 10 set connection-type " + kind + "\n";
    assert_eq!(cisco(&typed("bidirectional"), IOS), [PASSES, PASSES]);
    assert_eq!(cisco(&typed("answer-only"), IOS), [PASSES]);
    let refused = (Forecast::Refused, Some(Cause::CryptoMapIncomplete), false);
    assert_eq!(cisco(&typed("originate-only"), IOS), [PASSES, refused]);
    // The last line counts.
    let twice = typed("originate-only") + "crypto map outside_map 10 set connection-type bidirectional\n";
    assert_eq!(cisco(&twice, IOS), [PASSES, PASSES]);
}

/// The router's part as an ASA's: both ends only answer.
#[test]
fn two_ends_that_wait_never_begin() {
    let branch = ASA
        .replace("198.51.100.1", "@")
        .replace("203.0.113.1", "198.51.100.1")
        .replace('@', "203.0.113.1")
        .replace("ip 10.1.0.0 255.255.255.0 10.2.0.0", "ip 10.2.0.0 255.255.255.0 10.1.0.0")
        .replace("hostname hq", "hostname branch");
    let waits = |text: &str| text.to_owned() + "crypto map outside_map 10 set connection-type answer-only\n";
    assert_eq!(cisco(ASA, &branch), [PASSES, PASSES]);
    assert_eq!(cisco(&waits(ASA), &branch), [PASSES]);
    let never = (Forecast::NeverStarted, Some(Cause::CryptoMapIncomplete), false);
    assert_eq!(cisco(&waits(ASA), &waits(&branch)), [never, never]);
}

/// A wrong `set peer` where the key is for the right one.
#[test]
fn a_peer_that_nobody_has_beside_a_key_for_the_right_one() {
    let wrong = with(ASA, "set peer 198.51.100.1\n", "set peer 198.51.100.2\n");
    let never = (Forecast::NeverStarted, Some(Cause::WrongPeerAddress), false);
    let refused = (Forecast::Refused, Some(Cause::WrongPeerAddress), false);
    assert_eq!(cisco(&wrong, IOS), [never, refused]);
    // With no key for either it is the key.
    let nothing = wrong.split_once("tunnel-group").unwrap().0;
    let key = (Forecast::NeverStarted, Some(Cause::MissingTunnelGroup), false);
    assert_eq!(cisco(nothing, IOS).first(), Some(&key));
}

/// `no` takes back what an earlier entry of the same section has.
#[test]
fn no_in_a_section_that_is_entered_again() {
    for again in [
        "crypto map m 1 ipsec-isakmp\n set peer 203.0.113.9\n no set peer 203.0.113.1\n",
        "crypto map m 1\n no match address 101\n",
        "crypto map m 1\n no set transform-set TS\n",
        "crypto isakmp policy 5\n no group 14\n",
        "interface GigabitEthernet0/0\n no crypto map m\n",
        "no crypto isakmp key open-sesame address 203.0.113.1\n",
        "no crypto isakmp policy 5\n",
    ] {
        let rows = cisco(ASA, &(IOS.to_owned() + again));
        assert!(rows.iter().all(|row| row.0 != Forecast::Passes), "{again}: {rows:?}");
    }
    // Entered once more it is there again.
    let back = "crypto map m 1\n no set peer 203.0.113.1\n set peer 203.0.113.1\n";
    assert_eq!(cisco(ASA, &(IOS.to_owned() + back)), [PASSES, PASSES]);
}

/// `no ... set peer` takes one peer out of an ASA's list.
#[test]
fn no_takes_one_peer_of_a_list() {
    let two = with(ASA, "set peer 198.51.100.1\n", "set peer 198.51.100.9 198.51.100.1\n");
    let gone = |peer: &str| two.clone() + "no crypto map outside_map 10 set peer " + peer + "\n";
    assert_eq!(cisco(&gone("198.51.100.9"), IOS), [PASSES, PASSES]);
    let rows = cisco(&gone("198.51.100.1"), IOS);
    assert!(rows.iter().all(|row| row.0 != Forecast::Passes), "{rows:?}");
    let back = gone("198.51.100.1") + "crypto map outside_map 10 set peer 198.51.100.1\n";
    assert!(cisco(&back, IOS).contains(&PASSES));
}

/// A conn has two ends, and its file is that of one machine.
#[test]
fn one_ipsec_conf_is_one_machine() {
    let west = device("west", WEST, Some(KEY), &[]);
    assert_eq!(said(&west), []);
    assert_eq!(said(&[west.clone(), west].concat()).len(), 2);
}

/// What a peer in a group for remote access gets nobody has written down: neither up nor a stall.
#[test]
fn a_group_for_remote_access_is_no_verdict() {
    for kind in ["remote-access", "ipsec-ra"] {
        let rows = cisco(&with(ASA, "type ipsec-l2l", &format!("type {kind}")), IOS);
        assert!(rows.iter().all(|row| row.0 == Forecast::Unverifiable && row.2), "{rows:?}");
    }
    // What stalls before the group matters stalls for certain.
    let other = with(IOS, " group 14", " group 2");
    let rows = cisco(&with(ASA, "type ipsec-l2l", "type remote-access"), &other);
    assert!(rows.iter().all(|row| row.0 == Forecast::Phase1Stalls), "{rows:?}");
}

#[test]
fn beside_an_unread_value_what_differs_differs() {
    let unread = with(IOS, " hash sha\n", " hash blub\n");
    let rows = cisco(ASA, &unread);
    assert!(rows.iter().all(|row| row.0 == Forecast::Unverifiable && row.2), "{rows:?}");
    // No hash makes group 2 group 14.
    let rows = cisco(ASA, &with(&unread, " group 14\n", " group 2\n"));
    assert!(
        rows.iter().all(|row| (row.0, row.1) == (Forecast::Phase1Stalls, Some(Cause::PolicyMismatch))),
        "{rows:?}"
    );
    // Another value that does not fit may be the very one that was misspelt.
    let rows = cisco(ASA, &with(IOS, " hash sha\n", " hsah md5\n"));
    assert!(rows.iter().all(|row| row.0 == Forecast::Unverifiable || row.0 == Forecast::Passes), "{rows:?}");
}

#[test]
fn a_peer_by_name_may_be_the_caller() {
    let named =
        device("west", &with(WEST, "203.0.113.1", "vpn.example.org"), Some(": PSK \"open-sesame\"\n"), &[]);
    let devices = [device("hq", ASA, None, &[]), named].concat();
    let powers = Powers::new(1 << 10);
    let all = Verdicts::new(&devices, Phases::Both, &powers, |sessions| {
        sessions.into_iter().map(|session| judge(session, Phases::Both, &powers)).collect()
    });
    let called = all.judged.iter().find(|one| one.session.initiator.device.name() == "hq").unwrap();
    assert_eq!(called.forecast, Forecast::Unverifiable);
    assert!(
        called
            .depends
            .iter()
            .any(|one| matches!(&one.on, Unknown::Name(_, name) if name == "vpn.example.org"))
    );
}

/// Its peer names another address of the router than the one that the map's packets leave from.
#[test]
fn a_router_without_local_address_is_not_told_up() {
    const LOOPBACK: &str = "interface Loopback0\n ip address 192.0.2.7 255.255.255.255\n";
    let asa = ASA.replace("198.51.100.1", "192.0.2.7");
    let ios = IOS.to_owned() + LOOPBACK;
    let fixed = ios.clone() + "crypto map m local-address Loopback0\n";
    assert_eq!(cisco(&asa, &fixed), [PASSES, PASSES]);
    let rows = cisco(&asa, &ios);
    assert_eq!(rows.first(), Some(&(Forecast::Unverifiable, None, true)));
    assert!(rows.get(1).is_some_and(|row| row.0 == Forecast::Phase1Stalls), "{rows:?}");
    // What DHCP gives the interface is not the loopback's address.
    let dhcp = with(&ios, "ip address 198.51.100.1 255.255.255.0", "ip address dhcp");
    let open = (Forecast::Unverifiable, None, true);
    assert_eq!(cisco(&asa, &dhcp), [open, open]);
    // Nothing else of it is unknown.
    assert_eq!(cisco(ASA, &ios), [PASSES, PASSES]);
}

#[test]
fn what_an_ipsec_conf_includes_is_read() {
    let hq = || device("hq", ASA, None, &[]);
    let both = |west: Vec<Device>| {
        let rows = said(&[hq(), west].concat());
        rows.into_iter().map(|row| (row.1, row.2, row.3)).collect::<Vec<_>>()
    };
    let body = WEST.split_once('\n').unwrap().1;
    for (conf, included) in [
        ("include conn.inc\n", ("conn.inc", WEST)),
        ("config setup\n\tcharondebug=\"ike 1\"\ninclude conn.inc\n", ("conn.inc", WEST)),
        ("conn c\n\tinclude body.inc\n", ("body.inc", body)),
    ] {
        assert_eq!(both(device("west", conf, Some(KEY), &[included])), [PASSES, PASSES], "{conf}");
    }
    let keys = device("west", WEST, Some("include more.secrets\n"), &[("more.secrets", KEY)]);
    assert_eq!(both(keys), [PASSES, PASSES]);
    // The line that is blamed stands in the file that is included.
    let other = with(WEST, "modp2048", "modp1024");
    let west = device("west", "include conn.inc\n", Some(KEY), &[("conn.inc", &other)]);
    let place = west[0].connections[0].policies[0].group.at.clone().unwrap();
    assert_eq!((&*place.file, place.line), ("conn.inc", 6));
    // A file that includes itself, two that include each other, one that is not there.
    for included in [[("a", "include a\n"), ("b", "")], [("a", "include b\n"), ("b", "include a\n")]] {
        let west = device("west", &format!("{WEST}include a\n"), Some(KEY), &included);
        assert!(!west[0].problems.is_empty());
    }
    let west = device("west", WEST, Some("include a\n"), &[("a", "include a\n")]);
    assert!(!west[0].problems.is_empty());
}

/// Profiles, keyrings, VRFs, HSRP, names and NAT of a router: each as it works, and one that does not.
#[test]
fn ways_of_a_router() {
    let key = "crypto isakmp key open-sesame address 203.0.113.1\n";
    let ring = "crypto keyring KR\n  pre-shared-key address 203.0.113.1 key open-sesame\n";
    let profiled = |matched: &str| {
        let profile =
            format!("{ring}crypto isakmp profile P\n   keyring KR\n   match identity address {matched}\n");
        with(&with(IOS, key, &profile), " match address 101\n", " set isakmp-profile P\n match address 101\n")
    };
    for matched in ["203.0.113.1", "203.0.113.1 255.255.255.255", "0.0.0.0", "203.0.113.0 255.255.255.0"] {
        assert_eq!(cisco(ASA, &profiled(matched)), [PASSES, PASSES], "{matched}");
    }
    let rows = cisco(ASA, &profiled("203.0.114.0 255.255.255.0"));
    assert!(rows.iter().all(|row| row.1 == Some(Cause::IdentityMismatch)), "{rows:?}");
    let vrf = with(IOS, " ip address 198", " vrf forwarding FV\n ip address 198");
    let in_vrf = with(&vrf, key, &with(ring, "KR", "KR vrf FV"));
    assert_eq!(cisco(ASA, &in_vrf), [PASSES, PASSES]);
    let rows = cisco(ASA, &vrf);
    assert!(rows.iter().all(|row| row.1 == Some(Cause::MissingTunnelGroup)), "{rows:?}");
    let shared = " standby 1 ip 198.51.100.9\n standby 1 name HA\n crypto map m redundancy HA\n";
    let hsrp = with(IOS, " crypto map m\n", shared);
    assert_eq!(cisco(&with(ASA, "198.51.100.1", "198.51.100.9"), &hsrp), [PASSES, PASSES]);
    let behind = with(IOS, "198.51.100.1", "192.168.1.10");
    assert_eq!(cisco(ASA, &behind), [PASSES, PASSES]);
    let asks = "crypto map m client authentication list L\n";
    let spared = with(IOS, key, &format!("{}{asks}", with(key, "\n", " no-xauth\n")));
    assert_eq!(cisco(ASA, &spared), [PASSES, PASSES]);
    let rows = cisco(ASA, &with(IOS, key, &format!("{key}{asks}")));
    assert!(rows.iter().all(|row| row.1 == Some(Cause::XauthMissing)), "{rows:?}");
}

/// What each side says, and what there is beside a verdict: values, which `report` puts into words.
#[test]
fn what_the_sides_say_is_typed() {
    let devices = [
        device("hq", &with(ASA, " hash sha\n", " hash md5\n"), None, &[]),
        device("branch", &with(IOS, " hash sha\n", ""), None, &[]),
    ]
    .concat();
    let powers = Powers::new(1 << 10);
    let all = Verdicts::new(&devices, Phases::Both, &powers, |sessions| {
        sessions.into_iter().map(|session| judge(session, Phases::Both, &powers)).collect()
    });
    let judged = all.judged.iter().find(|one| one.session.initiator.device.name() == "hq").unwrap();
    let [Blamed { what: Matter::Hash, sides: [Said::Line(at), Said::NoLine(other)] }] =
        judged.blamed.as_slice()
    else {
        panic!("{:?}", judged.blamed)
    };
    assert_eq!(&*at.text, "hash md5");
    assert!(matches!(other, Unsaid::Default { of: Matter::Hash, value, .. } if value == "sha"), "{other:?}");
    let what: Vec<&Beside> = judged.notes.iter().map(|note| &note.what).collect();
    let [
        Beside::Lifetimes { seconds, wins, .. },
        Beside::Unrouted(Role::Initiator, _),
        Beside::Unrouted(Role::Responder, _),
    ] = what.as_slice()
    else {
        panic!("{what:?}")
    };
    assert_eq!((seconds.initiator, seconds.responder, *wins), (28_800, 3600, Wins::Smaller));
}
