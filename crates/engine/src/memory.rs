//! A county's state in memory: for tests, cases, simulation and `ask`. The store keeps the same state durably.

mod index;

use crate::act::{MatterId, PlaceCode};
use crate::books::{Books, Kept, Posting};
use crate::county::{Change, County};
use crate::event::Event;
use crate::fold::{self, Sink};
use crate::matter::Matter;
use crate::world::{PLACE, Row, World};
use calendar::Holidays;
use index::{Index, is_near};
use jiff::civil::Date;
use plots::Plot;
use regulation::expr::{Record, Value};
use regulation::model::{Name, Regulation, Rulebook};
use regulation::trial::Trial;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Versions of a register row, oldest first; `None` = closed from that day.
type Versions = Vec<(Date, Option<Arc<Row>>)>;

/// The state, with the indexes that queries use.
#[derive(Debug, Clone)]
pub struct Memory {
    rulebook: Rulebook,
    earlier: BTreeMap<(Name, String), Arc<Regulation>>,
    overrides: BTreeMap<(Name, Name), Vec<(Date, Value)>>,
    county: County,
    holidays: Holidays,
    matters: BTreeMap<MatterId, Arc<Matter>>,
    by_procedure: BTreeMap<Name, Vec<MatterId>>,
    /// By procedure, name and value: what matters are about, and their `place`.
    by_about: BTreeMap<(Name, Name, String), Vec<MatterId>>,
    /// By duty and unit.
    instances: BTreeMap<(Name, String), MatterId>,
    rows: BTreeMap<Name, BTreeMap<String, Versions>>,
    numbers: BTreeMap<String, u64>,
    books: Kept,
    index: Index,
    /// Owners whose data was erased and about whom nothing came in since.
    erased: BTreeSet<String>,
}

impl Memory {
    /// An empty county under these regulations.
    #[must_use]
    pub fn new(rulebook: Rulebook, county: County, holidays: Holidays) -> Self {
        Memory {
            rulebook,
            earlier: BTreeMap::new(),
            overrides: BTreeMap::new(),
            county,
            holidays,
            matters: BTreeMap::new(),
            by_procedure: BTreeMap::new(),
            by_about: BTreeMap::new(),
            instances: BTreeMap::new(),
            rows: BTreeMap::new(),
            numbers: BTreeMap::new(),
            books: Kept::default(),
            index: Index::default(),
            erased: BTreeSet::new(),
        }
    }

    /// Makes a fact part of the state.
    pub fn apply(&mut self, event: &Event) {
        fold::apply(self, event);
        match event {
            Event::Filed { matter, record, .. } => self.index.filed(matter, record),
            Event::Ended { matter, .. } => {
                if let Some(matter) = self.matters.get(matter) {
                    self.index.ended(matter);
                }
            }
            _ => {}
        }
    }

    /// Makes facts part of the state, in order.
    pub fn apply_all<'a>(&mut self, events: impl IntoIterator<Item = &'a Event>) {
        for event in events {
            self.apply(event);
        }
    }

    /// Issues a new version of the regulations; matters begun before stay on theirs.
    pub fn issue(&mut self, rulebook: Rulebook) {
        let old = std::mem::replace(&mut self.rulebook, rulebook);
        for (id, regulation) in old.regulations {
            self.earlier.insert((id, regulation.version.clone()), regulation);
        }
    }

    /// Sets a county's own value of a parameter from a day on.
    pub fn set_parameter(&mut self, regulation: &str, parameter: &str, from: Date, value: Value) {
        let values = self.overrides.entry((regulation.to_owned(), parameter.to_owned())).or_default();
        values.push((from, value));
        values.sort_by_key(|(from, _)| *from);
    }

    /// Matters at a place, under whatever code they were opened; in order of opening.
    fn matters_at(&self, procedure: &str, place: &str) -> Vec<MatterId> {
        let at = |code: &&str| self.by_about.get(&(procedure.to_owned(), PLACE.to_owned(), (*code).to_owned()));
        match self.county.codes(place).as_slice() {
            [only] => at(only).cloned().unwrap_or_default(),
            codes => {
                let found: BTreeSet<&MatterId> = codes.iter().filter_map(at).flatten().collect();
                let all = self.by_procedure.get(procedure).into_iter().flatten();
                all.filter(|id| found.contains(id)).cloned().collect()
            }
        }
    }

    /// Every matter, by id.
    pub fn all_matters(&self) -> impl Iterator<Item = &Arc<Matter>> {
        self.matters.values()
    }

    /// The versions of a row with the days from which they apply, oldest first; `None` = closed.
    pub fn history(&self, register: &str, key: &str) -> impl Iterator<Item = (Date, Option<&Arc<Row>>)> {
        let versions = self.rows.get(register).and_then(|rows| rows.get(key));
        versions.into_iter().flatten().map(|(on, row)| (*on, row.as_ref()))
    }
}

