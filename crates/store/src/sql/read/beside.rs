//! Clocks, refusals, texts of regulations, and what lies beside the journal.

use crate::aside::{Account, AccountState, Draft, Given, GoingOn, Reading, Session, Stage, Way};
use crate::db::{OptionalExtension, Row, Rows, params};
use crate::fault::Fault;
use crate::pages::{DueClock, LooksQuery, RefusalCount};
use crate::record::v1::{self, Sealable};
use jiff::civil::{Date, DateTime};

use super::moment;
use crate::record::v1::open_record;
use crate::sql::view::{View, read_date};

pub(super) fn due_clocks(view: &View<'_>, until: DateTime, limit: usize) -> Result<Vec<DueClock>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT matter, clock, name, due, fires_at FROM clock WHERE county = ?1 AND fires_at <= ?2
         ORDER BY fires_at, matter, clock LIMIT ?3",
    )?;
    let mut rows = statement.query(params![view.county, until.to_string(), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let matter: String = row.get(0)?;
        let place = format!("clock of `{matter}`");
        found.push(DueClock {
            clock: row.get(1)?,
            name: row.get(2)?,
            due: read_date(&row.get::<String>(3)?, &place)?,
            fires_at: moment(&row.get::<String>(4)?, &place)?,
            matter,
        });
    }
    Ok(found)
}

pub(super) fn refusals(view: &View<'_>, since: Date) -> Result<Vec<RefusalCount>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT on_day, kind, name, code, n FROM refusal WHERE county = ?1 AND on_day >= ?2
         ORDER BY on_day, kind, name, code",
    )?;
    let mut rows = statement.query(params![view.county, since.to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(RefusalCount {
            on: read_date(&row.get::<String>(0)?, "counts of refusals")?,
            kind: row.get(1)?,
            name: row.get(2)?,
            code: row.get(3)?,
            n: row.get(4)?,
        });
    }
    Ok(found)
}

pub(super) fn regulation_text(
    view: &View<'_>,
    regulation: &str,
    version: &str,
) -> Result<Option<(String, String)>, Fault> {
    let found = view
        .conn
        .prepare_cached(
            "SELECT file, text FROM regulation_text WHERE county = ?1 AND regulation = ?2 AND version = ?3",
        )?
        .query_row(params![view.county, regulation, version], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found)
}

pub(super) fn regulation_versions(view: &View<'_>) -> Result<Vec<(String, String)>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT regulation, version FROM regulation_text WHERE county = ?1 ORDER BY regulation, version",
    )?;
    let found = statement.query_map([view.county], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The account whose column has that value.
pub(super) fn account(view: &View<'_>, column: &str, value: &str) -> Result<Option<Account>, Fault> {
    let sql =
        format!("SELECT person, login, password, given, since, state FROM account WHERE county = ?1 AND {column} = ?2");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, value])?;
    rows.next()?.map(read_account).transpose()
}

/// Every account, by sign-in name.
pub(crate) fn all_accounts(view: &View<'_>) -> Result<Vec<Account>, Fault> {
    let sql = "SELECT person, login, password, given, since, state FROM account WHERE county = ?1 ORDER BY login";
    let mut statement = view.conn.prepare_cached(sql)?;
    let mut rows = statement.query([view.county])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read_account(row)?);
    }
    Ok(found)
}

fn read_account(row: Row<'_>) -> Result<Account, Fault> {
    let person: String = row.get(0)?;
    let place = format!("account of `{person}`");
    let given: String = row.get(3)?;
    Ok(Account {
        login: row.get(1)?,
        password: row.get(2)?,
        given: Given::read(&given).ok_or_else(|| Fault::unreadable(&place, &given))?,
        since: moment(&row.get::<String>(4)?, &place)?,
        state: if row.get::<String>(5)? == "active" { AccountState::Active } else { AccountState::Closed },
        person,
    })
}

/// Sessions that go on: neither at their end (`?2`) nor last used too long ago (`?3`).
const SESSIONS: &str = "SELECT digest, person, way, stage, address, agent, created, seen, ends FROM session
                        WHERE county = ?1 AND ends > ?2 AND seen >= ?3";

/// Sessions that go on, whose column has that value, the newest first.
pub(super) fn sessions(view: &View<'_>, column: &str, value: &str, going: GoingOn) -> Result<Vec<Session>, Fault> {
    let sql = format!("{SESSIONS} AND {column} = ?4 ORDER BY created DESC, digest");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let values = params![view.county, going.now.to_string(), going.used_since().to_string(), value];
    read_sessions(&mut statement.query(values)?)
}

/// Every session that goes on, the latest used first.
pub(crate) fn all_sessions(view: &View<'_>, going: GoingOn, limit: usize) -> Result<Vec<Session>, Fault> {
    let sql = format!("{SESSIONS} ORDER BY seen DESC, digest LIMIT ?4");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let values = params![view.county, going.now.to_string(), going.used_since().to_string(), limit];
    read_sessions(&mut statement.query(values)?)
}

