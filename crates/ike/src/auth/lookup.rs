//! Which entry of the configuration speaks of a peer, and what it has to prove itself with.

use std::net::IpAddr;

use super::Credentials;
use crate::config::{Config, Identity, TunnelGroup};
use crate::profile::KeyLookup;
use crate::reason::Reason;

/// What is configured for a peer.
pub(crate) struct Found<'a> {
    /// The entry that speaks of it.
    pub group: Option<&'a TunnelGroup>,
    /// What is shared with it, or what is missing.
    pub credentials: Result<Credentials, Reason>,
    early: Option<Reason>,
}

/// Looks a peer up: by the identity that it sent, where it came in clear (AM1), else by its address.
pub(crate) fn lookup<'a>(config: &'a Config, peer: IpAddr, identity: Option<&Identity>) -> Found<'a> {
    // RFC 2409 5.4: in Main Mode the key is needed before the identity can be read: the address alone names it.
    let group = match identity {
        Some(identity) => config.group_by_identity(identity, peer),
        None => config.group_by_address(peer),
    };
    let credentials = credentials(group, peer, identity);
    let missing = credentials.as_ref().err();
    let no_group = missing.filter(|reason| matches!(reason, Reason::NoTunnelGroup { .. }));
    // Vendors miss the key at different messages, and so leave different ones unanswered.
    let early = match config.profile.key_lookup.value {
        KeyLookup::Msg3 => None,
        KeyLookup::Msg1 => missing,
        // The first message of Aggressive Mode is the one that the key is needed for.
        KeyLookup::PeerAtMsg1 => {
            if identity.is_some() {
                missing
            } else {
                no_group
            }
        }
    };
    Found { group, early: early.cloned(), credentials }
}

impl Found<'_> {
    /// The peer's first message is answered: for some vendors only when all is found by then.
    pub fn at_first_message(&self) -> Result<(), Reason> {
        self.early.clone().map_or(Ok(()), Err)
    }
}

fn credentials(
    group: Option<&TunnelGroup>,
    peer: IpAddr,
    identity: Option<&Identity>,
) -> Result<Credentials, Reason> {
    // No group and a group without a key are two things: devices end differently, and so does the remedy.
    let group = group.ok_or_else(|| Reason::NoTunnelGroup { peer, identity: identity.cloned() })?;
    let key = group.pre_shared_key.clone().map(Credentials::PreShared);
    key.ok_or_else(|| Reason::NoPreSharedKey { group: group.name.to_string() })
}
