//! What people type into forms, read into values: with full-width digits, units, thousands separators and both styles of
//! dates. What cannot be read is answered with a sentence that says what was expected.

use super::identity;
use super::numbers;
use super::types::Type;
use super::value::{Unit, Value};
use crate::finding::Said;
use crate::model::{Label, Name};
use calendar::Term;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Digits before the decimal point, at most: a hundred thousand times the county's land in square metres.
const MOST_DIGITS: usize = 15;
/// Characters of a person's name, at most: the longest in use have some thirty.
const LONGEST_NAME: usize = 50;

impl Value {
    /// Reads what was typed into a field. Nothing typed is [`Value::Missing`], whatever the type.
    ///
    /// Fails with a sentence for the person who typed it. Files, signatures and rows are not typed and always fail.
    pub fn parse(ty: &Type, typed: &str) -> Result<Value, Said> {
        let text = typed.trim();
        if text.is_empty() {
            return Ok(Value::Missing);
        }
        let plain = half_width(text);
        let plain = plain.trim();
        match ty {
            Type::Bool | Type::Agreed => yes_no(plain).map(Value::Bool),
            Type::Number { unit, whole } => number(plain, unit, *whole),
            Type::Text { max } => multi_line(typed, *max),
            Type::PersonName => person_name(text),
            Type::Phone => phone(plain),
            Type::IdNumber => identity_number(text),
            Type::CreditCode => numbered(text, numbers::credit_code_fault),
            Type::BankCard => numbered(text, numbers::bank_card_fault),
            Type::OneOf(codes) => code(text, codes).map(Value::Code),
            Type::SomeOf(codes) => some_codes(text, codes),
            Type::Date => date(plain).map(Value::Date),
            Type::Moment => moment(plain).map(Value::Moment),
            Type::Term => term_in_days(plain).map(Value::Term),
            Type::TermOf(unit) => term_of(plain, *unit).map(Value::Term),
            Type::Plot => plot(text),
            Type::Report => report(plain).map(Value::Key),
            Type::Place | Type::Person | Type::Post | Type::Row(_) | Type::Matter(_) => key(text),
            Type::List(element) => list(text, element),
            Type::Unknown
            | Type::File
            | Type::Signature
            | Type::Records(_)
            | Type::Act { .. }
            | Type::Form(_)
            | Type::Document { .. }
            | Type::Sub(_)
            | Type::Share(..)
            | Type::Tenure
            | Type::Hits => Err(Said::new("此项不能以文字填写", "this cannot be filled in as text")),
        }
    }
}

/// Full-width letters, digits and signs as ASCII.
pub(super) fn half_width(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '！'..='～' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
            '\u{3000}' => ' ',
            '−' | '—' | '–' => '-',
            other => other,
        })
        .collect()
}

fn yes_no(text: &str) -> Result<bool, Said> {
    match text.to_lowercase().as_str() {
        "是" | "有" | "同意" | "yes" | "y" | "true" | "on" | "1" | "√" => Ok(true),
        "否" | "无" | "没有" | "不同意" | "no" | "n" | "false" | "off" | "0" | "×" => Ok(false),
        _ => Err(Said::new("请填“是”或“否”", "write `yes` or `no`")),
    }
}

fn number(text: &str, unit: &Unit, whole: bool) -> Result<Value, Said> {
    let figure = without_unit(text, unit).ok_or_else(|| not_a_number(unit))?;
    let figure = without_separators(figure).ok_or_else(|| not_a_number(unit))?;
    let (digits, fraction) = figure.split_once('.').unwrap_or((&figure, ""));
    let digit_count = digits.trim_start_matches(['-', '+']).len();
    if digit_count > MOST_DIGITS {
        return Err(Said::new("数太大了，请核对", "the number is too large: please check it"));
    }
    let places = if whole { 0 } else { unit.places() };
    if fraction.len() > places as usize {
        return Err(too_many_places(places));
    }
    let number: Decimal = figure.parse().map_err(|_| not_a_number(unit))?;
    Ok(Value::Number(number, unit.clone()))
}

fn too_many_places(places: u32) -> Said {
    match places {
        0 => Said::new("请填整数", "write a whole number"),
        places => Said::new(format!("至多{places}位小数"), format!("at most {places} decimal places")),
    }
}

fn not_a_number(unit: &Unit) -> Said {
    if unit.is_none() {
        return Said::new("请填数字", "write a number");
    }
    Said::new(format!("请填数字，单位是{}", unit.zh()), format!("write a number in {}", unit.code()))
}

