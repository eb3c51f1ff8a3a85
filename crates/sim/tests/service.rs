//! A responder that many call: true callers, strays, floods. No clock and no socket.

#![cfg(test)]

use std::net::{IpAddr, SocketAddr};

use capture::Unreached;
use ike::{GroupName, Instant, Mode, Powers, Role, Streams};
use sim::service::MAX_BYTES;
use sim::{Caller, Datagram, Live, Progress, Service, Setup, Witness};

/// What a service told, and of whom.
#[derive(Default)]
struct Told {
    went_on: Vec<u64>,
    over: Vec<(u64, Progress, Instant)>,
    resends: Vec<u32>,
    strays: usize,
}

impl Witness for Told {
    fn went_on(&mut self, caller: Caller, live: &Live, since: usize) {
        assert!(since < live.trace().entries().len());
        self.went_on.push(caller.number);
    }
    fn over(&mut self, caller: Caller, live: &Live, at: Instant) {
        self.over.push((caller.number, live.progress(), at));
        let (_, outcome) = live.clone().finish(at);
        self.resends.push(outcome.peers.responder.resends);
    }
    fn stray(&mut self, _: Instant, _: SocketAddr, _: &Live) {
        self.strays += 1;
    }
}

fn setup(mode: Mode) -> Setup {
    let mut setup = Setup::default().in_mode(mode);
    setup.hosts.responder.tunnel_groups[0].name = GroupName::Default;
    setup
}

fn service(max_bytes: usize) -> Service {
    Service::new(setup(Mode::Main), Streams::new(7, "service"), false, max_bytes)
}

fn own() -> SocketAddr {
    "198.51.100.1:500".parse().unwrap()
}

fn at(millis: u64) -> Instant {
    Instant::from_micros(millis * 1000)
}

/// A caller with an engine of its own.
struct True {
    live: Live,
    address: SocketAddr,
    /// What it sends next.
    out: Vec<Datagram>,
}

impl True {
    fn calls(n: u8, mode: Mode, now: Instant) -> True {
        let mut setup = setup(mode);
        let address = SocketAddr::new(IpAddr::from([203, 0, 113, n]), 500);
        setup.hosts.initiator.address = address.ip();
        let streams = Streams::new(u64::from(n), "initiator");
        let mut live = Live::new(&setup, Role::Initiator, streams, Powers::none());
        let out = live.initiate(now, address, own());
        True { live, address, out }
    }

    /// One message there, and its answer back.
    fn turn(&mut self, service: &mut Service, now: Instant, told: &mut Told) {
        for sent in std::mem::take(&mut self.out) {
            for answer in service.hear(now, (sent.from, sent.to), &sent.bytes, told) {
                assert_eq!(answer.to, self.address);
                self.out.extend(self.live.hear(now, answer.from, answer.to, &answer.bytes));
            }
        }
    }
}

/// Serves every timer up to this moment; what is sent meanwhile.
fn wait(service: &mut Service, until: Instant, told: &mut Told) -> Vec<Datagram> {
    let mut sent = Vec::new();
    while let Some(next) = service.next_timeout().filter(|next| *next <= until) {
        sent.extend(service.tick(next, told));
    }
    sent
}

/// Somebody's first message under another cookie, `more` bytes longer by a vendor id.
fn spoofed(first: &[u8], n: u32, more: usize) -> (SocketAddr, Vec<u8>) {
    let mut bytes = first.to_vec();
    bytes[..4].copy_from_slice(&(n + 1).to_be_bytes());
    if more > 0 {
        let mut last = 28;
        while bytes[last] != 0 {
            last += usize::from(u16::from_be_bytes([bytes[last + 2], bytes[last + 3]]));
        }
        bytes[last] = 13;
        let length = u16::try_from(more).unwrap();
        bytes.extend([&[0, 0][..], &length.to_be_bytes(), &vec![7; more - 4]].concat());
        let length = u32::try_from(bytes.len()).unwrap();
        bytes[24..28].copy_from_slice(&length.to_be_bytes());
    }
    let [_, b, c, d] = (n + 1).to_be_bytes();
    (SocketAddr::new(IpAddr::from([127, b, c, d]), 500), bytes)
}

#[test]
fn two_at_once_and_one_after_them_come_up() {
    let (mut service, mut told) = (service(MAX_BYTES), Told::default());
    let mut callers = [1, 2].map(|n| True::calls(n, Mode::Main, at(0)));
    for _ in 0..3 {
        callers.iter_mut().for_each(|caller| caller.turn(&mut service, at(10), &mut told));
    }
    let mut third = True::calls(3, Mode::Aggressive, at(0));
    for _ in 0..2 {
        third.turn(&mut service, at(3000), &mut told);
    }
    wait(&mut service, at(60_000), &mut told);
    let over: Vec<_> = told.over.iter().map(|(n, progress, _)| (*n, *progress)).collect();
    assert_eq!(over, [0, 1, 2].map(|n| (n, Progress::Active)));
    assert_eq!((service.counts().up, service.counts().failed), (3, 0));
    wait(&mut service, at(100_000), &mut told);
    assert_eq!((service.held(), service.bytes()), (0, 0), "what is over is forgotten in the end");
}

