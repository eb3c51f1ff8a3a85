//! One prime, and the kernels and tables made for it.

use std::sync::OnceLock;

use num_bigint::BigUint;

#[cfg(target_arch = "x86_64")]
use crate::ifma;
use crate::{Exchange, Kernel, Power, digits, scalar};

/// From this many powers of two on, a table of powers is worth its making.
const TABLE_PAYS: usize = 64;

/// A prime with all that follows from it.
#[derive(Debug)]
pub struct Group {
    prime: BigUint,
    /// Bytes of every value.
    width: usize,
    /// Bits of the longest exponent that the tables serve.
    table_bits: usize,
    scalar: Option<scalar::Field>,
    scalar_twos: OnceLock<scalar::Table>,
    #[cfg(target_arch = "x86_64")]
    ifma: OnceLock<Option<ifma::Field>>,
    #[cfg(target_arch = "x86_64")]
    ifma_twos: OnceLock<ifma::Table>,
}

/// A kernel that machine and modulus allow.
enum Fit<'g> {
    #[cfg(target_arch = "x86_64")]
    Ifma(&'g ifma::Field),
    Scalar(&'g scalar::Field),
    BigInt,
}

impl Group {
    /// A group modulo `prime` whose exponents seldom have more than `exponent_bits` bits. The fast kernels
    /// take odd moduli of at least 320 bits; anything else is left to num-bigint.
    pub fn new(prime: BigUint, exponent_bits: usize) -> Group {
        let width = usize::try_from(prime.bits().div_ceil(8)).unwrap_or(0);
        // Montgomery's reduction inverts the modulus modulo a power of two: it must be odd.
        let fast = prime.bit(0) && prime.bits() >= 320;
        Group {
            width,
            // The product of two exponents too.
            table_bits: 2 * exponent_bits,
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
        let values = match self.fit(kernel) {
            #[cfg(target_arch = "x86_64")]
            Fit::Ifma(field) => self.by_ifma(field, work),
            Fit::Scalar(field) => self.by_scalar(field, work),
            Fit::BigInt => work.iter().map(|power| self.by_num_bigint(power)).collect(),
        };
        values.iter().map(|value| self.fixed_width(value)).collect()
    }

    /// Exchanges with the generator two, from pairs of exponents. Where a table of powers of two is at hand, g^xy is
    /// one of them: its exponent has twice the bits, but no bit costs a squaring.
    pub fn exchanges(&self, kernel: Kernel, pairs: &[[&[u8]; 2]]) -> Vec<Exchange> {
        let twos = |exponents: &[&[u8]]| {
            let powers: Vec<_> = exponents.iter().map(|exponent| Power { base: None, exponent }).collect();
            self.powers(kernel, &powers)
        };
        let mut exponents: Vec<&[u8]> = pairs.iter().flatten().copied().collect();
        // Three powers of two for each pair: both public values and what they share.
        if self.table_serves(kernel, 3 * pairs.len()) {
            let products: Vec<Vec<u8>> = pairs.iter().map(product).collect();
            exponents.extend(products.iter().map(Vec::as_slice));
            let mut publics = twos(&exponents);
            let shared = publics.split_off(2 * pairs.len());
            return exchanges(publics, shared);
        }
        let publics = twos(&exponents);
        // From one side: the other comes to the same value.
        let theirs = publics.iter().skip(1).step_by(2);
        let powers: Vec<_> =
            theirs.zip(pairs).map(|(base, [exponent, _])| Power { base: Some(base), exponent }).collect();
        let shared = self.powers(kernel, &powers);
        exchanges(publics, shared)
    }

    fn fit(&self, kernel: Kernel) -> Fit<'_> {
        match (kernel, &self.scalar) {
            (Kernel::BigInt, _) | (_, None) => Fit::BigInt,
            #[cfg(target_arch = "x86_64")]
            (Kernel::Ifma, Some(scalar)) => {
                let field = self.ifma.get_or_init(|| ifma::Field::new(&self.prime));
                field.as_ref().map_or(Fit::Scalar(scalar), Fit::Ifma)
            }
            (_, Some(scalar)) => Fit::Scalar(scalar),
        }
    }

    /// Whether so many powers of two are taken from a table.
    fn table_serves(&self, kernel: Kernel, twos: usize) -> bool {
        let made = match self.fit(kernel) {
            #[cfg(target_arch = "x86_64")]
            Fit::Ifma(_) => self.ifma_twos.get().is_some(),
            Fit::Scalar(_) => self.scalar_twos.get().is_some(),
            Fit::BigInt => return false,
        };
        made || twos >= TABLE_PAYS
    }

    fn base(&self, power: &Power<'_>) -> BigUint {
        power.base.map_or_else(|| BigUint::from(2_u8), BigUint::from_bytes_be) % &self.prime
    }

    fn by_num_bigint(&self, power: &Power<'_>) -> BigUint {
        self.base(power).modpow(&BigUint::from_bytes_be(power.exponent), &self.prime)
    }

    fn by_scalar(&self, field: &scalar::Field, work: &[Power<'_>]) -> Vec<BigUint> {
        let twos = work.iter().filter(|power| power.base.is_none()).count();
        let table = self
            .table_serves(Kernel::Scalar, twos)
            .then(|| self.scalar_twos.get_or_init(|| field.table(&BigUint::from(2_u8), self.table_bits)));
        let one = |power: &Power<'_>| {
            let exponent = digits::words(power.exponent);
            match table.filter(|table| power.base.is_none() && table.reaches(&exponent)) {
                Some(table) => field.power_from(table, &exponent),
                None => field.power(&self.base(power), &exponent),
            }
        };
        work.iter().map(one).collect()
    }

    /// Powers of two through the table and the others with their own bases, eight at a time each.
    #[cfg(target_arch = "x86_64")]
    fn by_ifma(&self, field: &ifma::Field, work: &[Power<'_>]) -> Vec<BigUint> {
        let exponents: Vec<Vec<u64>> = work.iter().map(|power| digits::words(power.exponent)).collect();
        let items = work.iter().zip(&exponents).enumerate();
        let fits = |power: &Power<'_>, exponent: &[u64]| {
            power.base.is_none() && digits::bits(exponent) <= self.table_bits
        };
        let (mut twos, mut others): (Vec<_>, Vec<_>) =
            items.partition(|(_, (power, exponent))| fits(power, exponent));
        if !self.table_serves(Kernel::Ifma, twos.len()) {
            // Too few for a table: two is a base like any other then.
            others.append(&mut twos);
        }
        let mut values = vec![BigUint::default(); work.len()];
        let mut put = |items: &[(usize, _)], results: Vec<BigUint>| {
            for ((number, _), result) in items.iter().zip(results) {
                values.get_mut(*number).into_iter().for_each(|value| value.clone_from(&result));
            }
        };
        for eight in twos.chunks(ifma::LANES) {
            let table = self.ifma_twos.get_or_init(|| field.table(&BigUint::from(2_u8), self.table_bits));
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
        // Peers hash and send values as wide as the prime, zeros in front included.
        let zeros = self.width.saturating_sub(bytes.len());
        [vec![0; zeros], bytes].concat()
    }
}

fn product([x, y]: &[&[u8]; 2]) -> Vec<u8> {
    (BigUint::from_bytes_be(x) * BigUint::from_bytes_be(y)).to_bytes_be()
}

/// Pairs of public values with what they share.
fn exchanges(publics: Vec<Vec<u8>>, shared: Vec<Vec<u8>>) -> Vec<Exchange> {
    let mut publics = publics.into_iter();
    let pairs = std::iter::from_fn(|| Some([publics.next()?, publics.next()?]));
    pairs.zip(shared).map(|(publics, shared)| Exchange { publics, shared }).collect()
}
