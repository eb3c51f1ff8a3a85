//! One direction: the scenario that two configurations are, run.

mod barred;
mod depends;
mod mends;
mod ran;
mod said;

use config::{Assumed, Bar, Blamed, Doubt, End, Keys, Note, Phases, Session, Spoken, Subject};
use ike::Powers;
use report::Report;
use scenario::{ErrorKind, Scenario};
use sim::{Cause, Passage};

use barred::barred;
use depends::{depends, masked};
use mends::{hangs_on_addresses, made_up, mends, no_address};
pub use ran::Ran;
pub use said::Said;

/// Somebody calls somebody.
pub struct Judged<'d> {
    pub session: Session<'d>,
    pub said: Said,
    /// How it ended; `None`: it was not run.
    pub ran: Option<Ran>,
    /// Why not.
    pub not_run: Option<NotRun>,
    /// Where the keys are not known: with keys that differ.
    pub otherwise: Option<Ran>,
    /// The whole run, where it stalls: of a network of hundreds most come up.
    pub report: Option<Report>,
    /// What the verdict hangs on, a line each.
    pub depends: Vec<Depends>,
    /// What does not fit, where it stalls.
    pub blamed: Vec<Blamed>,
    /// What is worth saying, and changes nothing.
    pub notes: Vec<Note>,
}

/// Why a direction is not run.
pub enum NotRun {
    /// Both would authenticate with signatures.
    Signatures,
    /// A value that the simulator does not take.
    Unfit(Depends),
    /// Both sides do it with IKEv2.
    Ike2,
}

impl NotRun {
    pub fn words(&self) -> String {
        match self {
            NotRun::Signatures => "signatures on both sides, which ikesim does not run".into(),
            NotRun::Ike2 => "IKEv2 on both sides, which ikesim does not judge".into(),
            NotRun::Unfit(unfit) => format!("it cannot be run: {}", unfit.text),
        }
    }

    /// The line that it is about.
    pub fn place(&self) -> Option<&config::Place> {
        match self {
            NotRun::Signatures | NotRun::Ike2 => None,
            NotRun::Unfit(unfit) => unfit.at.as_ref(),
        }
    }
}

/// Something that the files do not say.
#[derive(Clone)]
pub struct Depends {
    pub text: String,
    pub at: Option<config::Place>,
}

impl Judged<'_> {
    /// Both phases were judged.
    pub fn is_both(&self) -> bool {
        self.ran.as_ref().is_some_and(|ran| ran.passage.is_some())
    }

    /// What phase 1 alone comes to.
    pub fn phase1(&self) -> &'static str {
        match (self.said, &self.ran) {
            (Said::Refused | Said::Passes | Said::Up, _) => "up",
            (Said::Unverifiable, _) => "unverifiable",
            _ => "stalls",
        }
    }

    pub fn cause(&self) -> Option<Cause> {
        self.ran.as_ref()?.cause
    }

    /// What a cause means, and its name.
    pub fn means(&self, cause: Cause) -> String {
        let meaning = match self.session.barred() {
            Some(Bar::NoConnection) => "the called side has no connection for this caller",
            _ => cause.meaning(),
        };
        format!("{meaning} ({cause})")
    }

    /// What mends what no message decides.
    pub fn fix(&self) -> Option<String> {
        let called = &self.session.responder;
        if self.session.barred()? == Bar::NoConnection {
            return Some(format!("Give {} a connection for {}.", called.device.name(), called.peer));
        }
        diagnose::outside_phase1(self.cause()?).map(str::to_owned)
    }

    /// `hq calls branch`
    pub fn name(&self) -> String {
        name(&self.session)
    }

    /// `stalls  MM_WAIT_MSG2 / NONE, policy-mismatch`
    pub fn verdict(&self) -> String {
        let word = self.said.word();
        if let Some(not_run) = &self.not_run {
            return format!("{word}  {}", not_run.words());
        }
        match (self.said, &self.ran, &self.otherwise) {
            (Said::Up, Some(ran), _) => format!("{word}  {}", ran.suite()),
            (Said::Passes, Some(ran), _) => {
                let [up, all] = ran.children;
                format!("{word}  {}, children: {up} of {all}", ran.suite())
            }
            (Said::Refused, Some(ran), _) => format!("{word}  {}", ran.refused()),
            (Said::NeverStarted, Some(ran), _) => {
                let cause = ran.cause.map_or(ran.states(), |cause| cause.to_string());
                format!("{word}  {cause}")
            }
            (Said::Stalls | Said::Phase1Stalls, Some(ran), _) => {
                let cause = self.cause().map_or(String::new(), |cause| format!(", {cause}"));
                format!("{word}  {}{cause}", ran.states())
            }
            (Said::Unverifiable, Some(ran), other) if ran.is_refused() => {
                let keys = if other.is_some() { "even if the keys are equal " } else { "" };
                format!("{word}  {keys}phase 2 refused by what is known: {}", ran.refused())
            }
            (Said::Unverifiable, _, Some(other)) => {
                let masked = self.session.responder.assumed == Some(Assumed::Masked);
                let address = if masked { "the addresses fit and " } else { "" };
                format!("{word}  comes up if {address}the keys are equal, else {}", other.states())
            }
            (Said::Unverifiable, Some(ran), None) if ran.up => {
                format!("{word}  comes up if what is not known fits")
            }
            (Said::Unverifiable, Some(ran), None) => {
                format!("{word}  comes up if what could not be read fits, else {}", ran.states())
            }
            (_, None, _) => word.to_owned(),
        }
    }
}

fn name(session: &Session<'_>) -> String {
    format!("{} calls {}", session.initiator.device.name(), session.responder.device.name())
}

