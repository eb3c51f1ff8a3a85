//! What captures show behind phase 1: Quick Modes, refusals and Deletes, with keys and without.

use std::time::Duration;

use capture::Datagram;

use crate::taken::{Edit, I, R, Taken, sides, table, taken};

const FAULTS: [&str; 17] = [
    "",
    "kind = 'transform-mismatch'\nattribute = 'encryption'",
    "kind = 'proxy-mismatch'\nhow = 'other'",
    "kind = 'drop'\nmessage = 'QM1'\ntimes = 'all'",
    "kind = 'drop'\nmessage = 'QM1'\ntimes = 1",
    "kind = 'drop'\nmessage = 'QM2'\ntimes = 1",
    "kind = 'drop'\nmessage = 'QM2'\ntimes = 'all'",
    "kind = 'drop'\nmessage = 'QM2'\ntimes = 1\n[[fault]]\nkind = 'drop'\nmessage = 'QM3'\ntimes = 'all'",
    "kind = 'drop'\nmessage = 'QM3'\ntimes = 'all'",
    "kind = 'corrupt'\nmessage = 'QM2'\ntimes = 'all'",
    "kind = 'clear-crypto'\nat = 'initiator'\nwhat = 'phase2'\nwhen = '20s'",
    "kind = 'clear-crypto'\nat = 'responder'\nwhat = 'phase1'\nwhen = '20s'",
    "kind = 'clear-crypto'\nat = 'responder'\nwhat = 'phase1'\nwhen = '300ms'",
    "kind = 'clear-crypto'\nat = 'initiator'\nwhat = 'all'\nwhen = '300ms'",
    "kind = 'clear-crypto'\nat = 'responder'\nwhat = 'all'\nwhen = '20s'",
    "kind = 'clear-crypto'\nat = 'responder'\nwhat = 'phase2'\nwhen = '20s'\n[[fault]]\nkind = 'drop'\nmessage = 'INFO1'\nfrom = 'responder'",
    "kind = 'clear-crypto'\nat = 'initiator'\nwhat = 'phase1'\nwhen = '20s'\n[[fault]]\nkind = 'drop'\nmessage = 'INFO1'\nfrom = 'initiator'",
];

#[test]
fn children_of_main_mode() {
    let mut all = Vec::new();
    for fault in FAULTS {
        let fault = if fault.is_empty() { String::new() } else { format!("[[fault]]\n{fault}\n") };
        let text = format!("phase2 = true\n{}{fault}", sides("asa", "strongswan"));
        for (keys, at) in
            [(false, vec![I]), (true, vec![I]), (true, vec![R]), (false, vec![I, R]), (true, vec![I, R])]
        {
            let places = at.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            let title = format!("{}, keys {keys}, at {places}", fault.replace('\n', " "));
            all.push((title, Taken { keys, at, last: Duration::from_secs(120), ..taken(&*text) }));
        }
    }
    table("quick.txt", all);
}

/// A message with another last byte behind one, at once.
fn anew(all: &mut Vec<Datagram>, message: usize, place: usize) {
    let mut one = all[message].clone();
    one.at = all[place - 1].at + Duration::from_micros(1);
    *one.payload.last_mut().unwrap() ^= 1;
    all.insert(place, one);
}

/// One direction alone, and without the beginning.
#[test]
fn parts_of_quick_mode() {
    let mut all = Vec::new();
    for (name, mode) in [("main", ""), ("aggressive", "mode = 'aggressive'\nconfirm = false\n")] {
        let text = format!("{mode}phase2 = true\n{}", sides("strongswan", "strongswan"));
        let phase_1 = if name == "main" { 6 } else { 3 };
        for from in [phase_1, phase_1 + 1, phase_1 + 2] {
            for of in [None, Some(I), Some(R)] {
                let of_whom = of.map_or("both".to_owned(), |role| role.to_string());
                let title = format!("{name}: from the {from}th of {of_whom}");
                let from = if of.is_some() { from / 2 } else { from };
                all.push((title, Taken { of, from, ..taken(&*text) }));
            }
        }
    }
    let text = format!("phase2 = true\n{}", sides("strongswan", "strongswan"));
    // QM2 and QM3 anew, with other bytes; QM2 behind QM3; QM3 without QM2.
    for (title, edit) in [
        ("QM2 anew", (|all| anew(all, 7, 8)) as Edit),
        ("QM2 anew behind QM3", |all| anew(all, 7, 9)),
        ("QM3 anew", |all| anew(all, 8, 9)),
        ("QM1 anew", |all| anew(all, 6, 7)),
        ("QM2 missed", |all| drop(all.remove(7))),
    ] {
        all.push((title.to_owned(), Taken { edit, ..taken(&*text) }));
    }
    table("quick_parts.txt", all);
}
