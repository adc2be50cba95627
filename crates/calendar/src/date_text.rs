//! Dates in words: reading what people write, and writing what they read.

use jiff::civil::{Date, DateTime, Weekday};

use crate::error::Unreadable;

/// Reads `2022-01-28` or `2022年1月28日`.
///
/// Fails with a sentence that says what was expected, or that the month has no such day.
pub fn parse_date(text: &str) -> Result<Date, Unreadable> {
    let (year, month, day) = split_date(text.trim()).ok_or_else(|| not_a_date(text))?;
    Date::new(year, month, day).map_err(|_| no_such_day(text, year, month, day))
}

/// The three numbers of a date in either form; the year has four digits.
fn split_date(text: &str) -> Option<(i16, i8, i8)> {
    let (year, month, day) = match text.strip_suffix('日') {
        Some(chinese) => {
            let (year, rest) = chinese.split_once('年')?;
            let (month, day) = rest.split_once('月')?;
            (year, month, day)
        }
        None => {
            let (year, rest) = text.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            (year, month, day)
        }
    };
    let year = read_digits(year, 4..=4)?;
    let month = i8::try_from(read_digits(month, 1..=2)?).ok()?;
    let day = i8::try_from(read_digits(day, 1..=2)?).ok()?;
    Some((year, month, day))
}

fn read_digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let all_digits = text.chars().all(|character| character.is_ascii_digit());
    if all_digits && lengths.contains(&text.len()) { text.parse().ok() } else { None }
}

fn not_a_date(text: &str) -> Unreadable {
    Unreadable {
        text: text.to_owned(),
        zh: "日期请写作2022-01-28或2022年1月28日".to_owned(),
        en: "write a date as 2022-01-28 or 2022年1月28日".to_owned(),
    }
}

fn no_such_day(text: &str, year: i16, month: i8, day: i8) -> Unreadable {
    Unreadable {
        text: text.to_owned(),
        zh: format!("没有{year}年{month}月{day}日这一天"),
        en: format!("there is no day {day} in month {month} of {year}"),
    }
}

/// The date as a Chinese document writes it: `2022年1月28日`.
pub fn zh_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// The date in English: `28 January 2022`.
pub(crate) fn en_date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// A moment as a Chinese document writes it, to the minute: `2022年1月28日17:00`.
pub fn zh_moment(at: DateTime) -> String {
    format!("{}{}", zh_date(at.date()), at.strftime("%H:%M"))
}

/// The moment in English, to the minute: `28 January 2022 at 17:00`.
pub(crate) fn en_moment(at: DateTime) -> String {
    format!("{} at {}", en_date(at.date()), at.strftime("%H:%M"))
}

/// The day of the week in Chinese: `星期五`.
pub fn zh_weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "星期一",
        Weekday::Tuesday => "星期二",
        Weekday::Wednesday => "星期三",
        Weekday::Thursday => "星期四",
        Weekday::Friday => "星期五",
        Weekday::Saturday => "星期六",
        Weekday::Sunday => "星期日",
    }
}

/// The day of the week in English: `Friday`.
pub(crate) fn en_weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}
