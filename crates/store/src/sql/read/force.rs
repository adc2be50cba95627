//! What acts put into force and out of it.

use crate::db::{Connection, params};
use crate::fault::Fault;
use crate::library::Force;
use crate::pages::ForceLine;

use crate::sql::view::{View, read_date};

/// Every change of force in order, as a library takes them.
pub(crate) fn changes(conn: &Connection, county: &str) -> Result<Vec<Force>, Fault> {
    let mut statement =
        conn.prepare("SELECT regulation, since, text FROM regulation_force WHERE county = ?1 ORDER BY seq, n")?;
    let mut rows = statement.query([county])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let (regulation, since): (String, String) = (row.get(0)?, row.get(1)?);
        changes.push(match row.get::<Option<String>>(2)? {
            Some(text) => Force::Enacted(text),
            None => {
                let on = read_date(&since, &format!("force of `{regulation}`"))?;
                Force::Revoked(regulation, on)
            }
        });
    }
    Ok(changes)
}

/// The changes of one regulation, oldest first.
pub(super) fn lines(view: &View<'_>, regulation: &str) -> Result<Vec<ForceLine>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT seq, matter, version, since, text IS NULL FROM regulation_force
         WHERE county = ?1 AND regulation = ?2 ORDER BY seq, n",
    )?;
    let mut rows = statement.query(params![view.county, regulation])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.push(ForceLine {
            seq: row.get(0)?,
            matter: row.get(1)?,
            version: row.get(2)?,
            since: read_date(&row.get::<String>(3)?, &format!("force of `{regulation}`"))?,
            revoked: row.get(4)?,
        });
    }
    Ok(lines)
}
