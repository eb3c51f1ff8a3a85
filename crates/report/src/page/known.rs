//! What each side knows at a step, as a table: only what is known by now, and marked what the step has changed.

mod children;

use std::fmt::Write;

use ike::{Role, Sides};

use super::escape;
use super::kind::Kind;
use super::side::Side;
use super::values::Values;

pub(super) use children::children;

/// How a page shows what the sides know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Show {
    /// Nothing secret.
    pub redact: bool,
    /// One side alone.
    pub view: Option<Role>,
}

impl Show {
    fn roles(self) -> impl Iterator<Item = Role> {
        Role::BOTH.into_iter().filter(move |role| self.view.is_none_or(|view| view == *role))
    }
}

/// A step has taught nobody anything, nor moved a state.
pub(super) fn unchanged(before: &Sides<Side>, now: &Sides<Side>) -> bool {
    let same = |role: Role| {
        let (was, is) = (&before[role], &now[role]);
        let bytes = |side: &Side| values(side).into_iter().map(|value| value.bytes).collect::<Vec<_>>();
        was.standing.state == is.standing.state && bytes(was) == bytes(is)
    };
    Role::BOTH.into_iter().all(same)
}

/// What is known behind a step, `before` being what was known ahead of it. Where the two sides differ is marked.
pub(super) fn known(before: &Sides<Side>, now: &Sides<Side>, show: Show, store: &mut Values) -> String {
    let heads: String =
        show.roles().map(|role| format!("<th scope=\"col\" data-side=\"{role}\">{role}</th>")).collect();
    let mut html = format!(
        "<table class=\"known\"><caption>What {} now</caption>\n<tr><th scope=\"col\"><span class=\"unseen\">value</span></th>{heads}</tr>\n{}",
        if show.view.is_some() { "this side knows" } else { "each side knows" },
        states(before, now, show)
    );
    let parts = parting(now);
    let mut behind = false;
    let pairs = |sides: &Sides<Side>| values(&sides.initiator).into_iter().zip(values(&sides.responder));
    for ((one, other), (was_one, was_other)) in pairs(now).zip(pairs(before)) {
        let (name, secret) = (one.name, one.secret);
        let (pair, was) = (Sides::new(one.bytes, other.bytes), Sides::new(was_one.bytes, was_other.bytes));
        if show.roles().all(|role| pair[role].is_none()) {
            continue;
        }
        // Values follow from the ones before: only the first that differs is news.
        let first = parts == Some(name);
        let marks = Marks {
            new: show.roles().any(|role| pair[role] != was[role]),
            parts: first,
            differs: behind && differs(&pair),
        };
        behind |= first;
        let cell = |role: Role| {
            let bytes = pair[role].as_ref()?;
            Some(if show.redact && secret { "known".into() } else { store.link(name, bytes) })
        };
        html += &row(name, marks, cell, show);
    }
    html + "</table>\n"
}

fn states(before: &Sides<Side>, now: &Sides<Side>, show: Show) -> String {
    let name = |side: &Side| side.standing.state.map_or("NONE", |state| state.asa());
    let new = show.roles().any(|role| name(&before[role]) != name(&now[role]));
    let marks = Marks { new, parts: false, differs: false };
    row("state", marks, |role| Some(name(&now[role]).into()), show)
}

/// What is worth marking in a row.
struct Marks {
    /// This step has changed it.
    new: bool,
    /// Here the sides part.
    parts: bool,
    /// They have parted above.
    differs: bool,
}

fn row(name: &str, marks: Marks, mut cell: impl FnMut(Role) -> Option<String>, show: Show) -> String {
    let (class, mark) = match marks {
        Marks { parts: true, .. } => (" parts", " ≠ here the two sides part"),
        Marks { differs: true, .. } => (" differs", " ≠"),
        Marks { .. } => ("", ""),
    };
    let (fresh, label) = if marks.new { ("new", " <small class=\"tag\">new</small>") } else { ("", "") };
    let kind = Kind::of_value(name).map_or("", Kind::class);
    let cells: String = show
        .roles()
        .map(|role| {
            let inside = cell(role).unwrap_or_default();
            format!("<td data-side=\"{role}\">{inside}</td>")
        })
        .collect();
    format!(
        "<tr class=\"{fresh}{class}\"><th scope=\"row\"><span class=\"{kind}\">{name}</span>{mark}{label}</th>{cells}</tr>\n"
    )
}

fn differs(pair: &Sides<Option<Vec<u8>>>) -> bool {
    matches!((&pair.initiator, &pair.responder), (Some(one), Some(other)) if one != other)
}

