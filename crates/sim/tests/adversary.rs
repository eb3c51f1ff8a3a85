//! What nature does to a datagram beyond losing it: each damage and each forgery, byte by byte, and what it is called.

#![cfg(test)]

use std::collections::BTreeSet;

use ike::{MessageName, Mode, Powers, Role};
use isakmp::{Body, ExchangeType, Flags, Header, Message, PayloadType};
use sim::explore::{Action, Bounds, Choice, Exploration, Met, Property, Tamper, explore, replay};
use sim::{Datagram, Fault, PathFault, Setup};

const I: Role = Role::Initiator;
const R: Role = Role::Responder;

fn action(choice: Choice) -> Action {
    Action { choice, label: None, overtakes: false }
}

/// The exchange up to message `number`, which then comes tampered with: as it was sent, and as it arrives.
fn tampered(setup: &Setup, number: u8, how: Tamper) -> Option<(Datagram, Datagram)> {
    let receiver = |number| if number % 2 == 1 { R } else { I };
    let mut path: Vec<Action> = (1..number).map(|n| action(Choice::Deliver(receiver(n), 0))).collect();
    let count = path.len();
    path.push(action(Choice::Damage(receiver(number), 0, how)));
    let (trace, _) = replay(setup, &path);
    let sent = trace.entries().iter().filter_map(|entry| entry.kind.sent()).nth(count)?.clone();
    let came = trace.entries().iter().filter_map(|entry| entry.kind.arrived()).nth(count)?.clone();
    Some((sent, came))
}

/// Where the two differ, and by which bits.
fn flips(setup: &Setup, number: u8, how: Tamper) -> Vec<(usize, u8)> {
    let Some((sent, came)) = tampered(setup, number, how) else { return Vec::new() };
    assert_eq!(sent.bytes.len(), came.bytes.len());
    let pairs = sent.bytes.iter().zip(came.bytes.iter()).enumerate();
    pairs.filter(|(_, (a, b))| a != b).map(|(at, (a, b))| (at, a ^ b)).collect()
}

fn main_mode() -> Setup {
    Setup::default()
}

fn aggressive() -> Setup {
    Setup::default().in_mode(Mode::Aggressive)
}

#[test]
fn damage_flips_one_bit_where_it_says() {
    let setup = main_mode();
    for (number, encrypted) in [(1, false), (3, false), (5, true)] {
        let length = tampered(&setup, number, Tamper::InitiatorCookie).unwrap().0.bytes.len();
        let only = |at, there: bool| if there { vec![(at, 1)] } else { Vec::new() };
        assert_eq!(flips(&setup, number, Tamper::InitiatorCookie), only(0, true));
        // The first message has no responder's cookie yet.
        assert_eq!(flips(&setup, number, Tamper::ResponderCookie), only(8, number > 1));
        assert_eq!(flips(&setup, number, Tamper::FirstByte), only(28, encrypted));
        assert_eq!(flips(&setup, number, Tamper::SecondBlock), only(44, encrypted));
        assert_eq!(flips(&setup, number, Tamper::Reserved), only(29, !encrypted));
        assert_eq!(flips(&setup, number, Tamper::LastByte), only(length - 1, true));
        assert_eq!(flips(&setup, number, Tamper::Hash), []);
    }
}

/// AM2's HASH stands in clear, with NAT-D payloads behind it that it does not cover.
#[test]
fn a_hash_in_clear_is_damaged_at_its_end() {
    let (sent, came) = tampered(&aggressive(), 2, Tamper::Hash).unwrap();
    let payloads = |datagram: &Datagram| match Message::decode(datagram.message()).unwrap().body {
        Body::Clear(payloads) => payloads,
        Body::Encrypted(_) => panic!("AM2 is in clear"),
    };
    for (sent, came) in payloads(&sent).iter().zip(payloads(&came)) {
        let mut expected = sent.body.clone();
        if sent.kind == PayloadType::HASH {
            *expected.last_mut().unwrap() ^= 1;
        }
        assert_eq!(came.body, expected, "{}", sent.kind);
    }
    assert_eq!(flips(&aggressive(), 2, Tamper::LastByte), [], "no HASH covers it");
    assert_eq!(flips(&aggressive(), 3, Tamper::LastByte), []);
    let mut plain = aggressive();
    plain.hosts.initiator.nat_traversal = false;
    assert_eq!(flips(&plain, 3, Tamper::LastByte).len(), 1, "without NAT-D the HASH is the last");
    assert_eq!(flips(&plain, 2, Tamper::LastByte), []);
    assert_eq!(flips(&aggressive(), 1, Tamper::LastByte).len(), 1);
}

