//! `ipsec.conf` and `ipsec.secrets`, of strongSwan and of libreswan.

#![cfg(test)]

use config::{Connection, Device, Format, Identity, Key, Owner, Policy, Remote, Version, read, read_with};
use proptest::collection::vec;
use proptest::prelude::*;

fn device(format: Format, conf: &str, secrets: Option<&str>) -> Device {
    let secrets = secrets.map(|text| ("ipsec.secrets", text.as_bytes()));
    read_with("ipsec.conf", conf.as_bytes(), secrets, Some(format))
        .devices
        .pop()
        .unwrap_or_else(|| panic!("no device in {conf}"))
}

const STRONGSWAN: &str =
    "conn c\n\tkeyexchange=ikev1\n\tauthby=secret\n\tauto=add\n\tleft=192.0.2.1\n\tright=192.0.2.2\n";
const LIBRESWAN: &str = "config setup\n\tikev1-policy=accept\nconn c\n\tikev2=no\n\tauthby=secret\n\tauto=add\n\tleft=192.0.2.1\n\tright=192.0.2.2\n";

fn strongswan(lines: &str) -> Device {
    device(Format::Strongswan, &format!("{STRONGSWAN}{lines}"), Some(": PSK \"x\"\n"))
}

fn libreswan(lines: &str) -> Device {
    device(Format::Libreswan, &format!("{LIBRESWAN}{lines}"), Some(": PSK \"x\"\n"))
}

fn takes(connection: &Connection) -> Vec<Policy> {
    connection.takes.as_ref().unwrap().policies()
}

fn words(policies: &[Policy]) -> Vec<String> {
    let word = |p: &Policy| format!("{}-{}-{}", p.encryption.value, p.hash.value, p.group.value);
    policies.iter().map(word).collect()
}

fn first(device: &Device) -> &Connection {
    device.connections.first().unwrap_or_else(|| panic!("no connection: {device:?}"))
}

fn shown(key: Option<&Key>) -> String {
    match key {
        Some(Key::Known(secret)) => String::from_utf8_lossy(secret.reveal()).into_owned(),
        Some(other) => format!("{other:?}"),
        None => "none".into(),
    }
}

fn key(device: &Device, calling: bool) -> String {
    let [peer, local] = ["192.0.2.2", "192.0.2.1"].map(|address| address.parse().unwrap());
    shown(device.key_for(peer, local, calling).map(|line| &line.key))
}

fn address(text: &str) -> Identity {
    Identity::Address(text.parse().unwrap())
}

/// Offers as charon 5.9.8 and pluto 4.10 made them on the wire.
#[test]
fn offers_as_the_daemons_make_them() {
    let offers = |device: &Device| words(&first(device).policies);
    assert_eq!(offers(&strongswan("")), ["aes-128-sha256-31"]);
    assert_eq!(offers(&strongswan("\tike=aes256-sha1-modp2048\n")), ["aes-256-sha-14", "aes-128-sha256-31"]);
    assert_eq!(
        offers(&strongswan("\tike=aes256-sha1-modp2048,3des-md5-modp1024!\n")),
        ["aes-256-sha-14", "3des-md5-2"]
    );
    let default = offers(&libreswan(""));
    assert_eq!(default.len(), 18);
    assert_eq!(default[..3], ["aes-256-sha256-14", "aes-128-sha256-14", "aes-256-sha512-14"]);
    assert_eq!(default[12..14], ["3des-sha256-14", "3des-sha512-14"]);
    assert_eq!(offers(&libreswan("\tike=aes-sha1;modp2048\n")), ["aes-256-sha-14", "aes-128-sha-14"]);
    assert_eq!(
        offers(&libreswan("\tike=aes128\n")),
        [
            "aes-128-sha256-14",
            "aes-128-sha512-14",
            "aes-128-sha-14",
            "aes-128-sha256-5",
            "aes-128-sha512-5",
            "aes-128-sha-5"
        ]
    );
    for same in
        ["aes_cbc256-sha2_512;dh19", "aes256-sha512-ecp256", "aes-256-sha512-dh19", "AES256-SHA2_512;ECP_256"]
    {
        assert_eq!(offers(&libreswan(&format!("\tike={same}\n"))), ["aes-256-sha512-19"], "{same}");
    }
}

