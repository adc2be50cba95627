//! Whole numbers as statutes write them: `30`, `３０`, `三十`, `一百二十`, `两`.

/// Reads a whole number below ten thousand in Chinese characters, or any `u32` in digits. `None` if it is neither.
pub fn read_number(text: &str) -> Option<u32> {
    let digits: Option<String> = text.chars().map(ascii_digit).collect();
    match digits {
        Some(digits) => digits.parse().ok(),
        None => read_chinese(text),
    }
}

/// A digit, also a full-width one, as ASCII.
fn ascii_digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '０'..='９' => char::from_digit(u32::from(character) - u32::from('０'), 10),
        _ => None,
    }
}

fn read_chinese(text: &str) -> Option<u32> {
    let mut total = 0;
    let mut digit = None;
    let mut smallest_unit = 10_000;
    for character in text.chars() {
        if let Some(unit) = unit_value(character) {
            // Units must fall, and only the first ten may stand without a digit: 十五 but not 二百十.
            let implied = if total == 0 && unit == 10 { Some(1) } else { None };
            if unit >= smallest_unit {
                return None;
            }
            total += digit.take().or(implied)? * unit;
            smallest_unit = unit;
        } else if matches!(character, '零' | '〇') {
            if digit.is_some() || total == 0 {
                return None;
            }
        } else if digit.replace(digit_value(character)?).is_some() {
            return None;
        }
    }
    let number = total + digit.unwrap_or(0);
    (number > 0).then_some(number)
}

fn digit_value(character: char) -> Option<u32> {
    let value = match character {
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    };
    Some(value)
}

fn unit_value(character: char) -> Option<u32> {
    let value = match character {
        '十' => 10,
        '百' => 100,
        '千' => 1000,
        _ => return None,
    };
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::read_number;

    #[test]
    fn numbers_in_digits_and_characters() {
        let cases = [
            ("30", Some(30)),
            ("３０", Some(30)),
            ("十", Some(10)),
            ("十五", Some(15)),
            ("二十", Some(20)),
            ("四十五", Some(45)),
            ("九十", Some(90)),
            ("一百二十", Some(120)),
            ("一百零五", Some(105)),
            ("两", Some(2)),
            ("一千零一", Some(1001)),
            ("九千九百九十九", Some(9999)),
            ("", None),
            ("零", None),
            ("五六", None),
            ("十十", None),
            ("二百十", None),
            ("百", None),
            ("3十", None),
            ("数", None),
            ("99999999999", None),
        ];
        for (text, number) in cases {
            assert_eq!(read_number(text), number, "{text}");
        }
    }
}
