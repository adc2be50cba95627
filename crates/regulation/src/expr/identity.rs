//! Resident identity numbers (公民身份号码, GB 11643): six digits of the region, eight of the birth date, three in sequence of
//! which the last tells the sex, and a check character by ISO 7064 MOD 11-2.

use crate::finding::Said;
use jiff::civil::Date;

/// Characters of a number.
const LENGTH: usize = 18;
/// The check character for each remainder of the weighted sum.
const CHECK: &[u8; 11] = b"10X98765432";

/// Digits of a number of before 1999: the year of birth has two, and there is no check character.
const OLD_LENGTH: usize = 15;
/// Digits of the region, before the year of birth.
const REGION: usize = 6;

/// The number in its usual form: without spaces, full-width characters as ASCII, the check character as a capital `X`; one of fifteen
/// digits as it has been since 1999.
///
/// ```
/// use regulation::expr::identity::normal;
/// assert_eq!(normal("９99999 900307 451"), "999999199003074515");
/// ```
#[must_use]
pub fn normal(text: &str) -> String {
    let plain = plain(text);
    renewed(&plain).unwrap_or(plain)
}

/// What an old number of fifteen digits (十五位旧号码) has become: born in the 1900s, with its check character. `None` for anything else.
#[must_use]
pub fn renewed(text: &str) -> Option<String> {
    let old = plain(text);
    let is_old = old.len() == OLD_LENGTH && old.bytes().all(|byte| byte.is_ascii_digit());
    let (region, rest) = old.split_at_checked(REGION).filter(|_| is_old)?;
    let body = format!("{region}19{rest}");
    let check = char::from(check_character(body.as_bytes()));
    Some(format!("{body}{check}"))
}

fn plain(text: &str) -> String {
    let half_width = super::input::half_width(text);
    half_width.chars().filter(|character| !character.is_whitespace()).collect::<String>().to_uppercase()
}

/// What is wrong with a number; `None` if nothing is. Says which: the length, the characters, the birth date or the check.
#[must_use]
pub fn fault(number: &str) -> Option<Said> {
    let count = number.chars().count();
    if count != LENGTH {
        return Some(Said::new(
            format!("身份证号应为18位（旧号码15位数字），现为{count}位"),
            format!("an identity number has 18 characters (an old one 15 digits), this has {count}"),
        ));
    }
    let bytes = number.as_bytes();
    let (body, last) = (&bytes[..bytes.len() - 1], bytes[bytes.len() - 1]);
    if let Some(place) = body.iter().position(|byte| !byte.is_ascii_digit()) {
        let place = place + 1;
        return Some(Said::new(
            format!("身份证号第{place}位应为数字（前17位是数字，末位为数字或X）"),
            format!("character {place} of an identity number is a digit: 17 digits and a digit or `X`"),
        ));
    }
    if !(last.is_ascii_digit() || last == b'X') {
        return Some(Said::new(
            "身份证号末位应为数字或X",
            "the last character of an identity number is a digit or `X`",
        ));
    }
    if birth(number).is_none() {
        return Some(Said::new(
            format!("身份证号第7至14位的出生日期 {} 不存在", &number[6..14]),
            format!("the birth date `{}` (characters 7 to 14 of the identity number) does not exist", &number[6..14]),
        ));
    }
    if check_character(body) != last {
        return Some(Said::new(
            "身份证号校验码不符（第18位与前17位算出的不同），请核对有无录错",
            "the check character (the 18th) of the identity number does not match the others: look for a typing mistake",
        ));
    }
    None
}

/// The birth date in a number, if it exists and lies in the years 1900 to 2199.
#[must_use]
pub fn birth(number: &str) -> Option<Date> {
    let digits = number.get(6..14).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let date = Date::new(digits[..4].parse().ok()?, digits[4..6].parse().ok()?, digits[6..].parse().ok()?).ok()?;
    (calendar::EARLIEST..=calendar::LATEST).contains(&date).then_some(date)
}

/// `m` or `f`, from the last digit of the sequence.
#[must_use]
pub fn sex(number: &str) -> Option<&'static str> {
    let digit = number.as_bytes().get(16).filter(|byte| byte.is_ascii_digit())?;
    Some(if (digit - b'0') % 2 == 1 { "m" } else { "f" })
}

