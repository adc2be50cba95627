//! The journal's rows.

use crate::db::{Connection, Row, params};
use crate::fault::Fault;
use crate::pages::{Entry, Stored};
use crate::record::v1::{Actor, Payload};
use crate::record::{self, write};
use jiff::civil::DateTime;
use trust::{Digest, SALT_BYTES, commit, leaf};

use super::change::open_events;
use super::read::moment;
use super::view::View;

/// Appends an act; returns its leaf.
pub(crate) fn append(conn: &Connection, payload: &Payload, salt: &[u8; SALT_BYTES]) -> Result<Digest, Fault> {
    let text = write(payload);
    let digest = leaf(&commit(salt, text.as_bytes()));
    let head = &payload.act;
    let (person, post) = match &head.actor {
        Actor::Clock => (None, None),
        Actor::Person { person, post } => (Some(person), post.as_ref()),
    };
    conn.prepare_cached(
        "INSERT INTO act (county, seq, kind, name, subject, matter, regulation, version, at, on_day, person, post, clauses,
         format, payload, salt, leaf)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?
    .put(params![
        head.county,
        head.seq,
        head.kind,
        head.name,
        head.subject,
        head.matter,
        head.regulation,
        head.version,
        head.at.to_string(),
        head.on.to_string(),
        person,
        post,
        head.clauses.join(" "),
        payload.format,
        text,
        salt,
        digest.as_bytes(),
    ])?;
    Ok(digest)
}

/// How many acts the journal holds: they are numbered from 1 without gaps.
pub(crate) fn length(conn: &Connection, county: &str) -> Result<u64, Fault> {
    let last = conn
        .prepare_cached("SELECT coalesce(max(seq), 0) FROM act WHERE county = ?1")?
        .query_row([county], |row| row.get(0))?;
    Ok(last)
}

/// The latest moment in the last thousand acts.
pub(crate) fn latest_moment(conn: &Connection, county: &str) -> Result<Option<DateTime>, Fault> {
    let last = "SELECT max(at) FROM (SELECT at FROM act WHERE county = ?1 ORDER BY seq DESC LIMIT 1000) AS latest";
    let latest: Option<String> = conn.prepare_cached(last)?.query_row([county], |row| row.get(0))?;
    latest.map(|at| moment(&at, "table act")).transpose()
}

/// Columns of [`stored`].
pub(crate) const STORED: &str = "act.seq, act.format, act.payload, act.salt, act.leaf";

/// A row with its parsed payload.
pub(crate) struct Kept {
    pub(crate) stored: Stored,
    pub(crate) payload: Payload,
}

/// Reads the columns [`STORED`].
pub(crate) fn stored(row: Row<'_>) -> Result<(u32, Stored), Fault> {
    let seq: u64 = row.get(0)?;
    let digest: [u8; 32] = row.get(4)?;
    Ok((row.get(1)?, Stored { seq, payload: row.get(2)?, salt: row.get(3)?, leaf: Digest(digest) }))
}

/// Reads the columns [`STORED`] and the payload.
pub(crate) fn kept(row: Row<'_>) -> Result<Kept, Fault> {
    let (format, stored) = stored(row)?;
    let payload = record::read(format, &stored.payload, &format!("act {}", stored.seq))?;
    Ok(Kept { stored, payload })
}

/// A row as people read it.
pub(crate) fn entry(view: &View<'_>, kept: Kept) -> Result<Entry, Fault> {
    let events = open_events(view, &kept.payload)?.into_iter().flatten().collect();
    let head = kept.payload.act;
    Ok(Entry {
        seq: head.seq,
        kind: head.kind,
        name: head.name,
        subject: head.subject,
        matter: head.matter,
        at: head.at,
        on: head.on,
        actor: (&head.actor).into(),
        clauses: head.clauses,
        events,
        leaf: kept.stored.leaf,
    })
}
