//! One moment of the state on one connection, as the engine's world.

use crate::db::{Connection, OptionalExtension, params};
use crate::fault::Fault;
use crate::library::Library;
use crate::record::v1::{self, Opening, open_record};
use crate::ring::{Opener, Ring};
use crate::words::square_word;
use calendar::Holidays;
use engine::act::MatterId;
use engine::county::Change;
use engine::world::PLACE;
use engine::{Books, County, Matter, Row, World};
use jiff::civil::Date;
use plots::Plot;
use regulation::expr::{Record, Value};
use regulation::model::{Regulation, Rulebook};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fold::{Cache, Folded};
use super::forget::live_keys;

/// What a connection sees. The writer's view also sees what its transaction has done.
pub(crate) struct View<'c> {
    pub(crate) conn: &'c Connection,
    pub(crate) county: &'c str,
    pub(crate) library: Arc<Library>,
    pub(crate) ring: &'c Ring,
    pub(crate) cache: &'c Cache,
    pub(crate) generation: u64,
    /// Matters changed in the transaction and not committed yet.
    pub(crate) pending: RefCell<BTreeMap<String, Arc<Folded>>>,
    /// Matters looked up before, as committed: a view is one moment, and a decision asks for its matter a dozen times.
    pub(super) looked_up: RefCell<BTreeMap<String, Option<Arc<Folded>>>>,
    /// Keys, with whose they are, under which nothing has happened yet.
    pub(super) unused: RefCell<BTreeSet<(String, String)>>,
    /// What acts of the transaction have changed in the counts of to-do lists, where that is written once for all of them.
    pub(super) counts: RefCell<BTreeMap<String, i64>>,
    /// Whether it is, just now.
    pub(super) gathers: Cell<bool>,
    fault: RefCell<Option<Fault>>,
    counties: Counties,
}

/// What the transaction has made of the county: each state behind the one before, so that what was lent out of a world stays where it is.
#[derive(Default)]
struct Counties(OnceCell<Box<(County, Counties)>>);

impl Counties {
    /// The latest state, if there is one, and where the next one goes.
    fn last(&self) -> (Option<&County>, &Counties) {
        let (mut county, mut place) = (None, self);
        while let Some(next) = place.0.get() {
            (county, place) = (Some(&next.0), &next.1);
        }
        (county, place)
    }
}

/// A row as it stands or stood last, with the day on which it was closed.
type LastRow = (Arc<Row>, Option<Date>);

impl<'c> View<'c> {
    pub(crate) fn new(
        conn: &'c Connection,
        county: &'c str,
        library: Arc<Library>,
        ring: &'c Ring,
        cache: &'c Cache,
    ) -> Self {
        let generation = cache.generation();
        View {
            conn,
            county,
            library,
            ring,
            cache,
            generation,
            pending: RefCell::default(),
            looked_up: RefCell::default(),
            unused: RefCell::default(),
            counts: RefCell::default(),
            gathers: Cell::new(false),
            fault: RefCell::default(),
            counties: Counties::default(),
        }
    }

    /// Shows another county from now on.
    pub(crate) fn show_county(&self, county: County) {
        let (_, place) = self.counties.last();
        // Nothing stands behind the last one, so there is room.
        _ = place.0.set(Box::new((county, Counties::default())));
    }

    /// Shows what an act changed to the acts that follow in the transaction.
    pub(crate) fn change_county(&self, changes: &[Change]) {
        if !changes.is_empty() {
            self.show_county(self.county().with(changes));
        }
    }

