//! Units that old ledgers write above their numbers (计量单位): `金额（万元）` over a column, `单位：万元` over the table. What can be
//! turned into the register's own unit exactly is; what cannot is a fault, since a number in another unit is a wrong number.

use regulation::expr::{Type, Unit};
use rust_decimal::Decimal;

/// Words for units, the unit that they can be turned into, and by what.
const WORDS: [(&str, &str, u32); 27] = [
    ("元", "yuan", 1),
    ("百元", "yuan", 100),
    ("千元", "yuan", 1_000),
    ("万元", "yuan", 10_000),
    ("百万元", "yuan", 1_000_000),
    ("亿元", "yuan", 100_000_000),
    ("平方米", "m²", 1),
    ("平米", "m²", 1),
    ("㎡", "m²", 1),
    ("m²", "m²", 1),
    ("m2", "m²", 1),
    ("公顷", "m²", 10_000),
    ("公顷", "ha", 1),
    ("平方公里", "m²", 1_000_000),
    ("平方公里", "ha", 100),
    ("亩", "mu", 1),
    ("米", "m", 1),
    ("m", "m", 1),
    ("公里", "m", 1_000),
    ("千米", "m", 1_000),
    ("km", "m", 1_000),
    ("厘米", "cm", 1),
    ("cm", "cm", 1),
    ("毫米", "mm", 1),
    ("mm", "mm", 1),
    ("%", "percent", 1),
    ("‰", "permille", 1),
];

/// What the numbers of a column have to be multiplied by (换算).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// The unit as the ledger writes it.
    pub word: String,
    /// Into the register's.
    pub factor: u32,
}

/// The unit in which a column is given cannot be turned into the field's exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherUnit {
    /// The unit as the ledger writes it.
    pub word: String,
}

/// The scale of a column of numbers; `None` where it is given in the field's own unit, or nothing says in which.
///
/// # Errors
/// If its heading names a unit that is another measure.
pub fn scale(ty: &Type, heading: &str, above: &[String]) -> Result<Option<Scale>, OtherUnit> {
    let Type::Number { unit, .. } = ty else { return Ok(None) };
    if unit.is_none() {
        return Ok(None);
    }
    if let Some(word) = bracketed(heading).filter(|word| is_known(word)) {
        let factor = factor(&word, unit).ok_or_else(|| OtherUnit { word: word.clone() })?;
        return Ok((factor > 1).then_some(Scale { word, factor }));
    }
    // What stands above the table speaks of those columns that it fits: `单位：万元` says nothing of areas.
    let words = above.iter().filter_map(|text| said(text));
    let found = words.filter_map(|word| Some((factor(&word, unit)?, word))).find(|(factor, _)| *factor > 1);
    Ok(found.map(|(factor, word)| Scale { word, factor }))
}

fn is_known(word: &str) -> bool {
    WORDS.iter().any(|(known, ..)| *known == word)
}

fn factor(word: &str, unit: &Unit) -> Option<u32> {
    let found = WORDS.iter().find(|(known, symbol, _)| *known == word && Unit::symbol(symbol) == *unit);
    found.map(|(.., factor)| *factor)
}

/// What stands in the last brackets of a heading.
fn bracketed(heading: &str) -> Option<String> {
    let half = heading.replace('（', "(").replace('）', ")");
    let (_, inside) = half.trim_end_matches(')').rsplit_once('(')?;
    Some(bare(inside))
}

/// The unit of a line such as `单位：万元`.
fn said(text: &str) -> Option<String> {
    let (_, behind) = text.split_once("单位")?;
    let behind = behind.trim_start_matches([' ', '\u{3000}']).strip_prefix(['：', ':'])?;
    let word: String =
        behind.trim().chars().take_while(|sign| !sign.is_whitespace() && !"，,、；;）)".contains(*sign)).collect();
    is_known(&word).then_some(word)
}

fn bare(word: &str) -> String {
    word.trim().trim_start_matches("单位").trim_start_matches(['：', ':']).trim().to_owned()
}

impl Scale {
    /// A number as it stands in the register's unit; `None` if it is none. Its own unit may stand behind it.
    #[must_use]
    pub fn times(&self, text: &str) -> Option<String> {
        let figure = text.trim().trim_end_matches(self.word.as_str()).trim().replace(',', "");
        let number: Decimal = figure.parse().ok()?;
        Some(number.checked_mul(Decimal::from(self.factor))?.normalize().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(unit: &str, heading: &str, above: &[&str]) -> Result<Option<u32>, String> {
        let above: Vec<String> = above.iter().map(|text| (*text).to_owned()).collect();
        let found = scale(&Type::number(unit), heading, &above);
        found.map(|scale| scale.map(|scale| scale.factor)).map_err(|other| other.word)
    }

    #[test]
    fn a_heading_says_its_unit() {
        assert_eq!(of("yuan", "补助金额（万元）", &[]), Ok(Some(10_000)));
        assert_eq!(of("yuan", "金额(单位：千元)", &[]), Ok(Some(1_000)));
        assert_eq!(of("yuan", "金额（元）", &["单位：万元"]), Ok(None));
        assert_eq!(of("m²", "面积（公顷）", &[]), Ok(Some(10_000)));
        assert_eq!(of("m²", "面积（亩）", &[]), Err("亩".to_owned()));
        assert_eq!(of("m²", "面积（含阳台）", &[]), Ok(None));
        assert_eq!(of("", "户数（户）", &[]), Ok(None));
    }

    #[test]
    fn what_stands_above_the_table_speaks_of_what_it_fits() {
        assert_eq!(of("yuan", "金额", &["某镇补助台账", "填报：某镇　单位：万元"]), Ok(Some(10_000)));
        assert_eq!(of("m²", "面积", &["单位：万元"]), Ok(None));
        assert_eq!(of("yuan", "金额", &["单位负责人：林示例"]), Ok(None));
    }

    #[test]
    fn numbers_are_turned_exactly() {
        let scale = Scale { word: "万元".to_owned(), factor: 10_000 };
        assert_eq!(scale.times("1,200.5 万元").as_deref(), Some("12005000"));
        assert_eq!(scale.times("0.1").as_deref(), Some("1000"));
        assert_eq!(scale.times("约12"), None);
        assert_eq!(scale.times("79228162514264337593543950335"), None);
    }
}
