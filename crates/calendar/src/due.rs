//! When a term ends (届满) and why.

use jiff::civil::{Date, DateTime};

use crate::arithmetic::in_range;
use crate::error::TimeError;
use crate::holidays::Holidays;
use crate::rules::Rules;
use crate::term::{Term, Unit};
use crate::walk::Walk;
use crate::why::Why;

/// The end of a term, with every reason for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The last day of the term; acts on it are in time until 24:00.
    pub on: Date,
    /// The last day before any roll past days off. Equal to `on` for terms in working days.
    pub raw: Date,
    /// The first day that counts.
    pub starts_on: Date,
    /// The unit actually counted, after [`Rules::days_are_working_days`].
    pub unit: Unit,
    /// Whether the date rests on a year whose holiday arrangement is assumed; a later notice may move it.
    pub provisional: bool,
    /// The reasons, in the order of the count.
    pub why: Vec<Why>,
}

impl Due {
    /// The first day on which the term is over.
    pub fn expires_on(&self) -> Date {
        self.on.tomorrow().expect("a due date lies before the year 2200")
    }

    /// The moment the term is over: 00:00 after its last day (Civil Code art. 203).
    pub fn expires_at(&self) -> DateTime {
        self.expires_on().at(0, 0, 0, 0)
    }
}

/// The last day of a term that starts with an event on `event_on`, with the reasons.
///
/// The day of the event is day 0 (Civil Code art. 201). Working days (工作日) skip days off and count make-up
/// Saturdays and Sundays. Days, weeks, months and years end on the corresponding day, or the month's last day
/// (art. 202), and if that is a day off, run to the next working day (art. 203). `rules` may change each of these (art. 204).
///
/// A date that rests on a year without holiday data is provisional, or refused naming the year. Also fails on a
/// zero term, a term in hours (see [`due_at`](crate::due_at)), and outside the years 1900 to 2199.
///
/// ```
/// use calendar::{Holidays, Rules, due};
/// use jiff::civil::date;
///
/// let due = due(date(2022, 4, 29), "5 days".parse()?, &Rules::default(), &Holidays::built_in())?;
/// assert_eq!(due.raw, date(2022, 5, 4)); // in the Labour Day break
/// assert_eq!(due.on, date(2022, 5, 5));
/// assert_eq!(due.expires_on(), date(2022, 5, 6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn due(event_on: Date, term: Term, rules: &Rules, holidays: &Holidays) -> Result<Due, TimeError> {
    let mut walk = Walk::recording(rules, holidays);
    let end = walk.term(event_on, term)?;
    Ok(walk.into_due(end))
}

/// The last day of a term, as [`due`] computes it, without the reasons: for simulations and long lists.
pub fn due_on(event_on: Date, term: Term, rules: &Rules, holidays: &Holidays) -> Result<Date, TimeError> {
    Ok(Walk::new(rules, holidays).term(event_on, term)?.on)
}

/// The day itself, or the next working day if it is a day off and the rules roll.
///
/// For a fixed day that a clause names, such as the tenth of a month. Fails in a year without data if the rules refuse
/// to assume one, and outside the years 1900 to 2199.
pub fn roll(date: Date, rules: &Rules, holidays: &Holidays) -> Result<Date, TimeError> {
    Walk::new(rules, holidays).roll(in_range(date)?)
}
