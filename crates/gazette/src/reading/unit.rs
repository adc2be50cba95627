//! Lines to flat blocks: joints applied, runs split where a marker, a closing or a full stop says so.

use std::ops::Range;

use super::cell::{Cells, rows};
use super::findings::Findings;
use super::join::Joint;
use super::lines::Line;
use super::marker::{self, Marker, marker};
use super::profile::Profile;
use crate::model::{Block, BlockKind, Rule};

/// The flat blocks of some runs; each line lies in exactly one. A stretch of table rows is one block, not yet read.
pub(super) fn units(
    lines: &[Line<'_>],
    runs: &[Range<usize>],
    joints: &[Joint],
    profile: &Profile,
    findings: &mut Findings,
) -> Vec<Flat> {
    let mut units = Vec::new();
    let mut open: Option<Unit<'_>> = None;
    let mut before = Joint::Apart;
    for (run, joint) in runs.iter().zip(joints) {
        for index in run.clone() {
            let line = &lines[index];
            let first = index == run.start;
            let goes_on = match (&open, before) {
                (Some(_), Joint::Join(rule)) if first => {
                    joined(line, rule, findings);
                    true
                }
                (Some(unit), _) => !first && unit.takes(line, profile),
                (None, _) => false,
            };
            match &mut open {
                Some(unit) if goes_on => unit.lines.push(*line),
                _ => {
                    let attached = first && before == Joint::Attach;
                    units.extend(open.replace(Unit::new(line, attached, profile, findings)).map(Unit::flat));
                }
            }
        }
        before = *joint;
    }
    units.extend(open.map(Unit::flat));
    units
}

/// Says that a line goes on the one above, over some blank lines.
fn joined(line: &Line<'_>, rule: &'static str, findings: &mut Findings) {
    let (zh, en) = ("接上文，断行不是分段", "goes on the text above: the break is not a paragraph");
    findings.repair(line.number, Rule::Join(rule), zh, en);
}

/// A block before tables are read and headings nested.
#[derive(Debug)]
pub(super) struct Flat {
    pub block: Block,
    /// The rows, if it is a stretch of table lines.
    pub rows: Vec<Cells>,
}

impl Flat {
    /// Whether it is a stretch of table lines.
    pub fn is_table(&self) -> bool {
        self.block.kind == BlockKind::Table
    }

    /// Its first line.
    pub fn line(&self) -> u32 {
        self.block.pieces.first().map_or(0, |piece| piece.line)
    }
}

/// A block under construction.
struct Unit<'a> {
    kind: BlockKind,
    ordinal: Option<u32>,
    lines: Vec<Line<'a>>,
}

impl<'a> Unit<'a> {
    fn new(line: &Line<'a>, attached: bool, profile: &Profile, findings: &mut Findings) -> Unit<'a> {
        if attached {
            let (zh, en) = ("责任单位归于上文", "the responsibility note belongs to the text above");
            findings.repair(line.number, Rule::Join("J9"), zh, en);
        }
        let (kind, ordinal) = if attached { (BlockKind::Responsibility, None) } else { kind(line, profile) };
        Unit { kind, ordinal, lines: vec![*line] }
    }

    /// Whether the next line of the same run belongs to this block.
    fn takes(&self, line: &Line<'_>, profile: &Profile) -> bool {
        match (self.kind, kind(line, profile).0) {
            (BlockKind::Table, next) => next == BlockKind::Table,
            (
                BlockKind::Heading(_) | BlockKind::Item | BlockKind::Paragraph | BlockKind::AnnexMarker,
                BlockKind::Paragraph,
            ) => {
                let last = self.lines.last().map_or("", |last| last.text);
                !marker::ends_sentence(last)
                    && !marker::is_annex_alone(last)
                    && !marker::is_form_blank(last)
                    && !opens_paragraph(line.text)
            }
            _ => false,
        }
    }

    fn flat(self) -> Flat {
        let mut block = Block::new(self.kind, self.lines.iter().map(Line::piece).collect());
        block.ordinal = self.ordinal;
        if block.kind == BlockKind::Table {
            block.text.clear();
        }
        let rows = if block.kind == BlockKind::Table { rows(&self.lines) } else { Vec::new() };
        Flat { block, rows }
    }
}

/// Whether a plain line inside a run cannot go on the line before.
fn opens_paragraph(text: &str) -> bool {
    marker::is_roster_line(text) || marker::is_short_entry(text) || marker::is_form_blank(text)
}

/// What a line alone would be.
fn kind(line: &Line<'_>, profile: &Profile) -> (BlockKind, Option<u32>) {
    if line.is_row() {
        return (BlockKind::Table, None);
    }
    let kind = match marker(line.text) {
        Some((Marker::Heading(level, ordinal), _)) => return (BlockKind::Heading(level), ordinal),
        Some((Marker::Annex(ordinal), _)) => return (BlockKind::AnnexMarker, ordinal),
        Some((Marker::Dash, _)) => BlockKind::Item,
        None if marker::is_closing(line.text) => BlockKind::Closing,
        None if marker::public_mark(line.text).is_some() => BlockKind::PublicMark,
        None if marker::date_line(line.text).is_some() => BlockKind::Date,
        None if profile.is_issuer(line.text) || profile.signing_post(line.text).is_some() => BlockKind::Signature,
        None if marker::is_form_foot(line.text) => BlockKind::FormFoot,
        None => BlockKind::Paragraph,
    };
    (kind, None)
}
