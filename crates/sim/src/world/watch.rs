//! Who is told of what happens in a world.

use ike::{Clear, Event, Instant, Role, TimerName};

use crate::fault::Blame;
use crate::trace::{Alteration, Datagram};

/// Is told everything that happens, in order, and names each thing so that later ones can point at it.
pub trait Watch {
    /// The name of something that happened.
    type Entry: Copy;

    /// Traffic asks the initiator for a tunnel.
    fn initiated(&mut self, at: Instant) -> Self::Entry;
    /// A host sends a datagram, because of this.
    fn sent(&mut self, at: Instant, datagram: &Datagram, cause: Self::Entry) -> Self::Entry;
    /// The network changes it. `cause`: its sending, or the last thing done to it.
    fn altered(&mut self, at: Instant, by: Blame, how: Alteration, cause: Self::Entry) -> Self::Entry;
    /// The network loses it.
    fn lost(&mut self, at: Instant, by: Blame, cause: Self::Entry);
    /// It is under way now, as it will arrive.
    fn launched(&mut self, datagram: &Datagram, cause: Self::Entry) -> Self::Entry;
    /// It reaches a host, as that host sees it.
    fn arrived(
        &mut self,
        at: Instant,
        receiver: Role,
        datagram: &Datagram,
        cause: Self::Entry,
    ) -> Self::Entry;
    /// A timer runs out.
    fn timer(&mut self, at: Instant, role: Role, timer: TimerName) -> Self::Entry;
    /// The operator of a host clears SAs, as this fault says; whether there were any.
    fn cleared(&mut self, at: Instant, role: Role, fault: usize, clear: Clear, acts: bool) -> Self::Entry;
    /// A host explains something, because of this.
    fn said(&mut self, at: Instant, role: Role, event: Event, cause: Self::Entry);
}