/// The figure without its unit, written in code or in Chinese; `None` if another unit follows.
fn without_unit<'a>(text: &'a str, unit: &Unit) -> Option<&'a str> {
    if is_figure(text) {
        return Some(text);
    }
    let (code, zh) = (unit.code(), unit.zh());
    let mut names: Vec<&str> = vec![&code, &zh];
    for (symbol, spellings) in SPELLINGS {
        if *unit == Unit::symbol(symbol) {
            names.extend(spellings);
        }
    }
    let figure = names.iter().filter(|name| !name.is_empty()).find_map(|name| text.strip_suffix(name)).unwrap_or(text);
    let figure = figure.trim();
    let figure = if *unit == Unit::symbol("yuan") { figure.trim_start_matches(['¥', '￥']).trim() } else { figure };
    is_figure(figure).then_some(figure)
}

/// Whether there is nothing but digits, signs and separators.
fn is_figure(text: &str) -> bool {
    text.chars().all(|character| character.is_ascii_digit() || "+-.,".contains(character))
}

/// Other ways in which people write units.
const SPELLINGS: [(&str, &[&str]); 5] = [
    ("m²", &["平方米", "平米", "㎡", "m2", "M2", "平方"]),
    ("m", &["米", "M"]),
    ("yuan", &["元", "圆", "人民币"]),
    ("mu", &["亩"]),
    ("percent", &["%"]),
];

/// `1,234,567.8` → `1234567.8`; `None` if the separators do not stand between thousands or there is no digit.
fn without_separators(figure: &str) -> Option<String> {
    let (whole, fraction) = match figure.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (figure, None),
    };
    let (sign, whole) = match whole.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", whole.strip_prefix('+').unwrap_or(whole)),
    };
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let regular = rest.iter().all(|group| group.len() == 3) && (rest.is_empty() || (1..=3).contains(&first.len()));
    let digits = format!("{first}{}", rest.concat());
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fraction_fits = fraction.is_none_or(all_digits);
    (regular && all_digits(&digits) && fraction_fits).then(|| match fraction {
        Some(fraction) => format!("{sign}{digits}.{fraction}"),
        None => format!("{sign}{digits}"),
    })
}

fn multi_line(typed: &str, max: u32) -> Result<Value, Said> {
    let text = typed.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
    if text.chars().any(|character| character.is_control() && character != '\n' && character != '\t') {
        return Err(Said::new("文字里有不能显示的字符", "the text holds characters that cannot be shown"));
    }
    let count = text.chars().count();
    if count > max as usize {
        return Err(Said::new(format!("至多{max}字，现有{count}字"), format!("at most {max} characters, not {count}")));
    }
    Ok(Value::Text(text))
}

fn person_name(text: &str) -> Result<Value, Said> {
    let letters = text.chars().all(|character| character.is_alphabetic() || "·•・.'’- ".contains(character));
    if !letters || text.chars().count() > LONGEST_NAME {
        return Err(Said::new(
            format!("请填姓名：只用文字和间隔号，至多{LONGEST_NAME}字"),
            format!("write a name: letters and dots only, at most {LONGEST_NAME}"),
        ));
    }
    Ok(Value::Text(text.to_owned()))
}

fn phone(text: &str) -> Result<Value, Said> {
    let number: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let signs = number.strip_prefix('+').unwrap_or(&number).bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !signs || !(5..=20).contains(&digits) || number.starts_with('-') {
        return Err(Said::new(
            "请填电话号码：5至20位数字，可用“-”分隔",
            "write a telephone number: 5 to 20 digits, with `-` between them if you like",
        ));
    }
    Ok(Value::Text(number))
}

fn identity_number(text: &str) -> Result<Value, Said> {
    let number = identity::normal(text);
    match identity::fault(&number) {
        Some(fault) => Err(fault),
        None => Ok(Value::Text(number)),
    }
}

/// A number in its usual form, unless something is wrong with it.
fn numbered(text: &str, fault: impl Fn(&str) -> Option<Said>) -> Result<Value, Said> {
    let number = numbers::normal(text);
    fault(&number).map_or_else(|| Ok(Value::Text(number.clone())), Err)
}

