//! Annexes: the text refers to each by its number (gz-d.16), and every table in one has its heading (gz-d.7).

use std::collections::{BTreeMap, BTreeSet};

use calendar::read_number;

use crate::model::{Attachment, Block, BlockKind, Code, Document, Part, PartKind, walk};
use crate::reading::findings::Findings;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    references(document, findings);
    let missing = document.attachments.iter().filter(|annex| annex.part.is_none());
    let missing: BTreeMap<u32, &Attachment> = missing.filter_map(|annex| Some((annex.ordinal?, annex))).collect();
    for part in &document.parts {
        if let PartKind::Annex { ordinal: Some(ordinal) } = part.kind
            && let Some(next) = missing.get(&ordinal.saturating_add(1))
        {
            orphans(part, next, findings);
        }
    }
}

/// A table behind the end of a form belongs to the next annex when that has no heading of its own.
fn orphans(part: &Part, next: &Attachment, findings: &mut Findings) {
    let mut closed = false;
    walk(&part.blocks, &mut |block| {
        if block.table.is_some() && closed {
            let which = next.ordinal.unwrap_or_default();
            let zh = format!("表格没有标题，按位置当属附件{which}");
            let en = format!("a table without a heading; by position it belongs to annex {which}");
            findings.doubt(block.pieces.first().map_or(0, |piece| piece.line), Code::F22, zh, en);
        }
        // A person signs under a finished form; an authority's seal may also stand above its table.
        closed |= block.text.ends_with("人：");
    });
}

fn references(document: &Document, findings: &mut Findings) {
    let mut referred = BTreeSet::new();
    let mut compared = 0;
    let mut look = |block: &Block| {
        let lines = block.line_index();
        for (at, ordinal) in references_in(block) {
            referred.insert(ordinal);
            compared += 1;
            if compared <= COMPARED_MAX {
                misnumbered(document, &block.text[..at], ordinal, lines.at(at), findings);
            }
        }
    };
    walk(&document.body, &mut look);
    for part in document.parts.iter().filter(|part| part.kind == PartKind::Instrument) {
        walk(&part.blocks, &mut look);
    }
    for annex in &document.attachments {
        let Some(ordinal) = annex.ordinal.filter(|ordinal| !referred.contains(ordinal)) else { continue };
        let printed = annex.part.map(|part| document.parts[part].lines.first);
        let line = annex.listed_line.or(printed).unwrap_or(document.lines.first);
        let zh = format!("正文没有提到附件{ordinal}");
        findings.doubt(line, Code::F16, zh, format!("the text does not refer to annex {ordinal}"));
    }
}

/// 附件1, 附件二: where they stand and which annex they mean.
fn references_in(block: &Block) -> Vec<(usize, u32)> {
    if matches!(block.kind, BlockKind::AnnexEntry | BlockKind::AnnexMarker) || block.table.is_some() {
        return Vec::new();
    }
    let reference = |(at, word): (usize, &str)| {
        let rest = block.text[at + word.len()..].trim_start();
        let is_part = |c: &char| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c);
        let length: usize = rest.chars().take(DIGITS_MAX).take_while(is_part).map(char::len_utf8).sum();
        Some((at, read_number(&rest[..length])?))
    };
    block.text.match_indices("附件").filter_map(reference).collect()
}

/// How many characters before a reference are compared with the titles, and how many must agree.
const WINDOW_CHARS: usize = 40;
const AGREEING_CHARS_MIN: usize = 6;
/// Titles beyond this many annexes, and references beyond this many in a document, are not compared.
const ANNEXES_MAX: usize = 40;
const COMPARED_MAX: usize = 200;
/// The longest number of an annex, in characters.
const DIGITS_MAX: usize = 4;

/// A reference whose sentence, which is the end of `text`, speaks of another annex.
fn misnumbered(document: &Document, text: &str, ordinal: u32, line: u32, findings: &mut Findings) {
    // What stands before another reference belongs to that one.
    let start = text.rfind("附件").map_or(0, |other| other + "附件".len());
    let clause = text[start..].chars().rev().take(WINDOW_CHARS).take_while(|c| *c != '。');
    let before: Vec<char> = clause.collect::<Vec<_>>().into_iter().rev().collect();
    let agreeing = |annex: &Attachment| common_run(&before, &annex.title().chars().take(60).collect::<Vec<_>>());
    let annexes = || document.attachments.iter().take(ANNEXES_MAX);
    let meant = annexes().max_by_key(|annex| agreeing(annex)).filter(|annex| agreeing(annex) >= AGREEING_CHARS_MIN);
    let own = annexes().find(|annex| annex.ordinal == Some(ordinal)).map_or(0, agreeing);
    let Some(meant) = meant.filter(|annex| annex.ordinal != Some(ordinal) && agreeing(annex) > own) else { return };
    let right = meant.ordinal.unwrap_or_default();
    let zh = format!("此处作附件{ordinal}，所指当是附件{right}");
    findings.doubt(line, Code::F16, zh, format!("annex {ordinal} is cited where annex {right} seems meant"));
}

/// The length of the longest run of characters that two short texts share.
fn common_run(a: &[char], b: &[char]) -> usize {
    let mut longest = 0;
    let mut row = vec![0; b.len() + 1];
    for x in a {
        for j in (0..b.len()).rev() {
            row[j + 1] = if *x == b[j] { row[j] + 1 } else { 0 };
            longest = longest.max(row[j + 1]);
        }
    }
    longest
}
