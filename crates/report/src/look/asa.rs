//! `show crypto ikev1 sa [detail]` of an ASA.

use std::fmt::Write;

use ike::Role;
use ike::crypto::{Cipher, HashAlg};

use super::{Detail, SIMULATED, Sa};

/// Removed negotiations are gone.
pub(super) fn show(sas: &[Sa<'_>], detail: Detail) -> String {
    // An ASA drops the row at once, where IOS shows it as deleted for a while.
    let sas: Vec<&Sa<'_>> = sas.iter().filter(|sa| sa.negotiation.ended.is_none()).collect();
    if detail == Detail::Table {
        return table(&sas);
    }
    if sas.is_empty() {
        return "\nThere are no IKEv1 SAs\n".into();
    }
    let mut text = format!(
        "\nIKEv1 SAs:\n\n   Active SA: {0}\n    Rekey SA: 0 (A tunnel will report 1 Active and 1 Rekey SA during rekey)\n\
         Total IKE SA: {0}\n\n",
        sas.len()
    );
    for (n, sa) in sas.iter().enumerate() {
        let _ = write!(
            text,
            "{:<4}IKE Peer: {}\n    Type    : {:<16}Role    : {} \n    Rekey   : {:<16}State   : {} \n",
            n + 1,
            sa.peer,
            kind(sa),
            sa.role,
            "no",
            sa.state
        );
        if detail == Detail::Full {
            let (encrypt, hash, lifetime) = values(sa);
            let _ = write!(
                text,
                "    Encrypt : {encrypt:<16}Hash    : {hash} \n    Auth    : {:<16}Lifetime: {lifetime} \n",
                "preshared"
            );
        }
    }
    text
}

/// An ASA binds the tunnel-group late; until then even a site-to-site peer is a `user`.
fn kind(sa: &Sa<'_>) -> &'static str {
    let standing = &sa.negotiation.standing;
    if standing.group.is_some() && standing.negotiated.is_some() { "L2L" } else { "user" }
}

fn values(sa: &Sa<'_>) -> (String, String, String) {
    let Some(negotiated) = sa.negotiation.standing.negotiated else {
        return ("-".into(), "-".into(), "-".into());
    };
    let encrypt = match negotiated.encryption {
        // Without a number, as in an ASA's configuration.
        Cipher::Aes128 => "aes".into(),
        cipher @ (Cipher::Des | Cipher::TripleDes | Cipher::Aes192 | Cipher::Aes256) => {
            cipher.name().to_owned()
        }
    };
    (encrypt, hash(negotiated.hash).into(), negotiated.lifetime.to_string())
}

fn hash(hash: HashAlg) -> &'static str {
    match hash {
        HashAlg::Md5 => "MD5",
        HashAlg::Sha1 => "SHA",
        HashAlg::Sha256 => "SHA256",
        HashAlg::Sha384 => "SHA384",
        HashAlg::Sha512 => "SHA512",
    }
}

/// The layout that parsers know. Its public samples have 3DES alone.
fn table(sas: &[&Sa<'_>]) -> String {
    const HEAD: &str = "IKE Peer      Type  Dir   Rky  State      Encrypt Hash  Auth    Lifetime\n";
    let mut text = String::new();
    for (n, sa) in sas.iter().enumerate() {
        let (encrypt, hash, lifetime) = values(sa);
        let direction = if sa.role == Role::Initiator { "Init" } else { "Resp" };
        let kind = if kind(sa) == "user" { "User" } else { "L2L" };
        let _ = writeln!(
            text,
            "{HEAD}{} {} {kind:<5} {direction:<5} No   {:<10} {:<7} {hash:<5} preshrd {lifetime}",
            n + 1,
            sa.peer,
            sa.state,
            encrypt.replace('-', ""),
        );
    }
    if sas.iter().any(|sa| values(sa).0.starts_with("aes")) {
        let _ = writeln!(text, "{SIMULATED}: how this table writes AES");
    }
    text
}
