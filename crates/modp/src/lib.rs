//! Powers modulo one odd prime, many at a time: what a sweep of simulated Diffie-Hellman exchanges costs.
//!
//! Three kernels give the same numbers: eight lanes of AVX-512 IFMA, scalar Montgomery multiplication, and num-bigint.
//! None is constant-time: exponents of simulated peers are no secrets worth a side channel.

mod digits;
#[cfg(target_arch = "x86_64")]
mod ifma;
mod scalar;

use std::sync::OnceLock;

use num_bigint::BigUint;

/// From this many powers of two on, a table of powers is worth its making.
const TABLE_PAYS: usize = 32;

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

/// A prime with all that follows from it.
#[derive(Debug)]
pub struct Group {
    prime: BigUint,
    /// Bytes of every value.
    width: usize,
    exponent_bits: usize,
    scalar: Option<scalar::Field>,
    scalar_twos: OnceLock<scalar::Table>,
    #[cfg(target_arch = "x86_64")]
    ifma: OnceLock<Option<ifma::Field>>,
    #[cfg(target_arch = "x86_64")]
    ifma_twos: OnceLock<ifma::Table>,
}

impl Group {
    /// A group modulo `prime` whose exponents seldom have more than `exponent_bits` bits. The fast kernels
    /// take odd moduli of at least 320 bits; anything else is left to num-bigint.
    pub fn new(prime: BigUint, exponent_bits: usize) -> Group {
        let width = usize::try_from(prime.bits().div_ceil(8)).unwrap_or(0);
        let fast = prime.bit(0) && prime.bits() >= 320;
        Group {
            width,
            exponent_bits,
            scalar: fast.then(|| scalar::Field::new(&prime)),
            scalar_twos: OnceLock::new(),
            #[cfg(target_arch = "x86_64")]
            ifma: OnceLock::new(),
            #[cfg(target_arch = "x86_64")]
            ifma_twos: OnceLock::new(),
            prime,
        }
    }

    /// The modulus.
    pub fn prime(&self) -> &BigUint {
        &self.prime
    }

    /// One power, as wide as the prime.
    pub fn power(&self, power: &Power<'_>) -> Vec<u8> {
        self.powers(Kernel::Scalar, std::slice::from_ref(power)).pop().unwrap_or_default()
    }

    /// Every power in order, big-endian, as wide as the prime. A kernel that the machine or the modulus does
    /// not allow falls back to the next slower one.
    pub fn powers(&self, kernel: Kernel, work: &[Power<'_>]) -> Vec<Vec<u8>> {
        let values = match (kernel, &self.scalar) {
            (Kernel::BigInt, _) | (_, None) => work.iter().map(|power| self.by_num_bigint(power)).collect(),
            #[cfg(target_arch = "x86_64")]
            (Kernel::Ifma, Some(scalar)) => match self.ifma() {
                Some(field) => self.by_ifma(field, work),
                None => self.by_scalar(scalar, work),
            },
            (_, Some(scalar)) => self.by_scalar(scalar, work),
        };
        values.iter().map(|value| self.fixed_width(value)).collect()
    }

    fn base(&self, power: &Power<'_>) -> BigUint {
        power.base.map_or_else(|| BigUint::from(2_u8), BigUint::from_bytes_be) % &self.prime
    }

    fn by_num_bigint(&self, power: &Power<'_>) -> BigUint {
        self.base(power).modpow(&BigUint::from_bytes_be(power.exponent), &self.prime)
    }

    fn by_scalar(&self, field: &scalar::Field, work: &[Power<'_>]) -> Vec<BigUint> {
        let twos = work.iter().filter(|power| power.base.is_none()).count();
        let table = if twos >= TABLE_PAYS {
            Some(self.scalar_twos.get_or_init(|| field.table(&BigUint::from(2_u8), self.exponent_bits)))
        } else {
            self.scalar_twos.get()
        };
        let one = |power: &Power<'_>| {
            let exponent = digits::words(power.exponent);
            match table.filter(|table| power.base.is_none() && table.reaches(&exponent)) {
                Some(table) => field.power_from(table, &exponent),
                None => field.power(&self.base(power), &exponent),
            }
        };
        work.iter().map(one).collect()
    }

    #[cfg(target_arch = "x86_64")]
    fn ifma(&self) -> Option<&ifma::Field> {
        self.ifma.get_or_init(|| ifma::Field::new(&self.prime)).as_ref()
    }

    /// Powers of two through the table and the others with their own bases, eight at a time each.
    #[cfg(target_arch = "x86_64")]
    fn by_ifma(&self, field: &ifma::Field, work: &[Power<'_>]) -> Vec<BigUint> {
        let exponents: Vec<Vec<u64>> = work.iter().map(|power| digits::words(power.exponent)).collect();
        let items = work.iter().zip(&exponents).enumerate();
        let fits = |power: &Power<'_>, exponent: &[u64]| {
            power.base.is_none() && digits::bits(exponent) <= self.exponent_bits
        };
        let (mut twos, mut others): (Vec<_>, Vec<_>) =
            items.partition(|(_, (power, exponent))| fits(power, exponent));
        if twos.len() < TABLE_PAYS && self.ifma_twos.get().is_none() {
            others.append(&mut twos);
        }
        let mut values = vec![BigUint::default(); work.len()];
        let mut put = |items: &[(usize, _)], results: Vec<BigUint>| {
            for ((number, _), result) in items.iter().zip(results) {
                values.get_mut(*number).into_iter().for_each(|value| value.clone_from(&result));
            }
        };
        for eight in twos.chunks(ifma::LANES) {
            let table = self.ifma_twos.get_or_init(|| field.table(&BigUint::from(2_u8), self.exponent_bits));
            let exponents: Vec<&[u64]> = eight.iter().map(|(_, (_, exponent))| exponent.as_slice()).collect();
            put(eight, field.powers_from(table, &exponents));
        }
        for eight in others.chunks(ifma::LANES) {
            let bases: Vec<BigUint> = eight.iter().map(|(_, (power, _))| self.base(power)).collect();
            let exponents: Vec<&[u64]> = eight.iter().map(|(_, (_, exponent))| exponent.as_slice()).collect();
            put(eight, field.powers(&bases, &exponents));
        }
        values
    }

    fn fixed_width(&self, value: &BigUint) -> Vec<u8> {
        let bytes = value.to_bytes_be();
        let zeros = self.width.saturating_sub(bytes.len());
        [vec![0; zeros], bytes].concat()
    }
}
