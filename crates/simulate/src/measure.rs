//! Counting (计量) while a run goes on: what cannot be told afterwards from the matters themselves.

use crate::work::{Task, by_desk};
use engine::act::MatterId;
use engine::event::Desk;
use engine::{Memory, Refusal, World};
use jiff::civil::{Date, DateTime, Weekday};
use regulation::model::{ClauseId, Name};
use std::collections::BTreeMap;

/// Where somebody was told no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// At the counter: papers that were mended afterwards.
    Counter,
    /// At the door: it stayed a no.
    Door,
    /// At a desk: what it had in mind could not be done, yet or at all.
    Desk,
}

/// A reason for which something was refused, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Procedure.
    pub procedure: Name,
    /// Act.
    pub act: Name,
    /// Where.
    pub place: Place,
    /// Code of the reason; of a wrong form the field.
    pub code: Name,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// The sentence of the first time.
    pub zh: String,
    /// How often.
    pub count: u64,
}

/// What became of those who came to a procedure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Came {
    /// Who came.
    pub came: u64,
    /// There was nothing for it to be about.
    pub without_subject: u64,
    /// Sent home once to mend their papers.
    pub sent_home: u64,
    /// Refused for good.
    pub turned_away: u64,
    /// Accepted.
    pub accepted: u64,
    /// Of these, with the first papers.
    pub at_once: u64,
}

/// What a desk did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Office {
    /// Acts done.
    pub acts: u64,
    /// Minutes of work.
    pub minutes: u64,
    /// Minutes of the busiest week, and that week's Monday.
    pub peak: (u64, Option<Date>),
    /// Matters on it at the end of the week with most of them.
    pub most: usize,
    /// Minutes from taking something up to a clerk being free for it.
    pub waits: Vec<u32>,
    week: (Option<Date>, u64),
}

/// A week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub from: Date,
    /// Matters open that morning, by procedure.
    pub open: BTreeMap<Name, u64>,
    /// Matters on desks that morning.
    pub waiting: u64,
}

/// Everything counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    pub(crate) acts: u64,
    pub(crate) came: BTreeMap<Name, Came>,
    pub(crate) refused: BTreeMap<(Name, Name, Place, Name), Refused>,
    /// Minutes spent at each step of a procedure, per visit.
    pub(crate) steps: BTreeMap<(Name, Name), Vec<u32>>,
    pub(crate) offices: BTreeMap<Desk, Office>,
    pub(crate) weeks: Vec<Week>,
    open: BTreeMap<Name, u64>,
}

impl Measured {
    fn of(&mut self, procedure: &str) -> &mut Came {
        self.came.entry(procedure.to_owned()).or_default()
    }

    pub(crate) fn came(&mut self, procedure: &str) {
        self.of(procedure).came += 1;
    }

    pub(crate) fn without_subject(&mut self, procedure: &str) {
        self.of(procedure).without_subject += 1;
    }

    pub(crate) fn accepted(&mut self, procedure: &str, at_once: bool) {
        let of = self.of(procedure);
        of.accepted += 1;
        of.at_once += u64::from(at_once);
    }

    pub(crate) fn sent_home(&mut self, procedure: &str, act: &str, refusal: &Refusal) {
        self.of(procedure).sent_home += 1;
        self.refused(procedure, act, Place::Counter, refusal);
    }

    pub(crate) fn turned_away(&mut self, procedure: &str, act: &str, refusal: &Refusal) {
        self.of(procedure).turned_away += 1;
        self.refused(procedure, act, Place::Door, refusal);
    }

    pub(crate) fn could_not(&mut self, procedure: &str, act: &str, refusal: &Refusal) {
        self.refused(procedure, act, Place::Desk, refusal);
    }

    fn refused(&mut self, procedure: &str, act: &str, place: Place, refusal: &Refusal) {
        let fields = refusal.fields.iter().map(|fault| (&fault.field, &fault.clauses, &fault.zh));
        let reasons = refusal.reasons.iter().map(|reason| (&reason.code, &reason.clauses, &reason.zh));
        let said: Vec<_> = if refusal.fields.is_empty() { reasons.collect() } else { fields.collect() };
        for (code, clauses, zh) in said {
            let key = (procedure.to_owned(), act.to_owned(), place, code.clone());
            let of = self.refused.entry(key).or_insert_with(|| Refused {
                procedure: procedure.to_owned(),
                act: act.to_owned(),
                place,
                code: code.clone(),
                clauses: clauses.clone(),
                zh: zh.clone(),
                count: 0,
            });
            of.count += 1;
        }
    }

    pub(crate) fn opened(&mut self, procedure: &str) {
        *self.open.entry(procedure.to_owned()).or_default() += 1;
    }

    pub(crate) fn ended(&mut self, procedure: &str) {
        let open = self.open.entry(procedure.to_owned()).or_default();
        *open = open.saturating_sub(1);
    }

    /// A matter left a step.
    pub(crate) fn left(&mut self, world: &Memory, matter: &str, step: &str, since: DateTime, now: DateTime) {
        let Some(matter) = world.matter(matter) else { return };
        let key = (matter.procedure.clone(), step.to_owned());
        self.steps.entry(key).or_default().push(minutes(since, now));
    }

    /// A clerk of a desk worked on something that was taken up at `ready`.
    pub(crate) fn worked(
        &mut self,
        desk: &Desk,
        minutes_worked: u32,
        ready: DateTime,
        begins: DateTime,
        done: DateTime,
    ) {
        let office = self.offices.entry(desk.clone()).or_default();
        office.minutes += u64::from(minutes_worked);
        office.waits.push(minutes(ready, begins));
        let week = monday(done.date());
        if office.week.0 != Some(week) {
            office.week = (Some(week), 0);
        }
        office.week.1 += u64::from(minutes_worked);
        if office.week.1 > office.peak.0 {
            office.peak = (office.week.1, Some(week));
        }
    }

    pub(crate) fn acted(&mut self, desk: &Desk) {
        if matches!(desk, Desk::Office { .. }) {
            self.offices.entry(desk.clone()).or_default().acts += 1;
        }
    }

    /// A day begins; on Mondays the backlog is counted.
    pub(crate) fn day(&mut self, today: Date, tasks: &BTreeMap<(MatterId, Desk), Task>) {
        if today.weekday() != Weekday::Monday {
            return;
        }
        let mut waiting = 0;
        for (desk, count) in by_desk(tasks).into_iter().filter(|(desk, _)| matches!(desk, Desk::Office { .. })) {
            waiting += count as u64;
            let office = self.offices.entry(desk.clone()).or_default();
            office.most = office.most.max(count);
        }
        self.weeks.push(Week { from: today, open: self.open.clone(), waiting });
    }
}

/// The Monday of a day's week.
fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.saturating_sub(jiff::Span::new().days(back))
}

/// Whole minutes between two moments.
fn minutes(from: DateTime, to: DateTime) -> u32 {
    let between = to.duration_since(from);
    u32::try_from(between.as_secs().max(0) / 60).unwrap_or(u32::MAX)
}
