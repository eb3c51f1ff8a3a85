//! Kinds of fields: one colour, one sign and one word each, the same in bytes, fields, calculations and ladder.

/// What a stretch of bytes is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Which negotiation, which exchange, which message: the ISAKMP header.
    Naming,
    /// What is proposed or chosen.
    Offer,
    /// What keys are made of.
    KeyMaterial,
    /// Who it is, and what proves it.
    Proof,
    /// Padding and reserved bytes.
    Padding,
    /// What a vendor or an extension adds.
    Vendor,
    /// Encrypted: what is in it shows with the key alone.
    Sealed,
    /// A refusal, a report or a deletion.
    Notice,
}

impl Kind {
    pub const ALL: [Kind; 8] = [
        Kind::Naming,
        Kind::Offer,
        Kind::KeyMaterial,
        Kind::Proof,
        Kind::Padding,
        Kind::Vendor,
        Kind::Sealed,
        Kind::Notice,
    ];

    /// Its class in the style sheet, its sign, and its word. Colour does not reach everybody: the sign says the same.
    pub fn shown(self) -> (&'static str, char, &'static str) {
        match self {
            Kind::Naming => ("k-naming", '#', "which negotiation"),
            Kind::Offer => ("k-offer", '≡', "offer"),
            Kind::KeyMaterial => ("k-key", '◆', "key material"),
            Kind::Proof => ("k-proof", '✓', "identity and proof"),
            Kind::Padding => ("k-padding", '·', "padding"),
            Kind::Vendor => ("k-vendor", '+', "vendor, extension"),
            Kind::Sealed => ("k-sealed", '▒', "encrypted"),
            Kind::Notice => ("k-notice", '!', "notice"),
        }
    }

    pub fn class(self) -> &'static str {
        self.shown().0
    }

    /// A payload, by the name that `dissect` and the ladder give it: `KE`, `KE payload`, `proposal`.
    pub fn of_payload(name: &str) -> Kind {
        let payload = name.strip_suffix(" payload");
        match payload.unwrap_or(name) {
            "SA" | "proposal" | "transform" => Kind::Offer,
            "KE" | "NONCE" => Kind::KeyMaterial,
            "ID" | "HASH" | "SIG" | "CERT" | "CR" => Kind::Proof,
            "N" | "D" | "malformed" => Kind::Notice,
            "padding" => Kind::Padding,
            "encrypted payloads" => Kind::Sealed,
            "VID" | "NAT-D" | "NAT-OA" | "FRAG" | "ATTR" => Kind::Vendor,
            // A payload that no RFC numbers; anything else is a field of the header.
            _ if payload.is_some_and(|kind| kind != "next") => Kind::Vendor,
            _ => Kind::Naming,
        }
    }

    /// A value of the key schedule, by its RFC's name.
    pub fn of_value(name: &str) -> Option<Kind> {
        Some(match name {
            "CKY-I" | "CKY-R" | "M-ID" => Kind::Naming,
            "SAi_b" => Kind::Offer,
            "IDii" | "IDir" | "IDii_b" | "IDir_b" | "HASH_I" | "HASH_R" => Kind::Proof,
            "x" | "p" | "peers" | "psk" | "pre-shared-key" | "Ni" | "Nr" | "Ni_b" | "Nr_b" | "g^xi"
            | "g^xr" | "g^xy" | "SKEYID" | "SKEYID_d" | "SKEYID_a" | "SKEYID_e" | "Ka" | "IV" => {
                Kind::KeyMaterial
            }
            "HASH" => Kind::Proof,
            // Each direction's has a name of its own.
            other if other.starts_with("KEYMAT") => Kind::KeyMaterial,
            _ => return None,
        })
    }
}

/// The kinds and their signs, as a line.
pub(super) fn legend() -> String {
    let one = |kind: Kind| {
        let (class, sign, word) = kind.shown();
        format!("<li class=\"{class}\"><span aria-hidden=\"true\">{sign}</span> {word}</li>")
    };
    format!("<ul class=\"legend\" aria-label=\"Kinds of fields\">{}</ul>\n", Kind::ALL.map(one).concat())
}
