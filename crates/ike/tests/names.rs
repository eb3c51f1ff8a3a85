//! Names and numbers: each has one, no two the same, and each reads back. Numbers are those of the RFCs.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use ike::auth::{Method, SkeyidFrom};
use ike::config::{AclEnd, Net, protocol_name, protocol_number};
use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::ipsec::{Compression, Encapsulation, EspCipher, Integrity, TransformSet};
use ike::{
    AclLine, Authentication, ExchangeKind, GroupName, Identity, Impair, Instant, MapPart, MessageName, Mode,
    OfferedValue, PolicyAttribute, PolicyValue, QuickState, Role, Sides, State, Subnet,
};
use isakmp::ProtocolId;

/// Each has a name of its own, and the name leads back to it.
fn each_reads_back<T: Copy + PartialEq + Debug>(
    all: &[T],
    name: impl Fn(T) -> String,
    of: impl Fn(&str) -> Option<T>,
) {
    let names: BTreeSet<String> = all.iter().map(|one| name(*one)).collect();
    assert_eq!(names.len(), all.len(), "{names:?}");
    for one in all {
        assert_eq!(of(&name(*one)), Some(*one));
    }
    for stranger in ["", "xyzzy"] {
        assert!(!names.contains(stranger), "{all:?}");
        assert_eq!(of(stranger), None);
    }
}

/// Texts without a way back: each its own, and none empty.
fn each_is_its_own<T: Copy + Debug>(all: &[T], text: impl Fn(T) -> String) {
    each_reads_back(
        &(0..all.len()).collect::<Vec<_>>(),
        |n| text(all[n]),
        |text_| all.iter().position(|one| text(*one) == text_),
    );
}

fn shown<T: Display>(one: T) -> String {
    one.to_string()
}

#[test]
fn states_and_messages_read_back() {
    each_reads_back(&State::ALL, shown, State::from_asa);
    each_is_its_own(&State::ALL, |state| state.meaning().into());
    each_reads_back(&QuickState::ALL, shown, QuickState::from_name);
    each_reads_back(&QuickState::ALL, |state| state.name().into(), QuickState::from_name);
    each_is_its_own(&QuickState::ALL, |state| state.meaning().into());
    let messages: Vec<MessageName> = ExchangeKind::ALL
        .into_iter()
        .flat_map(|kind| (0..=7).filter_map(move |number| MessageName::new(kind, number)))
        .collect();
    assert_eq!(messages.len(), 6 + 4 + 3);
    each_reads_back(&messages, shown, |text| MessageName::from_str(text).ok());
    for text in ["MSG0", "MSG7", "MSG05", "MSG+5", "AM5", "QM4", "msg1", "MSG"] {
        assert!(MessageName::from_str(text).is_err(), "{text}");
    }
    each_is_its_own(&Role::BOTH, shown);
    each_is_its_own(&[Mode::Main, Mode::Aggressive], shown);
}

#[test]
fn what_a_policy_is_made_of_reads_back() {
    each_reads_back(&Cipher::ALL, |cipher| cipher.name().into(), Cipher::from_name);
    each_is_its_own(&Cipher::ALL, Cipher::meaning);
    each_reads_back(&HashAlg::ALL, |hash| hash.name().into(), HashAlg::from_name);
    each_reads_back(
        &DhGroup::ALL,
        |group| group.number().to_string(),
        |text| DhGroup::from_number(text.parse().ok()?),
    );
    each_is_its_own(&DhGroup::ALL, DhGroup::meaning);
    each_is_its_own(&Authentication::ALL, shown);
    each_reads_back(&Impair::ALL, shown, Impair::from_name);
    use PolicyAttribute as A;
    each_is_its_own(&[A::Encryption, A::KeyLength, A::Hash, A::Group, A::Authentication], |one| {
        one.name().into()
    });
    each_is_its_own(&[MapPart::Acl, MapPart::Peer, MapPart::TransformSet], |part| part.name().into());
    let values = [
        (PolicyValue::Encryption(Cipher::Aes256), "encryption", "aes-256"),
        (PolicyValue::Hash(HashAlg::Sha1), "hash", "sha"),
        (PolicyValue::Group(DhGroup::Modp2048), "group", "14"),
        (PolicyValue::Authentication(Authentication::PreShared), "authentication", "pre-share"),
        (PolicyValue::Lifetime(86_400), "lifetime", "86400"),
    ];
    for (value, attribute, text) in values {
        assert_eq!((value.attribute(), value.to_string().as_str()), (attribute, text));
        assert_eq!(OfferedValue::Known(value).to_string(), text);
    }
}

