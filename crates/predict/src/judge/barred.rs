//! Verdicts that no message decides.

use config::{Dialect, Remote, Subject};
use ike::{Role, Sides, State};
use sim::Cause;

use super::{Depends, Forecast, Judged, Ran, Unknown};
use crate::compose::Phases;
use crate::pair::{Bar, Session};
use crate::phase2::LineNote;

/// What is decided before any message is.
pub(super) fn barred<'d>(
    session: Session<'d>,
    phases: Phases,
    bar: Bar,
    notes: Vec<LineNote>,
    depends: Vec<Depends>,
) -> Judged<'d> {
    let open = |problem: &config::Problem| matches!(problem.about, None | Some(Subject::Connection));
    // A line that was not read may be the very connection that is missing.
    let r = session.responder.device;
    let named = r.connections.iter().find_map(|c| match &c.remote {
        Remote::Unknown(name) => Some((name, &c.at)),
        Remote::Address(_) | Remote::Range(..) | Remote::Anybody => None,
    });
    // Neither may a name that only the DNS knows be told not to be the caller.
    let named = named.filter(|_| bar == Bar::NoConnection);
    let elsewhere = bar == Bar::NoConnection && (named.is_some() || r.problems.iter().any(open));
    let name = named
        .map(|(name, at)| Depends { on: Unknown::Name(Role::Responder, name.clone()), at: Some(at.clone()) });
    let depends = depends.into_iter().chain(name).collect();
    let first = if session.aggressive() { State::AmWaitMsg2 } else { State::MmWaitMsg2 };
    let waits = |i, r| Sides::new(i, r);
    let (cause, states) = match bar {
        Bar::IkeVersion => (Cause::IkeVersion, waits(Some(first), None)),
        Bar::Incomplete => (Cause::CryptoMapIncomplete, waits(None, None)),
        Bar::Waiting => (Cause::CryptoMapIncomplete, waits(None, None)),
        Bar::WrongPeer => (Cause::WrongPeerAddress, waits(None, None)),
        Bar::CallerUnbound => (Cause::MapUnbound, waits(None, None)),
        Bar::Unbound => (Cause::MapUnbound, waits(Some(first), None)),
        Bar::NoConnection => (Cause::MissingTunnelGroup, waits(Some(first), None)),
        Bar::Xauth => (Cause::XauthMissing, xauth(&session)),
    };
    let forecast = match phases {
        _ if elsewhere => Forecast::Unverifiable,
        Phases::One => Forecast::Stalls,
        Phases::Both if matches!(bar, Bar::Waiting | Bar::WrongPeer) => Forecast::NeverStarted,
        Phases::Both => Forecast::Phase1Stalls,
    };
    let ran = Some(Ran::barred(states, cause));
    let depends = if elsewhere { depends } else { Vec::new() };
    let (blamed, fixes) = (session.bars(bar), Vec::new());
    let (not_run, otherwise, run) = (None, None, None);
    Judged { session, forecast, ran, not_run, otherwise, run, depends, blamed, fixes, notes }
}

/// Where both wait when one side alone wants XAUTH: charon looks for it at message 5 (seen), pluto and IOS at the first, an
/// ASA or IOS that asks for it does so behind message 6.
fn xauth(session: &Session<'_>) -> Sides<Option<State>> {
    let asks = session.responder.connection.is_some_and(|c| c.xauth.is_some());
    match session.responder.device.dialect {
        Dialect::Strongswan => Sides::new(Some(State::MmWaitMsg6), None),
        Dialect::Asa | Dialect::Ios if asks => Sides::new(Some(State::MmActive), Some(State::MmActive)),
        Dialect::Asa | Dialect::Ios | Dialect::Libreswan => Sides::new(Some(State::MmWaitMsg2), None),
    }
}
