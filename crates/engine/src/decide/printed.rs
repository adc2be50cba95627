//! Printing (随文印发): the rows that a regulation holds for its registers come in force with it, change with its next version, and go when
//! it ends.

use super::Run;
use super::register::key_of;
use super::start::is_in_force;
use crate::act::{Act, Actor, Reason, RefusalKind, Target};
use crate::reason::{Decided, refuse};
use crate::world::World;
use jiff::civil::{Date, DateTime};
use regulation::expr::{Record, Type};
use regulation::model::{Register, Regulation, Rulebook};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Run<'_> {
    /// Makes the rows in force those that are printed; refused where they are already, or where a row is faulty.
    pub(super) fn print_rows(&mut self, register: &str) -> Decided<String> {
        let (regulation, register) = self.register(register)?;
        let county = self.scratch.county().code.clone();
        let mut wanted = BTreeMap::new();
        for row in in_force(&regulation, &register, self.now.date()) {
            let record = self.checked(&regulation, &register, &county, row, &Actor::Clock)?;
            wanted.insert(key_of(&register, &record)?, record);
        }
        let present: BTreeSet<String> = self.scratch.rows(&register.name, None).into_iter().collect();
        let gone = present.iter().filter(|key| !wanted.contains_key(*key)).map(|key| (key.clone(), None));
        let kept = wanted.iter().map(|(key, record)| (key.clone(), Some(record.clone())));
        let rows = present.iter().filter_map(|key| self.scratch.row(&register.name, key));
        let latest = rows.map(|row| row.since).max().unwrap_or(Date::MIN);
        let on = regulation.effective.max(latest).min(self.now.date());
        let mut changed = false;
        for (key, record) in gone.chain(kept).collect::<Vec<_>>() {
            let before = self.scratch.row(&register.name, &key);
            if before.map(|row| row.record.clone()) != record {
                self.emit_row(&register, (&key, on), &county, record, &Actor::Clock);
                changed = true;
            }
        }
        if !changed {
            let zh = format!("《{}》的记录已与印发的一致", register.title.zh);
            let en = format!("the rows of `{}` are those printed already", register.name);
            return refuse(RefusalKind::State, Reason::general("printed-already", zh, en));
        }
        self.add_clauses(&register.clauses);
        Ok(register.name.clone())
    }
}

/// Registers whose rows in force are not those printed, in the order in which to print them: what is asked at 00:00 before the clock
/// acts. Reads every printed row once.
#[must_use]
pub fn unprinted(world: &dyn World, today: Date) -> Vec<Act> {
    let printed = printed(world.rulebook()).into_iter();
    let differing = printed.filter(|(regulation, register)| differs(world, regulation, register, today));
    differing.map(|(_, register)| printing(&register.name)).collect()
}

/// The act by which the clock prints the rows of each register, with the moment at which its regulation takes effect.
#[must_use]
pub fn printings(rulebook: &Rulebook) -> Vec<(DateTime, Act)> {
    let printed = printed(rulebook).into_iter();
    printed.map(|(regulation, register)| (regulation.effective.at(0, 0, 0, 0), printing(&register.name))).collect()
}

fn printing(register: &str) -> Act {
    let target = Target::Printed { register: register.to_owned() };
    Act { target, name: "print".to_owned(), actor: Actor::Clock, form: Record::new(), fresh_ids: Vec::new() }
}

/// Registers with printed rows, each after those that its rows refer to.
fn printed(rulebook: &Rulebook) -> Vec<(&Arc<Regulation>, &Arc<Register>)> {
    let all = rulebook.regulations.values().flat_map(|regulation| {
        let registers = regulation.registers.values().filter(|register| !register.printed.is_empty());
        registers.map(move |register| (regulation, register))
    });
    let mut waiting: Vec<_> = all.collect();
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let names: BTreeSet<&str> = waiting.iter().map(|(_, register)| register.name.as_str()).collect();
        let is_free = |register: &Register| {
            !register.fields.iter().any(|field| match &field.ty {
                Type::Row(to) => *to != register.name && names.contains(to.as_str()),
                _ => false,
            })
        };
        let (free, rest): (Vec<_>, Vec<_>) = waiting.iter().copied().partition(|(_, register)| is_free(register));
        // Rows that refer to one another in a circle come in any order; what they lack is refused.
        let (free, rest) = if free.is_empty() { (rest, free) } else { (free, rest) };
        ordered.extend(free);
        waiting = rest;
    }
    ordered
}

fn differs(world: &dyn World, regulation: &Arc<Regulation>, register: &Register, today: Date) -> bool {
    let wanted: Vec<&Record> = in_force(regulation, register, today).collect();
    let same = |record: &&Record| {
        let row = key_of(register, record).ok().and_then(|key| world.row(&register.name, &key));
        row.is_some_and(|row| record.iter().all(|(name, value)| row.record.get(name) == Some(value)))
    };
    world.rows(&register.name, None).len() != wanted.len() || !wanted.iter().all(same)
}

/// What is printed for a register on a day: nothing before its regulation takes effect and after it has ended.
fn in_force<'r>(regulation: &Regulation, register: &'r Register, today: Date) -> impl Iterator<Item = &'r Record> {
    let in_force = is_in_force(regulation, today).is_ok();
    register.printed.iter().filter(move |_| in_force).map(|row| &row.record)
}
