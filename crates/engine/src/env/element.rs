//! The environment of an effect that runs over a list: the element under its name, then the names around it.

use regulation::expr::{Env, Layer, Value};

/// An element of a list, inside the environment of the matter. Facts of the matter do not see it.
pub(crate) struct ElementEnv<'e> {
    pub(crate) outer: &'e dyn Env,
    pub(crate) name: &'e str,
    pub(crate) element: &'e Value,
}

impl Layer for ElementEnv<'_> {
    fn outer(&self) -> &dyn Env {
        self.outer
    }

    fn answer(&self, name: &str) -> Option<Value> {
        (name == self.name).then(|| self.element.clone())
    }

    fn settles(&self, name: &str) -> bool {
        name == self.name
    }
}
