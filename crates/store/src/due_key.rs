//! The end of a deadline as a key: a text in order of time, so that an index keeps lists in the order in which things are due.
//!
//! The end of a day is that day: `2022-03-09`. A moment stands behind the day before, in hours counted from that day's beginning:
//! 17:00 of 9 March is `2022-03-08T41:00:00`. So it sorts after the end of 8 March and before that of 9 March, and what is late at a
//! moment is what is smaller than that moment's key.

use crate::fault::Fault;
use calendar::Until;
use jiff::civil::{Date, DateTime, Time};

/// The key of an end.
pub(crate) fn due_key(until: Until) -> String {
    match until.time {
        None => until.on.to_string(),
        Some(time) => moment_key(until.on.to_datetime(time)),
    }
}

/// The key of a moment: smaller ones have passed.
pub(crate) fn moment_key(at: DateTime) -> String {
    let day_before = at.date().yesterday().unwrap_or(at.date());
    format!("{day_before}T{:02}:{:02}:{:02}", at.hour() + 24, at.minute(), at.second())
}

/// The end behind a key.
pub(crate) fn read_due(key: &str, place: &str) -> Result<Until, Fault> {
    let read = || -> Option<Until> {
        let Some((day, time)) = key.split_once('T') else {
            return key.parse::<Date>().ok().map(Until::day);
        };
        let (hour, rest) = time.split_once(':')?;
        let hour = hour.parse::<i8>().ok()?.checked_sub(24)?;
        let time: Time = format!("{hour:02}:{rest}").parse().ok()?;
        Some(Until { on: day.parse::<Date>().ok()?.tomorrow().ok()?, time: Some(time) })
    };
    read().ok_or_else(|| Fault::unreadable(place.to_owned(), format!("`{key}` is no end of a deadline")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn keys_are_in_order_of_time_and_are_read_again() {
        let day = date(2022, 3, 9);
        let ends = [
            Until::day(date(2022, 3, 8)),
            Until::moment(day.at(0, 0, 0, 0)),
            Until::moment(day.at(9, 5, 7, 0)),
            Until::moment(day.at(23, 59, 59, 0)),
            Until::day(day),
        ];
        let keys = ends.map(due_key);
        assert_eq!(keys[2], "2022-03-08T33:05:07");
        assert!(keys.is_sorted(), "{keys:?}");
        for (key, end) in keys.iter().zip(ends) {
            assert_eq!(read_due(key, "a test").unwrap(), end);
        }
    }

    #[test]
    fn what_is_smaller_than_the_key_of_a_moment_has_passed() {
        let day = date(2022, 3, 9);
        let five = Until::moment(day.at(17, 0, 0, 0));
        for (now, late) in [(day.at(17, 0, 0, 0), false), (day.at(17, 0, 1, 0), true)] {
            assert_eq!(due_key(five) < moment_key(now), late, "{now}");
            assert_eq!(five.is_over(now), late, "{now}");
        }
        assert!(due_key(Until::day(day)) > moment_key(day.at(23, 59, 59, 0)));
        assert!(due_key(Until::day(day)) < moment_key(date(2022, 3, 10).at(0, 0, 0, 0)));
    }

    #[test]
    fn other_texts_are_faults() {
        for wrong in ["", "9", "2022-03-08T17:00:00", "2022-03-08T49:00:00", "2022-03-08T41", "2022-02-30"] {
            assert!(read_due(wrong, "a test").is_err(), "{wrong}");
        }
    }
}
