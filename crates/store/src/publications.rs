//! What is public (公布): lines of publications, their versions and relations, and what a search among them finds.

pub use crate::search::{Looked, Wanted};
use engine::{Mention, Publication};
use jiff::civil::{Date, DateTime};
use regulation::model::{PublicationKind, Relation};

/// A publication in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationLine {
    /// Its matter.
    pub matter: String,
    /// What it is.
    pub kind: PublicationKind,
    /// Number (文号、期号).
    pub number: Option<String>,
    /// Title.
    pub title: String,
    /// Who issues it.
    pub issuer: Option<String>,
    /// Kind of document (文种).
    pub category: Option<String>,
    /// The first day on which it is public.
    pub public_on: Date,
    /// Date of signature.
    pub signed_on: Option<Date>,
    /// First day in force.
    pub effective_on: Option<Date>,
    /// Last day in force.
    pub until: Option<Date>,
    /// From this day on another publication has put an end to it.
    pub repealed_on: Option<Date>,
    /// What it is a part of.
    pub part_of: Option<Mention>,
    /// Taken back: it was public once.
    pub withdrawn: bool,
    /// Place in the journal of its latest version.
    pub seq: u64,
}

impl PublicationLine {
    /// The day by which it is ordered and under whose year it is found: that of its signature, else of its publication.
    #[must_use]
    pub fn day(&self) -> Date {
        self.signed_on.unwrap_or(self.public_on)
    }

    /// Whether everybody may read it on a day.
    #[must_use]
    pub fn is_public(&self, on: Date) -> bool {
        !self.withdrawn && self.public_on <= on
    }

    /// Whether it holds on a day: begun, not run out, not repealed.
    #[must_use]
    pub fn in_force(&self, on: Date) -> bool {
        let begun = self.effective_on.unwrap_or_else(|| self.day()) <= on;
        begun && self.until.is_none_or(|until| on <= until) && self.repealed_on.is_none_or(|repealed| on < repealed)
    }
}

/// A version of a publication: what an act made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationVersion {
    /// Place in the journal.
    pub seq: u64,
    /// Legal date of the act.
    pub since: Date,
    /// Moment of the act.
    pub at: DateTime,
    /// What is published since; `None` = taken back.
    pub publication: Option<Publication>,
}

/// What to look for among publications.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicationQuery {
    /// Words and numbers.
    pub wanted: Wanted,
    /// Only this kind.
    pub kind: Option<PublicationKind>,
    /// Only of this year.
    pub year: Option<i16>,
    /// Only of this issuer.
    pub issuer: Option<String>,
    /// Only of this kind of document.
    pub category: Option<String>,
    /// Only of this series of numbers.
    pub series: Option<String>,
    /// Only what is in force, or only what is not.
    pub in_force: Option<bool>,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The lines of the page asked for.
    pub lines: Vec<PublicationLine>,
    /// How many there are in all.
    pub total: usize,
    /// There are more than were looked through, which are the latest.
    pub more: bool,
    /// How the words were found.
    pub looked: Looked,
    /// How many of each year, the latest first.
    pub years: Vec<(i16, usize)>,
    /// How many of each issuer, the most first.
    pub issuers: Vec<(String, usize)>,
    /// How many of each kind of document, the most first.
    pub categories: Vec<(String, usize)>,
    /// How many are in force.
    pub in_force: usize,
}

/// One publication that has to do with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedLine {
    /// How.
    pub relation: Relation,
    /// The other one.
    pub line: PublicationLine,
}
