//! References (引用): how a value that points at a row, person, place or matter is kept, and how it becomes a handle again.

use crate::eval;
use crate::world::World;
use regulation::expr::{Env, Expr, Record, Thing, Type, Value};
use regulation::model::{AboutTarget, Field};

/// How a value is kept in records and `about`: rows, people and places as [`Value::Key`], matters as [`Value::Text`].
/// Other values are kept as they are.
#[must_use]
pub fn kept(value: Value) -> Value {
    match value {
        Value::Thing(Thing::Row { key, .. }) => Value::Key(key),
        Value::Thing(Thing::Person(id) | Thing::Post(id)) => Value::Key(id),
        Value::Thing(Thing::Place(code)) => Value::Key(code),
        Value::Thing(Thing::Sub { key, .. }) => Value::Key(key.to_string()),
        Value::Thing(Thing::Matter(id)) => Value::Text(id),
        Value::List(values) => Value::List(values.into_iter().map(kept).collect()),
        other => other,
    }
}

/// The values that an act or a duty hands on, as they are kept; what is missing is left out.
pub(crate) fn filled(env: &dyn Env, with: &[(String, Expr)]) -> Record {
    let values = with.iter().map(|(name, value)| (name.clone(), kept(eval::value(value, env))));
    values.filter(|(_, value)| !value.is_missing()).collect()
}

/// The handle that a kept value of this type stands for; other values as they are.
#[must_use]
pub fn handle(value: &Value, ty: &Type) -> Value {
    match (value, ty) {
        (Value::List(values), Type::List(inner)) => {
            Value::List(values.iter().map(|value| handle(value, inner)).collect())
        }
        (Value::Key(key) | Value::Text(key), _) => match ty {
            Type::Row(register) => Value::Thing(Thing::Row { register: register.clone(), key: key.clone() }),
            Type::Person => Value::Thing(Thing::Person(key.clone())),
            Type::Post => Value::Thing(Thing::Post(key.clone())),
            Type::Place => Value::Thing(Thing::Place(key.clone())),
            Type::Matter(_) => Value::Thing(Thing::Matter(key.clone())),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

/// The handle that an `about` value stands for.
#[must_use]
pub fn about_handle(value: &Value, target: &AboutTarget) -> Value {
    let Some(text) = value.as_text() else {
        return Value::Missing;
    };
    Value::Thing(match target {
        AboutTarget::Register(register) => Thing::Row { register: register.clone(), key: text.to_owned() },
        AboutTarget::Procedure(_) => Thing::Matter(text.to_owned()),
    })
}

/// A record with handles in place of kept references.
#[must_use]
pub fn handles(record: &Record, fields: &[Field]) -> Record {
    let lifted = |(name, value): (&String, &Value)| {
        let value = match fields.iter().find(|field| field.name == *name) {
            Some(field) => handle(value, &field.ty),
            None => value.clone(),
        };
        (name.clone(), value)
    };
    record.iter().map(lifted).collect()
}

/// A register row as people know it: what stands beside its key, of the columns that may be shown, and the key.
#[must_use]
pub fn row_name(world: &dyn World, register: &str, key: &str, shown: impl Fn(&Field) -> bool) -> String {
    row_title(world, register, key, shown).map_or_else(|| key.to_owned(), |title| titled(&title, key))
}

/// What a register row is called, of the columns that may be shown and are not its key; `None` where it has no such name.
#[must_use]
pub fn row_title(world: &dyn World, register: &str, key: &str, shown: impl Fn(&Field) -> bool) -> Option<String> {
    let row = world.row(register, key)?;
    let (_, register) = world.rulebook().register(register)?;
    let is_title = |field: &&Field| {
        !register.key.contains(&field.name)
            && field.ty.is_text()
            && shown(field)
            && !matches!(field.ty, Type::IdNumber | Type::CreditCode | Type::BankCard)
    };
    let mut titles = register.fields.iter().filter(is_title);
    titles.find_map(|field| row.record.get(&field.name).and_then(Value::as_text)).map(str::to_owned)
}

/// A row by its title, with its key behind it unless the title says that already: 副县长（A-1）, not 副县长（A-1）（A-1）.
fn titled(title: &str, key: &str) -> String {
    let ending = title.strip_suffix('）').and_then(|rest| rest.strip_suffix(key));
    match ending.is_some_and(|rest| rest.ends_with('（')) {
        true => title.to_owned(),
        false => format!("{title}（{key}）"),
    }
}

/// What a reference is called in what everybody may read: nothing personal stands in it. The reference itself where it is not known.
pub(crate) fn open_name(world: &dyn World, ty: &Type, key: &str) -> String {
    match ty {
        Type::Row(register) => row_name(world, register, key, |field| field.personal.is_none()),
        Type::Place => world.county().path(key),
        // Only of officers: of whom a public view may say who holds which post.
        Type::Person => world.county().people.get(key).cloned().unwrap_or_else(|| key.to_owned()),
        Type::Post => world.county().posts.get(key).map_or_else(|| key.to_owned(), |post| post.title.clone()),
        Type::Matter(_) => world.matter(key).and_then(|matter| matter.number.clone()).unwrap_or_else(|| key.to_owned()),
        _ => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::titled;

    #[test]
    fn the_key_of_a_row_is_said_once() {
        assert_eq!(titled("副县长（A-1）", "A-1"), "副县长（A-1）");
        assert_eq!(titled("1号楼", "1"), "1号楼（1）");
    }
}
