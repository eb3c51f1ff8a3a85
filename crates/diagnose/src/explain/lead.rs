//! The causes that lead somewhere, and what to do about the first.

use std::cmp::Reverse;

use ike::Role;
use sim::{Cause, Setup};
use vendor::Vendor;

use super::look::look;
use super::{Entry, Lead, Mend, Runs};
use crate::remedy;

/// One for each cause, with all of its runs.
pub(super) fn leads(found: impl Iterator<Item = (Option<Cause>, Runs)>) -> Vec<Lead> {
    let mut leads: Vec<Lead> = Vec::new();
    for (cause, runs) in found {
        let Some(cause) = cause else { continue };
        let known = leads.iter_mut().find(|lead| lead.cause == cause);
        match known.and_then(|lead| lead.runs.as_mut()) {
            Some(known) => known.count += runs.count,
            None => leads.push(Lead { cause, reports: 0, runs: Some(runs) }),
        }
    }
    leads
}

/// The causes that lead to states, likeliest first. `reports`: how many public reports name one.
pub(super) fn ranked(
    entry: &mut Entry,
    found: impl Iterator<Item = (Option<Cause>, Runs)>,
    reports: impl Fn(Cause) -> u8,
) {
    let mut leads = leads(found);
    for lead in &mut leads {
        lead.reports = reports(lead.cause);
    }
    // How many runs end so tells how many ways the catalogue has, not how often it happens.
    leads.sort_by_key(|lead| (Reverse(lead.reports), lead.cause));
    led(entry, leads, Role::Responder);
}

/// `at`: where the first cause is to be mended.
pub(super) fn led(entry: &mut Entry, leads: Vec<Lead>, at: Role) {
    entry.mend = leads.first().map(|first| mend(first.cause, &[at], leads.len() > 1));
    entry.leads = leads;
}

/// What to do, on the devices whose commands are known, about a cause that sits at one of these; `one_of`: there are other
/// causes.
pub(super) fn mend(cause: Cause, at: &[Role], one_of: bool) -> Mend {
    let known = Vendor::ALL.into_iter().map(Vendor::about).filter(|about| about.look.is_some());
    let remedies = known
        .filter_map(|about| about.profile)
        .flat_map(|profile| {
            let mut setup = Setup::default();
            // Both ends of one vendor, so that a fix for either side is in that vendor's words.
            (setup.hosts.initiator.profile, setup.hosts.responder.profile) = (profile, profile);
            at.iter().map(move |role| remedy::remedy(&setup, cause, *role)).collect::<Vec<_>>()
        })
        .collect();
    Mend { cause, one_of, look: look(cause), remedies }
}
