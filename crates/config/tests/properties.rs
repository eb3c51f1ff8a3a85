//! Configurations come from anywhere: no text makes the reader panic, and what does not matter does not change what does.

#![cfg(test)]

use config::{Device, Key, Owner, read};
use proptest::collection::vec;
use proptest::prelude::*;

/// An ASA's phase 1, one section an entry: sections may stand in any order.
const SECTIONS: [&str; 7] = [
    "interface GigabitEthernet0/0\n nameif outside\n ip address 203.0.113.1 255.255.255.0\n",
    "interface GigabitEthernet0/1\n nameif inside\n ip address 10.0.0.1 255.255.255.0\n",
    "crypto map outside_map 10 set peer 198.51.100.1\n",
    "crypto map outside_map interface outside\n",
    "crypto ikev1 enable outside\n",
    "crypto ikev1 policy 10\n authentication pre-share\n encryption aes-256\n hash sha\n group 14\n lifetime 86400\n",
    "tunnel-group 198.51.100.1 type ipsec-l2l\ntunnel-group 198.51.100.1 ipsec-attributes\n ikev1 pre-shared-key a#b\n",
];

fn devices(file: &str, text: &str) -> Vec<Device> {
    read(file, text.as_bytes(), None).devices
}

/// A router's phase 1: the command that opens a section, then its lines.
const IOS: [&[&str]; 8] = [
    &["hostname r1"],
    &["crypto isakmp policy 10", " encr aes 256", " authentication pre-share", " group 14"],
    &["crypto keyring K", " local-address 203.0.113.1", " pre-shared-key address 198.51.100.1 key k"],
    &["crypto isakmp profile P", " keyring K", " match identity address 198.51.100.1 255.255.255.255"],
    &["crypto ipsec transform-set T esp-aes 256 esp-sha-hmac", " mode tunnel"],
    &[
        "crypto map M 10 ipsec-isakmp",
        " set peer 198.51.100.1",
        " set transform-set T",
        " set isakmp-profile P",
    ],
    &["interface Gi0/0", " ip address 203.0.113.1 255.255.255.0", " crypto map M", " ip access-group A in"],
    &["ip access-list extended A", " permit udp any any eq isakmp"],
];

fn ios_text(sections: &[Vec<&str>]) -> String {
    sections.iter().flatten().map(|line| format!("{line}\n")).collect()
}

fn shuffled(sections: &'static [&'static [&'static str]]) -> impl Strategy<Value = Vec<Vec<&'static str>>> {
    let each: Vec<_> = sections
        .iter()
        .map(|section| {
            let (head, body) = section.split_first().unwrap();
            Just(body.to_vec()).prop_shuffle().prop_map(move |body| [vec![*head], body].concat())
        })
        .collect();
    each.prop_flat_map(|sections| Just(sections).prop_shuffle())
}

/// What matters, without line numbers.
fn gist(device: &Device) -> String {
    let policies: Vec<String> = device
        .policies
        .iter()
        .map(|p| {
            format!(
                "{} {} {} {} {}",
                p.priority.value, p.encryption.value, p.hash.value, p.group.value, p.lifetime.value
            )
        })
        .collect();
    let keys: Vec<String> = device
        .keys
        .iter()
        .map(|line| match &line.key {
            Key::Known(secret) => format!("{:?} {:?}", line.owners, secret.reveal()),
            other @ (Key::Masked | Key::Missing) => format!("{:?} {other:?}", line.owners),
        })
        .collect();
    let peers: Vec<String> = device
        .connections
        .iter()
        .map(|c| {
            format!(
                "{:?} from {:?} {:?} {:?}",
                c.remote,
                c.local,
                c.keyring.as_ref().map(|k| &k.value),
                c.children
                    .iter()
                    .flat_map(|child| child.sets.get())
                    .flatten()
                    .map(|t| &t.value)
                    .collect::<Vec<_>>()
            )
        })
        .collect();
    format!(
        "{policies:?} {keys:?} {peers:?} {:?}",
        device.enabled.iter().map(|(name, _)| name).collect::<Vec<_>>()
    )
}

/// Words that lead somewhere, so that random text gets beyond the first.
fn pasted() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "crypto",
        "ikev1",
        "isakmp",
        "policy",
        "10",
        "key",
        "address",
        "1.2.3.4",
        "map",
        "m",
        "set",
        "peer",
        "tunnel-group",
        "ipsec-attributes",
        "pre-shared-key",
        "interface",
        "nameif",
        "outside",
        "ip",
        "group",
        "99999",
        "encryption",
        "aes",
        "\r",
        "--More--",
        "```",
        "R1#",
        "!",
        "hostname",
        "keyring",
        "tunnel",
        "source",
        "*****",
        "6",
        "é",
    ]);
    vec(prop_oneof![word.prop_map(str::to_owned), any::<String>()], 0..60)
        .prop_flat_map(|words| {
            let count = words.len();
            (Just(words), vec(prop::sample::select(vec![" ", "\n", "\n "]), count))
        })
        .prop_map(|(words, ends)| words.iter().zip(ends).map(|(word, end)| format!("{word}{end}")).collect())
}

