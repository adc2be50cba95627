//! Reasons and refusals: the sentences of the engine itself, in both languages. Those of a regulation come from its `because`.

use crate::act::{Outcome, Reason, Refusal, RefusalKind};
use regulation::model::{ClauseId, Label};

impl Reason {
    /// A reason of the engine itself.
    #[must_use]
    pub fn general(code: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Reason {
            code: code.to_owned(),
            clauses: Vec::new(),
            zh: zh.into(),
            en: en.into(),
            values: Vec::new(),
            hint: None,
        }
    }

    /// With its clauses.
    #[must_use]
    pub fn under(mut self, clauses: &[ClauseId]) -> Self {
        self.clauses = clauses.to_vec();
        self
    }

    /// With what to do next.
    #[must_use]
    pub fn hint(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.hint = Some(Label { zh: zh.into(), en: Some(en.into()) });
        self
    }
}

impl Refusal {
    /// A refusal for one reason.
    #[must_use]
    pub fn one(kind: RefusalKind, reason: Reason) -> Self {
        Refusal { kind, reasons: vec![reason], fields: Vec::new() }
    }

    /// A refusal for several reasons.
    #[must_use]
    pub fn several(kind: RefusalKind, reasons: Vec<Reason>) -> Self {
        Refusal { kind, reasons, fields: Vec::new() }
    }
}

/// What a step of a decision gives: a value, or the refusal of the whole act.
pub(crate) type Decided<T> = Result<T, Box<Refusal>>;

/// Refuses for one reason.
pub(crate) fn refuse<T>(kind: RefusalKind, reason: Reason) -> Decided<T> {
    Err(Box::new(Refusal::one(kind, reason)))
}

impl From<Box<Refusal>> for Outcome {
    fn from(refusal: Box<Refusal>) -> Self {
        Outcome::Refused(*refusal)
    }
}
