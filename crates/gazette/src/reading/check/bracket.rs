//! Brackets come in pairs (gz-d.5) of one width (gz-d.6).

use crate::model::{Block, Code};
use crate::reading::findings::Findings;

/// Opening and closing characters that make a pair, in either width.
const PAIRS: [(&[char], &[char]); 3] = [(&['（', '('], &['）', ')']), (&['《'], &['》']), (&['〔'], &['〕'])];

/// Checks a text; cells of tables are checked when they are read.
pub(super) fn check(block: &Block, findings: &mut Findings) {
    let lines = block.line_index();
    let mut open: Vec<(usize, usize, char)> = Vec::new();
    for (at, c) in block.text.char_indices() {
        if let Some(pair) = PAIRS.iter().position(|(opening, _)| opening.contains(&c)) {
            open.push((pair, at, c));
        } else if let Some(pair) = PAIRS.iter().position(|(_, closing)| closing.contains(&c)) {
            match open.last().filter(|(opened, ..)| *opened == pair) {
                Some(&(_, start, opening)) => {
                    open.pop();
                    if opening.is_ascii() != c.is_ascii() {
                        let (zh, en) =
                            ("括号一全一半，按一对读", "one bracket is full width, one half: read as a pair");
                        findings.doubt(lines.at(start), Code::F18, zh, en);
                    }
                }
                None if is_list_marker(&block.text[..at]) => {}
                None => findings.doubt(lines.at(at), Code::F17, "括号没有开始", "a bracket closes that was not opened"),
            }
        }
    }
    if let Some((_, at, _)) = open.first() {
        findings.doubt(lines.at(*at), Code::F17, "括号没有闭合", "a bracket is not closed");
    }
}

/// 1) and a）, as lists have them.
fn is_list_marker(before: &str) -> bool {
    before.len() <= 3 && before.chars().all(|c| c.is_ascii_alphanumeric())
}
