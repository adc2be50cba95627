//! Who holds a post on a day, and what is kept of an owner of personal data.

use super::{Evaluator, identity};
use crate::expr::Owned;
use crate::expr::typed::{Function, Node};
use crate::expr::value::{Thing, Value};

impl<'a> Evaluator<'a> {
    /// Who holds a post on a day, or whether somebody does; missing where one of them is.
    pub(super) fn of_post(&mut self, function: Function, arguments: &'a [Node]) -> Option<Value> {
        let values: Vec<Value> = arguments.iter().map(|argument| self.value(argument)).collect();
        let (on, others) = values.split_last()?;
        let (post, person) = (others.last().and_then(identity)?, others.first().and_then(identity)?);
        let mut holders = self.env.holders(post, on.as_date()?).into_iter();
        match function {
            Function::Holder => holders.next().map(|person| Value::Thing(Thing::Person(person))),
            _ => Some(Value::Bool(holders.any(|holder| holder == person))),
        }
    }

    /// What is kept of an owner; missing where the owner, or the person asked about, is.
    pub(super) fn of_owner(&mut self, function: Function, arguments: &'a [Node]) -> Value {
        let values: Vec<Value> = arguments.iter().map(|argument| self.value(argument)).collect();
        match (function, values.as_slice()) {
            (Function::Holdings, [owner]) => self.env.owned(owner, Owned::Holdings),
            (Function::Hindrances, [owner]) => self.env.owned(owner, Owned::Hindrances),
            (Function::Concerns, [owner, person]) => self.of_person(owner, person, Owned::Concerns),
            (Function::Sees, [owner, person]) => self.of_person(owner, person, Owned::Sees),
            _ => Value::Missing,
        }
    }
    fn of_person<'p>(&self, owner: &Value, person: &'p Value, question: fn(&'p str) -> Owned<'p>) -> Value {
        identity(person).map_or(Value::Missing, |person| self.env.owned(owner, question(person)))
    }
}
