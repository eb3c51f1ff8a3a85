//! The endpoint under test, and the words in which a dialogue tells what it does. Whatever looks into an event
//! or a label stands here.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::keymat::PreSharedKey;
use ike::{
    Authentication, ChildEvent, Config, Endpoint, Event, GroupName, Identity, Input, Instant, Label,
    MessageName, Mode, Output, Policy, Powers, Reason, Sending, Streams, TunnelGroup,
};

use super::peer::Peer;

pub const HOST: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));
pub const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1));
pub const KEY: &str = "cisco123";

/// A healthy ASA.
pub fn config(mode: Mode) -> Config {
    Config {
        profile: vendor::profile::ASA,
        address: HOST,
        peer: PEER,
        mode,
        confirm: true,
        ike_enabled: true,
        aggressive_mode: true,
        identity: Identity::OwnAddress,
        nat_traversal: false,
        policies: vec![policy(10, Cipher::Aes128)],
        tunnel_groups: vec![group(GroupName::Address(PEER))],
        crypto_map: None,
        impairments: Vec::new(),
    }
}

/// The same with another vendor's habits.
pub fn vendor(name: &str, mode: Mode) -> Config {
    Config { profile: vendor::profile::from_name(name).unwrap(), ..config(mode) }
}

pub fn policy(priority: u16, encryption: Cipher) -> Policy {
    let authentication = Authentication::PreShared;
    Policy {
        priority,
        authentication,
        encryption,
        hash: HashAlg::Sha256,
        group: DhGroup::X25519,
        lifetime: 86400,
    }
}

pub fn group(name: GroupName) -> TunnelGroup {
    let pre_shared_key = Some(PreSharedKey::new(KEY.into()));
    TunnelGroup { name, pre_shared_key, peer_identity: None }
}

/// One endpoint, its clock, and what it did last.
#[derive(Clone, Debug, PartialEq)]
pub struct Host {
    endpoint: Endpoint,
    now: Instant,
}

/// What followed from one input.
pub struct Answer {
    lines: Vec<String>,
    /// The byte that a dropped message is dropped for.
    byte: Option<usize>,
    /// What it will use, where a transform was agreed on.
    lifetime: Option<u32>,
    sent: Vec<(SocketAddr, Vec<u8>)>,
}

impl Host {
    pub fn new(config: Config) -> Host {
        let endpoint = Endpoint::new(Arc::new(config), Streams::new(1, "host"), Powers::none());
        Host { endpoint, now: Instant::ZERO }
    }

    pub fn initiates(&mut self) -> Answer {
        let (from, to) = ((HOST, 500).into(), (PEER, 500).into());
        self.take(Input::Initiate { from, to })
    }

    /// A datagram from the peer, both ports 500.
    pub fn hears(&mut self, bytes: &[u8]) -> Answer {
        self.hears_on(500, (PEER, 500).into(), bytes)
    }

    /// A datagram from anywhere to one of its ports.
    pub fn hears_on(&mut self, port: u16, from: SocketAddr, bytes: &[u8]) -> Answer {
        self.take(Input::Datagram { from, to: (HOST, port).into(), bytes })
    }

    fn take(&mut self, input: Input<'_>) -> Answer {
        let outputs = self.endpoint.handle(self.now, input);
        let lines = outputs.iter().filter_map(told).collect();
        let byte = outputs.iter().find_map(byte);
        let lifetime = outputs.iter().find_map(|output| {
            let Output::Event(Event::Chosen { lifetime, .. }) = output else { return None };
            Some(*lifetime)
        });
        let sent = outputs.into_iter().filter_map(|output| match output {
            Output::Transmit { to, bytes, .. } => Some((to, bytes)),
            Output::Event(_) => None,
        });
        Answer { lines, byte, lifetime, sent: sent.collect() }
    }

    /// Lets time pass without serving a timer.
    pub fn sleeps(&mut self, millis: u64) {
        self.now = self.now + Duration::from_millis(millis);
    }

    /// Goes to the moment its next timer is due, and serves it.
    pub fn wakes(&mut self) -> Option<Answer> {
        let (at, _) = self.endpoint.next_timeout()?;
        self.now = self.now.max(at);
        Some(self.take(Input::Timeout))
    }

    /// A timeout that nobody asked for.
    pub fn is_woken_early(&mut self) -> Answer {
        self.take(Input::Timeout)
    }

    /// Everything that its timers bring, each line behind its moment in seconds.
    pub fn waits(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(answer) = self.wakes() {
            assert!(!answer.lines.is_empty(), "a timer that brings nothing");
            lines.extend(answer.lines.iter().map(|line| format!("{} {line}", self.now)));
        }
        lines
    }

    /// The peer says message `number`, and hears what the host says to it.
    pub fn turn(&mut self, peer: &mut Peer, number: u8) -> Answer {
        let answer = self.hears(&peer.says(number));
        answer.sent.iter().for_each(|(_, bytes)| peer.hears(bytes));
        answer
    }

    /// Passes messages on until the host waits for message `number`, or has taken all that the peer has.
    pub fn talks(&mut self, peer: &mut Peer, number: u8) {
        let mut next = 1;
        if peer.answers() {
            peer.hears(&self.initiates().message());
            next = 2;
        }
        while next < number && next <= peer.last() {
            self.turn(peer, next);
            next += 2;
        }
    }
}

