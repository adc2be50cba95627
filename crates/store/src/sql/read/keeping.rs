//! What has ended: rows that were closed, matters by the day of their end.

use crate::db::params;
use crate::fault::Fault;
use crate::keeping::{ClosedRow, KeepingReading};
use crate::pages::{Cut, MatterLine, Page};
use engine::Row;
use jiff::civil::Date;

use super::{join_cursor, matters, paged, split_cursor};
use crate::sql::view::{View, read_date, read_record};

/// Rows whose latest version closes them. The plus keeps the planner to versions of the same row: by `seq` it would go through all that came later.
const CLOSED: &str = "SELECT v.key, v.since FROM row_version AS v
    WHERE v.county = ?1 AND v.register = ?2 AND v.key > ?3 AND v.record IS NULL
    AND NOT EXISTS (SELECT 1 FROM row_version AS w WHERE w.county = v.county AND w.register = v.register
    AND w.key = v.key AND (+w.seq, w.n) > (v.seq, v.n)) ORDER BY v.key";
/// How such a row stood last.
const STOOD: &str = "SELECT place, since, record FROM row_version
    WHERE county = ?1 AND register = ?2 AND key = ?3 AND record IS NOT NULL ORDER BY seq DESC, n DESC LIMIT 1";
const ENDED: &str = "SELECT id, ended_on FROM matter
    WHERE county = ?1 AND procedure = ?2 AND ended_on <= ?3 AND (ended_on, id) > (?4, ?5)
    ORDER BY ended_on, id LIMIT ?6";

impl KeepingReading for View<'_> {
    fn closed_rows(&self, register: &str, cut: &Cut) -> Result<Page<ClosedRow>, Fault> {
        let mut statement = self.conn.prepare_cached(CLOSED)?;
        let mut rows = statement.query(params![self.county, register, cut.after.as_deref().unwrap_or("")])?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            let (key, closed_on): (String, String) = (row.get(0)?, row.get(1)?);
            lines.extend(closed(self, register, key, &closed_on)?);
            if lines.len() > cut.limit {
                break;
            }
        }
        Ok(paged(lines, cut.limit, |line| line.row.key.clone()))
    }

    fn ended_matters(&self, procedure: &str, by: Date, cut: &Cut) -> Result<Page<MatterLine>, Fault> {
        let (on, id) = split_cursor(cut).unwrap_or(("", ""));
        let mut statement = self.conn.prepare_cached(ENDED)?;
        let values = params![self.county, procedure, by.to_string(), on, id, cut.limit + 1];
        let found = statement.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let found: Vec<(String, String)> = found.collect::<Result<_, _>>()?;
        let page = paged(found, cut.limit, |(id, on)| join_cursor(on, id));
        let mut lines = Vec::new();
        for (id, _) in page.lines {
            lines.extend(matters::line(self, &id)?);
        }
        Ok(Page { lines, next: page.next })
    }
}

fn closed(view: &View<'_>, register: &str, key: String, closed_on: &str) -> Result<Option<ClosedRow>, Fault> {
    let place = format!("row `{register}/{key}`");
    let mut statement = view.conn.prepare_cached(STOOD)?;
    let mut rows = statement.query(params![view.county, register, key])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (at, since, record): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let record = read_record(&record, &view.opener(), &place)?;
    let since = read_date(&since, &place)?;
    Ok(Some(ClosedRow { closed_on: read_date(closed_on, &place)?, row: Row { key, place: at, record, since } }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    /// How the database goes about a query.
    fn plan(sql: &str) -> String {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("../../sqlite/schema.sql")).unwrap();
        let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let nulls = vec![None::<String>; statement.parameter_count()];
        let steps = statement.query_map(rusqlite::params_from_iter(nulls), |row| row.get::<_, String>(3)).unwrap();
        steps.collect::<Result<Vec<_>, _>>().unwrap().join("\n")
    }

    #[test]
    fn what_has_ended_is_found_without_looking_through_what_goes_on() {
        for (sql, index) in [(CLOSED, "row_version_closing"), (ENDED, "matter_by_end")] {
            let plan = plan(sql);
            let avoided = ["SCAN", "TEMP B-TREE", "row_version_by_seq"];
            assert!(plan.contains(index) && !avoided.iter().any(|step| plan.contains(step)), "{plan}");
        }
    }
}
