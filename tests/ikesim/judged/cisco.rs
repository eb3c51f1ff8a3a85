//! Configurations and excerpts of ASA and IOS.

use super::check;

/// An IOS router: own address, peer, and where something else stands: what it becomes.
fn ios(own: &str, peer: &str, changes: &[(&str, &str)]) -> String {
    let text = format!(
        "hostname r{own}\ncrypto isakmp policy 10\n encr aes 256\n authentication pre-share\n group 14\n\
         crypto isakmp key open address {peer}\ncrypto ipsec transform-set T esp-aes esp-sha-hmac\n\
         crypto map M 10 ipsec-isakmp\n set peer {peer}\n set transform-set T\n match address 101\n\
         access-list 101 permit ip any any\ninterface Gi0/0\n ip address {own} 255.255.255.0\n crypto map M\n"
    );
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from} is not there");
        text.replace(from, to)
    })
}

const A: &str = "203.0.113.1";
const B: &str = "198.51.100.1";

#[test]
fn excerpts_without_interfaces_or_addresses() {
    let bare = [("hostname r203.0.113.1\n", ""), (" ip address 203.0.113.1 255.255.255.0\n", "")];
    let section = [
        ("interface Gi0/0\n ip address 203.0.113.1 255.255.255.0\n crypto map M\n", " crypto map M\n"),
        ("access-list 101 permit ip any any\n", ""),
    ];
    let other = [
        ("hostname r198.51.100.1\n", ""),
        ("interface Gi0/0\n ip address 198.51.100.1 255.255.255.0\n crypto map M\n", ""),
    ];
    let (whole, differs) = (ios(B, A, &[]), ios(B, A, &[("group 14", "group 5")]));
    let [bare, section, lost] = [ios(A, B, &bare), ios(A, B, &section), ios(B, A, &other)];
    let indented: String = section.lines().map(|line| format!("   {line}\n")).collect();
    let escaped = section.replace("crypto map M", "crypto map M\\_1").replace("\n ", "\n\n&#x20;");
    check(&[
        ("no address", [("a.cfg", &bare), ("b.cfg", &whole)], "up", None),
        ("section", [("a.cfg", &section), ("b.cfg", &whole)], "up", None),
        ("neither side", [("a.cfg", &section), ("b.cfg", &lost)], "up", None),
        ("indented", [("a.txt", &indented), ("b.cfg", &whole)], "up", None),
        ("escaped", [("a.md", &escaped), ("b.cfg", &whole)], "up", None),
        (
            "certain all the same",
            [("a.cfg", &section), ("b.cfg", &differs)],
            "stalls",
            Some("policy-mismatch"),
        ),
    ]);
}

/// IOS says itself that it keeps such an entry disabled, and that ISAKMP is off where no interface has a map.
#[test]
fn maps_on_nothing_and_entries_that_lack_a_line() {
    let whole = ios(B, A, &[]);
    let loose = ios(A, B, &[("\n crypto map M\n", "\n")]);
    let misspelt = ios(A, B, &[("\n crypto map M\n", "\n crypto map MM\n")]);
    let no_list = ios(A, B, &[(" match address 101\n", "")]);
    let backup =
        ios(A, B, &[(" set peer 198.51.100.1\n", " set peer 198.51.100.1 default\n set peer 192.0.2.77\n")]);
    check(&[
        ("called", [("b.cfg", &whole), ("a.cfg", &loose)], "stalls", Some("map-unbound")),
        ("calls", [("a.cfg", &misspelt), ("b.cfg", &whole)], "stalls", Some("map-unbound")),
        ("incomplete", [("a.cfg", &no_list), ("b.cfg", &whole)], "stalls", Some("crypto-map-incomplete")),
        ("incomplete answers", [("b.cfg", &whole), ("a.cfg", &no_list)], "up", None),
        ("backup", [("a.cfg", &backup), ("b.cfg", &whole)], "up", None),
    ]);
}

#[test]
fn xauth_of_a_map() {
    let asks = "crypto map M client authentication list L\ncrypto map M 10 ipsec-isakmp";
    let server = ios(B, A, &[("crypto map M 10 ipsec-isakmp", asks)]);
    let spared = server.replace("address 203.0.113.1\n", "address 203.0.113.1 no-xauth\n");
    let peer = ios(A, B, &[]);
    check(&[
        ("asked", [("a.cfg", &peer), ("b.cfg", &server)], "stalls", Some("xauth-missing")),
        ("spared", [("a.cfg", &peer), ("b.cfg", &spared)], "up", None),
    ]);
}

/// A tunnel: keyring, what its profile has, what the source interface has.
fn vti(own: &str, peer: &str, keyring: &str, profile: &str, interface: &str) -> String {
    format!(
        "hostname t{own}\n{keyring}\ncrypto isakmp policy 10\n encr aes\n authentication pre-share\n group 2\n\
         crypto isakmp profile P\n{profile}\ncrypto ipsec profile I\n set isakmp-profile P\ninterface Gi0/0\n{interface}\n \
         ip address {own} 255.255.255.0\ninterface Tunnel0\n tunnel source Gi0/0\n tunnel destination {peer}\n \
         tunnel mode ipsec ipv4\n tunnel protection ipsec profile I\n"
    )
}

