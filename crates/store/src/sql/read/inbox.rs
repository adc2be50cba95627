//! Messages.

use crate::db::{OptionalExtension, Row, params};
use crate::fault::Fault;
use crate::pages::{Cut, Message, MessageKind, Page};
use crate::record::v1::{ERASED, Sealable};
use engine::event::Desk;
use std::collections::BTreeMap;

use super::{join_cursor, moment, paged, split_cursor};
use crate::sql::view::View;

/// Unseen messages are counted up to here.
const UNSEEN_MAX: u64 = 100;

pub(super) fn page(view: &View<'_>, recipients: &[Desk], person: &str, cut: &Cut) -> Result<Page<Message>, Fault> {
    let before: (i64, i64) =
        split_cursor(cut).and_then(|(seq, n)| Some((seq.parse().ok()?, n.parse().ok()?))).unwrap_or((i64::MAX, 0));
    let mut found = BTreeMap::new();
    let mut statement = view.conn.prepare_cached(
        "SELECT seq, n, matter, at, kind, body FROM inbox WHERE county = ?1 AND recipient = ?2 AND (seq, n) < (?3, ?4)
         ORDER BY seq DESC, n DESC LIMIT ?5",
    )?;
    for recipient in view.desk_keys(recipients) {
        let seen = seen(view, &recipient, person)?;
        let mut rows = statement.query(params![view.county, recipient, before.0, before.1, cut.limit + 1])?;
        while let Some(row) = rows.next()? {
            let (key, message) = read(view, row, &recipient, seen)?;
            found.entry(key).or_insert(message);
        }
    }
    let lines = found.into_iter().rev().take(cut.limit + 1).collect();
    let page =
        paged(lines, cut.limit, |((seq, n), _): &((i64, i64), Message)| join_cursor(&seq.to_string(), &n.to_string()));
    Ok(Page { lines: page.lines.into_iter().map(|(_, message)| message).collect(), next: page.next })
}

fn read(view: &View<'_>, row: Row<'_>, recipient: &str, seen: u64) -> Result<((i64, i64), Message), Fault> {
    let seq: u64 = row.get(0)?;
    let place = format!("message of act {seq}");
    let kind = kind_of(row.text(4)?);
    let text = text(view, kind, seq, &row.get::<String>(2)?, &row.get::<String>(5)?)?;
    let message = Message {
        seq,
        recipient: view.desk_of(recipient)?,
        matter: row.get(2)?,
        at: moment(&row.get::<String>(3)?, &place)?,
        kind,
        text,
        seen: seq <= seen,
    };
    Ok(((row.get(0)?, row.get(1)?), message))
}

/// The kind of a message, by its code.
pub(crate) fn kind_of(code: &str) -> MessageKind {
    match code {
        "told" => MessageKind::Told,
        "noted" => MessageKind::Noted,
        _ => MessageKind::Alarm,
    }
}

/// What a message says; of an alarm, the name of its clock; of a mention, who wrote the note.
pub(crate) fn text(view: &View<'_>, kind: MessageKind, seq: u64, matter: &str, body: &str) -> Result<String, Fault> {
    match kind {
        MessageKind::Alarm => return clock_name(view, matter, body),
        MessageKind::Noted => return Ok(body.to_owned()),
        MessageKind::Told => {}
    }
    let sealable: Sealable<String> =
        serde_json::from_str(body).map_err(|error| Fault::unreadable(format!("message of act {seq}"), error))?;
    Ok(sealable.opened(&view.opener())?.unwrap_or_else(|| ERASED.to_owned()))
}

fn clock_name(view: &View<'_>, matter: &str, clock: &str) -> Result<String, Fault> {
    let folded = view.folded(matter)?;
    let clocks = folded.iter().flat_map(|folded| &folded.matter.clocks);
    let found = clocks.into_iter().find(|known| known.id.to_string() == clock).map(|known| known.name.clone());
    Ok(found.unwrap_or_else(|| clock.to_owned()))
}

/// Up to which place in the journal a person has seen the messages to a recipient.
fn seen(view: &View<'_>, recipient: &str, person: &str) -> Result<u64, Fault> {
    let seen = view
        .conn
        .prepare_cached("SELECT seq FROM seen WHERE county = ?1 AND recipient = ?2 AND person = ?3")?
        .query_row(params![view.county, recipient, person], |row| row.get(0))
        .optional()?;
    Ok(seen.unwrap_or(0))
}

pub(super) fn unseen(view: &View<'_>, recipients: &[Desk], person: &str) -> Result<u64, Fault> {
    let mut count = 0;
    let mut statement = view.conn.prepare_cached(
        "SELECT count(*) FROM (SELECT 1 FROM inbox WHERE county = ?1 AND recipient = ?2 AND seq > ?3 LIMIT ?4) AS few",
    )?;
    for recipient in view.desk_keys(recipients) {
        let seen = seen(view, &recipient, person)?;
        count += statement.query_row(params![view.county, recipient, seen, UNSEEN_MAX], |row| row.get::<u64>(0))?;
    }
    Ok(count.min(UNSEEN_MAX))
}
