//! A county between databases (县数据迁移): all its rows of one moment, from PostgreSQL into a file in the form of SQLite's backup and back.
//! What lies beside the journal keeps its codes, the log its signatures: proofs hold wherever the county is.

use crate::db::postgres::Address;
use crate::db::{Connection, ToValue, ValueRef, params};
use crate::fault::Fault;
use crate::sql::mark::take_turn;
use crate::sql::place::connect;
use crate::sql::project::reindex;
use crate::sqlite::backup::{CONTENT, COPY_PAGES, whole};
use crate::sqlite::migrations;
use std::path::Path;
use std::time::Duration;

use super::guard::MARK;
use super::in_transaction;

/// Writes a county into a new file. The connection stands in a transaction that sees one moment.
pub(crate) fn to_file(conn: &Connection, county: &str, path: &Path) -> Result<(), Fault> {
    whole(path, || fill(conn, county, &empty(rusqlite::Connection::open(path)?)?))
}

/// The same without a file: gone with the connection.
pub(crate) fn to_nowhere(conn: &Connection, county: &str) -> Result<Connection, Fault> {
    let copy = empty(rusqlite::Connection::open("")?)?;
    fill(conn, county, &copy)?;
    Ok(copy)
}

/// Copies one moment of a county on a server into one new file, in the form of a folder's backup. Needs no key, and nobody waits for it.
///
/// # Errors
/// If the server cannot be reached or has no such county, the file exists already, or something cannot be read or written.
pub fn backup_from_server(address: &Address, county: &str, path: &Path) -> Result<(), Fault> {
    let conn = connect(address, "gongbao backup")?;
    conn.begin_reading()?;
    if !conn.prepare("SELECT 1 FROM county_key WHERE county = ?1")?.exists([county])? {
        let what = format!("数据库中没有 {county} 的数据 / the database holds nothing of {county}");
        return Err(Fault::Server { what });
    }
    to_file(&conn, county, path)
}

/// Reads a backup, of a folder or of a server, into a database on a server that has nothing of its county yet; says which county it is. Needs no key.
///
/// # Errors
/// If the server cannot be reached, the county is there already, or the backup cannot be read; then nothing has changed.
pub fn restore_to_server(address: &Address, backup: &Path) -> Result<String, Fault> {
    let conn = connect(address, "gongbao restore")?;
    super::migrations::migrate(&conn)?;
    from_file(&conn, backup)
}

fn from_file(conn: &Connection, path: &Path) -> Result<String, Fault> {
    let copy = taken(path)?;
    let county: String = copy.sqlite().query_row("SELECT county FROM county_key", [], |row| row.get(0))?;
    in_transaction(conn, || {
        take_turn(conn, &county)?;
        is_new(conn, &county)?;
        for table in tables(&copy)? {
            each(&copy, &table, &county, &mut |values| table.put(conn, values))?;
        }
        let marks = format!("SELECT ?1, '{MARK}' || name, key, code FROM row_code WHERE county = ''");
        let into = "row_code (county, name, key, code) VALUES (?1, ?2, ?3, ?4)";
        put_all(conn, into, copy.sqlite(), &marks, &county)?;
        let into = "file_content (county, path, content) VALUES (?1, ?2, ?3)";
        put_all(conn, into, copy.sqlite(), "SELECT ?1, path, content FROM file_content", &county)?;
        reindex(conn, &county)
    })?;
    Ok(county)
}

/// A database in the form of a backup, empty.
fn empty(mut conn: rusqlite::Connection) -> Result<Connection, Fault> {
    conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
    migrations::migrate(&mut conn)?;
    conn.execute_batch(CONTENT)?;
    Ok(Connection::Sqlite(conn))
}

fn fill(conn: &Connection, county: &str, copy: &Connection) -> Result<(), Fault> {
    in_transaction(copy, || {
        for table in tables(copy)? {
            each(conn, &table, county, &mut |values| table.put(copy, values))?;
        }
        files(conn, copy, county)?;
        let marks =
            "UPDATE row_code SET county = '', name = substr(name, 2) WHERE county = ?1 AND substr(name, 1, 1) = ?2";
        copy.execute(marks, params![county, MARK])?;
        reindex(copy, county)
    })
}