/// What pluto 4.10 took and refused as a responder.
#[test]
fn what_pluto_takes() {
    let does = |lines: &str, word: &str| words(&takes(first(&libreswan(lines)))).contains(&word.to_owned());
    for word in [
        "aes-192-sha-14",
        "aes-256-sha512-5",
        "3des-sha-14",
        "aes-256-sha384-14",
        "aes-128-md5-14",
        "aes-128-sha256-19",
    ] {
        assert!(does("", word), "{word}");
    }
    let explicit = "\tike=aes-sha1;modp2048\n";
    assert!(
        does(explicit, "aes-192-sha-14")
            && does(explicit, "aes-128-sha-14")
            && !does(explicit, "3des-sha-14")
    );
    let groups = "\tike=aes128-sha1\n";
    assert!(
        does(groups, "aes-128-sha-5") && !does(groups, "aes-128-sha-15") && !does(groups, "aes-256-sha-5")
    );
}

#[test]
fn lifetimes_are_offered_as_they_are_written() {
    for (device, seconds) in [
        (strongswan(""), 10_800),
        (strongswan("\tikelifetime=1h\n"), 3600),
        (libreswan(""), 28_800),
        (libreswan("\tikelifetime=3600\n"), 3600),
    ] {
        assert_eq!(first(&device).policies[0].lifetime.value, seconds);
    }
}

#[test]
fn what_cannot_be_proposed_is_told() {
    for (device, part) in [
        (strongswan("\tike=bogus-sha1-modp2048,3des-md5-modp1024!\n"), "bogus"),
        (strongswan("\tike=aes128-sha1!\n"), "aes128-sha1"),
        (libreswan("\tike=aes_gcm256-sha2\n"), "aes_gcm256"),
        (libreswan("\tike=aes-sha1-modp2048,aes-md5-x25519\n"), "x25519"),
        (libreswan("\tike=aes128-sha1-modp2048!\n"), "modp2048!"),
        (libreswan("\tike=des-sha1-modp1536\n"), "des"),
        (libreswan("\tike=aes-sha1-modp1536-modp2048\n"), "modp2048"),
    ] {
        let [problem] = device.problems.as_slice() else { panic!("{part}: {:?}", device.problems) };
        assert_eq!(problem.part, part, "{}", problem.message);
        assert!(first(&device).policies.is_empty() && takes(first(&device)).is_empty());
    }
}

/// Which secret won, when the daemon was tried with each of them as initiator and as responder.
#[test]
fn the_secret_that_each_daemon_takes() {
    let (a, b) = ("192.0.2.1", "192.0.2.2");
    let ids = "\tleftid=@a.example\n\trightid=@b.example\n";
    let cases: [(&str, String, &str, &str); 10] = [
        ("", format!("{a} : PSK \"own\"\n{b} : PSK \"peer\"\n: PSK \"none\"\n"), "peer", "own"),
        ("", format!("{b} : PSK \"peer\"\n"), "peer", "none"),
        ("", format!("%any {b} : PSK \"any\"\n: PSK \"none\"\n"), "any", "any"),
        ("", format!("%any {b} : PSK \"any\"\n{a} : PSK \"own\"\n"), "any", "own"),
        ("", format!("{a} %any : PSK \"any\"\n{a} : PSK \"own\"\n"), "any", "any"),
        ("", "%any : PSK \"any\"\n: PSK \"none\"\n".into(), "none", "any"),
        ("", format!("{a} {b} : PSK \"first\"\n{a} {b} : PSK \"second\"\n"), "second", "first"),
        (ids, format!("{a} {b} : PSK \"address\"\n@a.example @b.example : PSK \"ids\"\n"), "ids", "ids"),
        (ids, format!("{a} {b} : PSK \"address\"\n"), "address", "none"),
        (ids, "@A.example @B.example : PSK \"case\"\n".into(), "case", "case"),
    ];
    for (lines, secrets, charon, pluto) in cases {
        let charons = device(Format::Strongswan, &format!("{STRONGSWAN}{lines}"), Some(&secrets));
        let plutos = device(Format::Libreswan, &format!("{LIBRESWAN}{lines}"), Some(&secrets));
        for calling in [true, false] {
            assert_eq!(key(&charons, calling), charon, "charon, {secrets}");
            assert_eq!(key(&plutos, calling), pluto, "pluto, {secrets}");
        }
    }
}

