//! What is SQLite's own (内嵌数据库): one file, opened, brought up to date, guarded, verified and copied. What it says of the county is said in
//! [`crate::sql`].

pub(crate) mod backup;
pub(crate) mod guard;
pub(crate) mod migrations;
pub(crate) mod verify;
pub(crate) mod words;

pub use backup::{backup, county_of_backup, restore};

use crate::db;
use crate::fault::Fault;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

/// Name of the database in the data folder.
pub const DATABASE: &str = "county.db";
/// Name of the folder of files in the data folder.
pub const FILES: &str = "files";

const STATEMENTS_CACHED: usize = 128;

/// Holds a data folder for this process: a second writer would give the same numbers twice.
pub(crate) fn lock(path: &Path) -> Result<File, Fault> {
    let file = File::create(path).map_err(|error| Fault::file(path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Fault::File {
            path: path.display().to_string(),
            what: "数据目录已被另一进程打开 / another process has the data folder open".to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(Fault::file(path, &error)),
    }
}

fn prepare_connection(conn: &Connection) -> Result<(), Fault> {
    conn.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    conn.busy_timeout(Duration::from_secs(10))?;
    // Plans must not depend on the values bound: SQLite would parse statements on tables with partial indexes anew for
    // each value, which costs an eighth of an act.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Opens the database to write, brought up to date, or makes one.
pub(crate) fn open_writing(database: &Path) -> Result<db::Connection, Fault> {
    let mut conn = Connection::open(database)?;
    prepare_connection(&conn)?;
    // FULL flushes the log at every commit. The writer checkpoints itself, after it has answered. Deleted content is
    // overwritten where the page is written anyway, so that a destroyed key does not linger.
    conn.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 0;
         PRAGMA secure_delete = FAST;
         PRAGMA cache_size = -32768;
         PRAGMA temp_store = MEMORY;",
    )?;
    migrations::migrate(&mut conn)?;
    Ok(db::Connection::Sqlite(conn))
}

/// A folder holds one county: looks whether there is another in it.
pub(crate) fn is_of(conn: &db::Connection, county: &str) -> Result<(), Fault> {
    let mut statement = conn.sqlite().prepare("SELECT county FROM county_key WHERE county <> ?1")?;
    let mut rows = statement.query([county])?;
    match rows.next()? {
        Some(row) => Err(Fault::OtherCounty { held: row.get(0)?, told: county.to_owned() }),
        None => Ok(()),
    }
}

/// Opens the database to read.
pub(crate) fn open_reading(database: &Path) -> Result<db::Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(database, flags)?;
    prepare_connection(&conn)?;
    conn.execute_batch(
        "PRAGMA query_only = ON; PRAGMA cache_size = -4096; PRAGMA mmap_size = 2147418112; PRAGMA temp_store = MEMORY;",
    )?;
    Ok(db::Connection::Sqlite(conn))
}

/// Takes the write-ahead log into the database.
pub(crate) fn checkpoint(conn: &db::Connection, mode: &str) {
    let done = conn.sqlite().query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()));
    if let Err(error) = done {
        // Nothing is lost: the log keeps growing until a later one succeeds.
        tracing::warn!(%error, mode, "checkpoint failed");
    }
}
