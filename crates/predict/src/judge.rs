//! One direction: the scenario that two configurations are, run.

mod barred;
mod depends;
mod forecast;
mod mends;
mod ran;

use config::{Place, Subject};
use diagnose::{Evidence, Finding, diagnose};
use ike::{Powers, Role};
use scenario::{ErrorKind, Scenario};
use sim::{Cause, Outcome, Passage, Trace};

use crate::compose::{Phases, ShownKeys, as_scenario};
use crate::fix::{Fix, fixes};
use crate::lines::{Blamed, lines_to_blame};
use crate::pair::{Bar, Session, SessionEnd, Spoken};
use crate::phase2::{LineNote, misnames, notes};
use barred::barred;
pub use depends::{Depends, Unknown};
use depends::{depends, masked};
pub use forecast::Forecast;
use mends::{hangs_on_addresses, made_up, mends, no_address};
pub use ran::Ran;

/// Somebody calls somebody.
pub struct Judged<'d> {
    /// Who calls whom, by which connections.
    pub session: Session<'d>,
    /// Whether it comes up.
    pub forecast: Forecast,
    /// How it ended; `None`: it was not run.
    pub ran: Option<Ran>,
    /// Why not.
    pub not_run: Option<NotRun>,
    /// Where the keys are not known: with keys that differ.
    pub otherwise: Option<Ran>,
    /// The whole run, where it stalls: of a network of hundreds most come up.
    pub run: Option<Run>,
    /// What the verdict hangs on, a line each.
    pub depends: Vec<Depends>,
    /// What does not fit, where it stalls.
    pub blamed: Vec<Blamed>,
    /// Ways to mend it, the better one first; none: no change of these files is known to.
    pub fixes: Vec<Fix>,
    /// What is worth saying, and changes nothing.
    pub notes: Vec<LineNote>,
}

/// A direction that was run, with what was concluded from it.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was run.
    pub scenario: Scenario,
    /// What happened.
    pub trace: Trace,
    /// Where it left the peers.
    pub outcome: Outcome,
    /// Why.
    pub diagnosis: Vec<Finding>,
}

impl Run {
    pub(crate) fn of(scenario: Scenario, powers: &Powers) -> Run {
        let (trace, outcome) = sim::run(&scenario.setup, powers);
        // Where a run that was cut off would have led is not known, and so is no cause.
        let diagnosis = match outcome.cut_off {
            true => Vec::new(),
            false => diagnose(&scenario.setup, &trace, &outcome, None),
        };
        Run { scenario, trace, outcome, diagnosis }
    }
}

/// Why a direction is not run.
#[derive(Clone, Debug)]
pub enum NotRun {
    /// Both would authenticate with signatures.
    Signatures,
    /// A value that the simulator does not take: what it says of it, and the line.
    Unfit(String, Option<Place>),
    /// Both sides do it with IKEv2.
    Ike2,
}

impl NotRun {
    /// The line that it is about.
    pub fn place(&self) -> Option<&Place> {
        match self {
            NotRun::Signatures | NotRun::Ike2 => None,
            NotRun::Unfit(_, at) => at.as_ref(),
        }
    }
}

impl Judged<'_> {
    /// Both phases were judged.
    pub fn is_both(&self) -> bool {
        self.ran.as_ref().is_some_and(|ran| ran.passage.is_some())
    }

    /// What keeps it from coming up.
    pub fn cause(&self) -> Option<Cause> {
        self.ran.as_ref()?.cause
    }
}