#[test]
fn profiles_keyrings_and_vrfs() {
    let ring = "crypto keyring K\n  pre-shared-key address 0.0.0.0 0.0.0.0 key wild";
    let anybody = " keyring K\n match identity address 0.0.0.0";
    let other = vti(B, A, ring, anybody, "");
    let made = |keyring: &str, profile: &str, interface: &str| vti(A, B, keyring, profile, interface);
    let [any, net, elsewhere, global, vrf, no_vrf] = [
        made(ring, anybody, ""),
        made(ring, " keyring K\n match identity address 198.51.100.0 255.255.255.0", ""),
        made(ring, " keyring K\n match identity address 192.0.2.0 255.255.255.0", ""),
        made(
            "crypto isakmp key wild address 0.0.0.0",
            " keyring default\n match identity address 0.0.0.0",
            "",
        ),
        made(&ring.replace("K\n", "K vrf F\n"), anybody, " vrf forwarding F"),
        made(ring, anybody, " vrf forwarding F"),
    ];
    check(&[
        ("anybody", [("a.cfg", &any), ("b.cfg", &other)], "up", None),
        ("net", [("a.cfg", &net), ("b.cfg", &other)], "up", None),
        ("other net", [("a.cfg", &elsewhere), ("b.cfg", &other)], "stalls", Some("identity-mismatch")),
        ("global keys", [("a.cfg", &global), ("b.cfg", &other)], "up", None),
        ("vrf", [("a.cfg", &vrf), ("b.cfg", &other)], "up", None),
        (
            "keyring without vrf",
            [("b.cfg", &other), ("a.cfg", &no_vrf)],
            "stalls",
            Some("missing-tunnel-group"),
        ),
    ]);
}

#[test]
fn addresses_of_ipv6_and_of_standby_groups() {
    let six = |own: &str, peer: &str| {
        format!(
            "crypto isakmp policy 1\n encr aes\n authentication pre-share\n group 5\ncrypto keyring K\n  \
             pre-shared-key address ipv6 {peer}/128 key open\ncrypto isakmp profile P\n keyring K\n \
             match identity address ipv6 {peer}/128\ncrypto ipsec profile I\n set isakmp-profile P\ninterface Gi0/0\n \
             ip address 192.0.2.1 255.255.255.0\n ipv6 address {own}/64\ninterface Tunnel0\n tunnel source Gi0/0\n \
             tunnel mode ipsec ipv6\n tunnel destination {peer}\n tunnel protection ipsec profile I\n"
        )
    };
    let [left, right] = [six("2001:db8:1::1", "2001:db8:2::1"), six("2001:db8:2::1", "2001:db8:1::1")];
    let shared = " ip address 203.0.113.11 255.255.255.0\n standby 1 ip 203.0.113.1\n standby 1 name HA\n crypto map M redundancy HA\n";
    let hsrp = ios(A, B, &[(" ip address 203.0.113.1 255.255.255.0\n crypto map M\n", shared)]);
    let own = hsrp.replace(" redundancy HA", "");
    let whole = ios(B, A, &[]);
    check(&[
        ("ipv6", [("a.cfg", &left), ("b.cfg", &right)], "up", None),
        ("standby calls", [("a.cfg", &hsrp), ("b.cfg", &whole)], "up", None),
        ("standby is called", [("b.cfg", &whole), ("a.cfg", &hsrp)], "up", None),
        ("own address", [("a.cfg", &own), ("b.cfg", &whole)], "stalls", Some("missing-tunnel-group")),
    ]);
}

#[test]
fn multipoint_tunnels_and_nhrp() {
    let tunnel = |name: &str, own: &str, lines: &str| {
        format!(
            "hostname {name}\ncrypto isakmp policy 10\n encr aes\n authentication pre-share\n group 14\n\
             crypto isakmp key open address 0.0.0.0 0.0.0.0\ncrypto ipsec profile D\n set transform-set T\n\
             interface Gi0/0\n ip address {own} 255.255.255.0\ninterface Tunnel0\n tunnel source Gi0/0\n\
             tunnel mode gre multipoint\n{lines}"
        )
    };
    let protect = " tunnel protection ipsec profile D\n";
    let hub = tunnel("hub", A, &format!(" ip nhrp map multicast dynamic\n{protect}"));
    let spoke = tunnel(
        "spoke",
        B,
        &format!(" ip nhrp map 10.0.0.1 203.0.113.1\n ip nhrp map multicast 203.0.113.1\n{protect}"),
    );
    let open = tunnel("hub", A, " ip nhrp map multicast dynamic\n");
    check(&[
        ("spoke and hub", [("s.cfg", &spoke), ("h.cfg", &hub)], "up", None),
        ("hub without protection", [("s.cfg", &spoke), ("h.cfg", &open)], "stalls", Some("map-unbound")),
    ]);
}

