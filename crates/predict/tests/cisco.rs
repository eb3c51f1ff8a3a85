//! What stands in configurations of ASA and IOS devices, each construct in the smallest pair that shows it, as the
//! scenario that it becomes.

#![cfg(test)]

use config::{Device, Owner, Remote, read};
use predict::{Assumed, Phases, ShownKeys, as_scenario, sessions};

fn device(file: &str, text: &str) -> Device {
    read(file, text.as_bytes(), None).devices.remove(0)
}

/// The scenario of each direction, and what was assumed of its two ends.
fn directions(texts: &[&str]) -> Vec<(String, [Option<Assumed>; 2])> {
    let devices: Vec<Device> =
        texts.iter().flat_map(|text| read("f", text.as_bytes(), None).devices).collect();
    let devices: Vec<&Device> = devices.iter().collect();
    let (found, _) = sessions(&devices);
    found
        .iter()
        .map(|s| {
            (as_scenario(s, ShownKeys::Real, Phases::One).text, [s.initiator.assumed, s.responder.assumed])
        })
        .collect()
}

const POLICY: &str = "crypto isakmp policy 10\n encr aes 256\n authentication pre-share\n group 14\n";

fn ios(own: &str, peer: &str, more: &str) -> String {
    format!(
        "hostname r{own}\n{POLICY}crypto isakmp key secret address {peer}\ncrypto map M 10 ipsec-isakmp\n set peer {peer}\n\
         interface Gi0/0\n ip address {own} 255.255.255.0\n crypto map M\n{more}"
    )
}

#[test]
fn two_routers_call_each_other() {
    let found =
        directions(&[&ios("203.0.113.1", "198.51.100.1", ""), &ios("198.51.100.1", "203.0.113.1", "")]);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].1, [None, None]);
    assert!(
        found[0].0.contains("peer = \"198.51.100.1\"    # line 8: set peer 198.51.100.1"),
        "{}",
        found[0].0
    );
}

/// A private address that calls a public one, whose owner calls back somebody that nobody is: NAT.
#[test]
fn behind_nat() {
    let found =
        directions(&[&ios("203.0.113.1", "198.51.100.1", ""), &ios("192.168.1.10", "203.0.113.1", "")]);
    let outside: std::net::IpAddr = "198.51.100.1".parse().unwrap();
    let assumed: Vec<_> = found.iter().map(|(_, assumed)| *assumed).collect();
    assert_eq!(assumed, [[None, Some(Assumed::Nat(outside))], [Some(Assumed::Nat(outside)), None]]);
    for (text, role) in [(&found[0].0, "responder"), (&found[1].0, "initiator")] {
        assert!(
            text.contains(&format!("kind = \"nat\"\nat = \"{role}\"\noutside = \"198.51.100.1\"")),
            "{text}"
        );
    }
}

/// A wrong address stays wrong: it is not taken for the right one.
#[test]
fn a_wrong_address_stays_wrong() {
    let found =
        directions(&[&ios("203.0.113.1", "198.51.100.9", ""), &ios("198.51.100.1", "203.0.113.1", "")]);
    assert_eq!(found.len(), 2);
    let wrong = found.iter().find(|(_, assumed)| assumed[1] == Some(Assumed::Meant)).unwrap();
    assert!(
        wrong.0.contains("peer = \"198.51.100.9\"") && wrong.0.contains("address = \"198.51.100.1\""),
        "{}",
        wrong.0
    );
}

#[test]
fn a_third_device_elsewhere_is_not_meant() {
    let third = ios("192.0.2.77", "203.0.113.1", "");
    let texts = [ios("203.0.113.1", "198.51.100.1", ""), ios("198.51.100.1", "203.0.113.1", ""), third];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    // The third calls the first, which has nothing for it: one direction more, and nobody calls back by mistake.
    assert_eq!(directions(&texts).len(), 3);
}

/// Without a map on an interface nobody is called; a dynamic map answers and does not call.
#[test]
fn maps_that_call_nobody() {
    let unbound = ios("203.0.113.1", "198.51.100.1", "").replace(" crypto map M\n", "");
    assert!(device("a", &unbound).connections[0].unbound.is_some());
    let dynamic = "crypto dynamic-map D 5\n set transform-set T\ncrypto map M 10 ipsec-isakmp dynamic D\n\
                   interface Gi0/0\n ip address 203.0.113.1 255.255.255.0\n crypto map M\n";
    let connections = device("a", &format!("{POLICY}{dynamic}")).connections;
    assert_eq!(
        (connections.len(), &connections[0].remote, connections[0].answers_only),
        (1, &Remote::Anybody, true)
    );
}