/// Runs a direction, with masked keys taken to be equal, and once more with keys that differ where it hangs on them.
pub fn judge<'d>(session: Session<'d>, phases: Phases, powers: &Powers) -> Judged<'d> {
    let mut depends = depends(&session);
    let notes = notes(&session);
    let entries = session.phase2().filter(|_| phases == Phases::Both);
    let phases = if entries.is_some() { Phases::Both } else { Phases::One };
    // Where phase 2 is judged the engine itself finds that an entry cannot begin.
    let barred_by = session
        .barred()
        .filter(|bar| phases == Phases::One || !matches!(bar, Bar::Incomplete | Bar::CallerUnbound));
    if let Some(bar) = barred_by {
        return barred(session, phases, bar, notes, depends);
    }
    if session.spoken() == Spoken::Two {
        return not_run(session, NotRun::Ike2, depends, notes);
    }
    let mut doubts = if phases == Phases::Both { session.doubts() } else { Vec::new() };
    let mut run = match run_as_far(&session, phases, &mut doubts, powers) {
        Ok(run) => run,
        Err(why) => return not_run(session, why, depends, notes),
    };
    let mut ran = Ran::of(&run);
    let cause = ran.cause.map(|cause| subject(cause, &session));
    // A line that could not be read may be the very one that would mend it, and so may an address that no line has.
    let unread = [&session.initiator, &session.responder]
        .into_iter()
        .flat_map(|end| &end.device.problems)
        .any(|problem| mends(problem.about, cause, &session));
    let nowhere = cause.is_some_and(|cause| hangs_on_addresses(cause, &session)) && made_up(&session);
    if nowhere {
        depends.push(no_address(&session));
    }
    let known = depends.is_empty();
    // Of phase 2: what matters to everything, or to the very cause.
    let open = doubts.into_iter().filter(|(about, _)| about.is_none() || !ran.works() && *about == cause);
    let open: Vec<Depends> = open.filter(|_| ran.up).map(|(_, depends)| depends).collect();
    let certain = known && open.is_empty();
    depends.extend(open);
    let forecast = forecast(&ran, phases, !unread && !nowhere, certain);
    let keys = ran.up && Role::BOTH.into_iter().any(|role| masked(&session, role).is_some());
    let otherwise =
        if keys { ran_with(&session, ShownKeys::RealElseDifferent, phases, powers).ok() } else { None };
    let otherwise = otherwise.as_ref().map(Ran::of);
    let (blamed, fixes) = blamed(cause, &ran, &session);
    if ran.cause == Some(Cause::CryptoMapIncomplete) && ran.up && misnames(&session) {
        wrong_peer(&mut ran, &mut run, &session);
    }
    let run = Some(run).filter(|_| forecast.is_bad());
    Judged { session, forecast, ran: Some(ran), not_run: None, otherwise, run, depends, blamed, fixes, notes }
}

/// The engine knows one side's entry at a time: that it lacks a peer. Both files show that it names the wrong one.
fn wrong_peer(ran: &mut Ran, run: &mut Run, session: &Session<'_>) {
    ran.cause = Some(Cause::WrongPeerAddress);
    if let Some(first) = run.diagnosis.first_mut() {
        first.cause = Cause::WrongPeerAddress;
        first.evidence = vec![Evidence::EntryForAnother {
            device: session.responder.device.name().as_str().into(),
            address: session.responder.peer,
        }];
    }
}

/// Both phases; phase 1 alone where a value of phase 2 cannot be a scenario's, which is a doubt.
fn run_as_far(
    session: &Session<'_>,
    phases: Phases,
    doubts: &mut Vec<(Option<Subject>, Depends)>,
    powers: &Powers,
) -> Result<Run, NotRun> {
    match ran_with(session, ShownKeys::Real, phases, powers) {
        Err(NotRun::Unfit(text, at)) if phases == Phases::Both => {
            let run = ran_with(session, ShownKeys::Real, Phases::One, powers)?;
            let at = at.unwrap_or_else(|| session.connection.at.clone());
            doubts.push((None, Depends { on: Unknown::Unfit(text), at: Some(at) }));
            Ok(run)
        }
        ran => ran,
    }
}

