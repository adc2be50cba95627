//! Ordinals run 1, 2, 3 … among siblings (gz §4.5). A list may go on through its sections, and it may begin anew.

use std::collections::BTreeMap;

use crate::model::{Block, BlockKind, Code, Document, Level};
use crate::reading::findings::Findings;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    siblings(&document.body, &mut BTreeMap::new(), findings);
    for part in &document.parts {
        siblings(&part.blocks, &mut BTreeMap::new(), findings);
    }
}

/// `last` is the last ordinal of each level so far, in any section.
fn siblings(blocks: &[Block], last: &mut BTreeMap<Level, u32>, findings: &mut Findings) {
    let mut previous: BTreeMap<Level, &Block> = BTreeMap::new();
    for block in blocks {
        if let (BlockKind::Heading(level), Some(ordinal)) = (block.kind, block.ordinal) {
            let before = last.insert(level, ordinal);
            let sibling = previous.insert(level, block);
            let due = before.map_or(1, |before| before.saturating_add(1));
            if ordinal != 1 && ordinal != due {
                report(block, ordinal, due, sibling, findings);
            }
        }
        siblings(&block.children, last, findings);
    }
}

fn report(block: &Block, ordinal: u32, due: u32, sibling: Option<&Block>, findings: &mut Findings) {
    let one_missing = ordinal == due.saturating_add(1);
    let unnumbered =
        sibling.is_some_and(|sibling| sibling.children.iter().any(|child| child.kind == BlockKind::Paragraph));
    let (zh, en) = if one_missing && unnumbered {
        (
            format!("第{due}项没有编号，按位置应是上一段"),
            format!("item {due} has no number; by position it is the paragraph before"),
        )
    } else {
        (format!("序号应为{due}，印作{ordinal}"), format!("ordinal {due} is due, {ordinal} is printed"))
    };
    findings.doubt(block.line_index().at(0), Code::F20, zh, en);
}
