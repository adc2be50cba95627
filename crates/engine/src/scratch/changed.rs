//! Rows of one register that an act has changed so far, found again by the text of a column: an act over a list of ten thousand lines asks
//! for each of them whether one of those before had the same number.

use crate::world::Row;
use regulation::expr::Value;
use regulation::model::Name;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Keys of rows by a text.
type ByText = BTreeMap<String, BTreeSet<String>>;

/// The changed rows, by key; `None` for one that is closed.
#[derive(Default)]
pub(super) struct Changed {
    rows: BTreeMap<String, Option<Arc<Row>>>,
    /// One index for each column that was asked for, made when it was.
    indexes: RefCell<BTreeMap<Name, ByText>>,
}

impl Changed {
    pub(super) fn put(&mut self, key: &str, row: Option<Arc<Row>>) {
        let before = self.rows.insert(key.to_owned(), row.clone()).flatten();
        for (column, index) in self.indexes.get_mut() {
            if let Some(keys) = before.as_deref().and_then(|row| text(row, column)).and_then(|text| index.get_mut(text))
            {
                keys.remove(key);
            }
            if let Some(text) = row.as_deref().and_then(|row| text(row, column)) {
                index.entry(text.to_owned()).or_default().insert(key.to_owned());
            }
        }
    }

    /// Whether the row was changed, and how it is now.
    pub(super) fn get(&self, key: &str) -> Option<&Option<Arc<Row>>> {
        self.rows.get(key)
    }

    /// The keys of changed rows, in order; with this value in a column, where one is given.
    pub(super) fn keys(&self, column: Option<(&str, &Value)>) -> Vec<String> {
        let matches = |row: &Row| column.is_none_or(|(name, value)| row.record.get(name) == Some(value));
        let found = |key: &String| {
            let row = self.rows.get(key)?.as_deref()?;
            matches(row).then(|| key.clone())
        };
        match column.and_then(|(name, value)| Some((name, value.as_text()?))) {
            Some((name, text)) => self.with_text(name, text).iter().filter_map(found).collect(),
            None => self.rows.keys().filter_map(found).collect(),
        }
    }

    fn with_text(&self, column: &str, wanted: &str) -> BTreeSet<String> {
        let mut indexes = self.indexes.borrow_mut();
        let index = indexes.entry(column.to_owned()).or_insert_with(|| self.index_of(column));
        index.get(wanted).cloned().unwrap_or_default()
    }

    fn index_of(&self, column: &str) -> ByText {
        let mut index = ByText::new();
        for (key, row) in &self.rows {
            if let Some(text) = row.as_deref().and_then(|row| text(row, column)) {
                index.entry(text.to_owned()).or_default().insert(key.clone());
            }
        }
        index
    }
}

fn text<'r>(row: &'r Row, column: &str) -> Option<&'r str> {
    row.record.get(column)?.as_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn row(key: &str, text: &str) -> Option<Arc<Row>> {
        let record = [("name".to_owned(), Value::Text(text.to_owned()))].into();
        Some(Arc::new(Row { key: key.to_owned(), place: String::new(), record, since: date(2022, 1, 1) }))
    }

    #[test]
    fn rows_are_found_by_what_they_say_now() {
        let mut changed = Changed::default();
        let named = |changed: &Changed, text: &str| changed.keys(Some(("name", &Value::Text(text.to_owned()))));
        changed.put("1", row("1", "甲"));
        assert_eq!(named(&changed, "甲"), ["1"]);
        changed.put("2", row("2", "甲"));
        changed.put("1", row("1", "乙"));
        assert_eq!((named(&changed, "甲"), named(&changed, "乙")), (vec!["2".to_owned()], vec!["1".to_owned()]));
        changed.put("2", None);
        assert_eq!((named(&changed, "甲"), changed.keys(None)), (Vec::new(), vec!["1".to_owned()]));
        // A code is not the text that is spelled like it.
        assert!(changed.keys(Some(("name", &Value::Code("乙".to_owned())))).is_empty());
    }
}
