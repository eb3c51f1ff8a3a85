//! MODP groups with generator 2 (RFC 2409 sections 6.1 and 6.2, RFC 3526).
//!
//! Every prime is 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) * pi) + c), so pi stands here once.

use std::sync::LazyLock;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::Rng;
use modp::{Kernel, Power};
use num_bigint::BigUint;

use super::{DhError, DhGroup, Engine, Exchange};

/// A prime and how its values are made.
pub(super) struct Modp {
    group: modp::Group,
    /// p-2: the highest public value that does not give the secret away.
    highest: Vec<u8>,
    /// Bits of a private exponent: enough for the group's strength, and short, because time grows with it
    /// (RFC 3526 section 8, RFC 7919 section 5.2).
    exponent_bits: usize,
}

/// floor(2^8062 * pi), computed with Machin's formula.
const PI_BITS: usize = 8062;
const PI: &[u8] = b"\
    c90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b\
    0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f2411\
    7c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f3562085\
    52bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28f\
    b5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33a855\
    21abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d226\
    1ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e208e24fa074e5\
    ab3143db5bfce0fd108e4b82d120a92108011a723c12a787e6d788719a10bdba5b2699c327186af4e23c1a946834b6150bda\
    2583e9ca2ad44ce8dbbbc2db04de8ef92e8efc141fbecaa6287c59474e6bc05d99b2964fa090c3a2233ba186515be7ed1f61\
    2970cee2d7afb81bdd762170481cd0069127d5b05aa993b4ea988d8fddc186ffb7dc90a6c08f4df435c93402849236c3fab4\
    d27c7026c1d4dcb2602646dec9751e763dba37bdf8ff9406ad9e530ee5db382f413001aeb06a53ed9027d831179727b0865a\
    8918da3edbebcf9b14ed44ce6cbaced4bb1bdb7f1447e6cc254b332051512bd7af426fb8f401378cd2bf5983ca01c64b92ec\
    f032ea15d1721d03f482d7ce6e74fef6d55e702f46980c82b5a84031900b1c9e59e7c97fbec7e8f323a97a7e36cc88be0f1d\
    45b7ff585ac54bd407b22b4154aacc8f6d7ebf48e1d814cc5ed20f8037e0a79715eef29be32806a1d58bb7c5da76f550aa3d\
    8a1fbff0eb19ccb1a313d55cda56c9ec2ef29632387fe8d76e3c0468043e8f663f4860ee12bf2d5b0b7474d6e694f91e6dbe\
    115974a3926f12fee5e438777cb6a932df8cd8bec4d073b931ba3bc832b68d9dd300741fa7bf8afc47ed2576f6936ba42466\
    3aab639c5ae4f5683423b4742bf1c978238f16cbe39d652de3fdb8befc848ad922222e04a4037c0713eb57a81a23f0c73473\
    fc646cea306b4bcbc8862f8385ddfa9d4b7fa2c087e879683303ed5bdd3a062b3cf5b3a278a66d2a13f83f44f82ddf310ee0\
    74ab6a364597e899a0255dc164f31cc50846851df9ab48195ded7ea1b1d510bd7ee74d73faf36bc31ecfa268359046f4eb87\
    9f924009438b481c6cd7889a002ed5ee382bc9190da6fc026e479558e4475677e9aa9e3050e2765694dfc81f56e880b96e71\
    60c980dd98a573ea\
";

// Each group is made once: a prime costs more than a message.
pub(super) static MODP768: LazyLock<Modp> = LazyLock::new(|| Modp::new(768, 149_686, 160));
pub(super) static MODP1024: LazyLock<Modp> = LazyLock::new(|| Modp::new(1024, 129_093, 160));
pub(super) static MODP1536: LazyLock<Modp> = LazyLock::new(|| Modp::new(1536, 741_804, 200));
pub(super) static MODP2048: LazyLock<Modp> = LazyLock::new(|| Modp::new(2048, 124_476, 225));
pub(super) static MODP3072: LazyLock<Modp> = LazyLock::new(|| Modp::new(3072, 1_690_314, 275));
pub(super) static MODP4096: LazyLock<Modp> = LazyLock::new(|| Modp::new(4096, 240_904, 325));
pub(super) static MODP6144: LazyLock<Modp> = LazyLock::new(|| Modp::new(6144, 929_484, 375));
pub(super) static MODP8192: LazyLock<Modp> = LazyLock::new(|| Modp::new(8192, 4_743_158, 400));

