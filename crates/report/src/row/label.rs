//! What stands at an arrow: the message's name and what it carries.

use ike::{Certainty, Label};
use isakmp::{Body, ExchangeType, Message};

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
            let mut names: Vec<(String, usize)> = Vec::new();
            for payload in payloads {
                let name = payload.kind.to_string();
                match names.last_mut() {
                    // Neighbours only: the order of payloads is what one compares with a device's own trace.
                    Some((last, count)) if *last == name => *count += 1,
                    _ => names.push((name, 1)),
                }
            }
            let names: Vec<String> = names
                .into_iter()
                .map(|(name, count)| if count == 1 { name } else { format!("{count} {name}") })
                .collect();
            names.join(", ")
        }
        // No more than anybody on the path could see.
        Ok(Body::Encrypted(_)) => format!("encrypted, {} bytes{port}", bytes.len()),
        Err(_) => format!("{} bytes", bytes.len()),
    }
}
