//! Clocks that fire (到期): reminders, alarms, and acts of the clock.

use super::act::Doing;
use super::step::no_date;
use super::{Run, View, unknown_matter};
use crate::act::{Actor, Reason, Refusal, RefusalKind};
use crate::clock::{self, due_clocks};
use crate::env::MatterEnv;
use crate::eval;
use crate::event::{Clock, ClockKind, ClockState, Event};
use crate::matter::Matter;
use crate::reason::{Decided, refuse};
use crate::rights;
use crate::world::World;
use calendar::{zh_date, zh_moment};
use jiff::civil::{DateTime, Time};
use regulation::expr::Record;
use regulation::model::{Party, Step};
use std::sync::Arc;

impl Run<'_> {
    /// A clock fires: at or after its moment, once, unless it stands still.
    ///
    /// Where the clock's act is refused, the whole is refused and the clock stays running: it is tried again, because what the act waits for (an
    /// application still pending, say) may come about. The act's own `dated` gives it its legal date then.
    pub(super) fn fire(&mut self, matter: &str, clock: u32) -> Decided<()> {
        let Some(state) = self.scratch.matter(matter) else {
            return refuse(RefusalKind::Unknown, unknown_matter(matter));
        };
        let Some(clock) = state.clocks.iter().find(|own| own.id == clock).map(Arc::clone) else {
            let zh = format!("本事项没有{clock}号时钟");
            let en = format!("the matter has no clock {clock}");
            return refuse(RefusalKind::Unknown, Reason::general("unknown-clock", zh, en));
        };
        self.may_fire(&state, &clock)?;
        let view = View { matter: matter.to_owned(), actor: &Actor::Clock, changes: None };
        self.add_clauses(&clock.clauses);
        match &clock.kind {
            ClockKind::Reminder(index) => self.remind(&view, &clock, *index),
            ClockKind::Alarm(to) => self.alarm(&view, &clock, to),
            ClockKind::Act(act) => {
                self.expire(&view, &clock, Vec::new());
                let form = Record::new();
                let on = clock.fires_at().date();
                self.act(Doing { matter, act, actor: &Actor::Clock, form: &form, cause: None, on })
            }
        }
    }

    fn may_fire(&self, matter: &Matter, clock: &Clock) -> Decided<()> {
        if clock.state != ClockState::Running || !matter.is_open() {
            let (zh, en) = match clock.state {
                ClockState::Suspended { .. } => ("时钟正在中止", "the clock stands still"),
                ClockState::Expired { .. } => ("时钟已经触发过", "the clock has fired already"),
                _ => ("时钟已经停止", "the clock has stopped"),
            };
            return refuse(RefusalKind::State, Reason::general("clock-not-running", zh, en));
        }
        if clock.is_due(self.now) {
            return Ok(());
        }
        let zh = match clock.hour {
            None => format!("期限到{}结束才届满", zh_date(clock.due)),
            Some(_) => format!("时刻{}未到", clock.until().zh()),
        };
        let en = format!("the clock fires at {}", clock.fires_at());
        refuse(RefusalKind::State, Reason::general("not-due-yet", zh, en))
    }

    fn remind(&mut self, view: &View<'_>, clock: &Clock, index: u32) -> Decided<()> {
        self.emit(Event::Reminded { matter: view.matter.clone(), clock: clock.id, on: clock.due });
        let told = self.look(view, |env| {
            let procedure = env.frame.procedure.clone();
            let step = procedure.as_ref().and_then(|procedure| procedure.step(&clock.step));
            let reminder = step.and_then(|step| step.remind.get(index as usize));
            let follows = reminder.is_some_and(|reminder| reminder.at.follows_alarm());
            if follows && !step.is_some_and(|step| clock::is_late(env.matter(), step)) {
                return Ok(None);
            }
            let desks = match reminder {
                Some(reminder) if !reminder.to.is_empty() => {
                    rights::distinct(reminder.to.iter().flat_map(|party| rights::desks(env, party)))
                }
                _ => env.matter().desks.clone(),
            };
            let text = reminder.and_then(|reminder| reminder.text.as_ref()).map(|text| eval::text(text, env));
            let usual = || if follows { still_late(env, step) } else { pending(env, step) };
            let again = step.map(|step| clock::calling_again(env, step, clock)).transpose()?.flatten();
            Ok(Some((desks, text.unwrap_or_else(usual), again)))
        })?;
        if let Some((desks, text, again)) = told.or_else(no_date)? {
            self.send(&view.matter, desks, text);
            self.emit_all(again.into_iter().collect());
        }
        Ok(())
    }

    fn alarm(&mut self, view: &View<'_>, clock: &Clock, to: &[Party]) -> Decided<()> {
        let (desks, text) = self.look(view, |env| {
            let more = to.iter().flat_map(|party| rights::desks(env, party));
            let desks = rights::distinct(env.matter().desks.iter().cloned().chain(more));
            let procedure = env.frame.procedure.clone();
            let step = procedure.as_ref().and_then(|procedure| procedure.step(&clock.step));
            (desks, overdue(step, clock))
        })?;
        self.expire(view, clock, desks.clone());
        self.send(&view.matter, desks, text);
        let calls = self.look(view, |env| {
            let procedure = env.frame.procedure.clone();
            let step = procedure.as_ref().and_then(|procedure| procedure.step(&clock.step));
            step.map_or(Ok(Vec::new()), |step| clock::calling(env, step, clock))
        })?;
        self.emit_all(calls.or_else(no_date)?);
        Ok(())
    }

    fn expire(&mut self, view: &View<'_>, clock: &Clock, alarm: Vec<crate::event::Desk>) {
        self.emit(Event::ClockExpired { matter: view.matter.clone(), clock: clock.id, at: clock.fires_at(), alarm });
    }

    /// A person's act waits for the clock where the law has already acted: after the last day, what the clock does comes first.
    pub(super) fn clocks_first(&self, id: &str) -> Decided<()> {
        let Some(matter) = self.scratch.matter(id) else {
            return refuse(RefusalKind::Unknown, unknown_matter(id));
        };
        for (moment, clock) in due_clocks(&matter, self.now) {
            if self.would_act(&matter, clock) {
                let zh = format!("期限已届满（{}），系统正在办理届满的后果", zh_end(moment));
                let en = format!("clock {clock} fell due at {moment} and has not been fired yet");
                let reason =
                    Reason::general("clock-due", zh, en).hint("请稍候片刻，刷新后再看", "Wait a moment and reload");
                return Err(Box::new(Refusal::one(RefusalKind::Stale, reason)));
            }
        }
        Ok(())
    }

    /// Whether a clock that is due has an act to do that is not refused.
    fn would_act(&self, matter: &Arc<Matter>, clock: u32) -> bool {
        let acts = |own: &Arc<Clock>| own.id == clock && matches!(own.kind, ClockKind::Act(_));
        if !matter.clocks.iter().any(acts) {
            return false;
        }
        let ids = (0..16).map(|number| format!("{}-trial-{number}", matter.id)).collect();
        Run::new(&self.scratch, ids, self.now).fire(&matter.id, clock).is_ok()
    }
}

