//! What of a register is shared, and how good it is (共享数据的范围和质量).

use crate::act::PlaceCode;
use crate::env::{RecordEnv, Scope};
use crate::eval;
use crate::event::Event;
use crate::scratch::Scratch;
use crate::world::World;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use regulation::expr::{Env, Record};
use regulation::model::share::{QualityRule, Share, Terms};
use regulation::model::{Label, Regulation};
use std::sync::Arc;

/// So many turns of its rhythm may pass before a share is late: one is the rhythm itself, one is tolerance.
const TURNS: i64 = 2;

/// Whether a share should have changed since the day of its latest change. What never held anything has nothing to renew, and what is not shared
/// is late for nobody.
#[must_use]
pub fn is_late(share: &Share, changed_on: Option<Date>, today: Date) -> bool {
    let last = |(days, changed_on): (i64, Date)| changed_on.saturating_add((days * TURNS).days());
    let due = share.update.longest_days().zip(changed_on).map(last);
    share.terms != Terms::NotShared && due.is_some_and(|due| due < today)
}

/// A row of the register of a share.
#[derive(Debug, Clone, Copy)]
pub enum SharedRow<'r> {
    /// One that was entered, at its place.
    Entered(&'r PlaceCode, &'r Record),
    /// A matter, by its id.
    Matter(&'r str),
}

/// A rule that a row does not keep, and what is said of it.
#[derive(Debug, Clone)]
pub struct QualityFault<'s> {
    /// The rule.
    pub rule: &'s QualityRule,
    /// Its sentence, holes filled.
    pub said: Label,
}

/// A look at the rows of a share at a moment.
pub struct Sharing<'s> {
    world: &'s dyn World,
    regulation: &'s Arc<Regulation>,
    share: &'s Share,
    now: DateTime,
}

impl<'s> Sharing<'s> {
    /// A look at a share of a regulation.
    #[must_use]
    pub fn new(world: &'s dyn World, regulation: &'s Arc<Regulation>, share: &'s Share, now: DateTime) -> Self {
        Sharing { world, regulation, share, now }
    }

    /// Whether a row is a part of the share. One of which it cannot be told is not.
    #[must_use]
    pub fn has(&self, row: SharedRow<'_>) -> bool {
        let Some(only) = &self.share.only else { return true };
        self.ask(row, |env| eval::holds(only, env) == Some(true)).unwrap_or(false)
    }

    /// Whether a matter was ever a part of the share, by the moment and the events of each act on it in their order. Who never had it is not told
    /// that it is gone.
    ///
    /// The matter is as each act left it, asked at that act's moment. Whatever else is looked at (registers, other matters, the county, parameters)
    /// is as it is today.
    #[must_use]
    pub fn ever_had<'e>(&self, matter: &str, acts: impl IntoIterator<Item = (DateTime, &'e [Event])>) -> bool {
        let mut then = Scratch::new(self.world);
        acts.into_iter().any(|(at, events)| {
            events.iter().filter(|event| event.of_matter_alone() == Some(matter)).for_each(|event| then.apply(event));
            Sharing { world: &then, regulation: self.regulation, share: self.share, now: at }
                .has(SharedRow::Matter(matter))
        })
    }

    /// What is wrong with a row by the share's own rules. What cannot be told is no fault.
    #[must_use]
    pub fn faults(&self, row: SharedRow<'_>) -> Vec<QualityFault<'s>> {
        let broken = |env: &dyn Env| {
            let rules = self.share.quality.iter().filter(|rule| eval::holds(&rule.holds, env) == Some(false));
            rules.map(|rule| QualityFault { rule, said: rule.because.fill(env) }).collect()
        };
        self.ask(row, broken).unwrap_or_default()
    }

    /// An answer about a row; `None` if there is no such row.
    fn ask<T>(&self, row: SharedRow<'_>, ask: impl FnOnce(&dyn Env) -> T) -> Option<T> {
        let scope = Scope::new(self.world, self.now);
        match row {
            SharedRow::Matter(id) => scope.matter(id).map(|env| ask(&env)),
            SharedRow::Entered(place, record) => {
                let (_, register) = self.world.rulebook().register(&self.share.register)?;
                let base = scope.bare(self.regulation, place);
                let fields = [register.fields.as_slice()];
                Some(ask(&RecordEnv::new(&base, &base, record, &fields)))
            }
        }
    }
}
