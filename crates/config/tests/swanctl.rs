//! strongSwan's `swanctl.conf`.

#![cfg(test)]

use std::fs;
use std::io::Write;
use std::path::Path;

use config::{Connection, Device, Format, Identity, Key, Owner, Policy, Remote, Version, read};
use proptest::collection::vec;
use proptest::prelude::*;

/// Straight to stderr: the harness hides what a passing test prints.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

fn swanctl(text: &str) -> Device {
    read("a", text.as_bytes(), Some(Format::Swanctl))
        .devices
        .pop()
        .unwrap_or_else(|| panic!("no device in {text}"))
}

fn takes(connection: &Connection) -> Vec<Policy> {
    connection.takes.as_ref().unwrap().policies()
}

fn words(policies: &[Policy]) -> Vec<String> {
    let word = |p: &Policy| format!("{}-{}-{}", p.encryption.value, p.hash.value, p.group.value);
    policies.iter().map(word).collect()
}

fn key(device: &Device, peer: &str, local: &str, calling: bool) -> String {
    match device.key_for(peer.parse().unwrap(), local.parse().unwrap(), calling).map(|line| &line.key) {
        Some(Key::Known(secret)) => String::from_utf8_lossy(secret.reveal()).into_owned(),
        Some(other) => format!("{other:?}"),
        None => "none".into(),
    }
}