/// Full years of age (周岁) on a day: a year more on each birthday; those born on 29 February on 1 March of common years.
/// `None` before birth.
#[must_use]
pub fn age(number: &str, on: Date) -> Option<u32> {
    let birth = birth(number)?;
    let birthday_to_come = (on.month(), on.day()) < (birth.month(), birth.day());
    let years = i32::from(on.year()) - i32::from(birth.year()) - i32::from(birthday_to_come);
    u32::try_from(years).ok()
}

/// The check character of the first 17 digits: the weights are the powers of 2 modulo 11.
fn check_character(body: &[u8]) -> u8 {
    let sum: u32 =
        body.iter().enumerate().map(|(index, digit)| u32::from(digit - b'0') * (1 << (LENGTH - 1 - index)) % 11).sum();
    CHECK[(sum % 11) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// An impossible region, so that nobody has this number.
    const NUMBER: &str = "999999199003074515";

    fn with_check(body: &str) -> String {
        format!("{body}{}", char::from(check_character(body.as_bytes())))
    }

    #[test]
    fn the_check_character_is_that_of_the_standard() {
        // The worked example of ISO 7064 for MOD 11-2: 0794 has the check character 0.
        let body = b"00000000000000794";
        let padded: Vec<u8> = body.to_vec();
        assert_eq!(check_character(&padded[..17]), b'0');
        assert_eq!(fault(&with_check("99999919900307451")), None);
    }

    #[test]
    fn says_which_part_is_wrong() {
        let good = with_check("99999919900307451");
        let cases = [
            ("12345", "现为5位"),
            ("99999990030745", "现为14位"),
            ("99999990030745X", "现为15位"),
            ("9999991990030745一", "18位"),
            ("99999919900307451一", "数字"),
            ("9999991990O3074518", "第11位"),
            (&with_check("99999919900230451"), "出生日期"),
            (&with_check("99999918900307451"), "出生日期"),
        ];
        for (number, part) in cases {
            assert!(fault(number).expect("the case is well formed").zh.contains(part), "{number}");
        }
        let last = if good.ends_with('1') { '2' } else { '1' };
        let wrong = format!("{}{last}", &good[..17]);
        assert!(fault(&wrong).expect("the case is well formed").zh.contains("校验码"));
    }

    #[test]
    fn swapped_neighbours_are_noticed() {
        let good = with_check("99999919900307451");
        let swapped = format!("{}{}{}{}", &good[..14], &good[15..16], &good[14..15], &good[16..]);
        assert!(fault(&swapped).is_some());
    }

    #[test]
    fn reads_birth_sex_and_age() {
        assert_eq!(birth(NUMBER), Some(date(1990, 3, 7)));
        assert_eq!(sex(NUMBER), Some("m"));
        assert_eq!(sex("999999199003074523"), Some("f"));
        assert_eq!(age(NUMBER, date(2022, 3, 6)), Some(31));
        assert_eq!(age(NUMBER, date(2022, 3, 7)), Some(32));
        assert_eq!(age(NUMBER, date(1980, 1, 1)), None);
        assert_eq!(age("999999200002291234", date(2018, 2, 28)), Some(17));
        assert_eq!(age("999999200002291234", date(2018, 3, 1)), Some(18));
    }

    #[test]
    fn old_numbers_become_new_ones() {
        assert_eq!(renewed(" 999999９00307451").as_deref(), Some(NUMBER));
        assert_eq!(fault(&normal("999999900307451")), None);
        assert!(fault(&normal("999999900230451")).expect("30 February").zh.contains("出生日期"));
        for other in ["", NUMBER, "99999990030745X", "9999999003074511"] {
            assert_eq!(renewed(other), None, "{other}");
        }
    }

    #[test]
    fn every_single_mistake_and_every_swap_is_noticed() {
        for place in 0..LENGTH {
            for digit in '0'..='9' {
                let wrong: String =
                    NUMBER.chars().enumerate().map(|(at, own)| if at == place { digit } else { own }).collect();
                assert_eq!(fault(&wrong).is_some(), wrong != NUMBER, "{wrong}");
            }
        }
        for place in 1..LENGTH {
            let mut swapped: Vec<char> = NUMBER.chars().collect();
            swapped.swap(place - 1, place);
            let swapped: String = swapped.into_iter().collect();
            assert_eq!(fault(&swapped).is_some(), swapped != NUMBER, "{swapped}");
        }
    }

    #[test]
    fn normal_form() {
        assert_eq!(normal(" 99999919900307４51x "), "99999919900307451X");
    }
}
