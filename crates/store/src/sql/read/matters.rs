//! Lists of matters and the search for one.

use crate::db::Value;
use crate::db::{Row, params};
use crate::due_key::read_due;
use crate::fault::Fault;
use crate::pages::{Cut, MatterLine, MatterQuery, Page};
use crate::record::v1::ERASED;
use crate::words::number_end;
use std::collections::{BTreeMap, BTreeSet};

use super::{join_cursor, moment, paged, split_cursor};
use crate::sql::fold::Title;
use crate::sql::view::{View, read_date};

const COLUMNS: &str =
    "m.id, m.number, m.title, m.procedure, m.regulation, m.version, m.place, m.owner, m.step, m.ended,
    m.ended_on, m.opened_at, m.entered_on, m.due, m.acts, m.opened";

struct Found {
    line: MatterLine,
    opened: i64,
}

pub(super) fn line(view: &View<'_>, id: &str) -> Result<Option<MatterLine>, Fault> {
    Ok(by_id(view, id)?.map(|found| found.line))
}

fn by_id(view: &View<'_>, id: &str) -> Result<Option<Found>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM matter AS m WHERE m.county = ?1 AND m.id = ?2");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, id])?;
    match rows.next()? {
        Some(row) => read(view, row).map(Some),
        None => Ok(None),
    }
}

/// Opens the title of a list's line.
pub(super) fn open_title(view: &View<'_>, leaf: Option<String>) -> Result<Option<String>, Fault> {
    let Some(leaf) = leaf else {
        return Ok(None);
    };
    Ok(Some(Title::open(leaf, &view.opener())?.plain.unwrap_or_else(|| ERASED.to_owned())))
}

fn read(view: &View<'_>, row: Row<'_>) -> Result<Found, Fault> {
    let id: String = row.get(0)?;
    let place = format!("matter `{id}`");
    let date = |text: Option<String>| text.map(|text| read_date(&text, &place)).transpose();
    let ended: Option<String> = row.get(9)?;
    let ended_on = date(row.get(10)?)?;
    let line = MatterLine {
        number: row.get(1)?,
        title: open_title(view, row.get(2)?)?,
        procedure: row.get(3)?,
        regulation: row.get(4)?,
        version: row.get(5)?,
        place: row.get(6)?,
        owner: row.get(7)?,
        step: row.get(8)?,
        ended: ended.zip(ended_on),
        opened_at: moment(&row.get::<String>(11)?, &place)?,
        entered_on: read_date(&row.get::<String>(12)?, &place)?,
        due: row.get::<Option<String>>(13)?.map(|key| read_due(&key, &place)).transpose()?,
        acts: row.get(14)?,
        id,
    };
    Ok(Found { line, opened: row.get(15)? })
}

pub(super) fn page(view: &View<'_>, query: &MatterQuery, cut: &Cut) -> Result<Page<MatterLine>, Fault> {
    let text = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let found = match text {
        Some(text) => searched(view, text, query, cut)?,
        None => listed(view, query, cut)?,
    };
    let page = paged(found, cut.limit, |found| join_cursor(&found.opened.to_string(), &found.line.id));
    Ok(Page { lines: page.lines.into_iter().map(|found| found.line).collect(), next: page.next })
}

fn before(cut: &Cut) -> (i64, &str) {
    let parts = split_cursor(cut).and_then(|(opened, id)| Some((opened.parse().ok()?, id)));
    parts.unwrap_or((i64::MAX, ""))
}

fn wanted(view: &View<'_>, query: &MatterQuery, line: &MatterLine) -> bool {
    let same = |wanted: &Option<String>, found: Option<&String>| wanted.is_none() || wanted.as_ref() == found;
    same(&query.procedure, Some(&line.procedure))
        && !query.without.contains(&line.procedure)
        && same(&query.step, line.step.as_ref())
        && same(&query.owner, line.owner.as_ref())
        && query.open.is_none_or(|open| open == line.ended.is_none())
        && query.ended_since.is_none_or(|since| line.ended.as_ref().is_some_and(|(_, on)| *on >= since))
        && view.in_place(query.place.as_deref(), &line.place)
}

/// Without a text: along an index in order of opening, the newest first.
fn listed(view: &View<'_>, query: &MatterQuery, cut: &Cut) -> Result<Vec<Found>, Fault> {
    let (opened, id) = before(cut);
    let mut values: Vec<Value> = vec![view.county.to_owned().into(), opened.into(), id.to_owned().into()];
    let mut conditions = String::new();
    let mut equal = |column: &str, value: &str| {
        values.push(value.to_owned().into());
        conditions.push_str(&format!(" AND {column} = ?{}", values.len()));
    };
    // What the query is about leads where it is given: few matters have it.
    let (from, opened, id) = match (&query.procedure, &query.about) {
        (Some(procedure), Some((name, value))) => {
            equal("a.county", view.county);
            equal("a.procedure", procedure);
            equal("a.name", name);
            equal("a.value", value);
            let join = "matter_about AS a CROSS JOIN matter AS m ON m.county = a.county AND m.id = a.matter";
            (join, "a.opened", "a.matter")
        }
        (procedure, _) => {
            if let Some(procedure) = procedure {
                equal("m.procedure", procedure);
            }
            ("matter AS m", "m.opened", "m.id")
        }
    };
    if let Some(step) = &query.step {
        equal("m.step", step);
    }
    if let Some(owner) = &query.owner {
        equal("m.owner", owner);
    }
    match query.open {
        Some(true) => conditions.push_str(" AND m.ended IS NULL"),
        Some(false) => conditions.push_str(" AND m.ended IS NOT NULL"),
        None => {}
    }
    if let Some(since) = query.ended_since {
        values.push(since.to_string().into());
        conditions.push_str(&format!(" AND m.ended_on >= ?{}", values.len()));
    }
    for procedure in &query.without {
        values.push(procedure.clone().into());
        conditions.push_str(&format!(" AND m.procedure <> ?{}", values.len()));
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM {from} WHERE m.county = ?1 AND ({opened}, {id}) < (?2, ?3){conditions}
         ORDER BY {opened} DESC, {id} DESC"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if view.in_place(query.place.as_deref(), row.text(6)?) {
            found.push(read(view, row)?);
        }
        if found.len() > cut.limit {
            break;
        }
    }
    Ok(found)
}

/// With a text: by number, from its beginning or its end, and by the words of the title.
fn searched(view: &View<'_>, text: &str, query: &MatterQuery, cut: &Cut) -> Result<Vec<Found>, Fault> {
    let mut ids: BTreeSet<String> = view.with_words(text)?.unwrap_or_default();
    ids.extend(numbered(view, "number", text, cut.limit)?);
    ids.extend(numbered(view, "number_end", &number_end(text), cut.limit)?);
    let (opened, id) = before(cut);
    let mut sorted = BTreeMap::new();
    for matter in ids {
        if let Some(found) = by_id(view, &matter)?
            && (found.opened, found.line.id.as_str()) < (opened, id)
            && wanted(view, query, &found.line)
        {
            sorted.insert((found.opened, matter), found);
        }
    }
    Ok(sorted.into_values().rev().take(cut.limit + 1).collect())
}

pub(super) fn numbered(view: &View<'_>, column: &str, prefix: &str, limit: usize) -> Result<Vec<String>, Fault> {
    let sql = format!(
        "SELECT id FROM matter WHERE county = ?1 AND {column} >= ?2 AND {column} < ?3 ORDER BY {column} LIMIT ?4"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let found = statement.query_map(params![view.county, prefix, after_prefix(prefix), limit + 1], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Sorts after everything that begins with the prefix.
fn after_prefix(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}
