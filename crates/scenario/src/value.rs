//! Values of a scenario file that are more than a TOML type: placed, words from a list, durations, identities.

mod identity;
mod number_or_word;
mod one_or_many;

use std::net::IpAddr;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{ErrorKind, Problem};

pub(crate) use identity::IdentityText;
pub(crate) use number_or_word::NumberOrWord;
pub(crate) use one_or_many::OneOrMany;

/// A value and where it stands; nowhere, if it was not read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct At<T> {
    pub value: T,
    pub span: Range<usize>,
}

impl<T> From<T> for At<T> {
    fn from(value: T) -> At<T> {
        At { value, span: 0..0 }
    }
}

impl<T: Serialize> Serialize for At<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<At<T>, D::Error> {
        let spanned = toml::Spanned::<T>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(At { value: spanned.into_inner(), span })
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }

    fn inline_schema() -> bool {
        T::inline_schema()
    }
}

/// A word and what it stands for.
pub(super) type Word<T> = (&'static str, T);

/// What a word stands for.
pub(super) fn word<T: Clone>(at: &At<String>, what: &str, words: &[Word<T>]) -> Result<T, Problem> {
    let found = words.iter().find(|(name, _)| *name == at.value).map(|(_, value)| value.clone());
    found.ok_or_else(|| {
        let message = format!("unknown {what} `{}`", short(&at.value));
        Problem::unknown(&at.span, message, &at.value, words.iter().map(|(name, _)| *name))
    })
}

/// A text as it can be shown in one line of an error.
pub(super) fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(40).map(|c| if c.is_control() { '?' } else { c }).collect();
    if text.chars().nth(40).is_some() {
        shown.push('…');
    }
    shown
}

/// A whole number within its range.
pub(super) fn whole<N: TryFrom<i64>>(
    at: &At<i64>,
    what: &str,
    range: RangeInclusive<i64>,
) -> Result<N, Problem> {
    let error = || {
        let message = format!("{what} {} is out of range", at.value);
        Problem::new(&at.span, message).kind(ErrorKind::OutOfRange).help(format!(
            "allowed: {} to {}",
            range.start(),
            range.end()
        ))
    };
    if !range.contains(&at.value) {
        return Err(error());
    }
    N::try_from(at.value).map_err(|_| error())
}

/// A probability.
pub(super) fn probability(at: Option<&At<f64>>, what: &str) -> Result<f64, Problem> {
    match at {
        None => Ok(0.0),
        Some(at) if (0.0..=1.0).contains(&at.value) => Ok(at.value),
        Some(at) => Err(Problem::new(&at.span, format!("{what} {} is out of range", at.value))
            .kind(ErrorKind::OutOfRange)
            .help("allowed: 0.0 to 1.0")),
    }
}

/// An IP address.
pub(super) fn address(at: &At<String>, what: &str) -> Result<IpAddr, Problem> {
    at.value.parse().map_err(|_| {
        let message = format!("{what} `{}` is no IP address", short(&at.value));
        Problem::new(&at.span, message)
            .help("allowed: an IPv4 or IPv6 address, as \"198.51.100.1\" or \"2001:db8::1\"")
    })
}

const UNITS: [(&str, u64); 5] =
    [("us", 1), ("ms", 1000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000)];

/// A duration: decimal number and unit.
pub(super) fn duration(at: &At<String>, what: &str) -> Result<Duration, Problem> {
    parse_duration(&at.value).ok_or_else(|| {
        let message = format!("{what} `{}` is no duration", short(&at.value));
        Problem::new(&at.span, message)
            .help("allowed: a number from 0 and us, ms, s, m or h, as \"10ms\" or \"1.5s\"")
    })
}

/// Exact to the microsecond; `None` for anything that is no duration, or beyond 2^63 microseconds.
/// A duration as scenario files write it: a decimal number and us, ms, s, m or h; `None` for anything else.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let digits_end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(digits_end);
    let micros_per = UNITS.iter().find(|(name, _)| *name == unit.trim_start())?.1;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    // Twelve digits of a second are picoseconds; the product below keeps to 128 bits.
    if whole.is_empty() || number.ends_with('.') || fraction.contains('.') || fraction.len() > 12 {
        return None;
    }
    let whole = whole.parse::<u64>().ok()?.checked_mul(micros_per)?;
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let parts = if fraction.is_empty() { 0 } else { fraction.parse::<u128>().ok()? };
    let part = u64::try_from(parts * u128::from(micros_per) / scale).ok()?;
    let micros = whole.checked_add(part)?;
    (micros < 1 << 63).then(|| Duration::from_micros(micros))
}

/// A duration as it is written: in the largest unit of which it is a whole number.
pub(super) fn duration_text(length: Duration) -> String {
    let micros = length.as_micros();
    let units = UNITS.iter().rev().filter(|(unit, _)| !["m", "h"].contains(unit));
    let (unit, per) =
        units.into_iter().find(|(_, per)| micros.is_multiple_of(u128::from(*per))).unwrap_or(&UNITS[0]);
    format!("{}{unit}", micros / u128::from(*per))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn durations() {
        for (text, micros) in [
            ("10ms", 10_000),
            ("0s", 0),
            ("1.5s", 1_500_000),
            ("2m", 120_000_000),
            ("1h", 3_600_000_000),
            ("7us", 7),
        ] {
            assert_eq!(parse_duration(text), Some(Duration::from_micros(micros)), "{text}");
        }
        for text in [
            "",
            "10",
            "-1s",
            "1e3s",
            "1.s",
            ".5s",
            "1.2.3s",
            "5 days",
            "ms",
            "99999999999999999999h",
            "9999999999999h",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
