//! Terms (期限): a length and its unit. The unit is part of every deadline (Civil Code art. 200).

use std::fmt;
use std::str::FromStr;

use crate::error::Unreadable;
use crate::numeral::read_number;

/// The unit of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Minutes (分钟), which run from the moment fixed.
    Minutes,
    /// Hours (小时), which run from the moment fixed.
    Hours,
    /// Calendar days (日).
    Days,
    /// Working days (工作日), make-up Saturdays and Sundays included.
    WorkingDays,
    /// Weeks of seven calendar days (周).
    Weeks,
    /// Calendar months (月), to the corresponding day.
    Months,
    /// Calendar years (年), to the corresponding day.
    Years,
}

impl Unit {
    /// Counted by the clock from a moment (按小时计算), not by days.
    #[must_use]
    pub fn is_of_clock(self) -> bool {
        matches!(self, Unit::Minutes | Unit::Hours)
    }
}

/// A length of time as a clause states it, such as `5 working-days` or `十日`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// How many units; computing with a zero length is refused.
    pub length: u32,
    /// The unit.
    pub unit: Unit,
}

impl Term {
    /// A term of so many units.
    pub const fn new(length: u32, unit: Unit) -> Term {
        Term { length, unit }
    }

    /// The term as a Chinese clause writes it: `5个工作日`, `10日`, `2年`.
    pub fn zh(&self) -> String {
        let unit = match self.unit {
            Unit::Minutes => "分钟",
            Unit::Hours => "小时",
            Unit::Days => "日",
            Unit::WorkingDays => "个工作日",
            Unit::Weeks => "周",
            Unit::Months => "个月",
            Unit::Years => "年",
        };
        format!("{}{unit}", self.length)
    }
}

/// Writes the code form, which [`FromStr`] reads back: `5 working-days`, `1 month`.
impl fmt::Display for Term {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Minutes => "minute",
            Unit::Hours => "hour",
            Unit::Days => "day",
            Unit::WorkingDays => "working-day",
            Unit::Weeks => "week",
            Unit::Months => "month",
            Unit::Years => "year",
        };
        let plural = if self.length == 1 { "" } else { "s" };
        write!(formatter, "{} {unit}{plural}", self.length)
    }
}

/// Reads `5 working-days`, `1 month`, `5个工作日`, `十日`, `30日内`, `2年`, `三个月`, `24小时`, `30分钟`.
///
/// `10月` is not a term but the month of October, and is not read.
impl FromStr for Term {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Term, Unreadable> {
        let trimmed = text.trim();
        let term = read_code(trimmed).or_else(|| read_chinese(trimmed)).ok_or_else(|| unreadable(text))?;
        if term.length == 0 { Err(zero(text)) } else { Ok(term) }
    }
}

fn read_code(text: &str) -> Option<Term> {
    let (length, unit) = text.split_once(' ')?;
    let unit = match unit.trim() {
        "minute" | "minutes" => Unit::Minutes,
        "hour" | "hours" => Unit::Hours,
        "day" | "days" => Unit::Days,
        "working-day" | "working-days" | "working day" | "working days" => Unit::WorkingDays,
        "week" | "weeks" => Unit::Weeks,
        "month" | "months" => Unit::Months,
        "year" | "years" => Unit::Years,
        _ => return None,
    };
    let all_digits = length.chars().all(|character| character.is_ascii_digit());
    if !all_digits {
        return None;
    }
    Some(Term::new(length.parse().ok()?, unit))
}

/// Units as clauses write them; a longer one stands before the shorter one it ends in.
const CHINESE_UNITS: [(&str, Unit); 13] = [
    ("个工作日", Unit::WorkingDays),
    ("工作日", Unit::WorkingDays),
    ("分钟", Unit::Minutes),
    ("个小时", Unit::Hours),
    ("小时", Unit::Hours),
    ("日", Unit::Days),
    ("天", Unit::Days),
    ("个星期", Unit::Weeks),
    ("星期", Unit::Weeks),
    ("周", Unit::Weeks),
    ("个月", Unit::Months),
    ("周年", Unit::Years),
    ("年", Unit::Years),
];

fn read_chinese(text: &str) -> Option<Term> {
    let text = text.strip_suffix("以内").or_else(|| text.strip_suffix('内')).unwrap_or(text);
    let (length, unit) =
        CHINESE_UNITS.iter().find_map(|(name, unit)| text.strip_suffix(name).map(|length| (length, *unit)))?;
    Some(Term::new(read_number(length.trim())?, unit))
}

fn unreadable(text: &str) -> Unreadable {
    Unreadable {
        text: text.to_owned(),
        zh: "期限请写作“5个工作日”“10日”“3个月”“2年”“24小时”“30分钟”".to_owned(),
        en: "write a term as `5 working-days`, `10 days`, `2 weeks`, `3 months`, `2 years`, `24 hours` or `30 minutes`"
            .to_owned(),
    }
}

fn zero(text: &str) -> Unreadable {
    Unreadable {
        text: text.to_owned(),
        zh: "期限不能为零，至少为一".to_owned(),
        en: "a term is at least one unit long".to_owned(),
    }
}