/// The most specific key wins; a keyring bound to another own address does not count.
#[test]
fn which_key_counts() {
    let keys = "crypto isakmp key any address 0.0.0.0\ncrypto isakmp key net address 198.51.100.0 255.255.255.0\n\
                crypto keyring OTHER\n local-address 192.0.2.9\n pre-shared-key address 198.51.100.1 key other\n\
                crypto keyring OWN\n local-address 203.0.113.1\n pre-shared-key address 198.51.100.1 255.255.255.255 key own\n";
    let device = device("a", &format!("{POLICY}{keys}"));
    let key = |peer: &str, local: &str| {
        let line = device.key_for(peer.parse().unwrap(), local.parse().unwrap(), false).unwrap();
        line.at.line
    };
    assert_eq!(device.keys[0].owners, [Owner::Anybody]);
    assert_eq!(key("198.51.100.1", "203.0.113.1"), 12, "the keyring of this own address");
    assert_eq!(key("198.51.100.1", "192.0.2.9"), 9, "the other keyring for the other address");
    assert_eq!(key("198.51.100.1", "192.0.2.1"), 6, "neither: the network's");
    assert_eq!(key("192.0.2.200", "203.0.113.1"), 5, "nothing else: anybody's");
}

/// An isakmp profile gives keyring, identity and mode to whoever calls; `crypto map NAME isakmp-profile` to all entries.
#[test]
fn profiles() {
    let profile = "crypto keyring K\n pre-shared-key hostname hub key x\n pre-shared-key address 198.51.100.1 key y\n\
                   crypto isakmp profile P\n keyring K\n self-identity fqdn me.example\n match identity host hub.example\n\
                   initiate mode aggressive\ncrypto map M isakmp-profile P\n";
    let device = device("a", &ios("203.0.113.1", "198.51.100.1", profile));
    let connection = &device.connections[0];
    assert!(
        connection.aggressive.is_some() && connection.identity.is_some() && connection.expects.len() == 1
    );
    let peer = "198.51.100.1".parse().unwrap();
    let own = "203.0.113.1".parse().unwrap();
    assert_eq!(device.key_for(peer, own, true).unwrap().keyring.as_deref(), Some("K"));
}

#[test]
fn aggressive_mode_by_password() {
    let more = "crypto isakmp peer address 198.51.100.1\n set aggressive-mode password pw\n\
                set aggressive-mode client-endpoint user-fqdn me@example.net\n";
    let found = directions(&[
        &ios("203.0.113.1", "198.51.100.1", more)
            .replace("crypto isakmp key secret address 198.51.100.1\n", ""),
        &ios("198.51.100.1", "203.0.113.1", ""),
    ]);
    let text = &found[0].0;
    assert!(
        text.starts_with(
            "mode = \"aggressive\"    # line 12: set aggressive-mode password <key, 2 characters>"
        ),
        "{text}"
    );
    assert!(
        text.contains("identity = { user_fqdn = \"me@example.net\" }")
            && text.contains("pre_shared_key = \"pw\""),
        "{text}"
    );
}

/// `crypto map M local-address Loopback0`
#[test]
fn another_interface_lends_its_address() {
    let more =
        "crypto map M local-address Loopback0\ninterface Loopback0\n ip address 192.0.2.5 255.255.255.255\n";
    let device = device("a", &ios("203.0.113.1", "198.51.100.1", more));
    assert_eq!(device.connections[0].local, "192.0.2.5".parse().ok());
}

/// Without a policy IOS has eight of its own; with `no crypto isakmp default policy` none.
#[test]
fn default_policies() {
    let bare = ios("203.0.113.1", "198.51.100.1", "").replace(POLICY, "");
    let policies = device("a", &bare).policies;
    assert_eq!(
        (policies.len(), policies[1].authentication.value.as_str(), policies[1].group.value),
        (8, "pre-share", 5)
    );
    assert!(device("a", &format!("no crypto isakmp default policy\n{bare}")).policies.is_empty());
}

