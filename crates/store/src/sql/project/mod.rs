//! Projections (投影): tables that answer questions fast, all made from the journal and from nothing else.
//!
//! They are written in the transaction that appends the act. Everything personal in them is a copy of the sealed bytes
//! in the journal, and whatever else depends on personal data (blind words, blind values) is left out when the key is
//! gone; so a rebuild gives the same bytes, after an erasure too.

mod county;
mod document;
mod force;
mod forget;
mod fund;
mod inbox;
mod instance;
mod matter;
mod publication;
mod row;
mod todo;

pub(crate) use publication::{reindex, target_keys};
pub(crate) use todo::{NO_DUE, desk_key, put_counts, read_desk};

use crate::db::params;
use crate::fault::Fault;
use crate::record::v1::{Event, Payload};

use super::change::Change;
use super::looks;
use super::view::View;

/// The projection tables with the columns that order their rows, in order of name.
pub(crate) const TABLES: [(&str, &str); 26] = [
    ("act_key", "county, actor, key"),
    ("act_matter", "county, matter, seq"),
    ("clock", "county, fires_at, matter, clock"),
    ("county_change", "county, seq, n"),
    ("document", "county, id"),
    ("fund_dimension", "county, account, place, value, sub"),
    ("fund_line", "county, account, sub, on_day, number, debit"),
    ("fund_posting", "county, fund, number"),
    ("fund_sub", "county, account, sub"),
    ("fund_total", "county, account"),
    ("inbox", "county, recipient, seq, n"),
    ("instance", "county, duty, unit, opened"),
    ("looked_day", "county, day"),
    ("matter", "county, id"),
    ("matter_about", "county, procedure, name, value, opened, matter"),
    ("matter_word", "county, word, matter"),
    ("number", "county, series"),
    ("publication", "county, matter"),
    ("publication_link", "county, relation, target, matter"),
    ("publication_version", "county, matter, seq"),
    ("regulation_force", "county, seq, n"),
    ("row", "county, register, key"),
    ("row_value", "county, register, name, value, key"),
    ("row_version", "county, register, key, since, seq, n"),
    ("todo", "county, desk, due, matter"),
    ("todo_count", "county, desk"),
];

/// Writes what an act changed.
pub(crate) fn project(view: &View<'_>, change: &Change<'_>) -> Result<(), Fault> {
    acts(view, change.payload)?;
    for touched in &change.touched {
        matter::project(view, touched)?;
        todo::project(view, touched)?;
        todo::clocks(view, touched)?;
        instance::project(view, touched)?;
    }
    let seq = change.payload.act.seq;
    for (matter, published) in &change.payload.act.published {
        publication::project(view, &change.payload.act, matter, published.as_ref())?;
    }
    for (n, (record, event)) in change.payload.events.iter().zip(change.events).enumerate() {
        match (record, event) {
            (Event::Issued { document, matter }, _) => document::issue(view, change, n, matter, document)?,
            (Event::Voided { document, matter, on, .. }, _) => document::void(view, matter, document, *on)?,
            (Event::Numbered { number, series }, _) => document::number(view, series, *number)?,
            (Event::RowChanged { .. }, Some(event)) => row::project(view, seq, n, record, event)?,
            (Event::Posted { .. }, Some(event)) => fund::project(view, seq, n, record, event)?,
            (Event::Told { .. } | Event::ClockExpired { .. } | Event::Noted { .. }, _) => {
                inbox::project(view, seq, n, record)?
            }
            (Event::Enacted { .. } | Event::Revoked { .. }, _) => force::project(view, seq, n, record)?,
            (Event::County { change, matter, on }, _) => county::project(view, (seq, n), matter, *on, change)?,
            (Event::Forgotten { owner, .. }, _) => forget::project(view, owner)?,
            (Event::Looked { count, day, digest }, _) => looks::project(view, seq, (*day, *count, digest.as_str()))?,
            _ => {}
        }
    }
    Ok(())
}

fn acts(view: &View<'_>, payload: &Payload) -> Result<(), Fault> {
    let seq = payload.act.seq;
    let mut touch = view
        .conn
        .prepare_cached("INSERT INTO act_matter (county, matter, seq) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    let mut last = None;
    for matter in payload.events.iter().filter_map(Event::matter) {
        if last != Some(matter) {
            touch.put(params![view.county, matter, seq])?;
        }
        last = Some(matter);
    }
    if let Some(used) = &payload.act.key {
        view.conn
            .prepare_cached("INSERT INTO act_key (county, actor, key, seq) VALUES (?1, ?2, ?3, ?4)")?
            .put(params![view.county, payload.act.actor.id(), used.key, seq])?;
    }
    Ok(())
}
