//! What a peer computes, with its real inputs and a Python script that computes it again.

mod exchanged;
mod quick;

use ike::Role;
use ike::auth::SkeyidFrom;
use ike::crypto::HashAlg;
use ike::keymat::{self, Gxi, Gxr, HashInputs, IdiiB, IdirB, SaiB};
use isakmp::MessageId;

use super::hex;
use super::section::Section;
use super::side::Side;

use exchanged::{gxy, own_public};
pub(super) use quick::keymat_name;

/// One value and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Calculation {
    /// The exchange that it belongs to; 0: phase 1.
    pub of: MessageId,
    pub name: &'static str,
    /// As the RFC writes it.
    pub formula: &'static str,
    /// Where the RFC says so.
    pub sections: &'static [Section],
    pub inputs: Vec<(&'static str, Vec<u8>)>,
    pub value: Vec<u8>,
    /// The right side of `name =`, and what must stand before it.
    before: String,
    expression: String,
}

impl Calculation {
    /// A script of its own: it fails where the value is another.
    pub fn python(&self) -> String {
        let inputs: String = self
            .inputs
            .iter()
            .map(|(name, bytes)| format!("{} = bytes.fromhex(\"{}\")\n", identifier(name), hex(bytes)))
            .collect();
        let Calculation { name, value, before, expression, .. } = self;
        let name = identifier(name);
        format!(
            "import hashlib, hmac\n{inputs}{before}{name} = {expression}\nprint(\"{name} =\", {name}.hex())\n\
             assert {name}.hex() == \"{}\"\n",
            hex(value)
        )
    }
}

/// The exchange that phase 1 is.
const PHASE_1: MessageId = MessageId(0);

/// `g^xy` and `HASH(1)` are no names in Python.
fn identifier(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    name.trim_end_matches('_').to_owned()
}

/// Everything that this side can compute by now, in the order of the key schedule.
pub(super) fn all(seed: u64, side: &Side, role: Role) -> Vec<Calculation> {
    let exchange = [own_public(side, role), gxy(side, role)];
    let keys =
        [skeyid(side), derived(side, 0), derived(side, 1), derived(side, 2), cipher_key(side), iv(side)];
    let hashes = Role::BOTH.map(|of| authenticator(side, of));
    let phase_1 = exchange.into_iter().chain(keys).chain(hashes).flatten();
    phase_1.chain(side.children.iter().flat_map(|child| quick::all(seed, side, role, child))).collect()
}

fn int(name: &str) -> String {
    format!("int.from_bytes({name}, \"big\")")
}

/// `hmac.new(key, data, "sha1").digest()`
fn prf(hash: HashAlg, key: &str, data: &str) -> String {
    format!("hmac.new({key}, {data}, \"{}\").digest()", python_name(hash))
}

fn python_name(hash: HashAlg) -> &'static str {
    match hash {
        HashAlg::Sha1 => "sha1",
        other @ (HashAlg::Md5 | HashAlg::Sha256 | HashAlg::Sha384 | HashAlg::Sha512) => other.name(),
    }
}

fn skeyid(side: &Side) -> Option<Calculation> {
    match side.standing.negotiated?.authentication.method().skeyid {
        SkeyidFrom::PreSharedKey => {}
        // No run gets as far with another method.
        SkeyidFrom::SharedValue | SkeyidFrom::Nonces => return None,
    }
    let [ni, nr] = side.nonce.as_ref().into_array();
    let inputs =
        vec![("psk", side.psk.as_ref()?.as_bytes().to_vec()), ("Ni", ni.clone()?), ("Nr", nr.clone()?)];
    Some(Calculation {
        of: PHASE_1,
        name: "SKEYID",
        formula: "prf(pre-shared-key, Ni_b | Nr_b)",
        sections: &[Section(2409, "5.4")],
        inputs,
        value: side.keymat()?.skeyid.as_bytes().to_vec(),
        before: String::new(),
        expression: prf(side.hash()?, "psk", "Ni + Nr"),
    })
}

/// `SKEYID_d`, `SKEYID_a`, `SKEYID_e`: each from the one before.
fn derived(side: &Side, number: usize) -> Option<Calculation> {
    let keymat = side.keymat()?;
    let values = [keymat.skeyid_d.as_bytes(), keymat.skeyid_a.as_bytes(), keymat.skeyid_e.as_bytes()];
    let (name, formula, before) = *[
        ("SKEYID_d", "prf(SKEYID, g^xy | CKY-I | CKY-R | 0)", ""),
        ("SKEYID_a", "prf(SKEYID, SKEYID_d | g^xy | CKY-I | CKY-R | 1)", "SKEYID_d + "),
        ("SKEYID_e", "prf(SKEYID, SKEYID_a | g^xy | CKY-I | CKY-R | 2)", "SKEYID_a + "),
    ]
    .get(number)?;
    let mut inputs = vec![("SKEYID", keymat.skeyid.as_bytes().to_vec())];
    match number {
        1 => inputs.push(("SKEYID_d", keymat.skeyid_d.as_bytes().to_vec())),
        2 => inputs.push(("SKEYID_a", keymat.skeyid_a.as_bytes().to_vec())),
        _ => {}
    }
    let cookies = side.cookies?;
    inputs.push(("g^xy", side.gxy()?));
    inputs.push(("CKY-I", cookies.initiator.0.to_vec()));
    inputs.push(("CKY-R", cookies.responder.0.to_vec()));
    let data = format!("{before}g_xy + CKY_I + CKY_R + bytes([{number}])");
    Some(Calculation {
        of: PHASE_1,
        name,
        formula,
        sections: &[Section(2409, "5")],
        inputs,
        value: values.get(number)?.to_vec(),
        before: String::new(),
        expression: prf(side.hash()?, "SKEYID", &data),
    })
}

