//! Verification (核验): what is stored against what it must be. Says what is wrong, where and since when; repairs nothing.

mod beside;
mod log;

use crate::contract::{KnownLog, Progress, Verification, Wrong};
use crate::db::{Connection, Row};
use crate::fault::Fault;
use crate::record::v1::Payload;
use crate::record::{self, canonical};
use rusqlite::OptionalExtension;
use rusqlite::backup::Backup;
use std::path::Path;
use std::time::Duration;
use trust::{commit, leaf};

use super::backup::COPY_PAGES;
use super::{DATABASE, migrations};
use crate::sql::fold::Cache;
use crate::sql::journal::{self, STORED};
use crate::sql::project::TABLES;
use crate::sql::rebuild::{each_row, replay};
use crate::sql::shared::Shared;
use crate::sql::view::View;

/// Faults told in full; beyond it only their number.
const WRONGS_MAX: usize = 200;

/// What is verified.
#[derive(Clone, Copy)]
pub(crate) enum Stored<'a> {
    /// A data folder.
    Folder(&'a Path),
    /// A database in the form of a backup, with the files in it.
    Copy(&'a Connection),
}

pub(crate) fn verify(
    stored: Stored<'_>,
    shared: &Shared,
    known: &KnownLog,
    progress: Progress<'_>,
) -> Result<Verification, Fault> {
    let conn = beside_each_other(stored)?;
    conn.execute_batch("BEGIN")?;
    let mut found = Verification::default();
    journal(&conn, shared, &mut found)?;
    // What the journal does not say any more cannot be projected.
    let whole = found.wrongs.is_empty();
    let logged = log::check(&conn, &shared.county, known, &mut found);
    told(logged, &mut found)?;
    beside::check(&conn, shared, stored, &mut found)?;
    if whole {
        let projected = projections(&conn, shared, &mut found, progress);
        told(projected, &mut found)?;
    }
    Ok(found)
}

/// One connection that sees both: the journal and projections as stored, and the projections rebuilt in a temporary database that goes to
/// disk where it does not fit into memory, and goes away with the connection.
fn beside_each_other(stored: Stored<'_>) -> Result<Connection, Fault> {
    let mut conn = rusqlite::Connection::open("")?;
    conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
    migrations::migrate(&mut conn)?;
    conn.execute_batch(
        "DROP TABLE act; DROP TABLE owner_key; DROP TABLE log_checkpoint; DROP TABLE log_tile; DROP TABLE log_bundle;",
    )?;
    match stored {
        Stored::Folder(folder) => {
            conn.execute("ATTACH ?1 AS stored", [format!("file:{}?mode=ro", uri_path(&folder.join(DATABASE)))])?;
        }
        Stored::Copy(copy) => {
            conn.execute_batch("ATTACH '' AS stored")?;
            Backup::new_with_names(copy.sqlite(), "main", &mut conn, "stored")?.run_to_completion(
                COPY_PAGES,
                Duration::ZERO,
                None,
            )?;
        }
    }
    Ok(Connection::Sqlite(conn))
}

/// What cannot be read any more is one more thing that is wrong, and no reason to leave the rest unsaid.
fn told(checked: Result<(), Fault>, found: &mut Verification) -> Result<(), Fault> {
    match checked {
        Err(Fault::Unreadable { place, what }) => {
            note(found, what, place, None);
            Ok(())
        }
        other => other,
    }
}

fn uri_path(database: &Path) -> String {
    let path = database.display().to_string();
    path.replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

/// Every row: number, canonical form, leaf, and columns that say what the payload says.
fn journal(conn: &Connection, shared: &Shared, found: &mut Verification) -> Result<(), Fault> {
    let sql = format!(
        "SELECT {STORED}, act.at, act.name, act.subject, act.matter, act.on_day, act.person, act.clauses, act.kind,
         act.regulation, act.version, act.post FROM act WHERE county = ?1 ORDER BY seq"
    );
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query([&shared.county])?;
    while let Some(row) = rows.next()? {
        let at: String = row.get(5)?;
        let seq: u64 = row.get(0)?;
        found.acts += 1;
        if seq != found.acts {
            let what = format!(
                "日志缺号：应为 {}，实为 {seq} / the journal has a gap: expected act {}, found {seq}",
                found.acts, found.acts
            );
            note(found, what, format!("act {}", found.acts), Some(at.clone()));
            found.acts = seq;
        }
        for what in act_wrongs(conn, row, &shared.county)? {
            note(found, what, format!("act {seq}"), Some(at.clone()));
        }
        found.leaves += 1;
    }
    Ok(())
}

fn act_wrongs(conn: &Connection, row: Row<'_>, county: &str) -> Result<Vec<String>, Fault> {
    let mut wrongs = Vec::new();
    let (format, stored) = journal::stored(row)?;
    if leaf(&commit(&stored.salt, stored.payload.as_bytes())) != stored.leaf {
        wrongs.push(
            "叶摘要与内容不符，内容、盐或摘要被改动 / the leaf does not fit: payload, salt or leaf was altered"
                .to_owned(),
        );
    }
    let payload = match record::read(format, &stored.payload, &format!("act {}", stored.seq)) {
        Ok(payload) => payload,
        Err(fault) => {
            wrongs.push(fault.to_string());
            return Ok(wrongs);
        }
    };
    if !canonical::is_canonical(&stored.payload) || record::write(&payload) != stored.payload {
        wrongs.push("内容不是规范形式 / the payload is not in canonical form".to_owned());
    }
    let head = &payload.act;
    let (person, post) = match &head.actor {
        record::v1::Actor::Clock => (None, None),
        record::v1::Actor::Person { person, post } => (Some(person.clone()), post.clone()),
    };
    let same = format == payload.format
        && head.seq == stored.seq
        && head.county == county
        && row.get::<String>(5)? == head.at.to_string()
        && row.get::<String>(6)? == head.name
        && row.get::<String>(7)? == head.subject
        && row.get::<Option<String>>(8)? == head.matter
        && row.get::<String>(9)? == head.on.to_string()
        && row.get::<Option<String>>(10)? == person
        && row.get::<String>(11)? == head.clauses.join(" ")
        && row.get::<String>(12)? == head.kind
        && row.get::<Option<String>>(13)? == head.regulation
        && row.get::<Option<String>>(14)? == head.version
        && row.get::<Option<String>>(15)? == post;
    if !same {
        wrongs.push("列与内容不一致 / the columns do not say what the payload says".to_owned());
    }
    for key in returned(conn, &payload, county)? {
        wrongs.push(format!(
            "已经销毁的密钥“{key}”又回来了 / the destroyed key `{key}` is back: what was erased can be read"
        ));
    }
    Ok(wrongs)
}

/// Keys that the act destroyed and that are there all the same, from a backup say.
fn returned(conn: &Connection, payload: &Payload, county: &str) -> Result<Vec<String>, Fault> {
    let destroyed = payload.events.iter().filter_map(|event| match event {
        record::v1::Event::Forgotten { keys, .. } => Some(keys),
        _ => None,
    });
    let mut back = Vec::new();
    for key in destroyed.flatten() {
        let sql =
            "SELECT EXISTS (SELECT 1 FROM stored.owner_key WHERE county = ?1 AND id = ?2 AND wrapped IS NOT NULL)";
        if conn.prepare_cached(sql)?.query_row([county, key], |row| row.get(0))? {
            back.push(key.clone());
        }
    }
    Ok(back)
}

fn projections(
    conn: &Connection,
    shared: &Shared,
    found: &mut Verification,
    progress: Progress<'_>,
) -> Result<(), Fault> {
    let cache = Cache::new();
    let view = View::new(conn, &shared.county, shared.library(), &shared.ring, &cache);
    replay(&view, progress)?;
    for (table, order) in TABLES {
        found.projections += 1;
        if let Some((row, since)) = first_difference(conn, table, order)? {
            let what = "投影与日志重建的结果不同，可用 rebuild 重建 / differs from what the journal gives; `rebuild` makes it anew";
            note(found, what.to_owned(), format!("table {table}, row {row}"), since);
        }
    }
    Ok(())
}

/// The place of the first row that differs, counted from 1, and since when, where the row names its act.
fn first_difference(conn: &Connection, table: &str, order: &str) -> Result<Option<(u64, Option<String>)>, Fault> {
    let mut rebuilt = Vec::new();
    each_row(conn, (&format!("main.{table}"), None), order, &mut |row| {
        rebuilt.push(trust::sm3(row));
        Ok(())
    })?;
    let mut place = 0;
    let mut differs = None;
    each_row(conn, (&format!("stored.{table}"), None), order, &mut |row| {
        let same = rebuilt.get(place) == Some(&trust::sm3(row));
        place += 1;
        if !same && differs.is_none() {
            differs = Some(place as u64);
        }
        Ok(())
    })?;
    if differs.is_none() && rebuilt.len() > place {
        differs = Some(place as u64 + 1);
    }
    match differs {
        None => Ok(None),
        Some(row) => Ok(Some((row, since(conn.sqlite(), table, order, row)?))),
    }
}

/// When the act was recorded that a stored row names as its source.
fn since(conn: &rusqlite::Connection, table: &str, order: &str, row: u64) -> Result<Option<String>, Fault> {
    let mut statement = conn.prepare(&format!("SELECT * FROM stored.{table} LIMIT 0"))?;
    let has_seq = statement.column_names().any(|name| name == "seq");
    if !has_seq {
        return Ok(None);
    }
    statement = conn.prepare(&format!(
        "SELECT act.at FROM (SELECT county, seq FROM stored.{table} ORDER BY {order} LIMIT 1 OFFSET ?1) AS hit
         JOIN act USING (county, seq)"
    ))?;
    Ok(statement.query_row([row - 1], |row| row.get(0)).optional()?)
}

fn note(found: &mut Verification, what: String, where_: String, since: Option<String>) {
    if found.wrongs.len() < WRONGS_MAX {
        found.wrongs.push(Wrong { what, where_, since });
    }
}
