//! Exact fractions, for arithmetic within an expression: 149.99 / 3 stays what it is until it is shown or kept.

use rust_decimal::{Decimal, RoundingStrategy};
use std::cmp::Ordering;

/// Decimal places kept when an endless quotient leaves its expression as a fact or field. Areas and amounts have two
/// decimals; a quotient of them that is not a round number differs from it by far more than this.
const KEPT_PLACES: u32 = 18;
/// The most places that a decimal can hold.
const MOST_PLACES: u32 = 28;
/// A whole part up to which one more digit still fits into a decimal of 96 bits.
const ROOM_FOR_DIGIT: u128 = (1 << 96) / 10 - 1;

/// A fraction in lowest terms with a positive denominator. Every operation is exact, or gives `None` on overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ratio {
    over: i128,
    under: i128,
}

impl Ratio {
    pub(crate) fn whole(number: i128) -> Ratio {
        Ratio { over: number, under: 1 }
    }

    pub(crate) fn of(number: Decimal) -> Ratio {
        let number = number.normalize();
        // A decimal's mantissa has 96 bits and its scale is at most 28, so both fit.
        lowest(number.mantissa(), 10_i128.pow(number.scale()))
    }

    fn new(over: i128, under: i128) -> Option<Ratio> {
        if under == 0 || over == i128::MIN || under == i128::MIN {
            return None;
        }
        Some(if under < 0 { lowest(-over, -under) } else { lowest(over, under) })
    }

    pub(crate) fn plus(self, other: Ratio) -> Option<Ratio> {
        let common = divisor(self.under, other.under);
        let other_part = other.under / common;
        let left = self.over.checked_mul(other_part)?;
        let right = other.over.checked_mul(self.under / common)?;
        Ratio::new(left.checked_add(right)?, self.under.checked_mul(other_part)?)
    }

    pub(crate) fn minus(self, other: Ratio) -> Option<Ratio> {
        self.plus(other.negated())
    }

    pub(crate) fn times(self, other: Ratio) -> Option<Ratio> {
        let (left, right) = (divisor(self.over, other.under), divisor(other.over, self.under));
        let over = (self.over / left).checked_mul(other.over / right)?;
        let under = (self.under / right).checked_mul(other.under / left)?;
        Ratio::new(over, under)
    }

    /// `None` when the divisor is zero.
    pub(crate) fn divided_by(self, other: Ratio) -> Option<Ratio> {
        self.times(Ratio::new(other.under, other.over)?)
    }

    pub(crate) fn negated(self) -> Ratio {
        Ratio { over: -self.over, under: self.under }
    }

    /// To so many places, half away from zero.
    pub(crate) fn rounded(self, places: u32) -> Option<Ratio> {
        let scale = Ratio::whole(10_i128.checked_pow(places)?);
        let scaled = self.times(scale)?;
        let (whole, rest) = (scaled.over / scaled.under, scaled.over % scaled.under);
        let up = rest.unsigned_abs() >= scaled.under.unsigned_abs().div_ceil(2);
        let whole = if up { whole.checked_add(scaled.over.signum())? } else { whole };
        Ratio::whole(whole).divided_by(scale)
    }

    /// The whole number at or below.
    pub(crate) fn floor(self) -> Ratio {
        Ratio::whole(self.over.div_euclid(self.under))
    }

    /// The whole number at or above.
    pub(crate) fn ceil(self) -> Ratio {
        self.negated().floor().negated()
    }

    /// The number, exact if it ends; an endless quotient is rounded to [`KEPT_PLACES`]. `None` if it is too large.
    pub(crate) fn decimal(self) -> Option<Decimal> {
        let most = if ends(self.under) { MOST_PLACES } else { KEPT_PLACES };
        let under = self.under.unsigned_abs();
        let mut digits = self.over.unsigned_abs() / under;
        let mut rest = self.over.unsigned_abs() % under;
        let mut places = 0;
        while rest != 0 && places < most && digits <= ROOM_FOR_DIGIT {
            rest = rest.checked_mul(10)?;
            digits = digits * 10 + rest / under;
            rest %= under;
            places += 1;
        }
        digits += u128::from(rest >= under.div_ceil(2) && rest != 0);
        let digits = i128::try_from(digits).ok()? * self.over.signum();
        Decimal::try_from_i128_with_scale(digits, places).ok().map(|number| number.normalize())
    }
}

