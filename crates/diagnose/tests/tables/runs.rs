//! Runs: what is concluded with both sides in view, and with one.

use diagnose::diagnose;

use crate::taken::{I, R, run, sides};
use crate::told;

/// The causes of a run from each view, the first with its remedy.
fn rows(title: &str, text: &str) -> Vec<String> {
    let (setup, trace, outcome) = run(text);
    let mut rows = vec![title.replace('\n', ", ")];
    for view in [None, Some(I), Some(R)] {
        let mut found = diagnose(&setup, &trace, &outcome, view);
        let remedy = found.first().and_then(|first| first.remedy.clone());
        let common = told::in_common(&mut found);
        rows.push(format!(" {}{common}", view.map_or("both".to_owned(), |role| role.to_string())));
        rows.extend(found.iter().map(told::cause));
        rows.extend(remedy.map(|remedy| format!("  mend {}", told::short(&remedy))));
    }
    rows
}

const PHASE_1: [&str; 25] = [
    "kind = 'psk-mismatch'",
    "kind = 'missing-tunnel-group'",
    "kind = 'missing-tunnel-group'\nat = 'initiator'",
    "kind = 'missing-psk'",
    "kind = 'policy-mismatch'\nattribute = 'group'",
    "kind = 'policy-mismatch'\nattribute = 'authentication'\nat = 'initiator'",
    "kind = 'ike-disabled'",
    "kind = 'ike-disabled'\nat = 'initiator'",
    "kind = 'identity-mismatch'",
    "kind = 'wrong-peer-address'",
    "kind = 'no-route'",
    "kind = 'no-route'\nat = 'responder'",
    "kind = 'peer-down'",
    "kind = 'block-port'\nport = 500",
    "kind = 'nat'\n[[fault]]\nkind = 'block-port'\nport = 4500",
    "kind = 'delay'\nmessage = 1\nby = '90s'",
    "kind = 'delay'\nmessage = 5\nby = '90s'",
    "kind = 'drop'\nmessage = 4\ntimes = 'all'",
    "kind = 'drop'\nmessage = 6\ntimes = 'all'",
    "kind = 'corrupt'\nmessage = 1\nbyte = 3\ntimes = 'all'",
    "kind = 'corrupt'\nmessage = 5\ntimes = 'all'",
    "kind = 'truncate'\nmessage = 3\ntimes = 'all'",
    "kind = 'impair'\nat = 'responder'\nwhat = 'omit-ke'",
    "kind = 'impair'\nat = 'initiator'\nwhat = 'corrupt-hash'",
    "kind = 'psk-mismatch'\n[[fault]]\nkind = 'impair'\nat = 'initiator'\nwhat = 'corrupt-hash'",
];

#[test]
fn phase_1() {
    let all = PHASE_1.iter().flat_map(|fault| rows(fault, &format!("[[fault]]\n{fault}\n")));
    told::compare("runs.txt", &all.collect::<Vec<_>>());
}

const PHASE_2: [&str; 21] = [
    "kind = 'transform-mismatch'\nattribute = 'encryption'",
    "kind = 'transform-mismatch'\nattribute = 'mode'",
    "kind = 'pfs-mismatch'\nhow = 'extra'",
    "kind = 'proxy-mismatch'\nhow = 'other'",
    "kind = 'map-unbound'",
    "kind = 'crypto-map-incomplete'\nwhat = 'acl'",
    "kind = 'crypto-map-incomplete'\nwhat = 'peer'\nat = 'initiator'",
    "kind = 'drop'\nmessage = 'QM1'\ntimes = 'all'",
    "kind = 'drop'\nmessage = 'QM2'\ntimes = 'all'",
    "kind = 'drop'\nmessage = 'QM3'\ntimes = 'all'",
    "kind = 'corrupt'\nmessage = 'QM1'\ntimes = 'all'",
    "kind = 'corrupt'\nmessage = 'QM2'\ntimes = 'all'",
    "kind = 'delay'\nmessage = 'QM2'\nby = '200s'",
    "kind = 'peer-down'\nfrom = '65ms'",
    "kind = 'clear-crypto'\nat = 'initiator'\nwhat = 'all'\nwhen = '20s'",
    "kind = 'clear-crypto'\nat = 'responder'\nwhat = 'phase1'\nwhen = '20s'\nnotify = false",
    "kind = 'clear-crypto'\nat = 'responder'\nwhat = 'phase2'\nwhen = '20s'",
    "kind = 'clear-crypto'\nat = 'initiator'\nwhat = 'phase1'\nwhen = '5ms'\nafter = 'QM1'",
    "kind = 'clear-crypto'\nat = 'responder'\nwhat = 'phase2'\nwhen = '20s'\n[[fault]]\nkind = 'drop'\nmessage = 'INFO1'\nfrom = 'responder'",
    "kind = 'clear-crypto'\nat = 'responder'\nwhat = 'phase1'\nwhen = '20s'\n[[fault]]\nkind = 'corrupt'\nmessage = 'INFO1'\nfrom = 'responder'",
    "kind = 'clear-crypto'\nat = 'initiator'\nwhat = 'all'\nwhen = '20s'\n[[fault]]\nkind = 'drop'\nmessage = 'QM1'\ntimes = 'all'",
];