#[test]
fn strays_and_damage_end_nothing() {
    let (mut service, mut told) = (service(MAX_BYTES), Told::default());
    let mut caller = True::calls(1, Mode::Main, at(0));
    let first = caller.out[0].bytes.to_vec();
    for n in 0..3_u16 {
        let nobody = (SocketAddr::new(IpAddr::from([192, 0, 2, 9]), n), own());
        let mut unknown = first.clone();
        unknown[..16].fill(9);
        for bytes in [&b""[..], b"hello", &first[..40], &unknown] {
            service.hear(at(5), nobody, bytes, &mut told);
        }
        caller.turn(&mut service, at(10), &mut told);
    }
    wait(&mut service, at(5000), &mut told);
    assert_eq!((told.strays, service.counts().strays), (12, 12));
    assert_eq!((service.counts().up, service.counts().failed), (1, 0));
}

#[test]
fn who_never_answers_is_sent_for_once_unless_asked() {
    for (resend, sent) in [(false, 0), (true, 3)] {
        let mut service = Service::new(setup(Mode::Main), Streams::new(7, "service"), resend, MAX_BYTES);
        let mut told = Told::default();
        let first = True::calls(1, Mode::Main, at(0)).out.remove(0);
        let answers = service.hear(at(100), (first.from, first.to), &first.bytes, &mut told);
        assert_eq!(answers.len(), 1);
        let resent = wait(&mut service, at(60_000), &mut told);
        assert_eq!(resent.len(), sent, "resend: {resend}");
        // 32 s after the call, and the second in which it might still be heard from where it was waited for.
        let (_, progress, ended) = told.over[0];
        assert_eq!((progress, service.counts().failed), (Progress::Over, 1));
        assert!(ended >= at(32_000) && ended <= at(33_000), "{ended}");
        assert_eq!(told.resends, [u32::try_from(sent).unwrap()]);
    }
}

#[test]
fn every_profile_gives_up() {
    for profile in vendor::profile::all() {
        for mode in [Mode::Main, Mode::Aggressive] {
            let mut setup = setup(mode);
            setup.hosts.responder.profile = profile;
            let mut service = Service::new(setup, Streams::new(7, "service"), false, MAX_BYTES);
            let mut told = Told::default();
            let first = True::calls(1, mode, at(0)).out.remove(0);
            service.hear(at(0), (first.from, first.to), &first.bytes, &mut told);
            assert!(wait(&mut service, at(1_000_000), &mut told).is_empty(), "{profile} {mode}");
            assert_eq!((told.over.len(), service.held()), (1, 0), "{profile} {mode}");
        }
    }
}

#[test]
fn port_and_address_may_change_behind_a_nat() {
    let (mut service, mut told) = (service(MAX_BYTES), Told::default());
    let mut caller = True::calls(1, Mode::Main, at(0));
    let outside = |bytes: &Datagram| SocketAddr::new(IpAddr::from([192, 0, 2, 5]), bytes.from.port() + 1);
    for n in 0..3 {
        for sent in std::mem::take(&mut caller.out) {
            let mut from = outside(&sent);
            if n == 2 {
                from.set_ip(IpAddr::from([192, 0, 2, 6]));
            }
            for answer in service.hear(at(10), (from, sent.to), &sent.bytes, &mut told) {
                let to = caller
                    .live
                    .trace()
                    .entries()
                    .iter()
                    .rev()
                    .find_map(|entry| entry.kind.sent().map(|sent| sent.from));
                caller.out.extend(caller.live.hear(at(10), answer.from, to.unwrap(), &answer.bytes));
            }
        }
    }
    wait(&mut service, at(5000), &mut told);
    assert_eq!((service.counts().up, service.counts().strays), (1, 0));
}

#[test]
fn a_flood_keeps_no_true_caller_out() {
    let (mut service, mut told) = (service(MAX_BYTES), Told::default());
    let first = True::calls(200, Mode::Main, at(0)).out.remove(0).bytes;
    // 10^5 in 2 s; every 10 000 a caller with a round trip of 5000 messages.
    let mut waiting: Vec<(u32, True)> = Vec::new();
    for n in 0..=100_000_u32 {
        let now = Instant::from_micros(u64::from(n) * 20);
        if n % 10_000 == 0 && n < 100_000 {
            waiting.push((n, True::calls(1 + u8::try_from(n / 10_000).unwrap(), Mode::Main, now)));
        }
        for (_, caller) in waiting.iter_mut().filter(|(since, _)| (n - since).is_multiple_of(5000)) {
            caller.turn(&mut service, now, &mut told);
        }
        let (from, bytes) = spoofed(&first, n, 0);
        service.hear(now, (from, own()), &bytes, &mut told);
        assert!(service.bytes() <= MAX_BYTES);
    }
    wait(&mut service, at(60_000), &mut told);
    assert_eq!((service.counts().up, service.counts().evicted), (10, 0));
    assert!(told.went_on.len() < 1000, "a flood is told of in part: {}", told.went_on.len());
    assert_eq!(service.counts().untold + 16, service.counts().failed);
}

