//! ISAKMP messages (RFC 2408, RFC 2407): bytes to values and back.
