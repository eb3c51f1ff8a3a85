//! Quick Mode between two endpoints (RFC 2409 5.5): what each vendor takes, what it refuses and how, what a lost,
//! doubled or damaged message leads to.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ike::config::{AclEnd, Net};
use ike::crypto::DhGroup;
use ike::ipsec::{Encapsulation, TransformSet};
use ike::keymat::Keymat;
use ike::{
    AclLine, Agreed, ChildEvent, Clear, Cleared, Config, Endpoint, Event, GroupName, Input, Instant, IpsecSa,
    Label, MapEntry, MessageName, Mode, NotifyType, Output, Powers, QuickState, Retry, Role, Sides, Streams,
    Subnet,
};

use super::host::{HOST, Host, PEER, config, group};

/// Both sides, and what goes wrong between them.
pub struct Pair {
    pub endpoints: Sides<Endpoint>,
    wire: VecDeque<(Role, SocketAddr, SocketAddr, Vec<u8>)>,
    pub now: Instant,
    /// Where each side's last child is, and whether its SA is up.
    pub child: Sides<Option<QuickState>>,
    pub phase_1: Sides<bool>,
    pub keys: Sides<Vec<IpsecSa>>,
    pub notifies: Vec<NotifyType>,
    /// How often INITIAL_CONTACT was heard.
    contacts: u32,
    pub sent: Vec<String>,
    /// When.
    pub at: Vec<Instant>,
    pub agreed: Sides<Option<Agreed>>,
    /// Who was told of a shorter lifetime, and whether it obeys.
    pub told: Vec<(Role, bool)>,
    /// Everything that went over the wire, and what both made of it.
    pub heard: Vec<Vec<u8>>,
    pub keymat: Option<Arc<Keymat>>,
    /// What becomes of this message: `None` loses it, else it is changed.
    pub lose: Option<MessageName>,
    damage: Option<MessageName>,
}

fn subnet(text: &str) -> Subnet {
    let (address, prefix) = text.split_once('/').unwrap();
    Subnet::new(address.parse().unwrap(), prefix.parse().unwrap()).unwrap()
}

pub fn line(source: &str, destination: &str) -> AclLine {
    let end = |text: &str| AclEnd { net: Net::Subnet(subnet(text)), port: 0 };
    AclLine { permit: true, protocol: 0, source: end(source), destination: end(destination) }
}

pub fn entry(peer: IpAddr, line: AclLine) -> MapEntry {
    MapEntry {
        sequence: 10,
        interface: true,
        peers: vec![peer],
        acl: vec![line],
        transform_sets: vec![TransformSet::from_words("esp-aes-256 esp-sha-hmac").unwrap()],
        compress: false,
        mode: Encapsulation::Tunnel,
        pfs: None,
        lifetime: 28_800,
        kilobytes: 4_608_000,
        dynamic: false,
        retry: Retry::Vendor,
        attempts: 1,
    }
}

/// The initiator is PEER; both have a line that mirrors the other's.
pub fn configs(vendor: &str) -> Sides<Config> {
    let profile = vendor::profile::from_name(vendor).unwrap();
    let host = |own, peer, line| Config {
        profile,
        address: own,
        peer,
        tunnel_groups: vec![group(GroupName::Address(peer))],
        crypto_map: Some(vec![entry(peer, line)]),
        ..config(Mode::Main)
    };
    Sides::new(
        host(PEER, HOST, line("10.1.0.0/24", "10.2.0.0/24")),
        host(HOST, PEER, line("10.2.0.0/24", "10.1.0.0/24")),
    )
}

pub fn responder(configs: &mut Sides<Config>) -> &mut MapEntry {
    &mut configs.responder.crypto_map.as_mut().unwrap()[0]
}

pub fn initiator(configs: &mut Sides<Config>) -> &mut MapEntry {
    &mut configs.initiator.crypto_map.as_mut().unwrap()[0]
}

