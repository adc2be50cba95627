//! What a person may start something about: the register rows that name them, and the matters that belong to these.

use crate::forms::names::Names;
use crate::problem::Problem;
use engine::World;
use regulation::expr::{Type, Value};
use regulation::model::{About, AboutTarget};
use store::Snapshot;
use store::pages::{Cut, MatterLine, MatterQuery};

/// At most so many rows or matters are offered.
const OFFERED_MAX: usize = 100;

/// The rows that name a person: register and key.
#[must_use]
pub fn own_rows(world: &dyn World, person: &str) -> Vec<(String, String)> {
    let wanted = Value::Key(person.to_owned());
    let mut rows = Vec::new();
    for register in world.rulebook().regulations.values().flat_map(|regulation| regulation.registers.values()) {
        for field in register.fields.iter().filter(|field| field.ty == Type::Person) {
            for key in world.rows(&register.name, Some((&field.name, &wanted))) {
                let row = (register.name.clone(), key);
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
        }
    }
    rows
}

/// Matters whose personal data is that of a person's rows, the newest first.
pub fn own_matters(snapshot: &dyn Snapshot, person: &str) -> Result<Vec<MatterLine>, Problem> {
    let mut lines: Vec<MatterLine> = Vec::new();
    for (register, key) in own_rows(snapshot.world(), person) {
        let query = MatterQuery { owner: Some(format!("{register}/{key}")), ..MatterQuery::default() };
        lines.extend(snapshot.matters(&query, &Cut::first(OFFERED_MAX))?.lines);
    }
    lines.sort_by(|one, other| other.opened_at.cmp(&one.opened_at).then_with(|| one.id.cmp(&other.id)));
    lines.dedup_by(|one, other| one.id == other.id);
    Ok(lines)
}

/// What a person may name as a subject: key or id, with what to call it.
pub fn offered(
    snapshot: &dyn Snapshot,
    names: Names<'_>,
    person: &str,
    about: &About,
) -> Result<Vec<(String, String)>, Problem> {
    Ok(match &about.target {
        AboutTarget::Register(register) => own_rows(snapshot.world(), person)
            .into_iter()
            .filter(|(of, _)| of == register)
            .map(|(of, key)| (key.clone(), names.row(&of, &key)))
            .collect(),
        AboutTarget::Procedure(procedure) => own_matters(snapshot, person)?
            .into_iter()
            .filter(|line| line.procedure == *procedure)
            .map(|line| (line.id.clone(), line.title.or(line.number).unwrap_or(line.id)))
            .collect(),
    })
}

/// The place of a subject.
#[must_use]
pub fn place_of(world: &dyn World, target: &AboutTarget, key: &str) -> Option<String> {
    match target {
        AboutTarget::Register(register) => world.row(register, key).map(|row| row.place.clone()),
        AboutTarget::Procedure(_) => world.matter(key).map(|matter| matter.place.clone()),
    }
}

/// The value that names a subject.
#[must_use]
pub fn value_of(target: &AboutTarget, key: &str) -> Value {
    match target {
        AboutTarget::Register(_) => Value::Key(key.to_owned()),
        AboutTarget::Procedure(_) => Value::Text(key.to_owned()),
    }
}
