//! Messages, alarms and mentions, one row per recipient.

use crate::db::params;
use crate::fault::Fault;
use crate::record::v1::Event;
use crate::record::write;
use engine::event::Desk;
use std::collections::BTreeSet;

use super::todo::desk_key;
use crate::sql::view::View;

fn all(desks: &[crate::record::v1::Desk], persons: &[String]) -> BTreeSet<Desk> {
    let persons = persons.iter().map(|person| Desk::Person(person.clone()));
    desks.iter().map(Desk::from).chain(persons).collect()
}

pub(super) fn project(view: &View<'_>, seq: u64, n: usize, event: &Event) -> Result<(), Fault> {
    let (matter, at, kind, body, recipients) = match event {
        Event::Told { at, desks, matter, persons, text } => (matter, at, "told", write(text), all(desks, persons)),
        // Of a note, only who wrote it: its text is read on its matter alone.
        Event::Noted { actor, at, desks, matter, persons, .. } => {
            (matter, at, "noted", actor.id().to_owned(), all(desks, persons))
        }
        Event::ClockExpired { alarm, at, clock, matter } => {
            (matter, at, "alarm", clock.to_string(), alarm.iter().map(Desk::from).collect())
        }
        _ => return Ok(()),
    };
    let mut insert = view.conn.prepare_cached(
        "INSERT INTO inbox (county, recipient, seq, n, matter, at, kind, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for recipient in recipients.iter().filter_map(desk_key) {
        insert.put(params![view.county, recipient, seq, n, matter, at.to_string(), kind, body])?;
    }
    Ok(())
}
