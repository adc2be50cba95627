//! Where documents begin and end.
//!
//! The number alone on its line is the anchor; the title stands above it. A document ends where the next title begins,
//! not at the public mark: instruments and annexes follow it.

use std::ops::Range;

use super::lines::Line;
use super::marker;
use super::profile::Profile;
use crate::model::NumberShape;

/// Where a document lies, as indices of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// First line of the title.
    pub title: usize,
    /// The line of the number.
    pub number: usize,
    /// Behind its last line.
    pub end: usize,
}

/// How many lines of print a title has at most.
const TITLE_LINES_MAX: usize = 5;

/// The documents of a text. What lies before the first and behind the last is cover.
pub(super) fn spans(lines: &[Line<'_>], runs: &[Range<usize>], profile: &Profile) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for number in runs.iter().cloned().flatten() {
        if !is_number(&lines[number]) {
            continue;
        }
        let floor = spans.last().map_or(0, |span| span.number + 1);
        let Some(title) = title_above(lines, floor, number, profile) else { continue };
        if let Some(last) = spans.last_mut() {
            last.end = title;
        }
        spans.push(Span { title, number, end: lines.len() });
    }
    if let Some(last) = spans.last_mut() {
        last.end = before_back_cover(lines, runs, last.number, profile);
    }
    spans
}

/// Whether a line is a document number and nothing else. A gazette also reprints documents of other series, so any will
/// do; without a title above it is only a citation.
fn is_number(line: &Line<'_>) -> bool {
    const LINE_BYTES_MAX: usize = 120;
    let short = !line.is_row() && line.text.len() <= LINE_BYTES_MAX;
    short && NumberShape::of(line.text).is_some_and(|shape| shape.number().is_some())
}

/// The line that the title above a number begins at: the nearest one that starts with an issuer; failing that, the
/// nearest with 关于 and the line above it if that is where the issuer stands. A number of a known series without any
/// of these begins at the run above it.
fn title_above(lines: &[Line<'_>], floor: usize, number: usize, profile: &Profile) -> Option<usize> {
    let above: Vec<usize> = (floor..number)
        .rev()
        .filter(|index| !lines[*index].text.is_empty())
        .take_while(|index| may_be_title(&lines[*index]))
        .take(TITLE_LINES_MAX)
        .collect();
    if let Some(index) = above.iter().find(|index| profile.issuer_of(lines[**index].text).is_some()) {
        return Some(*index);
    }
    if let Some(at) = above.iter().position(|index| lines[*index].text.contains("关于")) {
        let issuer_above = lines[above[at]].text.starts_with("关于");
        return above.get(at + usize::from(issuer_above)).or(above.get(at)).copied();
    }
    let shape = NumberShape::of(lines[number].text)?;
    profile.series(shape.series).map(|_| above.first().copied().unwrap_or(number))
}

fn may_be_title(line: &Line<'_>) -> bool {
    const LINE_BYTES_MAX: usize = 400;
    let closed = || marker::public_mark(line.text).is_some() || marker::date_line(line.text).is_some();
    !line.is_row() && line.text.len() <= LINE_BYTES_MAX && !line.text.ends_with('。') && !closed()
}

/// The end of the last document: the back cover repeats the purposes.
fn before_back_cover(lines: &[Line<'_>], runs: &[Range<usize>], number: usize, profile: &Profile) -> usize {
    let behind = runs.iter().rev().take_while(|run| run.start > number);
    let covers = behind.take_while(|run| lines[(*run).clone()].iter().all(|line| profile.is_purposes(line.text)));
    covers.last().map_or(lines.len(), |run| run.start)
}
