//! What given cipher keys open: the encrypted Informational exchanges beside phase 1.

use ike::{NotifyType, Observer, Role};
use isakmp::{Notification, Payload, PayloadType};

use super::frame::{Frame, What};
use super::negotiation::Negotiation;
use super::proof::GivenKeys;

/// An encrypted Informational that a key opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Who sent it.
    pub sender: Role,
    /// Its frame.
    pub frame: Frame,
    /// The notifies in it.
    pub notifies: Vec<NotifyType>,
    /// It deletes an SA.
    pub deletes: bool,
}

/// Opens what can be opened, in the order of time; a resend is opened once.
pub(super) fn opened(negotiation: &Negotiation<'_>, keys: &GivenKeys) -> Vec<Opened> {
    if !keys.cipher.contains_key(&negotiation.cookies.initiator) {
        return Vec::new();
    }
    let mut observer = Observer::new(keys.cipher.clone(), None);
    let mut all = Vec::new();
    for one in &negotiation.emissions {
        let Some(sight) = one.sight() else { continue };
        let Ok(observed) = observer.observe(sight.bytes) else { continue };
        if one.what == What::Sealed && one.repeats.is_none() && observed.plaintext.is_some() {
            all.push(read(one.sender, one.frame(), &observed.payloads));
        }
    }
    all
}

fn read(sender: Role, frame: Frame, payloads: &[Payload]) -> Opened {
    let notifies = payloads.iter().filter(|payload| payload.kind == PayloadType::N);
    let notifies = notifies.filter_map(|payload| Notification::decode(&payload.body).ok());
    Opened {
        sender,
        frame,
        notifies: notifies.map(|notification| notification.notify_type).collect(),
        deletes: payloads.iter().any(|payload| payload.kind == PayloadType::D),
    }
}
