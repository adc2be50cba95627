//! What expressions ask of the books of a fund: totals of accounts, balances on a day, sums over days.

use super::{Evaluator, functions, ratio};
use crate::expr::Ledger;
use crate::expr::ratio::Ratio;
use crate::expr::typed::{Function, Kind, Node, Source};
use crate::expr::value::Value;
use crate::money::yuan;
use jiff::civil::Date;

impl<'a> Evaluator<'a> {
    /// The total of a whole account, which is kept: nothing of it need be listed.
    pub(super) fn total(&self, list: &'a Node) -> Option<Ratio> {
        let Kind::Project { of, name } = &list.kind else { return None };
        let Kind::Query(query) = &of.kind else { return None };
        match (&query.source, &query.condition) {
            (Source::Collection(account), None) => {
                yuan(self.env.ledger(&Ledger::Total { account, figure: name })?).as_ref().and_then(ratio)
            }
            _ => None,
        }
    }

    /// What sub-accounts held on a day, in yuan, or over the days of a period, in fen.
    pub(super) fn of_days(&mut self, function: Function, arguments: &'a [Node]) -> Option<Value> {
        let days: Vec<Date> = arguments[1..].iter().map(|day| self.date(day)).collect::<Option<_>>()?;
        let things = match arguments[0].ty.element() {
            Some(_) => self.list(&arguments[0])?,
            None => vec![self.value(&arguments[0])],
        };
        let mut sum: i128 = 0;
        for of in &things {
            let Value::Thing(of) = of else { return None };
            let question = match days.as_slice() {
                [on] => Ledger::BalanceOn { of, on: *on },
                [from, to] => Ledger::DaySum { of, from: *from, to: *to },
                _ => return None,
            };
            sum = sum.checked_add(self.env.ledger(&question)?)?;
        }
        match function {
            Function::BalanceOn => yuan(sum),
            _ => Some(functions::whole(sum)),
        }
    }
}
