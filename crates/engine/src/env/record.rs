//! The environment of a record: a form under validation, a filing, a row of a list, a register row. Its own fields come
//! first, then the names around it.

use super::MatterEnv;
use crate::eval;
use calendar::{Due, Term};
use jiff::civil::{Date, DateTime};
use regulation::expr::{Env, Record, Thing, Value};
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
        if self.field(name).is_some() { self.root(name) } else { Value::Missing }
    }
}

impl Env for RecordEnv<'_, '_, '_> {
    fn today(&self) -> Date {
        self.outer.today()
    }

    fn now(&self) -> DateTime {
        self.outer.now()
    }

    fn parameter(&self, name: &str, on: Date) -> Value {
        self.outer.parameter(name, on)
    }

    fn root(&self, name: &str) -> Value {
        let Some(field) = self.field(name) else {
            return self.outer.root(name);
        };
        if let Some(derived) = &field.derived {
            return self.base.scope.deeper(|| eval::value(derived, self));
        }
        let value = self.record.get(name);
        value.map_or(Value::Missing, |value| self.base.lift(self, value, &field.ty))
    }

    fn member(&self, of: &Thing, name: &str) -> Value {
        self.outer.member(of, name)
    }

    fn candidates(&self, collection: &str, narrowed: Option<(&str, &Value)>) -> Vec<Thing> {
        self.outer.candidates(collection, narrowed)
    }

    fn due(&self, event_on: Date, term: Term) -> Option<Due> {
        self.outer.due(event_on, term)
    }

    fn before(&self, until: Date, term: Term) -> Option<Date> {
        self.outer.before(until, term)
    }

    fn pending(&self, name: &str) -> bool {
        self.field(name).is_none() && self.outer.pending(name)
    }

    fn changed(&self, field: &str) -> bool {
        self.outer.changed(field)
    }

    fn hits(&self, rule: &str) -> Value {
        self.outer.hits(rule)
    }

    fn label(&self, code: &str) -> String {
        self.outer.label(code)
    }
}