proptest! {
    /// And what cannot be read is said of a line that is there.
    #[test]
    fn no_text_makes_it_panic(text in pasted()) {
        for problem in devices("any", &text).iter().flat_map(|device| &device.problems) {
            prop_assert!((1..=text.lines().count()).contains(&problem.at.line), "{:?}\n{}", problem, text);
        }
    }

    #[test]
    fn sections_may_stand_in_any_order(order in Just(SECTIONS.to_vec()).prop_shuffle()) {
        let expected = devices("a", &SECTIONS.concat());
        let got = devices("b", &order.concat());
        prop_assert_eq!(got.len(), 1);
        prop_assert_eq!(gist(&got[0]), gist(&expected[0]));
    }

    /// IOS: sections in any order, and the lines of each in any order.
    #[test]
    fn lines_of_ios_may_stand_in_any_order(sections in shuffled(&IOS)) {
        let expected = devices("a", &ios_text(&IOS.map(<[&str]>::to_vec)));
        let got = devices("b", &ios_text(&sections));
        prop_assert_eq!(got.len(), 1);
        prop_assert_eq!(gist(&got[0]), gist(&expected[0]), "{}", ios_text(&sections));
    }

    /// Prompts, pagers, carriage returns, lost indentation and lines of other features change nothing.
    #[test]
    fn mess_does_not_matter(prompt in prop::bool::ANY, crlf in prop::bool::ANY, indent in prop::bool::ANY, noise in prop::bool::ANY) {
        let clean = SECTIONS.concat();
        let mut messy = String::new();
        for (n, line) in clean.lines().enumerate() {
            let line = if indent { line } else { line.trim_start() };
            if noise && n % 3 == 0 && !line.starts_with(' ') && !clean.lines().nth(n).unwrap_or("").starts_with(' ') {
                messy += "snmp-server enable traps\n<--- More --->\n";
            }
            messy += if prompt { "ASA1(config)# " } else { "" };
            messy += line;
            messy += if crlf { "\r\n" } else { "\n" };
        }
        let expected = devices("a", &clean);
        let got = devices("b", &messy);
        prop_assert_eq!(gist(&got[0]), gist(&expected[0]), "{}", messy);
    }
}

fn only_key(line: &str) -> String {
    let text = format!("tunnel-group 1.2.3.4 ipsec-attributes\n{line}");
    let device = devices("a", &text).remove(0);
    match device.keys.first().map(|line| &line.key) {
        Some(Key::Known(secret)) => String::from_utf8_lossy(secret.reveal()).into_owned(),
        Some(other) => format!("{other:?}"),
        None => "none".into(),
    }
}

/// Everything behind the one blank is the key, up to the end of the line.
#[test]
fn a_key_is_what_the_device_takes_for_one() {
    for (line, key) in [
        (" ikev1 pre-shared-key cisco123\n", "cisco123"),
        (" ikev1 pre-shared-key cisco123 \r\n", "cisco123 "),
        (" ikev1 pre-shared-key a#b!c\n", "a#b!c"),
        (" ikev1 pre-shared-key  two\n", " two"),
        (" pre-shared-key old\n", "old"),
        (" ikev1 pre-shared-key *****\n", "Masked"),
    ] {
        assert_eq!(only_key(line), key, "{line:?}");
    }
}

#[test]
fn keys_are_shown_by_length_alone() {
    let text = "crypto isakmp key hunter2 address 1.2.3.4\ncrypto isakmp key 6 AbCdEf address 5.6.7.8\ncrypto isakmp key any address 0.0.0.0\n";
    let device = devices("a", text).remove(0);
    let shown = format!("{device:?}");
    assert!(shown.contains("<key, 7 characters>") && !shown.contains("hunter2"), "{shown}");
    assert!(
        device.keys.iter().any(|line| line.key == Key::Masked)
            && device.keys.iter().any(|line| line.owners == [Owner::Anybody])
    );
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    let device = devices("a", "crypto isakmp policy 10\n group 24\n encr camellia\n hash sha\n").remove(0);
    let lines: Vec<usize> = device.problems.iter().map(|problem| problem.at.line).collect();
    assert_eq!(lines, [2, 3]);
}

/// A key that is also another word of its line, and keys where they do not belong.
#[test]
fn no_key_is_ever_shown() {
    let text = "crypto isakmp key address address 1.2.3.4\ncrypto isakmp key 1 address 10.1.1.1\ncrypto isakmp key topsecret\n\
                tunnel-group x general-attributes\n ikev1 pre-shared-key topsecret\n";
    for device in devices("a", text) {
        let shown: Vec<String> = device.keys.iter().map(|line| line.at.text.to_string()).collect();
        assert!(!format!("{device:?}").contains("topsecret"), "{device:?}");
        for line in shown {
            assert!(line.contains("<key, ") && line.ends_with(|c: char| c.is_ascii_digit()), "{line}");
        }
    }
}