#[test]
fn forgeries_are_made_of_what_is_to_be_seen() {
    let setup = main_mode();
    let forged = |number, how| tampered(&setup, number, how);
    let (sent, came) = forged(5, Tamper::HalvesSwapped).unwrap();
    let (header, body) = sent.message().split_at(Header::LEN);
    let half = body.len() / 2 / 16 * 16;
    assert_eq!(came.message(), [header, &body[half..], &body[..half]].concat());

    let (sent, came) = forged(5, Tamper::EncryptionCleared).unwrap();
    let [was, is] = [&sent, &came].map(|one| Header::decode(one.message()).unwrap());
    assert!(was.flags.contains(Flags::ENCRYPTION) && !is.flags.contains(Flags::ENCRYPTION));
    assert_eq!(is, Header { flags: is.flags, ..was });
    assert_eq!(came.message()[Header::LEN..], sent.message()[Header::LEN..]);

    let (sent, came) = forged(5, Tamper::HashMadeUp).unwrap();
    let made_up = Message::decode(came.message()).unwrap();
    let Body::Clear(payloads) = &made_up.body else { panic!("in clear") };
    assert_eq!((payloads.len(), payloads[0].kind, payloads[0].body.len()), (1, PayloadType::HASH, 20));
    assert_eq!(made_up.header.cookies, Header::decode(sent.message()).unwrap().cookies);
    assert_eq!(made_up.header.exchange, ExchangeType::MAIN);

    for how in [Tamper::HalvesSwapped, Tamper::EncryptionCleared, Tamper::HashMadeUp] {
        assert!(forged(3, how).is_none(), "{how}: there is nothing encrypted");
    }
    for (how, kind) in [(Tamper::ClearNotify, PayloadType::N), (Tamper::ClearDelete, PayloadType::D)] {
        let (sent, came) = forged(3, how).unwrap();
        let message = Message::decode(came.message()).unwrap();
        let Body::Clear(payloads) = &message.body else { panic!("in clear") };
        let cookies = Header::decode(sent.message()).unwrap().cookies;
        assert_eq!((message.header.exchange, message.header.cookies), (ExchangeType::INFORMATIONAL, cookies));
        assert_eq!((payloads.len(), payloads[0].kind), (1, kind));
        // It names the SA: both cookies are its SPI.
        let spi = [cookies.initiator.0, cookies.responder.0].concat();
        assert!(payloads[0].body.windows(16).any(|bytes| bytes == spi), "{how}");
    }
    let (sent, came) = forged(3, Tamper::EqualCookies).unwrap();
    let cookies = Header::decode(came.message()).unwrap().cookies;
    assert_eq!(cookies.initiator, cookies.responder);
    assert_eq!(came.message()[16..], sent.message()[16..]);
    assert!(forged(1, Tamper::EqualCookies).is_none(), "there is no responder's cookie yet");
}

#[test]
fn what_was_recorded_is_another_run_of_the_same_setup() {
    let setup = Setup { seed: 4, ..main_mode() };
    let other = Setup { seed: 5, ..main_mode() };
    let (trace, _) = sim::run(&other, &Powers::none());
    let recorded = |number: usize| {
        let sent = trace.entries().iter().filter_map(|entry| entry.kind.sent());
        sent.map(|datagram| datagram.message().to_vec()).nth(number - 1).unwrap()
    };
    for number in [1, 3, 5] {
        let (sent, came) = tampered(&setup, number, Tamper::OfAnotherRun).unwrap();
        assert_eq!(came.message(), recorded(number.into()));
        // Under these cookies a first message is what was sent anyway: it holds no other value of its run.
        let here = tampered(&setup, number, Tamper::OfAnotherRunHere);
        assert_eq!(here.is_none(), number == 1);
        let Some((_, here)) = here else { continue };
        assert_eq!(here.message()[..16], sent.message()[..16], "these cookies");
        assert_eq!(here.message()[16..], recorded(number.into())[16..]);
    }
}

