//! Looks at duties (查看职责): each day at 00:00 the next instances begin, after the clocks of that instant have fired.
//!
//! Which day a duty was last looked at stands beside the journal: a look that opens nothing leaves no trace there, and what it opens is
//! an act like any other. So a rest is made up for day by day, and a rebuild does not look again.
//!
//! Most days nothing begins: a duty of which every unit has an instance that covers the day is not looked at until the first of them
//! is over ([`Asleep`]). A look at many units that is cut short goes on where it stopped.

use crate::contract::{Request, Submitted, Ticked};
use crate::db::{OptionalExtension, params};
use crate::fault::Fault;
use engine::duty::{first_on, is_due, units};
use engine::{Act, Actor, Target};
use jiff::civil::{Date, DateTime};
use std::collections::BTreeMap;

use super::tick::TICK_MAX;
use super::view::{View, read_date};
use super::writer::{Group, Mind};

/// The day of the next look at each duty.
pub(crate) struct Looks {
    next: BTreeMap<String, Date>,
    found: Found,
}

/// What looks have found out, to be kept in mind once their transaction is committed.
#[derive(Default)]
pub(crate) struct Found {
    /// From which day on units of a duty may begin, and how many changes that takes account of.
    asleep: BTreeMap<String, (u64, Date)>,
    /// The look that was cut short.
    paused: Option<Paused>,
}

/// A look that was cut short.
#[derive(Clone)]
struct Paused {
    duty: String,
    day: Date,
    /// The unit looked at last.
    unit: String,
    /// The earliest day on which one of those looked at may begin again; none where that cannot be said.
    wakes: Option<Date>,
    changes: u64,
}

/// What is known of duties between two looks: true until a row, a place or a regulation changes.
#[derive(Default)]
pub(crate) struct Asleep {
    found: Found,
    changes: u64,
}

impl Asleep {
    /// Something changed that may bring a unit, or call for a duty.
    pub(crate) fn wake(&mut self) {
        self.changes += 1;
    }

    /// Takes up what looks found out.
    pub(crate) fn learn(&mut self, found: Found) {
        self.found.asleep.extend(found.asleep);
        self.found.paused = found.paused;
    }

    /// The day until which nothing of a duty begins.
    fn until(&self, duty: &str) -> Option<Date> {
        self.found.asleep.get(duty).filter(|(changes, _)| *changes == self.changes).map(|(_, day)| *day)
    }

    fn paused(&self, duty: &str, day: Date) -> Option<Paused> {
        let fits = |paused: &&Paused| paused.duty == duty && paused.day == day && paused.changes == self.changes;
        self.found.paused.as_ref().filter(fits).cloned()
    }
}

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
        Ok(Looks { next, found: Found::default() })
    }

    /// What they found out.
    pub(crate) fn found(self) -> Found {
        self.found
    }

    /// The earliest one.
    pub(crate) fn next(&self) -> Option<(DateTime, String)> {
        let earliest = self.next.iter().min_by_key(|(_, day)| **day)?;
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
        let (before, day) = (ticked.fired, at.date());
        if self.asleep_until(mind, &duty).is_none_or(|until| until <= day)
            && !self.look_at_units(mind, view, group, (at, &duty), ticked)?
        {
            return Ok(true);
        }
        note(view, group, &duty, day)?;
        self.next.insert(duty, day.tomorrow().unwrap_or(Date::MAX));
        Ok(ticked.fired > before)
    }

    /// The day until which nothing of a duty begins, as this tick or one before it found out.
    fn asleep_until(&self, mind: &Mind, duty: &str) -> Option<Date> {
        let changes = mind.asleep.changes;
        let own = self.found.asleep.get(duty).filter(|(known, _)| *known == changes).map(|(_, day)| *day);
        own.or_else(|| mind.asleep.until(duty))
    }

    /// Whether it came to the last unit.
    fn look_at_units(
        &mut self,
        mind: &mut Mind,
        view: &View<'_>,
        group: &mut Group,
        (at, duty): (DateTime, &str),
        ticked: &mut Ticked,
    ) -> Result<bool, Fault> {
        let (day, changes) = (at.date(), mind.asleep.changes);
        let mut found = view.library.rulebook.duty(duty).map(|(_, found)| units(view, found)).unwrap_or_default();
        let mut wakes = Some(Date::MAX);
        if let Some(paused) = mind.asleep.paused(duty, day)
            && let Some(last) = found.iter().position(|unit| *unit == paused.unit)
        {
            found.drain(..=last);
            wakes = paused.wakes;
        }
        for unit in found {
            let mut next = next_of(view, duty, &unit)?;
            if next.may_be_on(day) && is_due(view, duty, &unit, at) {
                begin(mind, view, group, at, (duty, unit.clone()), ticked)?;
                next = next_of(view, duty, &unit)?;
            }
            view.take_fault()?;
            wakes = wakes.zip(next.later_than(day)).map(|(earliest, next)| earliest.min(next));
            if ticked.fired >= TICK_MAX {
                let duty = duty.to_owned();
                self.found.paused = Some(Paused { duty, day, unit, wakes, changes });
                return Ok(false);
            }
        }
        if let Some(wakes) = wakes {
            self.found.asleep.insert(duty.to_owned(), (changes, wakes));
        }
        Ok(true)
    }
}

/// The day on which each duty was last looked at.
fn looked(view: &View<'_>) -> Result<BTreeMap<String, Date>, Fault> {
    let mut statement = view.conn.prepare_cached("SELECT duty, on_day FROM duty_look WHERE county = ?1")?;
    let mut rows = statement.query([view.county])?;
    let mut looked = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let duty: String = row.get(0)?;
        let on = read_date(&row.get::<String>(1)?, &format!("duty `{duty}`"))?;
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

/// What the latest instance of a unit says about the next one.
enum Next {
    /// There was none yet.
    First,
    /// It comes after this one has ended.
    AfterThis,
    /// From a day on.
    From(Date),
}

impl Next {
    fn may_be_on(&self, day: Date) -> bool {
        match self {
            Next::First => true,
            Next::AfterThis => false,
            Next::From(from) => *from <= day,
        }
    }

    /// The day, if it is known and lies ahead.
    fn later_than(&self, day: Date) -> Option<Date> {
        match self {
            Next::From(from) => Some(*from).filter(|from| *from > day),
            Next::First | Next::AfterThis => None,
        }
    }
}

/// Reads no matter.
fn next_of(view: &View<'_>, duty: &str, unit: &str) -> Result<Next, Fault> {
    let next: Option<Option<String>> = view
        .conn
        .prepare_cached(
            "SELECT next FROM instance WHERE county = ?1 AND duty = ?2 AND unit = ?3 ORDER BY opened DESC LIMIT 1",
        )?
        .query_row(params![view.county, duty, unit], |row| row.get(0))
        .optional()?;
    Ok(match next {
        None => Next::First,
        Some(None) => Next::AfterThis,
        Some(Some(day)) => Next::From(read_date(&day, &format!("instance of `{duty}` for `{unit}`"))?),
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
    let act = Act {
        target,
        name: String::new(),
        actor: Actor::Clock,
        form: BTreeMap::new(),
        fresh_ids: Vec::new(),
        proved: false,
    };
    match mind.act(view, group, Request { key: None, act, now })? {
        Submitted::Done(_) => ticked.fired += 1,
        Submitted::Refused(refusal) => {
            let reason = refusal.reasons.first().map(|reason| reason.zh.clone()).unwrap_or_default();
            ticked.not_begun.push((duty.to_owned(), unit, reason));
        }
    }
    Ok(())
}
