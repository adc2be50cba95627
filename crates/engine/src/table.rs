//! Decision tables (决策表): which row matches, what it says.

use crate::env::MatterEnv;
use crate::eval;
use regulation::analysis::boxes::matches;
use regulation::expr::Value;
use regulation::model::{Hit, Table, TableRow};

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
    row.cells.iter().zip(inputs).all(|(cell, input)| matches(cell, input) == Some(true))
}
