//! What to do, in words and in the commands of the device at hand.

#[cfg(test)]
mod one_side;

use diagnose::{Remedy, Task, Trouble};
use ike::{Commands, Role, Sides};
use sim::Cause;
use vendor::Vendor;

/// A piece of a remedy.
enum Part<'r> {
    /// A sentence; with a colon at its end it announces what is typed.
    Words(String),
    /// What is typed at one side.
    Typed(&'r Task),
    /// What is typed on a device of this side's kind on the path.
    OnPath(&'r Task),
}

/// The lines of a remedy, commands indented.
pub(crate) fn lines(remedy: Option<&Remedy>) -> Vec<String> {
    remedy.map_or(Vec::new(), |remedy| parts(remedy).iter().flat_map(|part| part.lines(Role::name)).collect())
}

/// The lines that concern one side, and those that concern both; `plain`: without commands.
/// `names`: what each side is called.
pub(crate) fn own(remedy: &Remedy, at: Role, plain: bool, names: fn(Role) -> &'static str) -> Vec<String> {
    let is_own = |part: &Part<'_>| match part {
        Part::Words(_) => true,
        Part::Typed(task) => !plain && task.at == at,
        Part::OnPath(_) => !plain,
    };
    let mut parts = parts(remedy);
    parts.retain(is_own);
    if let (Remedy::TakeIdentity(_) | Remedy::SendIdentity(_), [Part::Words(words)]) =
        (remedy, parts.as_slice())
    {
        // What to do stays true where no command of the device is known.
        return vec![format!("{}.", words.trim_end_matches(':'))];
    }
    let typed = |part: Option<&Part<'_>>| part.is_some_and(|part| !matches!(part, Part::Words(_)));
    let each = parts.iter().enumerate();
    // A line that announces commands goes where none of them is left.
    each.filter(|(n, part)| !part.announces() || typed(parts.get(n + 1)))
        .flat_map(|(_, part)| part.lines(names))
        .collect()
}

/// The lines of several vendors' remedies for one thing; what is said to people is said once.
pub(crate) fn of_several(remedies: &[Remedy]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in remedies.iter().flat_map(parts) {
        let is_said = matches!(&part, Part::Words(words) if lines.contains(words));
        if !is_said {
            lines.extend(part.lines(Role::name));
        }
    }
    lines
}

impl Part<'_> {
    fn lines(&self, names: fn(Role) -> &'static str) -> Vec<String> {
        let task = match self {
            Part::Words(words) => return vec![words.clone()],
            Part::Typed(task) | Part::OnPath(task) => task,
        };
        let (profile, commands) = (task.vendor.about().profile, typed(task));
        let plain = profile.is_none_or(|profile| profile.commands == Commands::Plain);
        let title = profile.map_or(task.vendor.title(), |profile| profile.title);
        let head = match self {
            // Who names port and addresses has said it.
            Part::OnPath(_) if commands.is_empty() => return Vec::new(),
            // A daemon filters nothing: the system that it runs on does.
            Part::OnPath(task) if matches!(task.vendor, Vendor::Strongswan | Vendor::Libreswan) => {
                "in the words of nftables:".to_owned()
            }
            Part::OnPath(_) => format!("in the words of {title}:"),
            Part::Words(_) | Part::Typed(_) if plain => format!("{} (in plain words):", names(task.at)),
            Part::Words(_) | Part::Typed(_) => format!("{} ({title}):", names(task.at)),
        };
        std::iter::once(head).chain(commands.into_iter().map(|command| format!("  {command}"))).collect()
    }

    fn announces(&self) -> bool {
        matches!(self, Part::Words(words) if words.ends_with(':'))
    }
}

const TAKE: &str = "Let the peer send the identity that is wanted here, or take any identity here:";
const SEND: &str = "Send the identity that the peer insists on (its log names it):";

fn typed(task: &Task) -> Vec<String> {
    let commands = task.vendor.about().commands;
    commands.map_or(Vec::new(), |commands| task.acts.iter().flat_map(commands).collect())
}