/// A code by itself or by its label.
fn code(text: &str, codes: &[(Name, Label)]) -> Result<String, Said> {
    let meant = |code: &str, label: &Label| code == text || label.zh == text || label.en.as_deref() == Some(text);
    if let Some((code, _)) = codes.iter().find(|(code, label)| meant(code, label)) {
        return Ok(code.clone());
    }
    let zh: Vec<&str> = codes.iter().map(|(_, label)| label.zh.as_str()).collect();
    let en: Vec<String> = codes.iter().map(|(code, _)| format!("`{code}`")).collect();
    Err(Said::new(format!("请选：{}", zh.join("、")), format!("choose one of {}", en.join(", "))))
}

/// Parts of a typed list (并列的几项).
pub fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(['、', ',', '，', ';', '；', '\n']).map(str::trim).filter(|part| !part.is_empty())
}

fn some_codes(text: &str, codes: &[(Name, Label)]) -> Result<Value, Said> {
    let chosen: Result<BTreeSet<String>, Said> = parts(text).map(|part| code(part, codes)).collect();
    chosen.map(Value::Codes)
}

fn list(text: &str, element: &Type) -> Result<Value, Said> {
    let values: Result<Vec<Value>, Said> = parts(text).map(|part| Value::parse(element, part)).collect();
    values.map(Value::List)
}

/// `2022-03-01`, `2022年3月1日`, `2022/3/1`, `2022.3.1`, `20220301`.
fn date(text: &str) -> Result<Date, Said> {
    let eight_digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let dashed = if eight_digits {
        format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])
    } else {
        text.chars().filter(|character| *character != ' ').map(|c| if c == '/' || c == '.' { '-' } else { c }).collect()
    };
    calendar::parse_date(&dashed).map_err(|unreadable| Said::new(unreadable.zh, unreadable.en))
}

/// A date and a time of day, as browsers send it or people write it.
fn moment(text: &str) -> Result<DateTime, Said> {
    let unreadable = || Said::new("时刻请写作2022-03-01 09:30", "write a moment as 2022-03-01 09:30");
    let (day, time) = text.split_once(['T', ' ']).ok_or_else(unreadable)?;
    let time: Time = time.trim().parse().map_err(|_| unreadable())?;
    Ok(date(day)?.to_datetime(time))
}

fn term(text: &str) -> Result<Term, Said> {
    text.parse::<Term>().map_err(|unreadable| Said::new(unreadable.zh, unreadable.en))
}

/// A term in days or longer.
fn term_in_days(text: &str) -> Result<Term, Said> {
    let term = term(text)?;
    if term.unit.is_of_clock() {
        return Err(Said::new(
            "这里的期限以日或更长的单位计，不能按小时",
            "a term in days or longer is wanted here, not in hours",
        ));
    }
    Ok(term)
}

/// A count of a unit that the field fixes; the unit may be repeated, but no other. Hours may also be given in minutes.
fn term_of(text: &str, unit: calendar::Unit) -> Result<Term, Said> {
    let counted = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok().filter(|length| *length > 0).map(|length| Term::new(length, unit))
    } else {
        term(text).ok().filter(|term| term.unit == unit || (term.unit.is_of_clock() && unit.is_of_clock()))
    };
    counted.ok_or_else(|| {
        let example = Term::new(3, unit);
        Said::new(
            format!("请填正整数，如“{}”", example.zh()),
            format!("write a whole number from 1, as in `{example}`"),
        )
    })
}

/// Corners, a rectangle, or GeoJSON.
fn plot(text: &str) -> Result<Value, Said> {
    plots::read(text).map(|plot| Value::Plot(plot.into())).map_err(|fault| Said::new(fault.zh, fault.en))
}

fn key(text: &str) -> Result<Value, Said> {
    if text.chars().any(char::is_control) {
        return Err(Said::new("编号里有不能显示的字符", "the key holds characters that cannot be shown"));
    }
    Ok(Value::Key(text.to_owned()))
}

/// A view and, where it has one, its period: `air/days/2022-Q1`.
fn report(text: &str) -> Result<String, Said> {
    let parts: Vec<&str> = text.trim_end_matches('/').split('/').map(str::trim).collect();
    match parts.as_slice() {
        [regulation, view] | [regulation, view, _] if !regulation.is_empty() && !view.is_empty() => Ok(parts.join("/")),
        _ => Err(Said::new(
            "请写“规程/报表”或者“规程/报表/期间”，如 air/days/2022-Q1",
            "write regulation/view or regulation/view/period, as air/days/2022-Q1",
        )),
    }
}
