//! What acts changed in posts and their holders.

use crate::db::{Connection, Row, params};
use crate::fault::Fault;
use crate::pages::CountyLine;
use crate::record::{self, v1};
use engine::county::Change;

use crate::sql::view::{View, read_date};

/// Every change in order, as a county takes them.
pub(crate) fn changes(conn: &Connection, county: &str) -> Result<Vec<Change>, Fault> {
    let mut statement = conn.prepare("SELECT record FROM county_change WHERE county = ?1 ORDER BY seq, n")?;
    let mut rows = statement.query([county])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        changes.push(read(row, 0)?);
    }
    Ok(changes)
}

fn read(row: Row<'_>, column: usize) -> Result<Change, Fault> {
    let text = row.text(column)?;
    let change: v1::Change =
        serde_json::from_str(text).map_err(|error| Fault::unreadable("a change of the county", error))?;
    Ok((&change).into())
}

/// The changes of one post, oldest first, each with the act that made it.
pub(super) fn lines(view: &View<'_>, post: &str) -> Result<Vec<CountyLine>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT county_change.seq, county_change.matter, county_change.on_day, record, act.format, act.payload
             FROM county_change JOIN act USING (county, seq) WHERE county = ?1 ORDER BY county_change.seq, n",
    )?;
    let mut rows = statement.query(params![view.county])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let change = read(row, 3)?;
        if change.post() == Some(post) {
            let on = read_date(&row.get::<String>(2)?, "a change of the county")?;
            let seq: u64 = row.get(0)?;
            let text = row.text(5)?;
            let head = record::read(row.get(4)?, text, &format!("act {seq}"))?.act;
            lines.push(CountyLine { seq, matter: row.get(1)?, on, act: head.name, clauses: head.clauses, change });
        }
    }
    Ok(lines)
}