#[test]
fn phase_2() {
    let mut all = Vec::new();
    for (initiator, responder) in [("asa", "asa"), ("strongswan", "libreswan")] {
        for fault in PHASE_2 {
            if initiator != "asa" && ["map-unbound", "incomplete"].iter().any(|kind| fault.contains(kind)) {
                continue;
            }
            let text = format!("phase2 = true\n{}[[fault]]\n{fault}\n", sides(initiator, responder));
            all.extend(rows(&format!("{initiator} {responder} {fault}"), &text));
        }
    }
    // Two entries for one line, of which the other side has another.
    let line = "acl = ['ip 10.1.0.0/24 10.2.0.0/24']";
    let maps = format!(
        "[[initiator.crypto_map]]\n{line}\n[[initiator.crypto_map]]\nsequence = 20\nacl = ['ip 10.1.0.0/24 10.2.0.0/24', 'ip 10.1.0.0/24 10.3.0.0/24']\npfs = 14\n[[responder.crypto_map]]\nacl = ['ip 10.9.0.0/24 10.1.0.0/24']\n"
    );
    all.extend(rows("one line in two entries", &maps));
    // The mode of a network that its vendor leaves, and of a host.
    for profile in ["strongswan", "libreswan", "asa"] {
        for (what, line) in [
            ("hosts", "ip 203.0.113.1/32 198.51.100.1/32"),
            ("networks", "ip 10.1.0.0/24 10.2.0.0/24"),
            ("a host and a network", "ip 203.0.113.1/32 10.2.0.0/24"),
        ] {
            let back: Vec<&str> = line.split(' ').collect();
            let maps = format!(
                "[[initiator.crypto_map]]\nmode = 'transport'\nacl = ['{line}']\n[[responder.crypto_map]]\nmode = 'tunnel'\nacl = ['ip {} {}']\n",
                back[2], back[1]
            );
            all.extend(rows(&format!("{profile}, transport of {what}"), &(sides(profile, profile) + &maps)));
            let both = maps.replace("tunnel", "transport");
            all.extend(rows(
                &format!("{profile}, transport of {what} on both sides"),
                &(sides(profile, profile) + &both),
            ));
        }
    }
    told::compare("children.txt", &all);
}

/// Several troubles at once: which stands first, and what became of each copy.
const MIXED: [&str; 16] = [
    "kind = 'corrupt'\nmessage = 5\n[[fault]]\nkind = 'peer-down'\nfrom = '1s'",
    "kind = 'drop'\nmessage = 5\ntimes = 2\n[[fault]]\nkind = 'psk-mismatch'",
    "kind = 'drop'\nmessage = 1\ntimes = 2\n[[fault]]\nkind = 'policy-mismatch'\nattribute = 'hash'",
    "kind = 'drop'\nmessage = 3\ntimes = 1\n[[fault]]\nkind = 'missing-tunnel-group'",
    "kind = 'delay'\nmessage = 3\nby = '90s'\n[[fault]]\nkind = 'peer-down'\nfrom = '5s'",
    "kind = 'delay'\nmessage = 1\nby = '20s'\n[[fault]]\nkind = 'missing-tunnel-group'",
    "kind = 'delay'\nmessage = 3\nby = '40s'\n[[fault]]\nkind = 'missing-tunnel-group'",
    "kind = 'duplicate'\nmessage = 3\n[[fault]]\nkind = 'missing-tunnel-group'",
    "kind = 'delay'\nmessage = 2\nby = '35s'\n[[fault]]\nkind = 'drop'\nmessage = 2\ntimes = 1",
    "kind = 'corrupt'\nmessage = 1\nbyte = 3\n[[fault]]\nkind = 'drop'\nmessage = 2\ntimes = 'all'",
    "kind = 'corrupt'\nmessage = 4\nbyte = 10\ntimes = 2\n[[fault]]\nkind = 'psk-mismatch'",
    "kind = 'truncate'\nmessage = 1\ntimes = 2\n[[fault]]\nkind = 'policy-mismatch'\nattribute = 'group'",
    "kind = 'impair'\nat = 'responder'\nwhat = 'ignore-message'\n[[fault]]\nkind = 'policy-mismatch'\nattribute = 'hash'",
    "kind = 'block-port'\nport = 500\ndirection = 'to-initiator'\n[[fault]]\nkind = 'ike-disabled'",
    "kind = 'clear-crypto'\nat = 'initiator'\nwhat = 'all'\nwhen = '80s'\n[[fault]]\nkind = 'psk-mismatch'",
    "kind = 'clear-crypto'\nat = 'responder'\nwhat = 'phase1'\nwhen = '1s'\n[[fault]]\nkind = 'psk-mismatch'",
];

#[test]
fn several_troubles() {
    let all = MIXED.iter().flat_map(|fault| rows(fault, &format!("[[fault]]\n{fault}\n")));
    let aggressive = "kind = 'identity-mismatch'\nat = 'initiator'\n[[fault]]\nkind = 'corrupt'\nmessage = 2\ntimes = 'all'";
    let more = rows(aggressive, &format!("mode = 'aggressive'\n[[fault]]\n{aggressive}\n"));
    told::compare("mixed.txt", &all.chain(more).collect::<Vec<_>>());
}
