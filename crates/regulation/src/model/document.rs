//! Documents that acts issue (文书).

use super::{ClauseId, Label, Name, Party, Reader, Series};
use crate::expr::{Expr, Template};
use crate::span::Span;
use std::collections::BTreeMap;

/// A document that an act issues (文书).
#[derive(Debug, Clone)]
pub struct Document {
    /// Name.
    pub name: Name,
    /// Title as printed.
    pub title: Label,
    /// Whose seal it carries.
    pub signed: Option<Party>,
    /// Number and its series.
    pub number: Option<Series>,
    /// Public display for this term: then it is a notice (公示).
    pub display: Option<Expr>,
    /// Who may read it.
    pub readers: Vec<Reader>,
    /// Personal fields that may be shown to all readers, with the clause that allows it.
    pub release: Vec<(Name, ClauseId)>,
    /// Data of its template: name → expression.
    pub data: Vec<(Name, Expr)>,
    /// Labels for the data, where the field's own label does not do.
    pub labels: BTreeMap<Name, String>,
    /// Rule whose hits are printed as reasons.
    pub reasons: Option<Expr>,
    /// Remedies: text lines with their terms (`行政复议 60 days`).
    pub remedies: Vec<String>,
    /// Paragraphs of a letter.
    pub paragraphs: Vec<Template>,
    /// File fields that belong to it.
    pub attach: Vec<Expr>,
    /// Typst template in the regulation's folder.
    pub layout: Option<String>,
    /// Can be verified by anyone with its code.
    pub verifiable: bool,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}