/// What a left-out line means depends on the version.
#[test]
fn defaults_by_version() {
    let group = |version: &str| {
        let text = format!(
            "{version}\ntunnel-group 1.2.3.4 type ipsec-l2l\ncrypto ikev1 policy 1\n encryption aes\n"
        );
        device("a", &text).policies[0].group.value
    };
    assert_eq!(
        [group("ASA Version 9.8(2)"), group("ASA Version 9.16(1)"), group("PIX Version 6.3(5)")],
        [2, 14, 1]
    );
}

/// Old forms of ASA and PIX: one line a value, `isakmp key`, names.
#[test]
fn old_forms() {
    let pix = "PIX Version 6.3(5)\nnameif ethernet0 outside security0\nip address outside own 255.255.255.0\nname 203.0.113.1 own\n\
               name 198.51.100.1 peer\ncrypto map O 10 ipsec-isakmp\ncrypto map O 10 set peer peer\ncrypto map O interface outside\n\
               isakmp enable outside\nisakmp key two words address peer netmask 255.255.255.255\nisakmp policy 10 authentication pre-share\n\
               isakmp policy 10 encryption 3des\nisakmp policy 10 group 2\n";
    let device = device("a", &pix.replace("two words", "word"));
    let connection = &device.connections[0];
    assert_eq!(
        (connection.local, &connection.remote),
        ("203.0.113.1".parse().ok(), &Remote::Address("198.51.100.1".parse().unwrap()))
    );
    let policy = &device.policies[0];
    assert_eq!(
        (policy.encryption.value.as_str(), policy.group.value, policy.authentication.value.as_str()),
        ("3des", 2, "pre-share")
    );
    assert!(device.listens("203.0.113.1".parse().unwrap()) && device.keys.len() == 1);
}

/// IKEv2 sections, banners, what a router answers while it is configured, escapes of markdown: none of it counts.
#[test]
fn what_is_not_configuration() {
    let text = ios("203.0.113.1", "198.51.100.1", "");
    let clean = device("a", &text);
    let ikev2 = "crypto ikev2 policy 10\n encryption aes-gcm-256\n group 24\n";
    let banner = "banner motd ^C\nhostname evil\ncrypto isakmp key x address 9.9.9.9\n^C\n";
    for (what, messy) in [
        ("ikev2", format!("{text}{ikev2}")),
        ("ikev2 first", format!("{ikev2}{text}")),
        ("ikev2 without indentation", format!("{text}{}", ikev2.replace("\n ", "\n"))),
        ("banner", format!("{banner}{text}")),
        ("fence", format!("The router:\n```\n{text}```\n")),
        ("escapes", text.replace("hostname r203", "description a\\_b\\*\nhostname r203")),
    ] {
        let got = device("a", &messy);
        assert_eq!((got.problems.len(), got.policies.len(), got.keys.len()), (0, 1, 1), "{what}");
        assert_eq!((&got.hostname, got.connections.len()), (&clean.hostname, 1), "{what}");
    }
}

/// Two devices typed in one session, told apart by their prompts; what they answer is no configuration.
#[test]
fn a_typed_session() {
    let typed = |host: &str, own: &str, peer: &str| {
        format!(
            "Router(config)#hostname {host}\n{host}(config)#crypto isakmp policy 10\n{host}(config-isakmp)#encr aes 256\n\
             {host}(config-isakmp)# authentication pre-share\n{host}(config-isakmp)# group 14\n{host}(config-isakmp)#exit\n\
             {host}(config)#crypto isakmp key a#b address {peer}\n{host}(config)#crypto map M 10 ipsec-isakmp\n\
             % NOTE: This new crypto map will remain disabled until a peer\n        and a valid access list have been configured.\n\
             {host}(config-crypto-map)# set peer {peer}\n{host}(config-crypto-map)#interface g0/0\n\
             {host}(config-if)# ip address {own} 255.255.255.0\n{host}(config-if)# crypto map M\n"
        )
    };
    let text = typed("R1", "10.0.0.1", "10.0.0.2") + &typed("R2", "10.0.0.2", "10.0.0.1");
    let found = directions(&[&text]);
    assert_eq!(found.len(), 2);
    assert!(
        found[0].0.contains("# R1 (f)") && found[0].0.contains("pre_shared_key = \"a#b\""),
        "{}",
        found[0].0
    );
}

