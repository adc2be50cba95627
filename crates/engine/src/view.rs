//! Views (视图、报表) asked: which lines there are, what is shown of each, and what they come to by group.
//!
//! Pure, over a [`World`] as it stands: lines are looked at one after the other and not kept unless they are asked for, so that the
//! figures of a county take no more room than their groups. Sums do not depend on the order of lines.

mod line;
mod period;
mod sum;

pub use period::Period;

use crate::act::{MatterId, PersonId, PlaceCode, PostId};
use crate::reference::kept;
use crate::world::World;
use jiff::civil::DateTime;
use line::Ground;
use regulation::expr::{Env, Expr, Value};
use regulation::model::view::{Column, PeriodKind, Role, View};
use regulation::model::{Name, Regulation};
use std::collections::BTreeMap;
use std::sync::Arc;
use sum::{Rank, Sum, compare};

/// Lines looked at, at most: five times what a county has of anything. What was cut off is said.
pub const LINES_MAX: u64 = 500_000;
/// Lines kept, at most.
pub const KEPT_MAX: usize = 20_000;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Only what lies in this place.
    pub area: PlaceCode,
    /// The period, for a view that has one; by default the present one.
    pub period: Option<Period>,
    /// When.
    pub now: DateTime,
    /// Of a view with groups: keep the lines of the group with this key. [`Asked::EVERY`] for those of all.
    pub group: Option<String>,
}

impl Asked {
    /// All groups.
    pub const EVERY: &str = "*";

    /// A question about an area as things stand, for the present period.
    #[must_use]
    pub fn new(view: &View, area: &str, now: DateTime) -> Asked {
        let period = view.period.map(|kind| Period::around(kind, now.date()));
        Asked { area: area.to_owned(), period, now, group: None }
    }
}

/// A look at personal data, as the store has logged it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// Matter or row: an id, or `register/key`.
    pub subject: String,
    /// When.
    pub at: DateTime,
    /// Who.
    pub person: PersonId,
    /// Through which post; empty for oneself.
    pub post: PostId,
    /// Group of fields.
    pub kind: Name,
    /// Why.
    pub why: String,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A matter.
    Matter(MatterId),
    /// A register row.
    Row {
        /// Register.
        register: Name,
        /// Key.
        key: String,
    },
    /// A place.
    Place(PlaceCode),
    /// None of these.
    None,
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is about.
    pub subject: Subject,
    /// Where that is.
    pub place: PlaceCode,
    /// A value for each column; references as they are kept.
    pub values: Vec<Value>,
    /// It is late.
    pub late: bool,
}

/// A group of lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its key: the values that its lines share, ` / ` between them.
    pub key: String,
    /// A value for each column: those they share, and figures. Of a time its first day.
    pub values: Vec<Value>,
    /// How many lines it has.
    pub lines: u64,
    /// How many of them are late.
    pub late: u64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Groups in order; empty where the view lists lines.
    pub groups: Vec<Group>,
    /// The figures over all lines, one for each column; missing for other columns.
    pub total: Vec<Value>,
    /// The lines asked for, in order.
    pub lines: Vec<Line>,
    /// How many lines fit.
    pub found: u64,
    /// How many of them are late.
    pub late: u64,
    /// There were more lines than are looked at or kept.
    pub cut: bool,
}

/// Answers a view.
///
/// `looked` are the looks at personal data of the period, for a view about them; others do not need it. A view whose regulation
/// has changed meets older matters under their own version: what those do not know is missing.
#[must_use]
pub fn report(
    world: &dyn World,
    regulation: &Arc<Regulation>,
    view: &View,
    asked: &Asked,
    looked: &[Looked],
) -> Report {
    let mut summing = Summing::new(view, asked);
    let ground = Ground { world, regulation, asked, looked };
    ground.each(view, &mut |env, subject, place| summing.line(env, subject, place));
    summing.finish()
}

/// A group being summed up.
struct Open {
    shared: Vec<Value>,
    sums: Vec<Sum>,
    lines: u64,
    late: u64,
}