impl Modp {
    /// Bits of the prime, c, bits of an exponent.
    fn new(bits: usize, c: u32, exponent_bits: usize) -> Modp {
        let one = BigUint::from(1_u8);
        let pi = BigUint::parse_bytes(PI, 16).unwrap_or_default() >> (PI_BITS + 130 - bits);
        let prime = (&one << bits) - (&one << (bits - 64)) - &one + ((pi + c) << 64_usize);
        let highest = (&prime - 2_u8).to_bytes_be();
        Modp { group: modp::Group::new(prime, exponent_bits), highest, exponent_bits }
    }

    /// The numbers of a group; `None`: it is a curve.
    pub fn of(group: DhGroup) -> Option<&'static Modp> {
        Some(match group {
            DhGroup::Modp768 => &MODP768,
            DhGroup::Modp1024 => &MODP1024,
            DhGroup::Modp1536 => &MODP1536,
            DhGroup::Modp2048 => &MODP2048,
            DhGroup::Modp3072 => &MODP3072,
            DhGroup::Modp4096 => &MODP4096,
            DhGroup::Modp6144 => &MODP6144,
            DhGroup::Modp8192 => &MODP8192,
            DhGroup::Ecp256 | DhGroup::Ecp384 | DhGroup::Ecp521 | DhGroup::X25519 => return None,
        })
    }

    /// Euler's criterion: y^((p-1)/2) is 1.
    pub fn is_square(&self, public: &[u8]) -> bool {
        let prime = self.group.prime();
        // What is odd loses its last bit: (p-1)/2.
        BigUint::from_bytes_be(public).modpow(&(prime >> 1_u8), prime) == BigUint::from(1_u8)
    }

    /// The prime, big-endian.
    pub fn modulus(&self) -> Vec<u8> {
        self.group.prime().to_bytes_be()
    }
}

impl Engine for Modp {
    fn private(&self, stream: &mut ChaCha20Rng) -> Vec<u8> {
        let unused = (8 - self.exponent_bits % 8) % 8;
        let mut bytes = vec![0; self.exponent_bits.div_ceil(8)];
        // Zero would make the public value 1, which every peer must refuse.
        while bytes.iter().all(|byte| *byte == 0) {
            stream.fill_bytes(&mut bytes);
            bytes.iter_mut().take(1).for_each(|first| *first &= 0xff >> unused);
        }
        bytes
    }

    fn public(&self, private: &[u8]) -> Vec<u8> {
        self.group.power(&Power { base: None, exponent: private })
    }

    fn check(&self, public: &[u8]) -> Result<(), DhError> {
        // 0, 1 and p-1 stay in a group so small that anybody can guess the secret.
        let (last, high) = public.split_last().unwrap_or((&0, &[]));
        let two_at_least = *last >= 2 || high.iter().any(|byte| *byte != 0);
        // Of one width, so that bytes compare as numbers do.
        if two_at_least && public <= self.highest.as_slice() { Ok(()) } else { Err(DhError::Range) }
    }

    fn shared(&self, private: &[u8], public: &[u8]) -> Result<Vec<u8>, DhError> {
        Ok(self.group.power(&Power { base: Some(public), exponent: private }))
    }

    fn exchanges(&self, pairs: &[[&[u8]; 2]]) -> Vec<Exchange> {
        self.group.exchanges(Kernel::best(2 * pairs.len()), pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wrong digit of pi or a wrong c would not leave a safe prime: Fermat's test for p and (p-1)/2.
    #[test]
    fn primes_are_safe_primes() {
        for group in DhGroup::ALL.into_iter().filter(|group| group.public_len() * 8 <= 3072) {
            let Some(modp) = Modp::of(group) else { continue };
            let (prime, bits) = (modp.group.prime(), group.public_len() * 8);
            let half = (prime - 1_u8) >> 1_usize;
            let two = BigUint::from(2_u8);
            assert_eq!(prime.bits(), bits as u64, "{group:?}");
            assert_eq!(two.modpow(&(prime - 1_u8), prime), BigUint::from(1_u8), "{group:?}");
            assert_eq!(two.modpow(&(&half - 1_u8), &half), BigUint::from(1_u8), "{group:?}");
        }
    }
    /// -1 is no square modulo such a prime, and 2 is one: so p-2 is none.
    #[test]
    fn squares_are_told_from_what_is_none() {
        for group in DhGroup::ALL.into_iter().filter(|group| group.public_len() * 8 <= 3072) {
            let Some(modp) = Modp::of(group) else { continue };
            let private = vec![7; 20];
            assert!(modp.is_square(&[2]) && modp.is_square(&modp.public(&private)), "{group:?}");
            assert!(!modp.is_square(&modp.highest), "{group:?}");
        }
    }
}
