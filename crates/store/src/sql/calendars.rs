//! Calendar addresses.

use crate::calendars::{Calendar, CalendarReading, Calendars};
use crate::db::params;
use crate::fault::Fault;
use crate::identity::DoorEvent;
use jiff::civil::DateTime;

use super::Database;
use super::identity::note;
use super::read::moment;
use super::view::View;

impl Calendars for Database {
    fn put_calendar(&self, calendar: Calendar, event: DoorEvent) -> Result<(), Fault> {
        self.write(move |view, _| {
            view.conn
                .prepare_cached(
                    "INSERT INTO calendar (county, id, digest, person, post, made, address, agent)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    view.county,
                    calendar.id,
                    calendar.digest,
                    calendar.person,
                    calendar.post,
                    calendar.made.to_string(),
                    calendar.address,
                    calendar.agent,
                ])?;
            note(view, &event)
        })
    }

    fn use_calendar(&self, id: &str, now: DateTime, address: &str, agent: &str) -> Result<(), Fault> {
        let (id, address, agent) = (id.to_owned(), address.to_owned(), agent.to_owned());
        self.write(move |view, _| {
            view.conn
                .prepare_cached(
                    "UPDATE calendar SET used = ?3, address = ?4, agent = ?5 WHERE county = ?1 AND id = ?2",
                )?
                .execute(params![view.county, id, now.to_string(), address, agent])?;
            Ok(())
        })
    }

    fn drop_calendar(&self, person: &str, id: &str, event: DoorEvent) -> Result<bool, Fault> {
        let (person, id) = (person.to_owned(), id.to_owned());
        self.write(move |view, _| {
            let gone = view
                .conn
                .prepare_cached("DELETE FROM calendar WHERE county = ?1 AND id = ?2 AND person = ?3")?
                .execute(params![view.county, id, person])?;
            if gone > 0 {
                note(view, &event)?;
            }
            Ok(gone > 0)
        })
    }
}

/// Ends all of a person's.
pub(super) fn drop_all(view: &View<'_>, person: &str) -> Result<(), Fault> {
    view.conn
        .prepare_cached("DELETE FROM calendar WHERE county = ?1 AND person = ?2")?
        .execute(params![view.county, person])?;
    Ok(())
}

impl CalendarReading for View<'_> {
    fn calendar(&self, digest: &str) -> Result<Option<Calendar>, Fault> {
        Ok(found(self, "digest", digest)?.pop())
    }

    fn calendars(&self, person: &str) -> Result<Vec<Calendar>, Fault> {
        found(self, "person", person)
    }
}

fn found(view: &View<'_>, column: &str, value: &str) -> Result<Vec<Calendar>, Fault> {
    let sql = format!(
        "SELECT id, digest, person, post, made, used, address, agent FROM calendar
         WHERE county = ?1 AND {column} = ?2 ORDER BY made, id"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, value])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let used: Option<String> = row.get(5)?;
        found.push(Calendar {
            id: row.get(0)?,
            digest: row.get(1)?,
            person: row.get(2)?,
            post: row.get(3)?,
            made: moment(&row.get::<String>(4)?, "calendar")?,
            used: used.map(|used| moment(&used, "calendar")).transpose()?,
            address: row.get(6)?,
            agent: row.get(7)?,
        });
    }
    Ok(found)
}