struct Summing<'v> {
    view: &'v View,
    asked: &'v Asked,
    /// Whether each entry of the order that is about lines goes downwards.
    down: Vec<bool>,
    groups: BTreeMap<(Vec<Rank>, String), Open>,
    total: Open,
    lines: Vec<(Vec<Rank>, Line)>,
    seen: u64,
    cut: bool,
}

impl<'v> Summing<'v> {
    fn new(view: &'v View, asked: &'v Asked) -> Self {
        let down = line_order(view).map(|(_, down)| down).collect();
        let total = Open::new(view, Vec::new());
        Summing { view, asked, down, groups: BTreeMap::new(), total, lines: Vec::new(), seen: 0, cut: false }
    }

    /// Takes in a line; `false` once there are too many.
    fn line(&mut self, env: &dyn Env, subject: &Subject, place: &str) -> bool {
        self.seen += 1;
        if self.seen > LINES_MAX {
            self.cut = true;
            return false;
        }
        let view = self.view;
        if !view.only.as_ref().is_none_or(|only| only.holds(env)) || !self.in_period(env) {
            return true;
        }
        let value = |column: &Column| {
            let value = column.value.as_ref().map_or(Value::Missing, |value| value.eval(env));
            kept(if column.ty.is_place() { env.settled(value) } else { value })
        };
        let values: Vec<Value> = view.columns.iter().map(value).collect();
        let late = view.late.as_ref().is_some_and(|late: &Expr| late.holds(env));
        let order: Vec<Rank> =
            line_order(view).map(|(index, _)| Rank::of(&values[index], &view.columns[index].ty)).collect();
        self.total.add(view, &values, late, &order, &self.down);
        let mut wanted = !view.sums() || self.asked.group.as_deref() == Some(Asked::EVERY);
        if view.sums() {
            for (ranks, shared) in groups_of(view, &values) {
                let key = key_of(view, &shared);
                wanted |= self.asked.group.as_deref() == Some(key.as_str());
                let group = self.groups.entry((ranks, key)).or_insert_with(|| Open::new(view, shared));
                group.add(view, &values, late, &order, &self.down);
            }
        }
        if wanted {
            self.keep(order, Line { subject: subject.clone(), place: place.to_owned(), values, late });
        }
        true
    }

    fn in_period(&self, env: &dyn Env) -> bool {
        match (&self.view.over, &self.asked.period) {
            (Some(over), Some(period)) => over.eval(env).as_date().is_some_and(|day| period.contains(day)),
            _ => true,
        }
    }

    /// Keeps a line. With twice as many as can be kept, those that come last go.
    fn keep(&mut self, order: Vec<Rank>, line: Line) {
        self.lines.push((order, line));
        if self.lines.len() >= 2 * KEPT_MAX {
            self.sort();
            self.lines.truncate(KEPT_MAX);
            self.cut = true;
        }
    }

    fn sort(&mut self) {
        let down = &self.down;
        self.lines.sort_by(|(a, _), (b, _)| compare(a, b, down));
    }

    fn finish(mut self) -> Report {
        self.sort();
        self.cut |= self.lines.len() > KEPT_MAX;
        self.lines.truncate(KEPT_MAX);
        let view = self.view;
        let mut groups: Vec<Group> = self.groups.into_iter().map(|((_, key), open)| open.group(view, key)).collect();
        let by: Vec<(usize, bool)> = group_order(view).collect();
        let ranks = |group: &Group| -> Vec<Rank> {
            by.iter().map(|(index, _)| Rank::of(&group.values[*index], &view.columns[*index].ty)).collect()
        };
        let down: Vec<bool> = by.iter().map(|(_, down)| *down).collect();
        groups.sort_by(|a, b| compare(&ranks(a), &ranks(b), &down));
        let (found, late) = (self.total.lines, self.total.late);
        let total = self.total.group(view, String::new()).values;
        let lines = self.lines.into_iter().map(|(_, line)| line).collect();
        Report { groups, total, lines, found, late, cut: self.cut }
    }
}

