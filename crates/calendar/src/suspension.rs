//! Suspension (中止): days during which a term stands still, such as the time of a hearing or an expert review.

use jiff::civil::{Date, DateTime};

use crate::arithmetic::{days_between, in_range, next_day, shift, whole_second};
use crate::due::Due;
use crate::error::TimeError;
use crate::holidays::Holidays;
use crate::rules::Rules;
use crate::term::{Term, Unit};
use crate::walk::{End, Walk};
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
/// A suspension that begins after the last day, or ends before the first, changes nothing; of one that began
/// before the term only the days of the term count. One that begins while the end is rolling past days off leaves
/// the last day, which is then the day the term runs again. Several suspensions are applied in order of time.
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
pub fn suspend(due: &Due, suspension: Suspension, rules: &Rules, holidays: &Holidays) -> Result<Due, TimeError> {
    let Suspension { from, to } = suspension;
    if to < from {
        return Err(TimeError::SuspensionBackwards { from, to });
    }
    if to <= from.max(due.starts_on) || from > due.on {
        return Ok(due.clone());
    }
    let stopped_on = from.clamp(due.starts_on, due.raw);
    let mut walk = Walk::recording(rules, holidays);
    let raw = match due.unit {
        Unit::WorkingDays => resume_working_days(due, stopped_on, suspension, &mut walk)?,
        _ => resume_calendar_days(due, stopped_on, suspension, &mut walk)?,
    };
    let on = if due.unit == Unit::WorkingDays { raw } else { walk.roll(raw)? };
    let mut suspended = walk.into_due(End { starts_on: due.starts_on, raw, on, unit: due.unit });
    suspended.provisional |= due.provisional;
    let kept = kept_reasons(&due.why, stopped_on, &suspended.why);
    suspended.why.splice(0..0, kept);
    Ok(suspended)
}

/// The end of a term in hours after it stood still from one moment to another: what was left of it runs on.
///
/// Standing still after the end changes nothing. Fails if the suspension ends before it begins, or leads past the year 2199.
///
/// ```
/// use calendar::suspend_at;
/// use jiff::civil::date;
///
/// let on = date(2022, 3, 4);
/// let end = suspend_at(on.at(14, 0, 0, 0), (on.at(11, 0, 0, 0), on.at(11, 40, 0, 0)))?;
/// assert_eq!(end, on.at(14, 40, 0, 0));
/// # Ok::<(), calendar::TimeError>(())
/// ```
pub fn suspend_at(end: DateTime, (from, to): (DateTime, DateTime)) -> Result<DateTime, TimeError> {
    let (from, to) = (whole_second(from), whole_second(to));
    if to < from {
        return Err(TimeError::SuspensionBackwards { from: from.date(), to: to.date() });
    }
    if from > end {
        return Ok(end);
    }
    let later = end.checked_add(to.duration_since(from)).map_err(|_| TimeError::OutOfRange)?;
    in_range(later.date())?;
    Ok(later)
}

/// The days not yet counted when the term stopped, the last among them, counted from the day it runs again.
fn resume_calendar_days(
    due: &Due,
    stopped_on: Date,
    suspension: Suspension,
    walk: &mut Walk<'_, Vec<Why>>,
) -> Result<Date, TimeError> {
    let Suspension { from, to } = suspension;
    let last = shift(due.raw, days_between(stopped_on, to))?;
    let left = days_between(stopped_on, due.raw).unsigned_abs() + 1;
    let remaining = Term::new(left, Unit::Days);
    walk.record.push(Why::Suspended { from, to, remaining, last });
    Ok(last)
}

/// The working days not yet counted when the term stopped, counted from the day it runs again.
fn resume_working_days(
    due: &Due,
    stopped_on: Date,
    suspension: Suspension,
    walk: &mut Walk<'_, Vec<Why>>,
) -> Result<Date, TimeError> {
    let Suspension { from, to } = suspension;
    let left = working_days(stopped_on, due.raw, walk)?;
    let reasons_before = walk.record.len();
    let counted = counted_before(&due.why, stopped_on);
    let last = walk.forward(to, counted, counted + left)?;
    let remaining = Term::new(left, Unit::WorkingDays);
    walk.record.insert(reasons_before, Why::Suspended { from, to, remaining, last });
    Ok(last)
}

/// How many working days were counted before the term stopped. The reasons know it even after earlier suspensions.
fn counted_before(why: &[Why], stopped_on: Date) -> u32 {
    let number = |why: &Why| match why {
        Why::Counted { day, number } if day.date < stopped_on => Some(*number),
        _ => None,
    };
    why.iter().filter_map(number).max().unwrap_or(0)
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

/// The former reasons that still hold: not the days since the term stopped, nor the former end.
fn kept_reasons(former: &[Why], stopped_on: Date, new: &[Why]) -> Vec<Why> {
    let holds = |why: &&Why| match why {
        Why::Counted { day, .. } | Why::Skipped { day } => day.date < stopped_on,
        Why::PassedOver { .. } | Why::RolledTo { .. } | Why::Ends { .. } => false,
        Why::Assumed { .. } => !new.contains(why),
        _ => true,
    };
    former.iter().filter(holds).cloned().collect()
}
