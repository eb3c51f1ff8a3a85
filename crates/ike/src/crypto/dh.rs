//! Diffie-Hellman groups (RFC 2409 section 6, RFC 3526, RFC 5903, RFC 8031). Public values and g^xy are
//! fixed-width and big-endian, leading zeros kept.

mod ecp;
mod modp;
mod x25519;

use std::fmt;
use std::sync::Arc;

pub(crate) use ::modp::Exchange;
use chacha20::ChaCha20Rng;
use zeroize::{Zeroize, Zeroizing};

use crate::table::table;

struct Row {
    number: u16,
    /// Of a public value, in bytes.
    public_len: usize,
    /// Of g^xy, in bytes.
    shared_len: usize,
}

const fn row(number: u16, public_len: usize, shared_len: usize) -> Row {
    Row { number, public_len, shared_len }
}

table! {
    /// A group that phase 1 can use. By number.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum DhGroup: Row {
        /// Group 1.
        Modp768 = row(1, 96, 96),
        /// Group 2.
        Modp1024 = row(2, 128, 128),
        /// Group 5.
        Modp1536 = row(5, 192, 192),
        /// Group 14.
        Modp2048 = row(14, 256, 256),
        /// Group 15.
        Modp3072 = row(15, 384, 384),
        /// Group 16.
        Modp4096 = row(16, 512, 512),
        /// Group 17.
        Modp6144 = row(17, 768, 768),
        /// Group 18.
        Modp8192 = row(18, 1024, 1024),
        /// Group 19.
        Ecp256 = row(19, 64, 32),
        /// Group 20.
        Ecp384 = row(20, 96, 48),
        /// Group 21.
        // 521 bits take 66 bytes: values are as wide as the field, and begin with zeros.
        Ecp521 = row(21, 132, 66),
        /// Group 31.
        X25519 = row(31, 32, 32),
    }
}

/// Why a peer's public value cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DhError {
    /// Not as long as the group's values are.
    #[error("a public value of {got} bytes, this group's have {expected}")]
    Length {
        /// Bytes that this group's values have.
        expected: usize,
        /// Bytes that came.
        got: usize,
    },
    /// Not in 2 ..= p-2: 0, 1 and p-1 would give the secret away.
    #[error("a public value outside 2 to p-2")]
    Range,
    /// Not a power of the generator: a shared value made of it would tell the last bit of an exponent.
    #[error("a public value that is no square")]
    NotSquare,
    /// Not a point of the curve.
    #[error("a public value that is no point of the curve")]
    NotOnCurve,
    /// The shared value is zero, whatever our exponent.
    #[error("a public value that makes the shared value zero")]
    Degenerate,
}

/// A private exponent or scalar.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Private(Arc<[u8]>);

impl Private {
    /// Big-endian (x25519: the 32 bytes as RFC 7748 has them). Secret.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        // Copies share the bytes: the last of them wipes.
        if let Some(bytes) = Arc::get_mut(&mut self.0) {
            bytes.zeroize();
        }
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Private({} bytes)", self.0.len())
    }
}

/// What every kind of group can do. Values have the group's lengths already.
trait Engine {
    /// A private value from the stream: in range, never zero.
    fn private(&self, stream: &mut ChaCha20Rng) -> Vec<u8>;
    fn public(&self, private: &[u8]) -> Vec<u8>;
    fn check(&self, public: &[u8]) -> Result<(), DhError>;
    fn shared(&self, private: &[u8], public: &[u8]) -> Result<Vec<u8>, DhError>;

    /// Both sides of an exchange.
    fn exchange(&self, [x, y]: [&[u8]; 2]) -> Exchange {
        let publics = [x, y].map(|private| self.public(private));
        // From one side: both come to the same value, and a power is what costs.
        let shared = self.shared(x, &publics[1]).unwrap_or_default();
        Exchange { publics, shared }
    }

    /// Both sides of many exchanges.
    fn exchanges(&self, pairs: &[[&[u8]; 2]]) -> Vec<Exchange> {
        pairs.iter().map(|pair| self.exchange(*pair)).collect()
    }
}

impl DhGroup {
    /// The assigned number.
    pub fn number(self) -> u16 {
        self.row().number
    }

