//! What to do about a cause, in the commands of the device at hand.

mod commands;
mod phase2;

use ike::{Dialect, Role};
use sim::{Cause, Setup};

use crate::compare::address_seen;

/// The lines for one cause. `at` is the side that refused, or missed, the critical message.
pub(crate) fn fix(setup: &Setup, cause: Cause, at: Role) -> Vec<String> {
    let on = |role, commands| on(setup, role, commands);
    let told = |line: String, rest: Vec<String>| [vec![line], rest].concat();
    let both = |commands: fn(&Setup, Role) -> Vec<String>| {
        Role::BOTH.into_iter().flat_map(|role| on(role, commands(setup, role))).collect::<Vec<String>>()
    };
    let with_capture = |line: &str| told(line.into(), both(commands::capture));
    match cause {
        Cause::PskMismatch => {
            // Of two unlike keys nobody can say which is the right one.
            told("Enter the same key on both sides, character by character:".into(), both(commands::key))
        }
        Cause::MissingTunnelGroup => on(at, commands::group(setup, at)),
        Cause::MissingPsk => on(at, commands::key(setup, at)),
        Cause::PolicyMismatch => {
            let line = format!("Give the {at} a policy that the {} offers:", at.other());
            told(line, on(at, commands::policy(setup, at)))
        }
        Cause::IkeDisabled => on(at, commands::enable(setup, at)),
        Cause::AggressiveModeDisabled => {
            let line = "Better use Main Mode; or allow Aggressive Mode:";
            told(line.into(), on(at, commands::allow_aggressive(setup, at)))
        }
        Cause::WrongPeerAddress => {
            let line = "Call the peer by the address that it has outside:";
            // Only the side that calls names an address.
            told(line.into(), on(Role::Initiator, commands::peer_address(setup)))
        }
        Cause::IdentityMismatch => identity(setup, at),
        Cause::NoRoute => {
            // `at` missed the packets: it is the sender's way that is wrong.
            let (lost, to) = (at.other(), address_seen(setup, at.other()));
            let line =
                format!("Give the packets of the {lost} a way to {to}: route, gateway, ACL on the way.");
            told(line, on(lost, commands::route(setup, lost)))
        }
        Cause::PeerDown => {
            vec![format!("Bring the {at} up, and see that {} answers.", setup.outside_address(at))]
        }
        Cause::PortClosed => {
            let host = setup.outside_address(at);
            let line = format!("Start IKE at {host}: nobody listens there on UDP 500 or 4500.");
            // From outside, a daemon that does not run and an IKE that is switched off look alike.
            told(line, on(at, commands::enable(setup, at)))
        }
        Cause::IkeVersion | Cause::XauthMissing => {
            outside_phase1(cause).into_iter().map(str::to_owned).collect()
        }
        Cause::Port500Blocked => permit(setup, at, 500),
        Cause::Port4500Blocked => permit(setup, at, 4500),
        Cause::MessageLost => {
            with_capture("Find where the message is lost: capture on both sides and compare.")
        }
        Cause::MessageLate => {
            with_capture("Find what holds the message back: capture on both sides and compare the times.")
        }
        Cause::MessageCorrupted => {
            with_capture("Find what changes the message: capture on both sides and compare the bytes.")
        }
        Cause::TransformMismatch => phase2::transform_sets(setup, at),
        Cause::PfsMismatch => phase2::pfs(setup, at),
        Cause::ProxyMismatch => phase2::access_lists(setup),
        Cause::CryptoMapIncomplete => on(at, phase2::complete(setup, at)),
        Cause::MapUnbound => on(at, phase2::bind(setup, at)),
        Cause::Deleted => deleted(setup),
        Cause::PeerMisbehaved => {
            with_capture("Capture the exchange and show it to the vendor of the peer that misbehaves.")
        }
    }
}

/// Nothing is wrong but what is left on one side alone.
fn deleted(setup: &Setup) -> Vec<String> {
    let words = |line: &str| vec![line.to_owned()];
    let [i, r] = Role::BOTH.map(|role| on(setup, role, phase2::clear(setup, role)));
    let begin = on(setup, Role::Initiator, phase2::begin(setup));
    let head = "Nothing is configured wrong. Where SAs are left that the other side has no more, clear them:";
    [words(head), i, r, words("Then begin anew, as traffic would:"), begin].concat()
}

/// Either side mends it; the one that gives up a check comes second.
fn identity(setup: &Setup, at: Role) -> Vec<String> {
    let send = on(setup, at.other(), commands::identity(setup, at.other()));
    let take = on(setup, at, commands::any_identity(setup, at));
    let words = |line: &str| vec![line.to_owned()];
    let both = [words("Let one say what the other insists on:"), send, words("or take any identity:"), take];
    both.concat()
}

/// What mends a cause that configurations show, in plain words; `None`: a run shows it, with values to name.
pub fn outside_phase1(cause: Cause) -> Option<&'static str> {
    const PLAIN: [(Cause, &str); 4] = [
        (Cause::IkeVersion, "Give both sides the same IKE version for this peer."),
        (Cause::XauthMissing, "Ask for XAUTH on both sides, or on neither."),
        (
            Cause::MapUnbound,
            "Bind the crypto map, or the tunnel protection, to the interface that the peer calls.",
        ),
        (
            Cause::CryptoMapIncomplete,
            "Complete the crypto map entry: a peer, an access list, a transform set.",
        ),
    ];
    PLAIN.iter().find(|(known, _)| *known == cause).map(|(_, words)| *words)
}

/// What lets a port through, in the device's commands.
fn permit(setup: &Setup, at: Role, port: u16) -> Vec<String> {
    let [i, r] = Role::BOTH.map(|role| setup.outside_address(role));
    // Both ways: a rule for one lets the question through and eats the answer.
    let mut lines =
        vec![format!("Permit UDP {port} between {i} and {r}, both ways, on every device between them.")];
    let commands = commands::permit(setup, at, port);
    if !commands.is_empty() {
        lines.push(format!("in the words of {}:", setup.hosts[at].profile.title));
        lines.extend(commands.into_iter().map(|command| format!("  {command}")));
    }
    lines
}

/// Commands under a line that says where they are typed.
fn on(setup: &Setup, role: Role, commands: Vec<String>) -> Vec<String> {
    let profile = setup.hosts[role].profile;
    let words = if profile.dialect == Dialect::Plain { "in plain words" } else { profile.title };
    let mut lines = vec![format!("{role} ({words}):")];
    lines.extend(commands.into_iter().map(|command| format!("  {command}")));
    lines
}
