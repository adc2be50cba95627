//! How long what is kept is kept (保存期限).

use super::ClauseId;
use crate::expr::Expr;
use crate::span::Span;

/// How long rows of a register or matters of a procedure are kept (保存期限).
#[derive(Debug, Clone)]
pub struct Keep {
    /// For ever, or for a term.
    pub length: KeepLength,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// The length of a [`Keep`].
#[derive(Debug, Clone)]
pub enum KeepLength {
    /// For ever (永久).
    Permanent,
    /// For a term from a day on (定期). While the day is not known, the term has not begun.
    For {
        /// A term in days, weeks, months or years.
        term: Expr,
        /// The day from which it runs; it sees [`Keep::ENDED`].
        from: Expr,
    },
}

impl Keep {
    /// What the day is called on which a matter ended, or a row was closed.
    pub const ENDED: &'static str = "ended";

    /// Its expressions.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let both = match &self.length {
            KeepLength::Permanent => None,
            KeepLength::For { term, from } => Some([term, from]),
        };
        both.into_iter().flatten()
    }
}
