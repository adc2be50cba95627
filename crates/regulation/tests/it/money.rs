//! Stage payments: each stage is split over what remains, so that nobody is overdrawn and the last stage takes the rest (check pm-ac-97).

use proptest::prelude::*;
use regulation::money::split;

/// Splits each stage over what remains of the reserved amounts; the shares of each stage.
fn stages(reserved: &[i64], amounts: &[i64]) -> Vec<Vec<i64>> {
    let mut left = reserved.to_vec();
    let mut all = Vec::new();
    for amount in amounts {
        let weights: Vec<(i128, usize)> = left.iter().enumerate().map(|(key, fen)| (i128::from(*fen), key)).collect();
        let shares = split(*amount, &weights).expect("something remains, and no weight is below nought");
        left.iter_mut().zip(&shares).for_each(|(left, share)| *left -= share);
        all.push(shares);
    }
    all
}

/// The stages and balances of the worked ledger.
#[test]
fn the_worked_stages() {
    let shares = stages(&[331_654, 384_855, 283_491], &[300_000, 400_000, 270_000, 10_000, 20_000]);
    assert_eq!(shares[0], [99_496, 115_457, 85_047]);
    assert_eq!(shares[1], [132_662, 153_942, 113_396]);
    assert_eq!(shares[2], [89_547, 103_910, 76_543]);
    assert_eq!(shares[3], [3_316, 3_849, 2_835]);
    assert_eq!(shares[4], [6_633, 7_697, 5_670]);
}

/// Why stages are not differences of split totals: the third account would get a fen and then have to give it back.
#[test]
fn growing_totals_lose_a_fen() {
    let weights: Vec<(i128, usize)> = [6, 6, 2].into_iter().zip(0..).collect();
    assert_eq!(split(3, &weights), Some(vec![1, 1, 1]));
    assert_eq!(split(4, &weights), Some(vec![2, 2, 0]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_overdrawn_and_the_last_stage_takes_the_rest(
        reserved in prop::collection::vec(0..50_000_000_i64, 1..40),
        parts in prop::collection::vec(1..1_000_i64, 1..8),
    ) {
        let total: i64 = reserved.iter().sum();
        let whole: i64 = parts.iter().sum();
        let mut amounts: Vec<i64> = parts.iter().map(|part| total / whole * part).filter(|amount| *amount > 0).collect();
        let rest = total - amounts.iter().sum::<i64>();
        if rest > 0 {
            amounts.push(rest);
        }
        let mut left = reserved.clone();
        for (shares, amount) in stages(&reserved, &amounts).iter().zip(&amounts) {
            prop_assert_eq!(shares.iter().sum::<i64>(), *amount);
            for (left, share) in left.iter_mut().zip(shares) {
                prop_assert!((0..=*left).contains(share), "a stage of {} takes {} of {}", amount, share, left);
                *left -= share;
            }
        }
        prop_assert!(left.iter().all(|fen| *fen == 0));
    }
}