// tests RFC 2409 A
#[test]
fn lengths_of_hashes_and_ciphers() {
    let lengths = HashAlg::ALL.map(|hash| (hash.name(), hash.len()));
    assert_eq!(lengths, [("md5", 16), ("sha", 20), ("sha256", 32), ("sha384", 48), ("sha512", 64)]);
    for hash in HashAlg::ALL {
        assert_eq!(hash.digest(&[b"a", b"b"]), hash.digest(&[b"ab"]));
        assert_eq!(hash.digest(&[]).len(), hash.len());
    }
    for group in DhGroup::ALL {
        // RFC 5903: of an ECP group the secret is one coordinate, the public value both.
        let both = matches!(group, DhGroup::Ecp256 | DhGroup::Ecp384 | DhGroup::Ecp521);
        assert_eq!(group.public_len(), group.shared_len() * if both { 2 } else { 1 }, "{group:?}");
    }
    assert_eq!(DhGroup::Modp2048.shared_len(), 256);
}

/// RFC 2409 appendix A, and what came after it.
#[test]
fn methods_by_their_numbers() {
    for (number, name, pre_shared, xauth) in [
        (1, "pre-share", true, false),
        (3, "rsa-sig", false, false),
        (5, "rsa-encr-revised", false, false),
        (9, "ecdsa-256-sig", false, false),
        (64_221, "hybrid-init-rsa", false, true),
        (65_001, "xauth-init-pre-share", true, true),
        (65_005, "xauth-init-rsa", false, true),
    ] {
        let method = Method::from_number(number).unwrap();
        assert_eq!((method.number, method.to_string().as_str()), (number, name));
        assert_eq!((method.is_pre_shared(), method.xauth), (pre_shared, xauth), "{name}");
    }
    // RFC 2409 5: the three ways to make SKEYID.
    let from = [1, 3, 4].map(|number| Method::from_number(number).unwrap().skeyid);
    assert_eq!(from, [SkeyidFrom::PreSharedKey, SkeyidFrom::SharedValue, SkeyidFrom::Nonces]);
    for stranger in [0, 6, 12, 65_000, 65_011] {
        assert_eq!(Method::from_number(stranger), None);
    }
    let known = [1, 3].map(|number| Method::from_number(number).unwrap());
    assert_eq!(Authentication::ALL.map(Authentication::method), known);
    assert_eq!(OfferedValue::Method(Some(65_001)).method().unwrap().number, 65_001);
    let psk = PolicyValue::Authentication(Authentication::PreShared);
    assert_eq!(OfferedValue::Known(psk).method().unwrap().number, 1);
    assert_eq!(OfferedValue::Known(PolicyValue::Lifetime(1)).method(), None);
    let told = [
        (OfferedValue::Method(Some(65_001)), "xauth-init-pre-share"),
        (OfferedValue::Method(Some(12)), "method 12"),
        (OfferedValue::Hash(None), "hash none"),
        (OfferedValue::Group(Some(22)), "22"),
        (OfferedValue::Cipher { algorithm: Some(7), key_length: Some(96) }, "cipher 7 with key length 96"),
    ];
    for (value, text) in told {
        assert_eq!(value.to_string(), text);
    }
}

