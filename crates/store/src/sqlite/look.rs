//! Looks at duties (查看职责): each day at 00:00 the next instances begin, after the clocks of that instant have fired.
//!
//! Which day a duty was last looked at stands beside the journal: a look that opens nothing leaves no trace there, and what it opens is
//! an act like any other. So a rest is made up for day by day, and a rebuild does not look again.

use crate::contract::{Request, Submitted, Ticked};
use crate::fault::Fault;
use engine::duty::{first_on, is_due, units};
use engine::{Act, Actor, Target};
use jiff::civil::{Date, DateTime};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

use super::tick::TICK_MAX;
use super::view::{View, read_date};
use super::writer::{Group, Mind};

/// The day of the next look at each duty.
pub(crate) struct Looks(BTreeMap<String, Date>);

impl Looks {
    /// A duty that this store has not known before begins on its first day, or today where that has passed.
    pub(crate) fn read(view: &View<'_>, group: &mut Group, now: DateTime) -> Result<Self, Fault> {
        let mut looked = looked(view)?;
        let yesterday = now.date().yesterday().unwrap_or(Date::MIN);
        let mut next = BTreeMap::new();
        for (regulation, duty) in view.library.rulebook.duties() {
            if regulation.until.is_some_and(|until| until < yesterday) {
                continue;
            }
            let last = match looked.remove(&duty.name) {
                Some(last) => last,
                None => {
                    note(view, group, &duty.name, yesterday)?;
                    yesterday
                }
            };
            let after = last.tomorrow().unwrap_or(Date::MAX);
            next.insert(duty.name.clone(), after.max(first_on(view, regulation, duty, now)));
        }
        Ok(Looks(next))
    }

    /// The earliest one.
    pub(crate) fn next(&self) -> Option<(DateTime, String)> {
        let earliest = self.0.iter().min_by_key(|(_, day)| **day)?;
        Some((earliest.1.at(0, 0, 0, 0), earliest.0.clone()))
    }

    /// Looks at every unit of a duty, up to [`TICK_MAX`] acts in all; whether anything began. A look that is cut short is taken up again:
    /// what it has begun is not due any more.
    pub(crate) fn look(
        &mut self,
        mind: &mut Mind,
        view: &View<'_>,
        group: &mut Group,
        (at, duty): (DateTime, String),
        ticked: &mut Ticked,
    ) -> Result<bool, Fault> {
        let before = ticked.fired;
        let found = view.library.rulebook.duty(&duty).map(|(_, found)| units(view, found)).unwrap_or_default();
        for unit in found {
            if may_be_due(view, &duty, &unit, at.date())? && is_due(view, &duty, &unit, at) {
                begin(mind, view, group, at, (&duty, unit), ticked)?;
            }
            view.take_fault()?;
            if ticked.fired >= TICK_MAX {
                return Ok(true);
            }
        }
        note(view, group, &duty, at.date())?;
        self.0.insert(duty, at.date().tomorrow().unwrap_or(Date::MAX));
        Ok(ticked.fired > before)
    }
}

/// The day on which each duty was last looked at.
fn looked(view: &View<'_>) -> Result<BTreeMap<String, Date>, Fault> {
    let mut statement = view.conn.prepare_cached("SELECT duty, on_day FROM duty_look WHERE county = ?1")?;
    let mut rows = statement.query([view.county])?;
    let mut looked = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let duty: String = row.get(0)?;
        let on = read_date(&row.get::<_, String>(1)?, &format!("duty `{duty}`"))?;
        looked.insert(duty, on);
    }
    Ok(looked)
}

fn note(view: &View<'_>, group: &mut Group, duty: &str, on: Date) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO duty_look (county, duty, on_day) VALUES (?1, ?2, ?3)
             ON CONFLICT (county, duty) DO UPDATE SET on_day = excluded.on_day",
        )?
        .execute(params![view.county, duty, on.to_string()])?;
    group.note_write();
    Ok(())
}

/// Whether the latest instance lets another one begin, without reading its matter.
fn may_be_due(view: &View<'_>, duty: &str, unit: &str, today: Date) -> Result<bool, Fault> {
    let next: Option<Option<String>> = view
        .conn
        .prepare_cached(
            "SELECT next FROM instance WHERE county = ?1 AND duty = ?2 AND unit = ?3 ORDER BY opened DESC LIMIT 1",
        )?
        .query_row(params![view.county, duty, unit], |row| row.get(0))
        .optional()?;
    Ok(match next {
        None => true,
        Some(None) => false,
        Some(Some(day)) => read_date(&day, &format!("instance of `{duty}` for `{unit}`"))? <= today,
    })
}

fn begin(
    mind: &mut Mind,
    view: &View<'_>,
    group: &mut Group,
    now: DateTime,
    (duty, unit): (&str, String),
    ticked: &mut Ticked,
) -> Result<(), Fault> {
    let target = Target::Duty { duty: duty.to_owned(), unit: unit.clone() };
    let act = Act { target, name: String::new(), actor: Actor::Clock, form: BTreeMap::new(), fresh_ids: Vec::new() };
    match mind.act(view, group, Request { key: None, act, now })? {
        Submitted::Done(_) => ticked.fired += 1,
        Submitted::Refused(refusal) => {
            let reason = refusal.reasons.first().map(|reason| reason.zh.clone()).unwrap_or_default();
            ticked.not_begun.push((duty.to_owned(), unit, reason));
        }
    }
    Ok(())
}
