//! An environment over another one (外层环境): a record within its matter, a line of a report, an application with something changed.

use super::value::{Thing, Value};
use super::{Env, Ledger, Owned};
use calendar::{Due, Term};
use jiff::civil::{Date, DateTime};
use plots::Plot;

/// What answers some names itself; whatever else is asked goes on to the environment around it.
pub trait Layer {
    /// The environment around it.
    fn outer(&self) -> &dyn Env;

    /// The value of a root name of its own; `None` where the name is not its own.
    fn answer(&self, name: &str) -> Option<Value>;

    /// A member of a handle, where it answers that itself.
    fn answer_of(&self, of: &Thing, name: &str) -> Option<Value> {
        let _ = (of, name);
        None
    }

    /// Whether a name is its own and settled, so that nothing is pending about it.
    fn settles(&self, name: &str) -> bool {
        let _ = name;
        false
    }
}

impl<L: Layer> Env for L {
    fn today(&self) -> Date {
        self.outer().today()
    }

    fn now(&self) -> DateTime {
        self.outer().now()
    }

    fn parameter(&self, name: &str, on: Date) -> Value {
        self.outer().parameter(name, on)
    }

    fn root(&self, name: &str) -> Value {
        self.answer(name).unwrap_or_else(|| self.outer().root(name))
    }

    fn member(&self, of: &Thing, name: &str) -> Value {
        self.answer_of(of, name).unwrap_or_else(|| self.outer().member(of, name))
    }

    fn candidates(&self, collection: &str, narrowed: Option<(&str, &Value)>) -> Vec<Thing> {
        self.outer().candidates(collection, narrowed)
    }

    fn open_candidates(&self, collection: &str, narrowed: Option<(&str, &Value)>) -> Vec<Thing> {
        self.outer().open_candidates(collection, narrowed)
    }

    fn near(&self, collection: &str, field: &str, plot: &Plot) -> Vec<Thing> {
        self.outer().near(collection, field, plot)
    }

    fn due(&self, event_on: Date, term: Term) -> Option<Due> {
        self.outer().due(event_on, term)
    }

    fn before(&self, until: Date, term: Term) -> Option<Date> {
        self.outer().before(until, term)
    }

    fn ledger(&self, question: &Ledger<'_>) -> Option<i128> {
        self.outer().ledger(question)
    }

    fn holders(&self, post: &str, on: Date) -> Vec<String> {
        self.outer().holders(post, on)
    }

    fn owned(&self, owner: &Value, question: Owned<'_>) -> Value {
        self.outer().owned(owner, question)
    }

    fn changed(&self, field: &str) -> bool {
        self.outer().changed(field)
    }

    fn hits(&self, rule: &str) -> Value {
        self.outer().hits(rule)
    }

    fn pending(&self, name: &str) -> bool {
        !self.settles(name) && self.outer().pending(name)
    }

    fn settled(&self, value: Value) -> Value {
        self.outer().settled(value)
    }

    fn place_then(&self, code: &str, level: &str, on: Date) -> Option<(String, String)> {
        self.outer().place_then(code, level, on)
    }

    fn label(&self, code: &str) -> String {
        self.outer().label(code)
    }
}
