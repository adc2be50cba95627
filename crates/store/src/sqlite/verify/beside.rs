//! What lies beside the journal: rows against their codes, keys that must open, texts and files against their digests.

use crate::contract::Verification;
use crate::db::Connection;
use crate::fault::Fault;
use crate::sql::looks;
use crate::sql::shared::Shared;
use crate::sqlite::{FILES, guard};
use rusqlite::OptionalExtension;

use super::{Stored, note};

pub(super) fn check(
    conn: &Connection,
    shared: &Shared,
    stored: Stored<'_>,
    found: &mut Verification,
) -> Result<(), Fault> {
    guard::register(conn.sqlite(), &shared.ring)?;
    let (tables, wrongs) = guard::wrongs(conn.sqlite(), "stored")?;
    found.beside = tables;
    for (place, what) in wrongs {
        note(found, what.to_owned(), place, None);
    }
    keys(conn, shared, found)?;
    texts(conn, shared, found)?;
    days_of_looks(conn, shared, found)?;
    files(conn, shared, stored, found)
}

/// Each closed day has the looks that it was closed with.
fn days_of_looks(conn: &Connection, shared: &Shared, found: &mut Verification) -> Result<(), Fault> {
    let mut statement = conn.prepare("SELECT day, count, digest FROM stored.looked_day WHERE county = ?1")?;
    let mut rows = statement.query([&shared.county])?;
    while let Some(row) = rows.next()? {
        let (day, count, digest): (String, u64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let now = match day.parse() {
            Ok(day) => looks::digest_of(conn, "stored.reading", &shared.county, day)?,
            Err(_) => (0, String::new()),
        };
        if now != (count, digest) {
            let what = format!(
                "{day} 的查阅记录与当日封存的不符：当日 {count} 条，现有 {} 条 / the looks of that day are not those it was closed with",
                now.0
            );
            note(found, what, format!("table reading, day {day}"), Some(day));
        }
    }
    Ok(())
}

/// Every key that was not destroyed opens under the county's.
fn keys(conn: &Connection, shared: &Shared, found: &mut Verification) -> Result<(), Fault> {
    let mut statement =
        conn.prepare("SELECT id, wrapped, destroyed_at FROM stored.owner_key WHERE county = ?1 ORDER BY id")?;
    let mut rows = statement.query([&shared.county])?;
    while let Some(row) = rows.next()? {
        let (id, wrapped, destroyed): (String, Option<Vec<u8>>, Option<String>) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let whole = match &wrapped {
            Some(wrapped) => destroyed.is_none() && shared.ring.unwraps(&id, wrapped),
            None => destroyed.is_some(),
        };
        if !whole {
            let what = "密钥打不开 / the key does not open";
            note(found, what.to_owned(), format!("table owner_key, row {id}"), None);
        }
    }
    Ok(())
}

/// A version of a regulation is the digest of its text.
fn texts(conn: &Connection, shared: &Shared, found: &mut Verification) -> Result<(), Fault> {
    let mut statement =
        conn.prepare("SELECT regulation, version, text FROM stored.regulation_text WHERE county = ?1")?;
    let mut rows = statement.query([&shared.county])?;
    while let Some(row) = rows.next()? {
        let (regulation, version, text): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if trust::sm3(text.as_bytes()).to_string() != version {
            let what = "法规文本与其版本号不符 / the text does not have the digest that is its version";
            note(found, what.to_owned(), format!("table regulation_text, row {regulation} {version}"), None);
        }
    }
    Ok(())
}

/// Every file is there, and one in the open has the digest that is its name; a sealed one opens.
fn files(conn: &Connection, shared: &Shared, stored: Stored<'_>, found: &mut Verification) -> Result<(), Fault> {
    let opener = crate::ring::Opener { ring: &shared.ring, conn };
    let mut statement = conn.prepare("SELECT path, key, stored FROM stored.file WHERE county = ?1 ORDER BY path")?;
    let mut rows = statement.query([&shared.county])?;
    while let Some(row) = rows.next()? {
        let (path, key, since): (String, Option<String>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        found.files += 1;
        let bytes = content(conn, stored, &path)?;
        let name = path.rsplit('/').next().unwrap_or(&path);
        let whole = match (bytes, &key) {
            (None, _) => false,
            (Some(bytes), None) => trust::sm3(&bytes).to_string() == name,
            (Some(bytes), Some(key)) => opener.open_bytes(key, &bytes).is_ok(),
        };
        if !whole {
            let what = "文件缺失或被改动 / the file is missing or was altered";
            note(found, what.to_owned(), format!("file {path}"), Some(since));
        }
    }
    Ok(())
}

/// What a file holds, if it is there.
fn content(conn: &Connection, stored: Stored<'_>, path: &str) -> Result<Option<Vec<u8>>, Fault> {
    if let Stored::Folder(folder) = stored {
        return Ok(std::fs::read(folder.join(FILES).join(path)).ok());
    }
    let sql = "SELECT content FROM stored.file_content WHERE path = ?1";
    let found: Option<Vec<u8>> = conn.sqlite().query_row(sql, [path], |row| row.get(0)).optional()?;
    Ok(found)
}
