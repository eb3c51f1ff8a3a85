//! What stands in pasted files beside configuration, and instead of it: masks, code blocks, includes, clients and hubs.

use super::{beside, check, judged};
use crate::{code, run, scratch, stdout};

fn ios(own: &str, peer: &str, changes: &[(&str, &str)]) -> String {
    let text = format!(
        "hostname r-{own}\ncrypto isakmp policy 10\n encr aes 256\n authentication pre-share\n group 14\n\
crypto isakmp key Sesame address {peer}\ncrypto ipsec transform-set TS esp-aes 256 esp-sha-hmac\n\
crypto map CM 10 ipsec-isakmp\n set peer {peer}\n set transform-set TS\n match address 101\n\
interface GigabitEthernet0/1\n ip address {own} 255.255.255.0\n crypto map CM\n\
access-list 101 permit ip any any\n"
    );
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

const A: &str = "192.0.2.1";
const B: &str = "198.51.100.1";

#[test]
fn keys_that_were_taken_out_are_not_known() {
    let other = ios(B, A, &[]);
    for mask in ["*", "*****", "<removed>", "[REDACTED]", "hidden", "XXXXXX", "6 AGVIDXYZABCD"] {
        let masked = ios(A, B, &[("key Sesame", &format!("key {mask}"))]);
        let said = judged("masks", &[("a.cfg", &masked), ("b.cfg", &other)]);
        assert_eq!((said.0.as_str(), said.1), ("unverifiable", None), "{mask}");
    }
    let conn = "conn c\n keyexchange=ikev1\n authby=psk\n left=192.0.2.1\n right=198.51.100.1\n ike=aes256-sha1-modp2048!\n auto=add\n";
    for mask in ["\"<secret>\"", "\"*****\"", "\u{201c}Sesame\u{201d}"] {
        let keys = format!("{A} {B} : PSK {mask}\n");
        let said = beside("masks-daemon", &[("a.conf", conn), ("b.cfg", &other)], &[("a.secrets", &keys)]);
        assert_eq!(said.0, "unverifiable", "{mask}");
        assert!(!said.2.to_string().contains("Sesame"), "{mask}");
    }
}

/// A code block of Markdown stands four blanks or a tab further in, behind an empty line.
#[test]
fn indented_code_blocks_are_moved_back() {
    let moved = |text: &str, by: &str| {
        let lines: Vec<String> = text.lines().map(|line| format!("{by}{line}")).collect();
        format!("The router:\n\n{}\n\nThanks in advance.\n", lines.join("\n"))
    };
    let pair = [moved(&ios(A, B, &[]), "    "), moved(&ios(B, A, &[]), "\t")];
    let folder = scratch("indented");
    let paths = [("a.md", &pair[0]), ("b.md", &pair[1])].map(|(name, text)| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.join(name).to_str().unwrap().to_owned()
    });
    let output = run(&["predict", &paths[0], &paths[1]]);
    // The access list behind the interface is read too: phase 2 is judged.
    assert_eq!((code(&output), stdout(&output).matches("passes phase 2").count()), (0, 2));
}

const CLIENT: &str = "hostname client\ncrypto ipsec client ezvpn EZ\n connect auto\n group sales key Sesame\n mode client\n\
peer 203.0.113.1\ninterface Ethernet0\n ip address 198.51.100.9 255.255.255.0\n crypto ipsec client ezvpn EZ\n\
interface Ethernet1\n ip address 10.1.1.1 255.255.255.0\n crypto ipsec client ezvpn EZ inside\n";

const SERVER: &str = "hostname server\ncrypto isakmp policy 1\n encr 3des\n authentication pre-share\n group 2\n\
crypto isakmp client configuration group sales\n key Sesame\ncrypto ipsec transform-set T esp-3des esp-sha-hmac\n\
crypto dynamic-map D 1\n set transform-set T\ncrypto map M client authentication list L\ncrypto map M 1 ipsec-isakmp dynamic D\n\
interface Ethernet0\n ip address 203.0.113.1 255.255.255.0\n crypto map M\n";