// tests RFC 2407 4.5
#[test]
fn what_quick_mode_negotiates_has_its_numbers() {
    // RFC 2407 4.4.4, RFC 3602, RFC 4106: identifier and key; GCM's salt is four bytes.
    let ciphers = EspCipher::ALL.map(|one| (one.name(), one.assigned(), one.key_len(), one.salt_len()));
    let expected = [
        ("null", (11, None), 0, 0),
        ("des", (2, None), 8, 0),
        ("3des", (3, None), 24, 0),
        ("aes-128", (12, Some(128)), 16, 0),
        ("aes-192", (12, Some(192)), 24, 0),
        ("aes-256", (12, Some(256)), 32, 0),
        ("gcm-128", (20, Some(128)), 16, 4),
        ("gcm-192", (20, Some(192)), 24, 4),
        ("gcm-256", (20, Some(256)), 32, 4),
    ];
    assert_eq!(ciphers, expected);
    let combined: Vec<_> = EspCipher::ALL.into_iter().filter(|one| one.is_combined()).collect();
    assert_eq!(combined, [EspCipher::Gcm128, EspCipher::Gcm192, EspCipher::Gcm256]);
    // RFC 2407 4.4.3 and 4.5, RFC 4868: attribute, AH's identifier, key.
    let hmacs = Integrity::ALL.map(|one| (one.name(), one.algorithm(), one.ah_id(), one.key_len()));
    let expected = [
        ("md5", 1, 2, 16),
        ("sha", 2, 3, 20),
        ("sha256", 5, 5, 32),
        ("sha384", 6, 6, 48),
        ("sha512", 7, 7, 64),
    ];
    assert_eq!(hmacs, expected);
    assert_eq!(
        Compression::ALL.map(|one| (one.assigned(), one.to_string())),
        [(2, "DEFLATE".into()), (3, "LZS".into())]
    );
    assert_eq!(
        [1, 2, 3, 4].map(Compression::from_assigned).map(|one| one.is_some()),
        [false, true, true, false]
    );
    // RFC 2407 4.5, RFC 3947 5.1: tunnel, transport, and both inside UDP.
    let (tunnel, transport) = (Encapsulation::Tunnel, Encapsulation::Transport);
    for (value, form) in
        [(1, (tunnel, false)), (2, (transport, false)), (3, (tunnel, true)), (4, (transport, true))]
    {
        assert_eq!(
            (u64::from(form.0.assigned(form.1)), Encapsulation::from_assigned(value)),
            (value, Some(form))
        );
    }
    assert_eq!([0, 5].map(Encapsulation::from_assigned), [None, None]);
    assert_eq!([tunnel, transport].map(shown), ["tunnel", "transport"]);
}

#[test]
fn the_words_of_a_transform_set() {
    for words in [
        "esp-aes-256 esp-sha-hmac",
        "esp-gcm-128",
        "esp-3des",
        "esp-null esp-md5-hmac",
        "ah-sha-hmac",
        "ah-md5-hmac esp-aes-128 esp-sha512-hmac",
    ] {
        let set = TransformSet::from_words(words).unwrap();
        assert_eq!(set.to_string(), words);
        let turned: Vec<&str> = words.split(' ').rev().collect();
        assert_eq!(TransformSet::from_words(&turned.join("  ")), Some(set));
    }
    for words in [
        "",
        "esp-aes",
        "esp-aes-256 esp-aes-128",
        "esp-aes-256 esp-sha-hmac esp-md5-hmac",
        "ah-sha-hmac ah-md5-hmac",
        "esp-sha-hmac",
        "esp-gcm-128 esp-sha-hmac",
        "esp-null",
        "ah-sha384-hmac",
        "esp-aes-256 nonsense",
    ] {
        assert_eq!(TransformSet::from_words(words), None, "{words}");
    }
    // RFC 2409 5.5: KEYMAT for each protocol, AH's first. GCM: key and salt.
    let needs = |words| TransformSet::from_words(words).unwrap().protocols().collect::<Vec<_>>();
    assert_eq!(needs("esp-gcm-128"), [(ProtocolId::ESP, 20)]);
    assert_eq!(needs("ah-sha-hmac esp-aes-256 esp-md5-hmac"), [(ProtocolId::AH, 20), (ProtocolId::ESP, 48)]);
}

