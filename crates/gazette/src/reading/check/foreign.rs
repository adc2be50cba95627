//! Words of another language inside Chinese text (gz-d.9): English function words, which no technical term consists of;
//! and a variant character that a scan or an input method put there (gz-d.30).

use crate::model::{Block, Code};
use crate::reading::findings::Findings;

pub(super) fn check(block: &Block, findings: &mut Findings) {
    const WORDS: [&str; 9] = ["and", "or", "the", "of", "to", "in", "for", "with", "is"];
    let lines = block.line_index();
    for (at, _) in block.text.match_indices('後') {
        let (zh, en) = ("“後”当为“后”，检索时按“后”", "後 stands for 后; search takes it as that");
        findings.doubt(lines.at(at), Code::F26, zh, en);
    }
    if !block.text.contains(|c: char| c.is_ascii_lowercase()) || block.text.is_ascii() {
        return;
    }
    let mut at = 0;
    for word in block.text.split_inclusive(|c: char| !c.is_ascii_alphabetic()) {
        let plain = word.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
        if WORDS.contains(&plain) {
            let zh = format!("中文中夹有“{plain}”");
            findings.doubt(lines.at(at), Code::F26, zh, format!("the word {plain:?} stands in Chinese text"));
        }
        at += word.len();
    }
}