impl Pair {
    pub fn new(configs: Sides<Config>) -> Pair {
        let endpoints = Sides::from_fn(|role: Role| {
            let streams = Streams::new(1, role.name());
            Endpoint::new(Arc::new(configs[role].clone()), streams, Powers::none())
        });
        Pair {
            endpoints,
            wire: VecDeque::new(),
            now: Instant::ZERO,
            child: Sides::new(None, None),
            phase_1: Sides::new(false, false),
            keys: Sides::new(Vec::new(), Vec::new()),
            notifies: Vec::new(),
            contacts: 0,
            sent: Vec::new(),
            at: Vec::new(),
            agreed: Sides::new(None, None),
            told: Vec::new(),
            heard: Vec::new(),
            keymat: None,
            lose: None,
            damage: None,
        }
    }

    /// From the start until nothing is under way.
    pub fn begin(mut self) -> Pair {
        let (from, to) = ((PEER, 500).into(), (HOST, 500).into());
        let outputs = self.endpoints.initiator.handle(self.now, Input::Initiate { from, to });
        self.take(Role::Initiator, outputs);
        self.settle();
        self
    }

    pub fn settle(&mut self) {
        while let Some((sender, from, to, bytes)) = self.wire.pop_front() {
            let receiver = sender.other();
            let input = Input::Datagram { from, to, bytes: &bytes };
            let outputs = self.endpoints[receiver].handle(self.now, input);
            self.take(receiver, outputs);
        }
    }

    /// Lets every timer run out until none is left.
    pub fn wait(&mut self) {
        while let Some((at, role)) =
            Role::BOTH.iter().filter_map(|role| Some((self.endpoints[*role].next_timeout()?.0, *role))).min()
        {
            self.now = at;
            let outputs = self.endpoints[role].handle(at, Input::Timeout);
            self.take(role, outputs);
            self.settle();
        }
    }

    pub fn take(&mut self, role: Role, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Transmit { from, to, bytes, label } => self.transmit(role, from, to, bytes, label),
                Output::Event(Event::Entered { state, .. }) => self.phase_1[role] = state.is_active(),
                Output::Event(Event::NotifyReceived {
                    notify: NotifyType::RESPONDER_LIFETIME,
                    obeyed,
                    ..
                }) => {
                    self.told.push((role, obeyed));
                }
                Output::Event(Event::Child { what: ChildEvent::Agreed(agreed), .. }) => {
                    self.agreed[role] = Some(agreed);
                }
                Output::Event(Event::NotifyReceived { notify: NotifyType::INITIAL_CONTACT, .. }) => {
                    self.contacts += 1;
                }
                Output::Event(Event::Keys { keymat, .. }) => self.keymat = Some(keymat),
                Output::Event(Event::Ended { .. }) => self.phase_1[role] = false,
                Output::Event(Event::Child { what: ChildEvent::Entered(state), .. }) => {
                    self.child[role] = Some(state);
                }
                Output::Event(Event::Child { what: ChildEvent::Ended { state, .. }, .. }) => {
                    self.child[role] = Some(state).filter(|state| *state != QuickState::Active);
                }
                Output::Event(Event::Child { what: ChildEvent::Installed(sas), .. }) => self.keys[role] = sas,
                Output::Event(_) => {}
            }
        }
    }

    fn transmit(&mut self, role: Role, from: SocketAddr, to: SocketAddr, mut bytes: Vec<u8>, label: Label) {
        match label {
            Label::Message { name, .. } => {
                self.sent.push(name.to_string());
                self.at.push(self.now);
                if self.lose == Some(name) {
                    return;
                }
                if self.damage == Some(name) {
                    // The second cipher block, in the middle of the HASH.
                    bytes[28 + 16 + 2] ^= 1;
                }
            }
            Label::Notify { notify, protected, .. } => {
                assert!(protected, "{notify} in clear");
                self.notifies.push(notify);
            }
            Label::Delete { .. } => {
                self.sent.push("D".into());
                self.at.push(self.now);
            }
            Label::Foreign { .. } => panic!("an endpoint knows what it sends"),
        }
        self.heard.push(bytes.clone());
        self.wire.push_back((role, from, to, bytes));
    }

    pub fn is_up(&self) -> bool {
        let active = Sides::new(Some(QuickState::Active), Some(QuickState::Active));
        let mirrored = |sa: &IpsecSa| {
            let twin =
                self.keys.responder.iter().find(|other| other.protocol == sa.protocol && other.spi == sa.spi);
            twin.is_some_and(|other| other.key == sa.key && other.inbound != sa.inbound)
        };
        let equal = self.keys.initiator.len() == self.keys.responder.len();
        self.child == active && equal && self.keys.initiator.iter().all(mirrored)
    }
}