#[test]
fn identities_lines_and_protocols_as_a_scenario_has_them() {
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    for (identity, text) in [
        (Identity::OwnAddress, "address"),
        (Identity::Address(ip("192.0.2.1")), "address 192.0.2.1"),
        (Identity::Fqdn("a\u{7}.example".into()), "fqdn a\\u{7}.example"),
        (Identity::UserFqdn("u@a.example".into()), "user_fqdn u@a.example"),
        (Identity::KeyId(vec![b'k', 0]), "key_id k\\x00"),
    ] {
        assert_eq!(identity.to_string(), text);
    }
    assert_eq!(GroupName::Address(ip("192.0.2.1")).to_string(), "192.0.2.1");
    for (name, number) in [("ip", 0), ("icmp", 1), ("tcp", 6), ("udp", 17), ("gre", 47), ("89", 89)] {
        assert_eq!((protocol_name(number).as_str(), protocol_number(name)), (name, Some(number)));
    }
    assert_eq!([protocol_number("esp"), protocol_number("256")], [None, None]);
    let end = |net, port| AclEnd { net, port };
    let subnet = Net::Subnet(Subnet::new(ip("10.1.0.0"), 24).unwrap());
    let line =
        AclLine { permit: true, protocol: 17, source: end(subnet, 1701), destination: end(Net::Peer, 0) };
    assert_eq!(line.to_string(), "udp 10.1.0.0/24:1701 peer");
    let deny = AclLine { permit: false, protocol: 0, source: end(Net::Own, 0), destination: end(subnet, 1) };
    assert_eq!(deny.to_string(), "deny ip self 10.1.0.0/24:1");
    // The other side's line: ends turned, and each host's own address the other's peer.
    assert_eq!(line.mirrored().to_string(), "udp self 10.1.0.0/24:1701");
    assert_eq!(deny.mirrored().to_string(), "deny ip 10.1.0.0/24:1 peer");
    assert_eq!(line.mirrored().mirrored(), line);
}

#[test]
fn messages_of_an_exchange_follow_one_another() {
    for (mode, confirm, count) in [
        (Mode::Main, true, 6),
        (Mode::Main, false, 6),
        (Mode::Aggressive, true, 4),
        (Mode::Aggressive, false, 3),
    ] {
        let messages: Vec<MessageName> = MessageName::all(mode, confirm).collect();
        assert_eq!(messages.len(), count, "{mode} {confirm}");
        for (n, message) in messages.iter().enumerate() {
            assert_eq!(message.mode(), Some(mode));
            assert_eq!((message.is_first(), message.is_last(confirm)), (n == 0, n + 1 == count), "{message}");
            assert_eq!(message.previous(), n.checked_sub(1).map(|n| messages[n]));
            assert!(n + 1 == count || message.next() == Some(messages[n + 1]), "{message}");
            // The two take turns, and each waits for what the other sends.
            let sender = if n % 2 == 0 { Role::Initiator } else { Role::Responder };
            assert_eq!(message.sender(), sender);
            let waiting = State::waiting_for(*message);
            assert_eq!(waiting.is_none(), n == 0, "{message}");
            if let Some(state) = waiting {
                assert_eq!(state.awaited(), Some(*message));
                assert!(state.is_in(mode, sender.other()) && !state.is_in(mode, sender), "{state}");
                let other = if mode == Mode::Main { Mode::Aggressive } else { Mode::Main };
                assert!(Role::BOTH.iter().all(|role| !state.is_in(other, *role)), "{state}");
            }
        }
    }
    let quick: Vec<String> = MessageName::quick().map(shown).collect();
    assert_eq!(quick, ["QM1", "QM2", "QM3"]);
    assert!(MessageName::quick().all(|message| !message.is_last(true) && message.mode().is_none()));
    assert_eq!([MessageName::MSG6.next(), MessageName::QM3.next()], [None, None]);
    for (state, roles) in [
        (QuickState::WaitMsg2, [true, false]),
        (QuickState::WaitMsg3, [false, true]),
        (QuickState::Active, [true, true]),
    ] {
        assert_eq!(Role::BOTH.map(|role| state.is_of(role)), roles, "{state}");
    }
    assert!([State::MmActive, State::AmActive].iter().all(|state| state.is_active()));
    assert!(Role::BOTH.iter().all(|role| State::MmActive.is_in(Mode::Main, *role)));
}

