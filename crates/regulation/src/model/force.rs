//! What an act does to the force of a regulation (施行、废止).

use crate::expr::Expr;

/// A regulation's text that an act puts into force or out of it, with what its issue gave it.
#[derive(Debug, Clone)]
pub struct Instrument {
    /// The text, as a field of the type `regulation` holds it.
    pub text: Expr,
    /// Document number that its issue gave it (文号).
    pub number: Option<Expr>,
    /// Date of issue.
    pub issued: Option<Expr>,
    /// First day in force.
    pub effective: Option<Expr>,
    /// Only if this holds.
    pub when: Option<Expr>,
}

impl Instrument {
    /// Its expressions.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let terms = [&self.number, &self.issued, &self.effective, &self.when];
        std::iter::once(&self.text).chain(terms.into_iter().flatten())
    }
}
