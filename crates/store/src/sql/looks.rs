//! Days of looks at personal data (查阅记录): once a day is over, an act of the clock says how many there were and what their digest is. So who
//! looked is in the tree like every other act, one leaf a day, and whoever takes a look away later is found by `verify`.

use crate::chance::Chance;
use crate::db::{Connection, OptionalExtension, params};
use crate::fault::Fault;
use crate::record::v1::{Actor, Event, Head};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use std::collections::BTreeMap;

use super::act::record_system;
use super::read::moment;
use super::view::{View, read_date};

/// A look may be noted a little after it was taken: so long after midnight the day before is still open.
const OPEN_HOURS: i64 = 1;

/// Days that are over, have looks, and are not closed yet; the earliest first.
pub(crate) fn open_days(view: &View<'_>, now: DateTime) -> Result<Vec<Date>, Fault> {
    let before = now.saturating_sub(OPEN_HOURS.hours()).date();
    let sql = "SELECT max(day) FROM looked_day WHERE county = ?1";
    let closed: Option<String> = view.conn.prepare_cached(sql)?.query_row([view.county], |row| row.get(0))?;
    let closed = closed.map(|day| read_date(&day, "table looked_day")).transpose()?;
    let after = closed.and_then(|day| day.tomorrow().ok());
    let from = after.unwrap_or(Date::MIN).to_string();
    let mut days = Vec::new();
    let mut next = from;
    // From day to day by the index, not over every look.
    let sql = "SELECT at FROM reading WHERE county = ?1 AND at >= ?2 AND at < ?3 ORDER BY at LIMIT 1";
    let mut first = view.conn.prepare_cached(sql)?;
    loop {
        let found = first.query_row(params![view.county, next, before.to_string()], |row| row.get::<String>(0));
        let Some(at) = found.optional()? else { return Ok(days) };
        let day = moment(&at, "table reading")?.date();
        days.push(day);
        let Ok(tomorrow) = day.tomorrow() else { return Ok(days) };
        next = tomorrow.to_string();
    }
}

/// Closes a day.
pub(crate) fn close(view: &View<'_>, chance: &mut Chance, seq: u64, day: Date, now: DateTime) -> Result<(), Fault> {
    let (count, digest) = digest_of(view.conn, "reading", view.county, day)?;
    let head = Head {
        actor: Actor::from(&engine::Actor::Clock),
        at: now,
        clauses: Vec::new(),
        county: view.county.to_owned(),
        documents: Vec::new(),
        key: None,
        kind: "system".to_owned(),
        matter: None,
        name: "looks".to_owned(),
        on: now.date(),
        published: BTreeMap::new(),
        regulation: None,
        seq,
        subject: day.to_string(),
        titles: BTreeMap::new(),
        version: None,
    };
    record_system(view, chance, head, Event::Looked { count, day, digest })?;
    Ok(())
}

/// How many looks a day had, and the digest of them all.
pub(crate) fn digest_of(conn: &Connection, table: &str, county: &str, day: Date) -> Result<(u64, String), Fault> {
    let sql = format!(
        "SELECT at, subject, person, post, kind, why FROM {table}
         WHERE county = ?1 AND at >= ?2 AND at < ?3 ORDER BY at, subject, person, post, kind, why"
    );
    let until = day.tomorrow().unwrap_or(Date::MAX).to_string();
    let mut statement = conn.prepare(&sql)?;
    let mut rows = statement.query(params![county, day.to_string(), until])?;
    let (mut count, mut lines) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        for place in 0..6 {
            let text: String = row.get(place)?;
            lines.extend_from_slice(&(text.len() as u64).to_be_bytes());
            lines.extend_from_slice(text.as_bytes());
        }
        count += 1;
    }
    Ok((count, trust::sm3(&lines).to_string()))
}

/// Keeps what an act says of a day. The first one holds: who takes the row away to have the day closed anew does not get the same table.
pub(crate) fn project(view: &View<'_>, seq: u64, (day, count, digest): (Date, u64, &str)) -> Result<(), Fault> {
    let sql = "INSERT INTO looked_day (county, day, count, digest, seq) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (county, day) DO NOTHING";
    view.conn.prepare_cached(sql)?.execute(params![view.county, day.to_string(), count, digest, seq])?;
    Ok(())
}
