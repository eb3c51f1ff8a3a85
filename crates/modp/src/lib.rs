//! Powers modulo one odd prime, many at a time: what a sweep of simulated Diffie-Hellman exchanges costs.
//!
//! Three kernels give the same numbers: eight lanes of AVX-512 IFMA, scalar Montgomery multiplication, and num-bigint.
//! None is constant-time: exponents of simulated peers are no secrets worth a side channel.

mod digits;
mod group;
#[cfg(target_arch = "x86_64")]
mod ifma;
mod scalar;

pub use group::Group;

/// What does the arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Eight powers side by side in AVX-512 registers.
    Ifma,
    /// One power after the other, Montgomery multiplication in 64-bit words.
    Scalar,
    /// num-bigint: the oracle of the tests, and what an even modulus gets.
    BigInt,
}

impl Kernel {
    /// Whether this machine has it.
    pub fn available(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Kernel::Ifma => ifma::available(),
            #[cfg(not(target_arch = "x86_64"))]
            Kernel::Ifma => false,
            Kernel::Scalar | Kernel::BigInt => true,
        }
    }

    /// The fastest that this machine has, for this many powers.
    pub fn best(powers: usize) -> Kernel {
        // Half the lanes idle still beat one power after the other.
        if powers >= 4 && Kernel::Ifma.available() { Kernel::Ifma } else { Kernel::Scalar }
    }
}

/// A power to compute: base and exponent, big-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Power<'a> {
    /// `None`: two, the generator of every MODP group.
    pub base: Option<&'a [u8]>,
    /// Any length; bits beyond [`Group::new`]'s bound are honoured, only slower.
    pub exponent: &'a [u8],
}

/// What a Diffie-Hellman exchange comes to when both exponents are known; every value is as wide as the prime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// g^x and g^y.
    pub publics: [Vec<u8>; 2],
    /// g^xy.
    pub shared: Vec<u8>,
}
