//! What a run came to (结果): plain figures, made from the matters as they stand at its end and from what was counted.

use crate::measure::{Came, Office, Refused, Week};
use crate::run::Run;
use crate::work::{Moves, moves};
use engine::event::{ClockKind, ClockState, Desk};
use engine::{Actor, Matter, World};
use jiff::civil::Date;
use regulation::model::{Act, ClauseId, Consequence, Deadline, Label, Name, Procedure, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Matters listed of which nobody knows how they go on, at most.
const LISTED: usize = 50;

/// How far some lengths lie apart, in tenths of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spread {
    /// How many.
    pub count: u64,
    /// Half of them are no longer.
    pub p50: u32,
    /// Nine of ten.
    pub p90: u32,
    /// Ninety-nine of a hundred.
    pub p99: u32,
    /// The longest.
    pub most: u32,
}

impl Spread {
    /// Of lengths in minutes.
    pub(crate) fn of_minutes(mut lengths: Vec<u32>) -> Spread {
        // A tenth of a day has 144 minutes.
        lengths.iter_mut().for_each(|minutes| *minutes = (*minutes + 72) / 144);
        Spread::of(lengths)
    }

    /// Of lengths in tenths of a day: the nearest rank.
    pub(crate) fn of(mut lengths: Vec<u32>) -> Spread {
        lengths.sort_unstable();
        let at = |percent: usize| {
            let rank = (lengths.len() * percent).div_ceil(100).max(1) - 1;
            lengths.get(rank).copied().unwrap_or_default()
        };
        Spread { count: lengths.len() as u64, p50: at(50), p90: at(90), p99: at(99), most: at(100) }
    }
}

/// A run's figures.
#[derive(Debug, Clone)]
pub struct Summary {
    /// First day.
    pub from: Date,
    /// First day after it, or the day on which it was broken off.
    pub until: Date,
    /// It was not broken off.
    pub whole: bool,
    /// Acts done, those of the clock included.
    pub acts: u64,
    /// Procedures that people came to or that had matters; those asked for first.
    pub procedures: Vec<OfProcedure>,
    /// Desks by work, the most first.
    pub offices: Vec<OfOffice>,
    /// Backlog by week.
    pub weeks: Vec<Week>,
    /// Refusals, the most frequent first.
    pub refusals: Vec<Refused>,
    /// What must hold of any run and does not: the engine, or the regulation, is wrong.
    pub broken: Vec<Broken>,
}

/// A procedure's figures.
#[derive(Debug, Clone)]
pub struct OfProcedure {
    /// Name.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// It was asked for; else it ran because another one needs it.
    pub wanted: bool,
    /// Version of its regulation, and its id.
    pub regulation: Name,
    /// Version.
    pub version: String,
    /// Who came.
    pub came: Came,
    /// Matters opened, also by duties and other matters.
    pub opened: u64,
    /// Matters open at the end.
    pub open: u64,
    /// How they ended.
    pub ends: Vec<OfEnd>,
    /// Days from beginning to end.
    pub days: Spread,
    /// Steps in the order of the text.
    pub steps: Vec<OfStep>,
    /// Deadlines in the order of the text.
    pub clocks: Vec<OfClock>,
    /// Acts by name, beginnings included.
    pub acts: Vec<OfAct>,
}

/// An act.
#[derive(Debug, Clone)]
pub struct OfAct {
    /// Name.
    pub name: Name,
    /// Label.
    pub label: Label,
    /// How often people did it.
    pub by_people: u64,
    /// How often the clock did it in their place.
    pub by_clock: u64,
}

/// An end.
#[derive(Debug, Clone)]
pub struct OfEnd {
    /// Name.
    pub name: Name,
    /// Label.
    pub label: Label,
    /// Matters that ended so.
    pub count: u64,
}

/// A step.
#[derive(Debug, Clone)]
pub struct OfStep {
    /// Name.
    pub name: Name,
    /// Label.
    pub label: Label,
    /// Days per visit.
    pub days: Spread,
    /// Matters there at the end.
    pub open: u64,
}

/// A deadline.
#[derive(Debug, Clone)]
pub struct OfClock {
    /// Name.
    pub name: Name,
    /// Label of its step.
    pub step: Label,
    /// Terms as people read them; a fixed date has none.
    pub terms: Vec<String>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Kept.
    pub in_time: u64,
    /// Missed.
    pub late: u64,
    /// Still running, or standing still.
    pub running: u64,
    /// Days used, of those that were kept or done late.
    pub days: Spread,
}

