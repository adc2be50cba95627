//! Mail addresses of people: personal contact data, sealed with each person's own key.

use crate::chance::Chance;
use crate::db::{Row, params};
use crate::fault::Fault;
use crate::outbox::{Channel, Contact, ContactState};
use crate::record::v1::{Sealable, Sealing};
use crate::record::write;
use crate::ring::Sealer;
use jiff::civil::DateTime;

use super::deliveries::drop_queued;
use crate::sql::view::View;

const COLUMNS: &str = "person, state, asked, until, tries, own, posts, body";

pub(super) fn put(view: &View<'_>, chance: &mut Chance, contact: &Contact) -> Result<(), Fault> {
    let plain = write(&(&contact.address, &contact.code));
    let mut sealer = Sealer::new(view.ring, view.conn, chance);
    let body: Sealable<(String, String)> = Sealable::Sealed(sealer.seal(&contact.person, &plain)?);
    view.conn
        .prepare_cached(
            "INSERT INTO contact (county, person, state, asked, until, tries, own, posts, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (county, person) DO UPDATE SET state = excluded.state, asked = excluded.asked,
             until = excluded.until, tries = excluded.tries, own = excluded.own, posts = excluded.posts,
             body = excluded.body",
        )?
        .execute(params![
            view.county,
            contact.person,
            state_code(contact.state),
            contact.asked.to_string(),
            contact.until.to_string(),
            contact.tries,
            contact.own,
            contact.posts,
            write(&body),
        ])?;
    Ok(())
}

pub(super) fn drop_one(view: &View<'_>, person: &str) -> Result<(), Fault> {
    drop_queued(view, Channel::Mail, person)?;
    view.conn
        .prepare_cached("DELETE FROM contact WHERE county = ?1 AND person = ?2")?
        .execute(params![view.county, person])?;
    Ok(())
}

/// The contact of a person.
pub(crate) fn of(view: &View<'_>, person: &str) -> Result<Option<Contact>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM contact WHERE county = ?1 AND person = ?2");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, person])?;
    rows.next()?.map(|row| read(view, row)).transpose()
}

pub(super) fn to_confirm(view: &View<'_>, limit: usize) -> Result<Vec<Contact>, Fault> {
    let sql = format!("SELECT {COLUMNS} FROM contact WHERE county = ?1 AND state = 'asked' ORDER BY asked LIMIT ?2");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(view, row)?);
    }
    Ok(found)
}

/// Notes that a code goes out, where it is still to.
pub(super) fn claim(view: &View<'_>, person: &str, asked: DateTime) -> Result<bool, Fault> {
    let sql =
        "UPDATE contact SET state = 'code-sent' WHERE county = ?1 AND person = ?2 AND state = 'asked' AND asked = ?3";
    let changed = view.conn.prepare_cached(sql)?.execute(params![view.county, person, asked.to_string()])?;
    Ok(changed > 0)
}

/// Who wants mail: person, about their own matters, about those of their posts. No address is opened.
pub(super) fn confirmed(view: &View<'_>) -> Result<Vec<(String, bool, bool)>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT person, own, posts FROM contact WHERE county = ?1 AND state = 'confirmed' AND (own <> 0 OR posts <> 0)",
    )?;
    let found = statement.query_map([view.county], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn read(view: &View<'_>, row: Row<'_>) -> Result<Contact, Fault> {
    let person: String = row.get(0)?;
    let place = format!("contact of `{person}`");
    let time = |column: usize| -> Result<DateTime, Fault> {
        row.get::<String>(column)?.parse().map_err(|error| Fault::unreadable(&place, error))
    };
    let body: Sealable<(String, String)> =
        serde_json::from_str(&row.get::<String>(7)?).map_err(|error| Fault::unreadable(&place, error))?;
    let (address, code) = body.opened(&view.opener())?.unwrap_or_default();
    Ok(Contact {
        address,
        code,
        state: read_state(&row.get::<String>(1)?, &place)?,
        asked: time(2)?,
        until: time(3)?,
        tries: row.get(4)?,
        own: row.get(5)?,
        posts: row.get(6)?,
        person,
    })
}

fn state_code(state: ContactState) -> &'static str {
    match state {
        ContactState::Asked => "asked",
        ContactState::CodeSent => "code-sent",
        ContactState::NotSent => "not-sent",
        ContactState::Confirmed => "confirmed",
    }
}

fn read_state(code: &str, place: &str) -> Result<ContactState, Fault> {
    match code {
        "asked" => Ok(ContactState::Asked),
        "code-sent" => Ok(ContactState::CodeSent),
        "not-sent" => Ok(ContactState::NotSent),
        "confirmed" => Ok(ContactState::Confirmed),
        other => Err(Fault::unreadable(place, format!("`{other}` is no state of a contact"))),
    }
}
