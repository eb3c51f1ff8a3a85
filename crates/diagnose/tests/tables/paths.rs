//! What the way shows, and what stands behind the proof: time to live, NAT-D, what is under way; XAUTH.

use std::net::SocketAddr;

use capture::Datagram;

use crate::messages::{Case, EXCHANGE, FLAGS, ID, MS, one, own, rows};
use crate::taken::{I, R, Taken, file, sides, taken};
use crate::told;

/// XAUTH was chosen, or was not: what a refusal behind the proof means, and one before it.
fn behind_xauth() -> Vec<Case> {
    let mut cases = Vec::new();
    for (mode, text) in [
        ("main", sides("strongswan", "strongswan")),
        ("aggressive", format!("mode = 'aggressive'\nconfirm = false\n{}", sides("ios", "ios"))),
    ] {
        let mut all = own(&text);
        for (name, method) in [
            ("pre-shared key", 1),
            ("XAUTH", 65_001),
            ("signatures", 3),
            ("XAUTH with signatures", 65_005_u16),
        ] {
            for one in &mut all[..2] {
                let at = one.payload.windows(2).position(|window| window == [0x80, 3]).unwrap() + 2;
                one.payload[at..at + 2].copy_from_slice(&u16::to_be_bytes(method));
            }
            let proof = if mode == "main" { 4 } else { 2 };
            for (when, at, back) in [
                ("before", proof - 1, false),
                ("behind", proof, true),
                ("from the initiator behind", proof, false),
            ] {
                let base = &all[at];
                let mut sealed = if back {
                    Datagram { from: base.to, to: base.from, ..all[proof].clone() }
                } else {
                    all[proof].clone()
                };
                if when == "before" {
                    (sealed.from, sealed.to) = (all[1].from, all[1].to);
                }
                sealed.at = base.at + MS;
                (sealed.payload[EXCHANGE], sealed.payload[FLAGS], sealed.payload[ID]) = (5, 1, 9);
                let until = if when == "before" { proof } else { proof + 1 };
                cases.push(one(
                    &format!("{mode}, {name}, refused {when} the proof"),
                    [&all[..until], &[sealed]].concat(),
                ));
            }
            cases.push(one(&format!("{mode}, {name}, nothing behind the proof"), all[..=proof].to_vec()));
            cases.push(one(&format!("{mode}, {name}, the first alone"), all[..1].to_vec()));
        }
    }
    cases
}

/// Time to live, NAT-D against the addresses, and what is under way when the capture ends.
fn paths() -> Vec<Case> {
    let mut cases = Vec::new();
    for fault in [
        "kind = 'drop'\nmessage = 4\ntimes = 'all'",
        "kind = 'psk-mismatch'",
        "kind = 'drop'\nmessage = 6\ntimes = 'all'",
        "kind = 'ike-disabled'",
    ] {
        let all = own(&format!("[[fault]]\n{fault}\n"));
        for ttl in [[64, 64], [64, 57], [57, 64], [57, 57], [0, 57], [57, 0], [255, 128], [0, 64]] {
            let mut all = all.clone();
            let first = all[0].from;
            all.iter_mut().for_each(|one| one.ttl = ttl[usize::from(one.from != first)]);
            cases.push(one(&format!("{}, time to live {ttl:?}", fault.replace('\n', ", ")), all));
        }
    }
    let healthy = own("");
    let elsewhere = |end: SocketAddr| SocketAddr::new([192, 0, 2, 50].into(), end.port());
    let moved = |end: SocketAddr| SocketAddr::new(end.ip(), 1024);
    let began = healthy[0].from;
    for (title, change) in
        [("another address", &elsewhere as &dyn Fn(SocketAddr) -> SocketAddr), ("another port", &moved)]
    {
        for (whose, initiator) in [("the initiator", true), ("the responder", false)] {
            let mut all = healthy.clone();
            for one in &mut all {
                for end in [&mut one.from, &mut one.to] {
                    if (*end == began) == initiator {
                        *end = change(*end);
                    }
                }
            }
            cases.push(one(&format!("{title} of {whose}"), all));
        }
    }
    let [own, far] = {
        let taken =
            Taken { at: vec![I, R], ..taken("[[fault]]\nkind = 'drop'\nmessage = 3\ntimes = 'all'\n") };
        let files = taken.captures().0;
        [files[0].datagrams.clone(), files[1].datagrams.clone()]
    };
    for millis in [299, 300, 301] {
        let last = own[2].at + MS * millis;
        let files = [&own[..3], &far[..2]].map(|all| file(all.to_vec(), last)).to_vec();
        cases.push((format!("MSG3 left {millis} ms before the end"), files));
    }
    cases
}

#[test]
fn what_is_refused_behind_xauth() {
    told::compare("xauth.txt", &rows(behind_xauth()));
}

#[test]
fn what_a_path_shows() {
    told::compare("paths.txt", &rows(paths()));
}