impl Answer {
    /// Exactly these lines, in this order.
    #[track_caller]
    pub fn is(self, expected: &[&str]) -> Answer {
        assert_eq!(self.lines, expected);
        self
    }

    /// Nothing but one dropped message: no state, no answer.
    #[track_caller]
    pub fn drops(self, what: &str, why: &str) {
        assert_eq!(self.lines, [format!("drops {what}: {why}")]);
    }

    /// Nothing but one message dropped for what stands at byte `at`.
    #[track_caller]
    pub fn drops_for_byte(&self, at: usize) {
        assert!(self.is_one_drop(), "{:?}", self.lines);
        assert_eq!(self.byte, Some(at), "{:?}", self.lines);
    }

    /// Whether it is one dropped message and nothing else.
    pub fn is_one_drop(&self) -> bool {
        matches!(self.lines.as_slice(), [line] if line.starts_with("drops "))
    }

    /// The lifetime that it will use, in seconds.
    pub fn lifetime(&self) -> Option<u32> {
        self.lifetime
    }

    /// Whether nothing went out.
    pub fn is_silent(&self) -> bool {
        self.sent.is_empty()
    }

    pub fn has(&self, line: &str) -> bool {
        self.lines.iter().any(|known| known == line)
    }

    /// The only datagram that went out, without the non-ESP marker.
    #[track_caller]
    pub fn message(&self) -> Vec<u8> {
        let (to, bytes) = self.datagram();
        match to.port() {
            4500 => bytes.strip_prefix(&[0; 4]).expect("no marker").to_vec(),
            _ => bytes,
        }
    }

    /// The only datagram that went out, as it is on the wire.
    #[track_caller]
    pub fn datagram(&self) -> (SocketAddr, Vec<u8>) {
        assert_eq!(self.sent.len(), 1, "{:?}", self.lines);
        self.sent[0].clone()
    }
}

/// A reason without its values.
fn why(reason: &Reason) -> String {
    let text = format!("{reason:?}");
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

/// The byte that a message is dropped for, where one can be named.
fn byte(output: &Output) -> Option<usize> {
    let Output::Event(Event::Dropped { reason, .. }) = output else { return None };
    if let Reason::ReservedNotZero { offset, .. } = reason {
        return Some(*offset);
    }
    let (Reason::Malformed(error) | Reason::Undecryptable(error)) = reason else { return None };
    Some(error.offset)
}

/// One line for an output; `None` for what no dialogue asks about.
fn told(output: &Output) -> Option<String> {
    let about =
        |message: &Option<MessageName>| message.map_or_else(|| "it".to_owned(), |name| name.to_string());
    let sealed = |protected: bool| if protected { " sealed" } else { "" };
    Some(match output {
        Output::Transmit { label, .. } => format!("sends {}", labelled(*label)),
        Output::Event(event) => match event {
            Event::NotStarted(reason) => format!("does not start: {}", why(reason)),
            Event::Created { sa, .. } => format!("makes SA {}", sa.0),
            Event::Entered { state, .. } => format!("is {state}"),
            Event::Accepted { message, .. } => format!("accepts {message}"),
            Event::Duplicate { message, .. } => format!("knows {message}"),
            Event::Floated { .. } => "floats".into(),
            Event::Dropped { message, reason, .. } => format!("drops {}: {}", about(message), why(reason)),
            Event::Refused { message, reason, .. } => format!("refuses {}: {}", about(message), why(reason)),
            Event::NotifyReceived { notify, protected, obeyed, .. } => {
                let obeyed = if *obeyed { ", obeys" } else { "" };
                format!("hears N({notify}){}{obeyed}", sealed(*protected))
            }
            Event::DeleteReceived { .. } => "hears D sealed".into(),
            Event::Ended { sa, how, state } => format!("SA {} ends: {how:?} in {state}", sa.0),
            Event::NatChecked { local, remote, .. } => format!("sees NAT: local {local}, remote {remote}"),
            Event::Child { what: ChildEvent::Entered(state), .. } => format!("child is {state}"),
            Event::Child { what: ChildEvent::Ended { how, state }, .. } => {
                format!("child ends: {how:?} in {state}")
            }
            Event::Child { .. } => return None,
            Event::Impaired { what, message, .. } => format!("is broken: {what} in {message}"),
            Event::Chosen { .. } | Event::GroupFound { .. } | Event::Keys { .. } => return None,
        },
    })
}

fn labelled(label: Label) -> String {
    match label {
        Label::Message { name, sending: Sending::First, .. } => name.to_string(),
        Label::Message { name, sending: Sending::Resend(n), .. } => format!("{name} by timer ({n})"),
        Label::Message { name, sending: Sending::Answer, .. } => format!("{name} again"),
        Label::Notify { notify, protected, .. } => {
            format!("N({notify}){}", if protected { " sealed" } else { "" })
        }
        Label::Delete { .. } => "D sealed".into(),
        Label::Foreign { .. } => panic!("an endpoint knows what it sends"),
    }
}
