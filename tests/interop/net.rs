//! Two hosts on one link, or with a translating relay between them.

use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A namespace; removed when dropped.
pub struct Host {
    pub name: String,
    pub address: &'static str,
}

/// Ours, theirs, and what lies between them.
pub struct Net {
    pub ours: Host,
    pub theirs: Host,
    /// Whom each side calls: the other, or the relay.
    pub called_by_us: &'static str,
    pub called_by_them: &'static str,
    relay: Option<(Host, Arc<AtomicBool>)>,
}

fn ip(args: &[&str]) {
    let output = Command::new("ip").args(args).output().unwrap();
    assert!(output.status.success(), "ip {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn host(role: &str, address: &'static str) -> Host {
    let name = format!("ik{}x{}{role}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
    ip(&["netns", "add", &name]);
    ip(&["-n", &name, "link", "set", "lo", "up"]);
    Host { name, address }
}

/// A link between two namespaces; each end gets its address.
fn link((one, one_address): (&Host, &str), (other, other_address): (&Host, &str)) {
    let n = COUNTER.fetch_add(1, Ordering::Relaxed);
    let [a, b] = ["a", "b"].map(|end| format!("v{}x{n}{end}", std::process::id() % 10_000));
    ip(&["link", "add", &a, "netns", &one.name, "type", "veth", "peer", "name", &b, "netns", &other.name]);
    for (host, end, address) in [(one, &a, one_address), (other, &b, other_address)] {
        ip(&["-n", &host.name, "addr", "add", &format!("{address}/24"), "dev", end]);
        ip(&["-n", &host.name, "link", "set", end, "up"]);
    }
}

impl Net {
    /// Both on one link.
    pub fn direct() -> Net {
        let (ours, theirs) = (host("a", "192.0.2.1"), host("b", "192.0.2.2"));
        link((&ours, "192.0.2.1"), (&theirs, "192.0.2.2"));
        Net { ours, theirs, called_by_us: "192.0.2.2", called_by_them: "192.0.2.1", relay: None }
    }

    /// A relay between them that rewrites every address, as two NATs would, and loses the datagrams whose
    /// numbers (from 0, both ways together) are named.
    pub fn relayed(lost: &'static [usize]) -> Net {
        let (ours, theirs, middle) =
            (host("a", "192.0.2.1"), host("b", "198.51.100.2"), host("r", "192.0.2.254"));
        link((&ours, "192.0.2.1"), (&middle, "192.0.2.254"));
        link((&theirs, "198.51.100.2"), (&middle, "198.51.100.254"));
        let stop = Arc::new(AtomicBool::new(false));
        relay(&middle, lost, &stop);
        let relay = Some((middle, stop));
        Net { ours, theirs, called_by_us: "192.0.2.254", called_by_them: "198.51.100.254", relay }
    }
}

impl Net {
    /// One more address of ours on the link.
    pub fn add(&self, address: &str) {
        // Its one end has no name that is kept: it is the only Ethernet there.
        let link =
            Command::new("ip").args(["-n", &self.ours.name, "-o", "link", "show", "type", "veth"]).output();
        let text = String::from_utf8_lossy(&link.unwrap().stdout).into_owned();
        let device = text.split([':', '@']).nth(1).unwrap().trim();
        ip(&["-n", &self.ours.name, "addr", "add", &format!("{address}/24"), "dev", device]);
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        if let Some((_, stop)) = &self.relay {
            stop.store(true, Ordering::Relaxed);
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "del", &self.name]).output();
    }
}

/// Passes on datagrams of ports 500 and 4500 between the two sides of the middle host.
fn relay(middle: &Host, lost: &'static [usize], stop: &Arc<AtomicBool>) {
    let (name, stop) = (middle.name.clone(), Arc::clone(stop));
    let (ready, is_ready) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let namespace = std::fs::File::open(format!("/run/netns/{name}")).unwrap();
        let network = Some(rustix::thread::LinkNameSpaceType::Network);
        rustix::thread::move_into_link_name_space(std::os::fd::AsFd::as_fd(&namespace), network).unwrap();
        let bind = |address: &str| {
            let socket = UdpSocket::bind(address).unwrap();
            socket.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
            socket
        };
        let pairs = [500, 4500].map(|port| {
            (bind(&format!("192.0.2.254:{port}")), bind(&format!("198.51.100.254:{port}")), port)
        });
        ready.send(()).unwrap();
        let mut number = 0;
        while !stop.load(Ordering::Relaxed) {
            for (left, right, port) in &pairs {
                pass(left, right, "198.51.100.2", *port, lost, &mut number);
                pass(right, left, "192.0.2.1", *port, lost, &mut number);
            }
        }
    });
    is_ready.recv().unwrap();
}

fn pass(from: &UdpSocket, to: &UdpSocket, host: &str, port: u16, lost: &[usize], number: &mut usize) {
    let mut buffer = [0; 65_535];
    if let Ok((length, _)) = from.recv_from(&mut buffer) {
        if !lost.contains(number) {
            let _ = to.send_to(&buffer[..length], SocketAddr::new(host.parse().unwrap(), port));
        }
        *number += 1;
    }
}
