//! Findings (检查发现): what is wrong in a regulation, where, and what to do. Values; sentences are made here once, in both
//! languages, and rendered at the edge.

use crate::model::ClauseId;
use crate::span::Span;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code, `GB0101`; each has a page in `docs/findings/`.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Where.
    pub span: Span,
    /// The clause it concerns.
    pub clause: Option<ClauseId>,
    /// What was found and what was expected.
    pub message: Said,
    /// What to do.
    pub hint: Option<Said>,
    /// Further places: the other row, the first definition.
    pub related: Vec<(Span, Said)>,
}

/// A sentence in Chinese and English. Lower case in English, names in backquotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The regulation cannot be issued.
    Error,
    /// It can, but somebody should look.
    Warning,
}

impl Said {
    /// Both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Said { zh: zh.into(), en: en.into() }
    }
}

impl Finding {
    /// An error.
    #[must_use]
    pub fn error(code: &'static str, span: &Span, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Finding {
            code,
            severity: Severity::Error,
            span: span.clone(),
            clause: None,
            message: Said::new(zh, en),
            hint: None,
            related: Vec::new(),
        }
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: &'static str, span: &Span, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Finding { severity: Severity::Warning, ..Finding::error(code, span, zh, en) }
    }

    /// With a hint.
    #[must_use]
    pub fn hint(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.hint = Some(Said::new(zh, en));
        self
    }

    /// With its clause.
    #[must_use]
    pub fn clause(mut self, clause: Option<&ClauseId>) -> Self {
        self.clause = clause.cloned();
        self
    }

    /// With a further place.
    #[must_use]
    pub fn related(mut self, span: &Span, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.related.push((span.clone(), Said::new(zh, en)));
        self
    }
}
