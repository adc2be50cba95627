//! Decision tables (决策表): which row matches, what it says.

use crate::env::MatterEnv;
use crate::eval;
use regulation::expr::Value;
use regulation::model::{CellTest, Hit, Table, TableRow};
use std::cmp::Ordering;

/// The value of one output of a table: of the first row that matches, or of all of them with [`Hit::All`]; missing where no row does.
pub(crate) fn output(env: &MatterEnv<'_, '_>, table: &Table, output: usize) -> Value {
    let inputs: Vec<Value> = table.inputs.iter().map(|input| eval::value(input, env)).collect();
    let mut matching = table.rows.iter().filter(|row| row_matches(row, &inputs));
    let value = |row: &TableRow| row.outputs.get(output).map_or(Value::Missing, |value| eval::value(value, env));
    match table.hit {
        Hit::One | Hit::First => matching.next().map_or(Value::Missing, value),
        Hit::All => Value::List(matching.map(value).collect()),
    }
}

fn row_matches(row: &TableRow, inputs: &[Value]) -> bool {
    row.cells.iter().zip(inputs).all(|(cell, input)| cell_matches(cell, input))
}

/// Whether a value passes the test of a cell. A missing value passes only `–`.
pub(crate) fn cell_matches(cell: &CellTest, input: &Value) -> bool {
    match cell {
        CellTest::Any => true,
        _ if *input == Value::Missing => false,
        CellTest::OneOf(values) => values.iter().any(|value| same(value, input)),
        CellTest::NoneOf(values) => !values.iter().any(|value| same(value, input)),
        CellTest::Range { from, to } => {
            let above = from.as_ref().is_none_or(|(end, belongs)| match order(input, end) {
                Some(Ordering::Greater) => true,
                Some(Ordering::Equal) => *belongs,
                _ => false,
            });
            let below = to.as_ref().is_none_or(|(end, belongs)| match order(input, end) {
                Some(Ordering::Less) => true,
                Some(Ordering::Equal) => *belongs,
                _ => false,
            });
            above && below
        }
    }
}

fn same(test: &Value, input: &Value) -> bool {
    match (test, input) {
        (Value::Number(left, _), Value::Number(right, _)) => left == right,
        _ => test == input || test.as_text().is_some_and(|text| Some(text) == input.as_text()),
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left, _), Value::Number(right, _)) => Some(left.cmp(right)),
        (Value::Term(left), Value::Term(right)) if left.unit == right.unit => Some(left.length.cmp(&right.length)),
        _ => Some(left.as_date()?.cmp(&right.as_date()?)),
    }
}