fn parts(remedy: &Remedy) -> Vec<Part<'_>> {
    let says = |line: &str| Part::Words(line.to_owned());
    let one = |line: String, task| vec![Part::Words(line), Part::Typed(task)];
    match remedy {
        Remedy::Do(task) => vec![Part::Typed(task)],
        Remedy::SameKey(tasks) => both("Enter the same key on both sides, character by character:", tasks),
        Remedy::GivePolicy(task) => {
            one(format!("Give the {} a policy that the {} offers:", task.at, task.at.other()), task)
        }
        Remedy::AllowAggressive(task) => one("Better use Main Mode; or allow Aggressive Mode:".into(), task),
        Remedy::CallOutside(task) => one("Call the peer by the address that it has outside:".into(), task),
        Remedy::ComparePeer { group } => {
            let place = if *group { "its crypto map and its tunnel-group" } else { "its crypto map" };
            let line = format!("Compare the peer address in {place} with the one that the peer has outside.");
            vec![Part::Words(line)]
        }
        Remedy::Identity { send, take } => vec![
            says("Let one say what the other insists on:"),
            Part::Typed(send),
            says("or take any identity:"),
            Part::Typed(take),
        ],
        Remedy::Route { to, look } => {
            let lost = look.at;
            one(
                format!("Give the packets of the {lost} a way to {to}: route, gateway, ACL on the way."),
                look,
            )
        }
        Remedy::BringUp { at, address } => {
            vec![Part::Words(format!("Bring the {at} up, and see that {address} answers."))]
        }
        Remedy::Listen { address, enable } => {
            one(format!("Start IKE at {address}: nobody listens there on UDP 500 or 4500."), enable)
        }
        Remedy::Plain(cause) => vec![says(plain(*cause))],
        Remedy::CompareCalled(called) => vec![Part::Words(format!(
            "Compare the peer's address in the configuration here with the one that the peer has outside; called is {called}."
        ))],
        Remedy::TakeIdentity(task) => one(TAKE.into(), task),
        Remedy::SendIdentity(Some(task)) => one(SEND.into(), task),
        Remedy::SendIdentity(None) => vec![says(SEND)],
        Remedy::Permit { between: Sides { initiator: i, responder: r }, port, like } => {
            // Both ways: a rule for one lets the question through and eats the answer.
            let line =
                format!("Permit UDP {port} between {i} and {r}, both ways, on every device between them.");
            vec![Part::Words(line), Part::OnPath(like)]
        }
        Remedy::Capture { find, on } => both(captured(*find), on),
        Remedy::TransformSets(task) => {
            let (at, other) = (task.at, task.at.other());
            one(format!("Give the {at} a transform set and the mode that the {other} has:"), task)
        }
        Remedy::Pfs(task) => one("Have the same PFS group on both sides, or none on both:".into(), task),
        Remedy::Mirror(tasks) => {
            both("Mirror the access lists line by line, one side's or the other's:", tasks)
        }
        Remedy::Anew { clear, begin } => {
            let head = "Nothing is configured wrong. Where SAs are left that the other side has no more, clear them:";
            let mut parts = both(head, clear);
            parts.extend([says("Then begin anew, as traffic would:"), Part::Typed(begin)]);
            parts
        }
    }
}

fn both<'r>(line: &str, tasks: &'r Sides<Task>) -> Vec<Part<'r>> {
    let Sides { initiator, responder } = tasks;
    vec![Part::Words(line.to_owned()), Part::Typed(initiator), Part::Typed(responder)]
}

fn captured(find: Trouble) -> &'static str {
    match find {
        Trouble::Lost => "Find where the message is lost: capture on both sides and compare.",
        Trouble::Late => "Find what holds the message back: capture on both sides and compare the times.",
        Trouble::Changed => "Find what changes the message: capture on both sides and compare the bytes.",
        Trouble::Misbehaved => "Capture the exchange and show it to the vendor of the peer that misbehaves.",
    }
}

