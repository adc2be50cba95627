//! Who holds a post on a day.

use super::{Evaluator, identity};
use crate::expr::typed::{Function, Node};
use crate::expr::value::{Thing, Value};

impl Evaluator<'_> {
    /// Who holds a post on a day, or whether somebody does; missing where one of them is.
    pub(super) fn of_post(&mut self, function: Function, arguments: &[Node]) -> Option<Value> {
        let values: Vec<Value> = arguments.iter().map(|argument| self.value(argument)).collect();
        let (on, others) = values.split_last()?;
        let (post, person) = (others.last().and_then(identity)?, others.first().and_then(identity)?);
        let mut holders = self.env.holders(post, on.as_date()?).into_iter();
        match function {
            Function::Holder => holders.next().map(|person| Value::Thing(Thing::Person(person))),
            _ => Some(Value::Bool(holders.any(|holder| holder == person))),
        }
    }
}