/// strongSwan's own scenario `ikev1/net2net-psk`: it came up, with the third of five secrets.
#[test]
fn the_net2net_pair_of_strongswan() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/configs/strongswan-net2net-psk");
    let Ok(moon) = fs::read(folder.join("moon.swanctl.conf")) else {
        say(&format!("SKIPPED: {} is not there", folder.display()));
        return;
    };
    let sun = fs::read(folder.join("sun.swanctl.conf")).unwrap();
    let [moon, sun] = [("moon", moon), ("sun", sun)].map(|(name, bytes)| {
        assert_eq!(Format::of(&String::from_utf8_lossy(&bytes)), Some(Format::Swanctl));
        read(name, &bytes, None).devices.remove(0)
    });
    let (here, there) = ("192.168.0.1", "192.168.0.2");
    for (device, own, peer, id, other) in [
        (&moon, here, there, "moon.strongswan.org", "sun.strongswan.org"),
        (&sun, there, here, "sun.strongswan.org", "moon.strongswan.org"),
    ] {
        let [connection] = device.connections.as_slice() else { panic!("{device:?}") };
        assert_eq!(connection.remote, Remote::Address(peer.parse().unwrap()));
        assert_eq!(connection.local, Some(own.parse().unwrap()));
        assert_eq!(words(&connection.policies), ["aes-128-sha256-31"]);
        assert_eq!(connection.policies[0].authentication.value, "pre-share");
        // `reauth_time = 10800` and a tenth on top.
        assert_eq!(connection.policies[0].lifetime.value, 11_880);
        assert_eq!(connection.identity.as_ref().unwrap().value, Identity::Fqdn(id.into()));
        assert_eq!(connection.expects[0].value, Identity::Fqdn(other.into()));
        let child = &connection.children[0];
        assert_eq!(child.sets.get().unwrap()[0].value, "esp-gcm-128");
        assert_eq!(child.pfs.group, Some(config::Group::Number(31)));
        assert!(!connection.answers_only && connection.aggressive.is_none() && device.problems.is_empty());
    }
    let chosen = [true, false].map(|calling| {
        [(&moon, there, here), (&sun, here, there)].map(|(device, peer, local)| {
            let line = device.key_for(peer.parse().unwrap(), local.parse().unwrap(), calling).unwrap();
            let Key::Known(secret) = &line.key else { panic!("{line:?}") };
            (secret.reveal().to_vec(), line.at.line)
        })
    });
    assert_eq!(chosen[0], chosen[1]);
    let [[(moons, line), (suns, _)], _] = &chosen;
    assert_eq!((moons, moons.len(), *line), (suns, 24, 45));
    let shown = format!("{moon:?}{sun:?}");
    for secret in ["45a30759df97dc26a15b88ff", "This is a strong", "sv+NkxY9LLZ", "castle", "Andi"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

const CONNECTION: &str = "local_addrs = 192.0.2.1\n remote_addrs = 192.0.2.2\n version = 1\n proposals = aes128-sha1-modp2048\n local { auth = psk }\n remote { auth = psk }\n";

fn with(lines: &str) -> Device {
    swanctl(&format!("connections {{ c {{\n {CONNECTION} {lines} }} }}\nsecrets {{ ike {{ secret = x }} }}"))
}

/// Every lifetime here was seen on the wire of charon 5.9.8.
#[test]
fn lifetimes_as_charon_offers_them() {
    for (lines, seconds) in [
        ("", 15_840),
        ("reauth_time = 10800", 11_880),
        ("reauth_time = 10000\n over_time = 50", 10_050),
        ("rekey_time = 1h", 3960),
        ("rekey_time = 1h\n reauth_time = 2h", 7920),
    ] {
        let device = with(&format!("{lines}\n"));
        assert_eq!(device.connections[0].policies[0].lifetime.value, seconds, "{lines}");
    }
}

/// Seen: one transform for each proposal, with the first algorithm of each kind; a responder takes every combination.
#[test]
fn it_offers_the_first_of_each_kind_and_takes_all() {
    let device = with("proposals = aes256-aes128-sha256-sha1-modp2048-modp1536, 3des-md5-modp1024\n");
    let connection = &device.connections[0];
    assert_eq!(words(&connection.policies), ["aes-256-sha256-14", "3des-md5-2"]);
    let all = words(&takes(connection));
    assert_eq!(all.len(), 9);
    assert!(all.contains(&"aes-128-sha-5".into()));
    let default = with("proposals = default\n");
    assert_eq!(words(&default.connections[0].policies), ["aes-128-sha256-31"]);
    assert!(words(&takes(&default.connections[0])).contains(&"3des-sha-14".into()));
    let (peer, local) = ("192.0.2.2".parse().unwrap(), "192.0.2.1".parse().unwrap());
    let some = default.accepted_by(default.connection(peer, local), &connection.policies, 8);
    assert_eq!(some.len(), 8);
    assert!(some.iter().any(|p| p.encryption.value == "aes-256" && p.group.value == 14));
}

#[test]
fn what_cannot_be_proposed_is_told() {
    for (proposal, part) in [
        ("aes128gcm16-prfsha256-modp2048", "aes128gcm16"),
        ("aes128-sha256-prfsha1-modp2048", "prfsha1"),
        ("aes128-sha256", "aes128-sha256"),
        ("aes128-sha256-modp2047", "modp2047"),
        ("camellia128-sha1-modp2048", "camellia128"),
    ] {
        let device = with(&format!("proposals = {proposal}\n"));
        let [problem] = device.problems.as_slice() else { panic!("{proposal}: {:?}", device.problems) };
        assert_eq!((problem.part.as_str(), problem.at.line), (part, 8), "{}", problem.message);
        assert!(device.connections[0].policies.is_empty());
    }
}

/// Which secret won, when two charon 5.9.8 were tried with each of them, as initiator and as responder in Main Mode.
#[test]
fn the_secret_that_charon_takes() {
    let (a, b) = ("a.example", "b.example");
    let (here, there) = ("192.0.2.1", "192.0.2.2");
    /// Own and other identity, secrets with their identities, which one wins at either end.
    type Case<'c> = (&'c str, &'c str, &'c [(&'c str, &'c str)], &'c str, &'c str);
    let cases: [Case<'_>; 16] = [
        ("", "", &[(here, "own"), (there, "peer"), ("", "any")], "any", "peer"),
        ("", "", &[(here, "own"), (there, "peer")], "own", "peer"),
        ("", "", &[("", "any"), ("192.0.2.1,192.0.2.2", "both")], "any", "both"),
        ("", "", &[("192.0.2.0/24", "net"), ("", "any")], "any", "net"),
        ("", "", &[("192.0.2.0/24", "net"), (there, "peer")], "net", "peer"),
        (a, b, &[(a, "a"), (b, "b")], "b", "b"),
        (a, b, &[(a, "a"), (b, "b"), ("a.example,b.example", "ab"), ("", "any")], "ab", "ab"),
        (a, b, &[(a, "a"), ("", "any")], "any", "any"),
        (a, b, &[("192.0.2.1,192.0.2.2", "addresses")], "addresses", "addresses"),
        (a, b, &[("a.example,b.example", "first"), ("a.example,b.example", "second")], "second", "second"),
        (a, b, &[("a.example,%any", "a and any"), (b, "b")], "b", "b"),
        (a, b, &[("a.example,c.example", "a and c"), ("", "any")], "any", "any"),
        (a, b, &[("a.example,c.example", "a and c")], "a and c", "a and c"),
        (a, b, &[("*.example", "wild"), ("", "any")], "wild", "wild"),
        (a, "", &[(a, "a"), (there, "peer"), ("", "any")], "any", "any"),
        ("", b, &[(here, "own"), (b, "b")], "b", "own"),
    ];
    for (own, other, secrets, as_initiator, as_responder) in cases {
        let id = |id: &str| if id.is_empty() { String::new() } else { format!("\n id = {id}\n") };
        let mut text = format!(
            "connections {{ c {{ version = 1\n local_addrs = {here}\n remote_addrs = {there}\n \
             local {{ auth = psk {} }}\n remote {{ auth = psk {} }} }} }}\nsecrets {{\n",
            id(own),
            id(other)
        );
        for (n, (ids, secret)) in secrets.iter().enumerate() {
            let ids =
                ids.split(',').enumerate().map(|(m, id)| format!("id-{m} = {id}\n")).collect::<String>();
            text += &format!("ike-{n} {{ {ids} secret = \"{secret}\"\n }}\n");
        }
        let device = swanctl(&(text + "}"));
        assert_eq!(key(&device, there, here, true), as_initiator, "{own} {other} {secrets:?}");
        assert_eq!(key(&device, there, here, false), as_responder, "{own} {other} {secrets:?}");
    }
}

