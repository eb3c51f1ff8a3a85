//! What stands at an arrow: the message's name and what it carries.

use ike::{Certainty, Label};
use isakmp::{Body, ExchangeType, Message, PayloadType};

/// What marks the fourth Aggressive message and the state that waits for it.
pub(crate) const OWN_INVENTION: &str = "(ikesim; no device does this)";

/// What marks a statement that no source backs.
pub(crate) fn mark(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Sourced => "",
        Certainty::Inferred => " [I]",
    }
}

/// What a datagram is called: `MSG5`, `INVALID_COOKIE`, `Quick Mode`.
pub(crate) fn label_name(label: &Label) -> String {
    match label {
        Label::Message { name, .. } => name.to_string(),
        Label::Notify { notify, .. } => notify.to_string(),
        Label::Delete { .. } => "Delete".into(),
        Label::Foreign { exchange: None, .. } => "no ISAKMP message".into(),
        Label::Foreign { exchange: Some(exchange), .. } => match *exchange {
            ExchangeType::QUICK => "Quick Mode".into(),
            ExchangeType::TRANSACTION => "Transaction".into(),
            ExchangeType::INFORMATIONAL => "Informational".into(),
            ExchangeType::MAIN => "Main Mode".into(),
            ExchangeType::AGGRESSIVE => "Aggressive Mode".into(),
            // A private exchange, or a damaged byte: its number is all there is.
            other => format!("exchange {other}"),
        },
    }
}

pub(super) fn clear_or_not(encrypted: bool) -> String {
    if encrypted { "encrypted" } else { "in clear" }.into()
}

/// The payloads of a message in order, equal neighbours counted; of an encrypted one its length.
pub(crate) fn contents(bytes: &[u8], floated: bool) -> String {
    let port = if floated { ", UDP 4500" } else { "" };
    match Message::decode(bytes).map(|message| message.body) {
        Ok(Body::Clear(payloads)) => {
            let kinds: Vec<PayloadType> = payloads.iter().map(|payload| payload.kind).collect();
            // Neighbours only: the order of payloads is what one compares with a device's own trace.
            let names = kinds.chunk_by(|one, next| one == next).filter_map(|same| {
                let kind = same.first()?;
                Some(if same.len() == 1 { kind.to_string() } else { format!("{} {kind}", same.len()) })
            });
            names.collect::<Vec<_>>().join(", ")
        }
        // No more than anybody on the path could see.
        Ok(Body::Encrypted(_)) => format!("encrypted, {} bytes{port}", bytes.len()),
        Err(_) => format!("{} bytes", bytes.len()),
    }
}

/// The types of a message's payloads, neighbours of one type once; `None`: encrypted.
pub(crate) fn carries(bytes: &[u8]) -> Vec<Option<PayloadType>> {
    match Message::decode(bytes).map(|message| message.body) {
        Ok(Body::Clear(payloads)) => {
            let mut kinds: Vec<_> = payloads.iter().map(|payload| Some(payload.kind)).collect();
            kinds.dedup();
            kinds
        }
        Ok(Body::Encrypted(_)) => vec![None],
        Err(_) => Vec::new(),
    }
}
