//! How a clause counts: the general rules of the Civil Code, and what a clause may change (art. 204).

use crate::term::{Term, Unit};

/// How days are counted. The default is the Civil Code, arts. 200 to 203.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    /// What happens when a term in calendar days, weeks, months or years ends on a day off.
    pub roll: Roll,
    /// Whether the day of the event is the first day of the term. By default it is day 0 (art. 201).
    pub count_event_day: bool,
    /// Whether plain days (日) are read as working days, as licensing law counts an agency's own time.
    pub days_are_working_days: bool,
    /// Whether an event on a day off counts as happening on the next working day.
    pub receipt_next_working_day: bool,
    /// What to do about a year whose holiday arrangement is not known.
    pub beyond_data: BeyondData,
}

/// What happens when the last day of a term is a day off. Terms in working days never need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Roll {
    /// The last day stands.
    None,
    /// The term runs to the next working day (Civil Code art. 203): past weekends and the whole arranged holiday.
    #[default]
    NextWorkingDay,
}

/// What to do about a year whose holiday arrangement is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BeyondData {
    /// Assume Monday to Friday and mark the date provisional.
    #[default]
    Assume,
    /// Refuse, naming the year.
    Refuse,
}

impl Rules {
    /// The term as these rules read it: plain days may mean working days.
    pub(crate) fn read(&self, term: Term) -> Term {
        match term.unit {
            Unit::Days if self.days_are_working_days => Term::new(term.length, Unit::WorkingDays),
            _ => term,
        }
    }
}
