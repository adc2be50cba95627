//! What recurs (周期): duties of every ten days, month, quarter or half year, as the periods in which each must be done.
//!
//! A schedule tied to a day, such as Wednesday or the tenth, has periods that *end* on that day: it is the last
//! day on which the duty of the period is done in time. Periods follow each other without gap and never roll.

use jiff::Span;
use jiff::civil::{Date, Time, Weekday};

use crate::arithmetic::{next_day, shift};
use crate::date_text::zh_date;
use crate::error::TimeError;
use crate::lunar::{LunarDate, from_lunar, lunar};

/// How often a duty recurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// Every so many days (每隔若干日).
    EveryDays {
        /// How many days, at least 1.
        n: u16,
        /// Whether the days run from the last time the duty was done, which is then day 0, or from a fixed first day.
        since_last: bool,
    },
    /// The three parts of a month (旬): days 1 to 10, 11 to 20, and 21 to its end.
    Xun,
    /// A week that ends on a day, and there possibly at a time (每周).
    Weekly {
        /// The last day of the week.
        weekday: Weekday,
        /// The time on that day; the end of the day if none.
        time: Option<Time>,
    },
    /// A calendar month, or a month that ends on a day (每月).
    Monthly {
        /// The last day of the period, 1 to 31; the month's own last day if none, or if the month is shorter.
        day: Option<i8>,
    },
    /// A calendar quarter (每季度).
    Quarterly,
    /// The first or second half of a year (每半年).
    HalfYearly,
    /// A year that ends on a day (每年); 31 December for the calendar year.
    Yearly {
        /// Month, 1 to 12.
        month: i8,
        /// Day, 1 to 31; the month's last day if the month is shorter.
        day: i8,
    },
    /// A year that ends on a day of the lunar calendar (农历每年).
    LunarYearly {
        /// Lunar month, 1 to 12, never the leap month.
        month: i8,
        /// Lunar day, 1 to 30; the month's last day if the month is shorter.
        day: i8,
    },
}

/// One period of a schedule, both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day, on which the duty is still in time.
    pub to: Date,
    /// Of which schedule.
    of: Schedule,
}

impl Period {
    /// What the period is called in Chinese: `2022年3月上旬`, `2022年第一季度`.
    #[must_use]
    pub fn name(&self) -> String {
        self.of.name(self.from, self.to)
    }
}

/// The periods that touch the days from `from` to `to`, in order, each whole.
///
/// Every so many days, periods start at `from`; since the last time, `from` is the day it was done, and the
/// first period starts the day after. Ends early where the periods leave the years 1900 to 2199.
///
/// ```
/// use calendar::{Schedule, periods};
/// use jiff::civil::date;
///
/// let mut xun = periods(&Schedule::Xun, date(2022, 3, 5), date(2022, 3, 31));
/// assert_eq!(xun.next().map(|period| period.name()), Some("2022年3月上旬".to_owned()));
/// assert_eq!(xun.last().map(|period| period.to), Some(date(2022, 3, 31)));
/// ```
pub fn periods(schedule: &Schedule, from: Date, to: Date) -> impl Iterator<Item = Period> + use<> {
    let schedule = *schedule;
    let first = if from <= to { schedule.first_period(from) } else { None };
    std::iter::successors(first, move |period| schedule.period(next_day(period.to).ok()?).ok())
        .take_while(move |period| period.from <= to)
}

impl Schedule {
    /// The last day on which the duty is next in time, if it was last done on `done_on`.
    ///
    /// Since the last time, that is so many days later; otherwise the end of the period after the one in which it was done.
    /// Fails outside the years 1900 to 2199.
    pub fn next_due(&self, done_on: Date) -> Result<Date, TimeError> {
        match self {
            Schedule::EveryDays { n, .. } => shift(done_on, i32::from(*n)),
            _ => Ok(self.period(next_day(self.period(done_on)?.to)?)?.to),
        }
    }

    /// The time on a period's last day by which the duty is done; `None` for the end of the day.
    pub fn time(&self) -> Option<Time> {
        match self {
            Schedule::Weekly { time, .. } => *time,
            _ => None,
        }
    }

    fn first_period(&self, from: Date) -> Option<Period> {
        match self {
            Schedule::EveryDays { since_last: true, .. } => self.period(next_day(from).ok()?).ok(),
            _ => self.period(from).ok(),
        }
    }

    /// The period that holds `date`; for every so many days, the one that starts on it.
    fn period(&self, date: Date) -> Result<Period, TimeError> {
        let (from, to) = match *self {
            Schedule::EveryDays { n, .. } => (date, shift(date, i32::from(n.max(1)) - 1)?),
            Schedule::Xun => xun(date),
            Schedule::Weekly { weekday, .. } => week(date, weekday)?,
            Schedule::Monthly { day: None } => (date.first_of_month(), date.last_of_month()),
            Schedule::Monthly { day: Some(day) } => between(date, |months| monthly_end(date, months, day))?,
            Schedule::Quarterly => months_around(date, 3),
            Schedule::HalfYearly => months_around(date, 6),
            Schedule::Yearly { month, day } => between(date, |years| yearly_end(date, years, month, day))?,
            Schedule::LunarYearly { month, day } => lunar_year(date, month, day)?,
        };
        Ok(Period { from, to, of: *self })
    }

