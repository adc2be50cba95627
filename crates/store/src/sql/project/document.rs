//! Documents, notices and the numbers of series.

use crate::db::params;
use crate::fault::Fault;
use crate::record::v1::Document;
use crate::record::write;
use jiff::civil::Date;
use trust::{Sm3, TreeHash, verification_code};

use crate::sql::change::Change;
use crate::sql::view::View;

/// A document was issued. Its code stands for its canonical bytes as journaled, salted so that nobody can guess them.
pub(super) fn issue(
    view: &View<'_>,
    change: &Change<'_>,
    n: usize,
    matter: &str,
    document: &Document,
) -> Result<(), Fault> {
    // The act's own salt is handed out with the act to whoever checks a leaf; the code must not be computable from it alone.
    let salt = Sm3::hash(&[b"gongbao document 1\0", change.salt, document.id.as_bytes()]);
    let code = verification_code(write(document).as_bytes(), salt.as_bytes());
    let display = document.display.as_ref();
    view.conn
        .prepare_cached(
            "INSERT INTO document (county, id, matter, name, number, code, on_day, display_from, display_to, voided, seq, n)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .put(params![
            view.county,
            document.id,
            matter,
            document.name,
            document.number,
            code,
            document.on.to_string(),
            display.map(|display| display.from.to_string()),
            display.map(|display| display.last_day.to_string()),
            document.voided.map(|on| on.to_string()),
            change.payload.act.seq,
            n,
        ])?;
    Ok(())
}

/// The latest issue of a document lost its force.
pub(super) fn void(view: &View<'_>, matter: &str, name: &str, on: Date) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "UPDATE document SET voided = ?4 WHERE county = ?1 AND id = (SELECT id FROM document
             WHERE county = ?1 AND matter = ?2 AND name = ?3 ORDER BY seq DESC, n DESC LIMIT 1)",
        )?
        .put(params![view.county, matter, name, on.to_string()])?;
    Ok(())
}

/// A number was used.
pub(super) fn number(view: &View<'_>, series: &str, number: u64) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO number (county, series, last) VALUES (?1, ?2, ?3)
             ON CONFLICT (county, series) DO UPDATE SET last = excluded.last",
        )?
        .put(params![view.county, series, number])?;
    Ok(())
}
