//! The hour at which a day ends for what arrives (收件截止时刻): what comes later is received on the next day.

use crate::error::Unreadable;
use jiff::civil::{Date, DateTime, Time};
use std::str::FromStr;

/// The hour at which a day ends for what arrives.
///
/// A day ends at 24:00; where an authority has office hours, their end can take its place (Civil Code art. 203). What arrives
/// at that very minute is still in time.
///
/// ```
/// use calendar::Cutoff;
/// use jiff::civil::date;
///
/// let cutoff: Cutoff = "17:30".parse()?;
/// assert_eq!(cutoff.received_on(date(2022, 1, 28).at(17, 30, 59, 0)), date(2022, 1, 28));
/// assert_eq!(cutoff.received_on(date(2022, 1, 28).at(17, 31, 0, 0)), date(2022, 1, 29));
/// assert_eq!(Cutoff::MIDNIGHT.received_on(date(2022, 1, 28).at(23, 59, 59, 0)), date(2022, 1, 28));
/// # Ok::<(), calendar::Unreadable>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutoff(Option<Time>);

impl Cutoff {
    /// 24:00: everything that arrives on a day is received on it.
    pub const MIDNIGHT: Cutoff = Cutoff(None);

    /// The day on which something counts as received that arrives at a moment.
    #[must_use]
    pub fn received_on(self, at: DateTime) -> Date {
        let minute = Time::constant(at.hour(), at.minute(), 0, 0);
        let late = self.0.is_some_and(|cutoff| minute > cutoff);
        if late { at.date().tomorrow().unwrap_or(at.date()) } else { at.date() }
    }
}

impl FromStr for Cutoff {
    type Err = Unreadable;

    /// Reads `17:30`, or `24:00` for the end of the day.
    fn from_str(text: &str) -> Result<Cutoff, Unreadable> {
        if text == "24:00" {
            return Ok(Cutoff::MIDNIGHT);
        }
        let unreadable = || Unreadable {
            text: text.to_owned(),
            zh: "应是 17:30 这样的时刻，24:00 表示当日结束".to_owned(),
            en: "must be an hour such as 17:30; 24:00 is the end of the day".to_owned(),
        };
        minute_of_day(text).map(|time| Cutoff(Some(time))).ok_or_else(unreadable)
    }
}

/// Reads a minute of the day (时刻): `09:00`.
///
/// ```
/// assert_eq!(calendar::parse_time("09:00"), Ok(jiff::civil::time(9, 0, 0, 0)));
/// assert!(calendar::parse_time("24:00").is_err());
/// ```
///
/// # Errors
/// If the text is anything else.
pub fn parse_time(text: &str) -> Result<Time, Unreadable> {
    minute_of_day(text).ok_or_else(|| Unreadable {
        text: text.to_owned(),
        zh: "应是 09:00 这样的时刻".to_owned(),
        en: "must be a time of the day such as 09:00".to_owned(),
    })
}

fn minute_of_day(text: &str) -> Option<Time> {
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let (hour, minute) = text.split_once(':').filter(|(hour, minute)| two_digits(hour) && two_digits(minute))?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hours_of_a_day_are_read() {
        for wrong in ["", "24:01", "25:00", "9:00", "17:60", "1730", "17:30:00", "十七时", "+1:00"] {
            assert!(wrong.parse::<Cutoff>().is_err(), "{wrong}");
        }
        assert_eq!("24:00".parse(), Ok(Cutoff::MIDNIGHT));
        assert!("00:00".parse::<Cutoff>().is_ok());
    }
}
