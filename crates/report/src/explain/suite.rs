//! Groups, ciphers, profiles.

use ike::crypto::{Cipher, DhGroup};
use ike::{Instant, Profile};

use super::Article;

/// Where a policy that does not fit leaves the two.
fn when_it_differs(article: &mut Article, attribute: &str) {
    article.say(
        "differs",
        format!("with another {attribute} on the other side no policy fits: policy-mismatch"),
    );
    article.list(
        "more",
        [
            " ikesim explain policy-mismatch".to_owned(),
            format!(" ikesim sweep --fault policy-mismatch:attribute={attribute} --mode main,aggressive"),
        ],
    );
}

pub(super) fn group(group: DhGroup) -> Article {
    let mut article = Article::new(format!("group {} (Diffie-Hellman)", group.number()));
    article.say("means", group.meaning());
    article.say(
        "in bytes",
        format!(
            "a public value has {}, in the KE payload of MSG3 and MSG4, or AM1 and AM2",
            group.public_len()
        ),
    );
    article.say("protocol", "RFC 2409 section 6 for groups 1 and 2, RFC 3526 for 5 and 14 to 18, RFC 5903 for 19 to 21, RFC 8031 for 31");
    when_it_differs(&mut article, "group");
    article
}

pub(super) fn cipher(cipher: Cipher) -> Article {
    let mut article = Article::new(format!("{} (a cipher)", cipher.name()));
    article.say("means", cipher.meaning());
    article.say(
        "in bytes",
        "encrypts MSG5 and MSG6, or AM3, in CBC mode; the IV is as long as a block (RFC 2409 Appendix B)",
    );
    when_it_differs(&mut article, "encryption");
    article
}

pub(super) fn profile(profile: &Profile) -> Article {
    let mut article = Article::new(format!("{} (a profile)", profile.name));
    article.say(
        "means",
        format!("a peer behaves like {}: resends, refusals, vendor ids, key lookup", profile.title),
    );
    let [first, ..] = profile.timers.value.main;
    let seconds = |millis: u64| Instant::from_micros(millis * 1000).to_string();
    let resends: Vec<String> = first.resends.iter().map(|millis| seconds(*millis)).collect();
    article.say(
        "resends",
        format!("message 1 after {} s; gives up at {} s", resends.join(", "), seconds(first.give_up)),
    );
    article.say("try", format!(" ikesim sweep --profile {} --fault psk-mismatch", profile.name));
    article
}
