//! Personal numbers and addresses that stand in running text (文中的个人信息), found by their own shape: mobile numbers, identity numbers with
//! a valid check character, card numbers with a valid check digit, private mail addresses.
//!
//! What only looks like one is left alone: a longer number, a sum with decimals, an identity number with a wrong check character. One pass
//! over the text, and each number is looked at a bounded number of times.

use super::identity;
use super::numbers;
use super::types::Type;
use crate::model::Label;
use std::collections::BTreeSet;
use std::ops::Range;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Mobile,
    IdNumber,
    BankCard,
    Mail,
}

impl Kind {
    const ALL: [(Kind, &str, &str, &str); 4] = [
        (Kind::Mobile, "mobile", "手机号", "a mobile number"),
        (Kind::IdNumber, "id-number", "身份证号", "an identity number"),
        (Kind::BankCard, "bank-card", "银行卡号", "a bank card number"),
        (Kind::Mail, "mail", "电子邮箱", "a mail address"),
    ];

    fn code(self) -> &'static str {
        Kind::ALL.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, code, ..)| code)
    }
}

/// The type of `personal-in(…)`: some of the kinds.
pub(super) fn kinds() -> Type {
    let label = |(_, code, zh, en): &(Kind, &str, &str, &str)| {
        ((*code).to_owned(), Label { zh: (*zh).to_owned(), en: Some((*en).to_owned()) })
    };
    Type::SomeOf(Kind::ALL.iter().map(label).collect())
}

/// The codes of the kinds that occur in a text.
pub(super) fn found_in(text: &str) -> BTreeSet<String> {
    found(text).into_iter().map(|(kind, _)| kind.code().to_owned()).collect()
}

/// The text with what was found covered: numbers up to their last four digits, mail addresses up to the `@`.
pub(super) fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for (kind, range) in found(text) {
        masked.push_str(&text[done..range.start]);
        masked.push_str(&covered(kind, &text[range.clone()]));
        done = range.end;
    }
    masked.push_str(&text[done..]);
    masked
}

fn covered(kind: Kind, shown: &str) -> String {
    let kept = match kind {
        Kind::Mail => shown.chars().count() - shown.find('@').unwrap_or(0),
        _ => KEPT_DIGITS,
    };
    let covered = shown.chars().count().saturating_sub(kept);
    shown.chars().enumerate().map(|(place, character)| if place < covered { '*' } else { character }).collect()
}

/// Digits that stay readable, so that whoever knows the number recognises it.
const KEPT_DIGITS: usize = 4;

/// Every find in order, none overlapping another.
fn found(text: &str) -> Vec<(Kind, Range<usize>)> {
    let groups = groups(text);
    let mut all = mails(text);
    let mut next = 0;
    while next < groups.len() {
        match number_at(&groups[next..]) {
            Some((kind, length)) => {
                all.push((kind, groups[next].range.start..groups[next + length - 1].range.end));
                next += length;
            }
            None => next += 1,
        }
    }
    all.sort_by_key(|(_, range)| range.start);
    let mut end = 0;
    all.retain(|(_, range)| {
        let apart = range.start >= end;
        end = if apart { range.end } else { end };
        apart
    });
    all
}

/// A run of digits (and a last `X`), and whether only a blank or a hyphen parts it from the one before.
struct Group {
    digits: String,
    range: Range<usize>,
    joined: bool,
}

/// The runs of digits of a text; those of a number with decimals are none.
fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut between = String::new();
    let mut characters = text.char_indices().peekable();
    while let Some((start, character)) = characters.next() {
        let Some(digit) = digit(character) else {
            between.push(character);
            continue;
        };
        let mut group = Group { digits: digit.into(), range: start..start + character.len_utf8(), joined: false };
        while let Some((at, next)) = characters.peek().copied() {
            let Some(digit) = self::digit(next).or_else(|| check_letter(next, group.digits.len())) else { break };
            group.digits.push(digit);
            group.range.end = at + next.len_utf8();
            characters.next();
        }
        group.joined = matches!(between.as_str(), " " | "-" | "－" | "　") && !groups.is_empty();
        let decimals = between == "." && !groups.is_empty();
        between.clear();
        if decimals {
            groups.pop();
            // Keeps its place, so that what follows is not joined to the number before it.
            group.digits.clear();
        }
        groups.push(group);
    }
    groups
}

fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '０'..='９' => char::from_u32(u32::from(character) - 0xFEE0),
        _ => None,
    }
}

