//! The rows of a register, whether they were entered or are the matters of a procedure.

use crate::looking::{Bounds, look_through};
use engine::env::{MatterEnv, RecordEnv, Scope};
use engine::reference::kept;
use engine::{Matter, World};
use jiff::civil::{Date, DateTime};
use regulation::expr::{Record, Value};
use regulation::model::{Field, Register, Regulation};
use std::sync::Arc;
use store::pages::{Cut, MatterQuery, Page, RowLine, RowQuery, SORTED_ROWS, in_order};
use store::{Fault, Snapshot};

/// Matters looked through at most for one page of a filtered register of matters: their columns are computed one by one. Where they are put
/// in order, as many are looked through as rows of a register are.
pub const MATTERS_MAX: usize = 5_000;
/// Matters fetched at a time.
const CHUNK: usize = 500;

/// A row of a register.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its key; of a matter its number, else its id.
    pub key: String,
    /// Where it belongs.
    pub place: String,
    /// In force since; of a matter when it began.
    pub since: Date,
    /// Columns, computed ones included.
    pub record: Record,
    /// The matter that it is.
    pub matter: Option<String>,
}

/// A register being listed.
#[derive(Clone, Copy)]
pub struct Listing<'a> {
    /// The state.
    pub snapshot: &'a dyn Snapshot,
    /// Its regulation.
    pub regulation: &'a Arc<Regulation>,
    /// The register.
    pub register: &'a Arc<Register>,
    /// Moment of the look.
    pub now: DateTime,
}

