//! NAT detection (RFC 3947 section 3.2): each side hashes the two addresses as it sees them.

use isakmp::{Payload, PayloadType};

use super::{Ctx, Path};
use crate::crypto::HashAlg;
use crate::event::Event;
use crate::nat_d::nat_d;
use crate::profile::NAT_T_RFC3947;

impl Ctx<'_> {
    /// Both sides want NAT traversal, as far as the peer's vendor ids say.
    pub(super) fn uses_nat_t(&self, payloads: &[Payload]) -> bool {
        // RFC 3947 3.1: it is used only where both sides announced it.
        let announced =
            |payload: &Payload| payload.kind == PayloadType::VID && payload.body == NAT_T_RFC3947.bytes;
        self.config.nat_traversal && payloads.iter().any(announced)
    }

    /// The two NAT-D payloads: the peer's end first, then our own.
    pub(super) fn nat_d_payloads(&self, hash: HashAlg, path: Path) -> Vec<Payload> {
        // RFC 3947 3.2: the receiver's end first, then the sender's own.
        let ends = [path.remote, path.local];
        let hashed = ends.map(|end| nat_d(hash, self.cookies, end.ip(), end.port()));
        hashed.into_iter().map(|hash| Payload::new(PayloadType::NAT_D, hash)).collect()
    }

    /// Compares the peer's NAT-D payloads with the addresses of the datagram. True: one end is behind NAT.
    /// Without any payload there is nothing to compare, and nothing is said.
    pub(super) fn check_nat(&mut self, hash: HashAlg, payloads: &[Payload]) -> bool {
        let mut sent =
            payloads.iter().filter(|payload| payload.kind == PayloadType::NAT_D).map(|payload| &payload.body);
        // Without any hash nothing is known of a NAT, so nothing moves.
        let Some(ours) = sent.next() else {
            return false;
        };
        let expected = |end: std::net::SocketAddr| nat_d(hash, self.cookies, end.ip(), end.port());
        let local = *ours != expected(self.path.local);
        let theirs = expected(self.path.remote);
        // Any of the rest: a host with several addresses sends a hash for each.
        let remote = !sent.any(|hash| *hash == theirs);
        self.say(|sa| Event::NatChecked { sa, local, remote });
        local || remote
    }
}