/// Nothing grows faster than the text.
#[test]
fn long_lists_stay_small() {
    let many = |word: &str, gap: &str, count| vec![word; count].join(gap);
    let proposals = format!("{}-{}-modp2048", many("aes128-aes256", "-", 9999), many("sha1-md5", "-", 9999));
    let peers: Vec<String> = (0..9999).map(|n| format!("10.0.{}.{}", n / 250, n % 250)).collect();
    let nets = peers.join(",");
    let device = with(&format!(
        "proposals = {proposals}\n remote_addrs = {nets}\n children {{ x {{ local_ts = {nets}\n remote_ts = {nets}\n esp_proposals = {proposals}\n }} }}\n"
    ));
    assert_eq!(takes(&device.connections[0]).len(), 4);
    assert!(
        device.connections.len() < 100 && device.connections[0].children[0].acl.get().unwrap().len() <= 64
    );
}

#[test]
fn whom_it_calls_and_whom_it_answers() {
    let device = with("remote_addrs = 192.0.2.2, 192.0.2.3, 10.0.0.0/8\n");
    let seen: Vec<(&Remote, bool)> = device.connections.iter().map(|c| (&c.remote, c.answers_only)).collect();
    let address = |text: &str| Remote::Address(text.parse().unwrap());
    assert_eq!(
        seen,
        [
            (&address("192.0.2.2"), false),
            (&address("192.0.2.3"), true),
            (&Remote::Range("10.0.0.0".parse().unwrap(), "10.255.255.255".parse().unwrap()), true)
        ]
    );
    let named = with("remote_addrs = vpn.example.org\n");
    assert_eq!(named.connections[0].remote, Remote::Unknown("vpn.example.org".into()));
    // Without a version it calls with IKEv2 and answers both.
    assert_eq!(with("version = 0\n").connections[0].version.value, Version::Both);
    let two =
        read("a", b"connections { c { version = 2\n remote_addrs = 192.0.2.2 } }", Some(Format::Swanctl))
            .devices;
    assert_eq!(two[0].connections[0].version.value, Version::Two);
}

