//! What can go wrong with a date, said so that a clerk can act on it: Chinese first, then English.

use jiff::civil::Date;

use crate::term::Term;

/// Why a date cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} / {}", self.zh(), self.en())]
pub enum TimeError {
    /// The date rests on a year whose holiday arrangement is not known, and the rules refuse to assume one.
    NoHolidayData {
        /// The year without data.
        year: i16,
    },
    /// A term of length zero.
    ZeroTerm,
    /// The date lies outside 1900-01-01 to 2199-12-31, or counting leads there.
    OutOfRange,
    /// A term in hours was given where only a day is known.
    HoursNeedMoment {
        /// The term.
        term: Term,
    },
    /// A term in working days was given where no holiday arrangement is.
    WorkingDaysNeedHolidays {
        /// The term.
        term: Term,
    },
    /// A term in days or longer was given where a term in hours is wanted.
    NotHours {
        /// The term.
        term: Term,
    },
    /// A suspension ends before it begins.
    SuspensionBackwards {
        /// The first suspended day.
        from: Date,
        /// The day the term runs again.
        to: Date,
    },
    /// The lunar calendar has no such day, for example the 30th of a short month.
    NoSuchLunarDay {
        /// Lunar year, named after the Gregorian year in which it begins.
        year: i16,
        /// Month, 1 to 12.
        month: i8,
        /// Whether the leap month of that number is meant.
        leap: bool,
        /// Day, 1 to 30.
        day: i8,
    },
}

impl TimeError {
    /// The sentence in Chinese.
    pub fn zh(&self) -> String {
        match self {
            TimeError::NoHolidayData { year } => {
                format!("尚无{year}年的放假安排，不能推算涉及该年的日期；请先录入国务院办公厅关于该年的通知")
            }
            TimeError::ZeroTerm => "期限不能为零，至少为一".to_owned(),
            TimeError::OutOfRange => "日期超出可推算的范围（1900年至2199年）".to_owned(),
            TimeError::HoursNeedMoment { term } => {
                format!("按小时计算的期限（{}）须有起算的时刻，只有日期不够", term.zh())
            }
            TimeError::WorkingDaysNeedHolidays { term } => {
                format!("推算{}须有放假安排", term.zh())
            }
            TimeError::NotHours { term } => format!("此处的期限应以小时计，不能是{}", term.zh()),
            TimeError::SuspensionBackwards { from, to } => {
                format!("中止期间的恢复日（{to}）早于中止日（{from}）")
            }
            TimeError::NoSuchLunarDay { year, month, leap, day } => {
                let leap = if *leap { "闰" } else { "" };
                format!("农历{year}年没有{leap}{month}月第{day}日")
            }
        }
    }

    /// The sentence in English.
    pub fn en(&self) -> String {
        match self {
            TimeError::NoHolidayData { year } => format!(
                "no holiday arrangement for {year} is known, so a date that rests on it cannot be computed; enter the State Council's notice for that year first"
            ),
            TimeError::ZeroTerm => "a term is at least one unit long".to_owned(),
            TimeError::OutOfRange => "the date is outside the years 1900 to 2199".to_owned(),
            TimeError::HoursNeedMoment { term } => {
                format!("a term in hours ({term}) needs the moment it starts from, a date is not enough")
            }
            TimeError::WorkingDaysNeedHolidays { term } => {
                format!("counting {term} needs a holiday arrangement")
            }
            TimeError::NotHours { term } => format!("a term in hours is wanted here, not {term}"),
            TimeError::SuspensionBackwards { from, to } => {
                format!("the suspension ends ({to}) before it begins ({from})")
            }
            TimeError::NoSuchLunarDay { year, month, leap, day } => {
                let leap = if *leap { "leap " } else { "" };
                format!("the lunar year {year} has no day {day} in {leap}month {month}")
            }
        }
    }
}

/// A text that is not what it should be, with what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("看不懂“{text}”：{zh} / cannot read `{text}`: {en}")]
pub struct Unreadable {
    /// The text as given.
    pub text: String,
    /// What was expected, in Chinese.
    pub zh: String,
    /// What was expected, in English.
    pub en: String,
}
