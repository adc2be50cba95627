//! Registers: pages, history, and how they stood on a day.

use crate::db::{self, Rows, params};
use crate::fault::Fault;
use crate::pages::{self, Cut, Page, RowLine, RowQuery, RowVersion, SORTED_ROWS};
use crate::record::v1;
use engine::{Row, World};
use regulation::expr::{Record, Value};
use std::collections::BTreeSet;

use super::paged;
use crate::sql::view::{View, index_text, read_date, read_record};

/// The versions that hold at the end of a day: of those that apply by then, the one recorded last.
const AS_OF: &str = "SELECT v.key, v.place, NULL, v.since, v.record FROM row_version AS v
    WHERE v.county = ?1 AND v.register = ?2 AND v.key > ?3 AND v.since <= ?4 AND v.record IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM row_version AS w WHERE w.county = v.county AND w.register = v.register
    AND w.key = v.key AND w.since <= ?4 AND (w.seq, w.n) > (v.seq, v.n)) ORDER BY v.key";
const NOW: &str = "SELECT key, place, owner, since, record FROM row
    WHERE county = ?1 AND register = ?2 AND key > ?3 ORDER BY key";
/// The same of one key.
const ONE_AS_OF: &str = "SELECT v.key, v.place, NULL, v.since, v.record FROM row_version AS v
    WHERE v.county = ?1 AND v.register = ?2 AND v.key = ?3 AND v.since <= ?4 ORDER BY v.seq DESC, v.n DESC LIMIT 1";
const IN_PLACES: &str = "SELECT key FROM row WHERE county = ?1 AND register = ?2
    AND place IN (SELECT value FROM json_each(?3)) ORDER BY key";
const COUNT_IN_PLACES: &str = "SELECT count(*) FROM row WHERE county = ?1 AND register = ?2
    AND place IN (SELECT value FROM json_each(?3))";
const ONE: &str = "SELECT key, place, owner, since, record FROM row WHERE county = ?1 AND register = ?2 AND key = ?3";

pub(super) fn one(view: &View<'_>, register: &str, key: &str) -> Result<Option<RowLine>, Fault> {
    let mut statement = view.conn.prepare_cached(ONE)?;
    let mut rows = statement.query(params![view.county, register, key])?;
    match rows.next()? {
        Some(row) => read(view, register, row).map(Some),
        None => Ok(None),
    }
}

fn read(view: &View<'_>, register: &str, row: db::Row<'_>) -> Result<RowLine, Fault> {
    let key: String = row.get(0)?;
    let place = format!("row `{register}/{key}`");
    let row = (row.get::<String>(1)?, row.get(2)?, row.get::<String>(3)?, row.get::<String>(4)?);
    Ok(RowLine {
        owner: row.1,
        row: Row {
            place: row.0,
            since: read_date(&row.2, &place)?,
            record: read_record(&row.3, &view.opener(), &place)?,
            key,
        },
    })
}

pub(super) fn page(view: &View<'_>, query: &RowQuery, cut: &Cut) -> Result<Page<RowLine>, Fault> {
    let Some((column, descending)) = &query.sort else {
        let after = cut.after.as_deref().unwrap_or("");
        let mut lines = Vec::new();
        each(view, query, after, &mut |row| {
            lines.push(read(view, &query.register, row)?);
            Ok(lines.len() <= cut.limit)
        })?;
        return Ok(paged(lines, cut.limit, |line| line.row.key.clone()));
    };
    let keys = in_order(view, query, column, *descending)?;
    let skip: usize = cut.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(0);
    let more = keys.len() > skip.saturating_add(cut.limit);
    let mut lines = Vec::new();
    for key in keys.into_iter().skip(skip).take(cut.limit) {
        lines.extend(standing(view, query, &key)?);
    }
    Ok(Page { next: more.then(|| (skip + cut.limit).to_string()), lines })
}

/// The keys of what fits, in the order of a column. Only keys and that column are held, not the rows.
fn in_order(view: &View<'_>, query: &RowQuery, column: &str, descending: bool) -> Result<Vec<String>, Fault> {
    let mut found: Vec<(Option<Value>, String)> = Vec::new();
    each(view, query, "", &mut |row| {
        let key: String = row.get(0)?;
        let mut sorted_by = columns_of(view, query, row, Some(&BTreeSet::from([column])))?;
        found.push((sorted_by.remove(column), key));
        Ok(found.len() < SORTED_ROWS)
    })?;
    found.sort_by(|(a, a_key), (b, b_key)| {
        pages::in_order(a.as_ref(), b.as_ref(), descending).then_with(|| a_key.cmp(b_key))
    });
    Ok(found.into_iter().map(|(_, key)| key).collect())
}

/// The row of a key as the query's day sees it.
fn standing(view: &View<'_>, query: &RowQuery, key: &str) -> Result<Option<RowLine>, Fault> {
    let Some(day) = query.as_of else { return one(view, &query.register, key) };
    let mut statement = view.conn.prepare_cached(ONE_AS_OF)?;
    let mut rows = statement.query(params![view.county, query.register, key, day.to_string()])?;
    match rows.next()? {
        Some(row) => read(view, &query.register, row).map(Some),
        None => Ok(None),
    }
}

