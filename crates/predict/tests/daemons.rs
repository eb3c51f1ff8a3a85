//! Who is who between files of daemons.

#![cfg(test)]

use config::{Connection, Device, Format, Identity, Key, read_with};
use predict::{Phases, ShownKeys, as_scenario, facing, sessions};

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

fn libreswan(lines: &str) -> Device {
    device(Format::Libreswan, &format!("{LIBRESWAN}{lines}"), Some(": PSK \"x\"\n"))
}

fn first(device: &Device) -> &Connection {
    device.connections.first().unwrap()
}

/// libreswan's usual way: one file for both ends.
#[test]
fn one_file_is_both_ends() {
    let same = libreswan("\tleftid=@left\n\trightid=@right\n");
    let twice = [same.clone(), same];
    let ends = facing(&twice);
    let [one, other] = ends[..] else { panic!("{ends:?}") };
    let ids = [one, other].map(|device| first(device).identity.as_ref().unwrap().value.clone());
    assert_eq!(ids, [Identity::Fqdn("left".into()), Identity::Fqdn("right".into())]);
    let (found, unmatched) = sessions(&[one, other]);
    assert_eq!((found.len(), unmatched.len()), (2, 0));
    for session in &found {
        let ends = [&session.initiator, &session.responder];
        for end in ends {
            let Some(Key::Known(secret)) = end.key(ends[0], false).map(|line| &line.key) else {
                panic!("{end:?}")
            };
            assert_eq!(secret.reveal(), b"x");
        }
        assert_eq!(session.responder.expects(ends[0]).unwrap().value, session.initiator.identity().value);
    }
    // Two files, both with the local end on the right.
    let swapped =
        STRONGSWAN.replace("192.0.2.1", "x").replace("192.0.2.2", "192.0.2.1").replace('x', "192.0.2.2");
    let fixed = device(
        Format::Swanctl,
        "connections { c {\n version = 1\n local_addrs = 192.0.2.1\n remote_addrs = 192.0.2.2\n } }",
        None,
    );
    let [one, other] =
        [device(Format::Strongswan, STRONGSWAN, None), device(Format::Strongswan, &swapped, None)];
    for (mine, local) in [(&one, "192.0.2.2"), (&other, "192.0.2.2")] {
        let pair = [fixed.clone(), mine.clone()];
        assert_eq!(first(facing(&pair)[1]).local, Some(local.parse().unwrap()));
    }
}

/// What a key is written as where it is hidden, and a lifetime with its `over_time`.
#[test]
fn a_session_of_two_daemons_as_a_scenario() {
    let side = |own: &str, other: &str| {
        format!(
            "connections {{ c {{\n version = 1\n reauth_time = 10800\n local_addrs = {own}\n remote_addrs = {other}\n local {{ auth = psk\n id = {own}.example.org }}\n remote {{ auth = psk }} }} }}\nsecrets {{ ike {{ secret = 0s{} }} }}\n",
            "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"
        )
    };
    let [moon, sun] = [side("192.0.2.1", "192.0.2.2"), side("192.0.2.2", "192.0.2.1")]
        .map(|text| device(Format::Swanctl, &text, None));
    let (found, unmatched) = sessions(&[&moon, &sun]);
    assert_eq!((found.len(), unmatched.len()), (2, 0));
    for session in &found {
        let text = as_scenario(session, ShownKeys::Hidden, Phases::One).text;
        assert!(
            text.contains("fqdn = \"192.0.2.2.example.org\"") && text.contains("lifetime = 11880"),
            "{text}"
        );
        assert!(text.contains("<key, 24 characters>"), "{text}");
    }
}
