//! Rows of registers (登记簿的记录): what is asked for, in what order, and what is found.

use engine::{County, Row};
use jiff::civil::Date;
use regulation::expr::{Record, Value};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A row of a register with what a page needs beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct RowLine {
    /// The row.
    pub row: Row,
    /// Owner of its personal data.
    pub owner: Option<String>,
}

/// What to look for in a register.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowQuery {
    /// Register.
    pub register: String,
    /// Columns that must have these values; answered by index.
    pub equal: Vec<(String, Value)>,
    /// What else must hold of columns.
    pub conditions: Vec<(String, Condition)>,
    /// Only in this place or below; answered by index.
    pub place: Option<String>,
    /// Text that must occur in a text column.
    pub text: Option<String>,
    /// The columns in which the text is looked for; all that hold text where it is `None`.
    pub text_in: Option<Vec<String>>,
    /// Order by this column, descending or not; by key otherwise. Orders what the other conditions leave, at most
    /// [`SORTED_ROWS`] rows.
    pub sort: Option<(String, bool)>,
    /// As it stood at the end of this day.
    pub as_of: Option<Date>,
}

/// What must hold of a column (筛选条件). Of a missing value only [`Condition::Missing`] holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The text occurs in it, in capitals or not.
    Contains(String),
    /// It is one of these codes, or has one of them.
    Codes(BTreeSet<String>),
    /// It is this or that.
    Is(bool),
    /// It lies between these, both ends included.
    Between(Option<Value>, Option<Value>),
    /// It is a place that is this one or lies in it.
    Within(String),
    /// Nothing was filled in.
    Missing,
}

impl Condition {
    /// Whether it holds of a value.
    #[must_use]
    pub fn holds(&self, value: Option<&Value>, county: &County) -> bool {
        let value = value.filter(|value| !value.is_missing());
        let text = value.and_then(Value::as_text);
        match self {
            Condition::Missing => value.is_none(),
            Condition::Contains(part) => text.is_some_and(|text| text.to_lowercase().contains(&part.to_lowercase())),
            Condition::Codes(codes) => match value {
                Some(Value::Codes(has)) => !has.is_disjoint(codes),
                _ => text.is_some_and(|code| codes.contains(code)),
            },
            Condition::Is(wanted) => value == Some(&Value::Bool(*wanted)),
            Condition::Between(from, to) => value.is_some_and(|value| {
                let order = |end: &Value| compare(Some(value), Some(end));
                from.as_ref().is_none_or(|from| order(from) != Ordering::Less)
                    && to.as_ref().is_none_or(|to| order(to) != Ordering::Greater)
            }),
            Condition::Within(outer) => text.is_some_and(|place| county.contains(outer, place)),
        }
    }
}

impl RowQuery {
    /// Whether the columns of a row are as asked for; its place and the day are not looked at.
    #[must_use]
    pub fn fits(&self, record: &Record, county: &County) -> bool {
        self.equal.iter().all(|(name, value)| record.get(name) == Some(value))
            && self.conditions.iter().all(|(name, condition)| condition.holds(record.get(name), county))
            && self.has_text(record)
    }

    fn has_text(&self, record: &Record) -> bool {
        let Some(text) = self.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return true };
        let looked_at = |name: &String| self.text_in.as_ref().is_none_or(|columns| columns.contains(name));
        let mut columns = record.iter().filter(|(name, _)| looked_at(name));
        columns.any(|(_, value)| value.as_text().is_some_and(|found| found.contains(text)))
    }

    /// The columns that [`RowQuery::fits`] and the order look at; `None` for all of them.
    #[must_use]
    pub fn columns(&self) -> Option<BTreeSet<&str>> {
        let searches = self.text.as_deref().is_some_and(|text| !text.trim().is_empty());
        let searched: &[String] = match (&self.text_in, searches) {
            (None, true) => return None,
            (Some(columns), true) => columns,
            (_, false) => &[],
        };
        let equal = self.equal.iter().map(|(name, _)| name.as_str());
        let conditions = self.conditions.iter().map(|(name, _)| name.as_str());
        let sort = self.sort.iter().map(|(name, _)| name.as_str());
        Some(equal.chain(conditions).chain(sort).chain(searched.iter().map(String::as_str)).collect())
    }
}

/// The order of two values of a column: numbers by size, dates by day, texts by their characters; what is missing comes last.
#[must_use]
pub fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::Number(a, _)), Some(Value::Number(b, _))) => a.cmp(b),
        (Some(Value::Date(a)), Some(Value::Date(b))) => a.cmp(b),
        (Some(Value::Moment(a)), Some(Value::Moment(b))) => a.cmp(b),
        (Some(Value::Bool(a)), Some(Value::Bool(b))) => a.cmp(b),
        (Some(Value::Term(a)), Some(Value::Term(b))) if a.unit == b.unit => a.length.cmp(&b.length),
        (a, b) => {
            let given = |value: Option<&Value>| value.is_none_or(Value::is_missing);
            let (a_text, b_text) = (a.and_then(Value::as_text), b.and_then(Value::as_text));
            (given(a), a_text).cmp(&(given(b), b_text))
        }
    }
}

/// The order of rows by a column, downwards or not. What is missing comes last either way.
#[must_use]
pub fn in_order(a: Option<&Value>, b: Option<&Value>, descending: bool) -> Ordering {
    let missing = |value: Option<&Value>| value.is_none_or(Value::is_missing);
    let order = compare(a, b);
    let order = if descending { order.reverse() } else { order };
    missing(a).cmp(&missing(b)).then(order)
}

/// How many rows at most are put in an order other than by key: two hundred thousand keys and values are some 30 MB.
pub const SORTED_ROWS: usize = 200_000;

/// A view that somebody keeps (常用筛选): filters and order under a name. An office keeps how old ledgers fit a register the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Whose: a person's or an office's.
    pub person: String,
    /// Of which register or list.
    pub register: String,
    /// Its name.
    pub name: String,
    /// The query of its address, or what else is kept.
    pub query: String,
}

/// One version of a register row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowVersion {
    /// In force from.
    pub since: Date,
    /// Place in the journal.
    pub seq: u64,
    /// Who changed it, if a person.
    pub person: Option<String>,
    /// Place.
    pub place: String,
    /// Columns; `None` = closed.
    pub record: Option<Record>,
}
