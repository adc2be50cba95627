//! Lines and runs of lines.

use std::ops::Range;

use crate::model::Piece;

/// A line of the source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// From 1.
    pub number: u32,
    /// As it stands.
    pub raw: &'a str,
    /// Without the blanks around it.
    pub text: &'a str,
    /// Whether it belongs to a table: a row, or the rest of a row whose cell goes on.
    pub row: Row,
}

/// What a line is to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// Nothing.
    No,
    /// A row with cells between TABs.
    Tabs,
    /// A row with cells between pipes, or its first part.
    Pipes,
    /// The rest of a row with pipes.
    PipesRest,
}

impl Line<'_> {
    /// Whether it belongs to a table.
    pub fn is_row(&self) -> bool {
        self.row != Row::No
    }

    /// The line as the model keeps it.
    pub fn piece(&self) -> Piece {
        Piece { line: self.number, text: self.raw.to_owned() }
    }
}

/// All lines of a text, tables recognised, and the runs of lines that are not blank, as ranges of indices.
pub(super) fn lines(text: &str) -> (Vec<Line<'_>>, Vec<Range<usize>>) {
    let mut lines: Vec<Line<'_>> =
        (1..).zip(text.split('\n')).map(|(number, raw)| Line { number, raw, text: raw.trim(), row: Row::No }).collect();
    let runs = runs(&lines);
    for run in &runs {
        mark_rows(&mut lines[run.clone()]);
    }
    (lines, runs)
}

fn runs(lines: &[Line<'_>]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = None;
    for (index, line) in lines.iter().enumerate() {
        match (line.text.is_empty(), start) {
            (false, None) => start = Some(index),
            (true, Some(first)) => {
                runs.push(first..index);
                start = None;
            }
            _ => {}
        }
    }
    runs.extend(start.map(|first| first..lines.len()));
    runs
}

/// Marks the rows in a run. TABs that only indent make no table.
fn mark_rows(run: &mut [Line<'_>]) {
    let tabs = run.iter().any(|line| line.raw.trim_start().contains('\t'));
    let mut open = false;
    for line in run {
        line.row = if open {
            Row::PipesRest
        } else if line.text.starts_with('|') || line.text.starts_with("- |") {
            Row::Pipes
        } else if tabs && line.raw.contains('\t') {
            Row::Tabs
        } else {
            Row::No
        };
        open = matches!(line.row, Row::Pipes | Row::PipesRest) && !line.text.ends_with('|');
    }
}
