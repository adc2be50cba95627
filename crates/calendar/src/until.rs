//! When a deadline ends: with a day, or at a moment of it.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use std::cmp::Ordering;

/// The end of a deadline (届满): the end of its last day, or a moment of that day.
///
/// What happens on the last day, or at that very second, is in time (Civil Code art. 203). Ends are in order of time: 17:00 of a
/// day comes before the end of that day.
///
/// ```
/// use calendar::Until;
/// use jiff::civil::date;
///
/// let wednesday = date(2022, 3, 9);
/// let report = Until::moment(wednesday.at(17, 0, 0, 0));
/// assert!(!report.is_over(wednesday.at(17, 0, 0, 0)));
/// assert!(report.is_over(wednesday.at(17, 0, 1, 0)));
/// assert!(report < Until::day(wednesday) && report > Until::day(date(2022, 3, 8)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Until {
    /// The last day.
    pub on: Date,
    /// The time on it at which the deadline ends; its 24:00 if none.
    pub time: Option<Time>,
}

impl Until {
    /// The end of a day.
    #[must_use]
    pub const fn day(on: Date) -> Until {
        Until { on, time: None }
    }

    /// A moment.
    #[must_use]
    pub fn moment(at: DateTime) -> Until {
        let at = crate::arithmetic::whole_second(at);
        Until { on: at.date(), time: Some(at.time()) }
    }

    /// The moment at which it ends: 24:00 is 00:00 of the day after.
    #[must_use]
    pub fn ends_at(self) -> DateTime {
        match self.time {
            Some(time) => self.on.to_datetime(time),
            None => self.on.tomorrow().unwrap_or(self.on).at(0, 0, 0, 0),
        }
    }

    /// The first moment that is too late: 00:00 after the last day, or the second after the moment.
    #[must_use]
    pub fn over_at(self) -> DateTime {
        let ends_at = self.ends_at();
        if self.time.is_some() { ends_at.checked_add(1.second()).unwrap_or(ends_at) } else { ends_at }
    }

    /// Whether it has passed.
    #[must_use]
    pub fn is_over(self, now: DateTime) -> bool {
        self.over_at() <= now
    }

    /// In Chinese: `2022年3月9日`, or `2022年3月9日17:00`.
    #[must_use]
    pub fn zh(self) -> String {
        match self.time {
            Some(_) => crate::date_text::zh_moment(self.ends_at()),
            None => crate::date_text::zh_date(self.on),
        }
    }
}

impl Ord for Until {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.over_at(), self.time).cmp(&(other.over_at(), other.time))
    }
}

impl PartialOrd for Until {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