impl Listing<'_> {
    /// A page of rows.
    pub fn page(&self, query: &RowQuery, cut: &Cut) -> Result<Page<Line>, Fault> {
        match &self.register.rows_of {
            Some(procedure) => self.matters(procedure, query, cut),
            None => {
                let found = self.snapshot.rows(query, cut)?;
                let lines = found.lines.into_iter().map(|line| self.entered(line));
                Ok(Page { lines: lines.collect(), next: found.next })
            }
        }
    }

    /// A row that was entered, with its computed columns.
    #[must_use]
    pub fn entered(&self, line: RowLine) -> Line {
        let row = line.row;
        let mut record = row.record;
        if self.register.fields.iter().any(|field| field.derived.is_some()) {
            let scope = Scope::new(self.snapshot.world(), self.now);
            let base = scope.bare(self.regulation, &row.place);
            let forms = [self.register.fields.as_slice()];
            let env = RecordEnv::new(&base, &base, &record, &forms);
            let fields: Vec<&Field> = self.register.fields.iter().collect();
            let computed = derived(&fields, |field| env.own(&field.name));
            record.extend(computed);
        }
        Line { key: row.key, place: row.place, since: row.since, record, matter: None }
    }

    fn matters(&self, procedure: &str, query: &RowQuery, cut: &Cut) -> Result<Page<Line>, Fault> {
        let matters =
            MatterQuery { procedure: Some(procedure.to_owned()), place: query.place.clone(), ..MatterQuery::default() };
        if is_plain(query) {
            let found = self.snapshot.matters(&matters, cut)?;
            let mut lines = Vec::new();
            for line in &found.lines {
                lines.extend(self.matter(&line.id, None)?);
            }
            return Ok(Page { lines, next: found.next });
        }
        let Some((column, descending)) = &query.sort else {
            return self.fitting(&matters, query, cut, MATTERS_MAX);
        };
        let ids = self.ids_in_order(&matters, query, column, *descending)?;
        let skip: usize = cut.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(0);
        let more = ids.len() > skip.saturating_add(cut.limit);
        let mut lines = Vec::new();
        for id in ids.iter().skip(skip).take(cut.limit) {
            lines.extend(self.matter(id, query.as_of)?);
        }
        Ok(Page { lines, next: more.then(|| (skip + cut.limit).to_string()) })
    }

    /// The matters that fit, in the order of a column: of each only what the order needs is kept.
    fn ids_in_order(
        &self,
        matters: &MatterQuery,
        query: &RowQuery,
        column: &str,
        descending: bool,
    ) -> Result<Vec<String>, Fault> {
        let county = self.snapshot.world().county();
        let plain = is_plain(&RowQuery { sort: None, ..query.clone() });
        let fields: Vec<&Field> = self.register.fields.iter().filter(|field| !plain || field.name == column).collect();
        let mut found: Vec<(Option<Value>, String)> = Vec::new();
        let mut cut = Cut::first(CHUNK);
        loop {
            let page = self.snapshot.matters(matters, &cut)?;
            for id in page.lines.into_iter().map(|line| line.id) {
                let Some(line) = self.with_columns(&id, query.as_of, &fields)? else { continue };
                if plain || query.fits(&line.record, county) {
                    found.push((line.record.get(column).cloned(), id));
                }
            }
            match page.next {
                Some(next) if found.len() < SORTED_ROWS => cut.after = Some(next),
                _ => break,
            }
        }
        found.sort_by(|(a, _), (b, _)| in_order(a.as_ref(), b.as_ref(), descending));
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// A page of the matters that fit, looking at so many.
    fn fitting(
        &self,
        matters: &MatterQuery,
        query: &RowQuery,
        cut: &Cut,
        looked_at: usize,
    ) -> Result<Page<Line>, Fault> {
        let county = self.snapshot.world().county();
        let fetch = |cut: &Cut| {
            let found = self.snapshot.matters(matters, cut)?;
            Ok(Page { lines: found.lines.into_iter().map(|line| line.id).collect(), next: found.next })
        };
        let fit = |id: String| {
            let line = self.matter(&id, query.as_of)?;
            Ok(line.filter(|line| query.fits(&line.record, county)))
        };
        look_through(cut, Bounds { chunk: CHUNK, page: looked_at }, fetch, fit)
    }

    /// The row of a register of matters that has this key: the number of a matter, or its id.
    pub fn find(&self, key: &str) -> Result<Option<Line>, Fault> {
        let Some(procedure) = &self.register.rows_of else { return Ok(None) };
        let query =
            MatterQuery { text: Some(key.to_owned()), procedure: Some(procedure.clone()), ..MatterQuery::default() };
        let numbered = self.snapshot.matters(&query, &Cut::first(CHUNK))?;
        let by_number =
            numbered.lines.iter().find(|line| line.number.as_deref() == Some(key)).map(|line| line.id.clone());
        let id = by_number.unwrap_or_else(|| key.to_owned());
        let is_row = self.snapshot.world().matter(&id).is_some_and(|matter| matter.procedure == *procedure);
        if is_row { self.matter(&id, None) } else { Ok(None) }
    }

    /// The row that a matter is, now or at the end of a day.
    pub fn matter(&self, id: &str, as_of: Option<Date>) -> Result<Option<Line>, Fault> {
        self.with_columns(id, as_of, &self.register.fields.iter().collect::<Vec<_>>())
    }

    fn with_columns(&self, id: &str, as_of: Option<Date>, fields: &[&Field]) -> Result<Option<Line>, Fault> {
        let world = self.snapshot.world();
        let (matter, now) = match as_of {
            None => (world.matter(id), self.now),
            Some(day) => (self.snapshot.matter_as_of(id, day)?, day.at(23, 59, 59, 0)),
        };
        Ok(matter.map(|matter| line(world, matter, fields, as_of.is_some(), now)))
    }
}

/// A matter as a row with these columns.
fn line(world: &dyn World, matter: Arc<Matter>, fields: &[&Field], is_past: bool, now: DateTime) -> Line {
    let scope = Scope::new(world, now);
    let env = if is_past { scope.imagined(Matter::clone(&matter)) } else { scope.matter(&matter.id) };
    let value = |env: &MatterEnv<'_, '_>, field: &Field| {
        field.derived.as_ref().map_or(Value::Missing, |derived| derived.eval(env))
    };
    let record = env.map(|env| derived(fields, |field| value(&env, field))).unwrap_or_default();
    Line {
        key: matter.number.clone().unwrap_or_else(|| matter.id.clone()),
        place: matter.place.clone(),
        since: matter.opened_at.date(),
        record,
        matter: Some(matter.id.clone()),
    }
}

/// Nothing that a computed column must be known for.
fn is_plain(query: &RowQuery) -> bool {
    query.equal.is_empty()
        && query.conditions.is_empty()
        && query.text.is_none()
        && query.sort.is_none()
        && query.as_of.is_none()
}

/// The computed columns that have a value, as records keep values.
fn derived(fields: &[&Field], value: impl Fn(&Field) -> Value) -> Record {
    let computed = fields.iter().filter(|field| field.derived.is_some());
    let named = computed.map(|field| (field.name.clone(), kept(value(field))));
    named.filter(|(_, value)| !value.is_missing()).collect()
}
