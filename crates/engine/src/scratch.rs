//! A scratch world (草稿): the state as it would be after the facts found so far, over the real one that nobody has touched.
//!
//! Consequences of an act see what came before them in the same act; a refusal drops the scratch and nothing happened.

mod changed;
mod opened;

use crate::act::{MatterId, PlaceCode, Reason};
use crate::books::{Books, Continued, Kept, Posting};
use crate::county::{Change, County};
use crate::event::{Event, IssuedDocument};
use crate::fold::{self, Sink};
use crate::matter::Matter;
use crate::world::{Over, PLACE, Row, World};
use changed::Changed;
use jiff::civil::Date;
use opened::Opened;
use plots::Plot;
use regulation::expr::{Record, Value};
use regulation::model::{Form, Name};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What differs from the world below.
pub(crate) struct Scratch<'w> {
    base: &'w dyn World,
    matters: BTreeMap<MatterId, Arc<Matter>>,
    opened: Opened,
    rows: BTreeMap<Name, Changed>,
    numbers: BTreeMap<String, u64>,
    books: Continued<'w>,
    /// The county, once it was changed.
    county: Option<County>,
    /// Owners whose data was erased.
    erased: BTreeSet<String>,
}

impl<'w> Scratch<'w> {
    pub(crate) fn new(base: &'w dyn World) -> Self {
        Scratch {
            base,
            matters: BTreeMap::new(),
            opened: Opened::default(),
            rows: BTreeMap::new(),
            numbers: BTreeMap::new(),
            books: Continued { before: base.books(), since: Kept::default() },
            county: None,
            erased: BTreeSet::new(),
        }
    }

    pub(crate) fn apply(&mut self, event: &Event) {
        fold::apply(self, event);
    }

    /// Replaces the record of the latest filing of a form.
    pub(crate) fn amend_filing(&mut self, matter: &str, form: &Form, record: &Arc<Record>) {
        let Some(matter) = self.matter_mut(matter) else {
            return;
        };
        let Some(filings) = matter.forms.get_mut(&form.name) else {
            return;
        };
        let starts = filings.first().is_some_and(|first| first.act == 0);
        let Some(filing) = filings.last_mut() else {
            return;
        };
        Arc::make_mut(filing).record = Arc::clone(record);
        if starts {
            let root = Arc::make_mut(&mut matter.root);
            for field in &form.fields {
                root.remove(&field.name);
            }
            root.extend(record.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
    }

    /// Adds the warnings to the latest act.
    pub(crate) fn amend_warnings(&mut self, matter: &str, warnings: &[Reason]) {
        if let Some(record) = self.matter_mut(matter).and_then(|matter| matter.acts.last_mut()) {
            Arc::make_mut(record).warnings = warnings.to_vec();
        }
    }

    /// Replaces the latest document.
    pub(crate) fn amend_document(&mut self, matter: &str, document: &IssuedDocument) {
        if let Some(latest) = self.matter_mut(matter).and_then(|matter| matter.documents.last_mut()) {
            Arc::make_mut(latest).clone_from(document);
        }
    }

    /// Gives a matter its number.
    pub(crate) fn amend_number(&mut self, matter: &str, number: &str) {
        if let Some(matter) = self.matter_mut(matter) {
            matter.number = Some(number.to_owned());
        }
    }
}

impl Scratch<'_> {
    /// Matters opened since that a question is about.
    fn opened_since(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        match about {
            None => self.opened.of(procedure),
            Some((PLACE, value)) => {
                let codes = value.as_text().map(|place| self.county().codes(place)).unwrap_or_default();
                self.opened.at(procedure, &codes)
            }
            Some((name, value)) => self.opened.about(procedure, name, value),
        }
    }
}

impl Sink for Scratch<'_> {
    fn matter_mut(&mut self, id: &str) -> Option<&mut Matter> {
        if !self.matters.contains_key(id) {
            let matter = self.base.matter(id)?;
            self.matters.insert(id.to_owned(), matter);
        }
        self.matters.get_mut(id).map(Arc::make_mut)
    }

    fn put_matter(&mut self, matter: Matter) {
        self.opened.put(&matter);
        self.matters.insert(matter.id.clone(), Arc::new(matter));
    }

    fn put_row(&mut self, register: &str, key: &str, place: &PlaceCode, record: Option<&Record>, on: Date) {
        let row = record.map(|record| {
            Arc::new(Row { key: key.to_owned(), place: place.clone(), record: record.clone(), since: on })
        });
        self.rows.entry(register.to_owned()).or_default().put(key, row);
    }