fn read_sessions(rows: &mut Rows<'_>) -> Result<Vec<Session>, Fault> {
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let time = |column| moment(&row.get::<String>(column)?, "a session");
        let (way, stage): (String, String) = (row.get(2)?, row.get(3)?);
        found.push(Session {
            digest: row.get(0)?,
            person: row.get(1)?,
            way: Way::read(&way).ok_or_else(|| Fault::unreadable("a session", &way))?,
            stage: Stage::read(&stage).ok_or_else(|| Fault::unreadable("a session", &stage))?,
            address: row.get(4)?,
            agent: row.get(5)?,
            created: time(6)?,
            seen: time(7)?,
            ends: time(8)?,
        });
    }
    Ok(found)
}

/// A person's drafts, or one of them, the latest saved first.
pub(super) fn drafts(view: &View<'_>, person: &str, id: Option<&str>) -> Result<Vec<Draft>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT id, name, matter, saved, body FROM draft WHERE county = ?1 AND person = ?2 AND (CAST(?3 AS TEXT) IS NULL OR id = ?3)
         ORDER BY saved DESC, id",
    )?;
    let mut rows = statement.query(params![view.county, person, id])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let place = format!("draft `{person}/{id}`");
        let body: Sealable<v1::Record> =
            serde_json::from_str(&row.get::<String>(4)?).map_err(|error| Fault::unreadable(&place, error))?;
        let record = body.opened(&view.opener())?.unwrap_or_default();
        found.push(Draft {
            person: person.to_owned(),
            id,
            name: row.get(1)?,
            matter: row.get(2)?,
            saved: moment(&row.get::<String>(3)?, &place)?,
            record: open_record(&record, &view.opener())?,
        });
    }
    Ok(found)
}

/// Looks at personal data whose column has that value, the latest first.
pub(super) fn readings(view: &View<'_>, column: &str, value: &str, limit: usize) -> Result<Vec<Reading>, Fault> {
    let sql = format!("{READINGS} AND {column} = ?2 ORDER BY at DESC LIMIT ?3");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, value, limit])?;
    read_readings(&mut rows)
}

/// Looks at personal data between two days, both included, the latest first.
pub(super) fn readings_within(view: &View<'_>, from: Date, to: Date, limit: usize) -> Result<Vec<Reading>, Fault> {
    let after = to.tomorrow().unwrap_or(to);
    let sql = format!("{READINGS} AND at >= ?2 AND at < ?3 ORDER BY at DESC LIMIT ?4");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, from.to_string(), after.to_string(), limit])?;
    read_readings(&mut rows)
}

/// Single looks. Whatever narrows them most leads to them: what was looked at, else who looked, else the days.
pub(super) fn looks(view: &View<'_>, query: &LooksQuery, limit: usize) -> Result<(Vec<Reading>, bool), Fault> {
    let list = |all: &Option<Vec<String>>| all.as_ref().map(|all| serde_json::json!(all).to_string());
    let among = |place: usize| format!("IN (SELECT value FROM json_each(?{place}))");
    // The plus takes the other columns away from the planner, which would follow the order of time through all the days.
    let narrowed = match (&query.of, &query.by) {
        (Some(_), None) => format!("+at >= ?2 AND +at < ?3 AND subject {} AND CAST(?5 AS TEXT) IS NULL", among(4)),
        (Some(_), Some(_)) => format!("+at >= ?2 AND +at < ?3 AND subject {} AND +person {}", among(4), among(5)),
        (None, Some(_)) => format!("at >= ?2 AND at < ?3 AND person {} AND CAST(?4 AS TEXT) IS NULL", among(5)),
        (None, None) => "at >= ?2 AND at < ?3 AND CAST(?4 AS TEXT) IS NULL AND CAST(?5 AS TEXT) IS NULL".to_owned(),
    };
    let sql = format!(
        "{READINGS} AND {narrowed} AND (CAST(?6 AS TEXT) IS NULL OR kind = ?6) AND (CAST(?7 AS TEXT) IS NULL OR instr(why, ?7) > 0)
         ORDER BY at DESC, subject, person, kind LIMIT ?8"
    );
    let after = query.to.tomorrow().unwrap_or(query.to);
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![
        view.county,
        query.from.to_string(),
        after.to_string(),
        list(&query.of),
        list(&query.by),
        query.kind,
        query.why,
        limit + 1
    ])?;
    let mut found = read_readings(&mut rows)?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

const READINGS: &str = "SELECT subject, at, person, post, kind, why FROM reading WHERE county = ?1";

fn read_readings(rows: &mut Rows<'_>) -> Result<Vec<Reading>, Fault> {
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Reading {
            subject: row.get(0)?,
            at: moment(&row.get::<String>(1)?, "the reading log")?,
            person: row.get(2)?,
            post: row.get(3)?,
            kind: row.get(4)?,
            why: row.get(5)?,
        });
    }
    Ok(found)
}