/// The check character of an identity number that is no digit: only in the eighteenth place.
fn check_letter(character: char, before: usize) -> Option<char> {
    (before == 17 && matches!(character, 'X' | 'x' | 'Ｘ' | 'ｘ')).then_some('X')
}

/// The number that begins with the first group, and how many groups it takes: whole, or parted as people part them.
fn number_at(groups: &[Group]) -> Option<(Kind, usize)> {
    let near = groups.iter().take(LONGEST_PARTS).enumerate();
    let joined = near.take_while(|(place, group)| *place == 0 || group.joined).count();
    (1..=joined).rev().find_map(|length| {
        let parts: Vec<usize> = groups[..length].iter().map(|group| group.digits.len()).collect();
        let digits: String = groups[..length].iter().map(|group| group.digits.as_str()).collect();
        kind_of(&parts, &digits).map(|kind| (kind, length))
    })
}

/// A card number in fours has five parts at most.
const LONGEST_PARTS: usize = 5;

fn kind_of(parts: &[usize], digits: &str) -> Option<Kind> {
    let whole = parts.len() == 1;
    let fours = parts.split_last().is_some_and(|(last, rest)| rest.iter().all(|part| *part == 4) && *last <= 4);
    match digits.len() {
        11 if (whole || parts == [3, 4, 4]) && is_mobile(digits) => Some(Kind::Mobile),
        13 if whole && digits.strip_prefix("86").is_some_and(is_mobile) => Some(Kind::Mobile),
        18 if (whole || parts == [6, 8, 4]) && identity::fault(digits).is_none() => Some(Kind::IdNumber),
        16..=19 if (whole || fours) && numbers::is_luhn(digits) => Some(Kind::BankCard),
        _ => None,
    }
}

fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1])
}

/// Mail addresses, but for those of offices (`.gov.cn`), which are meant to be known.
fn mails(text: &str) -> Vec<(Kind, Range<usize>)> {
    let is_local =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '%' | '+' | '-');
    let is_domain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-');
    let mut all = Vec::new();
    let mut from = 0;
    for (at, _) in text.match_indices('@') {
        let local: usize = text[from..at].chars().rev().take_while(|one| is_local(*one)).map(char::len_utf8).sum();
        let domain: usize = text[at + 1..].chars().take_while(|one| is_domain(*one)).map(char::len_utf8).sum();
        let end = at + 1 + domain;
        let name = text[at + 1..end].trim_end_matches('.').to_ascii_lowercase();
        let has_top = name.rsplit_once('.').is_some_and(|(_, top)| top.len() >= 2);
        if local > 0 && has_top && !name.ends_with(".gov.cn") {
            all.push((Kind::Mail, at - local..at + 1 + name.len()));
        }
        from = at + 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, codes: &[&str], shown: &str) {
        let found: Vec<String> = found_in(text).into_iter().collect();
        assert_eq!(found, codes, "{text}");
        assert_eq!(masked(text), shown, "{text}");
    }

    #[test]
    fn numbers_in_running_text() {
        // None of these belongs to anybody: no such prefix, an impossible region, a made-up card.
        check("联系人电话19900000000。", &["mobile"], "联系人电话*******0000。");
        check("电话 199 0000 0000", &["mobile"], "电话 *********0000");
        check("１９９００００００００", &["mobile"], "*******００００");
        check("+8619900000000", &["mobile"], "+*********0000");
        check("证号999999199003074515，", &["id-number"], "证号**************4515，");
        check("证号99999919900307451X，", &[], "证号99999919900307451X，");
        check("卡号4000 0000 0000 0002", &["bank-card"], "卡号***************0002");
        check("信箱 someone@example.com。", &["mail"], "信箱 *******@example.com。");
        check("19900000000、999999199003074515", &["id-number", "mobile"], "*******0000、**************4515");
    }

    #[test]
    fn what_only_looks_like_one_is_left_alone() {
        for text in [
            "",
            "投资19900000000.00元",
            "0.19900000000",
            "编号219900000000",
            "2022-01-10 2022-02-28",
            "电话0358-5000000",
            "信箱 office@county.gov.cn",
            "卡号4000000000000003",
            "12345678901",
            "a@b",
            "1990000000",
        ] {
            check(text, &[], text);
        }
    }

    #[test]
    fn a_long_text_takes_one_pass() {
        let text = "1 ".repeat(200_000);
        assert_eq!(masked(&text), text);
        let ats = "@".repeat(200_000);
        assert_eq!(masked(&ats), ats);
    }
}
