//! Flat blocks to a tree of headings. It is at most as deep as there are levels.

use crate::model::{Block, BlockKind, Level};

/// Sets what follows a heading under it, up to the next heading of its level or an outer one.
pub(super) fn nest(blocks: Vec<Block>) -> Vec<Block> {
    let mut top = Vec::new();
    let mut open: Vec<(Level, Block)> = Vec::new();
    for block in blocks {
        if let BlockKind::Heading(level) = block.kind {
            close(&mut open, &mut top, Some(level));
            open.push((level, block));
        } else if stands_outside(block.kind) {
            close(&mut open, &mut top, None);
            top.push(block);
        } else {
            add(&mut open, &mut top, block);
        }
    }
    close(&mut open, &mut top, None);
    top
}

/// Whether a block ends all headings: the list of annexes, closing words and form feet belong to the whole text.
fn stands_outside(kind: BlockKind) -> bool {
    matches!(kind, BlockKind::AnnexEntry | BlockKind::AnnexMarker | BlockKind::Closing | BlockKind::FormFoot)
}

/// Closes the headings that a level ends; all of them for `None`.
fn close(open: &mut Vec<(Level, Block)>, top: &mut Vec<Block>, level: Option<Level>) {
    while open.last().is_some_and(|(inner, _)| level.is_none_or(|level| *inner >= level)) {
        if let Some((_, block)) = open.pop() {
            add(open, top, block);
        }
    }
}

fn add(open: &mut [(Level, Block)], top: &mut Vec<Block>, block: Block) {
    match open.last_mut() {
        Some((_, heading)) => heading.children.push(block),
        None => top.push(block),
    }
}
