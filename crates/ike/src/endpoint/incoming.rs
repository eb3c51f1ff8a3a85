//! From a datagram to a message.

use isakmp::{Header, Message};

use super::{Endpoint, uses_marker};
use crate::exchange::Path;
use crate::reason::Reason;
use crate::time::Instant;

/// A message, where it came from, and its raw ISAKMP bytes.
pub(super) struct Incoming<'a> {
    pub now: Instant,
    pub path: Path,
    pub bytes: &'a [u8],
    pub message: Message,
}

impl Endpoint {
    /// The ISAKMP message in a datagram, if this host listens at all.
    pub(super) fn parse<'a>(
        &self,
        now: Instant,
        path: Path,
        datagram: &'a [u8],
    ) -> Result<Incoming<'a>, Reason> {
        if !self.config.ike_enabled {
            return Err(Reason::IkeDisabled);
        }
        let bytes = strip_marker(path, datagram)?;
        let version = Header::decode(bytes).map_err(Reason::Malformed)?.version;
        // RFC 2408 5.2: another major version may have another layout, so the message is discarded unread.
        if version.major() != 1 {
            return Err(Reason::Version(version));
        }
        let message = self.decode(bytes).map_err(Reason::Malformed)?;
        Ok(Incoming { now, path, bytes, message })
    }

    /// Some vendors take the datagram's length for the header's.
    fn decode(&self, bytes: &[u8]) -> Result<Message, isakmp::Error> {
        let header = Header::decode(bytes)?;
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        if self.config.profile.header_length_must_match.value || header.length == length {
            return Message::decode(bytes);
        }
        // Mended, not skipped: what reads the message further on holds every length against the bytes that came.
        let header = Header { length, ..header }.encode();
        let body = bytes.get(Header::LEN..).unwrap_or_default();
        Message::decode(&[&header, body].concat())
    }
}

/// On port 4500 an IKE message stands behind four zero bytes; what has none is ESP or a keepalive.
pub(super) fn strip_marker(path: Path, datagram: &[u8]) -> Result<&[u8], Reason> {
    if !uses_marker(path.local) {
        return Ok(datagram);
    }
    // RFC 3948 2.2: what has no marker is ESP (2.1) or a keepalive (2.3), and none of IKE's business.
    datagram.strip_prefix(&[0; 4]).ok_or(Reason::NoMarker)
}
