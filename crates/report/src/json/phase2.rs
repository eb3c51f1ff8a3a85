//! `verdict` and `phase2` of a run.

use ike::ipsec::{EspCipher, Integrity};
use ike::{Agreed, MessageName, Role, Sides};
use serde::Serialize;
use sim::{ChildOutcome, Phase2, QuickOutcome, quick_state_name};

#[derive(Serialize)]
pub(super) struct Quick {
    // Null where a live peer's own side is not known.
    initiator: Option<Side>,
    responder: Option<Side>,
    children: Vec<Child>,
}

#[derive(Serialize)]
struct Side {
    #[serde(flatten)]
    left: Left,
    sent: Vec<String>,
    received: Vec<String>,
    resends: u32,
    notifies: Vec<Notify>,
    phase1_alive: bool,
}

/// Where a side is left.
#[derive(Serialize)]
struct Left {
    state: &'static str,
    last: &'static str,
    end: String,
    at: String,
}

#[derive(Serialize)]
struct Notify {
    r#type: String,
    protected: bool,
}

#[derive(Serialize)]
struct Child {
    by: String,
    initiator: Option<End>,
    responder: Option<End>,
    protocol: Option<&'static str>,
    encryption: Option<&'static str>,
    integrity: Option<&'static str>,
    pfs: Option<u16>,
    compression: Option<String>,
    keys_match: Option<bool>,
    // A child is there once, however often it was asked for.
    attempts: usize,
}

#[derive(Serialize)]
struct End {
    #[serde(flatten)]
    left: Left,
    local: Option<String>,
    remote: Option<String>,
    mode: Option<String>,
    // Of each end by itself: a lifetime need not be equal for a child to come up.
    lifetime: Option<u32>,
    kilobytes: Option<u32>,
}

impl Quick {
    /// `known`: the sides of which anything is known.
    pub fn of(phase_2: &Phase2, known: Sides<bool>) -> Quick {
        let side = |role: Role| {
            let one = known[role].then(|| &phase_2.first[role])?;
            let notify = |(notify, protected): &(ike::NotifyType, bool)| Notify {
                r#type: notify.to_string(),
                protected: *protected,
            };
            Some(Side {
                left: Left::of(one),
                sent: names(&one.sent),
                received: names(&one.received),
                resends: one.resends,
                notifies: phase_2.notifies[role].iter().map(notify).collect(),
                phase1_alive: phase_2.phase_1_alive[role],
            })
        };
        Quick {
            initiator: side(Role::Initiator),
            responder: side(Role::Responder),
            children: phase_2.children.iter().map(|child| Child::of(child, known)).collect(),
        }
    }
}

fn names(list: &[MessageName]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

impl Left {
    fn of(one: &QuickOutcome) -> Left {
        Left {
            state: quick_state_name(one.state),
            last: quick_state_name(one.last),
            end: one.end.to_string(),
            at: format!("{}s", one.at),
        }
    }
}

impl Child {
    fn of(child: &ChildOutcome, known: Sides<bool>) -> Child {
        let end = |role: Role| known[role].then(|| End::of(&child.sides[role]));
        // Either side's: the answer holds what was offered, unchanged.
        let agreed = child.sides.both().into_iter().find_map(|(_, side)| side.agreed);
        let set = agreed.map(|agreed| agreed.set);
        let (cipher, esp_hmac) = set.and_then(|set| set.esp).unzip();
        let ah = set.and_then(|set| set.ah);
        let protocol = set.map(|set| match (set.esp.is_some(), set.ah.is_some()) {
            (true, true) => "ah+esp",
            (true, false) => "esp",
            (false, _) => "ah",
        });
        Child {
            by: child.by.to_string(),
            initiator: end(Role::Initiator),
            responder: end(Role::Responder),
            protocol,
            encryption: cipher.map(EspCipher::name),
            integrity: esp_hmac.flatten().or(ah).map(Integrity::name),
            pfs: agreed.and_then(|agreed| agreed.pfs).map(ike::crypto::DhGroup::number),
            compression: agreed
                .and_then(|agreed| agreed.compression)
                .map(|one| one.by.to_string().to_lowercase()),
            keys_match: child.keys_match,
            attempts: child.attempts.len(),
        }
    }
}

impl End {
    fn of(one: &QuickOutcome) -> End {
        let agreed = one.agreed.as_ref();
        End {
            left: Left::of(one),
            local: one.selectors.map(|flow| flow.local.to_string()),
            remote: one.selectors.map(|flow| flow.remote.to_string()),
            mode: agreed.map(|agreed: &Agreed| agreed.mode.to_string()),
            lifetime: agreed.map(|agreed| agreed.lifetime),
            kilobytes: agreed.map(|agreed| agreed.kilobytes),
        }
    }
}
