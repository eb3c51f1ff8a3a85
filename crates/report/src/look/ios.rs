//! `show crypto isakmp sa [detail]` of an IOS router.

use std::fmt::Write;

use ike::crypto::{Cipher, HashAlg};
use ike::{Instant, Role, SaId};
use sim::Negotiation;

use super::{Detail, SIMULATED, Sa};

/// Numbers of negotiations that have keys begin here.
// Public traces have 100x as soon as there are keys.
const FIRST: u32 = 1001;

/// The number that this negotiation is called by; 0 until it has keys.
pub(super) fn connection(SaId(number): SaId, negotiation: &Negotiation) -> u32 {
    if negotiation.standing.keys.is_some() { FIRST + number } else { 0 }
}

pub(super) fn show(sas: &[Sa<'_>], detail: Detail, at: Instant) -> String {
    let mut text = String::from("IPv4 Crypto ISAKMP SA\n");
    if detail == Detail::Brief {
        text += "dst             src             state          conn-id status\n";
        for sa in sas.iter().filter(|sa| sa.peer.is_ipv4()) {
            text += &row(sa);
        }
    } else {
        text += "\nC-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.\n\n";
        for sa in sas.iter().filter(|sa| sa.peer.is_ipv4() && sa.negotiation.ended.is_none()) {
            text += &full(sa, at).unwrap_or_default();
        }
    }
    text += "\nIPv6 Crypto ISAKMP SA\n";
    for sa in sas.iter().filter(|sa| sa.peer.is_ipv6()) {
        text += &row(sa);
    }
    if sas.iter().any(|sa| sa.negotiation.ended.is_some()) {
        let _ = writeln!(text, "\n{SIMULATED}: how long a deleted entry is still shown");
    }
    text
}

/// `dst` is the responder of the negotiation, `src` its initiator.
fn row(sa: &Sa<'_>) -> String {
    let (dst, src) = match sa.role {
        Role::Initiator => (sa.peer, sa.local),
        Role::Responder => (sa.local, sa.peer),
    };
    let (state, status) = match sa.negotiation.ended {
        // So public outputs have attempts that died, whatever state they died in.
        Some(_) => ("MM_NO_STATE", "ACTIVE (deleted)"),
        None => (vendor::ios::state_name(sa.state), "ACTIVE"),
    };
    let connection = connection(sa.id, sa.negotiation);
    format!("{:<15} {:<15} {state:<14} {connection:>7} {status}\n", dst.to_string(), src.to_string())
}

/// `None`: it has no keys yet.
fn full(sa: &Sa<'_>, at: Instant) -> Option<String> {
    let standing = &sa.negotiation.standing;
    let negotiated = standing.negotiated.filter(|_| standing.keys.is_some())?;
    let encryption = match negotiated.encryption {
        Cipher::Des => "des",
        Cipher::TripleDes => "3des",
        Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256 => "aes",
    };
    let hash = match negotiated.hash {
        HashAlg::Sha1 => "sha",
        other @ (HashAlg::Md5 | HashAlg::Sha256 | HashAlg::Sha384 | HashAlg::Sha512) => other.name(),
    };
    let age = sa.negotiation.complete.map_or(0, |since| at.since(since).as_secs());
    let left = u64::from(negotiated.lifetime).saturating_sub(age);
    let lifetime = format!("{:02}:{:02}:{:02}", left / 3600, left / 60 % 60, left % 60);
    let connection = connection(sa.id, sa.negotiation);
    Some(format!(
        "{connection:<5} {:<15} {:<15}        ACTIVE {encryption:<4} {hash:<6} psk  {:<2} {lifetime}     \n       Engine-id:Conn-id =  SW:{}\n\n",
        sa.local.to_string(),
        sa.peer.to_string(),
        negotiated.group.number(),
        connection - (FIRST - 1)
    ))
}
