//! The clock (时钟): fires what is due, each clock at its own instant and in order.
//!
//! After a rest this gives what would have happened without it. A clock whose act is refused stays due: what its act
//! waits for may still come about. It is tried again each day, and after any act on its matter.

use crate::contract::{Request, Submitted, Ticked};
use crate::db::{OptionalExtension, params};
use crate::fault::Fault;
use engine::clock::due_clocks;
use engine::{Act, Actor, Target, unprinted};
use jiff::civil::{Date, DateTime};
use regulation::model::Procedure;
use std::collections::BTreeMap;

use super::look::Looks;
use super::view::View;
use super::writer::{Group, Mind};

/// Acts of the clock in one transaction at most: others get their turn in between.
pub(crate) const TICK_MAX: u64 = 500;

/// Clocks that were refused: when last tried and how many acts their matter had seen.
#[derive(Default)]
pub(crate) struct Retries(BTreeMap<(String, u32), (Date, u64)>);

struct Due {
    fires_at: String,
    matter: String,
    clock: u32,
}

/// Fires what is due by `now` and lets duties begin, each at its instant, up to [`TICK_MAX`].
pub(crate) fn tick(mind: &mut Mind, view: &View<'_>, group: &mut Group, now: DateTime) -> Result<Ticked, Fault> {
    let mut ticked = Ticked::default();
    print_rows(mind, view, group, now, &mut ticked)?;
    let mut looks = Looks::read(view, group, now)?;
    let mut last: Option<Due> = None;
    while ticked.fired < TICK_MAX && group.changes.force.is_empty() {
        let due = next(view, last.as_ref(), now)?;
        let look = looks.next().filter(|(at, _)| *at <= now);
        match (due, look) {
            (Some(due), look) if look.as_ref().is_none_or(|(at, _)| due.fires_at <= at.to_string()) => {
                fire(mind, view, group, now, &due, &mut ticked)?;
                last = Some(due);
            }
            (_, Some(look)) => {
                // What has begun late may have clocks that should have fired before.
                if looks.look(mind, view, group, look, &mut ticked)? {
                    last = None;
                }
            }
            (_, None) => break,
        }
    }
    ticked.enacted = group.changes.force.len() as u64;
    group.found.push(looks.found());
    Ok(ticked)
}

/// Lets the rows printed in regulations come in force or go, once a day and after each start.
fn print_rows(
    mind: &mut Mind,
    view: &View<'_>,
    group: &mut Group,
    now: DateTime,
    ticked: &mut Ticked,
) -> Result<(), Fault> {
    if mind.printed_on == Some(now.date()) {
        return Ok(());
    }
    for act in unprinted(view, now.date()) {
        let target = act.target.clone();
        match mind.act(view, group, Request { key: None, act, now })? {
            Submitted::Done(_) => ticked.fired += 1,
            Submitted::Refused(refusal) => {
                let Target::Printed { register } = target else { continue };
                let fields = refusal.fields.iter().map(|fault| format!("{}：{}", fault.label.zh, fault.zh));
                let reasons = refusal.reasons.iter().map(|reason| reason.zh.clone()).chain(fields);
                ticked.not_begun.push((register, String::new(), reasons.collect::<Vec<_>>().join("；")));
            }
        }
    }
    view.take_fault()?;
    mind.printed_on = Some(now.date());
    Ok(())
}

/// The instant of the latest due clock of a procedure that acts on the force of regulations.
pub(crate) fn force_due(view: &View<'_>, now: DateTime) -> Result<Option<DateTime>, Fault> {
    let acts = |procedure: &Procedure| procedure.all_acts().any(|(_, act)| act.enact.is_some() || act.revoke.is_some());
    let regulations = view.library.rulebook.regulations.values();
    let procedures = regulations.flat_map(|regulation| regulation.procedures.values()).filter(|found| acts(found));
    let mut statement = view.conn.prepare_cached(
        "SELECT max(clock.fires_at) FROM clock JOIN matter ON matter.county = clock.county AND matter.id = clock.matter
         WHERE clock.county = ?1 AND clock.fires_at <= ?2 AND matter.procedure = ?3",
    )?;
    let mut latest: Option<DateTime> = None;
    for procedure in procedures {
        let found: Option<String> =
            statement.query_row(params![view.county, now.to_string(), procedure.name], |row| row.get(0))?;
        let Some(found) = found else { continue };
        let at: DateTime =
            found.parse().map_err(|error| Fault::unreadable(format!("clock of `{}`", procedure.name), error))?;
        latest = latest.max(Some(at));
    }
    Ok(latest)
}

