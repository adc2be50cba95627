//! Steps (环节) with their deadlines and reminders.

use super::{Act, By, ClauseId, Label, Name, Party};
use crate::expr::{Expr, Template};
use crate::span::Span;

/// A step of a procedure (环节): who has it, by when, what they may do.
#[derive(Debug, Clone)]
pub struct Step {
    /// Name; a wire value.
    pub name: Name,
    /// Label.
    pub label: Label,
    /// Whose desk it lies on.
    pub by: Vec<By>,
    /// Every one of `by` must act (parallel parties); otherwise any one.
    pub parallel: bool,
    /// Deadlines.
    pub due: Vec<Deadline>,
    /// Reminders.
    pub remind: Vec<Reminder>,
    /// Steps whose clocks stand still while a matter is here.
    pub suspends: Vec<Name>,
    /// Acts.
    pub acts: Vec<Act>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A deadline (期限) and its consequence.
#[derive(Debug, Clone)]
pub struct Deadline {
    /// Name of the clock, unique in the procedure (`c-correction-5`; default: the step, then `step-2`, …).
    pub name: Name,
    /// When it ends.
    pub end: DeadlineEnd,
    /// Stops at this act even though the step is not left.
    pub until: Option<Name>,
    /// What happens when it passes.
    pub consequence: Consequence,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// How the last day of a deadline is found, or its last moment.
#[derive(Debug, Clone)]
pub enum DeadlineEnd {
    /// A term after a date, which rolls by the rules of statutory time; or in hours after a moment, which does not.
    After {
        /// The term: a literal, a parameter or a count of days.
        term: Expr,
        /// The event's date or moment.
        event: Expr,
    },
    /// A date or moment as it stands; never rolls.
    On(Expr),
}

/// What follows when a deadline passes.
#[derive(Debug, Clone)]
pub enum Consequence {
    /// An alarm to the step's parties and to these; nothing else changes.
    Alarm {
        /// Further parties.
        to: Vec<Party>,
    },
    /// The clock does this act.
    Act(Name),
}

/// A reminder (提醒), or a further call after the last day (督办).
#[derive(Debug, Clone)]
pub struct Reminder {
    /// When.
    pub at: RemindAt,
    /// Text.
    pub text: Option<Template>,
    /// To whom; default: the step's parties.
    pub to: Vec<Party>,
}

/// When a reminder is sent. A term may be a list of terms, with a reminder for each.
#[derive(Debug, Clone)]
pub enum RemindAt {
    /// So long after the step began.
    Entered(Expr),
    /// So long before the last day of the step's first deadline.
    Before(Expr),
    /// On that last day.
    LastDay,
    /// So long after that last day, if it passed and nothing was done: whoever is above hears of it.
    After(Expr),
    /// On each working day after it until something is done.
    EachWorkingDay,
}

impl RemindAt {
    /// The term, or list of terms.
    #[must_use]
    pub fn terms(&self) -> Option<&Expr> {
        match self {
            RemindAt::Entered(terms) | RemindAt::Before(terms) | RemindAt::After(terms) => Some(terms),
            RemindAt::LastDay | RemindAt::EachWorkingDay => None,
        }
    }

    /// Counted from the step's first deadline.
    #[must_use]
    pub fn needs_deadline(&self) -> bool {
        !matches!(self, RemindAt::Entered(_))
    }

    /// Sent only once that deadline has passed.
    #[must_use]
    pub fn follows_alarm(&self) -> bool {
        matches!(self, RemindAt::After(_) | RemindAt::EachWorkingDay)
    }
}
