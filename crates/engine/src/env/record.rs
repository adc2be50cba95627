//! The environment of a record: a form under validation, a filing, a row of a list, a register row. Its own fields come
//! first, then the names around it.

use super::MatterEnv;
use crate::eval;
use regulation::expr::{Env, Layer, Record, Value};
use regulation::model::Field;

/// A record inside a matter.
pub struct RecordEnv<'r, 's, 'w> {
    base: &'r MatterEnv<'s, 'w>,
    outer: &'r dyn Env,
    record: &'r Record,
    forms: &'r [&'r [Field]],
}

impl<'r, 's, 'w> RecordEnv<'r, 's, 'w> {
    /// A record with the fields of its forms, seen from a matter; `outer` answers for the names that are not the record's.
    #[must_use]
    pub fn new(base: &'r MatterEnv<'s, 'w>, outer: &'r dyn Env, record: &'r Record, forms: &'r [&'r [Field]]) -> Self {
        RecordEnv { base, outer, record, forms }
    }

    fn field(&self, name: &str) -> Option<&'r Field> {
        self.forms.iter().find_map(|fields| fields.iter().find(|field| field.name == name))
    }

    /// A field of the record itself; missing if it has none of that name.
    #[must_use]
    pub fn own(&self, name: &str) -> Value {
        self.answer(name).unwrap_or_default()
    }
}

impl Layer for RecordEnv<'_, '_, '_> {
    fn outer(&self) -> &dyn Env {
        self.outer
    }

    fn answer(&self, name: &str) -> Option<Value> {
        let field = self.field(name)?;
        if let Some(derived) = &field.derived {
            return Some(self.base.scope.deeper(|| eval::value(derived, self)));
        }
        let value = self.record.get(name);
        Some(value.map_or(Value::Missing, |value| self.base.lift(self, value, &field.ty)))
    }

    fn settles(&self, name: &str) -> bool {
        self.field(name).is_some()
    }
}
