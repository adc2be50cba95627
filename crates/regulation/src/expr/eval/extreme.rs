//! The least and the greatest of numbers, dates and moments.

use super::{Evaluator, order, ratio};
use crate::expr::ratio::Ratio;
use crate::expr::typed::{Function, Node};
use crate::expr::value::Value;
use std::cmp::Ordering;

impl<'a> Evaluator<'a> {
    pub(super) fn extreme_number(&mut self, function: Function, arguments: &'a [Node]) -> Option<Ratio> {
        let numbers: Vec<Ratio> = match arguments {
            [list] => self.list(list)?.iter().map(ratio).collect::<Option<_>>()?,
            several => several.iter().map(|one| self.number(one)).collect::<Option<_>>()?,
        };
        if function == Function::Min { numbers.into_iter().min() } else { numbers.into_iter().max() }
    }

    /// The earliest or latest of dates and moments.
    pub(super) fn extreme(&mut self, function: Function, arguments: &'a [Node]) -> Value {
        let values = match arguments {
            [list] => self.list(list).unwrap_or_default(),
            several => several.iter().map(|one| self.value(one)).collect(),
        };
        let wanted = if function == Function::Min { Ordering::Less } else { Ordering::Greater };
        let best = values.into_iter().map(Some).reduce(|best, next| {
            let (best, next) = (best?, next?);
            let order = order(&next, &best)?;
            Some(if order == wanted { next } else { best })
        });
        best.flatten().filter(|value| value.as_date().is_some()).unwrap_or_default()
    }
}
