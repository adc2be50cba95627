//! References as records keep them, and the handles that they stand for.

use crate::expr::types::Type;
use crate::expr::value::{Thing, Value};

/// What identifies a text, code or reference, whether it is kept as a key or held as a handle.
pub(in crate::expr) fn identity(value: &Value) -> Option<&str> {
    match value {
        Value::Thing(Thing::Row { key, .. }) => Some(key),
        Value::Thing(Thing::Sub { key, .. }) => Some(key),
        Value::Thing(Thing::Matter(id) | Thing::Place(id) | Thing::Person(id)) => Some(id),
        Value::Thing(Thing::Post(id) | Thing::Tenure(id)) => Some(id),
        other => other.as_text(),
    }
}

/// A reference as records keep it: rows, people and places by key, matters by id.
pub(super) fn as_kept(value: Value) -> Value {
    match (&value, identity(&value)) {
        (Value::Thing(Thing::Matter(id)), _) => Value::Text(id.clone()),
        (Value::Thing(_), Some(id)) => Value::Key(id.to_owned()),
        _ => value,
    }
}

/// The handle behind a reference that is kept as a key.
pub(in crate::expr) fn handle(value: &Value, ty: &Type) -> Option<Thing> {
    let id = value.as_text()?.to_owned();
    Some(match ty {
        Type::Row(register) => Thing::Row { register: register.clone(), key: id },
        Type::Matter(_) => Thing::Matter(id),
        Type::Place => Thing::Place(id),
        Type::Person => Thing::Person(id),
        Type::Post => Thing::Post(id),
        _ => return None,
    })
}
