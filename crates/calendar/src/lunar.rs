//! The lunar calendar (农历), for duties that a custom or a clause ties to it.
//!
//! Month lengths and leap months come from `tyme4rs`. Its table of public holidays lacks days and is not used.

use jiff::civil::Date;
use tyme4rs::tyme::lunar::{LunarDay, LunarMonth};
use tyme4rs::tyme::solar::SolarDay;

use crate::arithmetic::{EARLIEST, LATEST, in_range};
use crate::error::TimeError;

/// A day of the lunar calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LunarDate {
    /// The lunar year, named after the Gregorian year in which it begins.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: i8,
    /// Whether it is the leap month (闰月) after the month of the same number.
    pub leap: bool,
    /// The day, 1 to 30.
    pub day: i8,
}

/// The lunar day of a date. Fails outside the years 1900 to 2199.
///
/// ```
/// use calendar::lunar;
/// use jiff::civil::date;
///
/// assert_eq!(lunar(date(2022, 1, 27))?.zh(), "辛丑年腊月廿五");
/// # Ok::<(), calendar::TimeError>(())
/// ```
pub fn lunar(date: Date) -> Result<LunarDate, TimeError> {
    in_range(date)?;
    let (year, month, day) = (date.year(), date.month().unsigned_abs(), date.day().unsigned_abs());
    let solar = SolarDay::new(isize::from(year), usize::from(month), usize::from(day))
        .expect("every date since 1900 is a solar day");
    let lunar = solar.get_lunar_day();
    let small = |number: usize| i8::try_from(number).expect("months and days of a lunar year are below 31");
    Ok(LunarDate {
        year: i16::try_from(lunar.get_year()).expect("the lunar year is the Gregorian year or the one before"),
        month: small(lunar.get_lunar_month().get_month()),
        leap: lunar.get_lunar_month().is_leap(),
        day: small(lunar.get_day()),
    })
}

/// The date of a lunar day. Fails if the lunar year has no such month or day, and outside the years 1900 to 2199.
pub fn from_lunar(lunar: LunarDate) -> Result<Date, TimeError> {
    if !(EARLIEST.year() - 1..=LATEST.year()).contains(&lunar.year) {
        return Err(TimeError::OutOfRange);
    }
    let no_such_day = || {
        let LunarDate { year, month, leap, day } = lunar;
        TimeError::NoSuchLunarDay { year, month, leap, day }
    };
    if !(1..=12).contains(&lunar.month) {
        return Err(no_such_day());
    }
    let (year, month) = (isize::from(lunar.year), signed_month(lunar));
    // The library panics on a leap month that does not exist, so the month is tried on its own first.
    LunarMonth::new(year, month).map_err(|_| no_such_day())?;
    let day = usize::try_from(lunar.day).map_err(|_| no_such_day())?;
    let solar = LunarDay::new(year, month, day).map_err(|_| no_such_day())?.get_solar_day();
    in_range(gregorian(&solar))
}

/// The library writes a leap month as a negative number.
fn signed_month(lunar: LunarDate) -> isize {
    let month = isize::from(lunar.month);
    if lunar.leap { -month } else { month }
}

fn gregorian(solar: &SolarDay) -> Date {
    let small = |number: usize| i8::try_from(number).expect("months and days are below 32");
    let year = i16::try_from(solar.get_year()).expect("the year is within a year of the lunar year");
    Date::new(year, small(solar.get_month()), small(solar.get_day())).expect("a solar day since 1899 is a date")
}

impl LunarDate {
    /// The day with its year: `辛丑年腊月廿五`.
    pub fn zh(&self) -> String {
        format!("{}年{}", self.zh_year(), self.zh_day())
    }

    /// The day without its year: `腊月廿五`, `闰二月初一`.
    pub fn zh_day(&self) -> String {
        let leap = if self.leap { "闰" } else { "" };
        format!("{leap}{}{}", month_name(self.month), day_name(self.day))
    }

    /// The year by stem and branch (干支): `辛丑`.
    fn zh_year(&self) -> String {
        let stem = nth_character("甲乙丙丁戊己庚辛壬癸", i32::from(self.year) - 4);
        let branch = nth_character("子丑寅卯辰巳午未申酉戌亥", i32::from(self.year) - 4);
        format!("{stem}{branch}")
    }
}

/// The character at `index`, counted around the text.
fn nth_character(text: &str, index: i32) -> String {
    let characters: Vec<char> = text.chars().collect();
    let length = i32::try_from(characters.len()).expect("a cycle has at most twelve characters");
    let index = usize::try_from(index.rem_euclid(length)).expect("a remainder is not negative");
    characters[index].to_string()
}

/// The name of a month, `正月` to `腊月`; the number itself if there is no such month.
fn month_name(month: i8) -> String {
    let names = "正二三四五六七八九十冬腊";
    match month {
        1..=12 => format!("{}月", nth_character(names, i32::from(month) - 1)),
        _ => format!("{month}月"),
    }
}

/// The name of a day, `初一` to `三十`; the number itself if there is no such day.
fn day_name(day: i8) -> String {
    match day {
        10 => "初十".to_owned(),
        20 => "二十".to_owned(),
        30 => "三十".to_owned(),
        1..=29 => {
            let tens = nth_character("初十廿", i32::from(day) / 10);
            let ones = nth_character("一二三四五六七八九", i32::from(day) % 10 - 1);
            format!("{tens}{ones}")
        }
        _ => format!("{day}日"),
    }
}