#[test]
fn easy_vpn_calls_with_a_group() {
    let changed = |from: &str, to: &str| SERVER.replace(from, to);
    let (key, group) = (changed("key Sesame", "key sesame"), changed("group sales", "group stores"));
    let (policy, plain) =
        (changed(" group 2\n", " group 14\n"), changed("crypto map M client authentication list L\n", ""));
    check(&[
        ("same", [("c.cfg", CLIENT), ("s.cfg", SERVER)], "up", None),
        ("key", [("c.cfg", CLIENT), ("s.cfg", &key)], "stalls", Some("psk-mismatch")),
        ("group", [("c.cfg", CLIENT), ("s.cfg", &group)], "stalls", Some("missing-tunnel-group")),
        ("policy", [("c.cfg", CLIENT), ("s.cfg", &policy)], "stalls", Some("policy-mismatch")),
        ("xauth", [("c.cfg", CLIENT), ("s.cfg", &plain)], "stalls", Some("xauth-missing")),
    ]);
}

/// A hub alone is one side: nothing in it is known to be wrong.
#[test]
fn a_hub_alone_waits_for_callers() {
    let folder = scratch("hub-alone");
    let path = folder.join("hub.cfg");
    std::fs::write(&path, SERVER).unwrap();
    let output = run(&["predict", path.to_str().unwrap()]);
    assert_eq!(code(&output), 4);
    assert!(stdout(&output).contains("answers whoever calls"), "{output:?}");
}

const SWAN: &str = "config setup\n\ninclude d/*.conf\n";

#[test]
fn patterns_are_included_from_below_the_file() {
    let conn = "conn c\n keyexchange=ikev1\n authby=psk\n left=192.0.2.1\n right=198.51.100.1\n ike=aes256-sha1-modp2048!\n auto=add\n";
    let keys = "192.0.2.1 198.51.100.1 : PSK \"Sesame\"\n";
    let other = ios(B, A, &[]);
    let files = [("a.conf", SWAN), ("b.cfg", other.as_str())];
    let said = beside(
        "include-pattern",
        &files,
        &[("d/one.conf", conn), ("d/two.txt", "conn x\n"), ("a.secrets", keys)],
    );
    assert_eq!((said.0.as_str(), said.1), ("up", None));
    let swanctl = "connections {\n include parts/*.conf\n}\nsecrets {\n include keys/*\n}\n";
    let part = "c {\n version = 1\n local_addrs = 192.0.2.1\n remote_addrs = 198.51.100.1\n proposals = aes256-sha1-modp2048\n\
 local {\n auth = psk\n }\n remote {\n auth = psk\n }\n}\n";
    let files = [("a.swanctl.conf", swanctl), ("b.cfg", other.as_str())];
    let said = beside(
        "include-swanctl",
        &files,
        &[("parts/c.conf", part), ("keys/k", "ike-1 {\n secret = Sesame\n}\n")],
    );
    assert_eq!((said.0.as_str(), said.1), ("up", None));
}

/// What a package's own file includes takes no connection's place that is there.
#[test]
fn stock_includes_leave_a_verdict_certain() {
    let conn = "conn c\n keyexchange=ikev1\n authby=psk\n left=192.0.2.1\n right=198.51.100.1\n ike=aes256-sha1-modp2048!\n auto=add\n\
\ninclude /var/lib/strongswan/ipsec.conf.inc\n";
    let keys = "192.0.2.1 198.51.100.1 : PSK \"Sesame\"\n";
    let other = ios(B, A, &[]);
    let said = beside("include-stock", &[("a.conf", conn), ("b.cfg", &other)], &[("a.secrets", keys)]);
    assert_eq!((said.0.as_str(), said.1), ("up", None));
    let foreign = conn.replace("/var/lib/strongswan/ipsec.conf.inc", "/root/more.conf");
    let said = beside("include-foreign", &[("a.conf", &foreign), ("b.cfg", &other)], &[("a.secrets", keys)]);
    assert_eq!(said.0, "unverifiable");
}

#[test]
fn a_backup_is_called_where_the_first_is_nobody() {
    let two = |first: &str| {
        ios(A, B, &[(" set peer 198.51.100.1", &format!(" set peer {first}\n set peer 198.51.100.1"))])
    };
    let other = ios(B, A, &[]);
    let unnamed = ios(B, A, &[(" ip address 198.51.100.1 255.255.255.0\n", "")]);
    check(&[
        ("backup", [("a.cfg", &two("203.0.113.9")), ("b.cfg", &other)], "up", None),
        ("backup without address", [("a.cfg", &two("203.0.113.9")), ("b.cfg", &unnamed)], "up", None),
    ]);
}

#[test]
fn an_entry_without_a_peer_is_incomplete_and_not_unbound() {
    let (caller, lacks) = (ios(A, B, &[]), ios(B, A, &[(" set peer 192.0.2.1\n", "")]));
    check(&[("phase 1", [("a.cfg", &caller), ("b.cfg", &lacks)], "up", None)]);
}