impl Sink for Memory {
    fn matter_mut(&mut self, id: &str) -> Option<&mut Matter> {
        self.matters.get_mut(id).map(Arc::make_mut)
    }

    fn put_matter(&mut self, matter: Matter) {
        matter.owner.iter().for_each(|owner| _ = self.erased.remove(owner));
        self.by_procedure.entry(matter.procedure.clone()).or_default().push(matter.id.clone());
        let about = matter.about.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_text()?)));
        for (name, text) in about.chain([(PLACE, matter.place.as_str())]) {
            let index = (matter.procedure.clone(), name.to_owned(), text.to_owned());
            self.by_about.entry(index).or_default().push(matter.id.clone());
        }
        if let Some(instance) = &matter.instance {
            self.instances.insert((instance.duty.clone(), instance.unit.clone()), matter.id.clone());
        }
        self.index.opened(&matter);
        self.matters.insert(matter.id.clone(), Arc::new(matter));
    }

    fn put_row(&mut self, register: &str, key: &str, place: &PlaceCode, record: Option<&Record>, on: Date) {
        let row = record.map(|record| {
            Arc::new(Row { key: key.to_owned(), place: place.clone(), record: record.clone(), since: on })
        });
        self.erased.remove(&format!("{register}/{key}"));
        let rows = self.rows.entry(register.to_owned()).or_default();
        let versions = rows.entry(key.to_owned()).or_default();
        let before = versions.last().and_then(|(_, row)| row.as_deref());
        self.index.row(register, key, before, row.as_deref());
        versions.push((on, row));
    }

    fn put_number(&mut self, series: &str, number: u64) {
        self.numbers.insert(series.to_owned(), number);
    }

    fn put_regulation(&mut self, text: &str) {
        self.issue(Trial::of(&self.rulebook, text).checked.rulebook);
    }

    fn end_regulation(&mut self, regulation: &str, on: Date) {
        if let Some(known) = self.rulebook.regulations.get_mut(regulation) {
            *known = Arc::new(Regulation { until: on.yesterday().ok(), ..Regulation::clone(known) });
        }
    }

    fn change_county(&mut self, change: &Change) {
        self.county.apply(change);
    }

    fn put_posting(&mut self, posting: &Arc<Posting>) {
        self.books.post(posting);
    }

    fn erase(&mut self, owner: &str) {
        self.erased.insert(owner.to_owned());
    }
}

impl World for Memory {
    fn rulebook(&self) -> &Rulebook {
        &self.rulebook
    }

    fn regulation(&self, id: &str, version: &str) -> Option<Arc<Regulation>> {
        match self.rulebook.regulations.get(id) {
            Some(regulation) if regulation.version == version => Some(Arc::clone(regulation)),
            _ => self.earlier.get(&(id.to_owned(), version.to_owned())).cloned(),
        }
    }

    fn overrides(&self, regulation: &str, parameter: &str) -> Vec<(Date, Value)> {
        if self.overrides.is_empty() {
            return Vec::new();
        }
        let key = (regulation.to_owned(), parameter.to_owned());
        self.overrides.get(&key).cloned().unwrap_or_default()
    }

    fn county(&self) -> &County {
        &self.county
    }

