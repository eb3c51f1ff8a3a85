//! Verdicts and what they hang on, in words.

use ::predict::{
    Alone, Assumed, Bar, Depends, Forecast, Judged, NotRun, Ran, SessionEnd, Unknown, Unmatched,
};
use config::{Format, Remote, Version};
use ike::{Negotiated, Role, Sides, State};
use sim::{Cause, state_name};

/// Why a direction was not run.
pub fn not_run(why: &NotRun) -> String {
    match why {
        NotRun::Signatures => "signatures on both sides, which ikesim does not run".into(),
        NotRun::Ike2 => "IKEv2 on both sides, which ikesim does not judge".into(),
        NotRun::Unfit(text, _) => format!("it cannot be run: {text}"),
    }
}

/// What phase 1 alone comes to.
pub(super) fn phase1(judged: &Judged<'_>) -> &'static str {
    match (judged.forecast, &judged.ran) {
        (Forecast::Refused | Forecast::Passes | Forecast::Up, _) => "up",
        (Forecast::Unverifiable, _) => "unverifiable",
        _ => "stalls",
    }
}

/// What a cause means, and its name.
pub(super) fn means(judged: &Judged<'_>, cause: Cause) -> String {
    let meaning = match judged.session.barred() {
        Some(Bar::NoConnection) => "the called side has no connection for this caller",
        Some(Bar::Waiting) => "both ends only answer, and neither calls",
        Some(Bar::IkeVersion) if judged.session.connection.version.value == Version::Both => {
            "the caller begins with IKEv2, and the called side takes IKEv1 alone"
        }
        _ => cause.meaning(),
    };
    format!("{meaning} ({cause})")
}

/// What mends what no message decides.
pub(super) fn outside(judged: &Judged<'_>) -> Option<String> {
    let called = &judged.session.responder;
    match judged.session.barred()? {
        Bar::NoConnection => {
            return Some(format!("Give {} a connection for {}.", called.device.name(), called.peer));
        }
        Bar::Waiting => {
            let ends = [&judged.session.initiator, called].map(|end| end.device.name());
            return Some(format!("Let one of {} call: connection-type bidirectional.", ends.join(" and ")));
        }
        Bar::WrongPeer => {
            let caller = judged.session.initiator.device.name();
            return Some(format!("Name {} as the peer on {caller}.", called.address));
        }
        Bar::IkeVersion if judged.session.connection.version.value == Version::Both => {
            let caller = judged.session.initiator.device;
            let line = if caller.format == Format::Swanctl { "version = 1" } else { "keyexchange=ikev1" };
            return Some(format!("Have {} call with IKEv1: {line}.", caller.name()));
        }
        Bar::IkeVersion | Bar::Incomplete | Bar::CallerUnbound | Bar::Unbound | Bar::Xauth => {}
    }
    crate::remedy::outside_phase1(judged.cause()?).map(str::to_owned)
}

/// `stalls  MM_WAIT_MSG2 / NONE, policy-mismatch`
pub fn verdict(judged: &Judged<'_>) -> String {
    let word = judged.forecast.name();
    if let Some(why) = &judged.not_run {
        return format!("{word}  {}", not_run(why));
    }
    match (judged.forecast, &judged.ran, &judged.otherwise) {
        (Forecast::Up, Some(ran), _) => format!("{word}  {}", suite(ran)),
        (Forecast::Passes, Some(ran), _) => {
            let [up, all] = ran.children;
            format!("{word}  {}, children: {up} of {all}", suite(ran))
        }
        (Forecast::Refused, Some(ran), _) => format!("{word}  {}", refused(ran)),
        (Forecast::NeverStarted, Some(ran), _) => {
            let cause = ran.cause.map_or(states(&ran.states), |cause| cause.to_string());
            format!("{word}  {cause}")
        }
        (Forecast::Stalls | Forecast::Phase1Stalls, Some(ran), _) => {
            let cause = judged.cause().map_or(String::new(), |cause| format!(", {cause}"));
            format!("{word}  {}{cause}", states(&ran.states))
        }
        (Forecast::Unverifiable, Some(ran), other) if ran.is_refused() => {
            let keys = if other.is_some() { "even if the keys are equal " } else { "" };
            format!("{word}  {keys}phase 2 refused by what is known: {}", refused(ran))
        }
        (Forecast::Unverifiable, _, Some(other)) => {
            let masked = judged.session.responder.assumed == Some(Assumed::Masked);
            let address = if masked { "the addresses fit and " } else { "" };
            format!("{word}  comes up if {address}the keys are equal, else {}", states(&other.states))
        }
        (Forecast::Unverifiable, Some(ran), None) if ran.up => {
            format!("{word}  comes up if what is not known fits")
        }
        (Forecast::Unverifiable, Some(ran), None) => {
            format!("{word}  comes up if what could not be read fits, else {}", states(&ran.states))
        }
        (_, None, _) => word.to_owned(),
    }
}

/// `aes-256/sha/group 14`
fn suite(ran: &Ran) -> String {
    let suite = |agreed: Negotiated| {
        let Negotiated { encryption, hash, group, .. } = agreed;
        format!("{}/{}/group {}", encryption.name(), hash.name(), group.number())
    };
    ran.negotiated.map_or(String::new(), suite)
}

/// `MM_WAIT_MSG2 / NONE`
pub(super) fn states(states: &Sides<Option<State>>) -> String {
    let [i, r] = Role::BOTH.map(|role| state_name(states[role]));
    format!("{i} / {r}")
}

/// `proxy-mismatch, phase 1 is deleted`
fn refused(ran: &Ran) -> String {
    let cause = ran.cause.map_or(String::new(), |cause| format!("{cause}, "));
    let phase_1 = if ran.alive { "phase 1 stays up" } else { "phase 1 is deleted" };
    let [up, all] = ran.children;
    let some = if up > 0 { format!("children: {up} of {all}, ") } else { String::new() };
    format!("{cause}{some}{phase_1}")
}

/// What the files do not say and the verdict of this direction hangs on.
pub fn depends(depends: &Depends, judged: &Judged<'_>) -> String {
    let name = |role: Role| judged.session.end(role).device.name();
    match &depends.on {
        Unknown::Key(role) => format!("the key of {} is not known", name(*role)),
        Unknown::Called(role) => format!("the address is masked: is it {}?", name(*role)),
        Unknown::Keyring { by, first, wanted } => format!(
            "{} answers with keyring {first}, which has the caller first; its profile wants {wanted}: only one side may be able to start",
            name(*by)
        ),
        Unknown::Mode(role) => {
            format!("{} takes Aggressive Mode alone here, and is called in Main Mode", name(*role))
        }
        Unknown::Name(role, peer) => {
            format!("the peer of {} is named, not numbered: is {peer} {}?", name(*role), name(role.other()))
        }
        Unknown::Address(role) => format!(
            "the address of {} is not in the files, and the key or the identity hangs on it",
            name(*role)
        ),
        Unknown::LeavesFrom(role, from) => {
            let from = from.map_or("an address that is not in its file".to_owned(), |from| from.to_string());
            format!(
                "{} answers and calls {} from {from}, not from {}, unless `local-address` says so",
                name(*role),
                name(role.other()),
                judged.session.end(*role).address
            )
        }
        Unknown::Unread(problem) => format!("{}; allowed: {}", problem.message, problem.allowed),
        Unknown::Phase2(doubt) => doubt.text.clone(),
        Unknown::Caller(connection) => {
            format!("the peer of {connection} is named, not numbered: it may be the caller")
        }
        Unknown::HostBehindNat => "a host's own address is protected, and one stands behind a NAT".to_owned(),
        Unknown::Unfit(text) => text.clone(),
    }
}

/// Why a peer is not among the devices.
pub fn unmatched(unmatched: &Unmatched<'_>) -> String {
    match (&unmatched.connection.remote, unmatched.connection.local) {
        (Remote::Unknown(name), _) => format!("`{name}` is masked, or a name"),
        (Remote::Anybody | Remote::Range(..), _) => "it answers whoever calls, and no caller is here".into(),
        (_, None) => "no device here has this address, and the own one towards it is not in the file".into(),
        _ => "no device here has this address".into(),
    }
}

/// What was taken to be so.
pub(super) fn assumptions(judged: &Judged<'_>) -> Vec<String> {
    let session = &judged.session;
    let told = |end: &SessionEnd<'_>| {
        let name = end.device.name();
        Some(match end.assumed? {
            Assumed::MadeUp => {
                format!("{name} has {}: its own address is in no file, and any would do", end.address)
            }
            Assumed::OwnAddress => format!("{name} has {}: its own address is not in its file", end.address),
            Assumed::Nat(outside) => format!("{name} ({}) stands behind a NAT as {outside}", end.address),
            Assumed::Masked => format!("the masked address of {} is {name}", session.connection.by),
            Assumed::Meant => format!("{} means {name}", session.connection.by),
        })
    };
    [&session.initiator, &session.responder].into_iter().filter_map(told).collect()
}

/// `crypto-map-incomplete: no match address`
pub fn alone_reason(alone: &Alone<'_>) -> String {
    alone.lacks.map_or(alone.cause.to_string(), |lacks| format!("{}: no `{lacks}`", alone.cause))
}

/// What becomes of a call to it.
pub(super) fn called(alone: &Alone<'_>) -> Option<&'static str> {
    (alone.cause == Cause::CryptoMapIncomplete).then_some("Called, it completes phase 1 and refuses phase 2.")
}