/// Access lists for traffic to the device itself: IOS on the interface, ASA only with `control-plane`.
#[test]
fn access_lists() {
    let list = "ip access-list extended IN\n 10 permit esp any any\n 20 deny udp host 198.51.100.1 any eq isakmp\n permit ip any any\n";
    let blocked = ios("203.0.113.1", "198.51.100.1", list)
        .replace(" crypto map M\n", " crypto map M\n ip access-group IN in\n");
    let other = ios("198.51.100.1", "203.0.113.1", "");
    let found = directions(&[&blocked, &other]);
    assert!(found[1].0.contains("20 deny udp host 198.51.100.1 any eq isakmp\nkind = \"block-port\"\nport = 500\ndirection = \"to-responder\""), "{}", found[1].0);
    assert!(found[0].0.contains("direction = \"to-initiator\""), "{}", found[0].0);
    let asa = |control: &str| {
        format!(
            "interface G0/0\n nameif outside\n ip address 203.0.113.1 255.255.255.0\ncrypto ikev1 enable outside\n\
             access-list A extended permit tcp any any\naccess-group A in interface outside{control}\n\
             tunnel-group 198.51.100.1 type ipsec-l2l\ncrypto map M interface outside\ncrypto map M 1 set peer 198.51.100.1\n"
        )
    };
    let stopped = |control: &str| directions(&[&asa(control), &other])[1].0.contains("block-port");
    assert!(stopped(" control-plane") && !stopped(""));
}

/// Without indentation, shortened as in a laboratory; `exit` closes a section, unknown commands of an interface do not.
#[test]
fn shortened_and_without_indentation() {
    let lab = |own: &str, peer: &str| {
        format!(
            "enable\nconf t\nint multilink 1\nencapsulation ppp\nip add {own} 255.255.255.0\nno shut\nexit\ncry isa pol 10\nencr aes\n\
             hash sha\nauth pre\ngr 5\nlife 3600\nexit\ncrypto isa key k address {peer}\ncrypto map V 1 ipsec-isakmp\nset peer {peer}\nexit\n\
             int multilink 1\ncrypto map V\nexit\nrouter ospf 1\nnetwork 10.0.0.0 0.0.0.255 area 0\n"
        )
    };
    // No hostname tells where the second begins: its interface has another address.
    let found = directions(&[&(lab("10.0.0.1", "10.0.0.2") + &lab("10.0.0.2", "10.0.0.1"))]);
    assert_eq!(found.len(), 2);
    for line in [
        "# line 8: cry isa pol 10",
        "authentication = \"pre-share\"    # line 11: auth pre",
        "group = 5    # line 12: gr 5",
    ] {
        assert!(found[0].0.contains(line), "{line}: {}", found[0].0);
    }
}

/// Two devices whose policies stand before the interfaces that tell them apart.
#[test]
fn a_device_begins_where_its_policy_does() {
    let text = ios("10.0.0.1", "10.0.0.2", "") + &ios("10.0.0.2", "10.0.0.1", "").replace("secret", "other");
    let unnamed: String =
        text.lines().filter(|line| !line.starts_with("hostname")).map(|line| format!("{line}\n")).collect();
    let devices = read("f", unnamed.as_bytes(), None).devices;
    assert_eq!(devices.iter().map(|device| device.keys.len()).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(devices[1].keys[0].at.line, 15);
}

/// What is taken back is not there.
#[test]
fn no_takes_back() {
    let text = ios("10.0.0.1", "10.0.0.2", "").replace(
        "crypto map M 10",
        "crypto isakmp key wrong address 10.0.0.2\nno crypto isakmp key wrong address 10.0.0.2\ncrypto map M 10",
    );
    let text =
        text.replace(" set peer 10.0.0.2", " set peer 10.0.0.9\n no set peer 10.0.0.9\n set peer 10.0.0.2");
    let device = device("a", &text);
    assert_eq!((device.keys.len(), device.connections.len()), (1, 1));
    assert_eq!(device.connections[0].remote, Remote::Address("10.0.0.2".parse().unwrap()));
}
