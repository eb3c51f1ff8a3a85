//! Attempts with a peer that is not ours: what one side saw and refused itself.

use std::collections::BTreeSet;

use diagnose::attempt;

use crate::taken::{I, R, run, sides};
use crate::told;

const FAULTS: [&str; 17] = [
    "",
    "kind = 'psk-mismatch'",
    "kind = 'missing-tunnel-group'",
    "kind = 'missing-psk'\nat = 'initiator'",
    "kind = 'policy-mismatch'\nattribute = 'hash'",
    "kind = 'ike-disabled'",
    "kind = 'ike-disabled'\nat = 'initiator'",
    "kind = 'identity-mismatch'",
    "kind = 'identity-mismatch'\nat = 'initiator'",
    "kind = 'no-route'\nat = 'initiator'",
    "kind = 'peer-down'\nfrom = '25ms'",
    "kind = 'drop'\nmessage = 3\ntimes = 'all'",
    "kind = 'corrupt'\nmessage = 2\nbyte = 60\ntimes = 'all'",
    "kind = 'drop'\nmessage = 'QM2'\ntimes = 'all'",
    "kind = 'proxy-mismatch'\nhow = 'other'",
    "kind = 'clear-crypto'\nat = 'responder'\nwhat = 'all'\nwhen = '20s'",
    "kind = 'psk-mismatch'\n[[fault]]\nkind = 'no-route'\nat = 'responder'",
];

fn rows(title: &str, text: &str) -> Vec<String> {
    let (setup, trace, outcome) = run(text);
    let mut rows = vec![title.replace('\n', ", ")];
    for role in [I, R] {
        let found = attempt(&setup, &trace, &outcome, role);
        let remedies: BTreeSet<String> =
            found.causes.iter().take(1).map(|one| told::short(&one.remedy)).collect();
        let mut causes = found.causes;
        let common = told::in_common(&mut causes);
        rows.push(format!(" {role} {:?} half open {}{common}", found.mode, found.half_open));
        rows.extend(causes.iter().map(told::cause));
        rows.extend(remedies.into_iter().map(|remedy| format!("  mend {remedy}")));
    }
    rows
}

#[test]
fn what_one_side_makes_of_an_attempt() {
    let mut all = Vec::new();
    for (name, head) in [
        ("main", format!("phase2 = true\n{}", sides("strongswan", "libreswan"))),
        ("aggressive", format!("mode = 'aggressive'\nconfirm = false\n{}", sides("libreswan", "strongswan"))),
    ] {
        let count = if name == "main" { FAULTS.len() } else { 9 };
        for fault in &FAULTS[..count] {
            let text = if fault.is_empty() { head.clone() } else { format!("{head}[[fault]]\n{fault}\n") };
            all.extend(rows(&format!("{name}: {fault}"), &text));
        }
    }
    told::compare("attempts.txt", &all);
}
