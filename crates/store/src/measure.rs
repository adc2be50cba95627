//! What the database can do on this machine (测速): to-do lists of a size nobody has by hand, and bare commits to compare with.

use crate::StoreExt;
use crate::fault::Fault;
use crate::library::Library;
use crate::pages::{Cut, TodoQuery};
use crate::ring::COUNTY_KEY_BYTES;
use crate::sql::{Settings, Sqlite, desk_key};
use crate::sqlite::DATABASE;
use engine::event::Desk;
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Desks among which the open matters are spread.
const DESKS: u32 = 9;
const PAGE: usize = 50;
const REPEATS: usize = 200;
const GROUP: u32 = 64;

/// Median milliseconds to read the first page of one officer's to-do list among so many open matters.
///
/// # Errors
/// If the folder cannot be used.
pub fn todo_page(folder: &Path, matters: u32, library: &Arc<Library>) -> Result<f64, Fault> {
    let settings =
        || Settings { data: folder.to_owned(), county_key: [7; COUNTY_KEY_BYTES], library: Arc::clone(library) };
    drop(Sqlite::open(settings())?);
    fill_todo(&folder.join(DATABASE), &library.county.code, matters)?;
    let store = Sqlite::open(settings())?;
    let query = TodoQuery { desks: vec![desk(4)], ..TodoQuery::default() };
    let mut times = Vec::with_capacity(REPEATS);
    for _ in 0..REPEATS {
        let began = Instant::now();
        let page = store.read(|snapshot| snapshot.todo(&query, &Cut::first(PAGE)))?;
        times.push(milliseconds(began.elapsed()));
        assert_eq!(page.lines.len(), PAGE, "the list is long enough for a page");
    }
    times.sort_by(f64::total_cmp);
    Ok(times[REPEATS / 2])
}

fn desk(number: u32) -> Desk {
    Desk::Office { level: "township".into(), desk: format!("desk-{number}"), place: "990001001".into() }
}

fn fill_todo(database: &Path, county: &str, matters: u32) -> Result<(), Fault> {
    let mut conn = Connection::open(database)?;
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")?;
    let transaction = conn.transaction()?;
    {
        let mut insert = transaction.prepare(
            "INSERT INTO todo (county, desk, due, matter, place, procedure, step, number, title, entered_on)
             VALUES (?1, ?2, ?3, ?4, '990001001', 'measured', 'review', ?5, NULL, '2022-03-01')",
        )?;
        for number in 0..matters {
            let key = desk_key(&desk(number % DESKS));
            let due = format!("2022-{:02}-{:02}", 1 + number % 12, 1 + number / 12 % 28);
            insert.execute(params![county, key, due, format!("{number:032x}"), format!("990001-2022-{number:07}")])?;
        }
    }
    transaction.commit()?;
    conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}

/// Commits a second of one row each, and rows a second in commits of sixty-four, both flushed to disk.
///
/// # Errors
/// If the folder cannot be used.
pub fn commits(folder: &Path) -> Result<(f64, f64), Fault> {
    std::fs::create_dir_all(folder).map_err(|error| Fault::file(folder, &error))?;
    let mut conn = Connection::open(folder.join(DATABASE))?;
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE line (id INTEGER PRIMARY KEY, text TEXT);",
    )?;
    Ok((rows_a_second(&mut conn, 1)?, rows_a_second(&mut conn, GROUP)?))
}

fn rows_a_second(conn: &mut Connection, group: u32) -> Result<f64, Fault> {
    let text = "x".repeat(1_000);
    let began = Instant::now();
    let mut rows = 0;
    while began.elapsed() < Duration::from_secs(1) {
        let transaction = conn.transaction()?;
        for _ in 0..group {
            transaction.execute("INSERT INTO line (text) VALUES (?1)", [&text])?;
        }
        transaction.commit()?;
        rows += group;
    }
    Ok(f64::from(rows) / began.elapsed().as_secs_f64())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
