//! Numbers of other documents in the text (引用), in normal form (gz-d.3).

use crate::model::{BlockKind, Citation, Code, Document, Number, NumberShape, is_ideograph};
use crate::reading::findings::Findings;

/// The longest series code, in characters.
const SERIES_CHARS_MAX: usize = 12;

/// What a document cites, in order of appearance; the number of the document itself is none.
pub(super) fn citations(document: &Document, findings: &mut Findings) -> Vec<Citation> {
    let mut cites = Vec::new();
    document.walk(&mut |block| {
        if block.kind == BlockKind::Number {
            return;
        }
        if block.table.is_some() {
            for piece in &block.pieces {
                in_text(&piece.text, |_| piece.line, &mut cites, findings);
            }
        } else {
            let lines = block.line_index();
            in_text(&block.text, |at| lines.at(at), &mut cites, findings);
        }
    });
    cites
}

fn in_text(text: &str, line: impl Fn(usize) -> u32, cites: &mut Vec<Citation>, findings: &mut Findings) {
    for (at, opening) in text.match_indices(['〔', '[']) {
        let Some((number, square)) = number_at(text, at, opening.len()) else { continue };
        if square {
            let zh = format!("方括号读作六角括号：{number}");
            findings.doubt(line(at), Code::F04, zh, format!("square brackets are read as tortoise brackets: {number}"));
        }
        cites.push(Citation { number, line: line(at) });
    }
}

/// The number whose year is bracketed at `at`.
fn number_at(text: &str, at: usize, opening: usize) -> Option<(Number, bool)> {
    let behind: usize = text[at + opening..].char_indices().take(16).find(|(_, c)| *c == '号')?.0;
    let end = at + opening + behind + '号'.len_utf8();
    let before = text[..at].char_indices().rev().take(SERIES_CHARS_MAX).take_while(|(_, c)| is_ideograph(*c));
    let start = before.last()?.0;
    let start = start + led_in(&text[start..at]);
    let shape = NumberShape::of(&text[start..end])?;
    if shape.error().is_some() {
        return None;
    }
    Some((shape.number()?, shape.square))
}

/// How many bytes of the characters before a year are words of the sentence, such as 根据.
fn led_in(series: &str) -> usize {
    const WORDS: [&str; 12] =
        ["根据", "按照", "依据", "依照", "遵照", "执行", "印发", "转发", "以及", "和", "与", "按"];
    WORDS
        .iter()
        .filter_map(|word| Some(series.rfind(word)? + word.len()))
        .filter(|end| *end < series.len())
        .max()
        .unwrap_or(0)
}
