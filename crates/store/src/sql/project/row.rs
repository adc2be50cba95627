//! Register rows: the one in force, every version, and the blind index of values.

use crate::db::params;
use crate::fault::Fault;
use crate::record::v1::{self, ERASED};
use crate::record::write;
use regulation::expr::{Record, Value};
use std::collections::BTreeSet;

use crate::sql::view::{View, index_text, read_record, square_text};

/// A new version of a row. `record` is its sealed form, `event` the open one.
pub(super) fn project(
    view: &View<'_>,
    seq: u64,
    n: usize,
    record: &v1::Event,
    event: &engine::Event,
) -> Result<(), Fault> {
    let v1::Event::RowChanged { actor, key, on, owner, place, record, register } = record else {
        return Ok(());
    };
    let engine::Event::RowChanged { record: open, .. } = event else {
        return Ok(());
    };
    let text = record.as_ref().map(write);
    let person = Some(actor.id()).filter(|person| !person.is_empty());
    view.conn
        .prepare_cached(
            "INSERT INTO row_version (county, register, key, since, seq, n, place, person, record)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .put(params![view.county, register, key, on.to_string(), seq, n, place, person, text])?;
    let old = indexed(view, register, key)?;
    let new = open.as_ref().map(index_entries).unwrap_or_default();
    reindex(view, register, key, &old, &new)?;
    match text {
        Some(text) => {
            view.conn
                .prepare_cached(
                    "INSERT INTO row (county, register, key, place, owner, since, seq, record)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT (county, register, key) DO UPDATE SET place = excluded.place, owner = excluded.owner,
                     since = excluded.since, seq = excluded.seq, record = excluded.record",
                )?
                .put(params![view.county, register, key, place, owner, on.to_string(), seq, text])?;
        }
        None => {
            view.conn
                .prepare_cached("DELETE FROM row WHERE county = ?1 AND register = ?2 AND key = ?3")?
                .put(params![view.county, register, key])?;
        }
    }
    Ok(())
}

/// Column and index text of the values of a row that are looked up. Erased ones are not.
pub(super) fn index_entries(record: &Record) -> BTreeSet<(String, String)> {
    let known = record.iter().filter(|(_, value)| **value != Value::Text(ERASED.to_owned()));
    known.flat_map(|(name, value)| texts(value).into_iter().map(move |text| (name.clone(), text))).collect()
}

/// A plot is found by the squares it lies in, anything else as it is.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Plot(plot) => plot.squares_kept().iter().map(|square| square_text(square)).collect(),
        value => index_text(value).into_iter().collect(),
    }
}

/// What the index holds of the row in force.
pub(super) fn indexed(view: &View<'_>, register: &str, key: &str) -> Result<BTreeSet<(String, String)>, Fault> {
    let mut statement =
        view.conn.prepare_cached("SELECT record FROM row WHERE county = ?1 AND register = ?2 AND key = ?3")?;
    let mut rows = statement.query(params![view.county, register, key])?;
    let Some(row) = rows.next()? else {
        return Ok(BTreeSet::new());
    };
    let text: String = row.get(0)?;
    let record = read_record(&text, &view.opener(), &format!("row `{register}/{key}`"))?;
    Ok(index_entries(&record))
}

/// Replaces entries of the index.
pub(super) fn reindex(
    view: &View<'_>,
    register: &str,
    key: &str,
    old: &BTreeSet<(String, String)>,
    new: &BTreeSet<(String, String)>,
) -> Result<(), Fault> {
    let mut delete = view.conn.prepare_cached(
        "DELETE FROM row_value WHERE county = ?1 AND register = ?2 AND name = ?3 AND value = ?4 AND key = ?5",
    )?;
    for (name, text) in old.difference(new) {
        let digest = view.ring.blind(&["row", register, name, text]);
        delete.put(params![view.county, register, name, digest, key])?;
    }
    let mut insert = view
        .conn
        .prepare_cached("INSERT INTO row_value (county, register, name, value, key) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (name, text) in new.difference(old) {
        let digest = view.ring.blind(&["row", register, name, text]);
        insert.put(params![view.county, register, name, digest, key])?;
    }
    Ok(())
}
