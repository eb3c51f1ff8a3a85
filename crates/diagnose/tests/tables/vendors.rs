//! Whose device it is taken for: by all ids that a product sends, by some of them, and with others' among them.

use capture::Datagram;
use diagnose::wire::{Judge, Keys};
use isakmp::{Body, Header, Message, Payload, PayloadType};

use crate::taken::{file, sides, taken};
use crate::told;

const PROFILES: [&str; 6] = ["asa", "ios", "strongswan", "libreswan", "libreswan5", "ikesim"];

/// A message in clear with its vendor ids changed.
fn with_ids(datagram: &Datagram, change: impl FnOnce(&mut Vec<Payload>)) -> Datagram {
    let message = Message::decode(&datagram.payload).unwrap();
    let Body::Clear(payloads) = message.body else { return datagram.clone() };
    let (mut ids, mut others): (Vec<_>, Vec<_>) =
        payloads.into_iter().partition(|payload| payload.kind == PayloadType::VID);
    change(&mut ids);
    others.extend(ids);
    let Header { cookies, exchange, flags, message_id, .. } = message.header;
    let payload = Message::clear(cookies, exchange, flags, message_id, others).encode();
    Datagram { payload, ..datagram.clone() }
}
