//! Printing (随文印发): the rows that a regulation holds for its registers come in force with it, change with its next version, and go when
//! it ends. A register that lists shares is printed likewise, a row for each share of every regulation in force.

use super::Run;
use super::register::key_of;
use crate::act::{Act, Actor, Reason, RefusalKind, Target};
use crate::reason::{Decided, refuse};
use crate::rights::party_name;
use crate::world::World;
use jiff::civil::{Date, DateTime};
use regulation::expr::{Record, Type, Value};
use regulation::model::share::LISTED;
use regulation::model::{Register, Regulation, Rulebook, Share};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Run<'_> {
    /// Makes the rows in force those that are printed; refused where they are already, or where a row is faulty.
    pub(super) fn print_rows(&mut self, register: &str) -> Decided<String> {
        let (regulation, register) = self.register(register)?;
        let county = self.scratch.county().code.clone();
        let mut wanted = BTreeMap::new();
        for row in in_force(self.scratch.rulebook(), &regulation, &register, self.now.date()) {
            let record = self.checked(&regulation, &register, &county, &row, &Actor::Clock)?;
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

/// The act by which the clock prints the rows of each register, with the moments at which what it holds takes effect: that of its
/// regulation; of a register that lists shares, those of the regulations whose shares it lists.
#[must_use]
pub fn printings(rulebook: &Rulebook) -> Vec<(DateTime, Act)> {
    let mut all = Vec::new();
    for (regulation, register) in printed(rulebook) {
        let days = if register.lists_shares { share_days(rulebook, regulation) } else { [regulation.effective].into() };
        all.extend(days.into_iter().map(|day| (day.at(0, 0, 0, 0), printing(&register.name))));
    }
    all
}

/// The days on which a share joins those listed by a register of this regulation.
fn share_days(rulebook: &Rulebook, regulation: &Regulation) -> BTreeSet<Date> {
    let joins = |other: &Regulation| {
        let day = other.effective.max(regulation.effective);
        other.is_in_force(day).then_some(day)
    };
    rulebook.shares().filter_map(|(other, _)| joins(other)).collect()
}

fn printing(register: &str) -> Act {
    let target = Target::Printed { register: register.to_owned() };
    Act {
        target,
        name: "print".to_owned(),
        actor: Actor::Clock,
        form: Record::new(),
        fresh_ids: Vec::new(),
        proved: false,
    }
}

/// Registers with printed rows, each after those that its rows refer to.
fn printed(rulebook: &Rulebook) -> Vec<(&Arc<Regulation>, &Arc<Register>)> {
    let all = rulebook.regulations.values().flat_map(|regulation| {
        let registers = regulation.registers.values().filter(|register| has_printed_rows(register));
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

/// Whether the rows of a register stand in the regulations themselves.
pub(super) fn has_printed_rows(register: &Register) -> bool {
    !register.printed.is_empty() || register.lists_shares
}

fn differs(world: &dyn World, regulation: &Arc<Regulation>, register: &Register, today: Date) -> bool {
    let wanted = in_force(world.rulebook(), regulation, register, today);
    let same = |record: &Record| {
        let row = key_of(register, record).ok().and_then(|key| world.row(&register.name, &key));
        row.is_some_and(|row| record.iter().all(|(name, value)| row.record.get(name) == Some(value)))
    };
    world.rows(&register.name, None).len() != wanted.len() || !wanted.iter().all(|record| same(record))
}

/// What is printed for a register on a day: nothing before its regulation takes effect and after it has ended.
fn in_force<'r>(
    rulebook: &Rulebook,
    regulation: &Regulation,
    register: &'r Register,
    today: Date,
) -> Vec<Cow<'r, Record>> {
    if !regulation.is_in_force(today) {
        return Vec::new();
    }
    if !register.lists_shares {
        return register.printed.iter().map(|row| Cow::Borrowed(&row.record)).collect();
    }
    let shares = rulebook.shares().filter(|(regulation, _)| regulation.is_in_force(today));
    shares.map(|(regulation, share)| Cow::Owned(listed(rulebook, register, regulation, share))).collect()
}

/// The row of a share in a register that lists them, as far as the register has the columns.
fn listed(rulebook: &Rulebook, register: &Register, regulation: &Regulation, share: &Share) -> Record {
    let shared = rulebook.register(&share.register).map(|(_, register)| register);
    let field = |name: &String| shared.and_then(|shared| shared.fields.iter().find(|field| field.name == *name));
    let labels: Vec<&str> = share.fields.iter().filter_map(field).map(|field| field.label.zh.as_str()).collect();
    let text = |text: &str| Value::Text(text.to_owned());
    let value = |name: &str| match name {
        "share" => text(&share.name),
        "title" => text(&share.title.zh),
        "regulation" => text(&regulation.title.zh),
        "register" => text(shared.map_or("", |shared| &shared.title.zh)),
        "provider" => text(&party_name(&share.owner)),
        "terms" => Value::Code(share.terms.code().to_owned()),
        "ground" => share.ground.as_ref().map_or(Value::Missing, |ground| text(&ground.zh)),
        "update" => Value::Code(share.update.code().to_owned()),
        "fields" => text(&labels.join("、")),
        "personal" => Value::Bool(!share.release.is_empty()),
        _ => Value::Missing,
    };
    let columns = register.fields.iter().filter(|field| LISTED.contains(&field.name.as_str()));
    let filled = columns.map(|field| (field.name.clone(), value(&field.name)));
    filled.filter(|(_, value)| !value.is_missing() && value.as_text() != Some("")).collect()
}