    fn name(&self, from: Date, to: Date) -> String {
        let (year, month) = (to.year(), to.month());
        match self {
            Schedule::Xun => format!("{year}年{month}月{}", xun_name(to)),
            Schedule::Monthly { day: None } => format!("{year}年{month}月"),
            Schedule::Quarterly => format!("{year}年第{}季度", quarter_name(to)),
            Schedule::HalfYearly => format!("{year}年{}半年", if month <= 6 { "上" } else { "下" }),
            Schedule::Yearly { month: 12, day: 31 } => format!("{year}年"),
            Schedule::LunarYearly { .. } => match lunar(to) {
                Ok(lunar) => format!("{}至{}（{}）", zh_date(from), zh_date(to), lunar.zh()),
                Err(_) => format!("{}至{}", zh_date(from), zh_date(to)),
            },
            _ => format!("{}至{}", zh_date(from), zh_date(to)),
        }
    }
}

fn xun(date: Date) -> (Date, Date) {
    let on = |day| date.with().day(day).build().expect("every month has 21 days");
    match date.day() {
        1..=10 => (on(1), on(10)),
        11..=20 => (on(11), on(20)),
        _ => (on(21), date.last_of_month()),
    }
}

fn xun_name(date: Date) -> &'static str {
    match date.day() {
        1..=10 => "上旬",
        11..=20 => "中旬",
        _ => "下旬",
    }
}

fn week(date: Date, last: Weekday) -> Result<(Date, Date), TimeError> {
    let to = shift(date, i32::from(date.weekday().until(last)))?;
    Ok((shift(to, -6)?, to))
}

/// The whole months around a date, so many at a time from January on.
fn months_around(date: Date, length: i8) -> (Date, Date) {
    let first_month = (date.month() - 1) / length * length + 1;
    let on = |month| Date::new(date.year(), month, 1).expect("whole parts of a year lie in months 1 to 12");
    (on(first_month), on(first_month + length - 1).last_of_month())
}

fn quarter_name(date: Date) -> &'static str {
    match date.month() {
        1..=3 => "一",
        4..=6 => "二",
        7..=9 => "三",
        _ => "四",
    }
}

/// The period that holds `date` between two neighbouring ends; `end` gives the end so many months or years away.
fn between(date: Date, end: impl Fn(i32) -> Result<Date, TimeError>) -> Result<(Date, Date), TimeError> {
    let this_end = end(0)?;
    let (before, to) = if date <= this_end { (end(-1)?, this_end) } else { (this_end, end(1)?) };
    Ok((next_day(before)?, to))
}

/// The end day in the month so many months from `date`'s.
fn monthly_end(date: Date, months: i32, day: i8) -> Result<Date, TimeError> {
    let first = date.first_of_month().checked_add(Span::new().months(months));
    Ok(clamped(first.map_err(|_| TimeError::OutOfRange)?, day))
}

/// The end day in the year so many years from `date`'s.
fn yearly_end(date: Date, years: i32, month: i8, day: i8) -> Result<Date, TimeError> {
    let year = i16::try_from(i32::from(date.year()) + years).map_err(|_| TimeError::OutOfRange)?;
    let first = Date::new(year, month.clamp(1, 12), 1).map_err(|_| TimeError::OutOfRange)?;
    Ok(clamped(first, day))
}

/// The day in the month of `first`, or the month's last day if it is shorter.
fn clamped(first: Date, day: i8) -> Date {
    let day = day.clamp(1, first.days_in_month());
    first.with().day(day).build().expect("the day is within the month")
}

/// Lunar years move against Gregorian ones, so the ends of the years around `date` are looked through.
fn lunar_year(date: Date, month: i8, day: i8) -> Result<(Date, Date), TimeError> {
    let year = lunar(date)?.year;
    let mut before = lunar_end(year - 1, month, day)?;
    let mut to = lunar_end(year, month, day)?;
    if date > to {
        before = to;
        to = lunar_end(year + 1, month, day)?;
    }
    Ok((next_day(before)?, to))
}

fn lunar_end(year: i16, month: i8, day: i8) -> Result<Date, TimeError> {
    let on = |day| from_lunar(LunarDate { year, month, leap: false, day });
    // A short month has 29 days, and a duty of its 30th, New Year's Eve, then falls on the 29th.
    if day == 30 { on(30).or_else(|_| on(29)) } else { on(day) }
}