/// Shown each row that fits, in the order of keys; `false` ends it.
type See<'s> = &'s mut dyn FnMut(db::Row<'_>) -> Result<bool, Fault>;

/// Goes through the rows that fit the query, by key, from after a key on. An index leads where a value or a place is asked for.
fn each(view: &View<'_>, query: &RowQuery, after: &str, see: See<'_>) -> Result<(), Fault> {
    let looked_at = query.columns();
    let mut fitting = |row: db::Row<'_>| -> Result<bool, Fault> {
        if !view.in_place(query.place.as_deref(), row.text(1)?) {
            return Ok(true);
        }
        let record = columns_of(view, query, row, looked_at.as_ref())?;
        if query.fits(&record, view.county()) { see(row) } else { Ok(true) }
    };
    if let Some(day) = query.as_of {
        let mut statement = view.conn.prepare_cached(AS_OF)?;
        return through(statement.query(params![view.county, query.register, after, day.to_string()])?, &mut fitting);
    }
    let Some(keys) = leading_keys(view, query)? else {
        let mut statement = view.conn.prepare_cached(NOW)?;
        return through(statement.query(params![view.county, query.register, after])?, &mut fitting);
    };
    let mut statement = view.conn.prepare_cached(ONE)?;
    for key in keys.iter().filter(|key| key.as_str() > after) {
        let mut rows = statement.query(params![view.county, query.register, key])?;
        if let Some(row) = rows.next()?
            && !fitting(row)?
        {
            return Ok(());
        }
    }
    Ok(())
}

fn through(mut rows: Rows<'_>, see: See<'_>) -> Result<(), Fault> {
    while let Some(row) = rows.next()? {
        if !see(row)? {
            return Ok(());
        }
    }
    Ok(())
}

/// Keys by an index: of a value, else of a place smaller than the county. `None` if the query asks for neither.
fn leading_keys(view: &View<'_>, query: &RowQuery) -> Result<Option<Vec<String>>, Fault> {
    let indexed = query.equal.iter().find_map(|(name, value)| Some((name, index_text(value)?)));
    if let Some((name, text)) = indexed {
        return view.keys_with(&query.register, name, &text).map(Some);
    }
    let Some(place) = query.place.as_deref().filter(|place| *place != view.county) else { return Ok(None) };
    let mut statement = view.conn.prepare_cached(IN_PLACES)?;
    let found = statement.query_map(params![view.county, query.register, places_in(view, place)], |row| row.get(0))?;
    Ok(Some(found.collect::<Result<_, _>>()?))
}

/// A place and all below it, as SQLite reads lists.
fn places_in(view: &View<'_>, place: &str) -> String {
    let county = view.county();
    let codes: Vec<&String> = county.places.keys().filter(|code| county.contains(place, code)).collect();
    serde_json::json!(codes).to_string()
}

/// Columns of a row; seals of others are not opened, which is most of the work.
fn columns_of(
    view: &View<'_>,
    query: &RowQuery,
    row: db::Row<'_>,
    wanted: Option<&BTreeSet<&str>>,
) -> Result<Record, Fault> {
    if wanted.is_some_and(BTreeSet::is_empty) {
        return Ok(Record::new());
    }
    let text = row.text(4)?;
    let place = || format!("a row of `{}`", query.register);
    let mut record: v1::Record = serde_json::from_str(text).map_err(|error| Fault::unreadable(place(), error))?;
    if let Some(wanted) = wanted {
        record.retain(|name, _| wanted.contains(name.as_str()));
    }
    v1::open_record(&record, &view.opener())
}

pub(super) fn count(view: &View<'_>, register: &str, place: Option<&str>) -> Result<u64, Fault> {
    let Some(place) = place.filter(|place| *place != view.county) else {
        let mut statement = view.conn.prepare_cached("SELECT count(*) FROM row WHERE county = ?1 AND register = ?2")?;
        return Ok(statement.query_row(params![view.county, register], |row| row.get(0))?);
    };
    let mut statement = view.conn.prepare_cached(COUNT_IN_PLACES)?;
    Ok(statement.query_row(params![view.county, register, places_in(view, place)], |row| row.get(0))?)
}

pub(crate) fn history(view: &View<'_>, register: &str, key: &str) -> Result<Vec<RowVersion>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT since, seq, person, place, record FROM row_version
         WHERE county = ?1 AND register = ?2 AND key = ?3 ORDER BY seq, n",
    )?;
    let mut rows = statement.query(params![view.county, register, key])?;
    let place = format!("row `{register}/{key}`");
    let mut versions = Vec::new();
    while let Some(row) = rows.next()? {
        let record: Option<String> = row.get(4)?;
        versions.push(RowVersion {
            since: read_date(&row.get::<String>(0)?, &place)?,
            seq: row.get(1)?,
            person: row.get(2)?,
            place: row.get(3)?,
            record: record.map(|record| read_record(&record, &view.opener(), &place)).transpose()?,
        });
    }
    Ok(versions)
}
