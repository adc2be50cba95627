//! `split(AMOUNT, LIST, WEIGHT, TIE)`: an amount of money divided over the elements of a list (分摊), each with its share as `part`.

use super::eval::{Evaluator, identity};
use super::typed::Node;
use super::types::Type;
use super::value::Value;
use crate::money;
use rust_decimal::Decimal;

/// The member of a share that is the amount.
pub(crate) const PART: &str = "part";

/// What orders elements whose remainders are equal: numbers as numbers, everything else by its letters.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Number(Decimal),
    Text(String),
}

impl Evaluator<'_> {
    /// The elements with their shares. Where all weights are nought nothing can be divided, and there are no shares; `None` where the amount, the
    /// elements or a weight are not known, or a weight is below nought.
    pub(super) fn split(&mut self, amount: &Node, of: &Node, weight: &Node, tie: &Node) -> Option<Vec<Value>> {
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

    /// A member of a share: its part, or a member of the element.
    pub(super) fn share_member(&self, pair: &[Value], of: &Type, name: &str) -> Value {
        match pair {
            [_, part] if name == PART => part.clone(),
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
