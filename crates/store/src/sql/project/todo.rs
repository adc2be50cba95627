//! To-do lists and clocks: one row per desk and matter in list order; one row per running clock in firing order.

use crate::db::params;
use crate::due_key::due_key;
use crate::fault::Fault;
use engine::Matter;
use engine::event::{Clock, ClockState, Desk};
use std::collections::BTreeMap;

use crate::sql::change::Touched;
use crate::sql::fold::Folded;
use crate::sql::view::View;

/// Stands for "no last day" in list order: after every day.
pub(crate) const NO_DUE: &str = "9999-12-31";

/// A desk as a key; the clock has no list.
pub(crate) fn desk_key(desk: &Desk) -> Option<String> {
    match desk {
        Desk::Office { level, desk, place } => Some(format!("office/{level}/{desk}/{place}")),
        Desk::Person(person) => Some(format!("person/{person}")),
        Desk::Anyone => Some("anyone".to_owned()),
        Desk::Clock => None,
    }
}

/// The desk behind a key.
pub(crate) fn read_desk(key: &str) -> Result<Desk, Fault> {
    let parts: Vec<&str> = key.splitn(4, '/').collect();
    match parts.as_slice() {
        ["office", level, desk, place] => {
            Ok(Desk::Office { level: (*level).to_owned(), desk: (*desk).to_owned(), place: (*place).to_owned() })
        }
        ["person", ..] => Ok(Desk::Person(key["person/".len()..].to_owned())),
        ["anyone"] => Ok(Desk::Anyone),
        _ => Err(Fault::unreadable(format!("desk `{key}`"), "unknown kind of desk")),
    }
}

/// The end of the nearest deadline that runs, or ran out and was not met yet, as a key.
pub(super) fn due(matter: &Matter) -> Option<String> {
    matter.due().map(due_key)
}

struct Line<'a> {
    due: String,
    folded: &'a Folded,
}

impl Line<'_> {
    fn same(&self, other: &Line<'_>) -> bool {
        let (a, b) = (&self.folded.matter, &other.folded.matter);
        self.due == other.due
            && a.step == b.step
            && a.entered_on == b.entered_on
            && self.folded.title.as_ref().map(|title| &title.leaf)
                == other.folded.title.as_ref().map(|title| &title.leaf)
    }
}

fn lines(folded: &Folded) -> BTreeMap<String, Line<'_>> {
    let matter = &folded.matter;
    let due = due(matter).unwrap_or_else(|| NO_DUE.to_owned());
    let keys = matter.desks.iter().filter(|_| matter.step.is_some()).filter_map(desk_key);
    keys.map(|key| (key, Line { due: due.clone(), folded })).collect()
}

/// Brings the to-do rows of a matter up to date; rows that stay as they are are not touched.
pub(super) fn project(view: &View<'_>, touched: &Touched) -> Result<(), Fault> {
    let before = touched.before.as_deref().map(lines).unwrap_or_default();
    let after = lines(&touched.after);
    for (desk, line) in &before {
        let kept = after.get(desk);
        if kept.is_none_or(|kept| !kept.same(line)) {
            remove(view, desk, line)?;
        }
        if kept.is_none() {
            count(view, desk, -1)?;
        }
    }
    for (desk, line) in &after {
        let kept = before.get(desk);
        if kept.is_none_or(|kept| !kept.same(line)) {
            insert(view, desk, line)?;
        }
        if kept.is_none() {
            count(view, desk, 1)?;
        }
    }
    Ok(())
}

fn remove(view: &View<'_>, desk: &str, line: &Line<'_>) -> Result<(), Fault> {
    view.conn
        .prepare_cached("DELETE FROM todo WHERE county = ?1 AND desk = ?2 AND due = ?3 AND matter = ?4")?
        .put(params![view.county, desk, line.due, line.folded.matter.id])?;
    Ok(())
}

fn insert(view: &View<'_>, desk: &str, line: &Line<'_>) -> Result<(), Fault> {
    let matter = &line.folded.matter;
    view.conn
        .prepare_cached(
            "INSERT INTO todo (county, desk, due, matter, place, procedure, step, number, title, entered_on)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .put(params![
            view.county,
            desk,
            line.due,
            matter.id,
            matter.place,
            matter.procedure,
            matter.step,
            matter.number,
            line.folded.title.as_ref().map(|title| &title.leaf),
            matter.entered_on.to_string(),
        ])?;
    Ok(())
}

fn count(view: &View<'_>, desk: &str, by: i64) -> Result<(), Fault> {
    if view.gathers.get() {
        *view.counts.borrow_mut().entry(desk.to_owned()).or_default() += by;
        return Ok(());
    }
    put_count(view, desk, by)
}

/// Writes what was gathered: acts of one group change few counts many times.
pub(crate) fn put_counts(view: &View<'_>) -> Result<(), Fault> {
    let counts = view.counts.take();
    counts.iter().try_for_each(|(desk, by)| put_count(view, desk, *by))
}

/// A count that comes to nothing is a row as well, as it would be after each act by itself.
fn put_count(view: &View<'_>, desk: &str, by: i64) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO todo_count (county, desk, n) VALUES (?1, ?2, ?3)
             ON CONFLICT (county, desk) DO UPDATE SET n = todo_count.n + excluded.n",
        )?
        .put(params![view.county, desk, by])?;
    Ok(())
}

type Firing<'a> = BTreeMap<(String, u32), &'a Clock>;

fn firing(matter: &Matter) -> Firing<'_> {
    let running = matter.clocks.iter().filter(|clock| clock.state == ClockState::Running);
    running.map(|clock| ((clock.fires_at().to_string(), clock.id), clock.as_ref())).collect()
}

/// Brings the clock rows of a matter up to date.
pub(super) fn clocks(view: &View<'_>, touched: &Touched) -> Result<(), Fault> {
    let before = touched.before.as_deref().map(|before| firing(&before.matter)).unwrap_or_default();
    let after = firing(&touched.after.matter);
    let id = &touched.after.matter.id;
    let mut delete = view
        .conn
        .prepare_cached("DELETE FROM clock WHERE county = ?1 AND fires_at = ?2 AND matter = ?3 AND clock = ?4")?;
    for (fires_at, clock) in before.keys().filter(|key| !after.contains_key(*key)) {
        delete.put(params![view.county, fires_at, id, clock])?;
    }
    let mut insert = view.conn.prepare_cached(
        "INSERT INTO clock (county, fires_at, matter, clock, name, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for ((fires_at, number), clock) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        insert.put(params![view.county, fires_at, id, number, clock.name, clock.due.to_string()])?;
    }
    Ok(())
}
