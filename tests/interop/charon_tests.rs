//! Handshakes with charon.

use crate::charon::{Charon, Connection, missing};
use crate::net::Net;
use crate::peer::{KEY, Suite, connect, listen};
use crate::{ready, say};

const SUITES: [Suite; 6] = [
    Suite { ikesim: "aes-128/sha/5", charon: "aes128-sha1-modp1536" },
    Suite { ikesim: "aes-256/sha256/14", charon: "aes256-sha256-modp2048" },
    Suite { ikesim: "3des/md5/2", charon: "3des-md5-modp1024" },
    Suite { ikesim: "aes-256/sha384/16", charon: "aes256-sha384-modp4096" },
    Suite { ikesim: "aes-256/sha256/19", charon: "aes256-sha256-ecp256" },
    Suite { ikesim: "aes-256/sha512/31", charon: "aes256-sha512-curve25519" },
];

fn connection(net: &Net, aggressive: bool, proposal: &'static str) -> Connection {
    let (own_id, peer_id) = (net.theirs.address, net.ours.address.to_owned());
    let (name, peer) = ("c".to_owned(), net.called_by_them.to_owned());
    Connection { name, aggressive, proposal, key: KEY, peer, own_id, peer_id, child: None }
}

fn both_roles(aggressive: bool) {
    let mode = if aggressive { "aggressive" } else { "main" };
    for suite in SUITES {
        let place = format!("{mode} {}", suite.charon);
        let net = Net::direct();
        let charon = Charon::start(&net, &connection(&net, aggressive, suite.charon));
        let flags = ["--mode", mode, "--policy", suite.ikesim, "--timeout", "20"];
        let ours = connect(&net, KEY, &flags);
        assert_eq!(ours.code, 0, "{place}: {}\n{}", ours.json, charon.log());
        assert!(charon.is_established(), "{place}: {}", charon.log());
        assert_eq!(ours.key, charon.key(), "{place}: Ka");
        drop(charon);

        let charon = Charon::start(&net, &connection(&net, aggressive, suite.charon));
        let ours = listen(&net, KEY, &flags);
        let up = charon.initiate(20);
        let ours = ours.finish();
        assert!(up && ours.code == 0, "{place}: {}\n{}", ours.json, charon.log());
        assert_eq!(ours.key, charon.key(), "{place}: Ka, charon calls");
    }
    say(&format!("interop: charon, {mode} mode, {} suites in both roles, keys equal", SUITES.len()));
}

#[test]
fn main_mode() {
    if ready("charon, main mode", missing()) {
        both_roles(false);
    }
}

#[test]
fn aggressive_mode() {
    if ready("charon, aggressive mode", missing()) {
        both_roles(true);
    }
}

#[test]
fn identities() {
    if !ready("charon, identities", missing()) {
        return;
    }
    let ids = [
        ("fqdn:ours.example", "ours.example", "theirs.example"),
        ("key_id:branch-7", "keyid:branch-7", "keyid:hq"),
    ];
    for (flag, ours_id, theirs_id) in ids {
        for (aggressive, mode) in [(false, "main"), (true, "aggressive")] {
            let net = Net::direct();
            let ids = Connection {
                own_id: theirs_id,
                peer_id: ours_id.to_owned(),
                ..connection(&net, aggressive, "aes256-sha256-modp2048")
            };
            let charon = Charon::start(&net, &ids);
            let flags =
                ["--mode", mode, "--policy", "aes-256/sha256/14", "--identity", flag, "--timeout", "20"];
            let ours = connect(&net, KEY, &flags);
            assert!(
                ours.code == 0 && charon.is_established(),
                "{mode} {flag}: {}\n{}",
                ours.json,
                charon.log()
            );
        }
    }
    say("interop: charon, FQDN and key-id identities, both modes");
}

const FLAGS: [&str; 4] = ["--policy", "aes-256/sha256/14", "--timeout", "3"];

