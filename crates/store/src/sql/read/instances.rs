//! Instances of duties.

use crate::db::params;
use crate::due_key::read_due;
use crate::fault::Fault;
use crate::pages::InstanceLine;
use calendar::Until;
use jiff::civil::Date;

use crate::sql::view::{View, read_date};

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
            row.get::<Option<String>>(column)?.map(|text| read_date(&text, &place)).transpose()
        };
        let key = |column: usize| -> Result<Option<_>, Fault> {
            row.get::<Option<String>>(column)?.map(|key| read_due(&key, &place)).transpose()
        };
        let end: Option<String> = row.get(5)?;
        let (to, ended_on) = (key(2)?, day(6)?);
        lines.push(InstanceLine {
            from: read_date(&row.get::<String>(1)?, &place)?,
            late: is_late(view, &matter, to, ended_on)?,
            to,
            name: row.get(3)?,
            step: row.get(4)?,
            ended: end.zip(ended_on),
            due: key(7)?,
            matter,
        });
    }
    Ok(lines)
}

/// Whether an instance ended after its period. Of a period that ends at a time of day, the moment of the last act tells on that day.
fn is_late(view: &View<'_>, matter: &str, to: Option<Until>, ended_on: Option<Date>) -> Result<bool, Fault> {
    let (Some(to), Some(ended_on)) = (to, ended_on) else {
        return Ok(false);
    };
    if to.time.is_none() || ended_on != to.on {
        return Ok(ended_on > to.on);
    }
    let folded = view.folded(matter)?;
    Ok(folded.is_some_and(|folded| folded.matter.acts.last().is_some_and(|last| to.is_over(last.at))))
}
