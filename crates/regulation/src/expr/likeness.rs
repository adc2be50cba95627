//! How alike two names are (名称相似度): by the groups of three letters that they share, in whole numbers.
//!
//! People write one name in several ways: 智慧水务平台, 智慧水务管理平台, 智慧 水务（平台）. Width, case, blanks and marks do not matter.
//! The measure is the share of what both have in what either has (Jaccard), so that a limit is kept exactly: at least 80 percent is
//! 100 × common ≥ 80 × union.

use std::collections::BTreeSet;

/// Letters of a name that are looked at: names are shorter, and the work is bounded.
const LETTERS_MAX: usize = 200;
/// Fills up a name of one or two letters; no name has it, for only letters and digits are kept.
const BLANK: char = ' ';

/// How many percent of the groups of three letters that either text has are in both, rounded down: 100 for the same name, nought where one
/// text has no letter. Rounded down, it reaches a limit of whole percents exactly when the share does.
///
/// ```text
/// 政务协同办公系统 and 政务协同办公平台 have 6 groups each, of which 4 are common: 4 of 8, 50 percent
/// ```
pub(super) fn percent(one: &str, other: &str) -> u32 {
    let (one, other) = (groups(one), groups(other));
    if one.is_empty() || other.is_empty() {
        return 0;
    }
    let common = one.intersection(&other).count();
    let either = one.len() + other.len() - common;
    u32::try_from(100 * common / either).expect("it is at most a hundred")
}

/// The groups of three letters of a name, each once; a name of one or two letters is one group.
fn groups(text: &str) -> BTreeSet<[char; 3]> {
    let mut letters: Vec<char> = text.chars().flat_map(normal).take(LETTERS_MAX).collect();
    if letters.is_empty() {
        return BTreeSet::new();
    }
    letters.resize(letters.len().max(3), BLANK);
    letters.windows(3).map(|three| [three[0], three[1], three[2]]).collect()
}

/// A letter in its usual width and small; nothing for blanks and marks.
fn normal(letter: char) -> impl Iterator<Item = char> {
    let usual = match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        other => other,
    };
    usual.to_lowercase().filter(|letter| letter.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::percent;
    use proptest::prelude::*;

    #[test]
    fn names_of_one_thing_are_alike_and_others_are_not() {
        for (one, other, expected) in [
            ("智慧水务平台", "智慧水务平台", 100),
            ("智慧水务平台", " 智慧 水务（平台）", 100),
            ("OA系统", "ｏａ系统", 100),
            ("政务协同办公系统", "政务协同办公平台", 50),
            ("智慧水务平台", "智慧水务管理平台", 25),
            // Four of five: the limit itself. One letter more and it is missed.
            ("abcdef", "abcdefg", 80),
            ("abcdef", "abcdefgh", 66),
            ("中小学校舍安全信息管理系统", "中小学校舍安全信息管理系列", 83),
            ("乡镇便民服务系统", "城镇管网监测系统", 0),
            ("甲", "甲", 100),
            ("甲乙", "甲", 0),
            ("甲", "乙", 0),
            ("aaaa", "aaa", 100),
            ("", "", 0),
            ("（）", "甲", 0),
        ] {
            assert_eq!(percent(one, other), expected, "{one} and {other}");
        }
    }

    proptest! {
        #[test]
        fn it_is_the_same_both_ways_and_within_a_hundred(one in "\\PC{0,40}", other in "\\PC{0,40}") {
            let both = percent(&one, &other);
            prop_assert_eq!(both, percent(&other, &one));
            prop_assert!(both <= 100);
            let letters = one.chars().any(char::is_alphanumeric);
            prop_assert_eq!(percent(&one, &one), if letters { 100 } else { 0 });
        }
    }
}