impl OfClock {
    /// Share of those decided that were kept, in thousandths; `None` where none is decided.
    #[must_use]
    pub fn rate(&self) -> Option<u64> {
        rate(self.in_time, self.late)
    }
}

fn rate(in_time: u64, late: u64) -> Option<u64> {
    (in_time * 1000 + (in_time + late) / 2).checked_div(in_time + late)
}

impl OfProcedure {
    /// Share of all its deadlines that were kept, in thousandths.
    #[must_use]
    pub fn rate(&self) -> Option<u64> {
        let sum = |of: fn(&OfClock) -> u64| self.clocks.iter().map(of).sum();
        rate(sum(|clock| clock.in_time), sum(|clock| clock.late))
    }
}

/// A desk's figures.
#[derive(Debug, Clone)]
pub struct OfOffice {
    /// What it is called.
    pub name: String,
    /// Level and desk.
    pub desk: String,
    /// Place.
    pub place: String,
    /// What it did.
    pub office: Office,
    /// Days from taking something up to a clerk being free.
    pub waits: Spread,
    /// Share of its clerks' hours of the whole run that were work, in thousandths.
    pub load: u64,
}

/// Something that must hold of any run and does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// What: `no-way-on`, `overdue`.
    pub what: &'static str,
    /// Procedure.
    pub procedure: Name,
    /// Step.
    pub step: Name,
    /// One matter for example.
    pub matter: String,
    /// How many.
    pub count: u64,
    /// In Chinese.
    pub zh: String,
}