/// The first value that both have and that differs.
pub(super) fn parting(sides: &Sides<Side>) -> Option<&'static str> {
    let pairs = values(&sides.initiator).into_iter().zip(values(&sides.responder));
    let differing =
        |(one, other): &(Value, Value)| differs(&Sides::new(one.bytes.clone(), other.bytes.clone()));
    pairs.into_iter().find(differing).map(|(one, _)| one.name)
}

/// Why the sides part in this step: the two values byte by byte, or what went into them.
pub(super) fn difference(before: &Sides<Side>, now: &Sides<Side>, redact: bool) -> String {
    let Some(name) = parting(now).filter(|_| parting(before).is_none()) else { return String::new() };
    let psk = |side: &Side| side.psk.as_ref().map(|psk| psk.as_bytes().to_vec());
    let keys = now.as_ref().map(psk);
    let by_key = name == "SKEYID" && differs(&keys);
    let (what, why, pair) = if by_key {
        (
            "pre-shared key",
            "SKEYID = prf(pre-shared-key, Ni_b | Nr_b). Both put the same nonces in; the keys differ.",
            keys,
        )
    } else {
        let find = |side: &Side| values(side).into_iter().find(|value| value.name == name)?.bytes;
        (name, "What the one sent is not what the other received.", now.as_ref().map(find))
    };
    let mut html =
        format!("<section class=\"parting\">\n<h3>Where the two sides part: {name}</h3>\n<p>{why}</p>\n");
    let secret = by_key || !["CKY-I", "CKY-R", "g^xi", "Ni", "g^xr", "Nr"].contains(&name);
    if let (Some(one), Some(other), false) = (&pair.initiator, &pair.responder, redact && secret) {
        for (role, mine, others) in [(Role::Initiator, one, other), (Role::Responder, other, one)] {
            let text = text(mine).filter(|_| by_key).map_or(String::new(), |text| format!(" <q>{text}</q>"));
            let _ = writeln!(
                html,
                "<p data-side=\"{role}\"><b>{role}'s {what}</b>{text}<br><code>{}</code></p>",
                marked(mine, others)
            );
        }
    }
    html + "</section>\n"
}

/// A key as people type it.
fn text(bytes: &[u8]) -> Option<String> {
    str::from_utf8(bytes).ok().map(escape)
}

/// Hex in which the bytes that the other does not have are marked.
fn marked(bytes: &[u8], other: &[u8]) -> String {
    let pairs: Vec<(u8, bool)> =
        bytes.iter().enumerate().map(|(at, byte)| (*byte, other.get(at) != Some(byte))).collect();
    let runs = pairs.chunk_by(|one, next| one.1 == next.1);
    runs.map(|run| {
        let text: String = run.iter().map(|(byte, _)| format!("{byte:02x} ")).collect();
        if run.first().is_some_and(|(_, differs)| *differs) {
            format!("<mark>{}</mark> ", text.trim_end())
        } else {
            text
        }
    })
    .collect()
}

/// One thing that a side may know.
pub(super) struct Value {
    pub name: &'static str,
    pub secret: bool,
    pub bytes: Option<Vec<u8>>,
}

/// In the order of the protocol.
pub(super) fn values(side: &Side) -> Vec<Value> {
    let cookie = |initiator: bool| {
        side.cookies.map(|pair| if initiator { pair.initiator } else { pair.responder }).map(|c| c.0.to_vec())
    };
    // Zeros, in message 1: the responder has chosen none yet.
    let responders = cookie(false).filter(|bytes| bytes.iter().any(|byte| *byte != 0));
    let [gxi, gxr] = side.public.clone().into_array();
    let [ni, nr] = side.nonce.clone().into_array();
    let [idii, idir] = side.identity.clone().into_array();
    let keymat = side.keymat();
    let open = |name, bytes| Value { name, secret: false, bytes };
    let secret = |name, bytes| Value { name, secret: true, bytes };
    vec![
        open("CKY-I", cookie(true)),
        open("CKY-R", responders),
        open("g^xi", gxi),
        open("Ni", ni),
        open("g^xr", gxr),
        open("Nr", nr),
        secret("g^xy", side.gxy()),
        secret("SKEYID", keymat.map(|k| k.skeyid.as_bytes().to_vec())),
        secret("SKEYID_d", keymat.map(|k| k.skeyid_d.as_bytes().to_vec())),
        secret("SKEYID_a", keymat.map(|k| k.skeyid_a.as_bytes().to_vec())),
        secret("SKEYID_e", keymat.map(|k| k.skeyid_e.as_bytes().to_vec())),
        secret("Ka", keymat.map(|k| k.cipher_key.as_bytes().to_vec())),
        // Main Mode sends it encrypted, and a redacted page holds nothing that was decrypted.
        secret("IDii", idii),
        secret("IDir", idir),
    ]
}
