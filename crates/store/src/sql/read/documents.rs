//! Documents and notices.

use crate::db::{self, Row, params};
use crate::fault::Fault;
use crate::pages::{Cut, DocumentLine, Page};
use jiff::civil::Date;

use super::{join_cursor, paged, split_cursor};
use crate::sql::view::View;

/// Where a document stands; its content is in its matter.
struct Found {
    id: String,
    matter: String,
    code: String,
    seq: u64,
}

fn read(row: Row<'_>) -> db::Result<Found> {
    Ok(Found { id: row.get(0)?, matter: row.get(1)?, code: row.get(2)?, seq: row.get(3)? })
}

fn open(view: &View<'_>, found: Found) -> Result<DocumentLine, Fault> {
    let missing = || Fault::unreadable(format!("document `{}`", found.id), "its matter does not have it");
    let folded = view.folded(&found.matter)?.ok_or_else(missing)?;
    let document = folded.matter.documents.iter().find(|document| document.id == found.id).ok_or_else(missing)?.clone();
    Ok(DocumentLine { matter: found.matter, code: found.code, seq: found.seq, document })
}

/// The document whose column has that value.
pub(super) fn one(view: &View<'_>, column: &str, value: &str) -> Result<Option<DocumentLine>, Fault> {
    let sql =
        format!("SELECT id, matter, code, seq FROM document WHERE county = ?1 AND {column} = ?2 ORDER BY seq DESC");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, value])?;
    match rows.next()? {
        Some(row) => open(view, read(row)?).map(Some),
        None => Ok(None),
    }
}

pub(super) fn of_matter(view: &View<'_>, matter: &str) -> Result<Vec<DocumentLine>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT id, matter, code, seq FROM document WHERE county = ?1 AND matter = ?2 ORDER BY seq, n",
    )?;
    let found: Vec<Found> = statement.query_map(params![view.county, matter], read)?.collect::<Result<_, _>>()?;
    found.into_iter().map(|found| open(view, found)).collect()
}

/// Notices whose display holds on a day and was not cut short by then.
pub(super) fn notices(view: &View<'_>, on: Date, cut: &Cut) -> Result<Page<DocumentLine>, Fault> {
    let (last, id) = split_cursor(cut).unwrap_or(("", ""));
    let mut statement = view.conn.prepare_cached(
        "SELECT id, matter, code, seq, display_to FROM document
         WHERE county = ?1 AND display_to >= ?2 AND display_from <= ?2 AND voided IS NULL
         AND (display_to, id) > (?3, ?4) ORDER BY display_to, id LIMIT ?5",
    )?;
    let found = statement
        .query_map(params![view.county, on.to_string(), last, id, cut.limit + 1], |row| {
            Ok((read(row)?, row.get::<String>(4)?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let page = paged(found, cut.limit, |(found, last)| join_cursor(last, &found.id));
    let lines = page.lines.into_iter().map(|(found, _)| open(view, found)).collect::<Result<_, _>>()?;
    Ok(Page { lines, next: page.next })
}
