//! What the peers themselves say of a failure, in clear or where a key opens it: it decides before any run does.

use ike::{Commands, MessageName, Method, Mode, NotifyType, Profile, Role, Sides};
use sim::Cause;

use super::frame::What;
use super::negotiation::{Emission, Negotiation};
use super::opened::Opened;
use super::rebuild::{chosen, offered};
use super::vendor::Vendor;

/// A cause, and the side that it is blamed on.
pub(super) type Said = (Cause, Role);

/// What was said, the likeliest first: before all that only fits.
pub(super) fn first(
    negotiation: &Negotiation<'_>,
    vendors: &Sides<Option<Vendor>>,
    opened: &[Opened],
) -> Vec<Said> {
    let mut said = Vec::new();
    if fails_behind_xauth(negotiation) {
        said.push((Cause::XauthMissing, Role::Responder));
    }
    said.extend(opened.iter().flat_map(in_sealed));
    for (position, one) in negotiation.emissions.iter().enumerate() {
        if let What::Notify(notify) = one.what
            && notify.is_error()
        {
            let before = negotiation.emissions.get(..position).unwrap_or_default();
            said.extend(in_clear(notify, one.sender, before));
        }
    }
    said.extend(silent(negotiation, vendors));
    said
}

/// Inside an Informational that a key opened.
fn in_sealed(opened: &Opened) -> Vec<Said> {
    let of = |notify: &NotifyType| match *notify {
        NotifyType::AUTHENTICATION_FAILED | NotifyType::INVALID_ID_INFORMATION => {
            Some((Cause::IdentityMismatch, opened.sender))
        }
        // The other's message decrypted to junk.
        NotifyType::PAYLOAD_MALFORMED => Some((Cause::PskMismatch, opened.sender)),
        _ => None,
    };
    opened.notifies.iter().filter_map(of).collect()
}

fn in_clear(notify: NotifyType, sender: Role, before: &[Emission<'_>]) -> Vec<Said> {
    let seen = |name| before.iter().any(|one| one.what == What::Phase1(name));
    let answered = [MessageName::MSG2, MessageName::AM2].into_iter().any(seen);
    match (notify, sender) {
        // A public value of another group's length: in Aggressive Mode it comes with the offer.
        (NotifyType::INVALID_KEY_INFORMATION, Role::Responder) if seen(MessageName::AM1) && !answered => {
            vec![(Cause::PolicyMismatch, sender)]
        }
        // charon's word for having no key.
        (NotifyType::INVALID_KEY_INFORMATION, _) if seen(MessageName::MSG3) => {
            vec![(Cause::MissingPsk, sender)]
        }
        // charon: nobody is configured for this identity, or Aggressive Mode with a key is not allowed.
        (NotifyType::AUTHENTICATION_FAILED, Role::Responder) if seen(MessageName::AM1) && !answered => {
            vec![(Cause::IdentityMismatch, sender), (Cause::AggressiveModeDisabled, sender)]
        }
        _ => Vec::new(),
    }
}

/// XAUTH is chosen, and phase 1 ends with an encrypted refusal of the initiator's proof.
fn fails_behind_xauth(negotiation: &Negotiation<'_>) -> bool {
    let xauth = chosen(negotiation)
        .is_some_and(|transform| transform.method.method().is_some_and(|method| method.xauth));
    xauth && refused_in_private(negotiation)
}

fn refused_in_private(negotiation: &Negotiation<'_>) -> bool {
    let proof =
        |one: &Emission<'_>| [MessageName::MSG5, MessageName::AM3].map(What::Phase1).contains(&one.what);
    let sealed = |one: &Emission<'_>| one.sender == Role::Responder && one.what == What::Sealed;
    negotiation.emissions.iter().skip_while(|one| !proof(one)).any(sealed)
}

/// The first message came to a side that says nothing at all: a daemon does so where it knows no such peer, or does not
/// answer this mode [I].
fn silent(negotiation: &Negotiation<'_>, vendors: &Sides<Option<Vendor>>) -> Option<Said> {
    let came = negotiation.places.len() > 1
        && negotiation.emissions.iter().any(|one| one.far.is_some() && !one.altered);
    let silent = negotiation.emissions.iter().all(|one| one.sender == Role::Initiator);
    let is_daemon =
        |profile: &Profile| matches!(profile.commands, Commands::Strongswan | Commands::Libreswan);
    let daemon = vendors.initiator.as_ref().and_then(|vendor| vendor.profile).is_some_and(is_daemon);
    match negotiation.mode.filter(|_| came && silent && daemon)? {
        Mode::Main => Some((Cause::MissingTunnelGroup, Role::Responder)),
        Mode::Aggressive => Some((Cause::AggressiveModeDisabled, Role::Responder)),
    }
}

/// What looks like another cause on the wire and is no fault of the catalogue: `(what it looks like, what it is)`.
pub(super) fn beside(negotiation: &Negotiation<'_>, vendors: &Sides<Option<Vendor>>) -> Vec<(Cause, Said)> {
    let mut beside = Vec::new();
    let speaks = |one: &Emission<'_>| one.sender == Role::Responder && one.what.phase_1().is_some();
    if !negotiation.emissions.iter().any(speaks) {
        // charon refuses a version that it does not take as it refuses an offer.
        beside.push((Cause::PolicyMismatch, (Cause::IkeVersion, Role::Responder)));
    }
    let method = chosen(negotiation).or_else(|| offered(negotiation).into_iter().next());
    let known = vendors.responder.as_ref().and_then(|vendor| vendor.profile);
    let may_be_charon = known.is_none_or(|profile| profile.commands == Commands::Strongswan);
    if may_be_charon
        && method.is_none_or(|transform| transform.method.method().is_some_and(Method::is_pre_shared))
    {
        // charon that insists on XAUTH refuses one that does not offer it as it refuses an identity.
        beside.push((Cause::IdentityMismatch, (Cause::XauthMissing, Role::Responder)));
    }
    beside
}
