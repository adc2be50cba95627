//! A document read from a gazette as the text of a publication, which [`super::read`] takes apart again.

use crate::model::{Block, BlockKind, Document};

/// The text of a document from its addressee to the last annex, one paragraph a line; tables as Markdown. Title and number are not
/// repeated: they stand above it.
#[must_use]
pub fn printed(document: &Document) -> String {
    let mut out = String::new();
    let head = document.head.iter().filter(|block| !matches!(block.kind, BlockKind::Title | BlockKind::Number));
    let parts = document.parts.iter().flat_map(|part| &part.blocks);
    for block in head.chain(&document.body).chain(&document.foot).chain(parts) {
        put(&mut out, block);
    }
    out
}

fn put(out: &mut String, block: &Block) {
    match &block.table {
        Some(table) => {
            let mut rows = table.header.iter().chain(&table.rows);
            if let Some(first) = rows.next() {
                row(out, first);
                out.push_str(&format!("|{}\n", " --- |".repeat(first.len())));
            }
            rows.for_each(|cells| row(out, cells));
            out.push('\n');
            table.notes.iter().for_each(|note| out.push_str(&format!("{}\n\n", note.trim())));
        }
        None if block.text.is_empty() => {}
        None => {
            out.push_str(block.text.trim());
            out.push_str("\n\n");
        }
    }
    block.children.iter().for_each(|child| put(out, child));
}

fn row(out: &mut String, cells: &[String]) {
    let plain = |cell: &String| cell.replace('|', "｜").split_whitespace().collect::<Vec<_>>().join(" ");
    out.push_str(&format!("| {} |\n", cells.iter().map(plain).collect::<Vec<_>>().join(" | ")));
}
