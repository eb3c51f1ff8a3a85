//! What would have helped, to the letter: every change, and the entry after which nothing did.

use diagnose::why;

use crate::taken::{run, sides};
use crate::told;

const MAPS: &str = "[[initiator.crypto_map]]\n[[responder.crypto_map]]\n";
const IMPAIRED: &str = "[[fault]]\nkind = 'impair'\nat = 'responder'\nwhat = 'omit-ke'\n";

fn cases() -> Vec<String> {
    let mut cases: Vec<String> = [
        "",
        "[network]\nloss = 1.0\n",
        "[network]\ncorrupt = 1.0\n",
        "[network]\nloss = 1.0\ncorrupt = 1.0\n",
        "until = '15ms'\n",
        "until = '15ms'\n[network]\nloss = 1.0\n",
        "[[initiator.policy]]\nhash = 'md5'\nencryption = 'aes-192'\n",
        "[[initiator.policy]]\nauthentication = 'rsa-sig'\n[[initiator.policy]]\npriority = 20\n[[responder.policy]]\ngroup = 5\n",
        "[[initiator.policy]]\nauthentication = 'rsa-sig'\nhash = 'md5'\n[[initiator.policy]]\npriority = 20\n[[responder.policy]]\nhash = 'sha256'\n",
    ]
    .map(str::to_owned)
    .to_vec();
    let fault = |text: &str| format!("[[fault]]\n{text}\n");
    for one in [
        "kind = 'psk-mismatch'",
        "kind = 'wrong-tunnel-group-name'",
        "kind = 'missing-tunnel-group'\nat = 'initiator'",
        "kind = 'missing-psk'\nat = 'initiator'",
        "kind = 'policy-mismatch'\nattribute = 'authentication'",
        "kind = 'ike-disabled'\nat = 'initiator'",
        "kind = 'identity-mismatch'\nat = 'initiator'",
        "kind = 'wrong-peer-address'",
        "kind = 'nat'\n[[fault]]\nkind = 'psk-mismatch'",
        "kind = 'peer-down'\nfrom = '25ms'",
        "kind = 'drop'\nmessage = 5\ntimes = 'all'",
        "kind = 'corrupt'\nmessage = 2\ntimes = 'all'",
        "kind = 'impair'\nat = 'responder'\nwhat = 'empty-hash'\n[[fault]]\nkind = 'psk-mismatch'",
        "kind = 'psk-mismatch'\n[[fault]]\nkind = 'peer-down'\n[[fault]]\nkind = 'nat'",
    ] {
        cases.push(fault(one));
    }
    cases.push(format!("mode = 'aggressive'\n{}", fault("kind = 'aggressive-mode-disabled'")));
    cases.push(format!("{}{IMPAIRED}", fault("kind = 'impair'\nat = 'responder'\nwhat = 'empty-hash'")));
    cases.push(format!("{IMPAIRED}{}", fault("kind = 'impair'\nat = 'initiator'\nwhat = 'omit-ke'")));
    for one in [
        "kind = 'transform-mismatch'\nattribute = 'encryption'",
        "kind = 'transform-mismatch'\nattribute = 'mode'\nat = 'initiator'",
        "kind = 'pfs-mismatch'\nhow = 'extra'",
        "kind = 'proxy-mismatch'\nhow = 'other'",
        "kind = 'map-unbound'\nat = 'initiator'",
        "kind = 'crypto-map-incomplete'\nwhat = 'peer'",
        "kind = 'crypto-map-incomplete'\nwhat = 'peer'\nat = 'initiator'",
        "kind = 'drop'\nmessage = 'QM1'\ntimes = 'all'",
    ] {
        cases.push(format!("{MAPS}{}", fault(one)));
    }
    cases.push(format!(
        "phase2 = true\n{}{}",
        sides("strongswan", "libreswan"),
        fault("kind = 'proxy-mismatch'\nhow = 'other'")
    ));
    cases
}

#[test]
fn what_would_have_helped() {
    let rows = cases().into_iter().flat_map(|text| {
        let (setup, ..) = run(&text);
        let found = why(&setup);
        let mut rows = vec![text.trim().replace('\n', ", ")];
        rows.push(format!("  was possible: {}", found.was_possible));
        rows.extend(
            found.no_return.map(|entry| format!("  until {} {}", entry.at, told::short(&entry.actor))),
        );
        rows.extend(found.changes.iter().map(|changes| format!("  {}", told::list(changes, told::short))));
        rows
    });
    told::compare("helps.txt", &rows.collect::<Vec<_>>());
}
