//! Duties (职责、定期任务): whose turn it is, and when the next instance of a procedure begins.
//!
//! An instance (期次) is a matter that the clock opened for a duty. Which one comes next for a unit follows from the latest
//! one alone, so that a look costs one look-up. What an instance is worth is not said here: it is a matter like any other.
//!
//! Whoever keeps time looks at each unit at 00:00 of each day, after the clocks of that instant have fired. A look that
//! opens nothing changes nothing.

use crate::act::{PlaceCode, Reason, RefusalKind};
use crate::env::{RecordEnv, Scope};
use crate::eval;
use crate::matter::Matter;
use crate::reason::{Decided, refuse};
use crate::reference::filled;
use crate::world::World;
use calendar::{Schedule, Until, periods, zh_date};
use jiff::civil::{Date, DateTime, Time};
use regulation::expr::{Env, Record};
use regulation::model::{Duty, Each, Every, Field, Name, Regulation, Rhythm};
use std::sync::Arc;

/// For which duty, unit and period a matter was opened (期次).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Duty.
    pub duty: Name,
    /// Place code, or key of a register row.
    pub unit: String,
    /// First day of its period.
    pub from: Date,
    /// Last day of its period; none where it stands until it is done.
    pub to: Option<Date>,
    /// The time on its last day by which it is to be done; the end of that day without one.
    pub time: Option<Time>,
    /// What the period is called: `2022年3月上旬`.
    pub name: String,
    /// The next one begins only after this one has ended.
    pub waits: bool,
}

/// The first day on which a duty can have an instance.
#[must_use]
pub fn first_on(world: &dyn World, regulation: &Arc<Regulation>, duty: &Duty, now: DateTime) -> Date {
    let scope = Scope::new(world, now);
    let county = scope.bare(regulation, &world.county().code);
    let since = duty.since.as_ref().and_then(|since| eval::value(since, &county).as_date());
    since.map_or(regulation.effective, |since| since.max(regulation.effective))
}

/// The schedule that a duty follows now at a place; `None` for one that begins whenever something is lacking.
#[must_use]
pub fn schedule(
    world: &dyn World,
    regulation: &Arc<Regulation>,
    duty: &Duty,
    place: &PlaceCode,
    now: DateTime,
) -> Option<Schedule> {
    match &duty.rhythm {
        Rhythm::Every(every) => Some(chosen(every, &Scope::new(world, now).bare(regulation, place))),
        Rhythm::Whenever(_) => None,
    }
}

/// The day from which on the instance after this one may begin; `None` while this one must end first.
#[must_use]
pub fn next_on(matter: &Matter) -> Option<Date> {
    let instance = matter.instance.as_ref()?;
    let last = match (instance.waits, instance.to) {
        (false, Some(to)) => to,
        _ => matter.ended.as_ref()?.1,
    };
    last.tomorrow().ok()
}

/// Every unit of a duty as the county and its registers stand, whether or not its condition holds today.
#[must_use]
pub fn units(world: &dyn World, duty: &Duty) -> Vec<String> {
    match &duty.each {
        Each::Place { level, .. } => {
            let places = world.county().present();
            places.filter(|place| place.level == *level).map(|place| place.code.clone()).collect()
        }
        Each::Row { register, .. } => world.rows(register, None),
    }
}

/// The place at which the matters of a unit are; `None` if there is no such unit (any more).
#[must_use]
pub fn place_of(world: &dyn World, duty: &Duty, unit: &str) -> Option<PlaceCode> {
    match &duty.each {
        Each::Place { level, .. } => {
            let place = world.county().place(unit).filter(|place| place.code == unit && place.level == *level);
            place.map(|place| place.code.clone())
        }
        Each::Row { register, .. } => world.row(register, unit).map(|row| row.place.clone()),
    }
}

/// Whether an instance of a duty is to begin for a unit now: what a look at 00:00 asks before the clock acts.
#[must_use]
pub fn is_due(world: &dyn World, duty: &str, unit: &str, now: DateTime) -> bool {
    let found = world.rulebook().duty(duty);
    found.is_some_and(|(regulation, duty)| turn(world, regulation, duty, unit, now).is_ok())
}

impl Instance {
    /// When its period ends: with its last day, or at a moment of it.
    #[must_use]
    pub fn until(&self) -> Option<Until> {
        self.to.map(|on| Until { on, time: self.time })
    }
}

/// What begins for a unit.
pub(crate) struct Turn {
    pub(crate) place: PlaceCode,
    pub(crate) instance: Instance,
    /// What the starting act is given.
    pub(crate) given: Record,
}

/// What is to begin for a unit now, or why nothing is.
pub(crate) fn turn(
    world: &dyn World,
    regulation: &Arc<Regulation>,
    duty: &Duty,
    unit: &str,
    now: DateTime,
) -> Decided<Turn> {
    let Some(place) = place_of(world, duty, unit) else {
        let zh = format!("“{}”没有“{unit}”这个责任对象", duty.title.zh);
        let en = format!("`{}` is no duty of `{unit}`", duty.name);
        return refuse(RefusalKind::Unknown, Reason::general("unknown-unit", zh, en));
    };
    let first = first_on(world, regulation, duty, now);
    let covered = covered(world, duty, unit, first, now)?;
    let scope = Scope::new(world, now);
    let look = Look { scope: &scope, regulation, duty, unit, place: &place, first, covered, today: now.date() };
    let (instance, given) = look.turn()?;
    drop(scope);
    Ok(Turn { place, instance, given })
}

