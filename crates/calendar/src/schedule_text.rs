//! Schedules as words: `every 10 days since last`, `xun`, `week wed 17:00`, `month 10`, `year 12-25`, `lunar 12-25`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Time, Weekday};

use crate::date_text::zh_weekday;
use crate::error::Unreadable;
use crate::schedule::Schedule;

/// The days of the week as schedules write them, with the day each names.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Reads `every 10 days`, `every 10 days since last`, `xun`, `week`, `week wed`, `week wed 17:00`, `month`,
/// `month 10`, `quarter`, `half-year`, `year`, `year 12-25` and `lunar 12-25`. A week ends on Sunday unless another day is named.
impl FromStr for Schedule {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Schedule, Unreadable> {
        let words: Vec<&str> = text.split_whitespace().collect();
        read(&words).ok_or_else(|| unreadable(text))
    }
}

fn read(words: &[&str]) -> Option<Schedule> {
    let schedule = match words {
        ["every", days, "day" | "days"] => Schedule::EveryDays { n: read_days(days)?, since_last: false },
        ["every", days, "day" | "days", "since", "last"] => {
            Schedule::EveryDays { n: read_days(days)?, since_last: true }
        }
        ["xun"] => Schedule::Xun,
        ["week"] => Schedule::Weekly { weekday: Weekday::Sunday, time: None },
        ["week", day] => Schedule::Weekly { weekday: read_weekday(day)?, time: None },
        ["week", day, time] => Schedule::Weekly { weekday: read_weekday(day)?, time: Some(read_time(time)?) },
        ["month"] => Schedule::Monthly { day: None },
        ["month", day] => Schedule::Monthly { day: Some(read_number(day, 31)?) },
        ["quarter"] => Schedule::Quarterly,
        ["half-year"] => Schedule::HalfYearly,
        ["year"] => Schedule::Yearly { month: 12, day: 31 },
        ["year", day] => {
            let (month, day) = read_month_day(day, 31)?;
            Schedule::Yearly { month, day }
        }
        ["lunar", day] => {
            let (month, day) = read_month_day(day, 30)?;
            Schedule::LunarYearly { month, day }
        }
        _ => return None,
    };
    Some(schedule)
}

fn read_days(text: &str) -> Option<u16> {
    text.parse().ok().filter(|days| *days > 0)
}

fn read_weekday(text: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(name, _)| *name == text).map(|(_, weekday)| *weekday)
}

fn read_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn read_month_day(text: &str, last_day: i8) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    Some((read_number(month, 12)?, read_number(day, last_day)?))
}

fn read_number(text: &str, last: i8) -> Option<i8> {
    text.parse().ok().filter(|number| (1..=last).contains(number))
}

fn unreadable(text: &str) -> Unreadable {
    Unreadable {
        text: text.to_owned(),
        zh: "周期请写作every 10 days、every 10 days since last、xun、week wed 17:00、month 10、quarter、half-year、year 12-25或lunar 12-25".to_owned(),
        en: "write a schedule as `every 10 days`, `every 10 days since last`, `xun`, `week wed 17:00`, `month 10`, `quarter`, `half-year`, `year 12-25` or `lunar 12-25`".to_owned(),
    }
}

/// Writes the code form, which [`FromStr`] reads back.
impl fmt::Display for Schedule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Schedule::EveryDays { n, since_last } => {
                let days = if n == 1 { "day" } else { "days" };
                write!(formatter, "every {n} {days}{}", if since_last { " since last" } else { "" })
            }
            Schedule::Xun => write!(formatter, "xun"),
            Schedule::Weekly { weekday, time } => {
                write!(formatter, "week {}", weekday_code(weekday))?;
                time.map_or(Ok(()), |time| write!(formatter, " {}", clock(time)))
            }
            Schedule::Monthly { day: None } => write!(formatter, "month"),
            Schedule::Monthly { day: Some(day) } => write!(formatter, "month {day}"),
            Schedule::Quarterly => write!(formatter, "quarter"),
            Schedule::HalfYearly => write!(formatter, "half-year"),
            Schedule::Yearly { month: 12, day: 31 } => write!(formatter, "year"),
            Schedule::Yearly { month, day } => write!(formatter, "year {month:02}-{day:02}"),
            Schedule::LunarYearly { month, day } => write!(formatter, "lunar {month:02}-{day:02}"),
        }
    }
}

fn weekday_code(weekday: Weekday) -> &'static str {
    WEEKDAYS[usize::from(weekday.to_monday_zero_offset().unsigned_abs())].0
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

impl Schedule {
    /// The schedule in Chinese: `每旬`, `每周星期三17:00前`, `每季度`.
    pub fn zh(&self) -> String {
        match *self {
            Schedule::EveryDays { n, since_last: false } => format!("每{n}日"),
            Schedule::EveryDays { n, since_last: true } => format!("距上次不超过{n}日"),
            Schedule::Xun => "每旬".to_owned(),
            Schedule::Weekly { weekday, time: None } => format!("每周{}前", zh_weekday(weekday)),
            Schedule::Weekly { weekday, time: Some(time) } => {
                format!("每周{}{}前", zh_weekday(weekday), clock(time))
            }
            Schedule::Monthly { day: None } => "每月".to_owned(),
            Schedule::Monthly { day: Some(day) } => format!("每月{day}日前"),
            Schedule::Quarterly => "每季度".to_owned(),
            Schedule::HalfYearly => "每半年".to_owned(),
            Schedule::Yearly { month: 12, day: 31 } => "每年".to_owned(),
            Schedule::Yearly { month, day } => format!("每年{month}月{day}日前"),
            Schedule::LunarYearly { month, day } => {
                let day = crate::lunar::LunarDate { year: 0, month, leap: false, day };
                format!("每年农历{}前", day.zh_day())
            }
        }
    }
}
