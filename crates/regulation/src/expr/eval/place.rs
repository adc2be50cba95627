//! Places in expressions: compared as they count today, asked for as they were on a day.

use super::Evaluator;
use super::identity;
use crate::expr::typed::{Function, Node};
use crate::expr::value::Value;

impl<'a> Evaluator<'a> {
    /// A value to be compared: a place is the one that it is part of today.
    pub(super) fn settled(&mut self, node: &'a Node) -> Value {
        let value = self.value(node);
        if node.ty.is_place() { self.env.settled(value) } else { value }
    }

    /// The same of the members of a list.
    pub(super) fn settled_all(&self, list: &'a Node, values: Vec<Value>) -> Vec<Value> {
        match list.ty.element() {
            Some(element) if element.is_place() => values.into_iter().map(|value| self.env.settled(value)).collect(),
            _ => values,
        }
    }

    /// The code or the name that a place of a level had on a day.
    pub(super) fn place_on(&mut self, function: Function, arguments: &'a [Node]) -> Option<Value> {
        let [place, level, on] = arguments else { return None };
        let (place, level, on) = (self.value(place), self.value(level), self.value(on).as_date()?);
        let (code, name) = self.env.place_then(identity(&place)?, level.as_text()?, on)?;
        Some(Value::Text(if function == Function::CodeOn { code } else { name }))
    }
}