impl Run<'_> {
    pub(crate) fn summary(&mut self, whole: bool) -> Summary {
        let mut by_procedure: BTreeMap<Name, Vec<Arc<Matter>>> = BTreeMap::new();
        for matter in self.world.all_matters() {
            by_procedure.entry(matter.procedure.clone()).or_default().push(Arc::clone(matter));
        }
        let mut names: Vec<Name> = self.plan.procedures.clone();
        let others: BTreeSet<Name> = by_procedure.keys().chain(self.measured.came.keys()).cloned().collect();
        names.extend(others.into_iter().filter(|name| !self.plan.procedures.contains(name)));
        let procedures = names.iter().filter_map(|name| {
            let matters = by_procedure.get(name).map(Vec::as_slice).unwrap_or_default();
            self.of_procedure(name, matters)
        });
        let procedures = procedures.collect();
        let mut offices: Vec<OfOffice> =
            self.measured.offices.iter().filter_map(|(desk, office)| self.of_office(desk, office)).collect();
        self.tell_apart(&mut offices);
        offices.sort_by_key(|of| (std::cmp::Reverse(of.office.minutes), of.place.clone(), of.desk.clone()));
        let mut refusals: Vec<Refused> = self.measured.refused.values().cloned().collect();
        refusals.sort_by_key(|refused| std::cmp::Reverse(refused.count));
        Summary {
            from: self.plan.from,
            until: self.now.date(),
            whole,
            acts: self.measured.acts,
            procedures,
            offices,
            weeks: self.measured.weeks.clone(),
            refusals,
            broken: self.broken(),
        }
    }

    /// Desks that are called the same have the place above them in front.
    fn tell_apart(&self, offices: &mut [OfOffice]) {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        offices.iter().for_each(|of| *counts.entry(of.name.clone()).or_default() += 1);
        let county = self.world.county();
        for of in offices.iter_mut().filter(|of| counts[&of.name] > 1) {
            let above = county.place(&of.place).and_then(|place| county.parent(place));
            of.name = format!("{}{}", above.map_or("", |above| above.name.as_str()), of.name);
        }
    }

    fn of_procedure(&self, name: &str, matters: &[Arc<Matter>]) -> Option<OfProcedure> {
        let (regulation, procedure) = self.world.rulebook().procedure(name)?;
        let ended = |matter: &&Arc<Matter>| matter.ended.clone();
        let mut ends: BTreeMap<Name, u64> = BTreeMap::new();
        matters.iter().filter_map(|matter| ended(&matter)).for_each(|(end, _)| *ends.entry(end).or_default() += 1);
        let label = |end: &str| procedure.end(end).cloned().unwrap_or_default();
        let ends = ends.into_iter().map(|(name, count)| OfEnd { label: label(&name), name, count });
        let days = matters.iter().filter_map(|matter| {
            let (_, on) = matter.ended.as_ref()?;
            Some(10 * days_between(matter.acts.first().map_or(matter.opened_at.date(), |act| act.on), *on))
        });
        Some(OfProcedure {
            name: name.to_owned(),
            title: procedure.title.clone(),
            wanted: self.plan.procedures.iter().any(|wanted| wanted == name),
            regulation: regulation.id.clone(),
            version: regulation.version.clone(),
            came: self.measured.came.get(name).cloned().unwrap_or_default(),
            opened: matters.len() as u64,
            open: matters.iter().filter(|matter| matter.is_open()).count() as u64,
            ends: ends.collect(),
            days: Spread::of(days.collect()),
            steps: self.of_steps(procedure, matters),
            clocks: of_clocks(procedure, matters),
            acts: of_acts(procedure, matters),
        })
    }

    fn of_steps(&self, procedure: &Procedure, matters: &[Arc<Matter>]) -> Vec<OfStep> {
        let of = |step: &regulation::model::Step| {
            let lengths = self.measured.steps.get(&(procedure.name.clone(), step.name.clone()));
            let here = matters.iter().filter(|matter| matter.step.as_ref() == Some(&step.name)).count();
            OfStep {
                name: step.name.clone(),
                label: step.label.clone(),
                days: Spread::of_minutes(lengths.cloned().unwrap_or_default()),
                open: here as u64,
            }
        };
        procedure.steps.iter().map(of).filter(|step| step.days.count + step.open > 0).collect()
    }

    fn of_office(&self, desk: &Desk, office: &Office) -> Option<OfOffice> {
        let Desk::Office { level, desk: name, place } = desk else { return None };
        let county = self.world.county();
        let at = format!("{level}/{name}");
        let clerks = u64::from(self.plan.assumptions.number(crate::assumptions::CLERKS, &[&at]).max(1));
        let hours = self.working_minutes() * clerks;
        Some(OfOffice {
            name: county.office_name(level, name, place),
            desk: at,
            place: place.clone(),
            office: office.clone(),
            waits: Spread::of_minutes(office.waits.clone()),
            load: (office.minutes * 1000).checked_div(hours).unwrap_or_default(),
        })
    }

    /// Minutes that an office is open in the whole run.
    fn working_minutes(&self) -> u64 {
        let mut day = self.plan.from;
        let mut days = 0;
        while day < self.now.date() {
            days += u64::from(self.world.holidays().is_working_day(day));
            day = day.tomorrow().unwrap_or(Date::MAX);
        }
        days * self.plan.assumptions.hours.minutes()
    }

    /// What must hold of every run: each open matter has somebody who has it or a clock that runs, and no clock that is due could act.
    fn broken(&mut self) -> Vec<Broken> {
        let mut found: BTreeMap<(&'static str, Name, Name), Broken> = BTreeMap::new();
        let mut add = |what: &'static str, matter: &Matter, zh: &str| {
            let step = matter.step.clone().unwrap_or_default();
            let key = (what, matter.procedure.clone(), step.clone());
            let of = found.entry(key).or_insert_with(|| Broken {
                what,
                procedure: matter.procedure.clone(),
                step,
                matter: matter.id.clone(),
                count: 0,
                zh: zh.to_owned(),
            });
            of.count += 1;
        };
        let open: Vec<Arc<Matter>> = self.world.all_matters().filter(|matter| matter.is_open()).cloned().collect();
        for matter in &open {
            let runs = matter.clocks.iter().any(|clock| {
                matches!(clock.state, ClockState::Running | ClockState::Suspended { .. })
                    && !matches!(clock.kind, ClockKind::Reminder(_))
            });
            if !runs && !self.has_way_on(matter) {
                add("no-way-on", matter, "没有办结，没有期限在走，也没有谁能接着办");
            }
            // What falls due in the instant of the end is not overdue by it.
            let due = engine::clock::due_clocks(matter, self.now).into_iter();
            for (_, clock) in due.filter(|(moment, _)| *moment < self.now) {
                if self.would_fire(&matter.id, clock) {
                    add("overdue", matter, "期限已过，该有的后果没有发生");
                }
            }
        }
        found.into_values().take(LISTED).collect()
    }
}

