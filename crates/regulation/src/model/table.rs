//! Decision tables (决策表).

use super::{ClauseId, Label, Name};
use crate::expr::{Expr, Type, Value};
use crate::span::Span;

/// A decision table (决策表).
#[derive(Debug, Clone)]
pub struct Table {
    /// Name.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// Hit policy.
    pub hit: Hit,
    /// Inputs: heading and expression.
    pub inputs: Vec<Expr>,
    /// Output names; the first is the table's own value, all are facts.
    pub outputs: Vec<(Name, Type)>,
    /// Rows.
    pub rows: Vec<TableRow>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// Hit policy of a decision table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// Exactly one row matches: gaps and overlaps are findings.
    One,
    /// The first that matches: only gaps are findings.
    First,
    /// All that match (collect).
    All,
}

/// One row of a decision table.
#[derive(Debug, Clone)]
pub struct TableRow {
    /// One test per input.
    pub cells: Vec<CellTest>,
    /// One value per output.
    pub outputs: Vec<Expr>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A test in a cell of a decision table.
#[derive(Debug, Clone, PartialEq)]
pub enum CellTest {
    /// `–`: anything.
    Any,
    /// One of these values.
    OneOf(Vec<Value>),
    /// None of these values.
    NoneOf(Vec<Value>),
    /// An interval of numbers or dates.
    Range {
        /// Lower end and whether it belongs.
        from: Option<(Value, bool)>,
        /// Upper end and whether it belongs.
        to: Option<(Value, bool)>,
    },
}
