//! A captured negotiation as the rows of a ladder.

use diagnose::captures::{Emission, Judgement, Refusal, What};
use ike::{Instant, MessageName, Sides, State};

use crate::evidence::name;
use crate::reasons;
use crate::row::{self, Arrow, Row};

pub(crate) fn columns(judgement: &Judgement<'_>) -> Sides<String> {
    let ends = judgement.negotiation.ends;
    let ends = Sides::new(ends.0, ends.1);
    Sides::from_fn(|role| {
        let profile = judgement.sides[role].vendor.as_ref().and_then(|vendor| vendor.profile);
        let vendor = profile.map_or(String::new(), |profile| format!(" ({profile})"));
        format!("{role} {}{vendor}", ends[role].ip())
    })
}

/// The ladder; time counts from the negotiation's first message.
pub(crate) fn rows(judgement: &Judgement<'_>) -> Vec<Row> {
    let negotiation = &judgement.negotiation;
    let began = negotiation.emissions.first().map_or(std::time::Duration::ZERO, Emission::at);
    let mut resends = std::collections::BTreeMap::new();
    let refusals = negotiation.refusals.iter();
    let refused: std::collections::BTreeMap<usize, &Refusal> =
        refusals.filter_map(|refusal| Some((refusal.message?, refusal))).collect();
    let mut rows = Vec::new();
    for (position, one) in negotiation.emissions.iter().enumerate().take(MAX_ROWS) {
        let Some(sight) = one.sight() else { continue };
        let micros = u64::try_from(one.at().saturating_sub(began).as_micros()).unwrap_or(u64::MAX);
        let floated = [sight.ends.0, sight.ends.1].iter().any(|end| end.port() == 4500);
        let text = match one.repeats {
            Some(first) => {
                let n = resends.entry(first).or_insert(0);
                *n += 1;
                format!("resend {n}")
            }
            None => row::contents(sight.bytes, floated),
        };
        let text = format!("#{}  {text}", one.frame());
        // A single place sees a message go by, and never whether it arrives.
        let lost = match (negotiation.places.len() > 1, &one.near, &one.far) {
            (true, Some(_), None) => Some("never arrives".to_owned()),
            (true, Some(_), Some(_)) if one.altered => Some("arrives altered".to_owned()),
            _ => None,
        };
        let refusal =
            refused.get(&position).map(|refusal| format!("ICMP: {}", reasons::unreached(refusal.what)));
        // ICMP knows the reason, so it goes first.
        let lost = refusal.or(lost);
        let name = name(one.what);
        let enters = (one.repeats.is_none()).then(|| entered(one)).flatten();
        let (resend, carries) = (one.repeats.is_some(), row::carries(sight.bytes));
        let arrow = Arrow { from: one.sender, name, text, enters, lost, resend, carries };
        // Clocks of captures are good for milliseconds.
        rows.push(Row { at: Instant::from_micros(micros / 1000 * 1000), what: row::What::Arrow(arrow) });
    }
    rows
}

/// The rows without the notifies that say the same for the third time: they are made anew each time, so no resends.
pub(super) fn quiet(judgement: &Judgement<'_>) -> Vec<Row> {
    let mut told = std::collections::BTreeMap::new();
    let emissions = judgement.negotiation.emissions.iter();
    let rows = emissions.zip(rows(judgement)).filter(|(one, _)| {
        let count = told.entry((one.sender, one.what)).or_insert(0_usize);
        *count += 1;
        *count <= 2 || matches!(one.what, What::Phase1(_))
    });
    rows.map(|(_, row)| row).collect()
}

/// Messages that a ladder shows.
const MAX_ROWS: usize = 400;

/// The state that a side enters with this message.
fn entered(one: &Emission<'_>) -> Option<State> {
    let What::Phase1(name) = one.what else {
        return None;
    };
    match name {
        // Its sender waits for nothing more: the responder is up before the initiator.
        MessageName::MSG6 => Some(State::MmActive),
        MessageName::AM3 => Some(State::AmActive),
        _ => State::waiting_for(name.next()?),
    }
}
