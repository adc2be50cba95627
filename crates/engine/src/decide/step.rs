//! Where an act leads (去向): staying, another step, an end, back; and what that does to the clocks.

use super::act::Doable;
use super::{Run, View};
use crate::act::{Reason, RefusalKind};
use crate::clock::{self, Leaving};
use crate::eval;
use crate::event::Event;
use crate::matter::Matter;
use crate::reason::{Decided, refuse};
use crate::rights::{self, competent, is_each, parties, party_name};
use crate::world::World;
use calendar::TimeError;
use jiff::civil::Date;
use regulation::model::{Procedure, Step, To};
use std::sync::Arc;

impl Run<'_> {
    /// Stops and restarts the clocks that the act names, then moves the matter.
    pub(super) fn go(&mut self, view: &View<'_>, doable: &Doable<'_>, on: Date) -> Decided<()> {
        let matter = self.present(view);
        let step = matter.step.as_deref().and_then(|name| doable.procedure.step(name));
        self.emit_all(clock::stopping(&matter, step, doable.act, on));
        if let (Some(restart), Some(step)) = (&doable.act.restart, step) {
            let until = self.look(view, |env| clock::until_of(&eval::value(restart, env)))?;
            if let Some(until) = until {
                let matter = self.present(view);
                self.emit_all(clock::restarting(&matter, step, until, on));
            }
        }
        if self.waits_for_others(view, doable)? {
            return Ok(());
        }
        match self.target(view, doable)? {
            Target::Stay => Ok(()),
            Target::Place(name) => self.go_to(view, doable.procedure, &name, on),
            Target::Back => self.go_back(view, doable.procedure, on),
        }
    }

    /// Starts clocks whose base date has become known, and starts anew those whose base date has changed.
    pub(super) fn refresh_clocks(&mut self, view: &View<'_>, on: Date) -> Decided<()> {
        self.start_clocks(view, false, on)
    }

    fn present(&self, view: &View<'_>) -> Arc<Matter> {
        self.scratch.matter(&view.matter).expect("an act is being done on this matter")
    }

    /// Whether parties that must also do this act have not done so yet.
    fn waits_for_others(&self, view: &View<'_>, doable: &Doable<'_>) -> Decided<bool> {
        if !is_each(doable.step, doable.act) {
            return Ok(false);
        }
        self.look(view, |env| {
            let by = parties(doable.step, doable.act);
            let names: Vec<String> = competent(env, by).into_iter().map(party_name).collect();
            let done = |party: &String| {
                let mut stay = clock::stay(doable.procedure, env.matter());
                stay.any(|record| record.act == doable.act.name && record.party == *party)
            };
            !names.iter().all(done)
        })
    }

    fn target(&self, view: &View<'_>, doable: &Doable<'_>) -> Decided<Target> {
        let Some(to) = &doable.act.to else {
            return Ok(default_target(&self.present(view), doable.procedure));
        };
        self.look(view, |env| {
            let mut to = to;
            loop {
                to = match to {
                    To::Place(name) => return Target::Place(name.clone()),
                    To::Back => return Target::Back,
                    To::Stay => return Target::Stay,
                    To::If { condition, then, otherwise } => {
                        if eval::applies(Some(condition), env) {
                            then
                        } else {
                            otherwise
                        }
                    }
                };
            }
        })
    }

    fn go_to(&mut self, view: &View<'_>, procedure: &Procedure, name: &str, on: Date) -> Decided<()> {
        let matter = self.present(view);
        if matter.step.as_deref() == Some(name) {
            return Ok(());
        }
        if procedure.end(name).is_some() {
            self.emit_all(clock::leaving(&matter, Leaving::ForGood, on, self.now));
            self.emit(Event::Ended { matter: matter.id.clone(), end: name.to_owned(), on });
            return Ok(());
        }
        let Some(step) = procedure.step(name) else {
            let zh = format!("“{}”没有“{name}”这个环节", procedure.title.zh);
            let en = format!("`{}` has no step `{name}`", procedure.name);
            return refuse(RefusalKind::Unknown, Reason::general("unknown-step", zh, en));
        };
        let suspended = matter.step.clone().filter(|here| step.suspends.contains(here));
        let how = if suspended.is_some() { Leaving::Suspending } else { Leaving::ForGood };
        self.emit_all(clock::leaving(&matter, how, on, self.now));
        self.enter(view, step, suspended, on)?;
        self.start_clocks(view, true, on)
    }

    fn go_back(&mut self, view: &View<'_>, procedure: &Procedure, on: Date) -> Decided<()> {
        let matter = self.present(view);
        let step = matter.suspended_step.as_deref().and_then(|name| procedure.step(name));
        let Some(step) = step else {
            let reason = Reason::general("nothing-suspended", "没有中止的环节可以恢复", "no step stands still");
            return refuse(RefusalKind::State, reason);
        };
        self.emit_all(clock::leaving(&matter, Leaving::Back, on, self.now));
        self.enter(view, step, None, on)?;
        let resumed = self.look(view, |env| clock::resuming(env, step, on))?;
        self.emit_all(resumed.or_else(no_date)?);
        self.start_clocks(view, false, on)
    }

    fn enter(&mut self, view: &View<'_>, step: &Step, suspended: Option<String>, on: Date) -> Decided<()> {
        let desks = self.look(view, |env| rights::desks_for(env, &step.by))?;
        self.emit(Event::Entered {
            matter: view.matter.clone(),
            step: step.name.clone(),
            on,
            parties: desks,
            suspended,
        });
        Ok(())
    }

    /// Hands the matter on to whoever it falls to now, where that is somebody else than before: the act changed which post a field names, or
    /// what decides between the parties of the step.
    pub(super) fn route(&mut self, view: &View<'_>) -> Decided<()> {
        let desks = self.look(view, |env| {
            let step = env.matter().step.as_deref();
            let step = step.and_then(|name| env.frame.procedure.as_ref()?.step(name));
            step.map(|step| rights::desks_for(env, &step.by)).filter(|desks| *desks != env.matter().desks)
        })?;
        if let Some(parties) = desks {
            self.emit(Event::Routed { matter: view.matter.clone(), parties });
        }
        Ok(())
    }

    fn start_clocks(&mut self, view: &View<'_>, entering: bool, on: Date) -> Decided<()> {
        let events = self.look(view, |env| clock::changes(env, entering, on))?;
        self.emit_all(events.or_else(no_date)?);
        Ok(())
    }
}

enum Target {
    Stay,
    Place(String),
    Back,
}

/// Where an act leads that does not say so: a matter just started comes to the first step, another stays.
fn default_target(matter: &Matter, procedure: &Procedure) -> Target {
    match procedure.steps.first() {
        Some(first) if matter.step.is_none() && matter.is_open() => Target::Place(first.name.clone()),
        _ => Target::Stay,
    }
}

pub(super) fn no_date<T>(error: TimeError) -> Decided<T> {
    refuse(RefusalKind::Time, Reason::general("no-date", error.zh(), error.en()))
}
