//! What follows a signed document: instruments, annexes, biographical sheets.

use super::document::may_be_title;
use super::findings::Findings;
use super::table::tables;
use super::tree::nest;
use super::unit::Flat;
use crate::model::{BlockKind, Lines, Part, PartKind};

/// The parts of what stands behind the foot.
pub(super) fn parts(rest: Vec<Flat>, findings: &mut Findings) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut open: Option<(PartKind, Vec<Flat>)> = None;
    for flat in rest {
        let begins = begins(&flat);
        match &mut open {
            Some((_, flats)) if begins.is_none() => flats.push(flat),
            _ => {
                let kind = begins.unwrap_or(PartKind::Instrument);
                parts.extend(open.replace((kind, vec![flat])));
            }
        }
    }
    parts.extend(open);
    parts.into_iter().map(|(kind, flats)| part(kind, flats, findings)).collect()
}

fn begins(flat: &Flat) -> Option<PartKind> {
    match flat.block.kind {
        BlockKind::AnnexMarker => Some(PartKind::Annex { ordinal: flat.block.ordinal }),
        BlockKind::Paragraph if is_sheet_title(&flat.block.text) => Some(PartKind::Sheet),
        _ => None,
    }
}

/// …同志简介
fn is_sheet_title(text: &str) -> bool {
    text.ends_with("简介") && text.chars().nth(20).is_none()
}

fn part(kind: PartKind, flats: Vec<Flat>, findings: &mut Findings) -> Part {
    let bounds = |flats: &[Flat]| {
        let first = flats.first().and_then(|flat| flat.block.pieces.first());
        let last = flats.last().and_then(|flat| flat.block.pieces.last());
        Lines { first: first.map_or(0, |piece| piece.line), last: last.map_or(0, |piece| piece.line) }
    };
    let lines = bounds(&flats);
    let mut blocks = tables(flats, findings);
    let title_at = usize::from(matches!(kind, PartKind::Annex { .. }));
    let mut title = String::new();
    if let Some(block) = blocks.get_mut(title_at).filter(|block| may_be_title(block)) {
        block.kind = BlockKind::Title;
        title = super::document::without_breaks(&block.text);
    }
    Part { kind, title, blocks: nest(blocks), lines }
}
