//! Decision tables (决策表): inputs are expressions, cells are tests of their values.

use super::Keys;
use super::block::Block;
use super::field::{clause_words, is_dash};
use super::parameter::literal;
use crate::expr::{Expr, Found, Scope, Type, Value};
use crate::findings::reading;
use crate::model::{CellTest, Hit, Name, Table, TableRow};
use crate::scope::{Compiler, View};
use crate::source::Words;
use crate::text::GridRow;

const KEYS: [&str; 4] = ["table", "title", "hit", "clause"];

/// The output columns of a table: index and name.
pub(crate) fn outputs(block: &Block) -> Vec<(usize, Words)> {
    let header = block.grid.iter().flat_map(|grid| &grid.header).enumerate();
    header.filter_map(|(index, heading)| Some((index, output_name(heading)?))).collect()
}

fn output_name(heading: &Words) -> Option<Words> {
    heading.after("→").or_else(|| heading.after("->"))
}

/// The cells of an output column.
pub(crate) fn output_cells(block: &Block, column: usize) -> Vec<&Words> {
    block.grid.iter().flat_map(|grid| &grid.rows).filter_map(|row| row.cells.get(column)).collect()
}

/// A table of a procedure.
pub(crate) fn read(block: &Block, view: &View<'_>, compiler: &Compiler<'_>) -> Table {
    let keys = Keys::open(&block.node, &KEYS, compiler.sink);
    let outputs = outputs(block);
    if outputs.is_empty() {
        compiler.sink.add(reading::column_missing(block.head(), "→ …"));
    }
    for (_, name) in &outputs {
        super::keys::name(name, compiler.sink);
    }
    let header = block.grid.iter().flat_map(|grid| &grid.header).enumerate();
    let inputs: Vec<(usize, &Words)> =
        header.filter(|(_, heading)| heading.text != "clause" && output_name(heading).is_none()).collect();
    let inputs: Vec<(usize, &Words, Expr)> =
        inputs.into_iter().map(|(index, heading)| (index, heading, compiler.any(view, heading))).collect();
    let types = compiler.output_types(view, &block.name.text);
    let typed: Vec<(usize, Name, Type)> =
        outputs.iter().zip(types).map(|((index, name), ty)| (*index, name.text.clone(), ty)).collect();
    let rows = block.grid.iter().flat_map(|grid| &grid.rows);
    Table {
        name: block.name.text.clone(),
        title: keys.label("title", &block.name.text),
        hit: keys.words("hit").map_or(Hit::One, |words| hit(words, compiler)),
        rows: rows.map(|row| table_row(block, row, &inputs, &typed, view, compiler)).collect(),
        inputs: inputs.into_iter().map(|(_, _, expr)| expr).collect(),
        outputs: typed.into_iter().map(|(_, name, ty)| (name, ty)).collect(),
        clauses: block.clauses.clone(),
        span: block.head().clone(),
    }
}

fn hit(words: &Words, compiler: &Compiler<'_>) -> Hit {
    match words.text.as_str() {
        "one" => Hit::One,
        "first" => Hit::First,
        "all" => Hit::All,
        _ => {
            compiler.sink.add(reading::wrong_shape(&words.span, " `one`、`first` 或 `all`", "`one`, `first` or `all`"));
            Hit::One
        }
    }
}

fn table_row(
    block: &Block,
    row: &GridRow,
    inputs: &[(usize, &Words, Expr)],
    outputs: &[(usize, Name, Type)],
    view: &View<'_>,
    compiler: &Compiler<'_>,
) -> TableRow {
    let empty = Words::new("", row.span.clone());
    let cell = |index: usize| row.cells.get(index).unwrap_or(&empty);
    let test = |(index, heading, expr): &(usize, &Words, Expr)| {
        let words = cell(*index);
        note_codes(words, &expr.ty, view);
        cell_test(words, &expr.ty).unwrap_or_else(|| {
            compiler.sink.add(reading::bad_cell(&words.span, &words.text, &heading.text));
            CellTest::Any
        })
    };
    let column = block.grid.iter().flat_map(|grid| &grid.header).position(|heading| heading.text == "clause");
    let own: Vec<Name> = clause_words(column.map(cell).filter(|words| !is_dash(&words.text)))
        .into_iter()
        .map(|words| words.text)
        .collect();
    TableRow {
        cells: inputs.iter().map(test).collect(),
        outputs: outputs.iter().map(|(index, _, ty)| compiler.output(view, cell(*index), ty)).collect(),
        clauses: if own.is_empty() { block.clauses.clone() } else { own },
        span: row.span.clone(),
    }
}

/// Codes in a cell may be names of things.
fn note_codes(cell: &Words, ty: &Type, view: &View<'_>) {
    let Some(codes) = ty.codes().filter(|_| !is_dash(&cell.text)) else { return };
    let all = cell.after("not ").unwrap_or_else(|| cell.clone());
    let words = all.split(",");
    words.iter().for_each(|word| view.found(Found::Code(codes, &word.text), &word.span));
}

/// Reads `–`, a value, `a, b`, `not a`, `< 50 m²`, `50 m² .. 200 m²`.
fn cell_test(cell: &Words, ty: &Type) -> Option<CellTest> {
    if is_dash(&cell.text) {
        return Some(CellTest::Any);
    }
    if let Some(rest) = cell.after("not ") {
        return Some(CellTest::NoneOf(values(&rest, ty)?));
    }
    for (sign, inclusive, below) in [("<=", true, true), ("<", false, true), (">=", true, false), (">", false, false)] {
        if let Some(rest) = cell.after(sign) {
            let end = Some((ordered(&rest, ty)?, inclusive));
            let (from, to) = if below { (None, end) } else { (end, None) };
            return Some(CellTest::Range { from, to });
        }
    }
    if let Some((from, to)) = cell.split_once("..") {
        let (from, to) = (ordered(&from, ty)?, ordered(&to, ty)?);
        return in_order(&from, &to).then_some(CellTest::Range { from: Some((from, true)), to: Some((to, true)) });
    }
    Some(CellTest::OneOf(values(cell, ty)?))
}

fn values(cell: &Words, ty: &Type) -> Option<Vec<Value>> {
    cell.split(",").iter().map(|words| value(words, ty)).collect()
}

/// A literal of the column's type.
fn value(words: &Words, ty: &Type) -> Option<Value> {
    let (_, value) = literal(&crate::expr::parse(&words.text, &words.span).ok()?)?;
    value.is_of(ty).then_some(value)
}

fn ordered(words: &Words, ty: &Type) -> Option<Value> {
    value(words, ty).filter(|value| matches!(value, Value::Number(..) | Value::Date(_)))
}

fn in_order(from: &Value, to: &Value) -> bool {
    match (from, to) {
        (Value::Number(from, _), Value::Number(to, _)) => from <= to,
        (Value::Date(from), Value::Date(to)) => from <= to,
        _ => false,
    }
}
