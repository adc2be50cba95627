//! Rebuilding (重建): the projections made anew from the journal, and the digests that show that they are the same.

use crate::fault::Fault;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use trust::Digest;

use super::change::{open_events, replayed};
use super::journal::{STORED, kept, length};
use super::project::{TABLES, project};
use super::view::View;
use super::writer::Writer;

/// Replays at most so many acts between two reports of progress.
const PROGRESS_ACTS: u64 = 500;

/// Makes the projections anew in one transaction: all or nothing.
pub(crate) fn rebuild(writer: &mut Writer, progress: &mut dyn FnMut(u64, u64)) -> Result<(), Fault> {
    let shared = std::sync::Arc::clone(&writer.shared);
    shared.cache.clear();
    writer.conn.execute_batch("BEGIN IMMEDIATE")?;
    let cache = super::fold::Cache::new();
    let view = View::new(&writer.conn, &shared.county, shared.library(), &shared.ring, &cache);
    let done = empty(view.conn).and_then(|()| replay(&view, progress));
    drop(view);
    match done {
        Ok(()) => Ok(writer.conn.execute_batch("COMMIT")?),
        Err(fault) => {
            writer.conn.execute_batch("ROLLBACK")?;
            Err(fault)
        }
    }
}

fn empty(conn: &Connection) -> Result<(), Fault> {
    for (table, _) in TABLES {
        conn.execute_batch(&format!("DELETE FROM {table}"))?;
    }
    conn.execute_batch(
        "INSERT INTO publication_index (publication_index) VALUES ('delete-all');
         INSERT INTO publication_title (publication_title) VALUES ('delete-all');",
    )?;
    Ok(())
}

/// Projects every act of the journal that the view's connection sees.
pub(crate) fn replay(view: &View<'_>, progress: &mut dyn FnMut(u64, u64)) -> Result<(), Fault> {
    let all = length(view.conn, view.county)?;
    let mut statement = view.conn.prepare(&format!("SELECT {STORED} FROM act WHERE county = ?1 ORDER BY seq"))?;
    let mut rows = statement.query([view.county])?;
    let mut done = 0;
    while let Some(row) = rows.next()? {
        let kept = kept(row)?;
        let events = open_events(view, &kept.payload)?;
        let change = replayed(view, &kept.payload, &kept.stored.salt, &events)?;
        project(view, &change)?;
        for touched in &change.touched {
            view.cache.put(&touched.after, view.generation);
        }
        view.look_anew();
        done += 1;
        if done % PROGRESS_ACTS == 0 {
            progress(done, all);
        }
    }
    progress(done, all);
    Ok(())
}

/// The digest of each projection table, in order of name.
pub(crate) fn digests(conn: &Connection) -> Result<Vec<(String, Digest)>, Fault> {
    TABLES.iter().map(|(table, order)| Ok(((*table).to_owned(), digest(conn, table, order)?))).collect()
}

/// SM3 over SM3 of each row, in order: rows are told apart without separators.
fn digest(conn: &Connection, table: &str, order: &str) -> Result<Digest, Fault> {
    let mut rows_digest = Vec::new();
    let mut whole = trust::sm3(table.as_bytes());
    each_row(conn, table, order, &mut |row| {
        rows_digest.clear();
        rows_digest.extend_from_slice(whole.as_bytes());
        rows_digest.extend_from_slice(trust::sm3(row).as_bytes());
        whole = trust::sm3(&rows_digest);
        Ok(())
    })?;
    Ok(whole)
}

/// Hands each row of a table, as bytes that no other row prints, to `with`, in order.
pub(crate) fn each_row(
    conn: &Connection,
    table: &str,
    order: &str,
    with: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut statement = conn.prepare(&format!("SELECT * FROM {table} ORDER BY {order}"))?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut bytes = Vec::new();
    while let Some(row) = rows.next()? {
        bytes.clear();
        for column in 0..columns {
            print_value(&mut bytes, row.get_ref(column)?);
        }
        with(&bytes)?;
    }
    Ok(())
}

/// A type byte, the length and the bytes.
pub(crate) fn print_value(out: &mut Vec<u8>, value: ValueRef<'_>) {
    let (kind, bytes): (u8, &[u8]) = match value {
        ValueRef::Null => (0, &[]),
        ValueRef::Integer(number) => {
            out.push(1);
            out.extend_from_slice(&number.to_be_bytes());
            return;
        }
        // No table has such a column; STRICT sees to it.
        ValueRef::Real(number) => {
            out.push(2);
            out.extend_from_slice(&number.to_bits().to_be_bytes());
            return;
        }
        ValueRef::Text(text) => (3, text),
        ValueRef::Blob(blob) => (4, blob),
    };
    out.push(kind);
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}
