//! Plain arithmetic on dates: the corresponding day, and counting back. Nothing here rolls.

use jiff::civil::{Date, DateTime, date};
use jiff::{Span, ToSpan};

use crate::error::TimeError;
use crate::holidays::Holidays;
use crate::rules::Rules;
use crate::term::{Term, Unit};
use crate::walk::Walk;

/// The first day this crate computes with.
pub const EARLIEST: Date = date(1900, 1, 1);

/// The last day this crate computes with.
pub const LATEST: Date = date(2199, 12, 31);

/// The corresponding day a term after `from`, never rolled.
///
/// Months and years end on the same day of the month, or on the month's last day if there is none: 29 February
/// and one year is 28 February (Civil Code art. 202). For validity, extension and intervals, which do not roll.
///
/// Fails on a zero term, on hours and working days, and outside the years 1900 to 2199.
///
/// ```
/// use calendar::{Term, Unit, plus};
/// use jiff::civil::date;
///
/// let valid_to = plus(date(2024, 2, 29), Term::new(2, Unit::Years))?;
/// assert_eq!(valid_to, date(2026, 2, 28));
/// # Ok::<(), calendar::TimeError>(())
/// ```
pub fn plus(from: Date, term: Term) -> Result<Date, TimeError> {
    let span = span(term)?;
    in_range(from.checked_add(span).map_err(|_| TimeError::OutOfRange)?)
}

/// The day a term before `until`: thirty days before 22 March 2024 is 21 February 2024. Never rolled.
///
/// Working days are counted back over the holiday arrangement, `until` itself not counted; `rules` say whether plain days are working
/// days and what happens in a year without data.
///
/// Fails as [`plus`] does, and in a year without data if the rules refuse to assume one.
pub fn before(until: Date, term: Term, rules: &Rules, holidays: &Holidays) -> Result<Date, TimeError> {
    let term = rules.read(term);
    if term.unit == Unit::WorkingDays {
        not_zero(term)?;
        return Walk::new(rules, holidays).back(in_range(until)?, term.length);
    }
    in_range(until.checked_sub(span(term)?).map_err(|_| TimeError::OutOfRange)?)
}

/// The moment a term in hours or minutes ends. They run from the moment fixed, through nights and days off (Civil Code art. 201).
///
/// Moments are told to the second; a fraction of one is left out. What happens at that very second is in time.
///
/// Fails if the term is in days or longer, is zero, or leads past the year 2199.
///
/// ```
/// use calendar::due_at;
/// use jiff::civil::date;
///
/// let end = due_at(date(2022, 2, 4).at(22, 15, 0, 0), "4 hours".parse()?)?; // a day off, and the night goes on
/// assert_eq!(end, date(2022, 2, 5).at(2, 15, 0, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn due_at(event_at: DateTime, term: Term) -> Result<DateTime, TimeError> {
    let end = whole_second(event_at).checked_add(clock_span(term)?).map_err(|_| TimeError::OutOfRange)?;
    in_range(end.date())?;
    Ok(end)
}

/// The moment a term in hours or minutes before another. Fails as [`due_at`] does, and before the year 1900.
pub fn before_at(until: DateTime, term: Term) -> Result<DateTime, TimeError> {
    let start = whole_second(until).checked_sub(clock_span(term)?).map_err(|_| TimeError::OutOfRange)?;
    in_range(start.date())?;
    Ok(start)
}

/// A moment without the fraction of its second.
pub(crate) fn whole_second(at: DateTime) -> DateTime {
    at.with().subsec_nanosecond(0).build().expect("every second has a beginning")
}

/// The span of a term in hours or minutes.
fn clock_span(term: Term) -> Result<Span, TimeError> {
    not_zero(term)?;
    let span = match term.unit {
        Unit::Minutes => Span::new().try_minutes(term.length),
        Unit::Hours => Span::new().try_hours(term.length),
        _ => return Err(TimeError::NotHours { term }),
    };
    span.map_err(|_| TimeError::OutOfRange)
}

/// The span of a term in days, weeks, months or years.
fn span(term: Term) -> Result<Span, TimeError> {
    not_zero(term)?;
    let span = Span::new();
    let span = match term.unit {
        Unit::Days => span.try_days(term.length),
        Unit::Weeks => span.try_weeks(term.length),
        Unit::Months => span.try_months(term.length),
        Unit::Years => span.try_years(term.length),
        Unit::Minutes | Unit::Hours => return Err(TimeError::HoursNeedMoment { term }),
        Unit::WorkingDays => return Err(TimeError::WorkingDaysNeedHolidays { term }),
    };
    span.map_err(|_| TimeError::OutOfRange)
}

pub(crate) fn not_zero(term: Term) -> Result<(), TimeError> {
    if term.length == 0 { Err(TimeError::ZeroTerm) } else { Ok(()) }
}

pub(crate) fn in_range(date: Date) -> Result<Date, TimeError> {
    if (EARLIEST..=LATEST).contains(&date) { Ok(date) } else { Err(TimeError::OutOfRange) }
}

/// The day after; fails past the year 2199.
pub(crate) fn next_day(date: Date) -> Result<Date, TimeError> {
    in_range(date.tomorrow().map_err(|_| TimeError::OutOfRange)?)
}

/// The day before; fails before the year 1900.
pub(crate) fn day_before(date: Date) -> Result<Date, TimeError> {
    in_range(date.yesterday().map_err(|_| TimeError::OutOfRange)?)
}

/// The date so many days later, or earlier if negative; fails outside the years 1900 to 2199.
pub(crate) fn shift(date: Date, days: i32) -> Result<Date, TimeError> {
    in_range(date.checked_add(days.days()).map_err(|_| TimeError::OutOfRange)?)
}

/// How many days `to` lies after `from`; negative if it lies before.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}