/// A copy of a backup that goes away with the connection, brought up to date.
fn taken(path: &Path) -> Result<Connection, Fault> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let backup = rusqlite::Connection::open_with_flags(path, flags)?;
    let mut copy = rusqlite::Connection::open("")?;
    rusqlite::backup::Backup::new(&backup, &mut copy)?.run_to_completion(COPY_PAGES, Duration::ZERO, None)?;
    migrations::migrate(&mut copy)?;
    Ok(Connection::Sqlite(copy))
}

/// Runs an INSERT with the rows of a query on a backup.
fn put_all(conn: &Connection, into: &str, backup: &rusqlite::Connection, sql: &str, county: &str) -> Result<(), Fault> {
    let mut put = conn.prepare(&format!("INSERT INTO {into}"))?;
    let mut statement = backup.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([county])?;
    while let Some(row) = rows.next()? {
        let values = (0..columns).map(|column| row.get_ref(column).map(ValueRef::from));
        let values: Vec<ValueRef<'_>> = values.collect::<Result<_, _>>()?;
        put.put(bound(&values).as_slice())?;
    }
    Ok(())
}

fn bound<'v>(values: &'v [ValueRef<'v>]) -> Vec<&'v dyn ToValue> {
    values.iter().map(|value| value as &dyn ToValue).collect()
}

fn is_new(conn: &Connection, county: &str) -> Result<(), Fault> {
    let sql = "SELECT 1 FROM county_key WHERE county = ?1 UNION ALL SELECT 1 FROM act WHERE county = ?1";
    if conn.prepare(sql)?.exists([county])? {
        let what = format!("数据库中已有 {county} 的数据 / the database holds {county} already");
        return Err(Fault::Server { what });
    }
    Ok(())
}

/// A table and its columns.
struct Table {
    name: String,
    columns: Vec<String>,
}

/// The tables that both databases have alike, as SQLite has them.
fn tables(copy: &Connection) -> Result<Vec<Table>, Fault> {
    let sql = "SELECT s.name, c.name FROM sqlite_schema AS s JOIN pragma_table_info(s.name) AS c
        WHERE s.type = 'table' AND s.name NOT LIKE 'publication_index%' AND s.name NOT LIKE 'publication_title%'
        AND s.name NOT LIKE 'sqlite%' AND s.name NOT IN ('migration', 'file_content') ORDER BY s.name, c.cid";
    let mut tables: Vec<Table> = Vec::new();
    let mut statement = copy.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (name, column): (String, String) = (row.get(0)?, row.get(1)?);
        match tables.last_mut() {
            Some(last) if last.name == name => last.columns.push(column),
            _ => tables.push(Table { name, columns: vec![column] }),
        }
    }
    Ok(tables)
}

impl Table {
    fn put(&self, conn: &Connection, values: &[ValueRef<'_>]) -> Result<(), Fault> {
        let places: Vec<String> = (1..=self.columns.len()).map(|place| format!("?{place}")).collect();
        let sql = format!("INSERT INTO {} ({}) VALUES ({})", self.name, self.columns.join(", "), places.join(", "));
        Ok(conn.prepare_cached(&sql)?.put(bound(values).as_slice())?)
    }
}

/// Hands each row of a county's table to `with`.
fn each(
    conn: &Connection,
    table: &Table,
    county: &str,
    with: &mut dyn FnMut(&[ValueRef<'_>]) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let columns = table.columns.len();
    let sql = format!("SELECT {} FROM {} WHERE county = ?1", table.columns.join(", "), table.name);
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([county])?;
    while let Some(row) = rows.next()? {
        let values: Vec<ValueRef<'_>> = (0..columns).map(|column| row.value(column)).collect::<Result<_, _>>()?;
        with(&values)?;
    }
    Ok(())
}

/// Files, one at a time: each may be large.
fn files(conn: &Connection, copy: &Connection, county: &str) -> Result<(), Fault> {
    let mut statement = conn.prepare("SELECT path FROM file_content WHERE county = ?1 ORDER BY path")?;
    let paths: Vec<String> = statement.query_map([county], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut read = conn.prepare("SELECT content FROM file_content WHERE county = ?1 AND path = ?2")?;
    let mut put = copy.sqlite().prepare("INSERT INTO file_content (path, content) VALUES (?1, ?2)")?;
    for path in paths {
        let content: Vec<u8> = read.query_row(params![county, path], |row| row.get(0))?;
        put.execute(rusqlite::params![path, content])?;
    }
    Ok(())
}
