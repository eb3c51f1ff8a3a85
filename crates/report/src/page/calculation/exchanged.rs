//! The Diffie-Hellman values: by powers modulo a prime, or on a curve.

use ike::crypto::DhGroup;
use ike::{Role, Sides};

use super::super::section::Section;
use super::super::side::Side;
use super::{Calculation, PHASE_1, int};

pub(super) fn own_public(side: &Side, role: Role) -> Option<Calculation> {
    let modulus = side.group()?.modulus()?;
    let name = Sides::new("g^xi", "g^xr")[role];
    let value = side.public[role].clone()?;
    // As wide as the modulus: zeros in front count in every hash.
    let length = value.len();
    Some(Calculation {
        of: PHASE_1,
        name,
        formula: "2^x mod p",
        sections: &[Section(2409, "6"), Section(3526, "")],
        inputs: vec![("x", side.exponent.clone()?), ("p", modulus)],
        value,
        before: String::new(),
        expression: format!("pow(2, {}, {}).to_bytes({length}, \"big\")", int("x"), int("p")),
    })
}

pub(super) fn gxy(side: &Side, role: Role) -> Option<Calculation> {
    let formula = Sides::new("(g^xr)^xi", "(g^xi)^xr")[role];
    let peers = side.public[role.other()].clone()?;
    let (value, exponent) = (side.gxy()?, side.exponent.clone()?);
    let mut inputs = vec![("x", exponent), ("peers", peers)];
    let (before, expression) = power(side.group()?, value.len(), &mut inputs)?;
    let sections = &[Section(2409, "5"), Section(5903, ""), Section(8031, "")];
    Some(Calculation { of: PHASE_1, name: "g^xy", formula, sections, inputs, value, before, expression })
}

/// What stands before the expression of a shared value, and that; a prime joins the inputs.
pub(super) fn power(
    group: DhGroup,
    length: usize,
    inputs: &mut Vec<(&'static str, Vec<u8>)>,
) -> Option<(String, String)> {
    Some(match group {
        DhGroup::X25519 => (include_str!("x25519.py").to_owned(), "x25519(x, peers)".to_owned()),
        DhGroup::Ecp256 => on_curve("2**256 - 2**224 + 2**192 + 2**96 - 1", length),
        DhGroup::Ecp384 => on_curve("2**384 - 2**128 - 2**96 + 2**32 - 1", length),
        DhGroup::Ecp521 => on_curve("2**521 - 1", length),
        modp @ (DhGroup::Modp768
        | DhGroup::Modp1024
        | DhGroup::Modp1536
        | DhGroup::Modp2048
        | DhGroup::Modp3072
        | DhGroup::Modp4096
        | DhGroup::Modp6144
        | DhGroup::Modp8192) => {
            inputs.push(("p", modp.modulus()?));
            let power = format!("pow({}, {}, {})", int("peers"), int("x"), int("p"));
            (String::new(), format!("{power}.to_bytes({length}, \"big\")"))
        }
    })
}

/// RFC 5903: the x coordinate alone is the shared value. `prime` is the field's, in Python.
fn on_curve(prime: &str, length: usize) -> (String, String) {
    let half = |from: &str, to: &str| format!("int.from_bytes(peers[{from}:{to}], \"big\")");
    // x and y are sent one behind the other, without the byte that other protocols put in front.
    let point = format!("({}, {})", half("", &length.to_string()), half(&length.to_string(), ""));
    let before = format!("p = {prime}\n{}", include_str!("curves.py"));
    (before, format!("multiply({}, {point})[0].to_bytes({length}, \"big\")", int("x")))
}
