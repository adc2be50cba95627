//! Instances of duties.

use crate::fault::Fault;
use crate::pages::InstanceLine;
use rusqlite::params;

use crate::sqlite::view::{View, read_date};

/// Those of one unit, the newest first.
pub(super) fn of(view: &View<'_>, duty: &str, unit: &str, limit: usize) -> Result<Vec<InstanceLine>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT instance.matter, from_day, to_day, name, step, ended, ended_on, due
         FROM instance JOIN matter ON matter.county = instance.county AND matter.id = instance.matter
         WHERE instance.county = ?1 AND duty = ?2 AND unit = ?3 ORDER BY instance.opened DESC LIMIT ?4",
    )?;
    let mut rows = statement.query(params![view.county, duty, unit, limit])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let matter: String = row.get(0)?;
        let place = format!("instance `{matter}`");
        let day = |column: usize| -> Result<Option<_>, Fault> {
            row.get::<_, Option<String>>(column)?.map(|text| read_date(&text, &place)).transpose()
        };
        let end: Option<String> = row.get(5)?;
        lines.push(InstanceLine {
            from: read_date(&row.get::<_, String>(1)?, &place)?,
            to: day(2)?,
            name: row.get(3)?,
            step: row.get(4)?,
            ended: end.zip(day(6)?),
            due: day(7)?,
            matter,
        });
    }
    Ok(lines)
}
