//! What one side says of a phase 2 that failed, and what mends each cause: where, and with which values.

#![cfg(test)]

use std::net::IpAddr;

use diagnose::{Finding, Remedy, Trouble, diagnose};
use ike::crypto::{DhGroup, HashAlg};
use ike::{Powers, Role};
use scenario::Scenario;
use sim::Cause;
use vendor::Act;

fn found(text: &str, view: Option<Role>) -> Vec<Finding> {
    let scenario = Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let (trace, outcome) = sim::run(&scenario.setup, &Powers::new(64));
    diagnose(&scenario.setup, &trace, &outcome, view)
}

fn causes(text: &str, view: Option<Role>) -> Vec<Cause> {
    found(text, view).iter().map(|one| one.cause).collect()
}

/// Two of a kind with cheap powers and a child.
fn pair(profile: &str, fault: &str) -> String {
    let side = |side: &str| format!("[{side}]\nprofile = '{profile}'\n[[{side}.policy]]\ngroup = 31\n");
    format!(
        "phase2 = true\n{}{}[[initiator.crypto_map]]\npfs = 14\n[[fault]]\n{fault}\n",
        side("initiator"),
        side("responder")
    )
}

const CHILD: [(&str, Cause); 3] = [
    ("kind = 'transform-mismatch'\nattribute = 'encryption'", Cause::TransformMismatch),
    ("kind = 'pfs-mismatch'\nhow = 'group'", Cause::PfsMismatch),
    ("kind = 'proxy-mismatch'\nhow = 'other'", Cause::ProxyMismatch),
];

/// Who refuses has the reason in its log; who is refused has a notify, which leaves others open.
#[test]
fn the_side_that_refuses_knows_why() {
    for profile in ["asa", "ios", "strongswan", "libreswan"] {
        for (fault, truth) in CHILD {
            let text = pair(profile, fault);
            let own = found(&text, Some(Role::Responder));
            if own.is_empty() {
                assert_eq!(causes(&text, None), [], "{profile}: {truth} comes up");
                continue;
            }
            assert_eq!((own[0].cause, own.len(), own[0].inferred), (truth, 1, false), "{profile} {truth}");
            let told = found(&text, Some(Role::Initiator));
            assert!(told.iter().any(|one| one.cause == truth), "{profile} {truth}: {told:#?}");
            assert!(told.iter().all(|one| one.inferred && !one.evidence.is_empty()), "{profile} {truth}");
            assert_eq!(causes(&text, None)[0], truth, "{profile}");
        }
    }
}

/// What a notify leaves open: a Cisco device says one and the same of all, the daemons name networks.
#[test]
fn a_notify_leaves_others_open() {
    let told = |profile: &str, fault: &str| causes(&pair(profile, fault), Some(Role::Initiator));
    let (transform, networks) = (CHILD[0].0, CHILD[2].0);
    let cisco =
        [Cause::ProxyMismatch, Cause::TransformMismatch, Cause::PfsMismatch, Cause::CryptoMapIncomplete];
    assert_eq!((told("asa", transform), told("asa", networks)), (cisco.to_vec(), cisco.to_vec()));
    assert_eq!(told("strongswan", networks), [Cause::ProxyMismatch, Cause::TransformMismatch]);
}

/// A failure in phase 1 is the same whether or not a child is wanted.
#[test]
fn phase_1_is_judged_alike_with_a_child_behind_it() {
    for fault in [
        "kind = 'psk-mismatch'",
        "kind = 'policy-mismatch'\nattribute = 'hash'",
        "kind = 'missing-tunnel-group'",
        "kind = 'ike-disabled'",
        "kind = 'drop'\nmessage = 4\ntimes = 'all'",
    ] {
        for view in [Some(Role::Initiator), Some(Role::Responder), None] {
            let text = format!("[[fault]]\n{fault}\n");
            let alone = causes(&text, view);
            assert_eq!(causes(&format!("phase2 = true\n{text}"), view), alone, "{fault} {view:?}");
        }
    }
}

const INITIATOR: &str = "203.0.113.1";
const RESPONDER: &str = "198.51.100.1";

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn remedy(fault: &str) -> Remedy {
    let text = format!("[[fault]]\n{fault}\n");
    found(&text, None).remove(0).remedy.unwrap()
}