#[test]
fn a_profile_of_the_global_vrf_leaves_it_open() {
    let fvrf = |behind: &str| {
        let ring = "crypto keyring K vrf INET\n  pre-shared-key address 192.0.2.1 key Sesame";
        let profile = format!(
            "{ring}\ncrypto isakmp profile P\n   keyring K\n   match identity address 192.0.2.1 255.255.255.255{behind}"
        );
        ios(
            B,
            A,
            &[
                ("crypto isakmp key Sesame address 192.0.2.1", profile.as_str()),
                (" match address 101", " set isakmp-profile P\n match address 101"),
                (" ip address", " ip vrf forwarding INET\n ip address"),
            ],
        )
    };
    let other = ios(A, B, &[]);
    check(&[
        ("named", [("a.cfg", &other), ("b.cfg", &fvrf(" INET"))], "up", None),
        ("global", [("a.cfg", &other), ("b.cfg", &fvrf(""))], "unverifiable", None),
    ]);
}

#[test]
fn an_asa_that_enables_ikev2_alone_has_no_ikev1() {
    let asa = "hostname fw\ninterface Ethernet0/0\n nameif outside\n ip address 198.51.100.1 255.255.255.0\n\
crypto map M 1 match address L\ncrypto map M 1 set peer 192.0.2.1\ncrypto map M 1 set ikev2 ipsec-proposal P\n\
crypto map M interface outside\ncrypto ikev2 enable outside\ncrypto ikev2 policy 1\n encryption aes-256\n\
tunnel-group 192.0.2.1 type ipsec-l2l\ntunnel-group 192.0.2.1 ipsec-attributes\n ikev2 local-authentication pre-shared-key Sesame\n";
    let bare = asa.replace("crypto map M 1 set ikev2 ipsec-proposal P\n", "");
    let caller = ios(A, B, &[]);
    check(&[
        ("proposal", [("a.cfg", &caller), ("b.cfg", asa)], "stalls", Some("ike-version")),
        ("enable alone", [("a.cfg", &caller), ("b.cfg", &bare)], "stalls", Some("ike-version")),
    ]);
}

/// A key that others have too stays as it is: the spoke takes it over.
#[test]
fn a_hubs_key_is_left_to_its_other_spokes() {
    let hub = ios(
        B,
        A,
        &[
            ("hostname r-198.51.100.1", "hostname HUB"),
            ("address 192.0.2.1\n", "address 0.0.0.0\n"),
            ("crypto map CM 10 ipsec-isakmp\n set peer 192.0.2.1\n", "crypto dynamic-map D 1\n"),
            (" match address 101\n", "crypto map CM 10 ipsec-isakmp dynamic D\n"),
        ],
    );
    for owner in ["address 198.51.100.1\n", "address 0.0.0.0\n"] {
        let spoke = ios(
            A,
            B,
            &[
                ("hostname r-192.0.2.1", "hostname SPOKE"),
                ("key Sesame", "key sesame"),
                ("address 198.51.100.1\n", owner),
            ],
        );
        let folder = scratch("hub-key");
        let paths = [("spoke.cfg", &spoke), ("hub.cfg", &hub)].map(|(name, text)| {
            std::fs::write(folder.join(name), text).unwrap();
            folder.join(name).to_str().unwrap().to_owned()
        });
        let text = stdout(&run(&["predict", &paths[0], &paths[1]]));
        assert!(text.contains("on SPOKE,") && !text.contains("on HUB,"), "{owner}: {text}");
    }
}

/// Each device of a file is what its own lines say.
#[test]
fn one_file_with_an_asa_and_a_router() {
    let asa = "hostname fw\ninterface Ethernet0/0\n nameif outside\n ip address 198.51.100.1 255.255.255.0\n\
access-list L extended permit ip any any\ncrypto ipsec ikev1 transform-set T esp-aes-256 esp-sha-hmac\n\
crypto map M 1 match address L\ncrypto map M 1 set peer 192.0.2.1\ncrypto map M 1 set ikev1 transform-set T\n\
crypto map M interface outside\ncrypto ikev1 enable outside\ncrypto ikev1 policy 1\n authentication pre-share\n\
 encryption aes-256\n hash sha\n group 14\ntunnel-group 192.0.2.1 type ipsec-l2l\n\
tunnel-group 192.0.2.1 ipsec-attributes\n ikev1 pre-shared-key Sesame\n";
    let folder = scratch("mixed-file");
    let path = folder.join("both.md");
    std::fs::write(&path, format!("# Firewall\n```\n{asa}```\n# Router\n```\n{}```\n", ios(A, B, &[])))
        .unwrap();
    let output = run(&["predict", path.to_str().unwrap()]);
    assert_eq!((code(&output), stdout(&output).matches("passes phase 2").count()), (0, 2), "{output:?}");
}

