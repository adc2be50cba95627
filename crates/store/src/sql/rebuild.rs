//! Rebuilding (重建): the projections made anew from the journal, and the digests that show that they are the same.

use crate::contract::Progress;
use crate::db::{Connection, Value, ValueRef, params};
use crate::fault::Fault;
use jiff::civil::DateTime;
use trust::Digest;

use super::change::{open_events, replayed};
use super::journal::{STORED, kept, length};
use super::project::{TABLES, project};
use super::view::View;
use super::writer::Writer;

/// Replays at most so many acts between two reports of progress.
const PROGRESS_ACTS: u64 = 500;

/// Makes the projections anew in one transaction: all or nothing.
pub(crate) fn rebuild(writer: &mut Writer, progress: Progress<'_>) -> Result<(), Fault> {
    anew(writer, |_, _| Ok(()), progress)
}

/// Takes the journal back to a moment (恢复到时点): the first act after it and all that follow are gone, with what was signed and sent of them.
/// Says how many they were. Whoever goes on by this writer must open the store anew.
pub(crate) fn rewind(writer: &mut Writer, to: DateTime, progress: Progress<'_>) -> Result<u64, Fault> {
    anew(writer, |conn, county| cut(conn, county, to), progress)
}

fn cut(conn: &Connection, county: &str, to: DateTime) -> Result<u64, Fault> {
    let first = "SELECT min(seq) FROM act WHERE county = ?1 AND at > ?2";
    let first: Option<u64> = conn.query_row(first, params![county, to.to_string()], |row| row.get(0))?;
    let Some(first) = first else { return Ok(0) };
    let gone = conn.execute("DELETE FROM act WHERE county = ?1 AND seq >= ?2", params![county, first])?;
    let signed = "SELECT EXISTS (SELECT 1 FROM log_checkpoint WHERE county = ?1 AND acts >= ?2)";
    if conn.query_row(signed, params![county, first], |row| row.get(0))? {
        // Both trees grow again from the acts that are left; what was signed over more than these says nothing of them.
        for table in ["log_checkpoint", "log_tile", "log_bundle"] {
            conn.execute(&format!("DELETE FROM {table} WHERE county = ?1"), [county])?;
        }
    }
    // Numbers of acts are used again: nothing beside the journal may point at one that is gone.
    for table in ["delivery", "form_code"] {
        conn.execute(&format!("DELETE FROM {table} WHERE county = ?1 AND seq >= ?2"), params![county, first])?;
    }
    for table in ["outbox_mark", "seen"] {
        let sql = format!("UPDATE {table} SET seq = min(seq, ?2) WHERE county = ?1");
        conn.execute(&sql, params![county, first - 1])?;
    }
    // What duties begin after that day begins again.
    let day = to.date().to_string();
    conn.execute("UPDATE duty_look SET on_day = min(on_day, ?2) WHERE county = ?1", params![county, day])?;
    Ok(gone as u64)
}

/// Changes the journal and makes the projections of what it then holds, in one transaction.
fn anew<T>(
    writer: &mut Writer,
    change: impl FnOnce(&Connection, &str) -> Result<T, Fault>,
    progress: Progress<'_>,
) -> Result<T, Fault> {
    writer.shared.cache.clear();
    writer.by_itself(|view| {
        let changed = change(view.conn, view.county)?;
        empty(view)?;
        replay(view, progress)?;
        Ok(changed)
    })
}

fn empty(view: &View<'_>) -> Result<(), Fault> {
    for (table, _) in TABLES {
        view.conn.execute(&format!("DELETE FROM {table} WHERE county = ?1"), [view.county])?;
    }
    super::words::empty(view.conn, view.county)
}

/// Projects every act of the journal that the view's connection sees.
pub(crate) fn replay(view: &View<'_>, progress: Progress<'_>) -> Result<(), Fault> {
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
pub(crate) fn digests(view: &View<'_>) -> Result<Vec<(String, Digest)>, Fault> {
    TABLES.iter().map(|(table, order)| Ok(((*table).to_owned(), digest(view, table, order)?))).collect()
}

/// SM3 over SM3 of each row, in order: rows are told apart without separators.
fn digest(view: &View<'_>, table: &str, order: &str) -> Result<Digest, Fault> {
    let mut rows_digest = Vec::new();
    let mut whole = trust::sm3(table.as_bytes());
    each_row(view.conn, (table, Some(view.county)), order, &mut |row| {
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
    (table, county): (&str, Option<&str>),
    order: &str,
    with: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let only = if county.is_some() { "WHERE county = ?1" } else { "" };
    let mut statement = conn.prepare(&format!("SELECT * FROM {table} {only} ORDER BY {order}"))?;
    let columns = statement.column_count();
    let county = county.map(|county| Value::from(county.to_owned()));
    let mut rows = statement.query(Vec::from_iter(county))?;
    let mut bytes = Vec::new();
    while let Some(row) = rows.next()? {
        bytes.clear();
        for column in 0..columns {
            print_value(&mut bytes, row.value(column)?);
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
