//! The IKEv1 phase 1 engine (RFC 2409): endpoints, exchanges, key schedule.
