//! What lies beside phase 1 and behind it, and people look up all the same: rekeying, DPD, XAUTH, sessions.

use super::{Entry, Subject, Topic};

/// Words that mean it.
const WORDS: [(Topic, &[&str]); 6] = [
    (Topic::Rekey, &["rekey", "rekeying", "reauth", "reauthentication"]),
    (Topic::Lifetime, &["lifetime", "lifetimes", "lifetime mismatch"]),
    (
        Topic::DeadPeer,
        &["dpd", "keepalive", "dead peer detection", "R_U_THERE", "R_U_THERE_ACK", "keep alive"],
    ),
    (
        Topic::Xauth,
        &["xauth", "extended authentication", "CONF_XAUTH", "CONF_ADDR", "mode config", "modecfg"],
    ),
    (Topic::Session, &["UP-NO-IKE", "UP-IDLE", "UP-ACTIVE", "DOWN-NEGOTIATING", "session status"]),
    (Topic::NatKeepalive, &["nat keepalive", "keepalives"]),
];

/// The entry of a word that is neither cause, state, message nor notify.
pub(super) fn beside(word: &str) -> Option<Entry> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], " ");
    let means = |words: &&[&str]| words.iter().any(|known| plain(known) == plain(word.trim()));
    let (topic, _) = WORDS.iter().find(|(_, words)| means(words))?;
    Some(Entry::new(Subject::Beside(*topic)))
}
