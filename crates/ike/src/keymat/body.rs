//! What both sides put on the wire and hash, under RFC 2409's names.

use isakmp::{Payload, PayloadType};

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident in $kind:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Vec<u8>);

        impl $name {
            /// The payload with this body.
            pub fn payload(&self) -> Payload {
                Payload::new(PayloadType::$kind, self.0.clone())
            }
        }
    )*};
}

// A type each: the formulas differ by the order of their parts alone, and a swap gives keys that fit nobody.
bodies! {
    /// g^xi: the initiator's public value.
    Gxi in KE;
    /// g^xr: the responder's.
    Gxr in KE;
    /// `Ni_b`: the initiator's nonce.
    Ni in NONCE;
    /// `Nr_b`: the responder's.
    Nr in NONCE;
    /// `SAi_b`: the initiator's SA payload, the whole offer.
    SaiB in SA;
    /// `IDii_b`: the initiator's identity.
    IdiiB in ID;
    /// `IDir_b`: the responder's.
    IdirB in ID;
    /// `HASH_I`: the initiator's proof.
    HashI in HASH;
    /// `HASH_R`: the responder's.
    HashR in HASH;
}
