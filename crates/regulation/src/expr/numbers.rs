//! Numbers with a check character (带校验的号码): unified social credit codes of organisations (GB 32100) and numbers of bank cards
//! (ISO/IEC 7812, Luhn). Identity numbers of people are `identity`'s.

use super::input::half_width;
use crate::finding::Said;

/// Characters of a credit code.
const CODE_LENGTH: usize = 18;
/// Characters that a credit code may have, each worth its place: digits, then letters without I, O, S, V and Z.
const CODE_LETTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Digits of a card number.
const CARD_LENGTH: std::ops::RangeInclusive<usize> = 12..=19;

/// A code or card number in its usual form: no spaces or hyphens, full-width characters as ASCII, capital letters.
#[must_use]
pub fn normal(text: &str) -> String {
    let plain = half_width(text);
    plain.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect::<String>().to_uppercase()
}

/// What is wrong with a unified social credit code (统一社会信用代码) in its usual form; `None` if nothing is. Says which: the length, the
/// place of a character that no code has, the region, or the check character.
///
/// ```
/// use regulation::expr::numbers::credit_code_fault;
/// assert!(credit_code_fault("91350100M000100Y43").is_none()); // the example of GB 32100-2015
/// ```
#[must_use]
pub fn credit_code_fault(code: &str) -> Option<Said> {
    let letters: Vec<char> = code.chars().collect();
    if letters.len() != CODE_LENGTH {
        let count = letters.len();
        return Some(Said::new(
            format!("统一社会信用代码应为18位，现为{count}位"),
            format!("a unified social credit code has 18 characters, this has {count}"),
        ));
    }
    let worth: Vec<Option<usize>> = letters.iter().map(|letter| CODE_LETTERS.find(*letter)).collect();
    if let Some(place) = worth.iter().position(Option::is_none) {
        let (letter, place) = (letters[place], place + 1);
        return Some(Said::new(
            format!("统一社会信用代码第{place}位“{letter}”不是代码字符：只有数字和大写字母，没有I、O、S、V、Z"),
            format!("character {place} `{letter}` is none of a credit code: digits and capitals without I, O, S, V, Z"),
        ));
    }
    if let Some(place) = (2..8).find(|place| !letters[*place].is_ascii_digit()) {
        return Some(Said::new(
            format!("统一社会信用代码第3至8位是行政区划，第{}位应为数字", place + 1),
            format!("characters 3 to 8 are the region: character {} must be a digit", place + 1),
        ));
    }
    let body: Vec<usize> = worth.into_iter().flatten().collect();
    (credit_code_check(&body[..CODE_LENGTH - 1]) != body[CODE_LENGTH - 1]).then(|| {
        Said::new(
            "统一社会信用代码校验码（第18位）不符，请核对有无录错",
            "the check character (the 18th) of the credit code does not match: look for a typing mistake",
        )
    })
}

/// The worth of the check character of the first 17: the weights are the powers of 3 modulo 31.
fn credit_code_check(body: &[usize]) -> usize {
    let mut weight = 1;
    let mut sum = 0;
    for worth in body {
        sum += worth * weight;
        weight = weight * 3 % 31;
    }
    (31 - sum % 31) % 31
}

/// What is wrong with a bank card number (银行卡号) in its usual form; `None` if nothing is.
#[must_use]
pub fn bank_card_fault(number: &str) -> Option<Said> {
    if let Some((place, letter)) = number.chars().enumerate().find(|(_, letter)| !letter.is_ascii_digit()) {
        let place = place + 1;
        return Some(Said::new(
            format!("银行卡号只有数字，第{place}位是“{letter}”"),
            format!("a card number has digits only, character {place} is `{letter}`"),
        ));
    }
    if !CARD_LENGTH.contains(&number.len()) {
        let count = number.len();
        return Some(Said::new(
            format!("银行卡号应为12至19位，现为{count}位"),
            format!("a card number has 12 to 19 digits, this has {count}"),
        ));
    }
    (!is_luhn(number)).then(|| {
        Said::new(
            "银行卡号校验位（末位）不符，请核对有无录错",
            "the check digit (the last) of the card number does not match: look for a typing mistake",
        )
    })
}

/// The check digit of card numbers (ISO/IEC 7812-1, Luhn): from the right every second digit counts double.
pub(super) fn is_luhn(digits: &str) -> bool {
    let values = digits.bytes().rev().map(|byte| u32::from(byte.wrapping_sub(b'0')));
    let sum: u32 = values.enumerate().map(|(place, digit)| if place % 2 == 0 { digit } else { doubled(digit) }).sum();
    digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0') && sum.is_multiple_of(10)
}

fn doubled(digit: u32) -> u32 {
    let twice = digit * 2;
    if twice > 9 { twice - 9 } else { twice }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GB 32100-2015.
    const CODE: &str = "91350100M000100Y43";

    fn said(fault: Option<Said>) -> String {
        fault.map_or_else(String::new, |fault| fault.zh)
    }

    #[test]
    fn the_check_character_is_that_of_the_standard() {
        assert_eq!(said(credit_code_fault(CODE)), "");
        assert_eq!(said(credit_code_fault(&normal(" ９１35 0100-m000100y43 "))), "", "as people type it");
    }

    #[test]
    fn a_wrong_code_names_the_place_that_is_wrong() {
        let cases = [
            ("91350100M000100Y4", "现为17位"),
            ("91350100M000100O43", "第16位“O”"),
            ("9135A100M000100Y43", "第5位应为数字"),
            ("91350100M000100Y44", "第18位"),
            ("", "现为0位"),
        ];
        for (code, part) in cases {
            assert!(said(credit_code_fault(code)).contains(part), "{code}: {}", said(credit_code_fault(code)));
        }
    }

    #[test]
    fn every_single_mistake_is_noticed() {
        for place in 0..CODE_LENGTH {
            for letter in CODE_LETTERS.chars().filter(|letter| CODE.chars().nth(place) != Some(*letter)) {
                let wrong: String =
                    CODE.chars().enumerate().map(|(at, own)| if at == place { letter } else { own }).collect();
                assert!(credit_code_fault(&wrong).is_some(), "{wrong}");
            }
        }
    }

    #[test]
    fn card_numbers() {
        // Made up: issued by nobody.
        assert_eq!(said(bank_card_fault(&normal("6200 0000 0000 0005"))), "");
        assert!(said(bank_card_fault("6200000000000006")).contains("校验位"));
        assert!(said(bank_card_fault("62000000005")).contains("现为11位"));
        assert!(said(bank_card_fault("620000000000000A")).contains("第16位"));
        assert_eq!(normal("６２００-0000"), "62000000");
    }
}
