//! Document numbers as people type them (发文字号).

use super::segment::{apart, is_han};

/// A document number taken apart, whatever brackets, widths and blanks it was written with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    /// Series code (机关代字).
    pub series: String,
    /// Year.
    pub year: i16,
    /// Serial (序号).
    pub serial: u32,
}

impl Number {
    /// Reads a text that is nothing but a number.
    ///
    /// ```
    /// use store::search::Number;
    /// let written = Number::read("某政办发〔2022〕2号");
    /// assert!(written.is_some());
    /// assert_eq!(Number::read("某政办发[2022] 2 号"), written);
    /// assert_eq!(Number::read("某政办发（２０２２）第2号"), written);
    /// assert_eq!(Number::read("某政办发"), None);
    /// ```
    #[must_use]
    pub fn read(text: &str) -> Option<Number> {
        let found = find(&apart(text))?;
        let alone = found.before.is_empty() && found.after.is_empty();
        let (series, year) = (found.series.filter(|_| alone)?, found.year?);
        Some(Number { series, year, serial: found.serial })
    }

    /// Reads the number of an issue (期号): its year and the number in it, `2022年第1期`, `2022·1`. The series is empty.
    #[must_use]
    pub fn issue(text: &str) -> Option<Number> {
        let text = apart(text);
        let mut groups = text.split(|character: char| !character.is_ascii_digit()).filter(|group| !group.is_empty());
        let year: Vec<char> = groups.next()?.chars().collect();
        Some(Number { series: String::new(), year: self::year(&year)?, serial: groups.next()?.parse().ok()? })
    }

    /// The number in its normal form (GB/T 9704).
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{}〔{}〕{}号", self.series, self.year, self.serial)
    }

    /// One text for one number, as look-ups use it.
    #[must_use]
    pub(crate) fn key(&self) -> String {
        format!("{} {} {}", self.series, self.year, self.serial)
    }
}

/// A number found in a text, with what stands around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub before: String,
    pub series: Option<String>,
    pub year: Option<i16>,
    pub serial: u32,
    pub after: String,
}

/// The first number in a normal text: `某政发〔2022〕1号`, `2022 1号`, `某政发1号`, `1号`.
pub(super) fn find(text: &str) -> Option<Found> {
    let characters: Vec<char> = text.chars().collect();
    let mut place = 0;
    while place < characters.len() {
        let end = digits_end(&characters, place);
        if end == place {
            place += 1;
            continue;
        }
        if let Some(found) = at(&characters, place, end) {
            return Some(found);
        }
        place = end;
    }
    None
}

fn at(text: &[char], start: usize, end: usize) -> Option<Found> {
    let year = year(&text[start..end]);
    let (serial_start, bracketed) = serial_start(text, end);
    let serial_end = digits_end(text, serial_start);
    if let Some(year) = year.filter(|_| serial_end > serial_start && serial_start > end) {
        let (after, marked) = sign(text, serial_end);
        if marked || bracketed {
            let serial = number(&text[serial_start..serial_end])?;
            return found(text, start, Some(year), serial, after);
        }
    }
    let (after, marked) = sign(text, end);
    if marked { found(text, start, None, number(&text[start..end])?, after) } else { None }
}

fn found(text: &[char], start: usize, year: Option<i16>, serial: u32, after: usize) -> Option<Found> {
    let mut edge = start;
    while edge > 0 && (is_open(text[edge - 1]) || text[edge - 1] == ' ' || (text[edge - 1] == '第' && edge == start)) {
        edge -= 1;
    }
    let series_end = edge;
    while edge > 0 && is_han(text[edge - 1]) {
        edge -= 1;
    }
    let series: String = text[edge..series_end].iter().collect();
    let part = |part: &[char]| part.iter().collect::<String>().trim().to_owned();
    Some(Found {
        before: part(&text[..edge]),
        series: Some(series).filter(|series| !series.is_empty()),
        year,
        serial,
        after: part(&text[after..]),
    })
}

/// Where the serial begins after a year, and whether a bracket closes the year.
fn serial_start(text: &[char], mut place: usize) -> (usize, bool) {
    let mut bracketed = false;
    while let Some(character) = text.get(place) {
        match character {
            ' ' | '年' | '第' => {}
            close if is_close(*close) => bracketed = true,
            _ => break,
        }
        place += 1;
    }
    (place, bracketed)
}

/// Where the text goes on after the sign 号, and whether it stands there.
fn sign(text: &[char], end: usize) -> (usize, bool) {
    let blanks = text[end..].iter().take_while(|character| **character == ' ').count();
    if text.get(end + blanks) == Some(&'号') { (end + blanks + 1, true) } else { (end, false) }
}

fn digits_end(text: &[char], start: usize) -> usize {
    start + text[start..].iter().take_while(|character| character.is_ascii_digit()).count()
}

fn number(digits: &[char]) -> Option<u32> {
    digits.iter().collect::<String>().parse().ok()
}

fn year(digits: &[char]) -> Option<i16> {
    let year = number(digits).filter(|year| digits.len() == 4 && (1900..2200).contains(year))?;
    i16::try_from(year).ok()
}

fn is_open(character: char) -> bool {
    matches!(character, '〔' | '[' | '(' | '【' | '〈' | '<' | '{' | '〖')
}

fn is_close(character: char) -> bool {
    matches!(character, '〕' | ']' | ')' | '】' | '〉' | '>' | '}' | '〗')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_any_style_gz_ac_19() {
        for text in
            ["某办函〔2022〕6号", "某办函[2022]6号", "某办函（2022）6 号", "某办函【2022】第6号", "某办函2022年第6号"]
        {
            let expected = Number { series: "某办函".into(), year: 2022, serial: 6 };
            assert_eq!(Number::read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn an_issue_has_a_year_and_a_number() {
        for text in ["2022年第1期", "2022 · 1", "2022-1"] {
            let issue = Number::issue(text).unwrap();
            assert_eq!((issue.year, issue.serial), (2022, 1), "{text}");
        }
        assert_eq!(Number::issue("第1期"), None);
    }

    #[test]
    fn what_is_left_out_stays_open() {
        let short = find("2022 2号").unwrap();
        assert_eq!((short.series, short.year, short.serial), (None, Some(2022), 2));
        let bare = find("2号 四(三)").unwrap();
        assert_eq!((bare.series, bare.year, bare.serial, bare.after.as_str()), (None, None, 2, "四(三)"));
        let bracketed = find("[2022]2").unwrap();
        assert_eq!((bracketed.year, bracketed.serial), (Some(2022), 2));
    }

    #[test]
    fn other_figures_are_no_numbers() {
        for text in ["2022年1月", "200平方米", "5日内", "第十二条", "2022 6", ""] {
            assert_eq!(find(text), None, "{text}");
        }
        assert_eq!(Number::read("见某发〔2022〕1号第三条"), None);
    }
}
