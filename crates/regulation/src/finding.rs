//! Findings (检查发现): what is wrong in a regulation, where, and what to do. Values; sentences are made here once, in both
//! languages, and rendered at the edge.

use crate::expr::Type;
use crate::model::ClauseId;
use crate::notes::is_asked;
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
    /// What could stand here; only where an editor asks.
    pub offers: Vec<Offer>,
}

/// Something that could stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What it is.
    pub kind: OfferKind,
    /// As written.
    pub name: String,
    /// Its type, of a name in an expression.
    pub ty: Option<Type>,
    /// How people call it.
    pub label: Option<String>,
}

/// The kind of an [`Offer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferKind {
    /// A key of a mapping.
    Key,
    /// A kind of block.
    Block,
    /// A name in an expression.
    Name,
    /// A member of something.
    Member,
    /// A code of an enumeration.
    Code,
    /// A function.
    Function,
    /// A thing by its name: a step, an act, a form.
    Thing,
    /// A clause id.
    Clause,
    /// A type.
    Type,
    /// A heading of a table.
    Column,
    /// A party.
    Party,
    /// One of a few words.
    Word,
    /// A unit.
    Unit,
}

impl Offer {
    /// An offer of which nothing but the name is known.
    #[must_use]
    pub fn new(kind: OfferKind, name: impl Into<String>) -> Offer {
        Offer { kind, name: name.into(), ty: None, label: None }
    }
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
            offers: Vec::new(),
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

    /// With what could stand in place of a word, if an editor asks by that word.
    #[must_use]
    pub(crate) fn offering<'a>(
        mut self,
        kind: OfferKind,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        if is_asked(word) {
            self.offers = known.into_iter().map(|name| Offer::new(kind, name)).collect();
        }
        self
    }

    /// With a further place.
    #[must_use]
    pub fn related(mut self, span: &Span, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.related.push((span.clone(), Said::new(zh, en)));
        self
    }
}
