//! The socket loop: a loop around the engine and the clock, nothing else.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant as Clock};

use ike::Instant;
use sim::{Datagram, Live, Progress};

/// How long a side that is done still answers duplicates: its last message may have been lost.
const LINGER: Duration = Duration::from_secs(1);
/// Entries after which a run ends: a flood must not fill the memory.
const MAX_ENTRIES: usize = 100_000;
/// The longest UDP payload.
const MAX_DATAGRAM: usize = 65_535;

/// What wakes the loop.
enum Wake {
    Datagram { from: SocketAddr, to: SocketAddr, bytes: Vec<u8> },
    Stop,
}

/// Own sockets: the IKE port, and 4500 where the first is 500.
pub struct Sockets {
    sockets: Vec<(SocketAddr, UdpSocket)>,
    wakes: Receiver<Wake>,
    sender: Sender<Wake>,
}

impl Sockets {
    /// Binds and listens.
    ///
    /// # Errors
    /// The address that cannot be bound, and why.
    pub fn bind(local: SocketAddr) -> Result<Sockets, (SocketAddr, io::Error)> {
        let (sender, wakes) = channel();
        let mut bound = Sockets { sockets: Vec::new(), wakes, sender };
        bound.open(local)?;
        if local.port() == 500 {
            bound.open(SocketAddr::new(local.ip(), 4500))?;
        }
        Ok(bound)
    }

    fn open(&mut self, address: SocketAddr) -> Result<(), (SocketAddr, io::Error)> {
        let open = || -> io::Result<(SocketAddr, UdpSocket, UdpSocket)> {
            let socket = UdpSocket::bind(address)?;
            Ok((socket.local_addr()?, socket.try_clone()?, socket))
        };
        let (own, reader, socket) = open().map_err(|error| (address, error))?;
        let sender = self.sender.clone();
        thread::spawn(move || listen(&reader, own, &sender));
        self.sockets.push((own, socket));
        Ok(())
    }

    /// The first socket's address, its port filled in.
    pub fn local(&self) -> Option<SocketAddr> {
        self.sockets.first().map(|(own, _)| *own)
    }

    /// A handle that ends the loop from another thread.
    pub fn stopper(&self) -> impl Fn() + Send + 'static {
        let sender = self.sender.clone();
        // A loop that is over needs no stopping.
        move || drop(sender.send(Wake::Stop))
    }

    fn send(&self, datagram: &Datagram) -> io::Result<()> {
        let socket = self.sockets.iter().find(|(own, _)| *own == datagram.from);
        let (_, socket) =
            socket.ok_or_else(|| io::Error::other(format!("no socket on {}", datagram.from)))?;
        socket.send_to(&datagram.bytes, datagram.to).map(|_| ())
    }

    fn send_all(&self, datagrams: &[Datagram], talk: &mut dyn FnMut(&str)) {
        for datagram in datagrams {
            if let Err(error) = self.send(datagram) {
                talk(&format!("cannot send to {}: {error}", datagram.to));
            }
        }
    }

    /// Runs until the SA is up (and a little longer), the negotiation is over, or time is up. With `call`
    /// it begins; else it waits, and the clock starts with the first datagram.
    pub fn run(
        &self,
        live: &mut Live,
        call: Option<(SocketAddr, SocketAddr)>,
        timeout: Option<Duration>,
        talk: &mut dyn FnMut(&str),
    ) -> Instant {
        let begun = Clock::now();
        let mut start = call.map(|_| begun);
        let now = |start: Option<Clock>| start.map_or(Instant::ZERO, |start| since(start.elapsed()));
        if let Some((from, to)) = call {
            self.send_all(&live.initiate(Instant::ZERO, from, to), talk);
        }
        let mut done: Option<Clock> = None;
        loop {
            if live.progress() != Progress::Open {
                done = done.or(Some(Clock::now()));
            }
            let limits = [
                done.map(|done| LINGER.saturating_sub(done.elapsed())),
                timeout.map(|timeout| timeout.saturating_sub(begun.elapsed())),
            ];
            let limit = limits.into_iter().flatten().min();
            let timer = live.next_timeout().map(|(at, _)| at.since(now(start)));
            if limit.is_some_and(|limit| limit.is_zero()) || live.entries() > MAX_ENTRIES {
                return now(start);
            }
            let wait = [limit, timer].into_iter().flatten().min();
            match self.wait(wait) {
                Ok(Wake::Datagram { from, to, bytes }) => {
                    start = start.or_else(|| Some(Clock::now()));
                    self.send_all(&live.hear(now(start), from, to, &bytes), talk);
                }
                Ok(Wake::Stop) => return now(start),
                Err(()) if timer.is_some_and(|_| due(live, now(start))) => {
                    self.send_all(&live.tick(now(start)), talk);
                }
                Err(()) => {}
            }
        }
    }

    /// The next thing that happens, or nothing within `wait`.
    fn wait(&self, wait: Option<Duration>) -> Result<Wake, ()> {
        match wait {
            Some(wait) => self.wakes.recv_timeout(wait).map_err(|error| match error {
                RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected => (),
            }),
            None => self.wakes.recv().map_err(|_| ()),
        }
    }
}

fn due(live: &Live, now: Instant) -> bool {
    live.next_timeout().is_some_and(|(at, _)| at <= now)
}

fn since(elapsed: Duration) -> Instant {
    Instant::from_micros(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX))
}

fn listen(socket: &UdpSocket, to: SocketAddr, sender: &Sender<Wake>) {
    let mut buffer = vec![0; MAX_DATAGRAM];
    loop {
        // An ICMP error (the peer's port is closed) comes as an error of the next receive: the peer's
        // silence says the same, so it is left out.
        let Ok((length, from)) = socket.recv_from(&mut buffer) else {
            continue;
        };
        let bytes = buffer.get(..length).unwrap_or_default().to_vec();
        if sender.send(Wake::Datagram { from, to, bytes }).is_err() {
            return;
        }
    }
}
