//! Views of registers that people keep.

use crate::db::{Row, params};
use crate::fault::Fault;
use crate::pages::SavedView;

use crate::sql::view::View;

pub(super) fn put(view: &View<'_>, saved: &SavedView) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO saved_view (county, person, register, name, query) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (county, person, register, name) DO UPDATE SET query = excluded.query",
        )?
        .execute(params![view.county, saved.person, saved.register, saved.name, saved.query])?;
    Ok(())
}

pub(super) fn drop_one(view: &View<'_>, person: &str, register: &str, name: &str) -> Result<(), Fault> {
    view.conn
        .prepare_cached("DELETE FROM saved_view WHERE county = ?1 AND person = ?2 AND register = ?3 AND name = ?4")?
        .execute(params![view.county, person, register, name])?;
    Ok(())
}

/// A person's views of a register, by name.
pub(crate) fn of(view: &View<'_>, person: &str, register: &str) -> Result<Vec<SavedView>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT name, query FROM saved_view WHERE county = ?1 AND person = ?2 AND register = ?3 ORDER BY name",
    )?;
    let saved = |row: Row<'_>| {
        Ok(SavedView {
            person: person.to_owned(),
            register: register.to_owned(),
            name: row.get(0)?,
            query: row.get(1)?,
        })
    };
    let found = statement.query_map(params![view.county, person, register], saved)?;
    Ok(found.collect::<Result<_, _>>()?)
}
