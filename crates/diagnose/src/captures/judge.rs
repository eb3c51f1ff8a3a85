//! Where a captured negotiation left each side, and why.

use std::net::IpAddr;
use std::sync::Arc;

use ike::{Commands, Mode, Profile, Sides};
use sim::{Cause, Setup};

use super::abduce::Cache;
use super::fits::{Fits, Ground};
use super::frame::What;
use super::grounds::{Statements, grounds};
use super::negotiation::Negotiation;
use super::note::Note;
use super::one_way::{is_anybodys, refuses_unseen};
use super::opened::opened;
use super::phase2::{self, Deletion, Phase2};
use super::picture::facts;
use super::proof::{GivenKeys, Proof, proofs};
use super::rebuild::{Circumstances, confirms, shown, translated};
use super::refusal::{Told, told};
use super::said;
use super::states::{left, verdict};
use super::vendor::vendor;
use super::verdict::{CaptureVerdict, Judgement, Left, Sure};
use super::{evidence, notes, version_2};
use crate::finding::{Finding, ranked};
use crate::remedy::{Remedy, remedy};

/// Judges one negotiation.
pub fn judge<'c>(
    negotiation: Negotiation<'c>,
    keys: &GivenKeys,
    children: Phase2,
    at: Option<IpAddr>,
    cache: &mut Cache,
) -> Judgement<'c> {
    if let Some(notify) = negotiation.refused_version_2 {
        return version_2::judge(negotiation, notify);
    }
    let nat = translated(&negotiation);
    let vendors = Sides::from_fn(|role| vendor(&negotiation, role));
    let picture = facts(&negotiation);
    let proofs = proofs(&negotiation, keys);
    let opened = opened(&negotiation, keys);
    let profiles = vendors.as_ref().map(|vendor| vendor.as_ref().and_then(|v| v.profile));
    let unseen = refuses_unseen(&negotiation).then_some(Mode::Main);
    let has_phase_1 = unseen.is_some() || shows_phase_1(&negotiation);
    let mode = negotiation.mode.or(unseen).filter(|_| has_phase_1);
    let circumstances = mode.map(|mode| circumstances(&negotiation, mode, &profiles, nat));
    let fits = match &circumstances {
        Some(circumstances) => cache.fits(&negotiation, &picture, &vendors, circumstances, at),
        None => Arc::default(),
    };
    let (verdict, told) = decided(&negotiation, has_phase_1, &fits);
    let mut sides =
        Sides::from_fn(|role| left(&negotiation, role, vendors[role].clone(), verdict, &fits, told.as_ref()));
    let verdict = ended(verdict, children.ended.as_ref(), &mut sides);
    let seen = evidence::seen(&negotiation);
    let mut notes = notes::notes(&negotiation, verdict, circumstances.as_ref(), &vendors);
    notes.extend(proofs.iter().cloned().map(Note::Key));
    notes.extend(opened.iter().cloned().map(Note::Opened));
    let failed = verdict.is_failure();
    let stops =
        verdict == CaptureVerdict::Undecided && negotiation.stops_at_am2() && !is_anybodys(&negotiation);
    let mut causes = match circumstances.filter(|_| failed || stops) {
        Some(circumstances) => {
            let shown = shown(cache.healthy(&circumstances), &negotiation, &profiles);
            let said = said::first(&negotiation, &vendors, &opened);
            let known = Statements {
                told: told.as_ref(),
                said: &said,
                beside: said::beside(&negotiation, &vendors),
                proofs: &proofs,
                ..Statements::of(&negotiation)
            };
            let mut grounds = grounds(&fits, &known);
            grounds.retain(|ground| !stops || UNACCEPTED.contains(&ground.cause));
            causes(&negotiation, &circumstances, &grounds, &proofs, &shown)
        }
        None => Vec::new(),
    };
    if causes.is_empty() {
        causes = phase2::suspects(&negotiation, &children);
    }
    Judgement {
        negotiation,
        alike: Vec::new(),
        verdict,
        sides,
        nat,
        seen,
        causes,
        notes,
        proofs,
        phase2: children,
    }
}

/// How it ended, and the ICMP errors that explain it.
fn decided(negotiation: &Negotiation<'_>, has_phase_1: bool, fits: &Fits) -> (CaptureVerdict, Option<Told>) {
    let verdict = verdict(negotiation, has_phase_1, fits);
    // An error about a message of an exchange that came up all the same explains nothing.
    let told = told(negotiation)
        .filter(|_| !matches!(verdict, CaptureVerdict::Established | CaptureVerdict::NotCaptured));
    // ICMP decides what silence alone would leave open.
    match (verdict, told) {
        (CaptureVerdict::Undecided, Some(told)) => (CaptureVerdict::Stalled, Some(told)),
        (verdict, told) => (verdict, told),
    }
}

fn shows_phase_1(negotiation: &Negotiation<'_>) -> bool {
    negotiation.emissions.iter().any(|one| matches!(one.what, What::Phase1(_)))
}

/// Everything that the runs to compare with depend on.
fn circumstances(
    negotiation: &Negotiation<'_>,
    mode: Mode,
    profiles: &Sides<Option<&'static Profile>>,
    nat: Sides<bool>,
) -> Circumstances {
    // A vendor that is not known has to be somebody here; the runs are tried with all the others as well. A router's peer
    // is another one first [I]; a daemon calls anybody.
    let router = profiles.into_iter().flatten().find(|profile| profile.commands == Commands::Ios);
    let profiles = profiles.map(|profile| profile.or(router).unwrap_or(vendor::profile::ASA));
    Circumstances { mode, profiles, nat, confirm: confirms(negotiation) }
}

/// What a Delete of the SA that both had makes of it.
fn ended(verdict: CaptureVerdict, deletion: Option<&Deletion>, sides: &mut Sides<Left>) -> CaptureVerdict {
    let Some(Deletion { by, arrived, .. }) = deletion.filter(|_| verdict == CaptureVerdict::Established)
    else {
        return verdict;
    };
    (sides[*by].state, sides[*by].sure) = (Some(None), Sure::Seen);
    if !arrived {
        return CaptureVerdict::HalfOpen;
    }
    (sides[by.other()].state, sides[by.other()].sure) = (Some(None), Sure::Inferred);
    CaptureVerdict::TornDown
}

/// Why an initiator says nothing more when it has AM2.
const UNACCEPTED: [Cause; 2] = [Cause::PskMismatch, Cause::IdentityMismatch];

/// The causes with what speaks for and against them.
fn causes(
    negotiation: &Negotiation<'_>,
    circumstances: &Circumstances,
    grounds: &[Ground],
    proofs: &[Proof],
    shown: &Setup,
) -> Vec<Finding> {
    ranked(grounds.iter().map(|ground| {
        let supports = evidence::supports(negotiation, circumstances, ground, proofs);
        let remedy = if ground.cause == Cause::WrongPeerAddress {
            // The right one is in no frame: the called address would be told to call.
            Remedy::CompareCalled(negotiation.ends.1.ip())
        } else {
            remedy(shown, ground.cause, ground.at)
        };
        Finding {
            against: evidence::against(negotiation, ground, proofs),
            decides: Some(evidence::decides(ground, negotiation)),
            inferred: true,
            ..Finding::new(ground.cause, supports, Some(remedy))
        }
    }))
}
