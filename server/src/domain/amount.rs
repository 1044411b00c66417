//! How much: exact decimals, never floats.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::domain::refusal::Refusal;

/// More decimals than this help nobody, and keep sums exact within 96 bits.
const MOST_DECIMALS: u32 = 6;

/// One thousand million: above it a number is a slip of the finger or an attack.
const MOST: i64 = 1_000_000_000;

/// A quantity of something, zero or more, exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

impl Amount {
    /// Nothing at all.
    pub const ZERO: Amount = Amount(Decimal::ZERO);
    /// A single one.
    pub const ONE: Amount = Amount(Decimal::ONE);

    /// Reads what a person or a peer wrote: `40`, `2.5`, `2,5`.
    ///
    /// Refuses what is not a number, not above zero, too large or too precise.
    pub fn positive(text: &str) -> Result<Self, Refusal> {
        let text = text.trim().replace(',', ".");
        let number: Decimal = text.parse().map_err(|_| Refusal::AmountNotANumber)?;
        if number <= Decimal::ZERO {
            return Err(Refusal::AmountNotPositive);
        }
        Self::bounded(number)
    }

    /// Reads an amount that may be zero: what came, what is left.
    pub fn zero_or_more(text: &str) -> Result<Self, Refusal> {
        match text.trim() {
            "0" => Ok(Self::ZERO),
            other => match other.replace(',', ".").parse::<Decimal>() {
                Ok(number) if number.is_zero() => Ok(Self::ZERO),
                _ => Self::positive(other),
            },
        }
    }

    /// Whether there is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// What remains after taking `other` away; nothing if `other` is more.
    #[must_use]
    pub fn less(self, other: Amount) -> Amount {
        if other >= self { Self::ZERO } else { Self(self.0 - other.0) }
    }

    /// This as a whole percentage of `whole`, between 0 and 100, for a picture only.
    pub fn percent_of(self, whole: Amount) -> u8 {
        if whole.is_zero() {
            return 0;
        }
        let share = (self.0 * Decimal::ONE_HUNDRED / whole.0).round();
        u8::try_from(share.min(Decimal::ONE_HUNDRED)).unwrap_or(100)
    }

    fn bounded(number: Decimal) -> Result<Self, Refusal> {
        let number = number.normalize();
        if number.scale() > MOST_DECIMALS {
            return Err(Refusal::AmountTooPrecise);
        }
        if number > Decimal::from(MOST) {
            return Err(Refusal::AmountTooLarge);
        }
        Ok(Self(number))
    }
}

impl Add for Amount {
    type Output = Amount;

    /// Saturates instead of overflowing; no real sum comes near.
    fn add(self, other: Amount) -> Amount {
        Amount(self.0.saturating_add(other.0).normalize())
    }
}

impl Sub for Amount {
    type Output = Amount;

    fn sub(self, other: Amount) -> Amount {
        self.less(other)
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(amounts: I) -> Amount {
        amounts.fold(Amount::ZERO, Add::add)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.normalize())
    }
}

impl From<u32> for Amount {
    fn from(number: u32) -> Self {
        Self(Decimal::from(number))
    }
}

impl FromStr for Amount {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::zero_or_more(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        let third: Amount =
            ["0.1", "0.1", "0.1"].iter().map(|t| Amount::positive(t).unwrap()).sum();
        assert_eq!(third, Amount::positive("0.3").unwrap());
        assert_eq!(Amount::positive("2,50").unwrap().to_string(), "2.5");
    }

    #[test]
    fn bad_amounts_are_refused_with_the_reason() {
        let cases = [
            ("", Refusal::AmountNotANumber),
            ("many", Refusal::AmountNotANumber),
            ("NaN", Refusal::AmountNotANumber),
            ("1e400", Refusal::AmountNotANumber),
            ("0", Refusal::AmountNotPositive),
            ("-5", Refusal::AmountNotPositive),
            ("1.2345678", Refusal::AmountTooPrecise),
            ("1000000001", Refusal::AmountTooLarge),
        ];
        for (text, refusal) in cases {
            assert_eq!(Amount::positive(text), Err(refusal), "{text}");
        }
    }

    #[test]
    fn taking_away_never_goes_below_nothing() {
        let (two, five) = (Amount::positive("2").unwrap(), Amount::positive("5").unwrap());
        assert_eq!(two - five, Amount::ZERO);
        assert_eq!((five - two).to_string(), "3");
        assert_eq!(two.percent_of(five), 40);
    }
}
