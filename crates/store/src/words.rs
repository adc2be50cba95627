//! Words of a title (检索词): what is searched for, as blind digests, so that the index tells nobody's name.
//!
//! Chinese needs no dictionary here: a title is cut into pairs of neighbouring characters, and so is what is searched
//! for; a title with all pairs of the query contains it, but for rare coincidences.

use crate::ring::Ring;
use plots::Plot;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The digests of a text's pairs.
pub(crate) fn words(ring: &Ring, text: &str) -> BTreeSet<i64> {
    pairs(text).iter().map(|pair| digest(ring, pair)).collect()
}

fn digest(ring: &Ring, pair: &str) -> i64 {
    short(ring.blind(&["word", pair]))
}

/// The digest of a square in which a plot lies, kept beside those of words: where somebody's land lies is nobody's to read off an index.
pub(crate) fn square_word(ring: &Ring, square: &str) -> i64 {
    short(ring.blind(&["square", square]))
}

/// The digests of all squares of some plots.
pub(crate) fn square_words<'p>(ring: &Ring, plots: impl IntoIterator<Item = &'p Arc<Plot>>) -> BTreeSet<i64> {
    let squares = plots.into_iter().flat_map(|plot| plot.squares_kept());
    squares.map(|square| square_word(ring, &square)).collect()
}

fn short(blind: [u8; 16]) -> i64 {
    let (head, _) = blind.split_first_chunk().expect("a blind digest has 16 bytes");
    i64::from_be_bytes(*head)
}

/// Pairs of neighbouring letters and digits in lower case; a character that stands alone counts by itself.
fn pairs(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let runs = lower.split(|character: char| !character.is_alphanumeric()).filter(|run| !run.is_empty());
    let mut pairs = BTreeSet::new();
    for run in runs {
        let characters: Vec<char> = run.chars().collect();
        match characters.as_slice() {
            [alone] => {
                pairs.insert(alone.to_string());
            }
            several => pairs.extend(several.windows(2).map(|pair| pair.iter().collect::<String>())),
        }
    }
    pairs
}

/// A number as searched for by its end: reversed, without what follows the last letter or digit.
///
/// `农宅字1410292022号` ends, as people type it, in `2022号` or `2022`. The sign 号 is dropped when digits precede it.
pub(crate) fn number_end(number: &str) -> String {
    let bare = number.trim_end_matches(|character: char| !character.is_ascii_alphanumeric());
    let kept = if bare.is_empty() { number } else { bare };
    kept.chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_chinese_and_other_words() {
        let expected = BTreeSet::from(["a1", "x", "张三", "新建", "申请", "请a"].map(str::to_owned));
        assert_eq!(pairs("张三 申请A1（新建）x"), expected);
    }

    #[test]
    fn a_number_is_known_by_its_end() {
        assert_eq!(number_end("甲字2022001号"), number_end("甲字2022001"));
        assert!(number_end("甲字2022001号").starts_with(&number_end("001号")));
    }

    #[test]
    fn another_county_key_gives_other_digests() {
        let (one, other) = (Ring::new("c", [1; 16]), Ring::new("c", [2; 16]));
        assert_ne!(words(&one, "张三"), words(&other, "张三"));
        assert_eq!(words(&one, "张三"), words(&one, "张三"));
    }
}