    pub(crate) fn opener(&self) -> Opener<'_> {
        Opener { ring: self.ring, conn: self.conn }
    }

    /// The first fault since the last call. A world cannot fail, so a fault is kept here and the answer is empty.
    pub(crate) fn take_fault(&self) -> Result<(), Fault> {
        self.fault.borrow_mut().take().map_or(Ok(()), Err)
    }

    pub(super) fn answer<T: Default>(&self, answer: Result<T, Fault>) -> T {
        answer.unwrap_or_else(|fault| {
            self.fault.borrow_mut().get_or_insert(fault);
            T::default()
        })
    }

    fn find_matters(&self, procedure: &str, about: Option<(&str, &Value)>) -> Result<Vec<MatterId>, Fault> {
        let Some((name, value)) = about else {
            let mut statement = self
                .conn
                .prepare_cached("SELECT id FROM matter WHERE county = ?1 AND procedure = ?2 ORDER BY opened, id")?;
            let found = statement.query_map(params![self.county, procedure], |row| row.get(0))?;
            return Ok(found.collect::<Result<_, _>>()?);
        };
        let Some(text) = value.as_text() else {
            return Ok(Vec::new());
        };
        if name == PLACE {
            return self.matters_at(procedure, text);
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT matter FROM matter_about
             WHERE county = ?1 AND procedure = ?2 AND name = ?3 AND value = ?4 ORDER BY opened, matter",
        )?;
        let found = statement.query_map(params![self.county, procedure, name, text], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Matters at a place, under whatever code they were opened.
    fn matters_at(&self, procedure: &str, place: &str) -> Result<Vec<MatterId>, Fault> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM matter WHERE county = ?1 AND procedure = ?2 AND place IN (SELECT value FROM json_each(?3))
             ORDER BY opened, id",
        )?;
        let codes = serde_json::json!(self.library.county.codes(place)).to_string();
        let found = statement.query_map(params![self.county, procedure, codes], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The same without those that have ended, by an index that has only the others; it is named, since the planner would rather have the
    /// order of opening from one that has them all.
    fn find_open(&self, procedure: &str, about: Option<(&str, &Value)>) -> Result<Vec<MatterId>, Fault> {
        let Some((name, value)) = about else {
            let mut statement = self.conn.prepare_cached(
                "SELECT id FROM matter INDEXED BY matter_open
                 WHERE county = ?1 AND procedure = ?2 AND ended IS NULL ORDER BY opened, id",
            )?;
            let found = statement.query_map(params![self.county, procedure], |row| row.get(0))?;
            return Ok(found.collect::<Result<_, _>>()?);
        };
        let Some(text) = value.as_text() else {
            return Ok(Vec::new());
        };
        if name == PLACE {
            let mut statement = self.conn.prepare_cached(
                "SELECT id FROM matter INDEXED BY matter_open
                 WHERE county = ?1 AND procedure = ?2 AND place IN (SELECT value FROM json_each(?3))
                   AND ended IS NULL ORDER BY opened, id",
            )?;
            let codes = serde_json::json!(self.library.county.codes(text)).to_string();
            let found = statement.query_map(params![self.county, procedure, codes], |row| row.get(0))?;
            return Ok(found.collect::<Result<_, _>>()?);
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT about.matter FROM matter_about AS about
             JOIN matter ON matter.county = about.county AND matter.id = about.matter
             WHERE about.county = ?1 AND about.procedure = ?2 AND about.name = ?3 AND about.value = ?4
               AND matter.ended IS NULL ORDER BY about.opened, about.matter",
        )?;
        let found = statement.query_map(params![self.county, procedure, name, text], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn find_row(&self, register: &str, key: &str) -> Result<Option<Arc<Row>>, Fault> {
        let stored: Option<(String, String, String)> = self
            .conn
            .prepare_cached("SELECT place, since, record FROM row WHERE county = ?1 AND register = ?2 AND key = ?3")?
            .query_row(params![self.county, register, key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((place, since, record)) = stored else {
            return Ok(None);
        };
        let where_ = format!("row `{register}/{key}`");
        Ok(Some(Arc::new(Row {
            key: key.to_owned(),
            place,
            record: read_record(&record, &self.opener(), &where_)?,
            since: read_date(&since, &where_)?,
        })))
    }

    /// The row in force, or the last version of one that was closed with the day on which it was.
    fn find_last_row(&self, register: &str, key: &str) -> Result<Option<LastRow>, Fault> {
        if let Some(row) = self.find_row(register, key)? {
            return Ok(Some((row, None)));
        }
        let versions = super::read::row_history(self, register, key)?;
        let closed = versions.last().map(|version| version.since);
        let last = versions.into_iter().rev().find_map(|version| {
            let record = version.record?;
            Some(Row { key: key.to_owned(), place: version.place, record, since: version.since })
        });
        Ok(last.map(|row| (Arc::new(row), closed)))
    }

    fn find_owned(&self, owner: &str) -> Result<Vec<MatterId>, Fault> {
        let mut statement =
            self.conn.prepare_cached("SELECT id FROM matter WHERE county = ?1 AND owner = ?2 ORDER BY opened, id")?;
        let found = statement.query_map(params![self.county, owner], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn find_rows(&self, register: &str, column: Option<(&str, &Value)>) -> Result<Vec<String>, Fault> {
        match column {
            None => self.all_keys(register),
            Some((name, value)) => match index_text(value) {
                Some(text) => self.keys_with(register, name, &text),
                None => self.keys_compared(register, name, value),
            },
        }
    }

    fn all_keys(&self, register: &str) -> Result<Vec<String>, Fault> {
        let mut statement =
            self.conn.prepare_cached("SELECT key FROM row WHERE county = ?1 AND register = ?2 ORDER BY key")?;
        let keys = statement.query_map(params![self.county, register], |row| row.get(0))?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    /// Keys of rows whose column has that value, by index.
    pub(crate) fn keys_with(&self, register: &str, name: &str, text: &str) -> Result<Vec<String>, Fault> {
        let mut statement = self.conn.prepare_cached(
            "SELECT key FROM row_value WHERE county = ?1 AND register = ?2 AND name = ?3 AND value = ?4 ORDER BY key",
        )?;
        let digest = self.ring.blind(&["row", register, name, text]);
        let keys = statement.query_map(params![self.county, register, name, digest], |row| row.get(0))?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    /// The same for values that no index holds, such as lists.
    fn keys_compared(&self, register: &str, name: &str, value: &Value) -> Result<Vec<String>, Fault> {
        let mut found = Vec::new();
        for key in self.all_keys(register)? {
            let row = self.find_row(register, &key)?;
            if row.is_some_and(|row| row.record.get(name) == Some(value)) {
                found.push(key);
            }
        }
        Ok(found)
    }

    /// Keys of rows whose plot lies in one of the squares where a plot may meet another.
    fn keys_near(&self, register: &str, column: &str, plot: &Plot) -> Result<Vec<String>, Fault> {
        let mut found = BTreeSet::new();
        for square in plot.squares_asked() {
            found.extend(self.keys_with(register, column, &square_text(&square))?);
        }
        Ok(found.into_iter().collect())
    }

    /// Matters in which a plot was filed that lies in one of them.
    fn find_near(&self, plot: &Plot) -> Result<Vec<MatterId>, Fault> {
        let mut statement =
            self.conn.prepare_cached("SELECT matter FROM matter_word WHERE county = ?1 AND word = ?2")?;
        let mut found = BTreeSet::new();
        for square in plot.squares_asked() {
            let matters =
                statement.query_map(params![self.county, square_word(self.ring, &square)], |row| row.get(0))?;
            for matter in matters {
                found.insert(matter?);
            }
        }
        Ok(found.into_iter().collect())
    }

    fn find_instance(&self, duty: &str, unit: &str) -> Result<Option<MatterId>, Fault> {
        let latest = self
            .conn
            .prepare_cached(
                "SELECT matter FROM instance WHERE county = ?1 AND duty = ?2 AND unit = ?3 ORDER BY opened DESC LIMIT 1",
            )?
            .query_row(params![self.county, duty, unit], |row| row.get(0))
            .optional()?;
        Ok(latest)
    }

    fn find_number(&self, series: &str) -> Result<u64, Fault> {
        let last = self
            .conn
            .prepare_cached("SELECT last FROM number WHERE county = ?1 AND series = ?2")?
            .query_row(params![self.county, series], |row| row.get(0))
            .optional()?;
        Ok(last.unwrap_or(0))
    }
}

impl World for View<'_> {
    fn rulebook(&self) -> &Rulebook {
        &self.library.rulebook
    }

    fn regulation(&self, id: &str, version: &str) -> Option<Arc<Regulation>> {
        self.library.regulation(id, version)
    }

    fn overrides(&self, regulation: &str, parameter: &str) -> Vec<(Date, Value)> {
        if self.library.overrides.is_empty() {
            return Vec::new();
        }
        let key = (regulation.to_owned(), parameter.to_owned());
        self.library.overrides.get(&key).cloned().unwrap_or_default()
    }

    fn county(&self) -> &County {
        self.counties.last().0.unwrap_or(&self.library.county)
    }

    fn holidays(&self) -> &Holidays {
        &self.library.holidays
    }

    fn matter(&self, id: &str) -> Option<Arc<Matter>> {
        self.answer(self.folded(id)).map(|folded| Arc::clone(&folded.matter))
    }

    fn matters(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        self.answer(self.find_matters(procedure, about))
    }

    fn open_matters(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        self.answer(self.find_open(procedure, about))
    }

    fn latest_instance(&self, duty: &str, unit: &str) -> Option<MatterId> {
        self.answer(self.find_instance(duty, unit))
    }

    fn row(&self, register: &str, key: &str) -> Option<Arc<Row>> {
        self.answer(self.find_row(register, key))
    }

    fn rows(&self, register: &str, column: Option<(&str, &Value)>) -> Vec<String> {
        self.answer(self.find_rows(register, column))
    }

    fn last_row(&self, register: &str, key: &str) -> Option<(Arc<Row>, Option<Date>)> {
        self.answer(self.find_last_row(register, key))
    }

    fn matters_owned(&self, owner: &str) -> Vec<MatterId> {
        self.answer(self.find_owned(owner))
    }

    fn has_sealed(&self, owner: &str) -> bool {
        self.answer(live_keys(self, owner).map(|keys| !keys.is_empty()))
    }

    fn matters_near(&self, plot: &Plot) -> Vec<MatterId> {
        self.answer(self.find_near(plot))
    }

    fn rows_near(&self, register: &str, column: &str, plot: &Plot) -> Vec<String> {
        self.answer(self.keys_near(register, column, plot))
    }

    fn last_number(&self, series: &str) -> u64 {
        self.answer(self.find_number(series))
    }

    fn books(&self) -> &dyn Books {
        self
    }
}

/// A value as the index of a register knows it; `None` for values that are not looked up.
pub(crate) fn index_text(value: &Value) -> Option<String> {
    match value {
        Value::Bool(yes) => Some(format!("bool {yes}")),
        Value::Number(number, unit) => Some(format!("number {} {}", number.normalize(), unit.code())),
        Value::Text(text) => Some(format!("text {text}")),
        Value::Code(code) => Some(format!("code {code}")),
        Value::Date(date) => Some(format!("date {date}")),
        Value::Key(key) => Some(format!("key {key}")),
        _ => None,
    }
}

/// A square in which a plot lies, as the index of a register knows it.
pub(crate) fn square_text(square: &str) -> String {
    format!("square {square}")
}

pub(crate) fn read_record(text: &str, opening: &dyn Opening, place: &str) -> Result<Record, Fault> {
    let record: v1::Record = serde_json::from_str(text).map_err(|error| Fault::unreadable(place, error))?;
    open_record(&record, opening)
}

pub(crate) fn read_date(text: &str, place: &str) -> Result<Date, Fault> {
    text.parse().map_err(|error| Fault::unreadable(place, error))
}
