//! Deliveries, and what they deliver.

use crate::db::{OptionalExtension, Row, ToValue, params};
use crate::fault::Fault;
use crate::outbox::{Attempt, Channel, Delivery, DeliveryKey, DeliveryState, MatterMessage, Topic};
use crate::pages::Entry;
use jiff::civil::DateTime;

use crate::sql::journal::{STORED, entry, kept};
use crate::sql::project::read_desk;
use crate::sql::read::{message_kind, message_text};
use crate::sql::view::View;

const COLUMNS: &str = "channel, target, seq, n, matter, topic, state, attempts, queued, next, last, answer";

pub(super) fn due(view: &View<'_>, now: DateTime, limit: usize) -> Result<Vec<Delivery>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM delivery WHERE county = ?1 AND next IS NOT NULL AND next <= ?2 ORDER BY next, seq, n LIMIT ?3"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, now.to_string(), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// Deliveries of what was said about a matter, oldest first.
pub(crate) fn of_matter(view: &View<'_>, matter: &str) -> Result<Vec<Delivery>, Fault> {
    let sql =
        format!("SELECT {COLUMNS} FROM delivery WHERE county = ?1 AND matter = ?2 ORDER BY seq, n, channel, target");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, matter])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// Deliveries that were not taken, the latest first.
pub(crate) fn not_taken(view: &View<'_>, limit: usize) -> Result<Vec<Delivery>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM delivery WHERE county = ?1 AND state IN ('failed', 'given-up')
         ORDER BY seq DESC, n DESC LIMIT ?2"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// Changes the delivery of a key, where that condition holds as well; how many were changed.
fn change(
    view: &View<'_>,
    key: &DeliveryKey,
    set: &str,
    condition: &str,
    values: &[&dyn ToValue],
) -> Result<usize, Fault> {
    let sql = format!(
        "UPDATE delivery SET {set} WHERE county = ?1 AND channel = ?2 AND target = ?3 AND seq = ?4 AND n = ?5{condition}"
    );
    let channel = channel_code(key.channel);
    let mut all: Vec<&dyn ToValue> = vec![&view.county, &channel, &key.target, &key.seq, &key.n];
    all.extend(values);
    Ok(view.conn.prepare_cached(&sql)?.execute(all.as_slice())?)
}

/// The number of attempts is the fence: of several that found the same delivery due, the first to count it up sends.
pub(super) fn claim(view: &View<'_>, found: &Delivery, now: DateTime, again: DateTime) -> Result<bool, Fault> {
    let set = "attempts = attempts + 1, last = ?6, next = ?7";
    let fence = " AND attempts = ?8 AND next IS NOT NULL";
    let changed = change(view, &found.key, set, fence, &[&now.to_string(), &again.to_string(), &found.attempts])?;
    Ok(changed > 0)
}

pub(super) fn end(view: &View<'_>, found: &Delivery, attempt: &Attempt) -> Result<bool, Fault> {
    let next = attempt.next.map(|next| next.to_string());
    let (set, fence) = ("state = ?6, next = ?7, answer = ?8", " AND attempts = ?9 AND next IS NOT NULL");
    let values: [&dyn ToValue; 4] = [&state_code(attempt.state), &next, &attempt.answer, &(found.attempts + 1)];
    Ok(change(view, &found.key, set, fence, &values)? > 0)
}

pub(super) fn retry(view: &View<'_>, key: &DeliveryKey, now: DateTime) -> Result<bool, Fault> {
    let set = "state = 'queued', attempts = 0, next = ?6";
    let changed = change(view, key, set, " AND state IN ('failed', 'given-up')", &[&now.to_string()])?;
    Ok(changed > 0)
}

/// Ends what is still to be delivered to a receiver that is gone.
pub(super) fn drop_queued(view: &View<'_>, channel: Channel, target: &str) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "UPDATE delivery SET state = 'given-up', next = NULL, answer = 'gone'
             WHERE county = ?1 AND channel = ?2 AND target = ?3 AND next IS NOT NULL",
        )?
        .execute(params![view.county, channel_code(channel), target])?;
    Ok(())
}

