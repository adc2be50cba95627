//! Texts as handed in, and where a byte stands in them.

use crate::span::Span;
use std::sync::Arc;

/// Texts longer than this are not read: a regulation of this size is a mistake, and checking must stay quick.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A regulation's text with the name under which findings are reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// File name, as shown to people.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl SourceFile {
    /// A file from its bytes. What is not UTF-8 becomes U+FFFD, which [`crate::check`] reports at its place.
    #[must_use]
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Self {
        SourceFile { name: name.into(), text: String::from_utf8_lossy(bytes).into_owned() }
    }
}

/// Line and column of bytes in a text.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// The lines of a text; a line ends with LF, CRLF or the text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let after_breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        LineIndex { starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    /// Line and column of a byte, both from 1; the column counts characters, as editors do.
    #[must_use]
    pub fn line_column(&self, text: &str, byte: usize) -> (usize, usize) {
        let byte = byte.min(text.len());
        let line = self.starts.partition_point(|start| *start <= byte) - 1;
        let start = self.starts[line];
        let column = text[start..].char_indices().take_while(|(at, _)| start + at < byte).count();
        (line + 1, column + 1)
    }
}

/// Text with its place: a cell, a scalar, a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub text: String,
    pub span: Span,
}

impl Words {
    pub fn new(text: impl Into<String>, span: Span) -> Self {
        Words { text: text.into(), span }
    }

    /// A part of it, by bytes of the text. Exact where the text stands in the file as it is.
    pub fn part(&self, from: usize, to: usize) -> Words {
        let end = self.span.end.max(self.span.start);
        let at = |offset: usize| (self.span.start + offset).min(end);
        Words::new(&self.text[from..to], Span::new(&self.span.file, at(from), at(to)))
    }

    /// Without white space at both ends.
    pub fn trimmed(&self) -> Words {
        let start = self.text.len() - self.text.trim_start().len();
        let end = start + self.text.trim().len();
        self.part(start, end)
    }

    /// The pieces between separators that stand outside brackets, braces and quotes.
    pub fn split(&self, separator: &str) -> Vec<Words> {
        let mut pieces = Vec::new();
        let mut start = 0;
        for at in outside_brackets(&self.text, separator) {
            pieces.push(self.part(start, at).trimmed());
            start = at + separator.len();
        }
        pieces.push(self.part(start, self.text.len()).trimmed());
        pieces
    }

    /// Before and after the first separator outside brackets.
    pub fn split_once(&self, separator: &str) -> Option<(Words, Words)> {
        let at = *outside_brackets(&self.text, separator).first()?;
        let rest = self.part(at + separator.len(), self.text.len());
        Some((self.part(0, at).trimmed(), rest.trimmed()))
    }

    /// The rest after a prefix.
    pub fn after(&self, prefix: &str) -> Option<Words> {
        let rest = self.text.strip_prefix(prefix)?;
        Some(self.part(self.text.len() - rest.len(), self.text.len()).trimmed())
    }

    /// The inside of brackets that enclose the whole.
    pub fn inside(&self, open: char, close: char) -> Option<Words> {
        let text = self.text.trim();
        if text.len() < 2 || !text.starts_with(open) || !text.ends_with(close) {
            return None;
        }
        let start = self.text.find(open)?;
        let end = self.text.rfind(close)?;
        Some(self.part(start + open.len_utf8(), end).trimmed())
    }
}

/// Where a separator stands outside brackets, braces, parentheses and double quotes.
fn outside_brackets(text: &str, separator: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut depth = 0_i32;
    let mut quoted = false;
    let mut skip_to = 0;
    for (at, character) in text.char_indices() {
        if at < skip_to {
            continue;
        }
        if !quoted && depth == 0 && text[at..].starts_with(separator) {
            found.push(at);
            skip_to = at + separator.len();
            continue;
        }
        match character {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
    }
    found
}

/// File name and whole text, shared.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub file: Arc<str>,
    pub text: Arc<str>,
}

impl Source {
    pub fn span(&self, start: usize, end: usize) -> Span {
        Span::new(&self.file, start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words {
        Words::new(text, Span::new(&Arc::from("x.md"), 10, 10 + text.len()))
    }

    #[test]
    fn columns_count_characters() {
        let text = "一二三\r\nab\n";
        let index = LineIndex::new(text);
        assert_eq!(index.line_column(text, 6), (1, 3));
        assert_eq!(index.line_column(text, 11), (2, 1));
        assert_eq!(index.line_column(text, 999), (3, 1));
    }

    #[test]
    fn splitting_respects_brackets_and_keeps_places() {
        let pieces = words("a, f(b, c), \"d, e\"").split(",");
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(texts, ["a", "f(b, c)", "\"d, e\""]);
        assert_eq!(pieces[1].span.start, 13);
    }
}
