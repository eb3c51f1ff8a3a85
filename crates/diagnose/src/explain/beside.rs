//! What lies beside phase 1 and behind it, and people look up all the same: rekeying, DPD, XAUTH, sessions.

use super::Article;

/// Words that mean it, its title, what it is, what to do, where it is seen.
type Entry = (&'static [&'static str], &'static str, &'static str, &'static str, &'static str);

const ENTRIES: [Entry; 6] = [
    (
        &["rekey", "rekeying", "reauth", "reauthentication"],
        "rekey",
        "before its lifetime ends an SA is negotiated anew: phase 1 by another Main or Aggressive Mode, phase 2 by another Quick Mode under the ISAKMP SA that is up. ikesim runs no rekey",
        "a tunnel that comes up and dies hours later: compare PFS and the proposals of the side that was responder so far, which is the initiator of the rekey now",
        "ASA: `Rekey : yes`, MM_ACTIVE_REKEY, 713041 Rekeying; charon: `scheduling rekeying in`; healthy tunnels have all of them",
    ),
    (
        &["lifetime", "lifetimes", "lifetime mismatch"],
        "lifetime",
        "how long an SA may be used, in seconds, for phase 2 in kilobytes too. No device of these refuses another lifetime: each takes the smaller, or its own",
        "nothing: two that differ are no reason for a stall. Look at the other attributes of the policy",
        "ASA: 713073 to 713076; IOS: `life duration`",
    ),
    (
        &["dpd", "keepalive", "dead peer detection", "R_U_THERE", "R_U_THERE_ACK", "keep alive"],
        "DPD (dead peer detection)",
        "one side asks under the ISAKMP SA whether the other is still there (R-U-THERE, RFC 3706). It needs a phase 1 that is up, and ikesim does not run it",
        "where it finds nobody the peer was there before: look at the path, at the peer, and whether its side still has the SA",
        "ASA: 715036, 715075, at the end 713123; IOS: `DPD/R_U_THERE`; charon: `sending DPD request`; pluto: `DPD:`",
    ),
    (
        &["xauth", "extended authentication", "CONF_XAUTH", "CONF_ADDR", "mode config", "modecfg"],
        "XAUTH and Mode Config",
        "behind phase 1, and before Quick Mode, a server asks a client for name and password (XAUTH) and gives it an address (Mode Config), in Transaction exchanges. ikesim does not run them",
        "a site-to-site peer that stays there must not be asked: on IOS `crypto isakmp key <key> address <peer> no-xauth`. A client that stays there: user, password, address pool, authentication server",
        "IOS: CONF_XAUTH, CONF_ADDR, `Need XAUTH`; ASA: AM_TM_INIT_XAUTH_V6C; charon: `generating TRANSACTION request`; pluto: `XAUTH:`, `modecfg:`",
    ),
    (
        &["UP-NO-IKE", "UP-IDLE", "UP-ACTIVE", "DOWN-NEGOTIATING", "session status"],
        "session status (IOS, `show crypto session`)",
        "UP-ACTIVE: both phases are up. UP-IDLE: phase 1 is up, no IPsec SA. UP-NO-IKE: IPsec SAs are up, the ISAKMP SA ran out and comes back when it is needed. DOWN-NEGOTIATING: phase 1 is under way. DOWN: neither",
        "UP-IDLE with traffic that wants into the tunnel: phase 2 is refused, look at transform sets, PFS and the crypto lists. DOWN-NEGOTIATING that stays: look up the state of `show crypto isakmp sa`",
        "the states of phase 1 stand in `show crypto isakmp sa`",
    ),
    (
        &["nat keepalive", "keepalives"],
        "NAT keepalive",
        "one byte 0xff to UDP 4500 that keeps a NAT's entry alive (RFC 3948 section 2.3); nobody answers it",
        "nothing: it is sent on healthy tunnels",
        "charon: `sending keep alive`",
    ),
];

/// The entry of a word that is neither cause, state, message nor notify.
pub(super) fn beside(word: &str) -> Option<Article> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], " ");
    let (_, title, means, fix, seen) =
        ENTRIES.iter().find(|(words, ..)| words.iter().any(|known| plain(known) == plain(word.trim())))?;
    let mut article = Article::new(*title);
    article.say("means", *means);
    article.say("fix", *fix);
    article.say("seen in", *seen);
    Some(article)
}
