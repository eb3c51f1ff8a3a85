//! The values of a paste in a setup: for the commands of a fix.

use std::net::{IpAddr, Ipv4Addr};

use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::keymat::PreSharedKey;
use ike::{GroupName, Identity, Policy, Profile, Role, TunnelGroup};
use sim::Setup;
use vendor::Vendor;

use super::facts::Facts;
use super::talks::Talk;

/// Stands for the device's own address where the paste does not have it; nobody can have it (RFC 1112 section 4).
pub const OWN: IpAddr = IpAddr::V4(Ipv4Addr::new(240, 0, 0, 253));
/// Stands for the peer's.
pub const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(240, 0, 0, 254));

/// Whose behaviour and commands come nearest.
pub(super) fn profile(vendor: Vendor) -> &'static Profile {
    // Of the others nothing is known; what charon does with a message is what most do.
    let own = vendor.about().profile.or(Vendor::Strongswan.about().profile);
    own.unwrap_or(vendor::profile::ASA)
}

/// A setup with the addresses, the mode and the proposals that the paste has.
pub(super) fn setup(talk: &Talk, facts: &Facts, role: Role) -> Setup {
    let mut setup = Setup::default();
    if let Some(mode) = facts.mode {
        setup = setup.in_mode(mode);
    }
    let other = role.other();
    for at in Role::BOTH {
        setup.hosts[at].profile = profile(talk.vendor);
    }
    let (local, peer) = (talk.local.unwrap_or(OWN), talk.peer.unwrap_or(PEER));
    (setup.hosts[role].address, setup.hosts[role].peer) = (local, peer);
    (setup.hosts[other].address, setup.hosts[other].peer) = (peer, local);
    let group = |address, peer_identity| TunnelGroup {
        name: GroupName::Address(address),
        pre_shared_key: Some(PreSharedKey::new(b"any".to_vec())),
        peer_identity,
    };
    setup.hosts[role].tunnel_groups = vec![group(peer, facts.wanted.as_deref().map(identity))];
    setup.hosts[other].tunnel_groups = vec![group(local, None)];
    let offered = policies(&facts.offered);
    if !offered.is_empty() {
        setup.hosts[other].policies = offered;
    }
    setup
}

/// Whether the paste has the other side's proposals.
pub(super) fn offers_are_known(facts: &Facts) -> bool {
    !policies(&facts.offered).is_empty()
}

fn identity(text: &str) -> Identity {
    // `@` keeps pluto from looking the name up.
    let name = text.trim_start_matches('@').to_owned();
    if text.parse::<IpAddr>().is_ok() { Identity::OwnAddress } else { Identity::Fqdn(name) }
}

fn policies(lists: &[(String, usize)]) -> Vec<Policy> {
    let mut found: Vec<Policy> = Vec::new();
    for (list, _) in lists {
        // charon: several, each in one piece; pluto: one, in pieces.
        let each: Vec<&str> = if list.contains('/') { list.split(',').collect() } else { vec![list] };
        found.extend(each.into_iter().filter_map(policy).take(8));
    }
    found.truncate(8);
    found
}

/// `IKE:AES_CBC_256/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_2048`, `AES_CBC (256), HMAC_SHA1, MODP1024`.
fn policy(text: &str) -> Option<Policy> {
    let text = text.to_ascii_uppercase();
    let has = |word: &str| text.contains(word);
    let encryption = match () {
        () if has("AES") && has("256)") || has("AES_CBC_256") => Cipher::Aes256,
        () if has("AES") && has("192)") || has("AES_CBC_192") => Cipher::Aes192,
        // Behind the other two: its name begins theirs.
        () if has("AES_CBC") => Cipher::Aes128,
        () if has("3DES") => Cipher::TripleDes,
        () if has("DES_CBC") => Cipher::Des,
        () => return None,
    };
    let hash = match () {
        () if has("SHA2_512") => HashAlg::Sha512,
        () if has("SHA2_384") => HashAlg::Sha384,
        () if has("SHA2_256") => HashAlg::Sha256,
        () if has("SHA1") => HashAlg::Sha1,
        () if has("MD5") => HashAlg::Md5,
        () => return None,
    };
    let bits = |group: &DhGroup| {
        let number = group.number();
        has(&format!("MODP{}]", group.public_len() * 8))
            || text.ends_with(&format!("MODP{}", group.public_len() * 8))
            || text.ends_with(&format!("MODP_{}", group.public_len() * 8))
            || text.ends_with(&format!("DH{number}"))
    };
    let group = DhGroup::ALL.into_iter().find(bits)?;
    // No log has the rest of a policy.
    let default = Setup::default().hosts.initiator.policies.first().cloned()?;
    Some(Policy { encryption, hash, group, ..default })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proposals_are_read_as_both_daemons_write_them() {
        for text in [
            "IKE:AES_CBC_256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/MODP_1024",
            "AES_CBC (256), HMAC_SHA2_384, MODP1024",
        ] {
            let policy = policy(text).unwrap();
            assert_eq!(
                (policy.encryption, policy.hash, policy.group),
                (Cipher::Aes256, HashAlg::Sha384, DhGroup::Modp1024)
            );
        }
        assert!(policy("CHACHA20").is_none());
    }
}