/// Fires the clocks of one matter that are due before somebody acts on it.
pub(crate) fn fire_first(
    mind: &mut Mind,
    view: &View<'_>,
    group: &mut Group,
    matter: &str,
    now: DateTime,
) -> Result<(), Fault> {
    let mut ticked = Ticked::default();
    while let Some(folded) = view.folded(matter)? {
        let due = due_clocks(&folded.matter, now);
        let fired = ticked.fired;
        for (moment, clock) in due {
            let due = Due { fires_at: moment.to_string(), matter: matter.to_owned(), clock };
            fire(mind, view, group, now, &due, &mut ticked)?;
            if ticked.fired > fired {
                break;
            }
        }
        if ticked.fired == fired {
            break;
        }
    }
    Ok(())
}

/// The next clock after another in order of instant, matter and clock. Clocks started meanwhile are among them.
fn next(view: &View<'_>, last: Option<&Due>, now: DateTime) -> Result<Option<Due>, Fault> {
    let mut statement = view.conn.prepare_cached(
        "SELECT fires_at, matter, clock FROM clock
         WHERE county = ?1 AND (fires_at, matter, clock) > (?2, ?3, ?4) AND fires_at <= ?5
         ORDER BY fires_at, matter, clock LIMIT 1",
    )?;
    let (fires_at, matter, clock) = match last {
        Some(last) => (last.fires_at.as_str(), last.matter.as_str(), i64::from(last.clock)),
        None => ("", "", -1),
    };
    let found = statement.query_row(params![view.county, fires_at, matter, clock, now.to_string()], |row| {
        Ok(Due { fires_at: row.get(0)?, matter: row.get(1)?, clock: row.get(2)? })
    });
    Ok(found.optional()?)
}

fn fire(
    mind: &mut Mind,
    view: &View<'_>,
    group: &mut Group,
    now: DateTime,
    due: &Due,
    ticked: &mut Ticked,
) -> Result<(), Fault> {
    let Some(folded) = view.folded(&due.matter)? else {
        return Ok(());
    };
    let key = (due.matter.clone(), due.clock);
    let tried = mind.retries.0.get(&key).copied();
    if tried == Some((now.date(), folded.matter.seq)) {
        return Ok(());
    }
    let fires_at: DateTime = due
        .fires_at
        .parse()
        .map_err(|error| Fault::unreadable(format!("clock {} of {}", due.clock, due.matter), error))?;
    let latest = folded.matter.acts.last().map_or(folded.matter.opened_at, |act| act.at);
    let midnight = tried.map(|_| now.date().at(0, 0, 0, 0));
    let instant = fires_at.max(latest).max(midnight.unwrap_or(fires_at));
    let act = Act {
        target: Target::Clock { matter: due.matter.clone(), clock: due.clock },
        name: String::new(),
        actor: Actor::Clock,
        form: BTreeMap::new(),
        fresh_ids: Vec::new(),
        proved: false,
    };
    match mind.act(view, group, Request { key: None, act, now: instant })? {
        Submitted::Done(_) => {
            mind.retries.0.remove(&key);
            ticked.fired += 1;
        }
        Submitted::Refused(refusal) => {
            let reason = refusal.reasons.first().map(|reason| reason.zh.clone()).unwrap_or_default();
            mind.retries.0.insert(key, (now.date(), folded.matter.seq));
            ticked.refused.push((due.matter.clone(), due.clock, reason));
        }
    }
    Ok(())
}
