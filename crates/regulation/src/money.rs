//! Money (钱) in whole fen, and the one place where an amount is divided: by the largest remainder (最大余数法), the total kept to the fen.

use crate::expr::{Unit, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// An amount of yuan in whole fen; `None` where it is none: no money, a fraction of a fen, or beyond 92 thousand million million yuan.
#[must_use]
pub fn fen(value: &Value) -> Option<i64> {
    match value {
        Value::Number(yuan, unit) if *unit == Unit::symbol("yuan") => {
            let fen = yuan.checked_mul(Decimal::ONE_HUNDRED)?;
            if fen.fract().is_zero() { fen.to_i64() } else { None }
        }
        _ => None,
    }
}

/// Fen as an amount of yuan; `None` beyond what a number holds.
#[must_use]
pub fn yuan(fen: i128) -> Option<Value> {
    Some(Value::Number(Decimal::try_from_i128_with_scale(fen, 2).ok()?, Unit::symbol("yuan")))
}

/// Fen as people read them: `1234.50`.
#[must_use]
pub fn shown(fen: i128) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

/// Weights as whole numbers in the same proportion; `None` where one is below nought or they are too large.
#[must_use]
pub fn whole_weights(weights: &[Decimal]) -> Option<Vec<i128>> {
    let scale = weights.iter().map(|weight| weight.normalize().scale()).max().unwrap_or(0);
    let whole = |weight: &Decimal| {
        let weight = weight.normalize();
        let factor = 10_i128.checked_pow(scale - weight.scale())?;
        weight.mantissa().checked_mul(factor).filter(|whole| *whole >= 0)
    };
    weights.iter().map(whole).collect()
}

/// Divides an amount in proportion to weights: each share is rounded down, and the fen left over go one by one to the largest remainders;
/// among equal remainders to the smaller tie key first, then to what stands first.
///
/// `None` where the amount or a weight is below nought, all weights are nought, or the numbers are too large to multiply exactly. The
/// shares always sum to the amount.
///
/// ```
/// use regulation::money::split;
/// assert_eq!(split(10_000, &[(1, "a"), (1, "b"), (1, "c")]), Some(vec![3_334, 3_333, 3_333]));
/// ```
#[must_use]
pub fn split<K: Ord>(amount: i64, weights: &[(i128, K)]) -> Option<Vec<i64>> {
    let sum = weights.iter().try_fold(0_i128, |sum, (weight, _)| sum.checked_add(*weight).filter(|_| *weight >= 0))?;
    if amount < 0 || sum == 0 {
        return None;
    }
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = amount;
    for (weight, _) in weights {
        let product = i128::from(amount).checked_mul(*weight)?;
        // A share is at most the amount, since no weight is more than their sum.
        let share = i64::try_from(product / sum).ok()?;
        shares.push(share);
        remainders.push(product % sum);
        left -= share;
    }
    let mut order: Vec<usize> = (0..weights.len()).collect();
    // Only the order of the few that get a fen more matters, but ties make it an order of all.
    order.sort_unstable_by(|one, other| {
        let by_tie = || weights[*one].1.cmp(&weights[*other].1);
        remainders[*other].cmp(&remainders[*one]).then_with(by_tie).then(one.cmp(other))
    });
    let extra = usize::try_from(left).ok()?;
    order.into_iter().take(extra).for_each(|index| shares[index] += 1);
    Some(shares)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]
mod tests {
    use super::*;

    fn shares(amount: i64, weights: &[i128]) -> Vec<i64> {
        let keyed: Vec<(i128, usize)> = weights.iter().enumerate().map(|(key, weight)| (*weight, key)).collect();
        split(amount, &keyed).unwrap()
    }

    #[test]
    fn test_vectors() {
        assert_eq!(shares(10_000, &[1, 1, 1]), [3_334, 3_333, 3_333]);
        assert_eq!(shares(1_000, &[1; 6]), [167, 167, 167, 167, 166, 166]);
        assert_eq!(shares(1, &[1, 1, 1]), [1, 0, 0]);
        assert_eq!(shares(1_000_000, &[8_821, 10_236, 7_540]), [331_654, 384_855, 283_491]);
        assert_eq!(shares(1_207, &[48_691_920, 56_502_720, 19_000_800]), [473, 549, 185]);
        assert_eq!(shares(995, &[33_946_980, 39_392_520, 28_996_984]), [330, 383, 282]);
        assert_eq!(shares(441, &[18_658_822, 21_651_994, 5_076_334]), [181, 211, 49]);
        assert_eq!(shares(777, &[18_000_000, 12_000_000, 1_000_000]), [451, 301, 25]);
        // Why stage payments are split over what remains: with growing totals an account would lose a fen.
        assert_eq!(shares(3, &[6, 6, 2]), [1, 1, 1]);
        assert_eq!(shares(4, &[6, 6, 2]), [2, 2, 0]);
    }

    #[test]
    fn ties_go_by_key_not_by_place() {
        assert_eq!(split(1, &[(1, "12-302"), (1, "12-301")]), Some(vec![0, 1]));
        assert_eq!(split(0, &[(1, "a")]), Some(vec![0]));
    }

    #[test]
    fn what_cannot_be_split_is_not() {
        assert_eq!(split(100, &[(0, "a"), (0, "b")]), None);
        assert_eq!(split::<&str>(100, &[]), None);
        assert_eq!(split(-1, &[(1, "a")]), None);
        assert_eq!(split(100, &[(2, "a"), (-1, "b")]), None);
        assert_eq!(split(i64::MAX, &[(i128::MAX, "a")]), None);
    }

    #[test]
    fn weights_keep_their_proportion() {
        let weights: Vec<Decimal> = ["88.21", "102.36", "75.4"].iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(whole_weights(&weights), Some(vec![8_821, 10_236, 7_540]));
        assert_eq!(whole_weights(&["-1".parse().unwrap()]), None);
    }

    #[test]
    fn money_is_whole_fen() {
        let yuan = |text: &str| Value::Number(text.parse().unwrap(), Unit::symbol("yuan"));
        assert_eq!(fen(&yuan("12.30")), Some(1_230));
        assert_eq!(fen(&yuan("12.301")), None);
        assert_eq!(fen(&Value::Number(Decimal::ONE, Unit::none())), None);
        assert_eq!(super::yuan(1_230), Some(yuan("12.30")));
        assert_eq!([shown(-5), shown(123_450)], ["-0.05", "1234.50"]);
    }

    proptest::proptest! {
        #[test]
        fn the_total_is_kept(
            amount in 0..i64::MAX / 1_000,
            weights in proptest::collection::vec(0..1_000_000_000_000_i128, 1..60),
        ) {
            let keyed: Vec<(i128, usize)> = weights.iter().enumerate().map(|(key, weight)| (*weight, key)).collect();
            let Some(shares) = split(amount, &keyed) else {
                proptest::prop_assert!(weights.iter().all(|weight| *weight == 0));
                return Ok(());
            };
            let sum: i128 = weights.iter().sum();
            proptest::prop_assert_eq!(shares.iter().sum::<i64>(), amount);
            for (share, weight) in shares.iter().zip(&weights) {
                let exact = i128::from(amount) * weight;
                let above = i128::from(*share) * sum - exact;
                proptest::prop_assert!(above.abs() < sum, "no share is a whole fen off");
                proptest::prop_assert!(*weight > 0 || *share == 0, "who has no weight gets nothing");
            }
        }
    }
}
