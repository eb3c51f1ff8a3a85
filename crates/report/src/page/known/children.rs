//! The children of each side, as a table: one row for each thing that a side knows of one.

use std::collections::BTreeSet;

use ike::{Agreed, IpsecSa, Role, Sides};
use isakmp::MessageId;

use super::super::calculation::keymat_name;
use super::super::escape;
use super::super::side::{Child, Side};
use super::super::values::Values;
use super::{Marks, Show, row};

/// What a side knows of a child under one name.
struct Known {
    name: &'static str,
    what: What,
}

enum What {
    /// Of the configuration, or said of it in the ladder too.
    Open(String),
    /// Decrypted, or derived.
    Secret(Vec<u8>),
}

/// Children whose state or values this step has changed; nothing where it changed none.
pub(in crate::page) fn children(
    before: &Sides<Side>,
    now: &Sides<Side>,
    show: Show,
    store: &mut Values,
) -> String {
    let ids: BTreeSet<MessageId> =
        show.roles().flat_map(|role| now[role].children.iter().map(|child| child.id)).collect();
    let changed = |id: &MessageId| show.roles().any(|role| find(before, role, *id) != find(now, role, *id));
    ids.into_iter().filter(changed).map(|id| table(before, now, id, show, store)).collect()
}

fn find(sides: &Sides<Side>, role: Role, id: MessageId) -> Option<&Child> {
    sides[role].children.iter().find(|child| child.id == id)
}

fn table(before: &Sides<Side>, now: &Sides<Side>, id: MessageId, show: Show, store: &mut Values) -> String {
    let known = |sides: &Sides<Side>, role| {
        find(sides, role, id).filter(|one| !one.gone).map(facts).unwrap_or_default()
    };
    let (was, is) = (Sides::from_fn(|role| known(before, role)), Sides::from_fn(|role| known(now, role)));
    let heads: String =
        show.roles().map(|role| format!("<th scope=\"col\" data-side=\"{role}\">{role}</th>")).collect();
    let mut html = format!(
        "<table class=\"known\"><caption>The child of Quick Mode {:08x} now</caption>\n<tr><th scope=\"col\"><span class=\"unseen\">value</span></th>{heads}</tr>\n",
        id.0
    );
    for name in NAMES {
        let text = |facts: &[Known], store: &mut Values| {
            let known = facts.iter().find(|known| known.name == name)?;
            Some(match &known.what {
                What::Open(text) => escape(text),
                What::Secret(_) if show.redact => "known".into(),
                What::Secret(bytes) => store.link(name, bytes),
            })
        };
        let cells = show.roles().map(|role| (role, text(&is[role], store), text(&was[role], store)));
        let cells: Vec<_> = cells.collect();
        if cells.iter().all(|(_, now, _)| now.is_none()) {
            continue;
        }
        let new = cells.iter().any(|(_, now, was)| now != was);
        let cell = |role| cells.iter().find(|(of, ..)| *of == role).and_then(|(_, now, _)| now.clone());
        html += &row(name, Marks { new, parts: false, differs: false }, cell, show);
    }
    html + "</table>\n"
}

/// The rows, in the order in which they come to be known.
const NAMES: [&str; 12] = [
    "flow",
    "Ni (qm)",
    "Nr (qm)",
    "transform",
    "SPI ESP in",
    "SPI ESP out",
    "SPI AH in",
    "SPI AH out",
    "KEYMAT ESP in",
    "KEYMAT ESP out",
    "KEYMAT AH in",
    "KEYMAT AH out",
];

fn facts(child: &Child) -> Vec<Known> {
    let open = |name, text: String| Known { name, what: What::Open(text) };
    let secret = |name, bytes: &Vec<u8>| Known { name, what: What::Secret(bytes.clone()) };
    let mut facts = Vec::new();
    facts.extend(child.selectors.map(|flow| open("flow", flow.to_string())));
    facts.extend(child.nonce.initiator.iter().map(|nonce| secret("Ni (qm)", nonce)));
    facts.extend(child.nonce.responder.iter().map(|nonce| secret("Nr (qm)", nonce)));
    facts.extend(child.agreed.map(|agreed| open("transform", transform(&agreed))));
    for IpsecSa { protocol, inbound, spi, key } in &child.sas {
        let name = keymat_name(*protocol, *inbound);
        let of_spi = NAMES.into_iter().find(|one| one.strip_prefix("SPI") == name.strip_prefix("KEYMAT"));
        facts.extend(of_spi.map(|of_spi| secret(of_spi, spi)));
        facts.push(secret(name, &key.as_bytes().to_vec()));
    }
    facts
}

fn transform(agreed: &Agreed) -> String {
    let Agreed { set, mode, udp, pfs, lifetime, .. } = agreed;
    let udp = if *udp { " in UDP" } else { "" };
    let pfs = pfs.map_or("no PFS".into(), |group| format!("PFS group {}", group.number()));
    format!("{set}, {mode}{udp}, {pfs}, {lifetime} s")
}
