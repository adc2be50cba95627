//! How the matters of each procedure stand: counts, nothing of what they are about.

use crate::db::params;
use crate::fault::Fault;
use crate::pages::StandingLine;
use crate::sql::view::View;

pub(super) fn lines(view: &View<'_>) -> Result<Vec<StandingLine>, Fault> {
    let sql = "SELECT procedure, count(ended), sum(CASE WHEN ended IS NOT NULL THEN 1 - alarmed ELSE 0 END),
                      sum(CASE WHEN ended IS NULL THEN 1 ELSE 0 END), sum(CASE WHEN ended IS NULL THEN alarmed ELSE 0 END)
        FROM (SELECT m.procedure AS procedure, m.ended AS ended, CASE WHEN EXISTS
                (SELECT 1 FROM inbox AS i WHERE i.county = m.county AND i.matter = m.id AND i.kind = 'alarm')
                THEN 1 ELSE 0 END AS alarmed
              FROM matter AS m WHERE m.county = ?1) AS standing
        GROUP BY procedure ORDER BY procedure";
    let mut statement = view.conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![view.county])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.push(StandingLine {
            procedure: row.get(0)?,
            closed: row.get(1)?,
            on_time: row.get(2)?,
            open: row.get(3)?,
            late: row.get(4)?,
        });
    }
    Ok(lines)
}
