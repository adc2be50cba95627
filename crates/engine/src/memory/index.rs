//! What a state in memory finds without reading everything: rows by the texts in their columns, open matters, plots by squares.
//!
//! An index may name too much, never too little: whoever asks looks at what is found.

use crate::act::MatterId;
use crate::matter::{Matter, plots_of};
use crate::world::{PLACE, Row};
use plots::Plot;
use regulation::expr::{Record, Value};
use regulation::model::Name;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Texts up to this many bytes are looked up; nobody asks for a row by a longer one.
const LONGEST: usize = 96;

/// The indexes.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// By register, column and text: keys of rows.
    rows: BTreeMap<Name, BTreeMap<Name, BTreeMap<String, BTreeSet<String>>>>,
    /// By procedure, subject (or place, or none for all) and text: open matters in the order of their opening.
    open: BTreeMap<(Name, Name, String), BTreeMap<u64, MatterId>>,
    number_of: BTreeMap<MatterId, u64>,
    /// By square: matters in which a plot there was filed.
    land: BTreeMap<String, BTreeSet<MatterId>>,
    /// By register, column and square: rows with a plot there.
    land_of_rows: BTreeMap<(Name, Name, String), BTreeSet<String>>,
}

fn looked_up(value: &Value) -> Option<&str> {
    value.as_text().filter(|text| text.len() <= LONGEST)
}

/// Under what a matter is found.
fn names(matter: &Matter) -> Vec<(Name, Name, String)> {
    let about = matter.about.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_text()?)));
    let all = about.chain([(PLACE, matter.place.as_str()), ("", "")]);
    all.map(|(name, text)| (matter.procedure.clone(), name.to_owned(), text.to_owned())).collect()
}

impl Index {
    /// A row has another version; `None` where there is none.
    pub(super) fn row(&mut self, register: &str, key: &str, old: Option<&Row>, new: Option<&Row>) {
        if let Some(old) = old {
            self.change_row(register, key, &old.record, false);
        }
        if let Some(new) = new {
            self.change_row(register, key, &new.record, true);
        }
    }

    fn change_row(&mut self, register: &str, key: &str, record: &Record, is_there: bool) {
        let columns = self.rows.entry(register.to_owned()).or_default();
        for (name, value) in record {
            if let Some(text) = looked_up(value) {
                let keys = columns.entry(name.clone()).or_default().entry(text.to_owned()).or_default();
                put(keys, key, is_there);
            }
            if let Value::Plot(plot) = value {
                for square in plot.squares_kept() {
                    let place = (register.to_owned(), name.clone(), square);
                    put(self.land_of_rows.entry(place).or_default(), key, is_there);
                }
            }
        }
    }

    /// Keys of rows that may have a value in a column; `None` where that is not looked up.
    pub(super) fn keys(&self, register: &str, column: &str, value: &Value) -> Option<Vec<&String>> {
        let text = looked_up(value)?;
        let found = self.rows.get(register).and_then(|columns| columns.get(column)?.get(text));
        Some(found.into_iter().flatten().collect())
    }

    pub(super) fn opened(&mut self, matter: &Matter) {
        let number = self.number_of.len() as u64;
        self.number_of.insert(matter.id.clone(), number);
        for name in names(matter) {
            self.open.entry(name).or_default().insert(number, matter.id.clone());
        }
    }

    pub(super) fn ended(&mut self, matter: &Matter) {
        let Some(number) = self.number_of.get(&matter.id) else { return };
        for name in names(matter) {
            if let Some(open) = self.open.get_mut(&name) {
                open.remove(number);
            }
        }
    }

    /// Open matters of a procedure under one of some texts of a subject, in the order of their opening.
    pub(super) fn open(&self, procedure: &str, subject: &str, texts: &[&str]) -> Vec<MatterId> {
        let of = |text: &&str| self.open.get(&(procedure.to_owned(), subject.to_owned(), (*text).to_owned()));
        let found: BTreeMap<&u64, &MatterId> = texts.iter().filter_map(of).flatten().collect();
        found.into_values().cloned().collect()
    }

    /// A form with plots was filed.
    pub(super) fn filed(&mut self, matter: &str, record: &Record) {
        for square in plots_of(record).into_iter().flat_map(|plot| plot.squares_kept()) {
            self.land.entry(square).or_default().insert(matter.to_owned());
        }
    }

    /// Matters in which a plot that may share land with this one was filed.
    pub(super) fn matters_near(&self, plot: &Plot) -> BTreeSet<&MatterId> {
        plot.squares_asked().iter().filter_map(|square| self.land.get(square)).flatten().collect()
    }

    /// Rows whose column is such a plot.
    pub(super) fn rows_near(&self, register: &str, column: &str, plot: &Plot) -> BTreeSet<&String> {
        let of = |square: String| self.land_of_rows.get(&(register.to_owned(), column.to_owned(), square));
        plot.squares_asked().into_iter().filter_map(of).flatten().collect()
    }
}

fn put(keys: &mut BTreeSet<String>, key: &str, is_there: bool) {
    if is_there {
        keys.insert(key.to_owned());
    } else {
        keys.remove(key);
    }
}

/// Which of some matters have a plot near another.
pub(super) fn is_near(matter: &Arc<Matter>, plot: &Plot) -> bool {
    matter.plots().any(|filed| filed.is_near(plot))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn row(text: &str) -> Row {
        let record = Record::from([("name".to_owned(), Value::Text(text.to_owned()))]);
        Row { key: "k".into(), place: "p".into(), record, since: date(2022, 1, 1) }
    }

    #[test]
    fn a_row_is_found_by_what_it_says_now() {
        let mut index = Index::default();
        let keys = |index: &Index, text: &str| {
            let found = index.keys("dogs", "name", &Value::Text(text.into()));
            found.map(|keys| keys.len())
        };
        index.row("dogs", "k", None, Some(&row("小黑")));
        index.row("dogs", "k", Some(&row("小黑")), Some(&row("大黄")));
        assert_eq!((keys(&index, "小黑"), keys(&index, "大黄")), (Some(0), Some(1)));
        index.row("dogs", "k", Some(&row("大黄")), None);
        assert_eq!(keys(&index, "大黄"), Some(0));
        assert_eq!(keys(&index, &"长".repeat(40)), None, "long texts are not looked up");
        assert_eq!(index.keys("dogs", "name", &Value::Bool(true)), None);
    }
}
