//! Duties (职责、定期任务): procedures that the clock starts, again and again or whenever something is lacking.

use super::{ClauseId, Label, Name, Open};
use crate::expr::Expr;
use crate::span::Span;
use calendar::Schedule;

/// A duty: for each of some units, when an instance of its procedure begins.
///
/// What an instance is worth (who has it, by when, what becomes of it) says the procedure; a duty says only when and for whom.
#[derive(Debug, Clone)]
pub struct Duty {
    /// Name; a wire value.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// For whom: each of these has instances of its own.
    pub each: Each,
    /// When the next one begins.
    pub rhythm: Rhythm,
    /// The first day; default, and where it is missing: the first day on which the regulation is in force.
    pub since: Option<Expr>,
    /// The procedure with its starting act, and what it is given.
    pub opens: Open,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// The units of a duty (责任对象).
#[derive(Debug, Clone)]
pub enum Each {
    /// Every place of a level for which the condition holds.
    Place {
        /// `county`, `township`, `village`, `group`.
        level: Name,
        /// Only if.
        when: Option<Expr>,
    },
    /// Every row of a register for which the condition holds; the matter is about it, at its place.
    Row {
        /// Register.
        register: Name,
        /// The subject of the procedure that becomes the row.
        about: Name,
        /// Only if.
        when: Option<Expr>,
    },
}

impl Each {
    /// Which of them.
    #[must_use]
    pub fn when(&self) -> Option<&Expr> {
        match self {
            Each::Place { when, .. } | Each::Row { when, .. } => when.as_ref(),
        }
    }
}

/// When the next instance of a duty begins (周期).
#[derive(Debug, Clone)]
pub enum Rhythm {
    /// At the beginning of each period.
    Every(Every),
    /// On any day on which the condition holds while none is open.
    Whenever(Expr),
}

/// A schedule, or one of two by a condition.
#[derive(Debug, Clone)]
pub enum Every {
    /// This one.
    Schedule(Schedule),
    /// One of two.
    If {
        /// Condition.
        condition: Expr,
        /// If it holds.
        then: Box<Every>,
        /// If not.
        otherwise: Box<Every>,
    },
}

impl Every {
    /// Every schedule it may come to.
    #[must_use]
    pub fn schedules(&self) -> Vec<Schedule> {
        match self {
            Every::Schedule(schedule) => vec![*schedule],
            Every::If { then, otherwise, .. } => {
                let mut all = then.schedules();
                all.extend(otherwise.schedules());
                all
            }
        }
    }
}
