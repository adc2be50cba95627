//! Sheets sent in and not imported yet, each sealed as a whole with the key of whoever sent it.

use crate::aside::PendingImport;
use crate::chance::Chance;
use crate::db::{OptionalExtension, params};
use crate::fault::Fault;
use crate::ring::Sealer;
use jiff::civil::DateTime;

use crate::sql::view::View;

/// Keeps a sheet in place of an earlier one of the same person for the same register; what came before `stale` goes.
pub(super) fn put(view: &View<'_>, chance: &mut Chance, import: &PendingImport, stale: DateTime) -> Result<(), Fault> {
    let (key, sealed) = Sealer::new(view.ring, view.conn, chance).seal_bytes(&import.person, &import.bytes)?;
    view.conn
        .prepare_cached(
            "DELETE FROM pending_import WHERE county = ?1 AND (at < ?2 OR (person = ?3 AND register = ?4))",
        )?
        .execute(params![view.county, stale.to_string(), import.person, import.register])?;
    view.conn
        .prepare_cached(
            "INSERT INTO pending_import (county, id, person, register, file, place, at, key, sheet)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            view.county,
            import.id,
            import.person,
            import.register,
            import.file,
            import.place,
            import.at.to_string(),
            key,
            sealed,
        ])?;
    Ok(())
}

pub(super) fn drop_one(view: &View<'_>, id: &str) -> Result<(), Fault> {
    view.conn
        .prepare_cached("DELETE FROM pending_import WHERE county = ?1 AND id = ?2")?
        .execute(params![view.county, id])?;
    Ok(())
}

/// The sheet of an import; `None` if there is none, or its sender's key was destroyed.
pub(crate) fn of(view: &View<'_>, id: &str) -> Result<Option<PendingImport>, Fault> {
    let found = view
        .conn
        .prepare_cached(
            "SELECT person, register, file, place, at, key, sheet FROM pending_import WHERE county = ?1 AND id = ?2",
        )?
        .query_row(params![view.county, id], |row| {
            let place: (String, String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok((place, row.get::<String>(4)?, row.get::<String>(5)?, row.get::<Vec<u8>>(6)?))
        })
        .optional()?;
    let Some(((person, register, file, place), at, key, sealed)) = found else { return Ok(None) };
    let Some(bytes) = view.opener().open_bytes(&key, &sealed)? else { return Ok(None) };
    let at = at.parse().map_err(|error: jiff::Error| Fault::unreadable(format!("import `{id}`"), error))?;
    Ok(Some(PendingImport { id: id.to_owned(), person, register, file, place, at, bytes }))
}
