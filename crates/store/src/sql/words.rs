//! The index of words (词语索引), on whichever database: each has its own kind.

use crate::db::{Connection, params};
use crate::fault::Fault;
use crate::postgres::words as postgres;
use crate::search::{Expression, Sought, Texts};
use crate::sqlite::words as sqlite;

/// Makes the index say what a publication has now; `None` = it is not found any more.
pub(crate) fn put(conn: &Connection, county: &str, entry: i64, texts: Option<&Texts>) -> Result<(), Fault> {
    if conn.is_postgres() { postgres::put(conn, county, entry, texts) } else { sqlite::put(conn, entry, texts) }
}

pub(crate) fn empty(conn: &Connection, county: &str) -> Result<(), Fault> {
    if conn.is_postgres() { postgres::empty(conn, county) } else { sqlite::empty(conn) }
}

/// What finds entries, the latest first, in a column `found`: SQL and its value `?2`; `?1` is the county.
pub(crate) fn entries(conn: &Connection, county: &str, sought: Sought<'_>) -> (String, String) {
    if conn.is_postgres() { postgres::entries(county, sought) } else { sqlite::entries(sought) }
}

/// Whether any publication has it.
pub(crate) fn is_known(conn: &Connection, county: &str, expression: &Expression) -> Result<bool, Fault> {
    let sought = Sought { titles: false, expression: Some(expression), filter: &[] };
    let (entries, value) = entries(conn, county, sought);
    Ok(conn.prepare_cached(&format!("{entries} LIMIT 1"))?.exists(params![county, value])?)
}