/// Seen: in Aggressive Mode both ends know the other's identity before they need the key.
#[test]
fn in_aggressive_mode_the_identity_that_was_met_counts() {
    let text = format!(
        "connections {{ c {{ {CONNECTION} aggressive = yes\n }} }}\nsecrets {{ ike-0 {{ id = 192.0.2.1\n secret = own\n }}\n\
         ike-1 {{ id = 192.0.2.2\n secret = peer\n }}\n ike-2 {{ secret = any\n }}\n ike-3 {{ id = group\n secret = group\n }} }}"
    );
    let device = swanctl(&text);
    let [peer, local] = ["192.0.2.2", "192.0.2.1"].map(|address| address.parse().unwrap());
    for (met, secret) in [(Identity::Address(peer), "peer"), (Identity::Fqdn("group".into()), "group")] {
        for calling in [true, false] {
            let line =
                device.key_as(device.connection(peer, local), [local, peer], calling, Some(&met)).unwrap();
            assert!(matches!(&line.key, Key::Known(key) if key.reveal() == secret.as_bytes()), "{secret}");
        }
    }
}

#[test]
fn what_is_not_read_is_told_and_its_secrets_may_count() {
    let text = format!("include conf.d/*.conf\nconnections {{ c {{ {CONNECTION} }} }}\n");
    let device = swanctl(&text);
    assert_eq!((device.problems[0].at.line, device.problems[0].part.as_str()), (1, "conf.d/*.conf"));
    assert_eq!(device.keys[0].owners, [Owner::Unknown]);
    assert_eq!(key(&device, "192.0.2.2", "192.0.2.1", true), "Masked");
    let without = swanctl(&text.replace("include conf.d/*.conf\n", ""));
    assert_eq!(key(&without, "192.0.2.2", "192.0.2.1", true), "none");
}

#[test]
fn inherited_values_and_one_line_files_keep_secrets_out_of_sight() {
    let text = "base { version = 1\n local { auth = psk } remote { auth = psk } proposals = 3des-md5-modp1024\n }\n\
                connections { c : base { remote_addrs = 192.0.2.2 } }\nsecrets { ike { id = x.example\n secret = \"hunter2\" } }";
    let device = swanctl(text);
    assert_eq!(words(&device.connections[0].policies), ["3des-md5-2"]);
    assert_eq!(device.connections[0].policies[0].encryption.at.as_ref().unwrap().line, 2);
    // A section on one line, with its secret.
    let one = "connections { c { version = 1 } } secrets { ike { secret = \"hunter2\" } }";
    for device in [device, swanctl(one)] {
        let shown = format!("{device:?}");
        assert!(shown.contains("<key, 7 characters>") && !shown.contains("hunter2"), "{shown}");
    }
}

/// What matters, without line numbers.
fn gist(device: &Device) -> String {
    let mut connections: Vec<String> = device
        .connections
        .iter()
        .map(|c| {
            let id = c.identity.as_ref().map(|id| &id.value);
            format!("{} {:?} {:?} {id:?} {:?}", c.by, c.remote, c.local, words(&c.policies))
        })
        .collect();
    let mut keys: Vec<String> = device.keys.iter().map(|k| format!("{:?} {:?}", k.owners, k.key)).collect();
    connections.sort();
    keys.sort();
    format!("{connections:?} {keys:?}")
}

