//! Texts as the index has them.

use super::expression::Phrase;

/// A text for comparison: small letters, half-width letters and digits, no blanks between Chinese characters. The original is kept
/// elsewhere and shown.
#[must_use]
pub fn normal(text: &str) -> String {
    spaced_by(text, |before, after| !(is_han(before) && is_han(after)))
}

/// The same with every gap kept as one blank: what people type apart is meant apart.
pub(super) fn apart(text: &str) -> String {
    spaced_by(text, |_, _| true)
}

fn spaced_by(text: &str, is_gap: impl Fn(char, char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut blank = false;
    for character in text.chars().map(folded) {
        if character.is_whitespace() {
            blank = true;
            continue;
        }
        if blank && before.is_some_and(|before| is_gap(before, character)) {
            out.push(' ');
        }
        blank = false;
        before = Some(character);
        out.push(character);
    }
    out
}

/// One character for several that mean the same: small, half-width, of today.
#[must_use]
pub fn folded(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        // Full-width letters, digits and punctuation stand in the same order as the half-width ones.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).map_or(character, folded),
        '後' => '后',
        other => other.to_lowercase().next().unwrap_or(other),
    }
}

/// A Chinese character.
#[must_use]
pub fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}

/// The words of a text in their order: the pairs of Chinese runs, each run's last character, and other words whole.
fn words(text: &str, mut word: impl FnMut(&str)) {
    let text = normal(text);
    let mut rest = text.as_str();
    while let Some(start) = rest.find(char::is_alphanumeric) {
        rest = &rest[start..];
        let first = rest.chars().next().expect("one was found");
        let same = |character: char| character.is_alphanumeric() && is_han(character) == is_han(first);
        let end = rest.find(|character| !same(character)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if is_han(first) {
            pairs(run, &mut word);
        } else {
            word(run);
        }
        rest = after;
    }
}

fn pairs(run: &str, word: &mut impl FnMut(&str)) {
    let ends: Vec<usize> = run.char_indices().map(|(start, character)| start + character.len_utf8()).collect();
    let mut start = 0;
    for pair in ends.windows(2) {
        word(&run[start..pair[1]]);
        start = pair[0];
    }
    word(&run[start..]);
}

/// A text as the index takes it.
pub(crate) fn index_text(text: &str) -> String {
    let mut out = String::new();
    words(text, |word| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    });
    out
}

/// What finds a text in the index, wherever it begins and ends: `None` if there is nothing in it to look for.
pub(crate) fn phrase(text: &str) -> Option<Phrase> {
    let mut found: Vec<String> = Vec::new();
    words(text, |word| found.push(word.to_owned()));
    let last = found.pop()?;
    let is_run = last.chars().all(is_han);
    let continues = found.last().is_some_and(|before| before.chars().count() == 2 && before.ends_with(&last));
    // The run may go on in the text: its last pair says enough.
    if is_run && continues {
        return Some(Phrase { words: found, open: false });
    }
    let open = is_run || (last.len() > 2 && last.chars().all(char::is_alphabetic));
    found.push(last);
    Some(Phrase { words: found, open })
}

/// A value that is filtered by, as one word of the index: a letter for its kind, and its digest.
pub(crate) fn digest_token(kind: char, value: &str) -> String {
    let digest = trust::sm3(normal(value).as_bytes()).to_string();
    format!("{kind}{}", &digest[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_cut_into_pairs_and_the_rest_into_words() {
        assert_eq!(index_text("养犬证 审批（Ａ1 级）"), "养犬 犬证 证审 审批 批 a1 级");
        assert_eq!(index_text("2022 年第1期"), "2022 年第 第 1 期");
        assert_eq!(index_text("，。"), "");
    }

    #[test]
    fn a_phrase_is_found_wherever_it_stands() {
        let said = |text: &str| phrase(text).map(|phrase| (phrase.words.join(" "), phrase.open));
        let expected = |words: &str, open: bool| Some((words.to_owned(), open));
        assert_eq!(said("养犬证"), expected("养犬 犬证", false));
        assert_eq!(said("羊"), expected("羊", true));
        assert_eq!(said("某发〔2022〕2号"), said("某发[２０２２] 2 号"));
        assert_eq!(said("某发〔2022〕2"), expected("某发 发 2022 2", false));
        assert_eq!(said("Home"), expected("home", true));
        assert_eq!(said("a1"), expected("a1", false));
        assert_eq!(said("！"), None);
    }

    #[test]
    fn width_blanks_and_old_forms_do_not_matter() {
        assert_eq!(normal("灾後 重建，ＡＢ　2022 年"), "灾后重建,ab 2022 年");
    }
}