    fn holidays(&self) -> &Holidays {
        &self.holidays
    }

    fn matter(&self, id: &str) -> Option<Arc<Matter>> {
        self.matters.get(id).cloned()
    }

    fn matters(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        let found = match about {
            None => self.by_procedure.get(procedure),
            Some((PLACE, value)) => return self.matters_at(procedure, value.as_text().unwrap_or_default()),
            Some((name, value)) => value
                .as_text()
                .and_then(|text| self.by_about.get(&(procedure.to_owned(), name.to_owned(), text.to_owned()))),
        };
        found.cloned().unwrap_or_default()
    }

    fn open_matters(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        let mut found = match about {
            None => self.index.open(procedure, "", &[""]),
            Some((PLACE, value)) => {
                self.index.open(procedure, PLACE, &self.county.codes(value.as_text().unwrap_or_default()))
            }
            Some((name, value)) => {
                value.as_text().map_or_else(Vec::new, |text| self.index.open(procedure, name, &[text]))
            }
        };
        found.retain(|id| self.matters.get(id).is_some_and(|matter| matter.is_open()));
        found
    }

    fn latest_instance(&self, duty: &str, unit: &str) -> Option<MatterId> {
        self.instances.get(&(duty.to_owned(), unit.to_owned())).cloned()
    }

    fn row(&self, register: &str, key: &str) -> Option<Arc<Row>> {
        self.rows.get(register)?.get(key)?.last()?.1.clone()
    }

    fn rows(&self, register: &str, column: Option<(&str, &Value)>) -> Vec<String> {
        let Some(rows) = self.rows.get(register) else {
            return Vec::new();
        };
        let matches = |row: &Row| column.is_none_or(|(name, value)| row.record.get(name) == Some(value));
        if let Some((name, value)) = column
            && let Some(keys) = self.index.keys(register, name, value)
        {
            let has = |key: &&String| self.row(register, key).is_some_and(|row| matches(&row));
            return keys.into_iter().filter(has).cloned().collect();
        }
        let now = rows
            .iter()
            .filter(|(_, versions)| versions.last().and_then(|(_, row)| row.as_ref()).is_some_and(|row| matches(row)));
        now.map(|(key, _)| key.clone()).collect()
    }

    fn last_row(&self, register: &str, key: &str) -> Option<(Arc<Row>, Option<Date>)> {
        let versions = self.rows.get(register)?.get(key)?;
        let closed = versions.last().filter(|(_, row)| row.is_none()).map(|(on, _)| *on);
        let stood = versions.iter().rev().find_map(|(_, row)| row.clone())?;
        Some((stood, closed))
    }

    fn matters_owned(&self, owner: &str) -> Vec<MatterId> {
        let own = |matter: &&Arc<Matter>| matter.owner.as_deref() == Some(owner);
        let mut found: Vec<&Arc<Matter>> = self.matters.values().filter(own).collect();
        found.sort_by_key(|matter| (matter.opened_at, matter.id.clone()));
        found.into_iter().map(|matter| matter.id.clone()).collect()
    }

    fn has_sealed(&self, owner: &str) -> bool {
        !self.erased.contains(owner)
    }

    fn matters_near(&self, plot: &Plot) -> Vec<MatterId> {
        let near = |id: &&MatterId| self.matters.get(*id).is_some_and(|matter| is_near(matter, plot));
        self.index.matters_near(plot).into_iter().filter(near).cloned().collect()
    }

    fn rows_near(&self, register: &str, column: &str, plot: &Plot) -> Vec<String> {
        let near = |key: &&String| {
            let row = self.row(register, key);
            row.is_some_and(|row| matches!(row.record.get(column), Some(Value::Plot(own)) if own.is_near(plot)))
        };
        self.index.rows_near(register, column, plot).into_iter().filter(near).cloned().collect()
    }

    fn last_number(&self, series: &str) -> u64 {
        self.numbers.get(series).copied().unwrap_or(0)
    }

    fn books(&self) -> &dyn Books {
        &self.books
    }
}