const SECTIONS: [&str; 4] = [
    "connections {\n  one {\n    version = 1\n    remote_addrs = 192.0.2.2\n    proposals = aes128-sha1-modp2048\n  }\n}\n",
    "connections {\n  two {\n    version = 1\n    remote_addrs = 192.0.2.3\n    local {\n      id = moon\n    }\n  }\n}\n",
    "secrets {\n  ike-1 {\n    id = moon\n    secret = abc\n  }\n}\n",
    "secrets {\n  ike-2 {\n    secret = \"d e f\"\n  }\n}\n",
];

fn pasted() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "connections",
        "secrets",
        "c",
        "ike-1",
        "{",
        "}",
        "=",
        ":",
        ",",
        "#",
        "\"",
        "\\",
        "local",
        "remote",
        "auth",
        "psk",
        "id",
        "@#",
        "0x",
        "0s",
        "secret",
        "proposals",
        "aes128-sha1-modp2048",
        "default",
        "remote_addrs",
        "192.0.2.2",
        "10.0.0.0/8",
        "%any",
        "version",
        "1",
        "include",
        "children",
        "esp_proposals",
        "rekey_time",
        "4h",
        "é",
        "\r",
    ]);
    vec(
        (
            prop_oneof![9 => word.prop_map(str::to_owned), 1 => any::<String>()],
            prop::sample::select(vec![" ", "\n", ""]),
        ),
        0..80,
    )
    .prop_map(|words| words.into_iter().map(|(word, end)| word + end).collect())
}

proptest! {
    /// And what cannot be read is said of a line that is there.
    #[test]
    fn no_text_makes_it_panic(text in pasted()) {
        for format in [None, Some(Format::Swanctl)] {
            for device in read("any", text.as_bytes(), format).devices {
                let _ = key(&device, "192.0.2.2", "192.0.2.1", true);
                let _ = key(&device, "192.0.2.2", "192.0.2.1", false);
                for problem in &device.problems {
                    let line = problem.at.line;
                    prop_assert!((1..=text.lines().count()).contains(&line), "{:?}\n{}", problem, text);
                }
            }
        }
    }

    /// Wherever its line stands, a secret is in no output.
    #[test]
    fn no_secret_is_ever_shown(before in pasted(), after in pasted(), quoted in any::<bool>()) {
        let secret = if quoted { "\"hunter2\"" } else { "hunter2" };
        let text = format!("{before}\nsecret = {secret}\n{after}\nsecrets {{ ike {{\nsecret = {secret}\n}} }}");
        for device in read("any", text.as_bytes(), Some(Format::Swanctl)).devices {
            let shown = format!("{device:?}");
            prop_assert!(!shown.contains("hunter2"), "{}\n{}", text, shown);
        }
    }

    #[test]
    fn sections_may_stand_in_any_order(order in Just(SECTIONS.to_vec()).prop_shuffle()) {
        prop_assert_eq!(gist(&swanctl(&order.concat())), gist(&swanctl(&SECTIONS.concat())));
    }

    #[test]
    fn comments_blank_lines_and_line_ends_change_nothing(noise in vec(0..4_u8, 40), crlf in any::<bool>()) {
        let clean = SECTIONS.concat();
        let noisy: String = clean
            .lines()
            .zip(noise)
            .map(|(line, noise)| {
                let line = line.to_owned();
                let line = match noise {
                    0 => line,
                    1 => format!("\n{line}"),
                    2 => format!("# secret = no }}\n{line}"),
                    _ => format!("{line} # {{ x = y"),
                };
                line.replace('\n', if crlf { "\r\n" } else { "\n" }) + if crlf { "\r\n" } else { "\n" }
            })
            .collect();
        prop_assert_eq!(gist(&swanctl(&noisy)), gist(&swanctl(&clean)), "{}", noisy);
    }
}