impl Open {
    fn new(view: &View, shared: Vec<Value>) -> Open {
        let sums = view.figures().map(|(_, _, figure)| Sum::new(figure)).collect();
        Open { shared, sums, lines: 0, late: 0 }
    }

    fn add(&mut self, view: &View, values: &[Value], late: bool, order: &[Rank], down: &[bool]) {
        self.lines += 1;
        self.late += u64::from(late);
        for ((index, column, _), sum) in view.figures().zip(&mut self.sums) {
            sum.add(column.value.as_ref().map(|_| &values[index]), &column.ty, order, down);
        }
    }

    fn group(self, view: &View, key: String) -> Group {
        let mut values = vec![Value::Missing; view.columns.len()];
        for ((index, _), value) in view.groupings().zip(self.shared) {
            values[index] = value;
        }
        for ((index, ..), sum) in view.figures().zip(&self.sums) {
            values[index] = sum.value();
        }
        Group { key, values, lines: self.lines, late: self.late }
    }
}

/// Columns that order lines: those that are not figures, where lines are summed up.
fn line_order(view: &View) -> impl Iterator<Item = (usize, bool)> {
    let of_lines = |column: &Column| !matches!(column.role, Role::Figure(_)) || column.value.is_some();
    view.order.iter().filter_map(move |(name, down)| {
        let (index, column) = view.column(name)?;
        of_lines(column).then_some((index, *down))
    })
}

/// Columns that order groups: what they share, and figures.
fn group_order(view: &View) -> impl Iterator<Item = (usize, bool)> {
    view.order.iter().filter_map(|(name, down)| {
        let (index, column) = view.column(name)?;
        (column.role != Role::Shown).then_some((index, *down))
    })
}

/// The groups that a line belongs to: one, unless a grouping has several values.
fn groups_of(view: &View, values: &[Value]) -> Vec<(Vec<Rank>, Vec<Value>)> {
    let mut all: Vec<(Vec<Rank>, Vec<Value>)> = vec![(Vec::new(), Vec::new())];
    for (index, column) in view.groupings() {
        let parts = parts(column, &values[index]);
        let with = |(ranks, shared): &(Vec<Rank>, Vec<Value>), part: &Value| {
            let (mut ranks, mut shared) = (ranks.clone(), shared.clone());
            ranks.push(Rank::of(part, &column.ty.element().unwrap_or_else(|| column.ty.clone())));
            shared.push(part.clone());
            (ranks, shared)
        };
        all = all.iter().flat_map(|before| parts.iter().map(move |part| with(before, part))).collect();
    }
    all
}

/// The values of a grouping.
fn parts(column: &Column, value: &Value) -> Vec<Value> {
    match (column.role, value) {
        (Role::ByTime(kind), value) => {
            let day = value.as_date().map(|day| Period::around(kind, day).from);
            vec![day.map_or(Value::Missing, Value::Date)]
        }
        (_, Value::Codes(codes)) if !codes.is_empty() => codes.iter().cloned().map(Value::Code).collect(),
        (_, Value::List(values)) if !values.is_empty() => values.clone(),
        (_, value) if value.is_missing() => vec![Value::Missing],
        (_, value) => vec![value.clone()],
    }
}

/// The key of a group.
fn key_of(view: &View, shared: &[Value]) -> String {
    let parts = view.groupings().zip(shared).map(|((_, column), value)| match (column.role, value) {
        (_, Value::Missing) => "none".to_owned(),
        (Role::ByTime(kind), Value::Date(day)) => Period::around(kind, *day).code(),
        (_, Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        (_, Value::Number(number, _)) => number.normalize().to_string(),
        (_, value) => value.as_text().map_or_else(|| value.show(), str::to_owned),
    });
    parts.collect::<Vec<_>>().join(" / ")
}

/// The kind of time by which a view groups first, if it does.
#[must_use]
pub fn time_of(view: &View) -> Option<PeriodKind> {
    match view.groupings().next()?.1.role {
        Role::ByTime(kind) => Some(kind),
        _ => None,
    }
}
