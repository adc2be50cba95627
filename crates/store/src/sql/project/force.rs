//! The force of regulations: one row for each change, from which a store that opens knows what is in force.

use crate::db::params;
use crate::fault::Fault;
use crate::record::v1::Event;

use crate::sql::view::View;

pub(super) fn project(view: &View<'_>, seq: u64, n: usize, event: &Event) -> Result<(), Fault> {
    let (matter, on, regulation, version, text) = match event {
        Event::Enacted { matter, on, regulation, text, version } => (matter, on, regulation, version, Some(text)),
        Event::Revoked { matter, on, regulation, version } => (matter, on, regulation, version, None),
        _ => return Ok(()),
    };
    view.conn
        .prepare_cached(
            "INSERT INTO regulation_force (county, seq, n, matter, regulation, version, since, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .put(params![view.county, seq, n as u64, matter, regulation, version, on.to_string(), text])?;
    Ok(())
}