#[test]
fn secrets_in_every_form() {
    for (line, charon, pluto) in [
        ("192.0.2.1 192.0.2.2 : PSK \"a # b\" # c", "a # b", "a # b"),
        ("192.0.2.1 192.0.2.2 : PSK 'say \"x\"'", "say \"x\"", "say \"x\""),
        ("192.0.2.1 192.0.2.2 : PSK \"a\\\\b\" junk", "a\\\\b", "a\\\\b"),
        ("192.0.2.1 192.0.2.2 : PSK 0x616263", "abc", "abc"),
        ("192.0.2.1 192.0.2.2 : PSK 0sYWJj", "abc", "abc"),
        ("192.0.2.1 192.0.2.2 : psk \"abc\"", "none", "abc"),
        ("192.0.2.1 192.0.2.2\t:\tPSK\t\"abc\"", "none", "abc"),
        ("192.0.2.1 192.0.2.2:PSK \"abc\"", "none", "none"),
        ("   192.0.2.1 192.0.2.2 : PSK \"abc\"", "abc", "none"),
        // strongSwan stops at the first line that it cannot read.
        ("@x : PSK \"q\n192.0.2.1 192.0.2.2 : PSK \"abc\"", "none", "abc"),
        ("192.0.2.1 192.0.2.2 : PSK abc", "abc", "none"),
        ("192.0.2.1 192.0.2.2: PSK \"abc\"", "none", "abc"),
        ("192.0.2.1 192.0.2.2 : PSK\n   \"abc\"", "none", "abc"),
        ("192.0.2.1 192.0.2.2 : PSK \"*****\"", "Masked", "Masked"),
        (": RSA key.pem", "none", "none"),
    ] {
        assert_eq!(key(&device(Format::Strongswan, STRONGSWAN, Some(line)), true), charon, "charon: {line}");
        assert_eq!(key(&device(Format::Libreswan, LIBRESWAN, Some(line)), true), pluto, "pluto: {line}");
    }
}

#[test]
fn what_is_wrong_with_a_secret_is_told_without_it() {
    let device = device(Format::Strongswan, STRONGSWAN, Some("\n192.0.2.1 192.0.2.2: PSK \"hunter2\"\n"));
    let [problem] = device.problems.as_slice() else { panic!("{:?}", device.problems) };
    assert_eq!((problem.at.file.as_ref(), problem.at.line), ("ipsec.secrets", 2));
    assert!(problem.message.contains("colon") && !format!("{device:?}").contains("hunter2"));
}

/// No secrets file, or one that includes others: the key is unknown. A file without it: it is missing.
#[test]
fn unknown_and_missing_keys_are_told_apart() {
    for (format, conf) in [(Format::Strongswan, STRONGSWAN), (Format::Libreswan, LIBRESWAN)] {
        let without = device(format, conf, None);
        assert_eq!(key(&without, true), "Masked");
        assert_eq!(
            (&without.keys[0].owners[..], &without.keys[0].key),
            (&[Owner::Unknown][..], &Key::Masked)
        );
        let included = device(format, conf, Some("include /etc/ipsec.d/*.secrets\n"));
        assert_eq!((key(&included, true), included.problems.len()), ("Masked".into(), 1));
        assert_eq!(included.keys[0].at.file.as_ref(), "ipsec.secrets");
        let known = "include /etc/ipsec.d/*.secrets\n192.0.2.1 192.0.2.2 : PSK \"abc\"\n";
        assert_eq!(key(&device(format, conf, Some(known)), false), "abc");
        assert_eq!(key(&device(format, conf, Some("# nothing\n")), true), "none");
        let pasted = device(format, &format!("{conf}\n192.0.2.1 192.0.2.2 : PSK \"abc\"\n"), None);
        assert_eq!(key(&pasted, true), "abc");
        let shown = format!("{pasted:?}");
        assert!(shown.contains("<key, 3 characters>") && !shown.contains("abc"), "{shown}");
    }
}

#[test]
fn identities_default_to_the_addresses() {
    for device in [strongswan(""), libreswan("")] {
        assert_eq!(first(&device).identity.as_ref().unwrap().value, address("192.0.2.1"));
        assert_eq!(first(&device).expects[0].value, address("192.0.2.2"));
    }
    let named = libreswan("\tleftid=@moon\n\trightid=\"@[group]\"\n");
    assert_eq!(first(&named).identity.as_ref().unwrap().value, Identity::Fqdn("moon".into()));
    assert_eq!(first(&named).expects[0].value, Identity::KeyId("group".into()));
    assert_eq!(
        first(&strongswan("\tleftid=moon\n")).identity.as_ref().unwrap().value,
        Identity::Fqdn("moon".into())
    );
    // libreswan would ask the DNS.
    assert_eq!(libreswan("\tleftid=moon\n").problems[0].part, "moon");
}