#[test]
fn only_port_4500_has_a_marker_to_take_away() {
    let mut setup = main_mode();
    setup.hosts.responder.tunnel_groups[0].name = ike::GroupName::Default;
    let nat = PathFault::Nat { at: I, outside: "192.0.2.7".parse().unwrap() };
    let behind = setup.with_fault(Fault::Path(nat)).unwrap();
    assert!(tampered(&behind, 3, Tamper::WithoutMarker).is_none());
    let (sent, came) = tampered(&behind, 5, Tamper::WithoutMarker).unwrap();
    assert_eq!([&[0; 4][..], &came.bytes].concat(), sent.bytes.to_vec());
    // All else counts behind the marker.
    let (sent, came) = tampered(&behind, 5, Tamper::FirstByte).unwrap();
    assert_eq!((came.bytes[..32].to_vec(), came.bytes[32] ^ 1), (sent.bytes[..32].to_vec(), sent.bytes[32]));
}

fn explored(setup: &Setup, bounds: Bounds) -> Exploration {
    explore(setup, bounds, &Powers::new(64), usize::MAX).unwrap()
}

fn met(found: &Exploration) -> BTreeSet<Tamper> {
    let all = found.table.values().flat_map(|row| row.keys());
    all.filter_map(|met| if let Met::Tampered(how) = met { Some(*how) } else { None }).collect()
}

/// Each kind that can be is tried at every message, and none makes a side active, ends an SA or is taken against its form.
#[test]
fn damage_and_forgeries_break_nothing() {
    use Tamper as T;
    let damage = |corrupts| Bounds { corrupts, eager: Some(0), ..Bounds::default() };
    let forge = |forges| Bounds { forges, eager: Some(0), ..Bounds::default() };
    let common =
        [T::InitiatorCookie, T::ResponderCookie, T::FirstByte, T::Reserved, T::SecondBlock, T::LastByte];
    let forged = [
        T::HalvesSwapped,
        T::EncryptionCleared,
        T::HashMadeUp,
        T::ClearNotify,
        T::ClearDelete,
        T::EqualCookies,
        T::OfAnotherRun,
        T::OfAnotherRunHere,
    ];
    for (setup, more) in [(main_mode(), None), (aggressive(), Some(T::Hash))] {
        let found = explored(&setup, damage(1));
        assert_eq!(found.violations, [].into());
        assert_eq!(met(&found), common.into_iter().chain(more).collect(), "{}", setup.mode);
        let found = explored(&setup, forge(1));
        assert_eq!(found.violations, [].into());
        assert_eq!(met(&found), forged.into(), "{}", setup.mode);
        assert_eq!(met(&explored(&setup, damage(0))), [].into());
        // A message that was damaged may end it; one that was forged beside it may not.
        assert!(found.complete && found.succeeds);
    }
}

#[test]
fn what_nature_does_has_a_text_of_its_own() {
    let all = [
        Tamper::InitiatorCookie,
        Tamper::ResponderCookie,
        Tamper::FirstByte,
        Tamper::Reserved,
        Tamper::SecondBlock,
        Tamper::LastByte,
        Tamper::Hash,
        Tamper::HalvesSwapped,
        Tamper::EncryptionCleared,
        Tamper::HashMadeUp,
        Tamper::ClearNotify,
        Tamper::ClearDelete,
        Tamper::EqualCookies,
        Tamper::OfAnotherRun,
        Tamper::OfAnotherRunHere,
        Tamper::WithoutMarker,
    ];
    let texts: BTreeSet<String> = all.iter().map(Tamper::to_string).collect();
    assert!(texts.len() == all.len() && !texts.contains(""));
    let met = [Met::Delete, Met::Message(MessageName::MSG1), Met::Message(MessageName::QM1), Met::Timer];
    assert_eq!(met.map(|one| one.to_string()), ["Delete", "message 1", "QM1", "timer"]);
    let names: BTreeSet<String> = Property::ALL.iter().map(Property::to_string).collect();
    let meanings: BTreeSet<&str> = Property::ALL.into_iter().map(Property::meaning).collect();
    assert_eq!((names.len(), meanings.len()), (Property::ALL.len(), Property::ALL.len()));
    let of_phase_2: Vec<_> = Property::ALL.into_iter().filter(|one| one.is_of_phase_2()).collect();
    assert_eq!(of_phase_2, [Property::SameChild, Property::ProvenChild]);
    let of_adversary: Vec<_> = Property::ALL.into_iter().filter(|one| one.needs_adversary()).collect();
    assert_eq!(of_adversary, [Property::Authenticity, Property::Survival, Property::Form]);
}
