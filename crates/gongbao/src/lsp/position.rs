//! Places as the protocol counts them: lines, and UTF-16 units within a line. A Chinese character is one unit, a rare one (𠮷) two.

use serde_json::{Value, json};

/// A text with its lines; a line ends with LF, CR LF or CR.
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let ends = |at: &usize| bytes[*at] == b'\n' || (bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        let after = (0..bytes.len()).filter(ends).map(|at| at + 1);
        Lines { text, starts: std::iter::once(0).chain(after).collect() }
    }

    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The line and the units before a byte; of one within a character, those before it.
    pub fn position(&self, byte: usize) -> Value {
        let byte = self.text.floor_char_boundary(byte);
        let line = self.starts.partition_point(|start| *start <= byte) - 1;
        let units = self.text[self.starts[line]..byte].encode_utf16().count();
        json!({ "line": line, "character": units })
    }

    pub fn range(&self, start: usize, end: usize) -> Value {
        json!({ "start": self.position(start), "end": self.position(end.max(start)) })
    }

    /// The byte at a position. One beyond a line's end is that end, one within a surrogate pair its beginning; `None` of what is no position.
    pub fn byte(&self, position: &Value) -> Option<usize> {
        let number =
            |key: &str| position.get(key)?.as_u64().map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        let (line, units) = (number("line")?, number("character")?);
        let Some(start) = self.starts.get(line).copied() else { return Some(self.text.len()) };
        let end = self.starts.get(line.saturating_add(1)).copied().unwrap_or(self.text.len());
        let line = self.text[start..end].trim_end_matches(['\r', '\n']);
        let mut passed = 0;
        for (at, character) in line.char_indices() {
            let next = passed + character.len_utf16();
            if next > units {
                return Some(start + at);
            }
            passed = next;
        }
        Some(start + line.len())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_its_position_and_back() {
        let text = "甲乙\r\n𠮷a\rb\n\n后";
        let lines = Lines::new(text);
        let all: Vec<(usize, usize)> = text
            .char_indices()
            .map(|(at, _)| lines.position(at))
            .map(|place| (place["line"].as_u64().unwrap() as usize, place["character"].as_u64().unwrap() as usize))
            .collect();
        assert_eq!(all, [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 2), (1, 3), (2, 0), (2, 1), (3, 0), (4, 0)]);
        for (at, character) in text.char_indices().filter(|(_, character)| !['\r', '\n'].contains(character)) {
            assert_eq!(lines.byte(&lines.position(at)), Some(at), "{character}");
        }
        assert_eq!(lines.byte(&lines.position(text.len())), Some(text.len()));
    }

    #[test]
    fn positions_that_are_not_there_are_the_nearest_before() {
        let lines = Lines::new("甲𠮷\n乙");
        let byte = |line: u64, character: u64| lines.byte(&json!({ "line": line, "character": character }));
        assert_eq!(byte(0, 2), Some(3), "within a surrogate pair");
        assert_eq!(byte(0, 99), Some(7), "beyond the line");
        assert_eq!(byte(9, 0), Some(11), "beyond the text");
        assert_eq!(byte(u64::MAX, u64::MAX), Some(11));
        for wrong in [json!({}), json!({ "line": -1, "character": 0 }), json!("0:0"), Value::Null] {
            assert_eq!(lines.byte(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn positions_hold_in_any_text() {
        bolero::check!().with_type::<(String, u32, u32, usize)>().for_each(|(text, line, character, byte)| {
            let lines = Lines::new(text);
            let place = lines.byte(&json!({ "line": line, "character": character })).unwrap();
            assert!(text.is_char_boundary(place));
            let whole = text.floor_char_boundary(byte % (text.len() + 1));
            let back = lines.byte(&lines.position(whole)).unwrap();
            // Between CR and LF there is no place of its own.
            assert!(back == whole || text[back..].starts_with("\r\n"), "{text:?} {whole}");
        });
    }
}
