//! What a given key proves: whose hash it makes, and which cause it rules out.

use diagnose::captures::{GivenKeys, Judge};
use ike::keymat::PreSharedKey;

use crate::taken::{I, R, Taken, keys, run, sides, taken};
use crate::told;

/// The keys of both sides, and one of nobody.
fn candidates() -> Vec<(String, PreSharedKey)> {
    let key = |name: &str, text: &str| (name.to_owned(), PreSharedKey::new(text.as_bytes().to_vec()));
    vec![key("of the initiator", "one"), key("of the responder", "other"), key("of nobody", "third")]
}

fn text(mode: &str, alike: bool, fault: &str) -> String {
    let other = if alike { "one" } else { "other" };
    format!(
        "mode = '{mode}'\n{}[[initiator.tunnel_group]]\npeer = '198.51.100.1'\npre_shared_key = 'one'\n\
         [[responder.tunnel_group]]\npeer = '203.0.113.1'\npre_shared_key = '{other}'\n{fault}",
        sides("strongswan", "libreswan")
    )
}

#[test]
fn what_a_key_proves() {
    let mut judge = Judge::default();
    let mut rows = Vec::new();
    let fault = "[[fault]]\nkind = 'identity-mismatch'\nat = 'initiator'\n";
    for (mode, alike, fault) in [
        ("main", true, ""),
        ("main", false, ""),
        ("main", true, fault),
        ("aggressive", true, ""),
        ("aggressive", false, ""),
        ("aggressive", true, fault),
    ] {
        let text = text(mode, alike, fault);
        for with_cipher in [true, false] {
            let cipher = if with_cipher { keys(&run(&text).1) } else { GivenKeys::default() };
            let given = GivenKeys { pre_shared: candidates(), ..cipher };
            for at in [vec![I], vec![I, R]] {
                let (captures, _) = Taken { at, ..taken(&*text) }.captures();
                let findings = judge.judge(&captures, &given);
                let one = &findings.judgements[0];
                let files = captures.len();
                rows.push(format!(
                    "{mode}, alike {alike}, {}, cipher keys {with_cipher}, files {files}",
                    fault.replace('\n', " ")
                ));
                rows.extend(told::brief(one));
                rows.extend(one.causes.iter().take(3).map(told::cause));
                rows.extend(
                    one.proofs
                        .iter()
                        .map(|proof| format!("  {} {:?}", proof.name, [I, R].map(|role| proof.of(role)))),
                );
            }
        }
    }
    told::compare("proofs.txt", &rows);
}