    /// What it is, in a few words.
    pub fn meaning(self) -> String {
        match self {
            DhGroup::Ecp256 => "ECP, NIST P-256".into(),
            DhGroup::Ecp384 => "ECP, NIST P-384".into(),
            DhGroup::Ecp521 => "ECP, NIST P-521".into(),
            DhGroup::X25519 => "x25519".into(),
            DhGroup::Modp768
            | DhGroup::Modp1024
            | DhGroup::Modp1536
            | DhGroup::Modp2048
            | DhGroup::Modp3072
            | DhGroup::Modp4096
            | DhGroup::Modp6144
            | DhGroup::Modp8192 => format!("MODP, {} bits", self.public_len() * 8),
        }
    }

    /// The group with this number.
    pub fn from_number(number: u16) -> Option<DhGroup> {
        DhGroup::ALL.into_iter().find(|group| group.number() == number)
    }

    /// Public value in bytes. For ECP that is x | y.
    pub fn public_len(self) -> usize {
        self.row().public_len
    }

    /// g^xy in bytes. For ECP that is x alone.
    pub fn shared_len(self) -> usize {
        self.row().shared_len
    }

    /// The prime of a MODP group, big-endian; `None` for a curve.
    pub fn modulus(self) -> Option<Vec<u8>> {
        modp::Modp::of(self).map(modp::Modp::modulus)
    }

    fn with<T>(self, work: impl FnOnce(&dyn Engine) -> T) -> T {
        match self {
            DhGroup::Ecp256 => work(&ecp::P256),
            DhGroup::Ecp384 => work(&ecp::P384),
            DhGroup::Ecp521 => work(&ecp::P521),
            DhGroup::X25519 => work(&x25519::X25519),
            DhGroup::Modp768 => work(&*modp::MODP768),
            DhGroup::Modp1024 => work(&*modp::MODP1024),
            DhGroup::Modp1536 => work(&*modp::MODP1536),
            DhGroup::Modp2048 => work(&*modp::MODP2048),
            DhGroup::Modp3072 => work(&*modp::MODP3072),
            DhGroup::Modp4096 => work(&*modp::MODP4096),
            DhGroup::Modp6144 => work(&*modp::MODP6144),
            DhGroup::Modp8192 => work(&*modp::MODP8192),
        }
    }

    /// A private value from a stream.
    pub fn private_from_stream(self, stream: &mut ChaCha20Rng) -> Private {
        let bytes = Zeroizing::new(self.with(|engine| engine.private(stream)));
        Private(Arc::from(&bytes[..]))
    }

    /// g^x.
    pub(crate) fn public(self, private: &Private) -> Vec<u8> {
        self.with(|engine| engine.public(private.as_bytes()))
    }

    /// g^xy.
    pub(crate) fn shared(self, private: &Private, peers: &[u8]) -> Result<Vec<u8>, DhError> {
        // Again, and cheap: so no caller can forget it.
        self.check_public(peers)?;
        self.with(|engine| engine.shared(private.as_bytes(), peers))
    }

    /// Both sides of many exchanges, far cheaper than power by power.
    pub(crate) fn exchanges(self, pairs: &[[Private; 2]]) -> Vec<Exchange> {
        let pairs: Vec<_> = pairs.iter().map(|pair| pair.each_ref().map(Private::as_bytes)).collect();
        self.with(|engine| engine.exchanges(&pairs))
    }

    /// Whether a peer's public value can be used at all.
    ///
    /// # Errors
    /// [`DhError`]; that it would give a shared value of zero shows only when it is used.
    pub fn check_public(self, public: &[u8]) -> Result<(), DhError> {
        let (expected, got) = (self.public_len(), public.len());
        // RFC 2409 5: a public value is as long as the group's, zeros in front included.
        if got != expected {
            return Err(DhError::Length { expected, got });
        }
        self.with(|engine| engine.check(public))
    }

    /// y^((p-1)/2) is 1, as for each power of these groups' generator; true of what belongs to a curve.
    pub(crate) fn is_square(self, public: &[u8]) -> bool {
        modp::Modp::of(self).is_none_or(|group| group.is_square(public))
    }
}
