//! Handshakes with pluto. It prints no keys: that both sides can read the encrypted messages is the proof.

use crate::net::Net;
use crate::peer::{KEY, connect, listen};
use crate::pluto::{Pluto, missing};
use crate::{ready, say};

/// Ours and pluto's name of a suite. Group 2 is not compiled into it.
const SUITES: [(&str, &str); 6] = [
    ("aes-128/sha/5", "aes128-sha1-modp1536"),
    ("aes-256/sha256/14", "aes256-sha2_256-modp2048"),
    ("3des/md5/5", "3des-md5-modp1536"),
    ("aes-256/sha384/16", "aes256-sha2_384-modp4096"),
    ("aes-256/sha256/19", "aes256-sha2_256-dh19"),
    ("aes-256/sha512/31", "aes256-sha2_512-dh31"),
];

fn both_roles(aggressive: bool) {
    let mode = if aggressive { "aggressive" } else { "main" };
    for (ours, theirs) in SUITES {
        let place = format!("{mode} {theirs}");
        let flags = ["--mode", mode, "--policy", ours, "--timeout", "20"];
        let net = Net::direct();
        let pluto = Pluto::start(&net, aggressive, theirs, KEY);
        let result = connect(&net, KEY, &flags);
        assert_eq!(result.code, 0, "{place}: {}\n{}", result.json, pluto.log());
        assert!(pluto.said("IKE SA established"), "{place}: {}", pluto.log());
        drop(pluto);

        let pluto = Pluto::start(&net, aggressive, theirs, KEY);
        let ours = listen(&net, KEY, &flags);
        pluto.initiate();
        let result = ours.finish();
        assert_eq!(result.code, 0, "{place}, pluto calls: {}\n{}", result.json, pluto.log());
        assert!(pluto.said("IKE SA established"), "{place}, pluto calls: {}", pluto.log());
    }
    say(&format!("interop: pluto, {mode} mode, {} suites in both roles", SUITES.len()));
}

#[test]
fn main_mode() {
    if ready("pluto, main mode", missing()) {
        both_roles(false);
    }
}

#[test]
fn aggressive_mode() {
    if ready("pluto, aggressive mode", missing()) {
        both_roles(true);
    }
}

#[test]
fn keys_differ() {
    if !ready("pluto, keys differ", missing()) {
        return;
    }
    let net = Net::direct();
    let flags = ["--policy", "aes-256/sha256/14", "--timeout", "3"];
    let pluto = Pluto::start(&net, false, "aes256-sha2_256-modp2048", KEY);
    let result = connect(&net, "wrong", &flags);
    assert_eq!((result.code, result.state()), (1, "MM_WAIT_MSG6"), "{}", result.json);
    assert!(pluto.said("probable authentication failure"), "{}", pluto.log());
    drop(pluto);
    let pluto = Pluto::start(&net, false, "aes256-sha2_256-modp2048", KEY);
    let ours = listen(&net, "wrong", &flags);
    pluto.initiate();
    let result = ours.finish();
    assert_eq!((result.code, result.state()), (1, "MM_WAIT_MSG5"), "{}", result.json);
    say("interop: pluto, unequal keys stall where the simulator says, from both sides");
}

#[test]
fn nothing_in_common() {
    if !ready("pluto, no proposal", missing()) {
        return;
    }
    let net = Net::direct();
    let pluto = Pluto::start(&net, false, "aes128-sha1-modp2048", KEY);
    let result = connect(&net, KEY, &["--policy", "aes-256/sha256/14", "--timeout", "3"]);
    assert_eq!((result.code, result.state()), (1, "MM_WAIT_MSG2"), "{}", result.json);
    assert!(pluto.said("no acceptable Oakley Transform"), "{}", pluto.log());
    drop(pluto);
    let pluto = Pluto::start(&net, false, "aes128-sha1-modp2048", KEY);
    let ours = listen(&net, KEY, &["--policy", "aes-256/sha256/14", "--timeout", "3"]);
    pluto.initiate();
    let result = ours.finish();
    assert_eq!((result.code, result.state()), (1, "NONE"), "{}", result.json);
    assert!(pluto.said("NO_PROPOSAL_CHOSEN"), "{}", pluto.log());
    say("interop: pluto, nothing in common, from both sides");
}
