//! Keeping a register (登记、变更、注销): in which post, at which place, with which fields asked.

use crate::site::actor;
use crate::visit::{Holding, Visitor};
use engine::env::{MatterEnv, RecordEnv, Scope};
use engine::rights::capacities;
use engine::{Act, Actor, FieldFault, Outcome, Refusal, RefusalKind, Target, World};
use jiff::civil::DateTime;
use regulation::expr::{Env, Record, Type, Value};
use regulation::model::{Field, Need, Register, Regulation, Rulebook};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The posts in which a visitor keeps a register.
#[must_use]
pub fn posts<'v>(
    world: &dyn World,
    visitor: &'v Visitor,
    regulation: &Arc<Regulation>,
    register: &Register,
) -> Vec<&'v Holding> {
    let posts = visitor.person.iter().flat_map(|person| person.posts.iter().map(move |post| (person, post)));
    let keeps = posts.filter(|(person, post)| {
        let actor = actor(&person.id, Some(&post.id));
        keeps(world, visitor.now, regulation, register, &post.place, &actor)
    });
    keeps.map(|(_, post)| post).collect()
}

/// Whether an actor keeps a register at a place.
#[must_use]
pub fn keeps(
    world: &dyn World,
    now: DateTime,
    regulation: &Arc<Regulation>,
    register: &Register,
    place: &str,
    actor: &Actor,
) -> bool {
    let scope = Scope::new(world, now).by(actor);
    !capacities(&scope.bare(regulation, &place.to_owned()), &register.keepers, actor, None).is_empty()
}

/// The actor that a visitor is when they keep a register at a place: in the post that keeps it there, else in their first, so that
/// the engine says why not.
#[must_use]
pub fn keeper(
    world: &dyn World,
    visitor: &Visitor,
    regulation: &Arc<Regulation>,
    register: &Register,
    place: &str,
) -> Option<Actor> {
    let person = visitor.person.as_ref()?;
    let actors = || person.posts.iter().map(|post| actor(&person.id, Some(&post.id)));
    let found = actors().find(|actor| keeps(world, visitor.now, regulation, register, place, actor));
    Some(found.or_else(|| actors().next()).unwrap_or_else(|| actor(&person.id, None)))
}

/// Whose key seals what a row holds.
#[must_use]
pub fn holder(register: &Register, key: &str) -> Option<String> {
    let personal = register.fields.iter().any(|field| field.personal.is_some());
    personal.then(|| format!("{}/{key}", register.name))
}

/// Paths of the conditional fields that are asked, given the answers so far.
#[must_use]
pub fn asked(
    world: &dyn World,
    now: DateTime,
    regulation: &Arc<Regulation>,
    register: &Register,
    place: &str,
    record: &Record,
) -> BTreeSet<String> {
    let scope = Scope::new(world, now);
    let base = scope.bare(regulation, &place.to_owned());
    let mut asked = BTreeSet::new();
    asked_in(world.rulebook(), &base, &base, &register.fields, record, "", &mut asked);
    asked
}

fn asked_in(
    rulebook: &Rulebook,
    base: &MatterEnv<'_, '_>,
    outer: &dyn Env,
    fields: &[Field],
    record: &Record,
    prefix: &str,
    asked: &mut BTreeSet<String>,
) {
    let forms = [fields];
    let env = RecordEnv::new(base, outer, record, &forms);
    for field in fields {
        let path = format!("{prefix}{}", field.name);
        if let Need::If(condition) = &field.need
            && condition.holds(&env)
        {
            asked.insert(path.clone());
        }
        if let (Type::Records(form), Some(Value::Records(rows))) = (&field.ty, record.get(&field.name))
            && let Some((_, form)) = rulebook.form(form)
        {
            for (at, row) in rows.iter().enumerate() {
                asked_in(rulebook, base, &env, &form.fields, row, &format!("{path}.{}.", at + 1), asked);
            }
        }
    }
}

/// An act of keeping a register.
#[must_use]
pub fn act(register: &Register, row: Option<&str>, place: &str, name: &str, actor: Actor, form: Record) -> Act {
    let target =
        Target::Register { register: register.name.clone(), row: row.map(str::to_owned), place: place.to_owned() };
    Act { target, name: name.to_owned(), actor, form, fresh_ids: Vec::new(), proved: false }
}

/// A record in which every column stands, so that those left empty are emptied.
#[must_use]
pub fn whole(register: &Register, record: Record) -> Record {
    let asked = register.fields.iter().filter(|field| field.derived.is_none());
    let mut whole: Record = asked.map(|field| (field.name.clone(), Value::Missing)).collect();
    whole.extend(record);
    whole
}

/// What is wrong with an act as far as it could be read: what could not be read first, then what the engine finds.
#[must_use]
pub fn refusal(world: &dyn World, act: &Act, unread: Vec<FieldFault>, now: DateTime) -> Option<Refusal> {
    let mut refusal = match engine::decide(world, act, now) {
        Outcome::Done(_) if unread.is_empty() => return None,
        Outcome::Done(_) => Refusal { kind: RefusalKind::Form, reasons: Vec::new(), fields: Vec::new() },
        Outcome::Refused(refusal) => refusal,
    };
    refusal.fields.retain(|fault| !unread.iter().any(|own| own.field == fault.field));
    refusal.fields.splice(0..0, unread);
    if refusal.kind == RefusalKind::Form && !refusal.fields.is_empty() {
        // Only says how many fields are wrong.
        refusal.reasons.clear();
    }
    Some(refusal)
}
