//! Parameters (参数), and those that statutory time and plots read in a notation of their own.

use super::{ClauseId, Label, Name};
use crate::expr::{Type, Value};
use crate::finding::Said;
use crate::span::Span;
use jiff::civil::Date;

/// A named, typed constant that a county may override (参数).
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name, dotted.
    pub name: Name,
    /// Label.
    pub label: Label,
    /// Type with unit.
    pub ty: Type,
    /// Values with the first day each applies from (`None` = always), ascending.
    pub values: Vec<(Option<Date>, Value)>,
    /// Allowed codes with labels, where it is a choice.
    pub choices: Vec<(Name, Label)>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Whether counties may give it another value.
    pub county: Option<Box<Leeway>>,
    /// The value that a county's supplement gave it.
    pub given: Option<Box<Given>>,
    /// Where.
    pub span: Span,
}

/// What counties may decide of a parameter (县可以规定的范围).
#[derive(Debug, Clone, PartialEq)]
pub enum Leeway {
    /// Any value of its type.
    Any,
    /// Between two values of one type and unit, both included.
    Between(Value, Value),
}

/// A value that a county's supplement gave (本县规定).
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// From which day on it holds.
    pub since: Date,
    /// The clauses of the supplement.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

impl Leeway {
    /// Whether a county may choose a value.
    #[must_use]
    pub fn allows(&self, value: &Value) -> bool {
        match self {
            Leeway::Any => true,
            Leeway::Between(low, high) => is_at_most(low, value) && is_at_most(value, high),
        }
    }
}

/// Whether a value is at most another; never of values that have no order between them.
fn is_at_most(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one, unit), Value::Number(other, other_unit)) => unit == other_unit && one <= other,
        (Value::Term(one), Value::Term(other)) => one.unit == other.unit && one.length <= other.length,
        (Value::Date(one), Value::Date(other)) => one <= other,
        (Value::Moment(one), Value::Moment(other)) => one <= other,
        _ => false,
    }
}

/// The parameter for the hour at which a day ends for what arrives, `17:30` or `24:00` ([`calendar::Cutoff`]).
pub const CUTOFF: &str = "deadline.cutoff-time";

/// The parameter for the time of day at which reminders are sent, `09:00`.
pub const REMIND_AT: &str = "reminder.time";

/// The parameter for where the county's plots lie ([`plots::Extent`]).
pub const EXTENT: &str = "plots.extent";

/// What is wrong with a value of a parameter, beyond its type: statutory time and plots read some parameters in their own notation.
pub fn misread(parameter: &str, value: &Value) -> Option<Said> {
    if value.is_missing() {
        return None;
    }
    let text = value.as_text().unwrap_or_default();
    let of_time = |wrong: calendar::Unreadable| Said { zh: wrong.zh, en: wrong.en };
    match parameter {
        CUTOFF => text.parse::<calendar::Cutoff>().err().map(of_time),
        REMIND_AT => calendar::parse_time(text).err().map(of_time),
        EXTENT => text.parse::<plots::Extent>().err().map(|wrong| Said { zh: wrong.zh, en: wrong.en }),
        _ => None,
    }
}
