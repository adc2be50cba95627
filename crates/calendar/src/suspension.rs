//! Suspension (中止): days during which a term stands still, such as the time of a hearing or an expert review.

use jiff::civil::Date;

use crate::arithmetic::{days_between, next_day, shift};
use crate::due::{Due, End, Walk};
use crate::error::TimeError;
use crate::holidays::Holidays;
use crate::rules::Rules;
use crate::term::Unit;
use crate::why::Why;

/// Days during which a term stands still: from `from` on, until the term runs again on `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspension {
    /// The first day that does not count.
    pub from: Date,
    /// The day the term runs again; it counts.
    pub to: Date,
}

/// The end of a term after a suspension: what was left of it runs on from the day it resumes.
///
/// A suspension that begins after the last day, or ends before the first, changes nothing; one that began
/// earlier than the term counts from the term's first day. For several suspensions, apply them in order of time.
///
/// Fails if the suspension ends before it begins, and as [`due`](crate::due) does.
///
/// ```
/// use calendar::{Holidays, Rules, Suspension, due, suspend};
/// use jiff::civil::date;
///
/// let (rules, holidays) = (Rules::default(), Holidays::built_in());
/// let review = due(date(2022, 3, 4), "15 days".parse()?, &rules, &holidays)?;
/// let waiting = Suspension { from: date(2022, 3, 10), to: date(2022, 3, 17) };
/// let review = suspend(&review, waiting, &rules, &holidays)?;
/// assert_eq!((review.raw, review.on), (date(2022, 3, 26), date(2022, 3, 28)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn suspend(
    due: &Due,
    suspension: Suspension,
    rules: &Rules,
    holidays: &Holidays,
) -> Result<Due, TimeError> {
    let Suspension { from, to } = suspension;
    if to < from {
        return Err(TimeError::SuspensionBackwards { from, to });
    }
    let from = from.max(due.starts_on);
    if to <= from || from > due.raw {
        return Ok(due.clone());
    }
    let mut walk = Walk::recording(rules, holidays);
    let end = match due.unit {
        Unit::WorkingDays => resume_working_days(due, from, to, &mut walk)?,
        _ => resume_calendar_days(due, from, to, &mut walk)?,
    };
    let mut suspended = walk.into_due(end);
    suspended.provisional |= due.provisional;
    suspended.why.splice(0..0, kept_reasons(&due.why, from));
    Ok(suspended)
}

fn resume_calendar_days(
    due: &Due,
    from: Date,
    to: Date,
    walk: &mut Walk<'_, Vec<Why>>,
) -> Result<End, TimeError> {
    let raw = shift(due.raw, days_between(from, to))?;
    let remaining = days_between(to, raw).unsigned_abs() + 1;
    walk.record.push(Why::Suspended {
        from,
        to,
        remaining,
        last: raw,
    });
    let on = walk.roll(raw)?;
    Ok(End {
        starts_on: due.starts_on,
        raw,
        on,
        unit: due.unit,
    })
}

/// The working days not yet counted when the term stopped, counted from the day it runs again.
fn resume_working_days(
    due: &Due,
    from: Date,
    to: Date,
    walk: &mut Walk<'_, Vec<Why>>,
) -> Result<End, TimeError> {
    let remaining = working_days(from, due.raw, walk)?;
    let at = walk.record.len();
    let last = walk.forward(to, remaining)?;
    walk.record.insert(
        at,
        Why::Suspended {
            from,
            to,
            remaining,
            last,
        },
    );
    Ok(End {
        starts_on: due.starts_on,
        raw: last,
        on: last,
        unit: Unit::WorkingDays,
    })
}

/// How many working days lie between two days, both included.
fn working_days(first: Date, last: Date, walk: &mut Walk<'_, Vec<Why>>) -> Result<u32, TimeError> {
    let mut date = first;
    let mut count = 0;
    while date <= last {
        count += u32::from(walk.is_working_day(date)?);
        date = next_day(date)?;
    }
    Ok(count)
}

/// The reasons that still hold: not the days from the suspension on, and not the former end.
fn kept_reasons(reasons: &[Why], suspended_from: Date) -> Vec<Why> {
    let holds = |why: &&Why| match why {
        Why::Counted { day, .. } | Why::Skipped { day } => day.date < suspended_from,
        Why::PassedOver { .. } | Why::RolledTo { .. } | Why::Ends { .. } | Why::Assumed { .. } => {
            false
        }
        _ => true,
    };
    reasons.iter().filter(holds).cloned().collect()
}
