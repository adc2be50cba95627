//! The normal form of document numbers (发文字号): one number, however it was typed.

/// A document number in the form of GB/T 9704-2012: the year in 〔〕, the serial without 第 and leading zeros, no blanks, plain digits. A text that is
/// no such number comes back as it is, without the blanks around it: nothing is guessed.
pub(super) fn normal(text: &str) -> String {
    written(text).unwrap_or_else(|| text.trim().to_owned())
}

fn written(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|character| !character.is_whitespace()).map(half_width).collect();
    let (series, rest) = plain.split_once(['〔', '[', '【', '(', '〈', '﹝'])?;
    let (year, rest) = rest.split_once(['〕', ']', '】', ')', '〉', '﹞'])?;
    let serial = rest.strip_suffix('号')?;
    let serial = serial.strip_prefix('第').unwrap_or(serial).trim_start_matches('0');
    let right = !series.is_empty() && year.len() == 4 && digits(year) && digits(serial);
    right.then(|| format!("{series}〔{year}〕{serial}号"))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Full-width forms of ASCII as they are on a keyboard.
fn half_width(character: char) -> char {
    match character {
        '！'..='～' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn one_number_however_typed() {
        for typed in [
            "某财建〔2021〕173号",
            "某财建[2021]173号",
            "某财建［２０２１］173 号",
            "某财建（2021）第0173号",
            " 某财建【2021】173号 ",
        ] {
            assert_eq!(normal(typed), "某财建〔2021〕173号", "{typed}");
        }
    }

    #[test]
    fn what_is_no_number_stays() {
        for text in [
            "",
            "无文号",
            "某财建2021173号",
            "〔2021〕3号",
            "某财建〔21〕3号",
            "某财建〔2021〕号",
            "某财建〔2021〕0号",
            "见某财建〔2021〕3号第二条",
        ] {
            assert_eq!(normal(text), text, "{text}");
        }
    }
}