fn sides(format: Format, left: &str, right: &str) -> (String, bool) {
    let conf = if format == Format::Strongswan { STRONGSWAN } else { LIBRESWAN };
    let conf = conf
        .replace("left=192.0.2.1", &format!("left={left}"))
        .replace("right=192.0.2.2", &format!("right={right}"));
    let device = device(format, &conf, Some(""));
    let remote = first(&device).remote.to_string();
    (remote, device.turned.is_some())
}

#[test]
fn which_side_it_is() {
    let (one, other) = ("192.0.2.1", "192.0.2.2");
    for format in [Format::Strongswan, Format::Libreswan] {
        assert_eq!(sides(format, "%defaultroute", other), (other.into(), false));
        assert_eq!(sides(format, one, "%defaultroute"), (one.into(), false));
        assert_eq!(sides(format, one, "%any"), ("anybody".into(), false));
        assert_eq!(sides(format, one, other), (other.into(), true));
        assert_eq!(sides(format, one, "vpn.example.org"), ("vpn.example.org".into(), true));
    }
    // strongSwan takes `left=%any` for any address of its own (seen).
    assert_eq!(sides(Format::Strongswan, "%any", other), (other.into(), false));
    assert_eq!(sides(Format::Libreswan, "%any", other), ("anybody".into(), false));
    let turned = libreswan("\tleftid=@left\n").turned.unwrap();
    assert_eq!(first(&turned).remote, Remote::Address(one.parse().unwrap()));
    assert_eq!(first(&turned).expects[0].value, Identity::Fqdn("left".into()));
}

#[test]
fn versions_are_told_and_what_is_not_loaded_is_skipped() {
    let version = |format, conf: &str| {
        let device = read("a", conf.as_bytes(), Some(format)).devices.pop()?;
        Some(first(&device).version.value)
    };
    let ike2 = STRONGSWAN.replace("ikev1", "ikev2");
    assert_eq!(version(Format::Strongswan, &ike2), Some(Version::Two));
    let insists = LIBRESWAN.replace("ikev2=no", "ikev2=insist");
    assert_eq!(version(Format::Libreswan, &insists), Some(Version::Two));
    assert_eq!(version(Format::Strongswan, &STRONGSWAN.replace("ikev1", "ike")), Some(Version::Both));
    assert_eq!(version(Format::Strongswan, STRONGSWAN), Some(Version::One));
    let ignored = |conf: &str| conf.replace("auto=add", "auto=ignore");
    assert_eq!(version(Format::Strongswan, &ignored(STRONGSWAN)), None);
    // libreswan: the same as no line at all, and such a conn is loaded by hand.
    assert_eq!(version(Format::Libreswan, &ignored(LIBRESWAN)), Some(Version::One));
}

/// What a cloud provider hands out for libreswan: written for 3, and read by later ones in another way.
#[test]
fn what_depends_on_the_version_is_told() {
    let conf = "conn Tunnel1\n\tauthby=secret\n\tauto=start\n\tleft=%defaultroute\n\tleftid=192.0.2.9\n\tright=192.0.2.2\n\t\
                type=tunnel\n\tikelifetime=8h\n\tphase2alg=aes128-sha1;modp1024\n\tike=aes128-sha1;modp1024\n\tkeyexchange=ike\n";
    assert_eq!(Format::of(conf), Some(Format::Libreswan));
    let device = device(Format::Libreswan, conf, Some("192.0.2.9 192.0.2.2 : PSK \"abc\"\n"));
    assert_eq!(words(&first(&device).policies), ["aes-128-sha-2"]);
    assert_eq!((first(&device).local, key(&device, true)), (None, "abc".into()));
    let parts: Vec<(usize, &str)> = device.problems.iter().map(|p| (p.at.line, p.part.as_str())).collect();
    assert_eq!(parts, [(1, ""), (10, "modp1024")]);
}