/// No address makes two keys equal that no line has on both sides.
#[test]
fn keys_that_nobody_shares_stall_without_an_address() {
    let nowhere = |key: &str| {
        ios(A, B, &[("key Sesame", key), (" ip address 192.0.2.1 255.255.255.0", " ip address dhcp")])
    };
    let open = ios(
        B,
        A,
        &[
            ("address 192.0.2.1\n", "address 0.0.0.0\n"),
            ("crypto map CM 10 ipsec-isakmp\n set peer 192.0.2.1\n", "crypto dynamic-map D 1\n"),
            (" match address 101\n", "crypto map CM 10 ipsec-isakmp dynamic D\n"),
        ],
    );
    check(&[
        ("same", [("a.cfg", &nowhere("key Sesame")), ("b.cfg", &open)], "up", None),
        ("other", [("a.cfg", &nowhere("key Sesam")), ("b.cfg", &open)], "stalls", Some("psk-mismatch")),
    ]);
}

/// Older releases want the map on the tunnel and on the interface below it: one caller, not two.
#[test]
fn a_map_on_a_tunnel_calls_from_its_source() {
    let tunnel = "interface Tunnel0\n ip address 10.9.9.1 255.255.255.252\n tunnel source GigabitEthernet0/1\n\
 tunnel destination 198.51.100.1\n crypto map CM\ninterface GigabitEthernet0/1\n";
    let both = ios(A, B, &[("interface GigabitEthernet0/1\n", tunnel)]);
    let other = ios(B, A, &[]);
    let (said, cause, all) = judged("map-on-tunnel", &[("a.cfg", &both), ("b.cfg", &other)]);
    assert_eq!(
        (said.as_str(), cause, all["directions"].as_array().unwrap().len()),
        ("up", None, 2),
        "{all:#}"
    );
}

/// A tunnel-group with a trust point signs: it calls, and the policies do not meet.
#[test]
fn a_side_that_signs_needs_no_key() {
    let asa = "hostname fw\ninterface Ethernet0/0\n nameif outside\n ip address 198.51.100.1 255.255.255.0\n\
crypto map M 1 match address L\ncrypto map M 1 set peer 192.0.2.1\ncrypto map M interface outside\n\
crypto ikev1 enable outside\ncrypto ikev1 policy 1\n authentication rsa-sig\n encryption aes-256\n hash sha\n group 14\n\
tunnel-group 192.0.2.1 type ipsec-l2l\ntunnel-group 192.0.2.1 ipsec-attributes\n ikev1 trust-point TP\n";
    let other = ios(A, B, &[]);
    check(&[("calls", [("a.cfg", asa), ("b.cfg", &other)], "stalls", Some("policy-mismatch"))]);
}

/// A name becomes no other by an address that no file has.
#[test]
fn names_that_differ_stall_without_an_address() {
    let conn = |left: &str, right: &str, own: &str, theirs: &str| {
        format!(
            "conn c\n keyexchange=ikev1\n authby=psk\n left={left}\n right={right}\n{own}{theirs} ike=aes256-sha1-modp2048!\n auto=add\n"
        )
    };
    let hub = conn("203.0.113.1", "%any", " leftid=@hub\n", " rightid=@a.example\n");
    let named =
        |name: &str| conn("%defaultroute", "203.0.113.1", &format!(" leftid=@{name}\n"), " rightid=@hub\n");
    let keys = ": PSK \"Sesame\"\n";
    for (name, verdict, cause) in
        [("a.example", "up", None), ("b.example", "stalls", Some("identity-mismatch"))]
    {
        let files = [("s.conf", named(name)), ("h.conf", hub.clone())];
        let files = [(files[0].0, files[0].1.as_str()), (files[1].0, files[1].1.as_str())];
        let said = beside("names-differ", &files, &[("s.secrets", keys), ("h.secrets", keys)]);
        assert_eq!((said.0.as_str(), said.1.as_deref()), (verdict, cause), "{name}");
    }
}
