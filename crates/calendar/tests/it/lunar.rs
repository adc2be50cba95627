//! Lunar days against dates that almanacs and the holiday notices agree on.

use calendar::{LunarDate, TimeError, from_lunar, lunar};
use jiff::civil::date;

#[test]
fn lunar_days_have_their_names() {
    for (day, name) in [
        (date(2022, 1, 27), "辛丑年腊月廿五"),
        (date(2022, 1, 31), "辛丑年腊月廿九"),
        (date(2022, 2, 1), "壬寅年正月初一"),
        (date(2022, 2, 15), "壬寅年正月十五"),
        (date(2022, 6, 3), "壬寅年五月初五"),
        (date(2022, 9, 10), "壬寅年八月十五"),
        (date(2023, 3, 22), "癸卯年闰二月初一"),
        (date(2024, 12, 1), "甲辰年冬月初一"),
        (date(2025, 1, 28), "甲辰年腊月廿九"),
        (date(2024, 2, 9), "癸卯年腊月三十"),
        (date(2024, 3, 19), "甲辰年二月初十"),
        (date(2024, 3, 29), "甲辰年二月二十"),
        (date(2026, 2, 17), "丙午年正月初一"),
    ] {
        assert_eq!(lunar(day).unwrap().zh(), name, "{day}");
    }
}

#[test]
fn lunar_and_gregorian_days_correspond() {
    for day in date(2019, 12, 20).series(jiff::Span::new().days(1)).take(2_000) {
        assert_eq!(from_lunar(lunar(day).unwrap()), Ok(day));
    }
    for day in [date(1900, 1, 1), date(1900, 1, 31), date(2199, 12, 31)] {
        assert_eq!(from_lunar(lunar(day).unwrap()), Ok(day));
    }
}

#[test]
fn days_that_do_not_exist_are_refused() {
    for (year, month, leap, day) in [
        (2021, 12, false, 30),
        (2022, 2, true, 1),
        (2022, 13, false, 1),
        (2022, 0, false, 1),
        (2022, 1, false, 0),
        (2022, 1, false, -3),
        (2022, 1, false, 31),
    ] {
        let error = from_lunar(LunarDate { year, month, leap, day });
        assert_eq!(error, Err(TimeError::NoSuchLunarDay { year, month, leap, day }));
    }
    let error = from_lunar(LunarDate { year: 3000, month: 1, leap: false, day: 1 });
    assert_eq!(error, Err(TimeError::OutOfRange));
    assert_eq!(lunar(date(1899, 12, 31)), Err(TimeError::OutOfRange));
}