fn cipher_key(side: &Side) -> Option<Calculation> {
    let (keymat, hash) = (side.keymat()?, side.hash()?);
    let (key, skeyid_e) = (keymat.cipher_key.as_bytes(), keymat.skeyid_e.as_bytes());
    let length = key.len();
    // Only a key longer than the hash is stretched: AES-256 with SHA-1, not with SHA-256.
    let (formula, before) = if skeyid_e.len() >= length {
        ("the first bytes of SKEYID_e", "K = SKEYID_e\n".to_owned())
    } else {
        let [first, next] = ["bytes([0])", "block"].map(|data| prf(hash, "SKEYID_e", data));
        let before =
            format!("K = block = {first}\nwhile len(K) < {length}:\n    block = {next}\n    K += block\n");
        ("K1 | K2 | ..., K1 = prf(SKEYID_e, 0), Kn = prf(SKEYID_e, Kn-1)", before)
    };
    Some(Calculation {
        of: PHASE_1,
        name: "Ka",
        formula,
        sections: &[Section(2409, "B")],
        inputs: vec![("SKEYID_e", skeyid_e.to_vec())],
        value: key.to_vec(),
        before,
        expression: format!("K[:{length}]"),
    })
}

fn iv(side: &Side) -> Option<Calculation> {
    // Nothing is encrypted before there are keys, though all that goes into the IV is known.
    side.keymat()?;
    let [gxi, gxr] = side.public.as_ref().into_array();
    let value = side.first_iv.clone()?;
    let digest =
        format!("hashlib.new(\"{}\", g_xi + g_xr).digest()[:{}]", python_name(side.hash()?), value.len());
    Some(Calculation {
        of: PHASE_1,
        name: "IV",
        formula: "hash(g^xi | g^xr), the first bytes",
        sections: &[Section(2409, "B")],
        inputs: vec![("g^xi", gxi.clone()?), ("g^xr", gxr.clone()?)],
        value,
        before: String::new(),
        expression: digest,
    })
}

/// `HASH_I` or `HASH_R`, once the identity that it covers is known.
fn authenticator(side: &Side, of: Role) -> Option<Calculation> {
    let (keymat, hash, cookies) = (side.keymat()?, side.hash()?, side.cookies?);
    let [gxi, gxr] = side.public.as_ref().into_array();
    let (gxi, gxr, sai_b) = (gxi.as_ref()?, gxr.as_ref()?, side.sai_b.as_ref()?);
    // The body alone: no hash covers the payload's own header.
    let id_b = side.identity[of].as_ref()?;
    let (name, formula, id, data) = match of {
        Role::Initiator => (
            "HASH_I",
            "prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | SAi_b | IDii_b)",
            "IDii_b",
            "g_xi + g_xr + CKY_I + CKY_R + SAi_b + IDii_b",
        ),
        Role::Responder => (
            "HASH_R",
            "prf(SKEYID, g^xr | g^xi | CKY-R | CKY-I | SAi_b | IDir_b)",
            "IDir_b",
            "g_xr + g_xi + CKY_R + CKY_I + SAi_b + IDir_b",
        ),
    };
    let (sai_b, id_b) = (sai_b.clone(), id_b.clone());
    let inputs =
        HashInputs { gxi: Gxi(gxi.clone()), gxr: Gxr(gxr.clone()), cookies, sai_b: SaiB(sai_b.clone()) };
    // The engine's own code: what holds it to the RFC is the script.
    let value = match of {
        Role::Initiator => keymat::hash_i(hash, &keymat.skeyid, &inputs, &IdiiB(id_b.clone())).0,
        Role::Responder => keymat::hash_r(hash, &keymat.skeyid, &inputs, &IdirB(id_b.clone())).0,
    };
    Some(Calculation {
        of: PHASE_1,
        name,
        formula,
        sections: &[Section(2409, "5")],
        inputs: vec![
            ("SKEYID", keymat.skeyid.as_bytes().to_vec()),
            ("g^xi", gxi.clone()),
            ("g^xr", gxr.clone()),
            ("CKY-I", cookies.initiator.0.to_vec()),
            ("CKY-R", cookies.responder.0.to_vec()),
            ("SAi_b", sai_b),
            (id, id_b),
        ],
        value,
        before: String::new(),
        expression: prf(hash, "SKEYID", data),
    })
}
