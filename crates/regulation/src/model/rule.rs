//! Rules (规则): rows that must hold, each with its reason.

use super::{ClauseId, Label, Name, Sentence};
use crate::expr::Expr;
use crate::span::Span;

/// A rule (规则): rows that must hold, each with its reason and clause.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Name.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// How the rows combine.
    pub holds: Holds,
    /// Rows.
    pub rows: Vec<RuleRow>,
    /// Said when an `any` rule fails as a whole.
    pub because: Option<Sentence>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// How the rows of a rule combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Each row must hold.
    All,
    /// One row suffices.
    Any,
    /// No row may hold; every hit is reported.
    None,
}

/// One row of a rule.
#[derive(Debug, Clone)]
pub struct RuleRow {
    /// Code (`rf-9-over-area`).
    pub code: Name,
    /// Condition.
    pub when: Expr,
    /// Reason.
    pub because: Sentence,
    /// A hit is only a candidate until this party confirms it (`confirm` column): name of the yes-no field that confirms.
    pub confirm: Option<Expr>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}