/// The deadlines of a procedure's matters.
fn of_clocks(procedure: &Procedure, matters: &[Arc<Matter>]) -> Vec<OfClock> {
    let mut found = Vec::new();
    for step in &procedure.steps {
        for deadline in &step.due {
            let mut of = OfClock {
                name: deadline.name.clone(),
                step: step.label.clone(),
                terms: Vec::new(),
                clauses: if deadline.clauses.is_empty() { step.clauses.clone() } else { deadline.clauses.clone() },
                in_time: 0,
                late: 0,
                running: 0,
                days: Spread::default(),
            };
            let waits = is_waiting_time(deadline, step, procedure);
            let (mut terms, mut days) = (BTreeSet::new(), Vec::new());
            let clocks = matters.iter().flat_map(|matter| &matter.clocks);
            for clock in clocks.filter(|clock| clock.name == deadline.name && !is_reminder(&clock.kind)) {
                terms.extend(clock.term.map(|term| term.zh()));
                let settled = match clock.state {
                    ClockState::Running | ClockState::Suspended { .. } => {
                        of.running += 1;
                        None
                    }
                    ClockState::Stopped(on) if on <= clock.due => {
                        of.in_time += 1;
                        Some(on)
                    }
                    ClockState::Stopped(on) => {
                        of.late += 1;
                        Some(on)
                    }
                    ClockState::Expired { at, stopped } => {
                        let counts = if waits { &mut of.in_time } else { &mut of.late };
                        *counts += 1;
                        Some(stopped.unwrap_or(at.date()))
                    }
                };
                if let (Some(event), Some(on)) = (clock.event_on, settled) {
                    days.push(10 * days_between(event, on));
                }
            }
            of.terms = terms.into_iter().collect();
            of.days = Spread::of(days);
            if of.in_time + of.late + of.running > 0 {
                found.push(of);
            }
        }
    }
    found
}

/// Whether a matter is to wait until a deadline is over (a public notice), as the text says by naming what the clock then does before anything else that
/// leads on; else what the clock does it does in the place of somebody who did not.
fn is_waiting_time(deadline: &Deadline, step: &Step, procedure: &Procedure) -> bool {
    let leads_on = |act: &&Act| matches!(moves(act, procedure, Some(step)), Moves::On | Moves::End);
    let usual = step.acts.iter().find(leads_on);
    usual.is_some_and(|usual| matches!(&deadline.consequence, Consequence::Act(name) if *name == usual.name))
}

fn is_reminder(kind: &ClockKind) -> bool {
    matches!(kind, ClockKind::Reminder(_))
}

/// What was done with a procedure's matters, in the order of the text.
fn of_acts(procedure: &Procedure, matters: &[Arc<Matter>]) -> Vec<OfAct> {
    let mut counts: BTreeMap<&Name, (u64, u64)> = BTreeMap::new();
    for record in matters.iter().flat_map(|matter| &matter.acts) {
        let count = counts.entry(&record.act).or_default();
        match record.actor {
            Actor::Person { .. } => count.0 += 1,
            Actor::Clock => count.1 += 1,
        }
    }
    let mut found: Vec<OfAct> = Vec::new();
    for (_, act) in procedure.all_acts() {
        if let Some((by_people, by_clock)) = counts.remove(&act.name) {
            found.push(OfAct { name: act.name.clone(), label: act.label.clone(), by_people, by_clock });
        }
    }
    found
}

fn days_between(from: Date, to: Date) -> u32 {
    to.since(from).ok().and_then(|span| u32::try_from(span.get_days()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_takes_the_nearest_rank() {
        let spread = Spread::of((1..=100).rev().collect());
        assert_eq!((spread.p50, spread.p90, spread.p99, spread.most), (50, 90, 99, 100));
        assert_eq!(Spread::of(vec![7]), Spread { count: 1, p50: 7, p90: 7, p99: 7, most: 7 });
        assert_eq!(Spread::of(Vec::new()), Spread::default());
        assert_eq!(Spread::of_minutes(vec![1440]).p50, 10, "a day");
    }

    #[test]
    fn a_rate_of_nothing_is_unknown() {
        assert_eq!((rate(0, 0), rate(2, 1), rate(0, 5)), (None, Some(667), Some(0)));
    }
}
