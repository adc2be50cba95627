//! To-do lists: a prefix of an index kept in list order, whatever the county's size.

use crate::db::Value;
use crate::db::{Row, params};
use crate::due_key::{moment_key, read_due};
use crate::fault::Fault;
use crate::pages::{Cut, Page, Todo, TodoCount, TodoQuery};
use engine::event::Desk;
use jiff::civil::DateTime;
use std::collections::{BTreeMap, BTreeSet};

use super::matters::open_title;
use super::{join_cursor, paged, split_cursor};
use crate::sql::project::NO_DUE;
use crate::sql::view::{View, read_date};
use crate::words::number_end;

const COLUMNS: &str = "desk, due, matter, place, procedure, step, number, title, entered_on";
/// Late matters are counted up to here.
const LATE_MAX: u64 = 1_000;

/// A line before its title is opened, with its place in the list.
struct Raw {
    desk: String,
    place: String,
    procedure: String,
    step: String,
    number: Option<String>,
    title: Option<String>,
    entered_on: String,
}

type Lines = BTreeMap<(String, String), Raw>;

pub(super) fn page(view: &View<'_>, query: &TodoQuery, cut: &Cut) -> Result<Page<Todo>, Fault> {
    let desks = view.desk_keys(&query.desks);
    let text = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let mut lines = Lines::new();
    match text {
        Some(text) => searched(view, query, &desks, text, cut, &mut lines)?,
        None => {
            for desk in &desks {
                prefix(view, query, desk, cut, &mut lines)?;
            }
        }
    }
    let first: Vec<_> = lines.into_iter().take(cut.limit + 1).collect();
    let page = paged(first, cut.limit, |((due, matter), _)| join_cursor(due, matter));
    let opened = page.lines.into_iter().map(|((due, matter), raw)| open(view, due, matter, raw));
    Ok(Page { lines: opened.collect::<Result<_, _>>()?, next: page.next })
}

fn open(view: &View<'_>, due: String, matter: String, raw: Raw) -> Result<Todo, Fault> {
    let place = format!("to-do row of `{matter}`");
    Ok(Todo {
        number: raw.number,
        title: open_title(view, raw.title)?,
        procedure: raw.procedure,
        step: raw.step,
        place: raw.place,
        desk: view.desk_of(&raw.desk)?,
        entered_on: read_date(&raw.entered_on, &place)?,
        due: if due == NO_DUE { None } else { Some(read_due(&due, &place)?) },
        matter,
    })
}

fn read(row: Row<'_>) -> Result<((String, String), Raw), Fault> {
    let raw = Raw {
        desk: row.get(0)?,
        place: row.get(3)?,
        procedure: row.get(4)?,
        step: row.get(5)?,
        number: row.get(6)?,
        title: row.get(7)?,
        entered_on: row.get(8)?,
    };
    Ok(((row.get(1)?, row.get(2)?), raw))
}

/// One desk's list from the cursor on, until the page is full.
fn prefix(view: &View<'_>, query: &TodoQuery, desk: &str, cut: &Cut, lines: &mut Lines) -> Result<(), Fault> {
    let (due, matter) = split_cursor(cut).unwrap_or(("", ""));
    let mut values: Vec<Value> = [view.county, desk, due, matter].map(|text| text.to_owned().into()).into();
    let mut conditions = String::new();
    let mut condition = |column: &str, sign: &str, value: String| {
        values.push(value.into());
        conditions.push_str(&format!(" AND {column} {sign} ?{}", values.len()));
    };
    if let Some(by) = query.due_by {
        condition("due", "<=", by.to_string());
    }
    if let Some(procedure) = &query.procedure {
        condition("procedure", "=", procedure.clone());
    }
    if let Some(step) = &query.step {
        condition("step", "=", step.clone());
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM todo WHERE county = ?1 AND desk = ?2 AND (due, matter) > (?3, ?4){conditions}
         ORDER BY due, matter"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(values)?;
    let mut taken = 0;
    while let Some(row) = rows.next()? {
        if taken > cut.limit {
            break;
        }
        let (key, raw) = read(row)?;
        if view.in_place(query.place.as_deref(), &raw.place) {
            taken += 1;
            lines.entry(key).or_insert(raw);
        }
    }
    Ok(())
}

/// The lines of the matters that a text finds.
fn searched(
    view: &View<'_>,
    query: &TodoQuery,
    desks: &BTreeSet<String>,
    text: &str,
    cut: &Cut,
    lines: &mut Lines,
) -> Result<(), Fault> {
    let after = split_cursor(cut).map(|(due, matter)| (due.to_owned(), matter.to_owned()));
    let end = number_end(text);
    let mut matters = view.with_words(text)?.unwrap_or_default();
    matters.extend(super::matters::numbered(view, "number", text, super::SEARCHED_MAX)?);
    matters.extend(super::matters::numbered(view, "number_end", &end, super::SEARCHED_MAX)?);
    let sql = format!(
        "SELECT {COLUMNS} FROM todo WHERE county = ?1 AND desk = ?3 AND (due, matter) =
         (SELECT due, matter FROM todo INDEXED BY todo_by_matter WHERE county = ?1 AND matter = ?2 AND desk = ?3)"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    for matter in &matters {
        for desk in desks {
            let mut rows = statement.query(params![view.county, matter, desk])?;
            if let Some(row) = rows.next()? {
                let (key, raw) = read(row)?;
                if after.as_ref().is_none_or(|after| key > *after) && wanted(view, query, &key.0, &raw) {
                    lines.entry(key).or_insert(raw);
                }
            }
        }
    }
    Ok(())
}

fn wanted(view: &View<'_>, query: &TodoQuery, due: &str, raw: &Raw) -> bool {
    query.procedure.as_ref().is_none_or(|procedure| *procedure == raw.procedure)
        && query.step.as_ref().is_none_or(|step| *step == raw.step)
        && query.due_by.is_none_or(|by| due <= by.to_string().as_str())
        && view.in_place(query.place.as_deref(), &raw.place)
}

pub(super) fn count(view: &View<'_>, desks: &[Desk], now: DateTime) -> Result<TodoCount, Fault> {
    let mut count = TodoCount::default();
    let mut all = view.conn.prepare_cached("SELECT n FROM todo_count WHERE county = ?1 AND desk = ?2")?;
    let mut late = view.conn.prepare_cached(
        "SELECT count(*) FROM (SELECT 1 FROM todo WHERE county = ?1 AND desk = ?2 AND due < ?3 LIMIT ?4) AS few",
    )?;
    for key in view.desk_keys(desks) {
        let mut rows = all.query(params![view.county, key])?;
        if let Some(row) = rows.next()? {
            count.all += row.get::<u64>(0)?;
        }
        count.late += late.query_row(params![view.county, key, moment_key(now), LATE_MAX], |row| row.get::<u64>(0))?;
    }
    Ok(count)
}
