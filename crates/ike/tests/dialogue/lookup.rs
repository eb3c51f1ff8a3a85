//! When a responder finds out that it has nothing for a peer: vendors look it up at different messages.

use ike::crypto::Cipher;
use ike::{Config, Mode};

use super::host::{Host, policy, vendor};
use super::peer::initiator;

/// The message at which the host refuses for this reason; 0: it comes to its end without.
fn refused_at(config: Config, mode: Mode, reason: &str) -> u8 {
    let (mut host, mut peer) = (Host::new(config), initiator(mode));
    let refuses = |host: &mut Host, peer: &mut _, number: u8, name: String| {
        host.turn(peer, number).has(&format!("refuses {name}: {reason}"))
    };
    let numbers: &[u8] = if mode == Mode::Main { &[1, 3] } else { &[1] };
    numbers
        .iter()
        .copied()
        .find(|number| {
            let name = peer.name(*number);
            refuses(&mut host, &mut peer, *number, name)
        })
        .unwrap_or(0)
}

fn without_group(name: &str, mode: Mode) -> Config {
    Config { tunnel_groups: Vec::new(), ..vendor(name, mode) }
}

fn without_key(name: &str, mode: Mode) -> Config {
    let mut config = vendor(name, mode);
    config.tunnel_groups[0].pre_shared_key = None;
    config
}

#[test]
fn each_vendor_misses_group_and_key_at_its_own_message() {
    let table = [("asa", 3, 3), ("ios", 1, 1), ("strongswan", 1, 3), ("libreswan", 1, 1), ("generic", 3, 3)];
    for (name, group, key) in table {
        let mode = Mode::Main;
        assert_eq!(refused_at(without_group(name, mode), mode, "NoTunnelGroup"), group, "{name}");
        assert_eq!(refused_at(without_key(name, mode), mode, "NoPreSharedKey"), key, "{name}");
        assert_eq!(refused_at(vendor(name, mode), mode, "NoTunnelGroup"), 0, "{name}");
    }
}

/// The first message of Aggressive Mode needs the key; what differs is whether it or the offer is looked at first.
#[test]
fn in_aggressive_mode_the_key_or_the_offer_comes_first() {
    let mode = Mode::Aggressive;
    for (name, key_first) in
        [("asa", false), ("ios", true), ("strongswan", true), ("libreswan", true), ("generic", false)]
    {
        for (config, missing) in
            [(without_group(name, mode), "NoTunnelGroup"), (without_key(name, mode), "NoPreSharedKey")]
        {
            assert_eq!(refused_at(config.clone(), mode, missing), 1, "{name}: {missing}");
            let config = Config { policies: vec![policy(10, Cipher::Des)], ..config };
            let first = if key_first { missing } else { "NoProposalChosen" };
            assert_eq!(refused_at(config, mode, first), 1, "{name}: {first}");
        }
    }
}

/// Without anything for the peer nothing is sent.
#[test]
fn an_initiator_looks_before_it_calls() {
    for mode in [Mode::Main, Mode::Aggressive] {
        let told = Host::new(without_group("asa", mode)).initiates();
        told.is(&["does not start: NoTunnelGroup"]);
        let told = Host::new(without_key("asa", mode)).initiates();
        told.is(&["does not start: NoPreSharedKey"]);
    }
}
