//! The authenticators and keys of a Quick Mode.

use ike::crypto::HashAlg;
use ike::{IpsecSa, Role, Sides};
use isakmp::ProtocolId;

use super::super::section::Section;
use super::super::side::{Child, Half, Side};
use super::exchanged::power;
use super::{Calculation, prf};

type Inputs = Vec<(&'static str, Vec<u8>)>;

/// Everything that this side can compute of this Quick Mode by now.
pub(super) fn all(seed: u64, side: &Side, role: Role, child: &Child) -> Vec<Calculation> {
    let hashes = [0, 1, 2].map(|slot| authenticator(side, child, slot));
    let half = child.half(seed, role);
    let shared = half.as_ref().and_then(|half| shared(child, half));
    // With PFS and no shared value to show, KEYMAT could not be computed again.
    let whole = child.agreed.is_none_or(|agreed| agreed.pfs.is_none() == half.is_none());
    let sas = child.sas.iter().filter(|_| whole).filter_map(|sa| keymat(side, child, half.as_ref(), sa));
    hashes.into_iter().flatten().chain(shared).chain(sas).collect()
}

/// HASH(1), HASH(2) or HASH(3), by its number from 0.
fn authenticator(side: &Side, child: &Child, slot: usize) -> Option<Calculation> {
    let value = child.hashes.get(slot)?.clone()?;
    let Sides { initiator: ni, responder: nr } = child.nonce.clone();
    let covered = |role: Role| Some(("payloads", child.covered[role].clone()?));
    let (name, formula, more, data) = match slot {
        0 => (
            "HASH(1)",
            "prf(SKEYID_a, M-ID | the payloads behind HASH)",
            vec![covered(Role::Initiator)?],
            "M_ID + payloads",
        ),
        1 => (
            "HASH(2)",
            "prf(SKEYID_a, M-ID | Ni_b | the payloads behind HASH)",
            vec![("Ni (qm)", ni?), covered(Role::Responder)?],
            "M_ID + Ni__qm + payloads",
        ),
        _ => (
            "HASH(3)",
            "prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b)",
            vec![("Ni (qm)", ni?), ("Nr (qm)", nr?)],
            "bytes([0]) + M_ID + Ni__qm + Nr__qm",
        ),
    };
    let skeyid_a = side.keymat()?.skeyid_a.as_bytes().to_vec();
    let mut inputs = vec![("SKEYID_a", skeyid_a), ("M-ID", child.id.0.to_be_bytes().to_vec())];
    inputs.extend(more);
    let (before, expression) = (String::new(), prf(side.hash()?, "SKEYID_a", data));
    let sections = &[Section(2409, "5.5")];
    Some(Calculation { of: child.id, name, formula, sections, inputs, value, before, expression })
}

/// g(qm)^xy, which PFS puts into the keys.
fn shared(child: &Child, half: &Half) -> Option<Calculation> {
    let mut inputs = vec![("x", half.exponent.clone()), ("peers", half.peers.clone())];
    let (before, expression) = power(child.agreed?.pfs?, half.shared.len(), &mut inputs)?;
    let formula = "the peer's public value of this Quick Mode to the power of x";
    let (name, sections, value) = ("g(qm)^xy", &[Section(2409, "5.5")], half.shared.clone());
    Some(Calculation { of: child.id, name, formula, sections, inputs, value, before, expression })
}

/// KEYMAT of one direction of one protocol.
fn keymat(side: &Side, child: &Child, half: Option<&Half>, sa: &IpsecSa) -> Option<Calculation> {
    let Sides { initiator, responder } = child.nonce.clone();
    let IpsecSa { protocol, inbound, spi, key } = sa;
    let mut inputs: Inputs = vec![("SKEYID_d", side.keymat()?.skeyid_d.as_bytes().to_vec())];
    inputs.extend(half.map(|half| ("g(qm)^xy", half.shared.clone())));
    inputs.extend([("protocol", vec![protocol.0]), ("SPI", spi.clone())]);
    inputs.extend([("Ni (qm)", initiator?), ("Nr (qm)", responder?)]);
    let (formula, data) = match half {
        Some(_) => (
            "prf(SKEYID_d, g(qm)^xy | protocol | SPI | Ni_b | Nr_b), and again with that in front",
            "g_qm__xy + protocol + SPI + Ni__qm + Nr__qm",
        ),
        None => (
            "prf(SKEYID_d, protocol | SPI | Ni_b | Nr_b), and again with that in front",
            "protocol + SPI + Ni__qm + Nr__qm",
        ),
    };
    let value = key.as_bytes().to_vec();
    let (before, expression) = stretched(side.hash()?, data, value.len());
    let (name, sections) = (keymat_name(*protocol, *inbound), &[Section(2409, "5.5")]);
    Some(Calculation { of: child.id, name, formula, sections, inputs, value, before, expression })
}

fn stretched(hash: HashAlg, data: &str, length: usize) -> (String, String) {
    let next = prf(hash, "SKEYID_d", "block + data");
    let before = format!(
        "data = {data}\nK = block = b\"\"\nwhile len(K) < {length}:\n    block = {next}\n    K += block\n"
    );
    (before, format!("K[:{length}]"))
}

/// Each is a key of its own: the SPI in it is its receiver's.
pub(in crate::page) fn keymat_name(protocol: ProtocolId, inbound: bool) -> &'static str {
    match (protocol == ProtocolId::AH, inbound) {
        (false, true) => "KEYMAT ESP in",
        (false, false) => "KEYMAT ESP out",
        (true, true) => "KEYMAT AH in",
        (true, false) => "KEYMAT AH out",
    }
}