/// What mends a cause where no value is known.
fn plain(cause: Cause) -> &'static str {
    match cause {
        Cause::IkeVersion => "Give both sides the same IKE version for this peer.",
        Cause::XauthMissing => "Ask for XAUTH on both sides, or on neither.",
        Cause::PolicyMismatch => {
            "Make one policy the same on both sides: encryption with its key length, hash, group and \
             authentication."
        }
        Cause::MessageLost => "Find what lies between the two captures and drops it.",
        Cause::ProxyMismatch => "Mirror the crypto access lists line by line.",
        Cause::TransformMismatch => "Give both the same transform set and mode.",
        Cause::PfsMismatch => "Have the same PFS group on both sides, or none on both.",
        Cause::CryptoMapIncomplete => "Complete the entry: a peer, an access list, a transform set.",
        Cause::Deleted => {
            "Nothing that is seen is configured wrong: begin anew with traffic, and ask who cleared it."
        }
        Cause::PskMismatch
        | Cause::MissingTunnelGroup
        | Cause::MissingPsk
        | Cause::IkeDisabled
        | Cause::AggressiveModeDisabled
        | Cause::WrongPeerAddress
        | Cause::IdentityMismatch
        | Cause::NoRoute
        | Cause::PeerDown
        | Cause::PortClosed
        | Cause::Port500Blocked
        | Cause::Port4500Blocked
        | Cause::MessageLate
        | Cause::MessageCorrupted
        | Cause::MapUnbound
        | Cause::PeerMisbehaved => "Read the called side's log.",
    }
}

/// What mends a cause that configurations show, in plain words; `None`: a run shows it, with values to name.
pub(crate) fn outside_phase1(cause: Cause) -> Option<&'static str> {
    const MORE: [(Cause, &str); 2] = [
        (
            Cause::MapUnbound,
            "Bind the crypto map, or the tunnel protection, to the interface that the peer calls.",
        ),
        (
            Cause::CryptoMapIncomplete,
            "Complete the crypto map entry: a peer, an access list, a transform set.",
        ),
    ];
    let known = MORE.iter().find(|(known, _)| *known == cause).map(|(_, words)| *words);
    known.or_else(|| matches!(cause, Cause::IkeVersion | Cause::XauthMissing).then(|| plain(cause)))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use vendor::Act;

    use super::*;

    fn task(at: Role, vendor: Vendor, acts: Vec<Act>) -> Task {
        Task { at, vendor, acts }
    }

    #[test]
    fn commands_stand_indented_under_their_device() {
        let peer = IpAddr::from([203, 0, 113, 1]);
        let remedy = Remedy::Identity {
            send: task(Role::Initiator, Vendor::Generic, vec![Act::BindMap]),
            take: task(Role::Responder, Vendor::Asa, vec![Act::TakeAnyIdentity { peer }]),
        };
        let typed = ["  tunnel-group 203.0.113.1 ipsec-attributes", "   peer-id-validate nocheck"];
        let take = ["or take any identity:", "responder (Cisco ASA 8.4 and later):", typed[0], typed[1]];
        let all = lines(Some(&remedy));
        assert_eq!(all[..2], ["Let one say what the other insists on:", "initiator (in plain words):"]);
        assert_eq!(all[3..], take);
        // What announces another side's commands goes with them.
        assert_eq!(own(&remedy, Role::Responder, false, Role::name), take);
        assert!(own(&remedy, Role::Responder, true, Role::name).is_empty());
    }

    #[test]
    fn what_is_said_to_people_is_said_once() {
        let of = |vendor| {
            Remedy::CallOutside(task(
                Role::Initiator,
                vendor,
                vec![Act::Call { peer: [192, 0, 2, 1].into() }],
            ))
        };
        let lines = of_several(&[of(Vendor::Libreswan), of(Vendor::Strongswan)]);
        let heads = lines.iter().filter(|line| !line.starts_with(' ')).count();
        assert_eq!((lines.len(), heads), (5, 3), "{lines:?}");
    }
}