/// Where each cause is mended, and with whose address.
#[test]
fn a_fix_names_the_side_and_the_other_ones_address() {
    let (initiator, responder) = (address(INITIATOR), address(RESPONDER));
    let Remedy::SameKey(keys) = remedy("kind = 'psk-mismatch'") else { panic!("a key") };
    for (role, own, peer) in
        [(Role::Initiator, initiator, responder), (Role::Responder, responder, initiator)]
    {
        assert_eq!(keys[role].at, role);
        let [Act::Key { own: here, peer: there, .. }] = keys[role].acts.as_slice() else {
            panic!("{keys:?}")
        };
        assert_eq!((*here, *there), (own, peer));
    }
    let Remedy::Do(group) = remedy("kind = 'missing-tunnel-group'") else { panic!("a group") };
    assert_eq!(group.at, Role::Responder);
    assert!(matches!(group.acts.as_slice(), [Act::Entry { own, peer }, Act::Key { .. }]
        if (*own, *peer) == (responder, initiator)));
    let Remedy::Do(enable) = remedy("kind = 'ike-disabled'") else { panic!("IKE is off") };
    assert_eq!((enable.at, enable.acts), (Role::Responder, vec![Act::Enable { at: responder }]));
    let Remedy::Do(key) = remedy("kind = 'missing-psk'") else { panic!("no key") };
    assert!(
        matches!(key.acts.as_slice(), [Act::Key { peer, .. }] if *peer == initiator)
            && key.at == Role::Responder
    );
    let Remedy::CallOutside(call) = remedy("kind = 'wrong-peer-address'") else { panic!("an address") };
    assert_eq!((call.at, call.acts), (Role::Initiator, vec![Act::Call { peer: responder }]));
    let Remedy::BringUp { at, address: down } = remedy("kind = 'peer-down'") else { panic!("down") };
    assert_eq!((at, down), (Role::Responder, responder));
    let Remedy::Identity { send, take } = remedy("kind = 'identity-mismatch'") else { panic!("an identity") };
    assert_eq!(send.at, take.at.other());
    for (side, to) in [("initiator", responder), ("responder", initiator)] {
        let Remedy::Route { to: there, look } = remedy(&format!("kind = 'no-route'\nat = '{side}'")) else {
            panic!("a route")
        };
        assert_eq!((there, look.acts), (to, vec![Act::ShowRoute { to }]));
        assert_eq!(look.at.to_string(), side);
    }
    let Remedy::Permit { between, port, .. } = remedy("kind = 'block-port'\nport = 500") else {
        panic!("a port")
    };
    assert_eq!((between.initiator, between.responder, port), (initiator, responder, 500));
}

/// The policy that the refusing side lacks, under a number that is free.
#[test]
fn a_policy_is_the_other_sides() {
    let Remedy::GivePolicy(task) = remedy("kind = 'policy-mismatch'\nattribute = 'hash'") else {
        panic!("a policy")
    };
    let [Act::Policy { number, values }] = task.acts.as_slice() else { panic!("{task:?}") };
    let scenario =
        Scenario::parse("test", "[[fault]]\nkind = 'policy-mismatch'\nattribute = 'hash'\n").unwrap();
    let hosts = &scenario.setup.hosts;
    let hash = |role: Role| -> Vec<HashAlg> { hosts[role].policies.iter().map(|one| one.hash).collect() };
    assert_ne!(hash(Role::Initiator), hash(Role::Responder));
    assert_eq!(values.hash, hash(task.at.other())[0]);
    assert!(hosts[task.at].policies.iter().all(|policy| policy.priority != *number) && *number > 0);
}

#[test]
fn what_the_path_does_is_looked_for_on_both_sides() {
    for (fault, trouble) in [
        ("kind = 'drop'\nmessage = 3\ntimes = 'all'", Trouble::Lost),
        ("kind = 'corrupt'\nmessage = 1\nbyte = 30\ntimes = 'all'", Trouble::Changed),
    ] {
        let Remedy::Capture { find, on } = remedy(fault) else { panic!("{fault}: {:?}", remedy(fault)) };
        assert_eq!(find, trouble, "{fault}");
        let seen = |role: Role| match on[role].acts.as_slice() {
            [Act::Capture { own, peer }] => (*own, *peer),
            acts => panic!("{acts:?}"),
        };
        let (initiator, responder) = (address(INITIATOR), address(RESPONDER));
        assert_eq!(seen(Role::Initiator), (initiator, responder));
        assert_eq!(seen(Role::Responder), (responder, initiator));
    }
}

/// PFS, transform sets and access lists are the other side's.
#[test]
fn a_child_is_mended_with_the_other_sides_values() {
    let child = |fault: &str| {
        let text = pair("asa", fault);
        let scenario = Scenario::parse("test", &text).unwrap();
        let entries = scenario.setup.hosts.clone().map(|host| host.crypto_map.unwrap_or_default());
        (entries, found(&text, None).remove(0).remedy.unwrap())
    };
    let (entries, Remedy::Pfs(task)) = child(CHILD[1].0) else { panic!("PFS") };
    let [Act::Pfs(entry)] = task.acts.as_slice() else { panic!("{task:?}") };
    let groups: Vec<Option<DhGroup>> =
        Role::BOTH.map(|role| entries[role].first().and_then(|one| one.pfs)).to_vec();
    assert_ne!(groups[0], groups[1]);
    assert_eq!(entry.pfs, entries[task.at.other()][0].pfs);
    let (entries, Remedy::TransformSets(task)) = child(CHILD[0].0) else { panic!("sets") };
    let [Act::TransformSets(entry)] = task.acts.as_slice() else { panic!("{task:?}") };
    assert_eq!(entry.transform_sets, entries[task.at.other()][0].transform_sets);
    let (entries, Remedy::Mirror(tasks)) = child(CHILD[2].0) else { panic!("lists") };
    for role in Role::BOTH {
        let lines: Vec<_> = entries[role.other()][0].acl.iter().map(|line| line.mirrored()).collect();
        let typed = tasks[role].acts.iter().filter_map(|act| {
            let Act::Traffic { line, .. } = act else { return None };
            Some(*line)
        });
        assert_eq!(typed.collect::<Vec<_>>(), lines, "{role}");
    }
}
