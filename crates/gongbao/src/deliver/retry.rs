//! When something that was not taken is tried again: soon at first, then less and less often, for about three days.

use jiff::ToSpan;
use jiff::civil::DateTime;

/// Minutes after the first, second … attempt.
const DELAYS_MINUTES: [i64; 9] = [1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60, 24 * 60];

/// The moment of the next attempt after so many; `None` when it is given up.
pub(super) fn next(attempts: u32, now: DateTime) -> Option<DateTime> {
    let place = usize::try_from(attempts).ok()?.checked_sub(1)?;
    Some(now.saturating_add(DELAYS_MINUTES.get(place)?.minutes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn delays_grow_and_end() {
        let now = date(2022, 3, 1).at(9, 0, 0, 0);
        assert_eq!(next(1, now), Some(date(2022, 3, 1).at(9, 1, 0, 0)));
        assert_eq!(next(9, now), Some(date(2022, 3, 2).at(9, 0, 0, 0)));
        assert_eq!(next(10, now), None);
        assert!(DELAYS_MINUTES.is_sorted());
    }
}
