//! Office hours (办公时间): when an office works, and when it is done with something that takes so many minutes.

use calendar::Holidays;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Time};

/// The hours of a working day, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours(Vec<(Time, Time)>);

impl Hours {
    /// Reads `08:30-12:00; 14:30-18:00`; `None` where that says no hours.
    #[must_use]
    pub fn read(text: &str) -> Option<Hours> {
        let span = |part: &str| {
            let (from, to) = part.split_once('-')?;
            let (from, to) = (calendar::parse_time(from.trim()).ok()?, calendar::parse_time(to.trim()).ok()?);
            (from < to).then_some((from, to))
        };
        let spans: Vec<(Time, Time)> = text.split([';', '；']).map(|part| span(part.trim())).collect::<Option<_>>()?;
        let in_order = spans.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        (!spans.is_empty() && in_order).then_some(Hours(spans))
    }

    /// How they are written.
    #[must_use]
    pub fn text(&self) -> String {
        let span = |(from, to): &(Time, Time)| format!("{}-{}", from.strftime("%H:%M"), to.strftime("%H:%M"));
        self.0.iter().map(span).collect::<Vec<_>>().join("; ")
    }

    /// Minutes of a working day.
    pub(crate) fn minutes(&self) -> u64 {
        let seconds: i64 = self.0.iter().map(|(from, to)| seconds(*to) - seconds(*from)).sum();
        u64::try_from(seconds / 60).unwrap_or_default()
    }

    /// The first moment from this one on at which the office works.
    pub(crate) fn open(&self, from: DateTime, holidays: &Holidays) -> DateTime {
        if holidays.is_working_day(from.date())
            && let Some((opens, _)) = self.0.iter().find(|(_, closes)| from.time() < *closes)
        {
            return from.date().to_datetime(from.time().max(*opens));
        }
        let day = working_days_after(from.date(), 1, holidays);
        day.to_datetime(self.0[0].0)
    }

    /// When work that begins then and takes so many minutes is done.
    pub(crate) fn done(&self, from: DateTime, minutes: i64, holidays: &Holidays) -> DateTime {
        let mut at = self.open(from, holidays);
        let mut left = minutes.max(0) * 60;
        loop {
            let closes = self.0.iter().map(|(_, closes)| *closes).find(|closes| at.time() < *closes);
            let closes = closes.expect("an open office closes later that day");
            let room = seconds(closes) - seconds(at.time());
            if left <= room {
                return at.saturating_add(left.seconds());
            }
            left -= room;
            at = self.open(at.date().to_datetime(closes), holidays);
        }
    }

    /// A moment within the hours of a day: this share of them, in thousandths, has gone by.
    pub(crate) fn moment(&self, day: Date, thousandths: u64) -> DateTime {
        let all: i64 = self.0.iter().map(|(from, to)| seconds(*to) - seconds(*from)).sum();
        let mut left = all * i64::try_from(thousandths.min(999)).unwrap_or(0) / 1000;
        for (from, to) in &self.0 {
            let length = seconds(*to) - seconds(*from);
            if left < length {
                return day.to_datetime(*from).saturating_add(left.seconds());
            }
            left -= length;
        }
        day.to_datetime(self.0[0].0)
    }
}

fn seconds(time: Time) -> i64 {
    i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

/// The day so many working days after another.
pub(crate) fn working_days_after(day: Date, count: u32, holidays: &Holidays) -> Date {
    let mut day = day;
    for _ in 0..count {
        loop {
            day = day.tomorrow().unwrap_or(Date::MAX);
            if holidays.is_working_day(day) || day == Date::MAX {
                break;
            }
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn work_goes_on_over_noon_nights_and_holidays() {
        let holidays = Holidays::built_in();
        let hours = Hours::read("08:30-12:00; 14:30-18:00").unwrap();
        let at = |month, day, hour, minute| date(2022, month, day).at(hour, minute, 0, 0);
        assert_eq!(hours.done(at(3, 1, 11, 30), 60, &holidays), at(3, 1, 15, 0));
        // 28 January 2022 is a Friday, 29 and 30 January are worked, 31 January to 6 February are off.
        assert_eq!(hours.done(at(1, 30, 17, 30), 60, &holidays), at(2, 7, 9, 0));
        assert_eq!(hours.open(at(3, 5, 9, 0), &holidays), at(3, 7, 8, 30), "a Saturday");
        assert_eq!(hours.done(at(3, 1, 8, 30), 8 * 60, &holidays), at(3, 2, 9, 30));
        assert_eq!(hours.moment(date(2022, 3, 1), 0), at(3, 1, 8, 30));
        assert_eq!(hours.moment(date(2022, 3, 1), 500), at(3, 1, 14, 30));
    }

    #[test]
    fn what_says_no_hours_is_none() {
        for text in ["", "08:30", "12:00-08:00", "08:30-12:00; 11:00-13:00", "25:00-26:00"] {
            assert_eq!(Hours::read(text), None, "{text}");
        }
        assert_eq!(Hours::read("08:30-12:00;14:00-17:30").unwrap().text(), "08:30-12:00; 14:00-17:30");
    }
}
