//! The normal form of a printed text (规范文), for search and comparison; what is shown and kept is the print.
//!
//! Print sets blanks between Chinese characters, changes the width of punctuation with the column, and writes one
//! character for another. None of it is meant.

/// The normal form of a text: no blanks between Chinese characters or between these and digits, punctuation between
/// Chinese characters full width, the year of a document number in 〔〕, variant characters as the standard has them.
///
/// ```
/// use gazette::normal::normal;
/// assert_eq!(normal("自 2022 年起,各镇(乡)要办好"), "自2022年起，各镇（乡）要办好");
/// assert_eq!(normal("某政办函[2022]6号, 请于 12:00 前"), "某政办函〔2022〕6号，请于12:00前");
/// assert_eq!(normal("Wi-Fi 5 (new)"), "Wi-Fi 5 (new)");
/// ```
pub fn normal(text: &str) -> String {
    without_blanks(&with_wide_marks(text))
}

/// Punctuation among Chinese made full width; blanks do not count as neighbours.
fn with_wide_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut wide: Vec<bool> = Vec::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let mark = match c {
            '(' | ')' => round(c, before, next(rest), &mut wide),
            '[' | ']' => year_bracket(c, &out, rest),
            ',' | ';' | ':' if around(before, next(rest)) => full_width(c),
            '後' => '后',
            _ => c,
        };
        out.push(mark);
        if !c.is_whitespace() {
            before = Some(mark);
        }
    }
    out
}

/// The next character that is no blank, looked for only as far as print leaves blanks.
fn next(rest: &str) -> Option<char> {
    const BLANKS_MAX: usize = 64;
    rest.chars().take(BLANKS_MAX).find(|c| !c.is_whitespace())
}

fn without_blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let blanks = rest.len() - rest.trim_start().len();
        let (blank, behind) = rest.split_at(blanks.max(c.len_utf8()));
        if blanks == 0 || !close(out.chars().next_back(), behind.chars().next()) {
            out.push_str(if blanks == 0 { blank } else { &blank[..c.len_utf8()] });
        }
        rest = behind;
    }
    out
}

/// Whether no blank belongs between two characters.
fn close(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    let tight = |c: char| is_chinese(c) || c.is_ascii_digit();
    (is_chinese(before) || is_chinese(after)) && tight(before) && tight(after)
}

/// A Chinese character or a full-width mark.
fn is_chinese(c: char) -> bool {
    c >= '\u{2e80}' || matches!(c, '“' | '”' | '‘' | '’' | '…' | '—' | '·')
}

/// Whether a mark stands among Chinese: on both sides, or on one with nothing on the other.
fn around(before: Option<char>, after: Option<char>) -> bool {
    let sides = [before, after];
    sides.iter().flatten().all(|c| is_chinese(*c)) && sides.iter().any(Option::is_some)
}

fn full_width(c: char) -> char {
    match c {
        ',' => '，',
        ';' => '；',
        ':' => '：',
        _ => c,
    }
}

/// A round bracket: the opening one goes by what is around it, the closing one by its fellow.
fn round(c: char, before: Option<char>, after: Option<char>, wide: &mut Vec<bool>) -> char {
    if c == '(' {
        let chinese = before.is_some_and(is_chinese) || after.is_some_and(is_chinese);
        wide.push(chinese);
        return if chinese { '（' } else { c };
    }
    let chinese = wide.pop().unwrap_or_else(|| around(before, after));
    if chinese { '）' } else { c }
}

/// The bracket around the year of a document number.
fn year_bracket(c: char, before: &str, after: &str) -> char {
    const DIGITS: usize = 4;
    let is_year = |bytes: Option<&[u8]>| bytes.is_some_and(|bytes| bytes.iter().all(u8::is_ascii_digit));
    match c {
        '[' if is_year(after.as_bytes().get(..DIGITS))
            && after[DIGITS..].starts_with(']')
            && before.ends_with(is_chinese) =>
        {
            '〔'
        }
        ']' if before.len() > DIGITS && is_year(before.as_bytes().get(before.len() - DIGITS..)) => {
            if before[..before.len() - DIGITS].ends_with('〔') { '〕' } else { c }
        }
        _ => c,
    }
}
