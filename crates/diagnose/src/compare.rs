//! Two configurations side by side. Keys are described, never shown.

use ike::keymat::PreSharedKey;
use ike::{Event, GroupName, Role, Sides, TunnelGroup};
use sim::{Setup, Trace};

use crate::critical::last_of;
use crate::evidence::{Evidence, KeyLook, Oddity};

/// The tunnel-group that a peer used for this negotiation, or would use.
pub(crate) fn group_used<'s>(setup: &'s Setup, trace: &Trace, role: Role) -> Option<&'s TunnelGroup> {
    let config = &setup.hosts[role];
    let used: Option<&GroupName> =
        last_of(
            trace,
            role,
            |event| {
                if let Event::GroupFound { group, .. } = event { Some(group) } else { None }
            },
        );
    match used {
        Some(name) => config.tunnel_groups.iter().find(|group| group.name == *name),
        // A negotiation that ended before the lookup has a group all the same: the one that it would have found.
        None => config.group_by_address(address_seen(setup, role)),
    }
}

/// The address under which `role` knows the other side.
pub(crate) fn address_seen(setup: &Setup, role: Role) -> std::net::IpAddr {
    match role {
        Role::Initiator => setup.hosts.initiator.peer,
        // Behind a NAT the initiator's own address never reaches the responder.
        Role::Responder => setup.outside_address(Role::Initiator),
    }
}

fn key_used<'s>(setup: &'s Setup, trace: &Trace, role: Role) -> Option<(&'s GroupName, &'s PreSharedKey)> {
    let group = group_used(setup, trace, role)?;
    Some((&group.name, group.pre_shared_key.as_ref()?))
}

/// Whether the two sides use different pre-shared keys.
pub(crate) fn keys_differ(setup: &Setup, trace: &Trace) -> bool {
    let key = |role| key_used(setup, trace, role).map(|(_, key)| key);
    key(Role::Initiator) != key(Role::Responder)
}

/// The two keys: group, length, where they first differ, blanks at the end.
pub(crate) fn keys(setup: &Setup, trace: &Trace) -> Option<Evidence> {
    let [i, r] = Role::BOTH.map(|role| key_used(setup, trace, role));
    let ((i_group, i_key), (r_group, r_key)) = (i?, r?);
    let (i_text, r_text) = (characters(i_key), characters(r_key));
    let look = |role: Role, group: &GroupName, text: &[char]| KeyLook {
        commands: setup.hosts[role].profile.commands,
        group: group.clone(),
        characters: text.len(),
        oddities: oddities(text).collect(),
    };
    let sides = Sides::new(look(Role::Initiator, i_group, &i_text), look(Role::Responder, r_group, &r_text));
    Some(Evidence::Keys { sides, first_difference: first_difference(&i_text, &r_text) })
}

fn characters(key: &PreSharedKey) -> Vec<char> {
    // Keys are bytes, but people count characters in what they typed.
    String::from_utf8_lossy(key.as_bytes()).chars().collect()
}

/// Position from 1 of the first character that is not the same; the shorter key ends one before it.
fn first_difference(one: &[char], other: &[char]) -> Option<usize> {
    let common = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    (common < one.len().max(other.len())).then_some(common + 1)
}

fn oddities(text: &[char]) -> impl Iterator<Item = Oddity> {
    let is_blank = |c: Option<&char>| c.is_some_and(|c| c.is_whitespace());
    // A blank that was pasted in with the key is seen on no screen.
    let ends = is_blank(text.last()).then_some(Oddity::EndsInBlank);
    let begins = is_blank(text.first()).then_some(Oddity::BeginsWithBlank);
    // Such a character is other bytes in another encoding: one text can make two keys.
    let is_plain = text.iter().all(|c| c.is_ascii() && !c.is_ascii_control());
    let foreign = (!is_plain).then_some(Oddity::NotAscii);
    [ends, begins, foreign].into_iter().flatten()
}
