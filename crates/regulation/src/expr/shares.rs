//! `split(AMOUNT, LIST, WEIGHT, TIE)`: an amount of money divided over the elements of a list (分摊), each with its share as `part`.
//! `ranked(LIST, KEY, …)`: the elements in descending order (排名), each with its place as `rank`.

use super::eval::{Evaluator, identity};
use super::functions;
use super::ratio::Ratio;
use super::typed::Node;
use super::types::{Added, Type};
use super::value::Value;
use crate::money;
use rust_decimal::Decimal;

/// What orders elements whose remainders are equal: numbers as numbers, everything else by its letters.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Number(Decimal),
    Text(String),
}

impl<'a> Evaluator<'a> {
    /// The elements with their shares. Where all weights are nought nothing can be divided, and there are no shares; `None` where the amount, the
    /// elements or a weight are not known, or a weight is below nought.
    pub(super) fn split(
        &mut self,
        amount: &'a Node,
        of: &'a Node,
        weight: &'a Node,
        tie: &'a Node,
    ) -> Option<Vec<Value>> {
        let fen = money::fen(&self.value(amount))?;
        let elements = self.list(of)?;
        let mut weights = Vec::with_capacity(elements.len());
        let mut ties = Vec::with_capacity(elements.len());
        for element in &elements {
            self.enter(element.clone());
            let (weight, tie) = (self.value(weight), tie_of(&self.value(tie)));
            self.leave();
            let Value::Number(weight, _) = weight else { return None };
            weights.push(weight);
            ties.push(tie);
        }
        let whole = money::whole_weights(&weights)?;
        if whole.iter().all(|weight| *weight == 0) {
            return Some(Vec::new());
        }
        let weighed: Vec<(i128, Tie)> = whole.into_iter().zip(ties).collect();
        let parts = money::split(fen, &weighed)?;
        let share = |(element, part): (Value, i64)| Some(Value::List(vec![element, money::yuan(part.into())?]));
        elements.into_iter().zip(parts).map(share).collect()
    }

    /// The elements, those with the highest first key first, among equal ones those with the highest second, and so on; who is equal in all has
    /// the same rank, and the ranks after it are left out (1, 2, 2, 4). `None` where the elements or a key are not known.
    pub(super) fn ranked(&mut self, of: &'a Node, keys: &'a [Node]) -> Option<Vec<Value>> {
        let mut keyed: Vec<(Vec<Ratio>, Value)> = Vec::new();
        for element in self.list(of)? {
            self.enter(element.clone());
            let known: Option<Vec<Ratio>> = keys.iter().map(|key| self.number(key)).collect();
            self.leave();
            keyed.push((known?, element));
        }
        keyed.sort_by(|(one, _), (other, _)| other.cmp(one));
        let rank = |place: usize| keyed.partition_point(|(keys, _)| *keys > keyed[place].0) + 1;
        let ranks: Vec<usize> = (0..keyed.len()).map(rank).collect();
        let ranked = keyed.into_iter().zip(ranks);
        Some(ranked.map(|((_, element), rank)| Value::List(vec![element, functions::whole(rank as i128)])).collect())
    }

    /// A member of an element with something added: that, or a member of the element.
    pub(super) fn share_member(&self, pair: &[Value], of: &Type, added: Added, name: &str) -> Value {
        match pair {
            [_, value] if name == added.name() => value.clone(),
            [element, _] => self.member(element, of, name),
            _ => Value::Missing,
        }
    }
}

fn tie_of(value: &Value) -> Tie {
    match value {
        Value::Number(number, _) => Tie::Number(*number),
        Value::Date(date) => Tie::Text(date.to_string()),
        other => Tie::Text(identity(other).unwrap_or_default().to_owned()),
    }
}
