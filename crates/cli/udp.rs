//! The socket loop: a loop around the engine and the clock, nothing else.

mod icmp;
mod queue;

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant as Clock};

use capture::Unreached;
use ike::Instant;
use sim::Datagram;

use crate::out::say;
use queue::{Queue, Wake};

/// How long a side that is done still answers duplicates: its last message may have been lost.
pub const LINGER: Duration = Duration::from_secs(1);
/// The longest UDP payload.
const MAX_DATAGRAM: usize = 65_535;

/// Who talks through the sockets. Times count from the start of the loop.
pub trait Talk {
    /// What to send first.
    fn begin(&mut self) -> Vec<Datagram> {
        Vec::new()
    }
    /// A datagram came; what to send.
    fn hear(&mut self, now: Instant, from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> Vec<Datagram>;
    /// ICMP says that a datagram did not get there.
    fn refused(&mut self, now: Instant, refusal: Refusal);
    /// The moment that `next_timeout` named may have come; what to send.
    fn tick(&mut self, now: Instant) -> Vec<Datagram>;
    /// When it next wants a tick, or is over.
    fn next_timeout(&self) -> Option<Instant>;
    /// Whether the loop ends.
    fn is_over(&self, now: Instant) -> bool;
}

/// What the kernel does with ICMP errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// They are nobody's business.
    Ignored,
    /// They are told, where the system can.
    Told,
}

/// An ICMP "destination unreachable" about a datagram of ours.
#[derive(Debug)]
pub struct Refusal {
    /// Where that was sent.
    pub to: SocketAddr,
    /// Its beginning, as far as it is quoted.
    pub quoted: Vec<u8>,
    /// What cannot be reached.
    pub what: Unreached,
    /// Who says so.
    pub by: IpAddr,
}

/// Own sockets: the IKE port, and 4500 where the first is 500.
pub struct Sockets {
    sockets: Vec<(SocketAddr, UdpSocket)>,
    queue: Arc<Queue>,
    wakes: queue::Wakes,
}

impl Sockets {
    /// Binds and listens.
    ///
    /// # Errors
    /// The address that cannot be bound, and why.
    pub fn bind(local: SocketAddr, errors: Errors) -> Result<Sockets, (SocketAddr, io::Error)> {
        let (queue, wakes) = queue::queue();
        let mut bound = Sockets { sockets: Vec::new(), queue, wakes };
        bound.open(local, errors)?;
        // Behind a NAT the initiator moves to 4500, and would find nobody there.
        if local.port() == 500 {
            bound.open(SocketAddr::new(local.ip(), 4500), errors)?;
        }
        Ok(bound)
    }

    fn open(&mut self, address: SocketAddr, errors: Errors) -> Result<(), (SocketAddr, io::Error)> {
        let open = || -> io::Result<(SocketAddr, UdpSocket, UdpSocket)> {
            let socket = UdpSocket::bind(address)?;
            icmp::prepare(&socket, errors == Errors::Told)?;
            Ok((socket.local_addr()?, socket.try_clone()?, socket))
        };
        let (own, reader, socket) = open().map_err(|error| (address, error))?;
        let queue = self.queue.clone();
        // One for each: a receive that blocks knows of no second socket and of no timer.
        thread::spawn(move || listen(&reader, own, &queue));
        self.sockets.push((own, socket));
        Ok(())
    }

    /// The first socket's address, its port filled in.
    pub fn local(&self) -> Option<SocketAddr> {
        self.sockets.first().map(|(own, _)| *own)
    }

    /// Datagrams that came faster than they could be heard, as far as this process knows.
    pub fn overrun(&self) -> u64 {
        self.queue.dropped()
    }

    /// A handle that ends the loop from another thread.
    pub fn stopper(&self) -> impl Fn() + Send + 'static {
        let queue = self.queue.clone();
        move || queue.stop()
    }

    fn send(&self, datagram: &Datagram) -> io::Result<()> {
        let socket = self.sockets.iter().find(|(own, _)| *own == datagram.from);
        let (_, socket) =
            socket.ok_or_else(|| io::Error::other(format!("no socket on {}", datagram.from)))?;
        let send = || socket.send_to(&datagram.bytes, datagram.to).map(|_| ());
        // What ICMP said of an earlier datagram may be told here instead: it is not about this one.
        send().or_else(|_| send())
    }

    fn send_all(&self, datagrams: &[Datagram]) {
        for datagram in datagrams {
            // To the engine the message is lost, and its timer sends it again.
            if let Err(error) = self.send(datagram) {
                say(&format!("cannot send to {}: {error}", datagram.to));
            }
        }
    }

    /// Runs until it is over, time is up, or somebody stops it; how long that took.
    pub fn run(&self, talk: &mut dyn Talk, timeout: Option<Duration>) -> Instant {
        // Monotonic: a clock that is set meanwhile must not fire timers.
        let begun = Clock::now();
        let now = || since(begun.elapsed());
        let end = timeout.map(|timeout| Instant::ZERO + timeout);
        self.send_all(&talk.begin());
        loop {
            // One timer for each datagram: neither a flood nor what it leaves behind keeps the other waiting.
            let at = now();
            if talk.next_timeout().is_some_and(|due| due <= at) {
                self.send_all(&talk.tick(at));
            }
            if self.queue.is_stopped() || talk.is_over(at) || end.is_some_and(|end| end <= at) {
                return at;
            }
            let wait = [end, talk.next_timeout()].into_iter().flatten().min().map(|due| due.since(now()));
            match self.wakes.next(wait) {
                Some(Wake::Datagram { from, to, bytes }) => {
                    self.send_all(&talk.hear(now(), from, to, &bytes));
                }
                Some(Wake::Refused(refusal)) => talk.refused(now(), refusal),
                Some(Wake::Stop) | None => {}
            }
        }
    }
}

fn since(elapsed: Duration) -> Instant {
    Instant::from_micros(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX))
}

fn listen(socket: &UdpSocket, to: SocketAddr, queue: &Queue) {
    // A shorter one would cut a datagram without a word.
    let mut buffer = vec![0; MAX_DATAGRAM];
    loop {
        match socket.recv_from(&mut buffer) {
            Ok((length, from)) => {
                let bytes = buffer.get(..length).unwrap_or_default().into();
                if !queue.push(Wake::Datagram { from, to, bytes }) {
                    return;
                }
            }
            // An ICMP error comes as an error of the next receive, which says not whose it is.
            Err(_) => icmp::refusals(socket).into_iter().for_each(|refusal| {
                queue.push(Wake::Refused(refusal));
            }),
        }
    }
}
