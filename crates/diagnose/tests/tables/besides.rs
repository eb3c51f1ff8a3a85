//! What a capture holds beside the IKEv1 that can be judged: counted, each datagram once.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use capture::{Capture, Datagram, Unreachable, Unreached};
use diagnose::captures::{Besides, Findings, GivenKeys, Judge};
use isakmp::Header;

use crate::taken::{file, sides, taken};
use crate::told;

const MINUTE: Duration = Duration::from_secs(60);

fn end(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn first() -> Datagram {
    taken("").captures().0.remove(0).datagrams.remove(0)
}

fn judged<T>(judge: &mut Judge, capture: Capture, check: impl FnOnce(&Findings<'_>) -> T) -> T {
    let captures = [capture];
    check(&judge.judge(&captures, &GivenKeys::default()))
}

#[test]
fn datagrams_that_are_no_ikev1_are_counted_by_what_they_are() {
    let mut judge = Judge::default();
    let mut of = |ports: [u16; 2], payload: Vec<u8>, cut: bool| {
        let [from, to] = ports.map(|port| SocketAddr::new([192, 0, 2, 1].into(), port));
        let one = Datagram { from, to, payload, cut, ..first() };
        judged(&mut judge, file(vec![one], MINUTE), |found| {
            let Besides { version_2, esp, unreadable, cut, icmp, unread: 0 } = found.besides else {
                panic!("every frame was read")
            };
            ([version_2, esp, unreadable, cut, icmp], found.found)
        })
    };
    let ike = first().payload;
    let with = |at: usize, value: u8| {
        let mut bytes = ike.clone();
        bytes[at] = value;
        bytes
    };
    let marked = [&[0; 4][..], &ike].concat();
    for (ports, payload, cut, expected) in [
        ([500, 500], ike.clone(), false, ([0; 5], 1)),
        ([4500, 4500], marked.clone(), false, ([0; 5], 1)),
        ([4500, 999], marked, false, ([0; 5], 1)),
        ([4500, 4500], vec![0xff], false, ([0, 1, 0, 0, 0], 0)),
        ([4500, 4500], vec![1, 2, 3, 4, 5, 6, 7, 8], false, ([0, 1, 0, 0, 0], 0)),
        ([500, 500], vec![0xff; 10], false, ([0, 0, 1, 0, 0], 0)),
        ([500, 500], vec![0xff; 10], true, ([0, 0, 0, 1, 0], 0)),
        ([500, 500], with(17, 0x20), false, ([1, 0, 0, 0, 0], 0)),
        ([500, 500], with(17, 0x30), false, ([0, 0, 1, 0, 0], 0)),
        // Up to the flags a header that was cut says enough.
        ([500, 500], ike[..27].to_vec(), true, ([0; 5], 1)),
        ([500, 500], ike[..20].to_vec(), true, ([0; 5], 1)),
        ([500, 500], ike[..19].to_vec(), true, ([0, 0, 0, 1, 0], 0)),
        ([500, 500], ike[..27].to_vec(), false, ([0, 0, 1, 0, 0], 0)),
    ] {
        assert_eq!(of(ports, payload.clone(), cut), expected, "{ports:?} {cut} {payload:?}");
    }
}

fn refused(about: &Datagram, at: Duration, quoted: &[u8]) -> Unreachable {
    Unreachable {
        frame: 77,
        interface: about.interface,
        at,
        by: about.to.ip(),
        what: Unreached::Host,
        about: (about.from, about.to),
        quoted: quoted.to_vec(),
    }
}

/// Which of two negotiations of one pair of ends an error goes to: by the cookie that it quotes, else by the time.
#[test]
fn an_icmp_error_goes_to_the_negotiation_that_it_is_about() {
    let early = first();
    let mut late = Datagram { at: Duration::from_secs(10), ..early.clone() };
    late.payload[..8].fill(0x77);
    let mut judge = Judge::default();
    let mut of = |error: Unreachable| {
        let capture =
            Capture { unreachables: vec![error], ..file(vec![early.clone(), late.clone()], MINUTE) };
        judged(&mut judge, capture, |found| {
            assert_eq!(found.found, 2);
            let all =
                found.judgements.iter().flat_map(|one| std::iter::once(&one.negotiation).chain(&one.alike));
            let told: Vec<usize> = all.map(|one| one.refusals.len()).collect();
            (told, found.besides.icmp)
        })
    };
    let (at, soon, before) = (Duration::from_secs(11), early.at + Duration::from_secs(1), Duration::ZERO);
    assert_eq!(of(refused(&early, at, &early.payload)), (vec![1, 0], 0));
    assert_eq!(of(refused(&late, at, &late.payload[..8])), (vec![0, 1], 0));
    // Too little of the cookie: the one that used the ports last.
    assert_eq!(of(refused(&late, at, &late.payload[..7])), (vec![0, 1], 0));
    assert_eq!(of(refused(&early, soon, &[])), (vec![1, 0], 0));
    assert_eq!(of(refused(&early, late.at, &[])), (vec![0, 1], 0), "at the very moment");
    if early.at > before {
        assert_eq!(of(refused(&early, before, &[])), (vec![0, 0], 1), "before anything was sent");
    }
    let elsewhere = Datagram { interface: 3, ..early.clone() };
    assert_eq!(of(refused(&elsewhere, at, &[])), (vec![0, 0], 1), "on another interface");
    let unknown = [0x55; 8];
    assert_eq!(of(refused(&early, at, &unknown)), (vec![0, 0], 1), "of another negotiation");
    for (port, icmp) in [(500, 1), (4500, 1), (53, 0)] {
        let ends = Datagram {
            from: end("203.0.113.1:999"),
            to: SocketAddr::new([192, 0, 2, 9].into(), port),
            ..first()
        };
        assert_eq!(of(refused(&ends, at, &[])), (vec![0, 0], icmp), "port {port}");
    }
}

/// A header of IKEv2's first exchange, and an answer with a notify.
fn version_2(from: &str, to: &str, spi: u8, millis: u64, notify: Option<(u8, u16)>) -> Datagram {
    let mut bytes = vec![spi; 8];
    bytes.extend([0; 8]);
    let (next, body) = match notify {
        Some((next, kind)) => (next, [&[0, 0, 0, 8, 0, 0][..], &kind.to_be_bytes()].concat()),
        None => (33, vec![0, 0, 0, 8, 1, 2, 3, 4]),
    };
    bytes.extend([next, 0x20, 34, if notify.is_some() { 0x20 } else { 8 }]);
    bytes.extend([0; 4]);
    bytes.extend(u32::try_from(Header::LEN + body.len()).unwrap().to_be_bytes());
    bytes.extend(body);
    Datagram { from: end(from), to: end(to), at: Duration::from_millis(millis), payload: bytes, ..first() }
}

#[test]
fn a_refusal_of_ikev2_is_a_judgement_of_its_own() {
    let (a, b) = ("203.0.113.1:500", "198.51.100.1:500");
    let mut judge = Judge::default();
    let of = |answer: (u8, u16)| {
        let all = vec![
            version_2(a, b, 1, 0, None),
            version_2(a, b, 1, 2000, None),
            version_2(b, a, 1, 2020, Some(answer)),
            version_2(a, b, 2, 3000, None),
        ];
        judged(&mut judge, file(all, MINUTE), |found| {
            let mut rows = vec![format!("{answer:?}: {} found, besides {:?}", found.found, found.besides)];
            for one in &found.judgements {
                let ends = one.negotiation.ends;
                let watched = one.negotiation.watched;
                rows.push(format!(
                    "  {} to {} cookies {:?} {watched:?}",
                    ends.0, ends.1, one.negotiation.cookies
                ));
                rows.extend(told::judgement(one));
            }
            rows.push(format!("  decided {} whole {}", found.are_decided(), found.are_whole()));
            rows
        })
    };
    let answers = [(41, 14), (41, 5), (41, 17), (33, 14)];
    told::compare("version_2.txt", &answers.into_iter().flat_map(of).collect::<Vec<_>>());
}

/// Without the first message of the refused one, and with the answer at another place.
#[test]
fn a_refusal_of_ikev2_is_read_at_the_place_of_the_answer() {
    let (a, b) = ("203.0.113.1:500", "198.51.100.1:500");
    let answer = version_2(b, a, 1, 20, Some((41, 14)));
    let asked = version_2(a, b, 1, 10, None);
    let elsewhere = Datagram { interface: 1, ..asked.clone() };
    // A later exchange of IKEv2 is none that is refused as a whole.
    let mut other = Datagram { at: MINUTE / 2, ..answer.clone() };
    (other.payload[7], other.payload[18]) = (1, 35);
    let mut judge = Judge::default();
    for (all, emissions, left) in [
        (vec![answer.clone()], 1, 0),
        (vec![asked.clone(), answer.clone()], 2, 0),
        (vec![elsewhere, answer.clone()], 1, 1),
        (vec![asked, answer.clone(), other], 2, 1),
    ] {
        judged(&mut judge, file(all, MINUTE), |found| {
            let one = &found.judgements[0];
            let ends = [one.negotiation.ends.0, one.negotiation.ends.1].map(|end| end.ip());
            let expected: [IpAddr; 2] = [a, b].map(|text| end(text).ip());
            assert_eq!(
                (one.negotiation.emissions.len(), found.besides.version_2, ends),
                (emissions, left, expected)
            );
            assert_eq!((found.found, one.causes.len()), (0, 2));
        });
    }
}

/// Of a flood on both sides of an address translation, what is kept at each place is a thousand.
#[test]
fn a_flood_at_two_places_is_counted_at_both() {
    let flood = |from: &str, count: u32| {
        let one = Datagram { from: end(from), ..first() };
        (0..count).map(|n| Datagram { at: Duration::from_millis(300) * n, ..one.clone() }).collect::<Vec<_>>()
    };
    let last = MINUTE * 10;
    let captures = [file(flood("203.0.113.1:500", 1003), last), file(flood("192.0.2.9:1024", 1005), last)];
    let findings = Judge::default().judge(&captures, &GivenKeys::default());
    assert_eq!((findings.found, findings.judgements[0].negotiation.left_out), (1, 8));
    assert!(!findings.are_whole());
}

/// What is undecided, or older than the capture where there is nothing else, leaves it undecided.
#[test]
fn whether_a_capture_decides_anything() {
    let all = taken(format!("phase2 = true\n{}", sides("strongswan", "strongswan")))
        .captures()
        .0
        .remove(0)
        .datagrams;
    let elsewhere = |all: &[Datagram]| -> Vec<Datagram> {
        let moved = |end: SocketAddr| if end == all[0].from { self::end("203.0.113.9:500") } else { end };
        all.iter().map(|one| Datagram { from: moved(one.from), to: moved(one.to), ..one.clone() }).collect()
    };
    let last = all[8].at + Duration::from_millis(1);
    let older = vec![all[7].clone()];
    let mut other = older.clone();
    other[0].payload[18] = 5;
    let mut judge = Judge::default();
    for (title, seen, decided) in [
        ("nothing", Vec::new(), true),
        ("up", all.clone(), true),
        ("the first two, and the end", all[..2].to_vec(), false),
        ("up, and the first of another pair", [all.clone(), elsewhere(&all[..1])].concat(), false),
        ("an Informational alone", other.clone(), false),
        ("up, and an Informational alone of another pair", [all.clone(), elsewhere(&other)].concat(), true),
    ] {
        let last = if seen.len() == 2 { seen[1].at + Duration::from_millis(1) } else { last };
        let found = judged(&mut judge, file(seen, last), |found| {
            let verdicts: Vec<_> = found.judgements.iter().map(|one| one.verdict).collect();
            (found.are_decided(), verdicts)
        });
        assert_eq!(found.0, decided, "{title}: {:?}", found.1);
    }
}
