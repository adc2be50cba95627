//! The source's own lines again: nothing is lost in reading.

use std::collections::BTreeSet;

use crate::model::{Block, Gazette, Piece, Rule, walk};

/// The text that a gazette was read from. It differs from the source where a repair says so: joined lines are one line;
/// blanks at the ends of a joined line, on blank lines, and what decoding changed are gone.
pub fn text(gazette: &Gazette) -> String {
    let joined: BTreeSet<u32> = gazette
        .repairs
        .iter()
        .filter(|repair| matches!(repair.rule, Rule::Join(rule) if rule != "J9"))
        .map(|repair| repair.line)
        .collect();
    let mut text = String::new();
    let mut line = 1;
    let mut print = |piece: &Piece| {
        if joined.contains(&piece.line) {
            text.truncate(text.trim_end().len());
            text.push_str(piece.text.trim_start());
            // The lines in between are gone with the break.
            line = piece.line;
            return;
        }
        text.extend(std::iter::repeat_n('\n', piece.line.saturating_sub(line) as usize));
        text.push_str(&piece.text);
        line = piece.line;
    };
    let mut block = |block: &Block| block.pieces.iter().for_each(&mut print);
    walk_all(gazette, &mut |visited| block(visited));
    text.extend(std::iter::repeat_n('\n', gazette.line_count.saturating_sub(line) as usize));
    text
}

fn walk_all<'a>(gazette: &'a Gazette, visit: &mut impl FnMut(&'a Block)) {
    walk(&gazette.front, visit);
    for document in &gazette.documents {
        document.walk(visit);
    }
    walk(&gazette.back, visit);
}
