//! Keys of offices, uses of shares, and what changed of a register.

use crate::aside::Reading;
use crate::db::{Row, params};
use crate::fault::Fault;
use crate::sharing::{AccessKey, Changes, ChangesOf, ShareUse, Sharing};
use jiff::civil::{Date, DateTime};
use std::collections::BTreeMap;

use super::Database;
use super::aside::log_reading;
use super::journal::length;
use super::project::{desk_key, read_desk};
use super::view::View;

impl Sharing for Database {
    fn put_access_key(&self, key: AccessKey) -> Result<(), Fault> {
        self.write(move |view, _| put_key(view, &key))
    }

    fn revoke_access_key(&self, id: &str, at: DateTime, person: &str) -> Result<bool, Fault> {
        let (id, person) = (id.to_owned(), person.to_owned());
        self.write(move |view, _| revoke(view, &id, at, &person))
    }

    fn log_share_use(&self, share_use: ShareUse, readings: Vec<Reading>) -> Result<(), Fault> {
        self.write(move |view, _| {
            log_use(view, &share_use)?;
            readings.iter().try_for_each(|reading| log_reading(view, reading))
        })
    }
}

fn put_key(view: &View<'_>, key: &AccessKey) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO access_key (county, id, office, label, digest, made, person, ends) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            view.county,
            key.id,
            desk_key(&key.office),
            key.label,
            key.digest,
            key.made.to_string(),
            key.person,
            key.ends.to_string(),
        ])?;
    Ok(())
}

fn revoke(view: &View<'_>, id: &str, at: DateTime, person: &str) -> Result<bool, Fault> {
    let changed = view
        .conn
        .prepare_cached(
            "UPDATE access_key SET revoked = ?3, revoked_by = ?4 WHERE county = ?1 AND id = ?2 AND revoked IS NULL",
        )?
        .execute(params![view.county, id, at.to_string(), person])?;
    Ok(changed > 0)
}

fn log_use(view: &View<'_>, share_use: &ShareUse) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO share_use (county, share, at, id, office, access_key, grant_no, purpose, fields, rows)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            view.county,
            share_use.share,
            share_use.at.to_string(),
            share_use.id,
            desk_key(&share_use.office),
            share_use.key,
            share_use.grant,
            share_use.purpose,
            share_use.fields.join(" "),
            share_use.rows,
        ])?;
    Ok(())
}

const KEYS: &str =
    "SELECT id, office, label, digest, made, person, ends, revoked, revoked_by FROM access_key WHERE county = ?1";

/// Every key, the latest made first.
pub(super) fn keys(view: &View<'_>) -> Result<Vec<AccessKey>, Fault> {
    let mut statement = view.conn.prepare_cached(&format!("{KEYS} ORDER BY made DESC, id"))?;
    let mut rows = statement.query([view.county])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(key(row)?);
    }
    Ok(found)
}

/// The key with this digest, whether it holds or not.
pub(super) fn key_by_digest(view: &View<'_>, digest: &str) -> Result<Option<AccessKey>, Fault> {
    let mut statement = view.conn.prepare_cached(&format!("{KEYS} AND digest = ?2"))?;
    let mut rows = statement.query(params![view.county, digest])?;
    rows.next()?.map(key).transpose()
}

fn key(row: Row<'_>) -> Result<AccessKey, Fault> {
    let id: String = row.get(0)?;
    let time = |column: usize| moment(&row.get::<String>(column)?, &id);
    let revoked: Option<String> = row.get(7)?;
    Ok(AccessKey {
        office: read_desk(&row.get::<String>(1)?)?,
        label: row.get(2)?,
        digest: row.get(3)?,
        made: time(4)?,
        person: row.get(5)?,
        ends: time(6)?,
        revoked: revoked.map(|at| Ok::<_, Fault>((moment(&at, &id)?, row.get(8)?))).transpose()?,
        id,
    })
}

fn moment(text: &str, key: &str) -> Result<DateTime, Fault> {
    text.parse().map_err(|error| Fault::unreadable(format!("access key or use `{key}`"), error))
}

/// Uses of a share, the latest first.
pub(super) fn uses(view: &View<'_>, share: &str, limit: usize) -> Result<Vec<ShareUse>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT share, id, at, office, access_key, grant_no, purpose, fields, rows FROM share_use
         WHERE county = ?1 AND share = ?2 ORDER BY at DESC, id LIMIT ?3",
    )?;
    let mut rows = statement.query(params![view.county, share, limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(1)?;
        found.push(ShareUse {
            share: row.get(0)?,
            at: moment(&row.get::<String>(2)?, &id)?,
            office: read_desk(&row.get::<String>(3)?)?,
            key: row.get(4)?,
            grant: row.get(5)?,
            purpose: row.get(6)?,
            fields: row.get::<String>(7)?.split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            rows: row.get(8)?,
            id,
        });
    }
    Ok(found)
}

/// Rows changed after a place in the journal, at least `limit` of them if there are so many: what one act changed is never parted.
pub(super) fn changes(view: &View<'_>, of: ChangesOf<'_>, since: u64, limit: usize) -> Result<Changes, Fault> {
    let (sql, name) = match of {
        ChangesOf::Register(name) => {
            ("SELECT key, seq FROM row_version WHERE county = ?1 AND register = ?2 AND seq > ?3 ORDER BY seq", name)
        }
        ChangesOf::Procedure(name) => {
            ("SELECT id, seq FROM matter WHERE county = ?1 AND procedure = ?2 AND seq > ?3 ORDER BY seq", name)
        }
    };
    let mut statement = view.conn.prepare_cached(sql)?;
    let mut rows = statement.query(params![view.county, name, since])?;
    // Where each row changed last; one act may have changed a hundred thousand.
    let mut changed: BTreeMap<String, u64> = BTreeMap::new();
    let (mut last, mut more) = (since, false);
    while let Some(row) = rows.next()? {
        let (key, seq): (String, u64) = (row.get(0)?, row.get(1)?);
        if changed.len() >= limit && seq > last {
            more = true;
            break;
        }
        last = seq;
        changed.insert(key, seq);
    }
    let seq = if more { last } else { length(view.conn, view.county)?.max(last) };
    let mut ordered: Vec<(u64, String)> = changed.into_iter().map(|(key, seq)| (seq, key)).collect();
    ordered.sort_unstable();
    Ok(Changes { keys: ordered.into_iter().map(|(_, key)| key).collect(), seq, more })
}

/// The day on which anything of it changed last.
pub(super) fn changed_on(view: &View<'_>, of: ChangesOf<'_>) -> Result<Option<Date>, Fault> {
    let (table, column, name) = match of {
        ChangesOf::Register(name) => ("row_version", "register", name),
        ChangesOf::Procedure(name) => ("matter", "procedure", name),
    };
    let sql = format!(
        "SELECT act.at FROM act WHERE county = ?1
         AND seq = (SELECT max(seq) FROM {table} WHERE county = ?1 AND {column} = ?2)"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, name])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(moment(&row.get::<String>(0)?, name)?.date()))
}
