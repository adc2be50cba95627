//! What somebody types into the search box, understood.

use super::number;
use super::segment::{apart, is_han};
use calendar::read_number;

/// A search: words, perhaps a document number, perhaps a clause in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words that must all be found.
    pub words: Vec<Word>,
    /// The number of a document.
    pub number: Option<NumberWanted>,
    /// A clause of that document, from the outside in; empty if none is asked for.
    pub clause: Vec<Clause>,
}

/// A word or phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As typed, in normal form.
    pub text: String,
    /// In quotation marks: exactly so.
    pub exact: bool,
}

/// A number as far as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberWanted {
    /// Series, or its end.
    pub series: Option<String>,
    /// Year.
    pub year: Option<i16>,
    /// Serial.
    pub serial: u32,
}

/// A step to a clause (条款): the marker of a heading with its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clause {
    /// 第二章
    Chapter(u32),
    /// 第十二条
    Article(u32),
    /// 四、
    One(u32),
    /// （三）
    Two(u32),
    /// 1.
    Three(u32),
    /// （1）
    Four(u32),
}

/// How the words were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Looked {
    /// As typed.
    #[default]
    AsTyped,
    /// Split into these parts, since nothing has them side by side.
    Split(Vec<String>),
    /// With one character wrong or missing.
    Nearly,
}

impl Wanted {
    /// Understands a text.
    #[must_use]
    pub fn read(text: &str) -> Wanted {
        let mut wanted = Wanted::default();
        let rest = wanted.take_quoted(&apart(text));
        let Some(found) = number::find(&rest) else {
            wanted.take_words(&rest);
            return wanted;
        };
        wanted.take_words(&found.before);
        match clause(&found.after) {
            Some(path) => wanted.clause = path,
            None => wanted.take_words(&found.after),
        }
        wanted.number = Some(NumberWanted { series: found.series, year: found.year, serial: found.serial });
        wanted
    }

    /// Nothing that could be looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.number.is_none()
    }

    /// Takes what stands in quotation marks; returns the rest. A mark without its other half is a blank.
    fn take_quoted(&mut self, text: &str) -> String {
        let mut rest = String::new();
        for (place, part) in text.split(['"', '“', '”', '「', '」']).enumerate() {
            if place % 2 == 0 || !self.take_word(part, true) {
                rest.push(' ');
                rest.push_str(part);
            }
        }
        rest.trim().to_owned()
    }

    fn take_words(&mut self, text: &str) {
        for word in text.split([' ', ',', '、', '，', ';', '。']) {
            self.take_word(word, false);
        }
    }

    fn take_word(&mut self, text: &str, exact: bool) -> bool {
        let text = text.trim();
        let has_letters = text.chars().any(char::is_alphanumeric);
        if has_letters && !self.words.iter().any(|word| word.text == text) {
            self.words.push(Word { text: text.to_owned(), exact });
        }
        has_letters
    }
}

/// A path of markers, if a text is nothing else: `第二章第三条`, `四(三)1.`, `四、(三)`.
fn clause(text: &str) -> Option<Vec<Clause>> {
    let mut path = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (step, after) = ordinal(rest)?;
        if path.last().is_some_and(|last| *last >= step) {
            return None;
        }
        path.push(step);
        rest = after.trim_start_matches([' ', '、', '.', '．', '之', '的', '第']).trim_start();
    }
    (!path.is_empty()).then_some(path)
}

fn ordinal(text: &str) -> Option<(Clause, &str)> {
    if let Some(inner) = text.strip_prefix('(') {
        let (inside, after) = inner.split_once(')')?;
        let number = read_number(inside)?;
        let step = if inside.starts_with(is_han) { Clause::Two(number) } else { Clause::Four(number) };
        return Some((step, after));
    }
    let text = text.strip_prefix('第').unwrap_or(text);
    let end = text.find(|character: char| !is_numeral(character)).unwrap_or(text.len());
    let (digits, after) = text.split_at(end);
    let number = read_number(digits)?;
    if let Some(after) = after.strip_prefix('章') {
        return Some((Clause::Chapter(number), after));
    }
    if let Some(after) = after.strip_prefix('条') {
        return Some((Clause::Article(number), after));
    }
    let step = if digits.starts_with(is_han) { Clause::One(number) } else { Clause::Three(number) };
    Some((step, after.strip_prefix(['款', '项']).unwrap_or(after)))
}

fn is_numeral(character: char) -> bool {
    character.is_ascii_digit() || "零〇一二两三四五六七八九十百千".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(wanted: &Wanted) -> Vec<&str> {
        wanted.words.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn words_and_phrases() {
        let wanted = Wanted::read("养犬证 “审批 管理”、Ａ级");
        assert_eq!(words(&wanted), ["审批 管理", "养犬证", "a级"]);
        assert_eq!(wanted.words.iter().map(|word| word.exact).collect::<Vec<_>>(), [true, false, false]);
        assert!(Wanted::read(" ，。\"").is_empty());
        assert_eq!(words(&Wanted::read("只开\"不关")), ["不关", "只开"]);
    }

    #[test]
    fn a_number_with_a_clause() {
        let wanted = Wanted::read("2号 四（三）");
        assert_eq!(wanted.number, Some(NumberWanted { series: None, year: None, serial: 2 }));
        assert_eq!(wanted.clause, [Clause::One(4), Clause::Two(3)]);
        let articles = Wanted::read("某政办发[2022]3号第二章第十二条");
        assert_eq!(articles.clause, [Clause::Chapter(2), Clause::Article(12)]);
        assert_eq!(Wanted::read("2号 （三）四").clause, [], "the outer comes first");
        let deep = Wanted::read("2022 2号 四、（三）1.（2）");
        assert_eq!(deep.clause, [Clause::One(4), Clause::Two(3), Clause::Three(1), Clause::Four(2)]);
    }

    #[test]
    fn a_number_among_words() {
        let wanted = Wanted::read("修桥 某政办发〔2022〕7号 行动");
        assert_eq!(words(&wanted), ["修桥", "行动"]);
        assert_eq!(wanted.number.unwrap().series.as_deref(), Some("某政办发"));
    }
}
