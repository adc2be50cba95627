//! Values of the right type, or what is wrong with them.

use crate::env::MatterEnv;
use crate::figures;
use calendar::Term;
use plots::{Extent, Plot};
use regulation::expr::{Env, Type, Unit, Value, identity, numbers};
use regulation::finding::Said;
use regulation::model::EXTENT;
use rust_decimal::Decimal;

/// Telephone numbers have at least seven and, with country code, at most fifteen digits (ITU-T E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Longest name accepted, in characters; the longest names in the household register have fewer than thirty.
const NAME_CHARACTERS: usize = 50;

/// Turns a value into one of this type. The text of a code, key or date is taken as such.
pub(super) fn convert(env: &MatterEnv<'_, '_>, ty: &Type, value: &Value) -> Result<Value, Said> {
    let world = env.world();
    match ty {
        Type::Bool => as_is(value, matches!(value, Value::Bool(_)), "应选“是”或“否”", "must be yes or no"),
        Type::Agreed => as_is(value, *value == Value::Bool(true), "须勾选", "must be agreed to"),
        Type::Number { unit, whole } => number(value, unit, *whole),
        Type::Text { max } => text(value, *max as usize),
        Type::PersonName => text(value, NAME_CHARACTERS),
        Type::Phone => phone(value),
        Type::IdNumber => id_number(value),
        Type::CreditCode => numbered(value, numbers::credit_code_fault),
        Type::BankCard => numbered(value, numbers::bank_card_fault),
        Type::OneOf(codes) => one_of(value, |code| codes.iter().any(|(name, _)| name == code)),
        Type::SomeOf(codes) => some_of(value, |code| codes.iter().any(|(name, _)| name == code)),
        Type::Date => date(value),
        Type::Moment => as_is(value, matches!(value, Value::Moment(_)), "应是日期和时刻", "must be a moment"),
        Type::Term => as_is(value, matches!(value, Value::Term(_)), "应是期限", "must be a term"),
        Type::TermOf(unit) => term_of(value, *unit),
        Type::File => as_is(value, matches!(value, Value::File(_)), "应是上传的文件", "must be a file"),
        Type::Signature => signature(value),
        Type::Place => {
            let known = |code: &str| world.county().places.contains_key(code);
            key(value, known, "没有这个地方，请从列表中选择", "is not a place of this county")
        }
        Type::Person => key(value, |_| true, "应是人员", "must be a person"),
        Type::Post => {
            let today = env.scope.now.date();
            let known = |id: &str| world.county().posts.get(id).is_some_and(|post| post.exists_on(today));
            key(value, known, "没有这个岗位，请从列表中选择", "is not a post of this county")
        }
        Type::Row(register) => {
            let known = |key: &str| world.row(register, key).is_some();
            key(value, known, "在登记簿中没有对应的记录，请核对编号", "names no row of the register")
        }
        Type::Plot => plot(env, value),
        Type::Report => report(env, value),
        Type::List(inner) => list(env, inner, value),
        Type::Records(_) => wrong("应是表格中的若干行", "must be rows of a form"),
        Type::Matter(_)
        | Type::Act { .. }
        | Type::Form(_)
        | Type::Document { .. }
        | Type::Sub(_)
        | Type::Tenure
        | Type::Share(..)
        | Type::Hits
        | Type::Unknown => Ok(value.clone()),
    }
}

fn wrong<T>(zh: &str, en: &str) -> Result<T, Said> {
    Err(Said::new(zh, en))
}

fn as_is(value: &Value, right: bool, zh: &str, en: &str) -> Result<Value, Said> {
    if right { Ok(value.clone()) } else { wrong(zh, en) }
}

fn number(value: &Value, unit: &Unit, whole: bool) -> Result<Value, Said> {
    let Value::Number(number, given) = value else {
        return wrong("应是数字", "must be a number");
    };
    if !given.is_none() && given != unit {
        let (given, wanted) = (given.zh(), unit.zh());
        return Err(Said::new(format!("的单位应是{wanted}，不是{given}"), "has the wrong unit"));
    }
    let number = number.normalize();
    if whole && number.scale() > 0 {
        return wrong("应是整数", "must be a whole number");
    }
    let places = unit.places();
    if number.scale() > places {
        return Err(Said::new(format!("最多{places}位小数"), format!("has more than {places} decimal places")));
    }
    if number.abs() >= Decimal::from(1_000_000_000_000_i64) {
        return wrong("数字过大", "is too large");
    }
    Ok(Value::Number(number, unit.clone()))
}

fn text(value: &Value, most: usize) -> Result<Value, Said> {
    let Some(text) = value.as_text() else {
        return wrong("应是文字", "must be text");
    };
    let length = text.chars().count();
    if length > most {
        let zh = format!("最多{most}字，现有{length}字");
        return Err(Said::new(zh, format!("has {length} characters, at most {most} are possible")));
    }
    Ok(Value::Text(text.to_owned()))
}

fn phone(value: &Value) -> Result<Value, Said> {
    let text = value.as_text().unwrap_or_default();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plausible = PHONE_DIGITS.contains(&digits) && text.chars().all(|c| c.is_ascii_digit() || "+- ()".contains(c));
    if plausible {
        Ok(Value::Text(text.to_owned()))
    } else {
        wrong("不像电话号码：只能有数字、空格、“+”和“-”，七到十五位", "is not a telephone number")
    }
}

