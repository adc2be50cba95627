//! References (引用): how a value that points at a row, person, place or matter is kept, and how it becomes a handle again.

use crate::eval;
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
