//! The list of annexes and their bodies, matched.

use std::collections::BTreeMap;

use super::document::without_breaks;
use super::findings::Findings;
use super::marker::{Marker, compact, marker};
use super::unit::Flat;
use crate::model::{Attachment, Block, BlockKind, Code, Document, Level, PartKind};
use crate::normal::normal;

/// Tells the list of annexes from their bodies: both begin with the same word. A marker with a name behind it is an
/// entry; a marker alone is a body, unless numbered names follow it and a body's marker still comes.
pub(super) fn mark_list(flats: &mut [Flat]) {
    let last_alone = flats.iter().rposition(|flat| is_marker(flat) && name(&flat.block).is_empty());
    let mut in_list = false;
    for at in 0..flats.len() {
        let numbered_next = flats.get(at + 1).is_some_and(|next| is_numbered(next) && next.block.ordinal == Some(1));
        let flat = &mut flats[at];
        in_list = if is_marker(flat) {
            let name = name(&flat.block);
            let alone = name.is_empty();
            let first_of_several = matches!(marker(name), Some((Marker::Heading(Level::Three, _), _)));
            let opens = !alone || (numbered_next && last_alone > Some(at));
            if opens {
                flat.block.kind = BlockKind::AnnexEntry;
            }
            opens && (alone || first_of_several)
        } else if in_list && is_numbered(flat) {
            flat.block.kind = BlockKind::AnnexEntry;
            true
        } else {
            false
        };
    }
}

fn is_marker(flat: &Flat) -> bool {
    flat.block.kind == BlockKind::AnnexMarker
}

fn is_numbered(flat: &Flat) -> bool {
    flat.block.kind == BlockKind::Heading(Level::Three)
}

/// What stands behind a block's marker.
fn name(block: &Block) -> &str {
    marker(&block.text).map_or("", |(_, length)| block.text[length..].trim())
}

/// The annexes of a document, listed and printed, matched by number.
pub(super) fn attachments(document: &Document, findings: &mut Findings) -> Vec<Attachment> {
    let mut attachments = listed(document);
    let single = attachments.len() == 1;
    // The entries of each number that have no body yet, first ones last.
    let mut free: BTreeMap<Option<u32>, Vec<usize>> = BTreeMap::new();
    for (index, entry) in attachments.iter().enumerate().rev() {
        free.entry(entry.ordinal).or_default().push(index);
    }
    for (index, part) in document.parts.iter().enumerate() {
        let PartKind::Annex { ordinal } = part.kind else { continue };
        // One annex may be numbered in one place and not in the other.
        let other = attachments.first().and_then(|entry| if ordinal.is_none() { entry.ordinal } else { None });
        let mut take = |ordinal| free.get_mut(&ordinal).and_then(Vec::pop);
        let entry = take(ordinal).or_else(|| if single { take(other) } else { None });
        let title = Some(part.title.clone()).filter(|title| !title.is_empty());
        match entry.map(|entry| &mut attachments[entry]) {
            Some(entry) => {
                (entry.part, entry.body_title) = (Some(index), title);
                compare(entry, part.lines.first, findings);
            }
            None => {
                let (zh, en) = ("附件有正文，附件说明中没有列出", "this annex is printed but not listed");
                findings.doubt(part.lines.first, Code::F14, zh, en);
                attachments.push(Attachment {
                    ordinal,
                    listed_title: None,
                    listed_line: None,
                    body_title: title,
                    part: Some(index),
                });
            }
        }
    }
    for (entry, line) in
        attachments.iter().filter(|entry| entry.part.is_none()).filter_map(|entry| Some((entry, entry.listed_line?)))
    {
        let which = entry.ordinal.map(|ordinal| ordinal.to_string()).unwrap_or_default();
        findings.doubt(
            line,
            Code::F14,
            format!("附件{which}列出而没有正文"),
            format!("annex {which} is listed but not printed"),
        );
    }
    attachments
}

fn listed(document: &Document) -> Vec<Attachment> {
    let inside = document.parts.iter().filter(|part| part.kind == PartKind::Instrument).flat_map(|part| &part.blocks);
    let entries = document.body.iter().chain(&document.foot).chain(inside);
    entries.filter(|block| block.kind == BlockKind::AnnexEntry).filter_map(entry).collect()
}

fn entry(block: &Block) -> Option<Attachment> {
    let mut ordinal = block.ordinal;
    let mut title = name(block);
    if let Some((Marker::Heading(Level::Three, number), length)) = marker(title) {
        (ordinal, title) = (number, title[length..].trim());
    }
    let listed_line = block.pieces.first().map(|piece| piece.line);
    let title = without_breaks(title.trim_end_matches(['；', '。', ';']));
    (!title.is_empty()).then_some(Attachment {
        ordinal,
        listed_title: Some(title),
        listed_line,
        body_title: None,
        part: None,
    })
}

/// Says where the title over the body is not the one in the list.
fn compare(entry: &Attachment, line: u32, findings: &mut Findings) {
    if let (Some(listed), Some(body)) = (&entry.listed_title, &entry.body_title)
        && compact(&normal(listed)) != compact(&normal(body))
    {
        let (zh, en) = ("附件正文的标题与附件说明不同", "the title over the annex is not the one in the list");
        findings.doubt(line, Code::F15, zh, en);
    }
}
