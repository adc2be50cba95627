//! Opening a store: the database brought up to date, the county's key proved, what acts have made of the county and its regulations laid over
//! what the store was told.

use crate::chance::Chance;
use crate::db::postgres::Address;
use crate::db::{Connection, OptionalExtension, params};
use crate::fault::Fault;
use crate::library::Library;
use crate::postgres;
use crate::ring::{COUNTY_KEY_BYTES, Ring};
use crate::sqlite::{self, DATABASE, guard};
use std::path::Path;
use std::sync::Arc;

use super::fold::Cache;
use super::mark::{self, Mark};
use super::place::{Place, connect};
use super::shared::Shared;
use super::{Server, read, rotate};

/// What a store needs: what is shared, and the writer's connection.
pub(crate) type Opened = (Arc<Shared>, Connection);

/// Opens a data folder.
pub(crate) fn folder(data: &Path, county_key: [u8; COUNTY_KEY_BYTES], told: Arc<Library>) -> Result<Opened, Fault> {
    let county = told.county.code.clone();
    let mut ring = Ring::new(&county, county_key);
    let conn = sqlite::open_writing(&data.join(DATABASE))?;
    sqlite::is_of(&conn, &county)?;
    rotate::take_up(&conn, &county, &mut ring)?;
    guard::register(conn.sqlite(), &ring)?;
    prove_key(&conn, &county, &ring)?;
    guard::install(conn.sqlite(), &ring)?;
    let library = in_force(&conn, &county, &told)?;
    keep_texts(&conn, &county, &library)?;
    Ok((shared(county, Place::Folder(data.to_owned()), ring, told, (Mark::default(), library)), conn))
}

/// Enters a database on a server.
pub(crate) fn server(Server { address, county_key, library: told }: Server) -> Result<Opened, Fault> {
    let county = told.county.code.clone();
    let mut ring = Ring::new(&county, county_key);
    let conn = writer(&address)?;
    postgres::migrations::migrate(&conn)?;
    in_turn(&conn, &county, || {
        mark::begin(&conn, &county)?;
        rotate::take_up(&conn, &county, &mut ring)?;
        prove_key(&conn, &county, &ring)?;
        postgres::guard::seal(&conn, &ring, &county)
    })?;
    postgres::guard::install(&conn, &ring, &county)?;
    let (mark, library) = in_turn(&conn, &county, || {
        let mark = mark::read_alone(&conn, &county)?;
        let library = in_force(&conn, &county, &told)?;
        keep_texts(&conn, &county, &library)?;
        postgres::guard::seal(&conn, &ring, &county)?;
        Ok((mark, library))
    })?;
    Ok((shared(county, Place::Server(address), ring, told, (mark, library)), conn))
}

/// Whether a county has begun in a database on a server: then it has a key, and no other may be made for it.
///
/// # Errors
/// If the server cannot be reached or does not let anybody in.
pub fn is_begun(address: &Address, county: &str) -> Result<bool, Fault> {
    let conn = connect(address, "gongbao")?;
    let is_there = conn.query_row("SELECT to_regclass('county_key') IS NOT NULL", [], |row| row.get(0))?;
    let sql = "SELECT EXISTS (SELECT 1 FROM county_key WHERE county = ?1)";
    if is_there { Ok(conn.query_row(sql, [county], |row| row.get(0))?) } else { Ok(false) }
}

/// Does something in a transaction, while no other node writes anything of the county.
fn in_turn<T>(conn: &Connection, county: &str, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    postgres::in_transaction(conn, || {
        mark::take_turn(conn, county)?;
        work()
    })
}

/// The writer's session on a server.
pub(crate) fn writer(address: &Address) -> Result<Connection, Fault> {
    let conn = connect(address, "gongbao writer")?;
    let encoding: String = conn.query_row("SHOW server_encoding", [], |row| row.get(0))?;
    if encoding != "UTF8" {
        return Err(Fault::Server {
            what: format!("编码是 {encoding}，须为 UTF8 / its encoding is {encoding} and must be UTF8"),
        });
    }
    // A node that stalls with the county's turn in its hand would stop all others.
    conn.execute_batch("SET idle_in_transaction_session_timeout = '60s'")?;
    postgres::guard::prepare(&conn)?;
    Ok(conn)
}

fn shared(
    county: String,
    place: Place,
    ring: Ring,
    told: Arc<Library>,
    (mark, library): (Mark, Library),
) -> Arc<Shared> {
    Arc::new(Shared::new(county, place, ring, Cache::new(), told, (mark, Arc::new(library))))
}

/// Checks the county key against the one the database was made with, or notes it in a new one.
fn prove_key(conn: &Connection, county: &str, ring: &Ring) -> Result<(), Fault> {
    let proof: Option<Vec<u8>> =
        conn.query_row("SELECT proof FROM county_key WHERE county = ?1", [county], |row| row.get(0)).optional()?;
    match proof {
        Some(proof) => ring.check_proof(&proof),
        None => {
            let proof = ring.proof(&mut Chance::new())?;
            conn.execute("INSERT INTO county_key (county, proof) VALUES (?1, ?2)", params![county, proof])?;
            Ok(())
        }
    }
}

/// What is in force, and the county as it stands: what the store was told, and what acts have made of it.
pub(crate) fn in_force(conn: &Connection, county: &str, library: &Library) -> Result<Library, Fault> {
    let changes = read::force_changes(conn, county)?;
    library.with_county(&read::county_changes(conn, county)?).with_force(&changes).map_err(|lost| {
        let what =
            "与现有规定文件一起检查有错误，不能运行 / it has errors together with the files of the other regulations";
        Fault::unreadable(format!("regulation_force `{}`", lost.join("`, `")), what)
    })
}

/// Keeps the text of every regulation: matters stay on the version they began under, however long that is.
pub(crate) fn keep_texts(conn: &Connection, county: &str, library: &Library) -> Result<(), Fault> {
    let mut insert = conn.prepare(
        "INSERT INTO regulation_text (county, regulation, version, file, text) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?;
    for regulation in library.rulebook.regulations.values() {
        insert.put(params![county, regulation.id, regulation.version, regulation.file, &*regulation.source])?;
    }
    Ok(())
}