fn read(row: Row<'_>) -> Result<Delivery, Fault> {
    let (channel, target): (String, String) = (row.get(0)?, row.get(1)?);
    let place = format!("delivery to {channel} `{target}`");
    let damaged = |what: &str| Fault::unreadable(&place, format!("`{what}` is unknown"));
    let time = |column: usize| -> Result<Option<DateTime>, Fault> {
        let text: Option<String> = row.get(column)?;
        text.map(|text| text.parse().map_err(|error| Fault::unreadable(&place, error))).transpose()
    };
    let (topic, state): (String, String) = (row.get(5)?, row.get(6)?);
    Ok(Delivery {
        key: DeliveryKey {
            channel: if channel == channel_code(Channel::Mail) { Channel::Mail } else { Channel::Webhook },
            seq: row.get(2)?,
            n: row.get(3)?,
            target,
        },
        matter: row.get(4)?,
        topic: Topic::read(&topic).ok_or_else(|| damaged(&topic))?,
        state: read_state(&state).ok_or_else(|| damaged(&state))?,
        attempts: row.get(7)?,
        queued: time(8)?.ok_or_else(|| damaged("queued"))?,
        next: time(9)?,
        last: time(10)?,
        answer: row.get(11)?,
    })
}

pub(super) fn channel_code(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => "mail",
        Channel::Webhook => "webhook",
    }
}

fn state_code(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Queued => "queued",
        DeliveryState::Sent => "sent",
        DeliveryState::Failed => "failed",
        DeliveryState::GivenUp => "given-up",
    }
}

fn read_state(code: &str) -> Option<DeliveryState> {
    use DeliveryState::{Failed, GivenUp, Queued, Sent};
    [Queued, Sent, Failed, GivenUp].into_iter().find(|state| state_code(*state) == code)
}

/// Messages about a matter, oldest first.
pub(crate) fn matter_messages(view: &View<'_>, matter: &str) -> Result<Vec<MatterMessage>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT seq, n, at, kind, body, recipient FROM inbox WHERE county = ?1 AND matter = ?2 ORDER BY seq, n, recipient",
    )?;
    let mut rows = statement.query(params![view.county, matter])?;
    let mut found: Vec<MatterMessage> = Vec::new();
    while let Some(row) = rows.next()? {
        let (seq, n): (u64, u64) = (row.get(0)?, row.get(1)?);
        let desk = read_desk(&row.get::<String>(5)?)?;
        if let Some(last) = found.last_mut().filter(|last| (last.seq, last.n) == (seq, n)) {
            last.recipients.push(desk);
            continue;
        }
        let kind = message_kind(&row.get::<String>(3)?);
        let at: String = row.get(2)?;
        found.push(MatterMessage {
            seq,
            n,
            at: at.parse().map_err(|error: jiff::Error| Fault::unreadable(format!("message of act {seq}"), error))?,
            kind,
            text: message_text(view, kind, seq, matter, &row.get::<String>(4)?)?,
            recipients: vec![desk],
        });
    }
    Ok(found)
}

/// One event of the journal.
pub(crate) fn occurrence(view: &View<'_>, seq: u64, n: u64) -> Result<Option<Entry>, Fault> {
    let sql = format!("SELECT {STORED} FROM act WHERE county = ?1 AND seq = ?2");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let found = statement.query_row(params![view.county, seq], |row| Ok(kept(row))).optional()?.transpose()?;
    let Some(mut kept) = found else { return Ok(None) };
    let Some(event) = usize::try_from(n).ok().filter(|n| *n < kept.payload.events.len()) else { return Ok(None) };
    kept.payload.events = vec![kept.payload.events.swap_remove(event)];
    entry(view, kept).map(Some)
}
