//! The environment of an effect that runs over a list: the element under its name, then the names around it.

use calendar::{Due, Term};
use jiff::civil::{Date, DateTime};
use regulation::expr::{Env, Thing, Value};

/// An element of a list, inside the environment of the matter. Facts of the matter do not see it.
pub(crate) struct ElementEnv<'e> {
    pub(crate) outer: &'e dyn Env,
    pub(crate) name: &'e str,
    pub(crate) element: &'e Value,
}

impl Env for ElementEnv<'_> {
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
        if name == self.name { self.element.clone() } else { self.outer.root(name) }
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
        name != self.name && self.outer.pending(name)
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