/// Aggressive Mode: the host name has its domain behind it, and the key is looked for under both together.
#[test]
fn a_host_name_has_its_domain() {
    let aggressive = vti(
        B,
        A,
        "ip domain name example.org\ncrypto isakmp identity hostname\ncrypto keyring K\n  pre-shared-key address 0.0.0.0 0.0.0.0 key open",
        " keyring K\n match identity address 0.0.0.0\n initiate mode aggressive",
        "",
    );
    let hub = |name: &str| {
        format!(
            "hostname hub\ncrypto isakmp policy 10\n encr aes\n authentication pre-share\n group 2\n\
             crypto isakmp key open hostname {name}\ncrypto dynamic-map d 1\n set transform-set T\n\
             crypto map m 1 ipsec-isakmp dynamic d\ninterface Gi0/0\n ip address 203.0.113.1 255.255.255.0\n crypto map m\n"
        )
    };
    let (whole, bare) = (hub("t198.51.100.1.example.org"), hub("t198.51.100.1"));
    check(&[
        ("whole", [("c.cfg", &aggressive), ("h.cfg", &whole)], "up", None),
        ("bare", [("c.cfg", &aggressive), ("h.cfg", &bare)], "stalls", Some("missing-tunnel-group")),
    ]);
}

fn asa(own: &str, peer: &str, changes: &[(&str, &str)]) -> String {
    let text = format!(
        "ASA Version 9.12(4)\nhostname a{own}\ninterface Gi0/0\n nameif outside\n ip address {own} 255.255.255.0\n\
         access-list L extended permit ip any any\ncrypto ipsec ikev1 transform-set T esp-aes esp-sha-hmac\n\
         crypto map M 10 match address L\ncrypto map M 10 set peer {peer}\ncrypto map M 10 set ikev1 transform-set T\n\
         crypto map M interface outside\ncrypto ikev1 enable outside\ncrypto ikev1 policy 10\n authentication pre-share\n \
         encryption aes-256\n hash sha\n group 14\ntunnel-group {peer} type ipsec-l2l\n\
         tunnel-group {peer} ipsec-attributes\n ikev1 pre-shared-key open\n"
    );
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from} is not there");
        text.replace(from, to)
    })
}

#[test]
fn an_asa_and_its_names_versions_and_maps() {
    let right = asa(B, A, &[]);
    let changed = |from: &str, to: &str| asa(A, B, &[(from, to)]);
    let [case, loose, two, both, policy, unknown, group] = [
        changed("nameif outside", "nameif OUTSIDE"),
        changed("crypto map M interface outside\n", ""),
        changed("set ikev1 transform-set T", "set ikev2 ipsec-proposal P"),
        changed(
            "crypto map M interface",
            "crypto map M 10 set ikev2 ipsec-proposal P\ncrypto map M interface",
        ),
        changed(
            "tunnel-group 198.51.100.1 type ipsec-l2l\n",
            "group-policy G attributes\n vpn-tunnel-protocol ikev2\ntunnel-group 198.51.100.1 type ipsec-l2l\n\
             tunnel-group 198.51.100.1 general-attributes\n default-group-policy G\n",
        ),
        changed(" ikev1 pre-shared-key", " ikev9 pre-shared-key"),
        asa(A, B, &[(" ikev1 pre-shared-key", " ikev9 pre-shared-key"), ("group 14", "group 5")]),
    ];
    check(&[
        ("case", [("a.txt", &case), ("b.txt", &right)], "up", None),
        ("unbound", [("b.txt", &right), ("a.txt", &loose)], "stalls", Some("map-unbound")),
        ("ikev2 there", [("b.txt", &right), ("a.txt", &two)], "stalls", Some("ike-version")),
        ("ikev2 here", [("a.txt", &two), ("b.txt", &right)], "stalls", Some("ike-version")),
        ("both", [("a.txt", &both), ("b.txt", &right)], "up", None),
        ("group policy", [("a.txt", &policy), ("b.txt", &right)], "stalls", Some("ike-version")),
        ("unknown word", [("a.txt", &unknown), ("b.txt", &right)], "unverifiable", None),
        ("certain beside it", [("a.txt", &group), ("b.txt", &right)], "stalls", Some("policy-mismatch")),
    ]);
}

/// A misspelt word is pointed at, and what it cannot mend stays certain.
#[test]
fn misspelt_words_of_a_policy() {
    let whole = ios(B, A, &[]);
    let [cipher, group] =
        [("encr aes", "encrption aes"), ("group 14", "groop 14")].map(|change| ios(A, B, &[change]));
    let life = [("group 14", "group 5\n lieftime 3600")];
    let life = ios(A, B, &life);
    check(&[
        ("cipher", [("a.cfg", &cipher), ("b.cfg", &whole)], "unverifiable", Some("policy-mismatch")),
        ("group", [("a.cfg", &group), ("b.cfg", &whole)], "unverifiable", Some("policy-mismatch")),
        ("lifetime", [("a.cfg", &life), ("b.cfg", &whole)], "stalls", Some("policy-mismatch")),
    ]);
    let files = [("a.cfg", cipher.as_str()), ("b.cfg", whole.as_str())];
    let (_, _, all) = super::judged("judged-misspelt", &files);
    assert!(all["problems"].to_string().contains("encrption"), "{all:#}");
}