    fn put_number(&mut self, series: &str, number: u64) {
        self.numbers.insert(series.to_owned(), number);
    }

    /// Regulations change between acts: what one act brings about runs under those that were in force when it began.
    fn put_regulation(&mut self, _: &str) {}

    fn end_regulation(&mut self, _: &str, _: Date) {}

    fn change_county(&mut self, change: &Change) {
        let below = self.base.county();
        self.county.get_or_insert_with(|| below.clone()).apply(change);
    }

    fn put_posting(&mut self, posting: &Arc<Posting>) {
        self.books.since.post(posting);
    }

    fn erase(&mut self, owner: &str) {
        self.erased.insert(owner.to_owned());
    }
}

impl Over for Scratch<'_> {
    fn below(&self) -> &dyn World {
        self.base
    }

    fn matter_over(&self, id: &str) -> Option<Arc<Matter>> {
        self.matters.get(id).cloned().or_else(|| self.base.matter(id))
    }

    fn matters_over(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        let mut found = self.base.matters(procedure, about);
        found.extend(self.opened_since(procedure, about));
        found
    }

    fn open_matters_over(&self, procedure: &str, about: Option<(&str, &Value)>) -> Vec<MatterId> {
        let mut found = self.base.open_matters(procedure, about);
        found.extend(self.opened_since(procedure, about));
        // What the act ended is over; nothing that has ended is opened again.
        found.retain(|id| self.matters.get(id).is_none_or(|matter| matter.is_open()));
        found
    }

    fn latest_instance_over(&self, duty: &str, unit: &str) -> Option<MatterId> {
        let own = self.opened.instance(duty, unit).cloned();
        own.or_else(|| self.base.latest_instance(duty, unit))
    }

    fn row_over(&self, register: &str, key: &str) -> Option<Arc<Row>> {
        match self.rows.get(register).and_then(|rows| rows.get(key)) {
            Some(row) => row.clone(),
            None => self.base.row(register, key),
        }
    }

    fn rows_over(&self, register: &str, column: Option<(&str, &Value)>) -> Vec<String> {
        let mut found = self.base.rows(register, column);
        let Some(changed) = self.rows.get(register) else {
            return found;
        };
        found.retain(|key| changed.get(key).is_none());
        found.extend(changed.keys(column));
        found
    }

    fn last_row_over(&self, register: &str, key: &str) -> Option<(Arc<Row>, Option<Date>)> {
        match self.rows.get(register).and_then(|rows| rows.get(key)) {
            Some(Some(row)) => Some((Arc::clone(row), None)),
            // Closed by this act, it is still as below: its term begins now, and is not over for that.
            _ => self.base.last_row(register, key),
        }
    }

    fn matters_owned_over(&self, owner: &str) -> Vec<MatterId> {
        let mut found = self.base.matters_owned(owner);
        let own = self.matters.values().filter(|matter| matter.owner.as_deref() == Some(owner));
        let opened: Vec<MatterId> = own.map(|matter| matter.id.clone()).filter(|id| !found.contains(id)).collect();
        found.extend(opened);
        found
    }

    fn has_sealed_over(&self, owner: &str) -> bool {
        !self.erased.contains(owner) && self.base.has_sealed(owner)
    }

    fn matters_near_over(&self, plot: &Plot) -> Vec<MatterId> {
        // Where the plots of what was changed lie now, nobody has looked up: each of them may be near.
        let mut found: Vec<MatterId> = self.matters.keys().cloned().collect();
        found.extend(self.base.matters_near(plot).into_iter().filter(|id| !self.matters.contains_key(id)));
        found
    }

    fn rows_near_over(&self, register: &str, column: &str, plot: &Plot) -> Vec<String> {
        let mut found = self.base.rows_near(register, column, plot);
        if let Some(changed) = self.rows.get(register) {
            found.retain(|key| changed.get(key).is_none());
            found.extend(changed.keys(None));
        }
        found
    }

    fn last_number_over(&self, series: &str) -> u64 {
        self.numbers.get(series).copied().unwrap_or_else(|| self.base.last_number(series))
    }

    fn county_over(&self) -> &County {
        self.county.as_ref().unwrap_or_else(|| self.base.county())
    }

    fn books_over(&self) -> &dyn Books {
        &self.books
    }
}
