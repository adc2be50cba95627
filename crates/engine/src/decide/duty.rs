//! Duties that begin (开始职责): the next instance of a procedure for one unit, if it is its turn.

use super::Run;
use super::consequence::take_about;
use super::start::{Starting, is_in_force};
use crate::act::{Actor, Reason, RefusalKind};
use crate::duty::{Turn, turn};
use crate::reason::{Decided, refuse};
use crate::world::World;
use regulation::expr::Value;
use regulation::model::Each;
use std::sync::Arc;

impl Run<'_> {
    /// Opens the next instance of a duty for a unit; refused where it is not its turn, or nothing is called for.
    pub(super) fn begin(&mut self, duty: &str, unit: &str) -> Decided<String> {
        let found = self.scratch.rulebook().duty(duty);
        let Some((regulation, duty)) = found.map(|(regulation, duty)| (Arc::clone(regulation), Arc::clone(duty)))
        else {
            let zh = format!("没有名为“{duty}”的职责");
            let en = format!("there is no duty `{duty}`");
            return refuse(RefusalKind::Unknown, Reason::general("unknown-duty", zh, en));
        };
        is_in_force(&regulation, self.now.date())?;
        let Turn { place, instance, given: mut form } = turn(&self.scratch, &regulation, &duty, unit, self.now)?;
        let opens = &duty.opens;
        let procedure = self.scratch.rulebook().procedure(&opens.procedure);
        let mut about = procedure.map(|(_, procedure)| take_about(procedure, &mut form)).unwrap_or_default();
        if let Each::Row { about: name, .. } = &duty.each {
            about.insert(name.clone(), Value::Key(unit.to_owned()));
        }
        self.add_clauses(&duty.clauses);
        self.start(Starting {
            procedure: &opens.procedure,
            act: &opens.act,
            place: &place,
            about,
            actor: &Actor::Clock,
            form: &form,
            cause: None,
            // Its acts may be dated from the first day of the period on, also where it is opened late.
            on: instance.from.min(self.now.date()),
            instance: Some(instance),
        })
    }
}