/// libreswan 5 drops IKEv1 unless told otherwise, and only it has `keyexchange=ikev1`.
#[test]
fn ikev1_is_off_where_libreswan_drops_it() {
    let off = |conf: &str| device(Format::Libreswan, conf, Some("")).ike_off.map(|at| at.line);
    assert_eq!(off(LIBRESWAN), None);
    assert_eq!(off(&LIBRESWAN.replace("accept", "drop")), Some(2));
    let newer = LIBRESWAN.replace("ikev2=no", "keyexchange=ikev1");
    assert_eq!(off(&newer), None);
    assert_eq!(off(&newer.replace("\tikev1-policy=accept\n", "")), Some(3));
}

#[test]
fn modes_and_nat() {
    for (device, line) in [(strongswan("\taggressive=yes\n"), 7), (libreswan("\taggrmode=yes\n"), 9)] {
        assert_eq!(first(&device).aggressive.as_ref().unwrap().line, line);
        assert_eq!(device.aggressive_off, None);
    }
    assert!(strongswan("").aggressive_off.is_some());
    assert!(first(&libreswan("\tnat-ikev1-method=none\n")).nat_off.is_some());
}

#[test]
fn phase_2_in_canonical_words() {
    let mine = libreswan(
        "\tphase2alg=aes256-sha2_256;modp2048\n\tleftsubnet=10.1.0.9/16\n\trightsubnets={10.2.0.0/16 10.3.0.1}\n",
    );
    let child = &first(&mine).children[0];
    assert_eq!(sets(&child.sets), ["esp-aes-256 esp-sha256-hmac"]);
    assert_eq!(child.pfs.group, Some(config::Group::Number(14)));
    let lines: Vec<String> = child.acl.get().unwrap().iter().map(|line| line.value.to_string()).collect();
    assert_eq!(lines, ["ip 10.1.0.0/16 10.2.0.0/16", "ip 10.1.0.0/16 10.3.0.1"]);
    let child = |device: &Device| first(device).children[0].clone();
    assert_eq!(child(&libreswan("\tesp=aes-sha1\n\tpfs=no\n")).pfs.group, None);
    assert_eq!(child(&libreswan("")).pfs.group, Some(config::Group::OfPhase1));
    let open = child(&strongswan("\tesp=aes128gcm16-modp2048\n"));
    assert_eq!((sets(&open.sets)[0], open.takes.len() > 10), ("esp-gcm-128", true), "a default behind it");
    assert_eq!(sets(&child(&strongswan("\tesp=aes128gcm16-modp2048!\n")).sets), ["esp-gcm-128"]);
    let ah = child(&strongswan("\tah=sha256!\n\ttype=transport\n"));
    assert_eq!((sets(&ah.sets), ah.transport.is_some()), (vec!["ah-sha256-hmac"], true));
    let port = child(&libreswan("\tleftprotoport=17/1701\n\trightprotoport=17/%any\n"));
    assert_eq!(port.acl.get().unwrap()[0].value.to_string(), "udp self:1701 peer");
    let foreign = child(&strongswan("\tesp=camellia128-sha256!\n"));
    assert!(!foreign.is_shown() && foreign.doubts[0].text.contains("camellia128"), "{foreign:?}");
}

fn sets(sets: &config::Part<Vec<config::Sourced<String>>>) -> Vec<&str> {
    sets.get().unwrap().iter().map(|set| set.value.as_str()).collect()
}

#[test]
fn formats_are_recognised_by_their_own_words() {
    assert_eq!(Format::of(&format!("{STRONGSWAN}\tike=aes128-sha1-modp2048!\n")), Some(Format::Strongswan));
    assert_eq!(Format::of(&format!("{STRONGSWAN}\tleftauth=psk\n")), Some(Format::Strongswan));
    assert_eq!(Format::of(LIBRESWAN), Some(Format::Libreswan));
    assert_eq!(Format::of("connections {\n c {\n remote_addrs = 192.0.2.2\n }\n}\n"), Some(Format::Swanctl));
    assert_eq!(
        Format::of("interface Tunnel1\n tunnel source 1.2.3.4\ncrypto isakmp policy 10\n"),
        Some(Format::Ios)
    );
    assert_eq!(Format::of("nothing of the kind\n"), None);
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
    format!("{connections:?} {keys:?} {:?}", device.ike_off.is_some())
}

