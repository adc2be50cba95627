//! The Markdown side of a regulation: its front matter, elements, clauses and fences, each with its exact place.
//!
//! Knows nothing of what a block means. Clause ids are read here, since any heading, paragraph or list item carries them.

mod attributes;
mod walk;
pub(crate) mod yaml;

pub(crate) use walk::read;

use crate::model::{Clause, ClauseId, Element};
use crate::source::Words;
use crate::span::Span;

/// A file taken apart.
#[derive(Debug, Default)]
pub(crate) struct Text {
    pub front: Option<Piece>,
    pub elements: Vec<Element>,
    pub clauses: Vec<Clause>,
    pub fences: Vec<Fence>,
    /// Where what a county adds begins.
    pub supplement: Option<usize>,
}

/// A fence with the info string `yaml KIND`.
#[derive(Debug)]
pub(crate) struct Fence {
    pub kind: Words,
    pub body: Piece,
    /// The nearest element above with an id.
    pub under: Option<ClauseId>,
    /// The table that follows at once.
    pub grid: Option<Grid>,
    /// The table that follows that one at once.
    pub second: Option<Grid>,
    pub span: Span,
    /// Its index among the elements.
    pub element: usize,
}

/// Text taken out of a file in runs, so that every byte still knows its place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Piece {
    pub text: String,
    /// Offset in the text, offset in the file, ascending.
    runs: Vec<(usize, usize)>,
}

impl Piece {
    pub fn push(&mut self, text: &str, at: usize) {
        self.runs.push((self.text.len(), at));
        self.text.push_str(text);
    }

    /// Where a byte of the text stands in the file.
    pub fn offset(&self, at: usize) -> usize {
        let run = self.runs.partition_point(|(start, _)| *start <= at);
        match run.checked_sub(1).and_then(|index| self.runs.get(index)) {
            Some((start, file)) => file + (at - start),
            None => at,
        }
    }
}

/// A Markdown table, cells as written.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub header: Vec<Words>,
    pub rows: Vec<GridRow>,
    pub span: Span,
}

/// A row of a [`Grid`].
#[derive(Debug, Clone)]
pub(crate) struct GridRow {
    pub cells: Vec<Words>,
    pub span: Span,
}