/// We call, and the keys differ: charon drops message 5 and we wait for message 6. It calls: the other way round.
#[test]
fn keys_differ() {
    if !ready("charon, keys differ", missing()) {
        return;
    }
    let net = Net::direct();
    let charon = Charon::start(&net, &connection(&net, false, "aes256-sha256-modp2048"));
    let ours = connect(&net, "wrong", &FLAGS);
    assert_eq!((ours.code, ours.state()), (1, "MM_WAIT_MSG6"), "{}", ours.json);
    assert!(charon.said("could not decrypt payloads"), "{}", charon.log());
    drop(charon);
    let charon = Charon::start(&net, &connection(&net, false, "aes256-sha256-modp2048"));
    let ours = listen(&net, "wrong", &FLAGS);
    assert!(!charon.initiate(2));
    let ours = ours.finish();
    assert_eq!((ours.code, ours.state()), (1, "MM_WAIT_MSG5"), "{}", ours.json);
    assert_eq!(ours.json["diagnosis"][0]["cause"], "psk-mismatch");
    drop(charon);
    // In Aggressive Mode the initiator is the first who can tell.
    let charon = Charon::start(&net, &connection(&net, true, "aes256-sha256-modp2048"));
    let ours = connect(&net, "wrong", &[&FLAGS[..], &["--mode", "aggressive"]].concat());
    assert_eq!((ours.code, ours.state()), (1, "NONE"), "{}", ours.json);
    assert_eq!(ours.json["initiator"]["last"], "AM_WAIT_MSG2");
    drop(charon);
    say("interop: charon, unequal keys stall where the simulator says, from both sides");
}

#[test]
fn nothing_in_common() {
    if !ready("charon, no proposal", missing()) {
        return;
    }
    let net = Net::direct();
    let charon = Charon::start(&net, &connection(&net, false, "aes128-sha1-modp2048"));
    let ours = connect(&net, KEY, &FLAGS);
    assert_eq!((ours.code, ours.state()), (1, "MM_WAIT_MSG2"), "{}", ours.json);
    assert_eq!(ours.json["diagnosis"][0]["cause"], "policy-mismatch", "its notify was heard");
    drop(charon);
    let charon = Charon::start(&net, &connection(&net, false, "aes128-sha1-modp2048"));
    let ours = listen(&net, KEY, &FLAGS);
    assert!(!charon.initiate(2));
    let ours = ours.finish();
    assert_eq!((ours.code, ours.state()), (1, "NONE"), "{}", ours.json);
    assert!(charon.said("received NO_PROPOSAL_CHOSEN error notify"), "{}", charon.log());
    say("interop: charon, NO_PROPOSAL_CHOSEN said and heard");
}

/// A relay that rewrites addresses is a NAT to both: they meet again on UDP 4500.
#[test]
fn nat_in_the_middle() {
    if !ready("charon, NAT", missing()) {
        return;
    }
    for (aggressive, mode) in [(false, "main"), (true, "aggressive")] {
        let net = Net::relayed(&[]);
        let charon = Charon::start(&net, &connection(&net, aggressive, "aes256-sha256-modp2048"));
        let ours = connect(&net, KEY, &["--mode", mode, "--policy", "aes-256/sha256/14", "--timeout", "20"]);
        assert!(ours.code == 0 && charon.is_established(), "{mode}: {}\n{}", ours.json, charon.log());
        assert_eq!(ours.key, charon.key(), "{mode}: Ka");
        assert!(charon.log().contains("[4500] to "), "{mode} stays on port 500:\n{}", charon.log());
    }
    say("interop: charon, NAT in the middle, both move to UDP 4500");
}

/// The relay loses one datagram each time: our resend, or the answer to theirs, makes good for it.
#[test]
fn one_lost_message_recovers() {
    if !ready("charon, a lost message", missing()) {
        return;
    }
    const LOST: [&[usize]; 3] = [&[0], &[1], &[2]];
    for lost in LOST {
        let net = Net::relayed(lost);
        let charon = Charon::start(&net, &connection(&net, false, "aes256-sha256-modp2048"));
        let ours = connect(&net, KEY, &["--policy", "aes-256/sha256/14", "--timeout", "20"]);
        assert!(
            ours.code == 0 && charon.is_established(),
            "datagram {lost:?}: {}\n{}",
            ours.json,
            charon.log()
        );
        assert!(ours.json["initiator"]["resends"].as_u64().unwrap() > 0, "datagram {lost:?}");
    }
    say("interop: charon, a lost message is resent and recovers");
}
