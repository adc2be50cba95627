//! Backup and restore (备份、恢复): one file with everything but the county key.
//!
//! A backup taken before an erasure still holds the wrapped keys of that time: it must be destroyed or its age limited,
//! as the operations guide says.

use crate::fault::Fault;
use rusqlite::{Connection, params};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use super::{DATABASE, FILES, open_reading};

/// The table of a backup that holds the files.
pub(crate) const CONTENT: &str = "CREATE TABLE file_content (path TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT";

/// Pages copied at a time from one database into another.
pub(crate) const COPY_PAGES: i32 = 1_000;

/// Copies one moment of a data folder into one new file: the database and every file that it knows. Needs no key, and may be done beside
/// whoever serves from the folder: it reads like any reader, and nobody waits for it.
///
/// # Errors
/// If the folder holds no store, the file exists already, or something cannot be read or written.
pub fn backup(data: &Path, path: &Path) -> Result<(), Fault> {
    let text = path.to_str().ok_or_else(|| Fault::File {
        path: path.display().to_string(),
        what: "文件名不是 UTF-8 / the name is not UTF-8".to_owned(),
    })?;
    // Outside a transaction: the copy takes its own moment.
    let conn = open_reading(&data.join(DATABASE))?;
    whole(path, || copy(conn.sqlite(), data, text))
}

/// Makes a new file and has it filled; if that fails it is gone again.
pub(crate) fn whole(path: &Path, fill: impl FnOnce() -> Result<(), Fault>) -> Result<(), Fault> {
    make(path)?;
    if let Err(fault) = fill() {
        // What is half would stand in the way of the next try.
        _ = fs::remove_file(path);
        return Err(fault);
    }
    flush(path)
}

/// An empty file, for its owner only: it will hold all of the county.
fn make(path: &Path) -> Result<(), Fault> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Fault::File {
            path: path.display().to_string(),
            what: "文件已存在，请换一个名称 / the file exists already; choose another name".to_owned(),
        }),
        Err(error) => Err(Fault::file(path, &error)),
    }
}

fn copy(conn: &Connection, data: &Path, path: &str) -> Result<(), Fault> {
    conn.execute_batch("PRAGMA query_only = OFF")?;
    conn.execute("VACUUM INTO ?1", [path])?;
    let copy = Connection::open(path)?;
    copy.execute_batch(CONTENT)?;
    copy.execute_batch("BEGIN IMMEDIATE")?;
    let mut statement = copy.prepare("SELECT path FROM file ORDER BY county, path")?;
    let paths: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for name in paths {
        let file = data.join(FILES).join(&name);
        let content = fs::read(&file).map_err(|error| Fault::file(&file, &error))?;
        copy.execute("INSERT INTO file_content (path, content) VALUES (?1, ?2)", params![name, content])?;
    }
    drop(statement);
    copy.execute_batch("COMMIT")?;
    Ok(())
}

/// Whose data a backup holds: the county's code.
///
/// # Errors
/// If it cannot be read, or is no backup.
pub fn county_of_backup(backup: &Path) -> Result<String, Fault> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(backup, flags)?;
    Ok(conn.query_row("SELECT county FROM county_key", [], |row| row.get(0))?)
}

/// Makes a data folder from a backup. The folder must not hold a store yet.
///
/// # Errors
/// If the folder holds a database already, or something cannot be read or written.
pub fn restore(backup: &Path, data: &Path) -> Result<(), Fault> {
    let database = data.join(DATABASE);
    if database.exists() {
        return Err(Fault::File {
            path: database.display().to_string(),
            what: "目标目录已有数据，请恢复到空目录 / the folder holds data already; restore into an empty one"
                .to_owned(),
        });
    }
    let files = data.join(FILES);
    fs::create_dir_all(&files).map_err(|error| Fault::file(&files, &error))?;
    let half = data.join("restoring.db");
    fs::copy(backup, &half).map_err(|error| Fault::file(backup, &error))?;
    let conn = Connection::open(&half)?;
    let mut statement = conn.prepare("SELECT path, content FROM file_content ORDER BY path")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let path: String = row.get(0)?;
        let content: Vec<u8> = row.get(1)?;
        crate::sql::aside::keep_file(&files, &path, &content)?;
    }
    drop(rows);
    drop(statement);
    conn.execute_batch("DROP TABLE file_content; VACUUM")?;
    drop(conn);
    flush(&half)?;
    fs::rename(&half, &database).map_err(|error| Fault::file(&database, &error))?;
    flush(data)
}

fn flush(path: &Path) -> Result<(), Fault> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| Fault::file(path, &error))
}