/// Runs a direction, with masked keys taken to be equal, and once more with keys that differ where it hangs on them.
pub fn judge<'d>(session: Session<'d>, phases: Phases, powers: &Powers) -> Judged<'d> {
    let mut depends = depends(&session);
    let notes = config::notes(&session);
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
    let mut report = match run_as_far(&session, phases, &mut doubts, powers) {
        Ok(report) => report,
        Err(why) => return not_run(session, why, depends, notes),
    };
    let ran = Ran::of(&report);
    let cause = ran.cause.map(|cause| subject(cause, &session));
    // A line that could not be read may be the very one that would mend it, and so may an address that no line has.
    let unread = [&session.initiator, &session.responder]
        .into_iter()
        .flat_map(|end| &end.device.problems)
        .any(|problem| mends(problem.about, cause, &session));
    let nowhere = cause.is_some_and(hangs_on_addresses) && made_up(&session);
    if nowhere {
        depends.push(no_address(&session));
    }
    let known = depends.is_empty();
    // Of phase 2: what matters to everything, or to the very cause.
    let open =
        doubts.into_iter().filter(|doubt| doubt.about.is_none() || !ran.works() && doubt.about == cause);
    let open: Vec<Depends> =
        open.filter(|_| ran.up).map(|Doubt { text, at, .. }| Depends { text, at: Some(at) }).collect();
    let certain = known && open.is_empty();
    depends.extend(open);
    let said = said(&ran, phases, !unread && !nowhere, certain);
    let keys = ran.up && [0, 1].into_iter().any(|side| masked(&session, side).is_some());
    let otherwise = if keys { run(&session, Keys::RealElseDifferent, phases, powers).ok() } else { None };
    let otherwise = otherwise.as_ref().map(Ran::of);
    let blamed = blamed(cause, &ran, &session, &mut report);
    let report = Some(report).filter(|_| said.is_bad());
    Judged { session, said, ran: Some(ran), not_run: None, otherwise, report, depends, blamed, notes }
}

/// Both phases; phase 1 alone where a value of phase 2 cannot be a scenario's, which is a doubt.
fn run_as_far(
    session: &Session<'_>,
    phases: Phases,
    doubts: &mut Vec<Doubt>,
    powers: &Powers,
) -> Result<Report, NotRun> {
    match run(session, Keys::Real, phases, powers) {
        Err(NotRun::Unfit(unfit)) if phases == Phases::Both => {
            let report = run(session, Keys::Real, Phases::One, powers)?;
            let at = unfit.at.unwrap_or_else(|| session.connection.at.clone());
            doubts.push(Doubt { about: None, text: unfit.text, at });
            Ok(report)
        }
        ran => ran,
    }
}

/// `fails`: what fails in phase 1 does so for certain; `certain`: so is what comes behind it.
fn said(ran: &Ran, phases: Phases, fails: bool, certain: bool) -> Said {
    match (ran.up, phases) {
        (false, _) if !fails => Said::Unverifiable,
        (false, Phases::Both) if ran.passage == Some(Passage::NeverStarted) => Said::NeverStarted,
        (false, Phases::Both) => Said::Phase1Stalls,
        (false, Phases::One) => Said::Stalls,
        (true, _) if !certain => Said::Unverifiable,
        (true, Phases::One) => Said::Up,
        (true, Phases::Both) if ran.works() => Said::Passes,
        (true, Phases::Both) => Said::Refused,
    }
}

/// The lines to blame; the report's fix becomes one in the devices' own names, where the files have them.
fn blamed(subject: Option<Subject>, ran: &Ran, session: &Session<'_>, report: &mut Report) -> Vec<Blamed> {
    if ran.cause == Some(Cause::MapUnbound) {
        return session.bars(Bar::CallerUnbound);
    }
    let Some(subject) = subject else { return Vec::new() };
    let own = config::mend(subject, session);
    if let Some(first) = report.diagnosis.first_mut().filter(|_| !own.is_empty()) {
        first.fix = own;
    }
    config::blame(subject, session)
}

fn not_run<'d>(session: Session<'d>, why: NotRun, mut depends: Vec<Depends>, notes: Vec<Note>) -> Judged<'d> {
    if let NotRun::Unfit(unfit) = &why {
        depends.push(unfit.clone());
    }
    let (said, blamed, not_run) = (Said::Unverifiable, Vec::new(), Some(why));
    let (ran, otherwise, report) = (None, None, None);
    Judged { session, said, ran, not_run, otherwise, report, depends, blamed, notes }
}

/// The direction, run. An error is about the user's file, not about the scenario that was made of it.
fn run(session: &Session<'_>, keys: Keys, phases: Phases, powers: &Powers) -> Result<Report, NotRun> {
    let written = config::direction(session, keys, phases);
    let scenario = Scenario::parse(&name(session), &written.text).map_err(|error| match error.kind() {
        ErrorKind::Signatures => NotRun::Signatures,
        ErrorKind::Invalid | ErrorKind::OutOfRange => {
            let place = error.place().and_then(|(line, _)| written.place(line));
            let at = place.unwrap_or(&session.connection.at);
            NotRun::Unfit(Depends { text: error.message().to_owned(), at: Some(at.clone()) })
        }
    })?;
    let ran = sim::run(&scenario.setup, powers);
    Ok(Report::new(scenario, ran, None))
}

/// Which lines a cause is about.
fn subject(cause: Cause, session: &Session<'_>) -> Subject {
    let down = |end: &End<'_>| end.device.interface(end.address).is_some_and(|i| i.shutdown.is_some());
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