fn id_number(value: &Value) -> Result<Value, Said> {
    let text = identity::normal(value.as_text().unwrap_or_default());
    match identity::fault(&text) {
        None => Ok(Value::Text(text)),
        Some(fault) => Err(Said::new(format!("有误：{}", fault.zh), fault.en)),
    }
}

fn numbered(value: &Value, fault: impl Fn(&str) -> Option<Said>) -> Result<Value, Said> {
    let number = numbers::normal(value.as_text().unwrap_or_default());
    match fault(&number) {
        None => Ok(Value::Text(number)),
        Some(fault) => Err(Said::new(format!("有误：{}", fault.zh), fault.en)),
    }
}

fn one_of(value: &Value, known: impl Fn(&str) -> bool) -> Result<Value, Said> {
    match value.as_text() {
        Some(code) if known(code) => Ok(Value::Code(code.to_owned())),
        _ => wrong("应从所列选项中选择", "is not one of the choices"),
    }
}

fn some_of(value: &Value, known: impl Fn(&str) -> bool) -> Result<Value, Said> {
    let codes = match value {
        Value::Codes(codes) => codes.clone(),
        _ => value.as_text().map(str::to_owned).into_iter().collect(),
    };
    if !codes.is_empty() && codes.iter().all(|code| known(code)) {
        Ok(Value::Codes(codes))
    } else {
        wrong("应从所列选项中选择", "has something that is not one of the choices")
    }
}

fn date(value: &Value) -> Result<Value, Said> {
    let read = match value {
        Value::Text(text) => calendar::parse_date(text).ok(),
        // A moment where a day is wanted is its day.
        other => other.as_date(),
    };
    match read {
        Some(date) if (calendar::EARLIEST..=calendar::LATEST).contains(&date) => Ok(Value::Date(date)),
        _ => wrong("应是日期，如 2022-03-01", "must be a date"),
    }
}

fn term_of(value: &Value, unit: calendar::Unit) -> Result<Value, Said> {
    let term = match value {
        Value::Term(term) if term.unit == unit => Some(*term),
        Value::Number(number, _) if number.scale() == 0 || number.fract().is_zero() => {
            u32::try_from(number.trunc()).ok().map(|length| Term::new(length, unit))
        }
        _ => None,
    };
    match term {
        Some(term) if term.length > 0 => Ok(Value::Term(term)),
        _ => Err(Said::new(
            format!("应是大于零的整数，单位是{}", Term::new(1, unit).zh().trim_start_matches('1')),
            "must be a count of at least one",
        )),
    }
}

fn signature(value: &Value) -> Result<Value, Said> {
    match value {
        Value::Signature(signature) if !signature.name.trim().is_empty() => Ok(value.clone()),
        Value::Signature(_) => wrong("没有签名人的姓名", "has no signer's name"),
        _ => wrong("应是签名", "must be a signature"),
    }
}

/// A plot, typed or read, that lies where the county's plots lie ([`EXTENT`]).
fn plot(env: &MatterEnv<'_, '_>, value: &Value) -> Result<Value, Said> {
    let said = |fault: plots::Fault| Said::new(format!("：{}", fault.zh), format!(": {}", fault.en));
    let plot = match value {
        Value::Plot(plot) => Plot::clone(plot),
        Value::Text(text) => plots::read(text).map_err(said)?,
        _ => return wrong("应是宗地的坐标或者长宽", "must be a plot: its corners, or its length and width"),
    };
    let extent: Option<Extent> = env.parameter(EXTENT, env.today()).as_text().and_then(|text| text.parse().ok());
    if let (Plot::Surveyed(boundary), Some(extent)) = (&plot, extent) {
        extent.holds(boundary).map_err(said)?;
    }
    Ok(Value::Plot(plot.into()))
}

/// The figures of a report as they stand now; those handed on by another matter stay as they were taken.
fn report(env: &MatterEnv<'_, '_>, value: &Value) -> Result<Value, Said> {
    match value {
        Value::Figures(_) => Ok(value.clone()),
        Value::Key(written) | Value::Text(written) => {
            figures::taken(env.world(), written, env.scope.now).map(|taken| Value::Figures(taken.into()))
        }
        _ => wrong("应是报表和期间", "must be a report with its period"),
    }
}

fn key(value: &Value, known: impl Fn(&str) -> bool, zh: &str, en: &str) -> Result<Value, Said> {
    let kept = crate::reference::kept(value.clone());
    match kept.as_text() {
        Some(key) if known(key) => Ok(Value::Key(key.to_owned())),
        _ => wrong(zh, en),
    }
}

fn list(env: &MatterEnv<'_, '_>, inner: &Type, value: &Value) -> Result<Value, Said> {
    let Value::List(values) = value else {
        return convert(env, inner, value).map(|value| Value::List(vec![value]));
    };
    let converted: Result<Vec<Value>, Said> = values.iter().map(|value| convert(env, inner, value)).collect();
    converted.map(Value::List)
}
