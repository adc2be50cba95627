//! How alike two names are (名称相似度): by the groups of three letters that they share, in whole numbers.
//!
//! People write one name in several ways: 智慧水务平台, 智慧水务管理平台, 智慧 水务（平台）. Width, case, blanks and marks do not matter.
//! A name is taken with two blanks before and behind it, so that a name of one letter has groups too and a beginning
//! counts as much as what follows. The measure is that of Sørensen and Dice: twice what both have over what each has.

use std::cmp::Ordering;

/// Letters of a name that are looked at: names are shorter, and the work is bounded.
const LETTERS_MAX: usize = 200;
/// Stands before and behind a name; no name has it, for only letters and digits are kept.
const BLANK: char = ' ';

/// How many percent of the groups of three letters of both texts are common to both, rounded down: 100 for the same name, nought where one
/// text has no letter.
///
/// ```text
/// 政务协同办公系统 and 政务协同办公平台 have 10 groups each, of which 6 are common: 12 of 20, 60 percent
/// ```
pub(super) fn percent(one: &str, other: &str) -> u32 {
    let (one, other) = (groups(one), groups(other));
    let all = one.len() + other.len();
    if one.is_empty() || other.is_empty() {
        return 0;
    }
    u32::try_from(200 * common(&one, &other) / all).expect("it is at most a hundred")
}

/// The groups of three letters of a name, in order; a group that occurs twice counts twice.
fn groups(text: &str) -> Vec<[char; 3]> {
    let letters: Vec<char> = text.chars().flat_map(normal).take(LETTERS_MAX).collect();
    if letters.is_empty() {
        return Vec::new();
    }
    let padded = [&[BLANK; 2], letters.as_slice(), &[BLANK; 2]].concat();
    let mut groups: Vec<[char; 3]> = padded.windows(3).map(|three| [three[0], three[1], three[2]]).collect();
    groups.sort_unstable();
    groups
}

/// A letter in its usual width and small; nothing for blanks and marks.
fn normal(letter: char) -> impl Iterator<Item = char> {
    let usual = match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        other => other,
    };
    usual.to_lowercase().filter(|letter| letter.is_alphanumeric())
}

/// How many members two ordered lists have in common.
fn common(one: &[[char; 3]], other: &[[char; 3]]) -> usize {
    let (mut at, mut beside, mut found) = (0, 0, 0);
    while let (Some(here), Some(there)) = (one.get(at), other.get(beside)) {
        match here.cmp(there) {
            Ordering::Less => at += 1,
            Ordering::Greater => beside += 1,
            Ordering::Equal => (at, beside, found) = (at + 1, beside + 1, found + 1),
        }
    }
    found
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
            ("政务协同办公系统", "政务协同办公平台", 60),
            ("智慧水务平台", "智慧水务管理平台", 66),
            ("乡镇便民服务系统", "城镇管网监测系统", 20),
            ("水库视频接入", "医保对账接口", 0),
            ("甲", "甲", 100),
            ("甲", "乙", 0),
            ("aaaa", "aa", 80),
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
