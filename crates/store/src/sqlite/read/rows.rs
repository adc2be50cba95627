//! Registers: pages, history, and how they stood on a day.

use crate::fault::Fault;
use crate::pages::{Cut, Page, RowLine, RowQuery, RowVersion, SORTED_ROWS};
use engine::Row;
use regulation::expr::{Record, Value};
use rusqlite::{Statement, params};
use std::cmp::Ordering;

use super::paged;
use crate::sqlite::view::{View, index_text, read_date, read_record};

/// The versions that hold at the end of a day: of those that apply by then, the one recorded last.
const AS_OF: &str = "SELECT v.key, v.place, NULL, v.since, v.record FROM row_version AS v
    WHERE v.county = ?1 AND v.register = ?2 AND v.key > ?3 AND v.since <= ?4 AND v.record IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM row_version AS w WHERE w.county = v.county AND w.register = v.register
    AND w.key = v.key AND w.since <= ?4 AND (w.seq, w.n) > (v.seq, v.n)) ORDER BY v.key";
const NOW: &str = "SELECT key, place, owner, since, record FROM row
    WHERE county = ?1 AND register = ?2 AND key > ?3 ORDER BY key";
const ONE: &str = "SELECT key, place, owner, since, record FROM row WHERE county = ?1 AND register = ?2 AND key = ?3";

pub(super) fn one(view: &View<'_>, register: &str, key: &str) -> Result<Option<RowLine>, Fault> {
    let mut statement = view.conn.prepare_cached(ONE)?;
    let mut rows = statement.query(params![view.county, register, key])?;
    match rows.next()? {
        Some(row) => read(view, register, row).map(Some),
        None => Ok(None),
    }
}

fn read(view: &View<'_>, register: &str, row: &rusqlite::Row<'_>) -> Result<RowLine, Fault> {
    let key: String = row.get(0)?;
    let place = format!("row `{register}/{key}`");
    let row = (row.get::<_, String>(1)?, row.get(2)?, row.get::<_, String>(3)?, row.get::<_, String>(4)?);
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
        let lines = collect(view, query, after, cut.limit + 1)?;
        return Ok(paged(lines, cut.limit, |line| line.row.key.clone()));
    };
    let mut lines = collect(view, query, "", SORTED_ROWS)?;
    lines.sort_by(|a, b| {
        let order = compare(a.row.record.get(column), b.row.record.get(column));
        let order = if *descending { order.reverse() } else { order };
        order.then_with(|| a.row.key.cmp(&b.row.key))
    });
    let skip: usize = cut.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(0);
    let more = lines.len() > skip.saturating_add(cut.limit);
    let lines: Vec<_> = lines.into_iter().skip(skip).take(cut.limit).collect();
    Ok(Page { next: more.then(|| (skip + cut.limit).to_string()), lines })
}

/// Lines that fit the query, by key, from after a key on.
fn collect(view: &View<'_>, query: &RowQuery, after: &str, limit: usize) -> Result<Vec<RowLine>, Fault> {
    let indexed = query.equal.iter().find_map(|(name, value)| Some((name, index_text(value)?)));
    let mut lines = Vec::new();
    match (indexed, query.as_of) {
        (Some((name, text)), None) => {
            let mut statement = view.conn.prepare_cached(ONE)?;
            for key in view.keys_with(&query.register, name, &text)?.iter().filter(|key| key.as_str() > after) {
                let rows = statement.query(params![view.county, query.register, key])?;
                take(view, query, rows, limit, &mut lines)?;
            }
        }
        (_, None) => {
            let mut statement: Statement<'_> = view.conn.prepare(NOW)?;
            let rows = statement.query(params![view.county, query.register, after])?;
            take(view, query, rows, limit, &mut lines)?;
        }
        (_, Some(day)) => {
            let mut statement = view.conn.prepare(AS_OF)?;
            let rows = statement.query(params![view.county, query.register, after, day.to_string()])?;
            take(view, query, rows, limit, &mut lines)?;
        }
    }
    Ok(lines)
}

fn take(
    view: &View<'_>,
    query: &RowQuery,
    mut rows: rusqlite::Rows<'_>,
    limit: usize,
    lines: &mut Vec<RowLine>,
) -> Result<(), Fault> {
    while lines.len() < limit {
        let Some(row) = rows.next()? else {
            return Ok(());
        };
        if !view.in_place(query.place.as_deref(), row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?) {
            continue;
        }
        let line = read(view, &query.register, row)?;
        if fits(query, &line.row.record) {
            lines.push(line);
        }
    }
    Ok(())
}

fn fits(query: &RowQuery, record: &Record) -> bool {
    let equal = query.equal.iter().all(|(name, value)| record.get(name) == Some(value));
    let text = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    equal
        && text
            .is_none_or(|text| record.values().any(|value| value.as_text().is_some_and(|found| found.contains(text))))
}

/// Numbers by size, dates by day, texts by their characters; what is missing comes last.
fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::Number(a, _)), Some(Value::Number(b, _))) => a.cmp(b),
        (Some(Value::Date(a)), Some(Value::Date(b))) => a.cmp(b),
        (Some(Value::Moment(a)), Some(Value::Moment(b))) => a.cmp(b),
        (Some(Value::Bool(a)), Some(Value::Bool(b))) => a.cmp(b),
        (a, b) => {
            let (a, b) = (a.and_then(Value::as_text), b.and_then(Value::as_text));
            (a.is_none(), a).cmp(&(b.is_none(), b))
        }
    }
}

pub(super) fn count(view: &View<'_>, register: &str) -> Result<u64, Fault> {
    let mut statement = view.conn.prepare_cached("SELECT count(*) FROM row WHERE county = ?1 AND register = ?2")?;
    Ok(statement.query_row(params![view.county, register], |row| row.get(0))?)
}

pub(super) fn history(view: &View<'_>, register: &str, key: &str) -> Result<Vec<RowVersion>, Fault> {
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
            since: read_date(&row.get::<_, String>(0)?, &place)?,
            seq: row.get(1)?,
            person: row.get(2)?,
            place: row.get(3)?,
            record: record.map(|record| read_record(&record, &view.opener(), &place)).transpose()?,
        });
    }
    Ok(versions)
}