#[test]
fn large_datagrams_are_bounded_and_drive_out_each_other() {
    let (mut service, mut told) = (service(MAX_BYTES), Told::default());
    let first = True::calls(200, Mode::Main, at(0)).out.remove(0).bytes;
    let mut stayed = 0;
    for n in 0..10_u8 {
        let mut caller = True::calls(1 + n, Mode::Main, at(0));
        caller.turn(&mut service, at(1), &mut told);
        for m in 0..5000 {
            let (from, bytes) = spoofed(&first, u32::from(n) * 5000 + m, 65_000);
            service.hear(at(1), (from, own()), &bytes, &mut told);
            assert!(service.bytes() <= MAX_BYTES);
        }
        (0..2).for_each(|_| caller.turn(&mut service, at(1), &mut told));
        stayed += u8::from(caller.live.progress() == Progress::Active);
    }
    let counts = service.counts();
    assert!(stayed >= 9, "{stayed} of 10 came through: {counts:?}");
    assert!(counts.evicted > 48_000, "{counts:?}");
}

#[test]
fn who_has_answered_is_kept_whatever_comes() {
    let (mut service, mut told) = (service(200_000), Told::default());
    let mut caller = True::calls(1, Mode::Main, at(0));
    (0..2).for_each(|_| caller.turn(&mut service, at(1), &mut told));
    let first = True::calls(200, Mode::Main, at(0)).out.remove(0).bytes;
    for n in 0..5000 {
        let (from, bytes) = spoofed(&first, n, 0);
        service.hear(at(1), (from, own()), &bytes, &mut told);
    }
    caller.turn(&mut service, at(2), &mut told);
    assert_eq!(caller.live.progress(), Progress::Active);
    assert!(service.counts().evicted > 4000 && service.bytes() <= 200_000, "{:?}", service.counts());
}

#[test]
fn one_caller_does_not_fill_the_memory() {
    let (mut service, mut told) = (service(MAX_BYTES), Told::default());
    let mut caller = True::calls(1, Mode::Main, at(0));
    let first = caller.out[0].clone();
    caller.turn(&mut service, at(0), &mut told);
    for n in 0..20_000_u32 {
        // Its own first message again, and others under its cookie.
        let mut bytes = first.bytes.to_vec();
        if n % 2 == 0 {
            bytes[12..16].copy_from_slice(&n.to_be_bytes());
        }
        service.hear(at(1), (first.from, first.to), &bytes, &mut told);
    }
    assert!(service.bytes() < 2 << 20, "{}", service.bytes());
    assert!(service.counts().unrecorded > 15_000, "{:?}", service.counts());
    (0..2).for_each(|_| caller.turn(&mut service, at(2), &mut told));
    assert_eq!(caller.live.progress(), Progress::Active, "and the caller itself is still served");
}

#[test]
fn what_icmp_says_ends_nothing() {
    let (mut service, mut told) = (service(MAX_BYTES), Told::default());
    let mut caller = True::calls(1, Mode::Main, at(0));
    let sent = caller.out[0].bytes.clone();
    let by = IpAddr::from([192, 0, 2, 66]);
    // What we never sent, to whom we never sent, and an empty quote: anybody can make these.
    let forged: [(SocketAddr, &[u8]); 3] =
        [(own(), &[7; 28]), ("192.0.2.1:500".parse().unwrap(), &sent), (own(), &[])];
    for (to, quoted) in forged {
        caller.live.unreached(at(1), to, quoted, Unreached::Port, by);
    }
    assert_eq!(unreached(&caller.live), 0);
    for _ in 0..10_000 {
        caller.live.unreached(at(1), own(), &sent[..28], Unreached::Port, by);
    }
    let noted = unreached(&caller.live);
    assert!(noted > 100 && noted < 5000, "noted, within bounds: {noted}");
    (0..3).for_each(|_| caller.turn(&mut service, at(2), &mut told));
    assert_eq!(caller.live.progress(), Progress::Active);
}

fn unreached(live: &Live) -> usize {
    live.trace().entries().iter().filter(|entry| matches!(entry.kind, sim::Kind::Unreached { .. })).count()
}

#[test]
fn the_same_seed_drops_the_same() {
    let run = || {
        let (mut service, mut told) = (service(100_000), Told::default());
        let first = True::calls(200, Mode::Main, at(0)).out.remove(0).bytes;
        for n in 0..2000 {
            let (from, bytes) = spoofed(&first, n, 0);
            service.hear(at(1), (from, own()), &bytes, &mut told);
        }
        wait(&mut service, at(60_000), &mut told);
        let mut numbers: Vec<u64> = told.over.iter().map(|(n, ..)| *n).collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(run(), run());
}