fn zh_end(moment: DateTime) -> String {
    if moment.time() == Time::midnight() { format!("{}零时", zh_date(moment.date())) } else { zh_moment(moment) }
}

fn pending(env: &MatterEnv<'_, '_>, step: Option<&Step>) -> String {
    format!("{}：“{}”尚待办理", known_as(env), label_of(step))
}

/// Said after the last day, to whoever is called.
fn still_late(env: &MatterEnv<'_, '_>, step: Option<&Step>) -> String {
    format!("{}：“{}”逾期未办，请督办", known_as(env), label_of(step))
}

fn label_of(step: Option<&Step>) -> &str {
    step.map_or("", |step| step.label.zh.as_str())
}

/// How people know the matter: by its number, else its subject.
fn known_as(env: &MatterEnv<'_, '_>) -> String {
    let procedure = env.frame.procedure.as_deref();
    let subject = || procedure.and_then(|procedure| procedure.subject.as_ref()).map(|subject| eval::text(subject, env));
    let title = || procedure.map(|procedure| procedure.title.zh.clone());
    env.matter().number.clone().or_else(subject).or_else(title).unwrap_or_default()
}

fn overdue(step: Option<&Step>, clock: &Clock) -> String {
    let label = step.map_or(clock.step.as_str(), |step| step.label.zh.as_str());
    let last = if clock.hour.is_some() { "期限" } else { "最后一日" };
    format!("“{label}”已逾期：{last}是{}，请立即办理", clock.until().zh())
}