/// RFC 2409 5.4: what each message carries with a pre-shared key; from MSG5 on it is encrypted.
// tests RFC 2409 5.4
#[test]
fn the_script_as_the_rfc_writes_it() {
    let rows: Vec<String> = MessageName::all(Mode::Main, false).map(|name| name.row().to_string()).collect();
    assert!(rows[0].starts_with("HDR, SA"), "{rows:?}");
    assert!(rows[2].starts_with("HDR, KE, NONCE"), "{rows:?}");
    assert!(rows[4].starts_with("HDR*, ID, HASH"), "{rows:?}");
    let kind = isakmp::PayloadType::KE;
    let with_ke: Vec<String> =
        [MessageName::MSG1, MessageName::MSG3, MessageName::MSG5, MessageName::AM1, MessageName::AM3]
            .into_iter()
            .filter(|name| name.row().has(kind))
            .map(shown)
            .collect();
    assert_eq!(with_ke, ["MSG3", "AM1"]);
}

#[test]
fn time_is_counted_in_microseconds_and_never_negative() {
    let later = Instant::from_micros(32_040_000);
    assert_eq!((later.as_micros(), later.to_string().as_str()), (32_040_000, "32.040"));
    assert_eq!(Instant::from_micros(10_250).to_string(), "0.010250");
    assert_eq!(later - Instant::from_micros(40_000), Duration::from_secs(32));
    assert_eq!(later.since(Instant::ZERO + Duration::from_secs(40)), Duration::ZERO);
    assert_eq!(Instant::from_micros(u64::MAX) + Duration::from_secs(1), Instant::from_micros(u64::MAX));
}

#[test]
fn sides_stand_in_order() {
    let sides = Sides::new(1, 2);
    assert_eq!(sides.into_iter().collect::<Vec<_>>(), [1, 2]);
    assert_eq!((sides[Role::Initiator], sides[Role::Responder]), (1, 2));
    assert_eq!(sides.zip(Sides::new('a', 'b')).into_array(), [(1, 'a'), (2, 'b')]);
    assert_eq!(sides.both(), [(Role::Initiator, &1), (Role::Responder, &2)]);
}

/// A profile is its name: each stands once. Secrets are not printed.
#[test]
fn profiles_are_told_apart_and_secrets_kept() {
    let profiles: Vec<&ike::Profile> = vendor::profile::all().collect();
    let names: BTreeSet<String> = profiles.iter().map(|profile| shown(*profile)).collect();
    let set: std::collections::HashSet<&ike::Profile> = profiles.iter().copied().collect();
    assert_eq!((names.len(), set.len()), (profiles.len(), profiles.len()));
    for (n, one) in profiles.iter().enumerate() {
        assert!(profiles.iter().enumerate().all(|(m, other)| (one == other) == (n == m)), "{one}");
        assert_eq!(format!("{one:?}"), format!("Profile({one})"));
    }
    let streams = ike::Streams::new(1, "name");
    let private = DhGroup::X25519.private_from_stream(&mut streams.stream("dh", 0));
    let secret = private.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for text in [format!("{streams:?}"), format!("{private:?}"), format!("{:?}", ike::Powers::none())] {
        assert!(!text.is_empty() && !text.contains(&secret[..8]) && !text.contains('['), "{text}");
    }
}

#[test]
fn what_an_event_and_a_label_are_about() {
    use ike::{Event, Label, NotifyType, Reason, SaId, Sending};
    let sa = SaId(3);
    let dropped = Event::Dropped {
        sa: Some(sa),
        message: Some(MessageName::MSG3),
        reason: Reason::TooMany,
        certainty: ike::Certainty::Sourced,
    };
    assert_eq!((dropped.reason(), dropped.negotiation()), (Some(&Reason::TooMany), Some(sa)));
    let started = Event::NotStarted(Reason::IkeDisabled);
    assert_eq!((started.reason(), started.negotiation()), (Some(&Reason::IkeDisabled), None));
    let accepted = Event::Accepted { sa, message: MessageName::MSG1 };
    assert_eq!((accepted.reason(), accepted.negotiation()), (None, Some(sa)));
    let label = Label::Message { sa, name: MessageName::QM2, sending: Sending::First };
    assert_eq!(label.message(), Some(MessageName::QM2));
    let notify = Label::Notify { sa: None, notify: NotifyType::CONNECTED, protected: true };
    assert_eq!([notify.message(), Label::Delete { sa: None }.message()], [None, None]);
}
