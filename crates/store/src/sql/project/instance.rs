//! Instances of duties: one row each, with the day from which on the next one may begin.

use crate::db::params;
use crate::due_key::due_key;
use crate::fault::Fault;
use engine::duty::next_on;

use crate::sql::change::Touched;
use crate::sql::view::View;

pub(super) fn project(view: &View<'_>, touched: &Touched) -> Result<(), Fault> {
    let matter = &touched.after.matter;
    let Some(instance) = &matter.instance else {
        return Ok(());
    };
    let next = next_on(matter).map(|day| day.to_string());
    if let Some(before) = &touched.before {
        if next_on(&before.matter) != next_on(matter) {
            view.conn
                .prepare_cached(
                    "UPDATE instance SET next = ?5 WHERE county = ?1 AND duty = ?2 AND unit = ?3 AND matter = ?4",
                )?
                .put(params![view.county, instance.duty, instance.unit, matter.id, next])?;
        }
        return Ok(());
    }
    view.conn
        .prepare_cached(
            "INSERT INTO instance (county, duty, unit, opened, matter, from_day, to_day, name, next)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .put(params![
            view.county,
            instance.duty,
            instance.unit,
            touched.after.seq,
            matter.id,
            instance.from.to_string(),
            instance.until().map(due_key),
            instance.name,
            next,
        ])?;
    Ok(())
}
