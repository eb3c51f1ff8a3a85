//! Any bytes as a message: what decodes encodes to the same bytes, and dissection stays inside them.

#![no_main]

use isakmp::dissect::{Field, dissect, dissect_chain};
use isakmp::{Body, Delete, Message, Notification, PayloadType, SecurityAssociation};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(message) = Message::decode(bytes) {
        assert_eq!(message.encode(), bytes);
        if let Body::Clear(payloads) = &message.body {
            for payload in payloads {
                let _ = (Notification::decode(&payload.body), Delete::decode(&payload.body));
                if let Ok(sa) = SecurityAssociation::decode(&payload.body) {
                    assert_eq!(SecurityAssociation::decode(&sa.encode()), Ok(sa));
                }
            }
        }
    }
    let first = bytes.first().map_or(PayloadType::NONE, |byte| PayloadType(*byte));
    let fields = [dissect(bytes), dissect_chain(first, bytes, 0)].concat();
    for field in fields.iter().flat_map(Field::walk) {
        assert!(field.range.start <= field.range.end && field.range.end <= bytes.len());
    }
});
