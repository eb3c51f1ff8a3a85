//! What each side knows at a step, as a table.

use std::fmt::Write;

use ike::Sides;

use super::message::short;
use super::side::Side;

/// What both know behind a step; where the two differ is marked.
pub(super) fn known(Sides { initiator, responder }: &Sides<Side>, redact: bool) -> String {
    let mut html = String::from(
        "<table class=\"known\"><caption>What each side knows now</caption>\n\
         <tr><th scope=\"col\"></th><th scope=\"col\">initiator</th><th scope=\"col\">responder</th></tr>\n",
    );
    let name = |side: &Side| side.standing.state.map_or("NONE", |state| state.asa());
    let _ = writeln!(
        html,
        "<tr><th scope=\"row\">state</th><td>{}</td><td>{}</td></tr>",
        name(initiator),
        name(responder)
    );
    // Values follow from the ones before: only the first that differs is news.
    let mut parted = false;
    for ((what, secret, one), (_, _, other)) in values(initiator).into_iter().zip(values(responder)) {
        let differ = one.is_some() && other.is_some() && one != other;
        let class = match (differ, parted) {
            (true, false) => " class=\"parts\"",
            (true, true) => " class=\"differs\"",
            _ => "",
        };
        let mark = match (differ, parted) {
            (true, false) => " ≠ here the two sides part",
            (true, true) => " ≠",
            _ => "",
        };
        parted |= differ;
        let cell = |value: &Option<Vec<u8>>| match value {
            Some(_) if redact && secret => "known".into(),
            Some(bytes) => format!("<code>{}</code>", short(bytes)),
            None => "–".into(),
        };
        let _ = writeln!(
            html,
            "<tr{class}><th scope=\"row\">{what}{mark}</th><td>{}</td><td>{}</td></tr>",
            cell(&one),
            cell(&other)
        );
    }
    html + "</table>\n"
}

/// Name, whether it is a secret, value: in the order of the protocol.
pub(super) fn values(side: &Side) -> Vec<(&'static str, bool, Option<Vec<u8>>)> {
    let cookie = |initiator: bool| {
        side.cookies.map(|pair| if initiator { pair.initiator } else { pair.responder }).map(|c| c.0.to_vec())
    };
    // Zeros, in message 1: the responder has chosen none yet.
    let responders = cookie(false).filter(|bytes| bytes.iter().any(|byte| *byte != 0));
    let [gxi, gxr] = side.public.clone().into_array();
    let [ni, nr] = side.nonce.clone().into_array();
    let [idii, idir] = side.identity.clone().into_array();
    let keymat = side.keymat();
    vec![
        ("CKY-I", false, cookie(true)),
        ("CKY-R", false, responders),
        ("g^xi", false, gxi),
        ("Ni", false, ni),
        ("g^xr", false, gxr),
        ("Nr", false, nr),
        ("g^xy", true, side.gxy()),
        ("SKEYID", true, keymat.map(|k| k.skeyid.as_bytes().to_vec())),
        ("SKEYID_d", true, keymat.map(|k| k.skeyid_d.as_bytes().to_vec())),
        ("SKEYID_a", true, keymat.map(|k| k.skeyid_a.as_bytes().to_vec())),
        ("SKEYID_e", true, keymat.map(|k| k.skeyid_e.as_bytes().to_vec())),
        ("Ka", true, keymat.map(|k| k.cipher_key.as_bytes().to_vec())),
        // Main Mode sends it encrypted, and a redacted page holds nothing that was decrypted.
        ("IDii", true, idii),
        ("IDir", true, idir),
    ]
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