/// The last day that earlier instances have covered; refused while the next one may not begin yet.
fn covered(world: &dyn World, duty: &Duty, unit: &str, first: Date, now: DateTime) -> Decided<Option<Date>> {
    let latest = world.latest_instance(&duty.name, unit).and_then(|id| world.matter(&id));
    let from = match &latest {
        None => first,
        Some(latest) => match next_on(latest).filter(|_| had_ended(latest, now)) {
            Some(next) => next,
            None => return refuse(RefusalKind::State, still_open(duty)),
        },
    };
    if now.date() < from {
        return refuse(RefusalKind::State, not_yet(duty, from));
    }
    Ok(latest.and_then(|_| from.yesterday().ok()))
}

/// Whether an instance that the next one waits for had ended at that moment: a look that is made up for knows what came later.
fn had_ended(matter: &Matter, at: DateTime) -> bool {
    let waits = matter.instance.as_ref().is_some_and(|instance| instance.waits);
    !waits || matter.acts.last().is_none_or(|last| last.at <= at)
}

/// One look at a duty for one unit.
struct Look<'a, 'w> {
    scope: &'a Scope<'w>,
    regulation: &'a Arc<Regulation>,
    duty: &'a Duty,
    unit: &'a str,
    place: &'a PlaceCode,
    /// The first day of the duty.
    first: Date,
    /// The last day that earlier instances have covered, if there were any.
    covered: Option<Date>,
    today: Date,
}

impl Look<'_, '_> {
    fn turn(&self) -> Decided<(Instance, Record)> {
        let base = self.scope.bare(self.regulation, self.place);
        let Each::Row { register, .. } = &self.duty.each else {
            return self.turn_in(&base);
        };
        let register = base.register(register);
        let row = self.scope.world.row(register.as_ref().map_or("", |register| &register.name), self.unit);
        let (Some(register), Some(row)) = (register, row) else {
            return refuse(RefusalKind::State, not_called_for(self.duty));
        };
        let fields: [&[Field]; 1] = [&register.fields];
        self.turn_in(&RecordEnv::new(&base, &base, &row.record, &fields))
    }

    fn turn_in(&self, env: &dyn Env) -> Decided<(Instance, Record)> {
        if !eval::applies(self.duty.each.when(), env) {
            return refuse(RefusalKind::State, not_called_for(self.duty));
        }
        let (from, to, time, name, waits) = match &self.duty.rhythm {
            Rhythm::Whenever(lacking) if lacking.holds(env) => (self.today, None, None, zh_date(self.today), true),
            Rhythm::Whenever(_) => return refuse(RefusalKind::State, not_called_for(self.duty)),
            Rhythm::Every(every) => {
                let schedule = chosen(every, env);
                let Some(period) = self.period(&schedule) else {
                    return refuse(RefusalKind::Time, no_period(self.duty));
                };
                let waits = matches!(schedule, Schedule::EveryDays { since_last: true, .. });
                (period.from.max(self.open_since()), Some(period.to), schedule.time(), period.name(), waits)
            }
        };
        let (duty, unit) = (self.duty.name.clone(), self.unit.to_owned());
        let instance = Instance { duty, unit, from, to, time, name, waits };
        Ok((instance, filled(env, &self.duty.opens.with)))
    }

    /// The first day that no earlier instance has covered: of the first one, the first day of the duty.
    fn open_since(&self) -> Date {
        let after = self.covered.and_then(|covered| covered.tomorrow().ok());
        after.unwrap_or(self.first)
    }

    /// The period that holds today; since the last time, the one that began the day after it, also where it is over. A duty that was never
    /// done counts from the day on which it began here.
    fn period(&self, schedule: &Schedule) -> Option<calendar::Period> {
        match schedule {
            Schedule::EveryDays { since_last: true, .. } => {
                let done_on = self.covered.unwrap_or(self.today);
                periods(schedule, done_on, done_on.tomorrow().ok()?).next()
            }
            Schedule::EveryDays { since_last: false, .. } => periods(schedule, self.open_since(), self.today).last(),
            _ => periods(schedule, self.today, self.today).next(),
        }
    }
}

fn not_yet(duty: &Duty, from: Date) -> Reason {
    let zh = format!("“{}”下一期自{}开始", duty.title.zh, zh_date(from));
    Reason::general("not-due-yet", zh, format!("the next instance of `{}` begins on {from}", duty.name))
}

fn still_open(duty: &Duty) -> Reason {
    let zh = format!("“{}”本期尚未办结，办结后才开始下一期", duty.title.zh);
    Reason::general("still-open", zh, format!("the present instance of `{}` has not ended", duty.name))
}

fn not_called_for(duty: &Duty) -> Reason {
    let zh = format!("“{}”眼下不需要", duty.title.zh);
    Reason::general("not-called-for", zh, format!("nothing calls for `{}` now", duty.name)).under(&duty.clauses)
}

fn no_period(duty: &Duty) -> Reason {
    let zh = format!("“{}”的周期超出历法范围", duty.title.zh);
    Reason::general("no-period", zh, format!("the periods of `{}` leave the calendar", duty.name))
}

fn chosen(every: &Every, env: &dyn Env) -> Schedule {
    match every {
        Every::Schedule(schedule) => *schedule,
        Every::If { condition, then, otherwise } => chosen(if condition.holds(env) { then } else { otherwise }, env),
    }
}
