//! What lies beside phase 1 and behind it: rekeying, DPD, XAUTH, sessions.

use diagnose::explain::Topic;

use super::Article;

/// What it is, what to do, where it is seen.
type Words = (&'static str, &'static str, &'static str, &'static str);

const fn words(topic: Topic) -> Words {
    match topic {
        Topic::Rekey => (
            "rekey",
            "before its lifetime ends an SA is negotiated anew: phase 1 by another Main or Aggressive Mode, phase 2 by another Quick Mode under the ISAKMP SA that is up. ikesim runs no rekey",
            "a tunnel that comes up and dies hours later: compare PFS and the proposals of the side that was responder so far, which is the initiator of the rekey now",
            "ASA: `Rekey : yes`, MM_ACTIVE_REKEY, 713041 Rekeying; charon: `scheduling rekeying in`; healthy tunnels have all of them",
        ),
        Topic::Lifetime => (
            "lifetime",
            "how long an SA may be used, in seconds, for phase 2 in kilobytes too. No device of these refuses another lifetime: each takes the smaller, or its own",
            "nothing: two that differ are no reason for a stall. Look at the other attributes of the policy",
            "ASA: 713073 to 713076; IOS: `life duration`",
        ),
        Topic::DeadPeer => (
            "DPD (dead peer detection)",
            "one side asks under the ISAKMP SA whether the other is still there (R-U-THERE, RFC 3706). It needs a phase 1 that is up, and ikesim does not run it",
            "where it finds nobody the peer was there before: look at the path, at the peer, and whether its side still has the SA",
            "ASA: 715036, 715075, at the end 713123; IOS: `DPD/R_U_THERE`; charon: `sending DPD request`; pluto: `DPD:`",
        ),
        Topic::Xauth => (
            "XAUTH and Mode Config",
            "behind phase 1, and before Quick Mode, a server asks a client for name and password (XAUTH) and gives it an address (Mode Config), in Transaction exchanges. ikesim does not run them",
            "a site-to-site peer that stays there must not be asked: on IOS `crypto isakmp key <key> address <peer> no-xauth`. A client that stays there: user, password, address pool, authentication server",
            "IOS: CONF_XAUTH, CONF_ADDR, `Need XAUTH`; ASA: AM_TM_INIT_XAUTH_V6C; charon: `generating TRANSACTION request`; pluto: `XAUTH:`, `modecfg:`",
        ),
        Topic::Session => (
            "session status (IOS, `show crypto session`)",
            "UP-ACTIVE: both phases are up. UP-IDLE: phase 1 is up, no IPsec SA. UP-NO-IKE: IPsec SAs are up, the ISAKMP SA ran out and comes back when it is needed. DOWN-NEGOTIATING: phase 1 is under way. DOWN: neither",
            "UP-IDLE with traffic that wants into the tunnel: phase 2 is refused, look at transform sets, PFS and the crypto lists. DOWN-NEGOTIATING that stays: look up the state of `show crypto isakmp sa`",
            "the states of phase 1 stand in `show crypto isakmp sa`",
        ),
        Topic::NatKeepalive => (
            "NAT keepalive",
            "one byte 0xff to UDP 4500 that keeps a NAT's entry alive (RFC 3948 section 2.3); nobody answers it",
            "nothing: it is sent on healthy tunnels",
            "charon: `sending keep alive`",
        ),
    }
}

pub(super) fn beside(topic: Topic) -> Article {
    let (title, means, fix, seen) = words(topic);
    let mut article = Article::new(title);
    article.say("means", means);
    article.say("fix", fix);
    article.say("seen in", seen);
    article
}