/// `fails`: what fails in phase 1 does so for certain; `certain`: so is what comes behind it.
fn forecast(ran: &Ran, phases: Phases, fails: bool, certain: bool) -> Forecast {
    match (ran.up, phases) {
        (false, _) if !fails => Forecast::Unverifiable,
        (false, Phases::Both) if ran.passage == Some(Passage::NeverStarted) => Forecast::NeverStarted,
        (false, Phases::Both) => Forecast::Phase1Stalls,
        (false, Phases::One) => Forecast::Stalls,
        (true, _) if !certain => Forecast::Unverifiable,
        (true, Phases::One) => Forecast::Up,
        (true, Phases::Both) if ran.works() => Forecast::Passes,
        (true, Phases::Both) => Forecast::Refused,
    }
}

/// The lines to blame, and what mends them.
fn blamed(subject: Option<Subject>, ran: &Ran, session: &Session<'_>) -> (Vec<Blamed>, Vec<Fix>) {
    if ran.cause == Some(Cause::MapUnbound) {
        return (session.bars(Bar::CallerUnbound), Vec::new());
    }
    match subject {
        Some(subject) => (lines_to_blame(subject, session), fixes(subject, session)),
        None => (Vec::new(), Vec::new()),
    }
}

fn not_run<'d>(
    session: Session<'d>,
    why: NotRun,
    mut depends: Vec<Depends>,
    notes: Vec<LineNote>,
) -> Judged<'d> {
    if let NotRun::Unfit(text, at) = &why {
        depends.push(Depends { on: Unknown::Unfit(text.clone()), at: at.clone() });
    }
    let (blamed, fixes, not_run) = (Vec::new(), Vec::new(), Some(why));
    let forecast = Forecast::Unverifiable;
    let (ran, otherwise, run) = (None, None, None);
    Judged { session, forecast, ran, not_run, otherwise, run, depends, blamed, fixes, notes }
}

/// The direction, run. An error is about the user's file, not about the scenario that was made of it.
fn ran_with(session: &Session<'_>, keys: ShownKeys, phases: Phases, powers: &Powers) -> Result<Run, NotRun> {
    let written = as_scenario(session, keys, phases);
    let scenario = Scenario::parse(&session.name(), &written.text).map_err(|error| match error.kind() {
        ErrorKind::Signatures => NotRun::Signatures,
        ErrorKind::Invalid | ErrorKind::OutOfRange => {
            let place = error.place().and_then(|(line, _)| written.place(line));
            let at = place.unwrap_or(&session.connection.at);
            NotRun::Unfit(error.message().to_owned(), Some(at.clone()))
        }
    })?;
    Ok(Run::of(scenario, powers))
}

/// Which lines a cause is about.
fn subject(cause: Cause, session: &Session<'_>) -> Subject {
    let down = |end: &SessionEnd<'_>| end.device.interface(end.address).is_some_and(|i| i.shutdown.is_some());
    match cause {
        Cause::PolicyMismatch => Subject::Policy,
        Cause::TransformMismatch => Subject::Transforms,
        Cause::PfsMismatch => Subject::Secrecy,
        Cause::ProxyMismatch => Subject::Traffic,
        Cause::CryptoMapIncomplete => Subject::Entry,
        Cause::PskMismatch | Cause::MissingTunnelGroup | Cause::MissingPsk => Subject::Key,
        Cause::IkeDisabled => Subject::Enabled,
        Cause::AggressiveModeDisabled => Subject::Aggressive,
        Cause::IdentityMismatch => Subject::Identity,
        Cause::Port500Blocked | Cause::Port4500Blocked => Subject::Filter,
        // On the wire a shut interface looks like any of these; its line says more.
        _ if down(&session.initiator) || down(&session.responder) => Subject::Down,
        Cause::WrongPeerAddress
        | Cause::NoRoute
        | Cause::PeerDown
        | Cause::PortClosed
        | Cause::MessageLost
        | Cause::MessageLate
        | Cause::MessageCorrupted
        | Cause::IkeVersion
        | Cause::XauthMissing
        | Cause::MapUnbound
        | Cause::Deleted
        | Cause::PeerMisbehaved => Subject::Peer,
    }
}
