//! Orders and sums of values (排序、汇总): exact, and the same whichever way lines come.

use regulation::expr::{Type, Unit, Value};
use regulation::model::view::Figure;
use rust_decimal::{Decimal, RoundingStrategy};
use std::cmp::Ordering;

/// The place of a value among others of its column. What is missing comes last either way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// By size; no before yes; choices in the order in which they are written.
    Number(Decimal),
    /// By day or moment, as written.
    Time(String),
    /// By its characters.
    Text(String),
    /// Nothing there.
    Missing,
}

impl Rank {
    pub(super) fn of(value: &Value, ty: &Type) -> Rank {
        match value {
            Value::Number(number, _) => Rank::Number(*number),
            Value::Bool(yes) => Rank::Number(u8::from(*yes).into()),
            Value::Term(term) => Rank::Number(term.length.into()),
            Value::Date(day) => Rank::Time(day.to_string()),
            Value::Moment(moment) => Rank::Time(moment.to_string()),
            Value::Code(code) => {
                let place = ty.codes().and_then(|codes| codes.iter().position(|(known, _)| known == code));
                place.map_or_else(|| Rank::Text(code.clone()), |place| Rank::Number(place.into()))
            }
            value if value.is_missing() => Rank::Missing,
            value => Rank::Text(value.show()),
        }
    }

    /// The order of two, downwards or not.
    pub(super) fn compare(&self, other: &Rank, down: bool) -> Ordering {
        let missing = |rank: &Rank| *rank == Rank::Missing;
        let order = if down { other.cmp(self) } else { self.cmp(other) };
        missing(self).cmp(&missing(other)).then(order)
    }
}

/// The order of two lists of ranks, each downwards or not.
pub(super) fn compare(a: &[Rank], b: &[Rank], down: &[bool]) -> Ordering {
    let pairs = a.iter().zip(b).zip(down);
    pairs.map(|((a, b), down)| a.compare(b, *down)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// A figure being summed up.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    figure: Figure,
    /// Lines that count, and for a share or mean those that are known.
    yes: u64,
    known: u64,
    total: Decimal,
    /// A sum beyond what can be held exactly is missing rather than wrong.
    beyond: bool,
    unit: Unit,
    best: Option<(Vec<Rank>, Value)>,
}

impl Sum {
    pub(super) fn new(figure: Figure) -> Sum {
        Sum { figure, yes: 0, known: 0, total: Decimal::ZERO, beyond: false, unit: Unit::none(), best: None }
    }

    /// Adds a line: its value for this figure (`None` where the figure counts lines), and its place in the order of the view.
    pub(super) fn add(&mut self, value: Option<&Value>, ty: &Type, order: &[Rank], down: &[bool]) {
        match (self.figure, value) {
            (Figure::Count, None) => self.yes += 1,
            (_, None | Some(Value::Missing)) if self.figure != Figure::First => {}
            (Figure::Count | Figure::Share, Some(value)) => {
                self.known += 1;
                self.yes += u64::from(value.is_true());
            }
            (Figure::Sum | Figure::Mean, Some(Value::Number(number, unit))) => {
                self.known += 1;
                self.unit = unit.clone();
                match self.total.checked_add(*number) {
                    Some(total) => self.total = total,
                    None => self.beyond = true,
                }
            }
            (Figure::Min, Some(value)) => self.keep(vec![Rank::of(value, ty)], value, &[false]),
            (Figure::Max, Some(value)) => self.keep(vec![Rank::of(value, ty)], value, &[true]),
            (Figure::First, Some(value)) => self.keep(order.to_vec(), value, down),
            _ => {}
        }
    }

    fn keep(&mut self, rank: Vec<Rank>, value: &Value, down: &[bool]) {
        let better = self.best.as_ref().is_none_or(|(best, _)| compare(&rank, best, down).is_lt());
        if better {
            self.best = Some((rank, value.clone()));
        }
    }

    /// What it comes to. A share or mean of nothing, and a sum of nothing known, are missing.
    pub(super) fn value(&self) -> Value {
        match self.figure {
            Figure::Count => Value::Number(self.yes.into(), Unit::none()),
            Figure::Share => self.quotient(Decimal::from(self.yes) * Decimal::ONE_HUNDRED, Unit::symbol("percent")),
            Figure::Mean if !self.beyond => self.quotient(self.total, self.unit.clone()),
            Figure::Sum if !self.beyond && self.known > 0 => Value::Number(self.total, self.unit.clone()),
            Figure::Sum | Figure::Mean => Value::Missing,
            Figure::Min | Figure::Max | Figure::First => {
                self.best.as_ref().map(|(_, value)| value.clone()).unwrap_or_default()
            }
        }
    }

    /// To one decimal, half away from zero.
    fn quotient(&self, of: Decimal, unit: Unit) -> Value {
        let exact = of.checked_div(Decimal::from(self.known));
        exact.map_or(Value::Missing, |exact| {
            Value::Number(exact.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero), unit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap(), Unit::none())
    }

    fn summed(figure: Figure, values: &[Value]) -> Value {
        let mut sum = Sum::new(figure);
        let ty = Type::number("");
        for (place, value) in values.iter().enumerate() {
            sum.add(Some(value), &ty, &[Rank::Number((values.len() - place).into())], &[false]);
        }
        sum.value()
    }

    #[test]
    fn figures_of_numbers() {
        let values = [number("1"), Value::Missing, number("2.5"), number("0.25")];
        assert_eq!(summed(Figure::Sum, &values), number("3.75"));
        assert_eq!(summed(Figure::Mean, &values), number("1.3"));
        assert_eq!(summed(Figure::Min, &values), number("0.25"));
        assert_eq!(summed(Figure::Max, &values), number("2.5"));
        // The last one comes first in the order.
        assert_eq!(summed(Figure::First, &values), number("0.25"));
        assert_eq!(summed(Figure::Sum, &[Value::Missing]), Value::Missing);
        assert_eq!(summed(Figure::Mean, &[]), Value::Missing);
    }

    #[test]
    fn shares_leave_out_what_is_not_known() {
        let values = [Value::Bool(true), Value::Bool(false), Value::Missing, Value::Bool(true)];
        assert_eq!(summed(Figure::Share, &values), Value::Number("66.7".parse().unwrap(), Unit::symbol("percent")));
        assert_eq!(summed(Figure::Count, &values), number("2"));
        assert_eq!(summed(Figure::Share, &[Value::Missing]), Value::Missing);
    }

    #[test]
    fn sums_beyond_what_can_be_held_are_missing() {
        let most = Value::Number(Decimal::MAX, Unit::none());
        assert_eq!(summed(Figure::Sum, &[most.clone(), most]), Value::Missing);
    }

    #[test]
    fn what_is_missing_comes_last_either_way() {
        let (one, none) = (Rank::Number(Decimal::ONE), Rank::Missing);
        assert!(one.compare(&none, false).is_lt() && one.compare(&none, true).is_lt());
        assert!(Rank::Number(Decimal::TWO).compare(&one, true).is_lt());
    }
}
