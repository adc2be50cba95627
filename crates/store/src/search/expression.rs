//! What is looked for in the index, as a tree: each database has a rendering of its own (`sqlite::words`, `postgres::words`).

/// Words side by side (短语): letters and digits only, as [`super::index_text`] cuts them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Phrase {
    /// At least one.
    pub(crate) words: Vec<String>,
    /// The last word may go on.
    pub(crate) open: bool,
}

/// What a text must have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Expression {
    Phrase(Phrase),
    /// Two phrases in either order with at most so many words between them, none open.
    Near(Phrase, Phrase, usize),
    /// All of at least one.
    All(Vec<Expression>),
    /// One of at least one.
    Any(Vec<Expression>),
}

/// Where it is looked for, and what the hit must have besides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sought<'a> {
    /// In titles alone, else in all texts.
    pub(crate) titles: bool,
    /// `None`: whatever has the values of the filter.
    pub(crate) expression: Option<&'a Expression>,
    /// Values of [`Texts::filter`], all of them.
    pub(crate) filter: &'a [String],
}

/// The texts of a publication as the index takes them: words with one blank between.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) title: String,
    pub(crate) head: String,
    pub(crate) body: String,
    /// Values that searches are narrowed by.
    pub(crate) filter: Vec<String>,
}
