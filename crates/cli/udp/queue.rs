//! From the sockets' threads to the loop: bounded, so that a flood fills no memory.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use super::Refusal;

/// What waits at most.
const MAX_WAITING: usize = 16_384;
/// Its bytes.
// Besides the number: as many of the longest datagrams would be a gigabyte.
const MAX_BYTES: usize = 16_000_000;

/// What wakes the loop.
pub enum Wake {
    Datagram { from: SocketAddr, to: SocketAddr, bytes: Box<[u8]> },
    Refused(Refusal),
    Stop,
}

/// The senders' end.
pub struct Queue {
    sender: SyncSender<Wake>,
    state: Arc<State>,
}

/// The loop's end.
pub struct Wakes {
    receiver: Receiver<Wake>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    bytes: AtomicUsize,
    dropped: AtomicU64,
    stopped: AtomicBool,
}

/// Both ends.
pub fn queue() -> (Arc<Queue>, Wakes) {
    let (sender, receiver) = sync_channel(MAX_WAITING);
    let state = Arc::new(State::default());
    (Arc::new(Queue { sender, state: state.clone() }), Wakes { receiver, state })
}

impl Queue {
    /// Hands it over; what finds no room is dropped and counted. False: nobody takes it any more.
    pub fn push(&self, wake: Wake) -> bool {
        let State { bytes, dropped, .. } = &*self.state;
        let length = wake.bytes();
        // Added before it is compared: two threads that look first could both find room.
        if bytes.fetch_add(length, Ordering::Relaxed) > MAX_BYTES {
            bytes.fetch_sub(length, Ordering::Relaxed);
            dropped.fetch_add(1, Ordering::Relaxed);
            return true;
        }
        match self.sender.try_send(wake) {
            Ok(()) => true,
            // To wait here would fill the socket's buffer instead, where nobody counts what is lost.
            Err(TrySendError::Full(_)) => {
                bytes.fetch_sub(length, Ordering::Relaxed);
                dropped.fetch_add(1, Ordering::Relaxed);
                true
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }

    /// Ends the loop.
    pub fn stop(&self) {
        self.state.stopped.store(true, Ordering::Relaxed);
        // Only to wake it; a loop with a full queue is awake.
        let _ = self.sender.try_send(Wake::Stop);
    }

    pub fn is_stopped(&self) -> bool {
        self.state.stopped.load(Ordering::Relaxed)
    }

    pub fn dropped(&self) -> u64 {
        self.state.dropped.load(Ordering::Relaxed)
    }
}

impl Wakes {
    /// The next thing that happens; `None`: nothing within `wait`.
    pub fn next(&self, wait: Option<Duration>) -> Option<Wake> {
        let wake = match wait {
            Some(wait) => self.receiver.recv_timeout(wait).ok(),
            None => self.receiver.recv().ok(),
        }?;
        self.state.bytes.fetch_sub(wake.bytes(), Ordering::Relaxed);
        Some(wake)
    }
}

impl Wake {
    fn bytes(&self) -> usize {
        match self {
            Wake::Datagram { bytes, .. } => bytes.len(),
            Wake::Refused(refusal) => refusal.quoted.len(),
            Wake::Stop => 0,
        }
    }
}