const VENDORS: [&str; 4] = ["asa", "ios", "strongswan", "libreswan"];

// tests RFC 2409 5.5
// tests RFC 2408 4.2
// tests RFC 2407 4.5
#[test]
fn both_ends_have_the_same_keys_for_every_transform() {
    for words in [
        "esp-des esp-md5-hmac",
        "esp-3des esp-sha-hmac",
        "esp-aes-128 esp-sha256-hmac",
        "esp-aes-192 esp-sha384-hmac",
        "esp-aes-256 esp-sha512-hmac",
        "esp-gcm-128",
        "esp-gcm-256",
        "esp-null esp-sha-hmac",
        "ah-sha256-hmac",
        "ah-sha-hmac esp-aes-256",
        "ah-md5-hmac esp-aes-256 esp-sha-hmac",
    ] {
        for pfs in [None, Some(DhGroup::X25519)] {
            let mut configs = configs("asa");
            let set = TransformSet::from_words(words).unwrap_or_else(|| panic!("{words}"));
            for role in Role::BOTH {
                let entry = &mut configs[role].crypto_map.as_mut().unwrap()[0];
                (entry.transform_sets, entry.pfs) = (vec![set], pfs);
            }
            let pair = Pair::new(configs).begin();
            assert!(pair.is_up(), "{words}, {pfs:?}: {:?} {:?}", pair.child, pair.sent);
            let per_protocol = set.protocols().count();
            assert_eq!(pair.keys.initiator.len(), 2 * per_protocol, "{words}");
        }
    }
}

#[test]
fn the_two_directions_have_different_keys() {
    let pair = Pair::new(configs("asa")).begin();
    let [one, other] = pair.keys.initiator.as_slice() else { panic!("two SAs") };
    assert_ne!(one.key, other.key);
    assert_eq!(pair.sent[6..], ["QM1", "QM2", "QM3"]);
}

