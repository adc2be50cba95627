//! Timelines and the journal as a whole.

use crate::db::{OptionalExtension, params};
use crate::fault::Fault;
use crate::pages::{Cut, Deed, Entry, Page, Stored};
use engine::Matter;
use jiff::civil::Date;
use std::sync::Arc;
use trust::Digest;

use super::{moment, paged};
use crate::sql::act::NOTE;
use crate::sql::fold::apply;
use crate::sql::journal::{self, STORED, entry, kept};
use crate::sql::view::View;

/// The acts on a matter; its notes are not among them.
pub(super) fn timeline(view: &View<'_>, matter: &str) -> Result<Vec<Entry>, Fault> {
    let sql = format!(
        "SELECT {STORED} FROM act_matter JOIN act USING (county, seq)
         WHERE act_matter.county = ?1 AND act_matter.matter = ?2 AND act.kind <> ?3 ORDER BY act_matter.seq"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, matter, NOTE])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(view, kept(row)?)?);
    }
    Ok(entries)
}

/// What a person did in a post between two places of the journal. Hours of a county are a short run of rows: no index is kept for this.
pub(super) fn deeds(
    view: &View<'_>,
    (person, post): (&str, &str),
    (from, to): (u64, u64),
    limit: usize,
) -> Result<Vec<Deed>, Fault> {
    let sql = "SELECT seq, at, name, subject, matter FROM act
               WHERE county = ?1 AND seq > ?2 AND seq < ?3 AND person = ?4 AND post = ?5 ORDER BY seq LIMIT ?6";
    let mut statement = view.conn.prepare_cached(sql)?;
    let to = i64::try_from(to).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![view.county, from, to, person, post, limit])?;
    let mut deeds = Vec::new();
    while let Some(row) = rows.next()? {
        let at = moment(&row.get::<String>(1)?, "table act")?;
        deeds.push(Deed { seq: row.get(0)?, at, name: row.get(2)?, subject: row.get(3)?, matter: row.get(4)? });
    }
    Ok(deeds)
}

/// A matter as it stood at the end of a day: what had happened by then, folded.
pub(super) fn matter_as_of(view: &View<'_>, id: &str, day: Date) -> Result<Option<Arc<Matter>>, Fault> {
    let mut matter = None;
    let entries = timeline(view, id)?;
    let by_then = entries.iter().filter(|entry| entry.at.date() <= day).flat_map(|entry| &entry.events);
    for event in by_then.filter(|event| event.matter().is_some_and(|of| of == id)) {
        apply(&mut matter, event);
    }
    Ok(matter.map(Arc::new))
}

pub(super) fn page(view: &View<'_>, cut: &Cut) -> Result<Page<Entry>, Fault> {
    let before = cut.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(i64::MAX);
    let sql = format!("SELECT {STORED} FROM act WHERE county = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, before, cut.limit + 1])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(view, kept(row)?)?);
    }
    Ok(paged(entries, cut.limit, |entry| entry.seq.to_string()))
}

pub(super) fn done_under(view: &View<'_>, person: &str, key: &str) -> Result<Option<(String, Option<String>)>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT act.subject, act.post FROM act_key JOIN act USING (county, seq)
         WHERE act_key.county = ?1 AND act_key.actor = ?2 AND act_key.key = ?3",
    )?;
    Ok(statement.query_row(params![view.county, person, key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

pub(crate) fn stored(view: &View<'_>, seq: u64) -> Result<Option<Stored>, Fault> {
    let sql = format!("SELECT {STORED} FROM act WHERE county = ?1 AND seq = ?2");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, seq])?;
    match rows.next()? {
        Some(row) => Ok(Some(journal::stored(row)?.1)),
        None => Ok(None),
    }
}

pub(super) fn leaves(view: &View<'_>, from: u64, limit: usize) -> Result<Vec<Digest>, Fault> {
    let mut statement =
        view.conn.prepare_cached("SELECT leaf FROM act WHERE county = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3")?;
    let found = statement.query_map(params![view.county, from, limit], |row| row.get(0).map(Digest))?;
    Ok(found.collect::<Result<_, _>>()?)
}