const SECTIONS: [&str; 5] = [
    "config setup\n\tikev1-policy=accept\n\tuniqueids=no\n",
    "conn %default\n\tikev2=no\n\tkeyexchange=ikev1\n\tauthby=secret\n\tauto=add\n",
    "conn base\n\tleft=192.0.2.1\n\tleftid=@moon\n\tauto=ignore\n",
    "conn one\n\talso=base\n\tright=192.0.2.2\n\tike=aes128-sha1-modp2048\n",
    "conn two\n\talso=base\n\tright=192.0.2.3\n\trightid=@#6162\n",
];
const SECRETS: [&str; 3] = ["@moon 192.0.2.2 : PSK \"a b\"\n", "# comment\n", ": PSK 'x # y'\n"];

fn pasted() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "conn",
        "%default",
        "c",
        "config",
        "setup",
        "also",
        "=",
        "left",
        "right",
        "leftid",
        "ike",
        "esp",
        "auto",
        "add",
        "192.0.2.1",
        "%any",
        "%defaultroute",
        "10.0.0.0/8",
        "@moon",
        "@#",
        ":",
        "PSK",
        "\"",
        "'",
        "#",
        "0x",
        "0s",
        "aes",
        "-",
        ";",
        "sha1",
        "modp2048",
        "!",
        ",",
        "include",
        "keyexchange",
        "ikev1",
        "ikev2",
        "no",
        "authby",
        "secret",
        "é",
        "\r",
        "\t",
        "ikelifetime",
        "1h",
    ]);
    let ends = prop::sample::select(vec![" ", "\n", "", "\n\t"]);
    vec((prop_oneof![9 => word.prop_map(str::to_owned), 1 => any::<String>()], ends), 0..80)
        .prop_map(|words| words.into_iter().map(|(word, end)| word + end).collect())
}

proptest! {
    /// And what cannot be read is said of a line that is there, in the file where it stands.
    #[test]
    fn no_text_makes_it_panic(conf in pasted(), secrets in pasted()) {
        for format in [None, Some(Format::Strongswan), Some(Format::Libreswan)] {
            for device in read_with("a", conf.as_bytes(), Some(("b", secrets.as_bytes())), format).devices {
                let _ = (key(&device, true), key(&device, false));
                for problem in &device.problems {
                    let text = if &*problem.at.file == "b" { &secrets } else { &conf };
                    let lines = 1..=text.lines().count();
                    prop_assert!(lines.contains(&problem.at.line), "{:?}\n{}", problem, text);
                }
            }
        }
    }

    /// Wherever its line stands, a secret is in no output.
    #[test]
    fn no_secret_is_ever_shown(before in pasted(), after in pasted(), ids in prop::sample::select(vec!["", "@a @b ", "left=@a", "x"])) {
        let text = format!("{before}\n{ids}: PSK \"hunter2\"\n{after}");
        for format in [Format::Strongswan, Format::Libreswan] {
            for device in read_with("a", text.as_bytes(), Some(("b", text.as_bytes())), Some(format)).devices {
                let shown = format!("{device:?}");
                prop_assert!(!shown.contains("hunter2"), "{}\n{}", text, shown);
            }
        }
    }

    #[test]
    fn sections_and_secrets_may_stand_in_any_order(
        sections in Just(SECTIONS.to_vec()).prop_shuffle(),
        secrets in Just(SECRETS.to_vec()).prop_shuffle(),
    ) {
        for format in [Format::Strongswan, Format::Libreswan] {
            let expected = device(format, &SECTIONS.concat(), Some(&SECRETS.concat()));
            let got = device(format, &sections.concat(), Some(&secrets.concat()));
            prop_assert_eq!(gist(&got), gist(&expected));
        }
    }

    #[test]
    fn comments_blank_lines_and_line_ends_change_nothing(noise in vec(0..5_u8, 40), crlf in any::<bool>()) {
        let end = if crlf { "\r\n" } else { "\n" };
        let messy = |clean: &str| -> String {
            clean
                .lines()
                .zip(&noise)
                .map(|(line, noise)| match noise {
                    0 => format!("{line}{end}"),
                    1 => format!("{end}{line}{end}"),
                    2 => format!("# conn x{end}{line}{end}"),
                    3 => format!("{line}   # right=1.2.3.4{end}"),
                    _ => format!("{}{end}", line.replacen('=', " = ", usize::from(line.starts_with('\t')))),
                })
                .collect()
        };
        for format in [Format::Strongswan, Format::Libreswan] {
            let expected = device(format, &SECTIONS.concat(), Some(&SECRETS.concat()));
            let got = device(format, &messy(&SECTIONS.concat()), Some(&messy(&SECRETS.concat())));
            prop_assert_eq!(gist(&got), gist(&expected));
        }
    }
}