/// Compares exactly without multiplying, so that nothing overflows: whole parts first, then the fractions upside down.
impl Ord for Ratio {
    fn cmp(&self, other: &Ratio) -> Ordering {
        if self.under == other.under {
            return self.over.cmp(&other.over);
        }
        let (mut left, mut right) = (*self, *other);
        let mut upside_down = false;
        loop {
            let whole = left.over.div_euclid(left.under).cmp(&right.over.div_euclid(right.under));
            let rests = (left.over.rem_euclid(left.under), right.over.rem_euclid(right.under));
            let order = match (whole, rests) {
                (Ordering::Equal, (0, 0)) => Ordering::Equal,
                (Ordering::Equal, (0, _)) => Ordering::Less,
                (Ordering::Equal, (_, 0)) => Ordering::Greater,
                (Ordering::Equal, (left_rest, right_rest)) => {
                    left = Ratio { over: left.under, under: left_rest };
                    right = Ratio { over: right.under, under: right_rest };
                    upside_down = !upside_down;
                    continue;
                }
                (unequal, _) => unequal,
            };
            return if upside_down { order.reverse() } else { order };
        }
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Ratio) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn lowest(over: i128, under: i128) -> Ratio {
    let common = divisor(over, under);
    Ratio { over: over / common, under: under / common }
}

/// The greatest common divisor, at least 1.
fn divisor(left: i128, right: i128) -> i128 {
    let (mut left, mut right) = (left.unsigned_abs(), right.unsigned_abs());
    while right != 0 {
        // Dividing numbers of 128 bits is slow, and hardly any number of a form needs so many.
        (left, right) = match (u64::try_from(left), u64::try_from(right)) {
            (Ok(left), Ok(right)) => (right.into(), (left % right).into()),
            _ => (right, left % right),
        };
    }
    i128::try_from(left.max(1)).unwrap_or(1)
}

/// Whether a quotient by this number ends: it has no factors but 2 and 5.
fn ends(mut under: i128) -> bool {
    for factor in [2, 5] {
        while under % factor == 0 {
            under /= factor;
        }
    }
    under == 1
}

/// A number as people see it: at most so many places, half away from zero.
pub(crate) fn to_places(number: Decimal, places: u32) -> Decimal {
    number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

#[cfg(test)]
mod tests {
    use super::Ratio;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    fn ratio(text: &str) -> Ratio {
        Ratio::of(text.parse::<Decimal>().expect("the case is well formed"))
    }

    #[test]
    fn quotients_are_exact() {
        let third = ratio("1").divided_by(ratio("3")).expect("the case is well formed");
        assert_eq!(third.times(ratio("3")), Some(ratio("1")));
        assert_eq!(third.decimal().expect("the case is well formed").to_string(), "0.333333333333333333");
        let per_head = ratio("149.99").divided_by(ratio("3")).expect("the case is well formed");
        assert!(per_head < ratio("50"));
        assert_eq!(ratio("1").divided_by(ratio("0")), None);
    }

    #[test]
    fn rounds_half_away_from_zero() {
        let cases = [
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("2.4", 0, "2"),
            ("0.005", 2, "0.01"),
            ("0.0049", 2, "0"),
            ("7", 2, "7"),
        ];
        for (number, places, rounded) in cases {
            assert_eq!(ratio(number).rounded(places), Some(ratio(rounded)), "{number}");
        }
    }

    #[test]
    fn floor_and_ceil_are_the_whole_numbers_beside() {
        let cases = [("2.5", "2", "3"), ("-2.5", "-3", "-2"), ("3", "3", "3"), ("-0.1", "-1", "0"), ("0", "0", "0")];
        for (number, floor, ceil) in cases {
            assert_eq!((ratio(number).floor(), ratio(number).ceil()), (ratio(floor), ratio(ceil)), "{number}");
        }
        let third_of_four = ratio("4").divided_by(ratio("3")).expect("the case is well formed");
        assert_eq!(third_of_four.ceil(), ratio("2"));
    }

    proptest! {
        #[test]
        fn order_is_that_of_the_cross_products(a in -9_999_i128..9_999, b in 1_i128..999, c in -9_999_i128..9_999, d in 1_i128..999) {
            let left = Ratio::new(a, b).expect("the case is well formed");
            let right = Ratio::new(c, d).expect("the case is well formed");
            prop_assert_eq!(left.cmp(&right), (a * d).cmp(&(c * b)));
        }

        #[test]
        fn nothing_panics(a: i128, b: i128, c: i128, d: i128, places in 0_u32..40) {
            if let (Some(left), Some(right)) = (Ratio::new(a, b), Ratio::new(c, d)) {
                let _ = (left.plus(right), left.minus(right), left.times(right), left.divided_by(right));
                let _ = (left.cmp(&right), left.rounded(places), left.decimal());
            }
        }

        #[test]
        fn decimals_come_back(mantissa in -9_999_999_999_i64..9_999_999_999, scale in 0_u32..10) {
            let number = Decimal::new(mantissa, scale);
            prop_assert_eq!(Ratio::of(number).decimal(), Some(number));
        }
    }
}
