//! Exact places in texts that do not stand in the file as they are read: folded over lines, or with escaped characters.

use crate::scope::Draft;
use crate::source::Words;
use crate::span::Span;
use crate::text::yaml::{Node, Yaml};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Places of one reading.
pub(crate) struct Places<'a> {
    files: BTreeMap<&'a str, File<'a>>,
}

struct File<'a> {
    text: &'a str,
    /// Texts that are written otherwise than they read, by where they begin.
    uneven: BTreeMap<usize, &'a Words>,
}

impl<'a> Places<'a> {
    pub fn of(drafts: &'a [Draft]) -> Places<'a> {
        let file = |draft: &'a Draft| {
            let mut file = File { text: &draft.source.text, uneven: BTreeMap::new() };
            for block in &draft.blocks {
                file.node(&block.node);
                for grid in block.grid.iter().chain(&block.second) {
                    grid.header
                        .iter()
                        .chain(grid.rows.iter().flat_map(|row| &row.cells))
                        .for_each(|cell| file.words(cell));
                }
            }
            (&*draft.source.file, file)
        };
        Places { files: drafts.iter().map(file).collect() }
    }

    /// The place in the file of a place that was counted in the text as read.
    pub fn exact(&self, span: &Span) -> Span {
        let Some(file) = self.files.get(&*span.file) else { return span.clone() };
        Span { file: Arc::clone(&span.file), start: file.exact(span.start, false), end: file.exact(span.end, true) }
    }

    /// What is written at a place.
    pub fn text(&self, span: &Span) -> Option<&str> {
        self.files.get(&*span.file)?.text.get(span.start..span.end)
    }
}

impl<'a> File<'a> {
    fn node(&mut self, node: &'a Node) {
        match &node.yaml {
            Yaml::Empty => {}
            Yaml::Scalar { words, .. } => self.words(words),
            Yaml::List(items) => items.iter().for_each(|item| self.node(item)),
            Yaml::Map(entries) => entries.iter().for_each(|(_, below)| self.node(below)),
        }
    }

    fn words(&mut self, words: &'a Words) {
        if self.text.get(words.span.start..words.span.end) != Some(words.text.as_str()) {
            self.uneven.insert(words.span.start, words);
        }
    }

    fn exact(&self, byte: usize, is_end: bool) -> usize {
        let Some((start, words)) = self.uneven.range(..=byte).next_back() else { return byte };
        let offset = byte - start;
        let whole = byte == words.span.end || offset > words.text.len();
        match self.text.get(*start..words.span.end) {
            Some(written) if !whole => start + walk(&words.text, written, offset, is_end),
            _ => byte,
        }
    }
}

/// How far along the written text a byte of the read text stands. White space of any length reads as one space or line, escapes as what they
/// stand for.
fn walk(read: &str, written: &str, to: usize, is_end: bool) -> usize {
    let bytes = written.as_bytes();
    let blank = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_whitespace);
    let mut at = if written.starts_with(['|', '>']) { written.find('\n').map_or(0, |line| line + 1) } else { 0 };
    for (offset, character) in read.char_indices() {
        if offset >= to && is_end {
            break;
        }
        if character.is_ascii_whitespace() {
            if offset >= to {
                break;
            }
            let same = bytes.get(at) == Some(&(character as u8)) && character == ' ';
            at += usize::from(same);
            while !same && blank(at) {
                at += 1;
            }
            continue;
        }
        while !written[at..].starts_with(character) && at < written.len() {
            at += written[at..].chars().next().map_or(1, char::len_utf8);
        }
        if offset >= to {
            break;
        }
        at = (at + character.len_utf8()).min(written.len());
    }
    at
}

#[cfg(test)]
mod tests {
    use super::walk;

    /// Where a word of the read text stands in the written one.
    fn place(read: &str, written: &str, word: &str) -> String {
        let start = read.find(word).expect("the word is read");
        let (from, to) = (walk(read, written, start, false), walk(read, written, start + word.len(), true));
        written[from..to].to_owned()
    }

    #[test]
    fn words_are_found_where_they_are_written() {
        let texts = [
            ("a and b > c", "a and\n     b > c"),
            ("a and b > c", "a and   \r\n  b > c"),
            ("say \"b\" or \"c\"", "say \\\"b\\\" or \\\"c\\\""),
            ("it's b, c", "it''s b, c"),
            ("a || b, c", "a \\|\\| b, c"),
            ("甲 b 乙 c", "甲\n 　b 乙\n c"),
            ("first b\nthen c\n", "|\n    first b\n    then c\n"),
        ];
        for (read, written) in texts {
            assert_eq!([place(read, written, "b"), place(read, written, "c")], ["b", "c"], "{written:?}");
        }
    }
}