/// The contract's table: an edit at the responder, and for each vendor the notify that refuses it; `None`: up.
type Row = (&'static str, fn(&mut Sides<Config>), [Option<NotifyType>; 4]);

const NO_PROPOSAL: Option<NotifyType> = Some(NotifyType::NO_PROPOSAL_CHOSEN);
const BAD_ID: Option<NotifyType> = Some(NotifyType::INVALID_ID_INFORMATION);

const ROWS: [Row; 11] = [
    ("encryption", |c| transform(c, "esp-3des esp-sha-hmac"), [NO_PROPOSAL; 4]),
    ("key length", |c| transform(c, "esp-aes-128 esp-sha-hmac"), [NO_PROPOSAL; 4]),
    ("integrity", |c| transform(c, "esp-aes-256 esp-md5-hmac"), [NO_PROPOSAL; 4]),
    ("mode", |c| responder(c).mode = Encapsulation::Transport, [NO_PROPOSAL, NO_PROPOSAL, BAD_ID, None]),
    ("pfs extra", |c| responder(c).pfs = Some(DhGroup::X25519), [NO_PROPOSAL; 4]),
    ("pfs missing", |c| initiator(c).pfs = Some(DhGroup::X25519), [None, None, NO_PROPOSAL, None]),
    (
        "pfs group",
        |c| {
            initiator(c).pfs = Some(DhGroup::X25519);
            responder(c).pfs = Some(DhGroup::Ecp256);
        },
        [NO_PROPOSAL, NO_PROPOSAL, NO_PROPOSAL, None],
    ),
    ("proxies other", |c| proxies(c, "10.9.0.0/24"), [NO_PROPOSAL, NO_PROPOSAL, BAD_ID, BAD_ID]),
    ("proxies narrower", |c| proxies(c, "10.2.0.0/25"), [NO_PROPOSAL, NO_PROPOSAL, None, BAD_ID]),
    ("proxies wider", |c| proxies(c, "10.2.0.0/16"), [None, None, None, BAD_ID]),
    ("lifetime", |c| responder(c).lifetime = 3600, [None; 4]),
];

fn transform(configs: &mut Sides<Config>, words: &str) {
    responder(configs).transform_sets = vec![TransformSet::from_words(words).unwrap()];
}

fn proxies(configs: &mut Sides<Config>, own: &str) {
    responder(configs).acl = vec![line(own, "10.1.0.0/24")];
}

#[test]
fn every_vendor_refuses_what_the_contract_says_it_refuses() {
    for (what, edit, expected) in ROWS {
        for (vendor, expected) in VENDORS.into_iter().zip(expected) {
            let mut configs = configs(vendor);
            edit(&mut configs);
            let pair = Pair::new(configs).begin();
            let told = format!("{what} at {vendor}: {:?} {:?} {:?}", pair.child, pair.sent, pair.notifies);
            match expected {
                None => assert!(pair.is_up() && pair.notifies.is_empty(), "{told}"),
                Some(notify) => {
                    assert_eq!(pair.notifies, [notify], "{told}");
                    assert_eq!(pair.child, Sides::new(Some(QuickState::WaitMsg2), None), "{told}");
                    // An ASA takes phase 1 down with the child.
                    let alive = vendor != "asa";
                    assert_eq!(pair.phase_1, Sides::new(alive, alive), "{told}");
                }
            }
        }
    }
}

#[test]
fn an_initiator_of_libreswan_does_not_believe_a_refusal() {
    let mut configs = configs("libreswan");
    transform(&mut configs, "esp-3des esp-sha-hmac");
    let mut pair = Pair::new(configs).begin();
    pair.wait();
    let asked = pair.sent.iter().filter(|name| *name == "QM1").count();
    assert_eq!((asked, pair.notifies.len()), (8, 8), "resent at 0.5 .. 32 s, refused each time");
    assert_eq!(pair.now.to_string(), "64.000");
    assert_eq!(pair.child.initiator, Some(QuickState::WaitMsg2));
}

#[test]
fn a_lost_message_leaves_each_side_where_it_waits() {
    let waits = |i, r| Sides::new(i, r);
    let (two, three) = (Some(QuickState::WaitMsg2), Some(QuickState::WaitMsg3));
    for (lost, expected) in [
        (MessageName::QM1, waits(two, None)),
        (MessageName::QM2, waits(two, three)),
        (MessageName::QM3, waits(Some(QuickState::Active), three)),
    ] {
        let mut pair = Pair::new(configs("asa"));
        pair.lose = Some(lost);
        let mut pair = pair.begin();
        pair.wait();
        assert_eq!(pair.child, expected, "{lost}");
        assert_eq!(pair.now.to_string(), "32.000", "{lost}");
        assert_eq!(pair.phase_1, Sides::new(true, true), "{lost}");
    }
}

#[test]
fn what_goes_when_qm3_never_comes_is_the_vendors_affair() {
    for (vendor, at, phase_1, deletes) in
        [("strongswan", "165.061", false, 0), ("libreswan", "64.000", true, 2)]
    {
        let mut configs = configs(vendor);
        // Once: pluto would ask again, and lose QM3 again.
        for entry in configs.initiator.crypto_map.iter_mut().flatten() {
            entry.retry = Retry::Never;
        }
        let mut pair = Pair::new(configs);
        pair.lose = Some(MessageName::QM3);
        let mut pair = pair.begin();
        pair.wait();
        assert_eq!(pair.now.to_string(), at, "{vendor}");
        assert_eq!(pair.phase_1, Sides::new(true, phase_1), "{vendor}");
        assert_eq!(pair.sent.iter().filter(|name| *name == "D").count(), deletes, "{vendor}");
    }
}

#[test]
fn lost_once_is_mended_by_a_resend() {
    for lost in [MessageName::QM1, MessageName::QM2, MessageName::QM3] {
        let mut pair = Pair::new(configs("strongswan"));
        pair.lose = Some(lost);
        let mut pair = pair.begin();
        pair.lose = None;
        pair.wait();
        assert!(pair.is_up(), "{lost}: {:?}", pair.sent);
        assert_eq!(pair.now.to_string(), "4.000", "{lost}");
    }
}

// tests RFC 2409 5.5
#[test]
fn a_wrong_hash_moves_nothing() {
    for damaged in [MessageName::QM1, MessageName::QM2, MessageName::QM3] {
        let mut pair = Pair::new(configs("ios"));
        pair.damage = Some(damaged);
        let mut pair = pair.begin();
        assert!(!pair.is_up() && pair.notifies.is_empty(), "{damaged}: {:?}", pair.child);
        pair.damage = None;
        pair.wait();
        assert!(pair.is_up(), "{damaged}: the clean copy is taken, its IV still stands");
    }
}

#[test]
fn a_copy_is_answered_with_the_same_bytes_and_makes_no_second_child() {
    let mut pair = Pair::new(configs("asa"));
    pair.lose = Some(MessageName::QM2);
    let mut pair = pair.begin();
    pair.lose = None;
    let answers = pair.sent.iter().filter(|name| *name == "QM2").count();
    pair.wait();
    assert!(pair.is_up());
    assert_eq!(answers + 1, pair.sent.iter().filter(|name| *name == "QM2").count());
    assert_eq!(pair.keys.responder.len(), 2);
}

#[test]
fn each_permitted_line_is_a_child_of_its_own() {
    let mut configs = configs("asa");
    initiator(&mut configs).acl.push(line("10.1.1.0/24", "10.2.0.0/24"));
    initiator(&mut configs).acl.push(AclLine { permit: false, ..line("10.1.2.0/24", "10.2.0.0/24") });
    responder(&mut configs).acl.push(line("10.2.0.0/24", "10.1.1.0/24"));
    let pair = Pair::new(configs).begin();
    let asked = pair.sent.iter().filter(|name| *name == "QM1").count();
    let done = pair.sent.iter().filter(|name| *name == "QM3").count();
    assert_eq!((asked, done), (2, 2));
}

#[test]
fn an_incomplete_or_unbound_map_asks_for_nothing_and_an_unbound_one_does_not_listen() {
    let edits: [fn(&mut MapEntry); 4] = [
        |entry| entry.interface = false,
        |entry| entry.acl.clear(),
        |entry| entry.peers.clear(),
        |entry| entry.transform_sets.clear(),
    ];
    for edit in edits {
        let mut configs = configs("asa");
        edit(initiator(&mut configs));
        assert_eq!(Pair::new(configs).begin().sent, [""; 0]);
    }
    let mut configs = configs("asa");
    responder(&mut configs).interface = false;
    let pair = Pair::new(configs).begin();
    assert_eq!(pair.sent, ["MSG1"]);
}

#[test]
fn a_child_that_the_peer_asked_for_is_no_attempt_of_ours() {
    // charon says no INITIAL_CONTACT, which would end the first SA.
    let mut configs = configs("strongswan");
    initiator(&mut configs).retry = Retry::After(Duration::from_secs(30));
    // Each has a line of its own, and takes whatever the other asks for.
    responder(&mut configs).acl = vec![line("10.9.0.0/24", "10.8.0.0/24")];
    for entries in [&mut configs.initiator.crypto_map, &mut configs.responder.crypto_map] {
        let any =
            MapEntry { sequence: 20, dynamic: true, acl: Vec::new(), ..entries.as_ref().unwrap()[0].clone() };
        entries.as_mut().unwrap().push(any);
    }
    let mut pair = Pair::new(configs).begin();
    pair.lose = Some(MessageName::QM3);
    let call = Input::Initiate { from: (HOST, 500).into(), to: (PEER, 500).into() };
    let outputs = pair.endpoints.responder.handle(pair.now, call);
    pair.take(Role::Responder, outputs);
    pair.settle();
    assert_eq!(pair.child, Sides::new(Some(QuickState::WaitMsg3), Some(QuickState::Active)));
    pair.wait();
    // The end of the wait for QM3, and nothing 30 s behind it.
    assert_eq!(pair.now.to_string(), "165.061");
}

#[test]
fn an_operator_tells_the_peer_of_each_sa_or_of_none() {
    for (what, notify, deletes) in [
        (Cleared::All, true, 2),
        (Cleared::Phase1, true, 1),
        (Cleared::Phase2, true, 1),
        (Cleared::All, false, 0),
    ] {
        let mut pair = Pair::new(configs("asa")).begin();
        let outputs = pair.endpoints.responder.handle(pair.now, Input::Clear(Clear { what, notify }));
        pair.take(Role::Responder, outputs);
        pair.settle();
        assert_eq!(pair.sent.iter().filter(|name| *name == "D").count(), deletes, "{what:?}");
        let told = if notify { None } else { Some(QuickState::Active) };
        assert_eq!(pair.child, Sides::new(told, None), "{what:?}");
        let stays = what == Cleared::Phase2;
        assert_eq!(pair.phase_1, Sides::new(stays || !notify, stays), "{what:?}");
    }
}

/// What each side hears of INITIAL_CONTACT when the initiator calls, and calls again.
// tests RFC 2407 4.6.3.3
#[test]
fn an_asa_says_initial_contact_in_its_first_quick_mode() {
    let lines = |configs: &mut Sides<Config>| {
        let more = [line("10.1.0.0/24", "10.2.0.0/24"), line("10.3.0.0/24", "10.2.0.0/24")];
        initiator(configs).acl = more.to_vec();
        responder(configs).acl = more.map(AclLine::mirrored).to_vec();
    };
    for (vendor, expected) in [("asa", 1), ("ios", 1), ("generic", 0)] {
        let mut configs = configs(vendor);
        lines(&mut configs);
        let pair = Pair::new(configs).begin();
        assert_eq!(pair.contacts, expected, "{vendor}: once, however many children");
    }
    // In phase 1 an ASA has none.
    let mut configs = configs("asa");
    for config in [&mut configs.initiator, &mut configs.responder] {
        config.crypto_map = None;
    }
    assert_eq!(Pair::new(configs).begin().contacts, 0);
}

/// Who set the Commit bit in QM2 says so once the child may be used: there is no other wait that it could end.
// tests RFC 2408 3.1
#[test]
fn connected_is_heard_where_a_child_is() {
    let map = vec![entry(PEER, line("10.2.0.0/24", "10.1.0.0/24"))];
    for (crypto_map, heard) in [(Some(map), true), (None, false)] {
        let host = Config { crypto_map, ..config(Mode::Main) };
        let (mut host, mut peer) = (Host::new(host), super::peer::responder(Mode::Main));
        host.talks(&mut peer, 6);
        // QM1 goes out behind it, and moves no IV of phase 1.
        host.hears(&peer.says(6));
        assert_eq!(host.hears(&peer.connected(1)).has("hears N(CONNECTED) sealed"), heard);
    }
}
