//! ICMP errors: what each means, about which message, from whom, and what was heard before and since.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use capture::{Capture, Datagram, Unreachable, Unreached};
use diagnose::captures::{GivenKeys, Judge};

use crate::taken::{file, taken};
use crate::told;

const LAST: Duration = Duration::from_secs(60);
const ROUTER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 254));

fn own(text: &str) -> Vec<Datagram> {
    taken(text).captures().0.remove(0).datagrams
}

/// By the destination itself, or by a router, so many microseconds behind the datagram.
fn error(about: &Datagram, what: Unreached, by_itself: bool, micros: u64, quoted: usize) -> Unreachable {
    Unreachable {
        frame: about.frame + 100,
        interface: 0,
        at: about.at + Duration::from_micros(micros),
        by: if by_itself { about.to.ip() } else { ROUTER },
        what,
        about: (about.from, about.to),
        quoted: about.payload[..quoted].to_vec(),
    }
}

type Case = (String, Capture);

fn with(title: impl Into<String>, all: &[Datagram], unreachables: Vec<Unreachable>) -> Case {
    (title.into(), Capture { unreachables, ..file(all.to_vec(), LAST) })
}

fn kinds() -> Vec<Case> {
    let silent = own("[[fault]]\nkind = 'ike-disabled'\n");
    let third = own("[[fault]]\nkind = 'drop'\nmessage = 3\ntimes = 'all'\n");
    let moved = own("[[fault]]\nkind = 'nat'\n[[fault]]\nkind = 'block-port'\nport = 4500\n");
    let mut cases = Vec::new();
    for what in [Unreached::Port, Unreached::Host, Unreached::Network, Unreached::Prohibited] {
        for by_itself in [true, false] {
            let title = |name: &str| {
                format!("{name}, {what:?} {}", if by_itself { "by itself" } else { "by a router" })
            };
            for (name, all, about) in
                [("MSG1", &silent, 0), ("the last MSG1", &silent, 3), ("MSG3", &third, 2)]
            {
                cases.push(with(title(name), all, vec![error(&all[about], what, by_itself, 10, 28)]));
            }
            let fifth = moved.iter().find(|one| one.to.port() == 4500).unwrap();
            cases.push(with(title("MSG5 on 4500"), &moved, vec![error(fifth, what, by_itself, 10, 40)]));
        }
    }
    cases
}

fn orders() -> Vec<Case> {
    let healthy = own("phase2 = true\n");
    let key = own("[[fault]]\nkind = 'psk-mismatch'\n");
    let refused = own("[[fault]]\nkind = 'policy-mismatch'\nattribute = 'hash'\n");
    let about = |all: &[Datagram], n: usize, micros: u64| error(&all[n], Unreached::Port, true, micros, 28);
    let (first, answer) = (&key[0], &key[1]);
    let between = u64::try_from((answer.at - first.at).as_micros()).unwrap();
    let mut cases = vec![
        with("about a message that got through in the end", &healthy, vec![about(&healthy, 0, 5)]),
        with("about Quick Mode", &healthy, vec![about(&healthy, 6, 5)]),
        with("about Quick Mode, behind a stall", &healthy[..5], vec![about(&healthy, 6, 5)]),
        with("about the last of the others", &key, vec![about(&key, 3, 40_000_000)]),
        with("about one of a side that is heard of before only", &key[..5], vec![about(&key, 4, 5)]),
        with("about a responder's message", &key, vec![about(&key, key.len() - 2, 30_000_000)]),
        with(
            "of two kinds",
            &key[..1],
            vec![about(&key, 0, 5), error(&key[0], Unreached::Host, false, 7, 28)],
        ),
        with(
            "of two kinds, the other way round",
            &key[..1],
            vec![error(&key[0], Unreached::Host, false, 5, 28), about(&key, 0, 7)],
        ),
        with("twice", &key[..1], vec![about(&key, 0, 5), about(&key, 0, 7)]),
        with("with no bytes", &key[..1], vec![error(&key[0], Unreached::Port, true, 5, 0)]),
        with("before the message", &key[..1], vec![Unreachable { at: Duration::ZERO, ..about(&key, 0, 0) }]),
        with("about a refused offer", &refused, vec![about(&refused, 0, 60)]),
    ];
    for (name, micros) in [("before", between - 1), ("as", between), ("behind", between + 1)] {
        cases.push(with(format!("{name} the answer comes"), &key[..2], vec![about(&key, 0, micros)]));
    }
    let elsewhere = Datagram { to: SocketAddr::new(first.to.ip(), 4500), ..first.clone() };
    cases.push(with("about the same bytes to another port", &key[..1], vec![about(&[elsewhere], 0, 5)]));
    cases
}

fn rows(cases: Vec<Case>) -> Vec<String> {
    let mut judge = Judge::default();
    let told = cases.into_iter().flat_map(|(title, capture)| {
        let captures = [capture];
        let findings = judge.judge(&captures, &GivenKeys::default());
        let mut rows = vec![title];
        for one in &findings.judgements {
            rows.extend(
                told::negotiation(&one.negotiation).into_iter().filter(|line| line.starts_with("  refused")),
            );
            rows.extend(
                one.seen
                    .iter()
                    .filter(|seen| told::evidence(seen).contains("Unreached"))
                    .map(|seen| format!("  seen {}", told::evidence(seen))),
            );
            rows.extend(told::brief(one));
            rows.extend(one.causes.iter().take(1).map(told::cause));
        }
        rows
    });
    told.collect()
}

#[test]
fn what_an_icmp_error_means() {
    told::compare("icmp.txt", &rows(kinds()));
}

#[test]
fn when_an_icmp_error_means_anything() {
    told::compare("icmp_order.txt", &rows(orders()));
}
