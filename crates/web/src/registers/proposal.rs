//! What an old ledger's columns probably are (对应建议): by the words of their headings and by what stands in them. A proposal is looked at
//! by whoever imports; nothing follows from it alone.

use super::asked::Seen;
use super::mapping::{field_of, plain};
use super::sheet::{PLACE, REASONS, heading, is_filled};
use super::units::scale;
use engine::County;
use engine::decide::place_column;
use regulation::expr::{Type, Value, parts};
use regulation::model::{Field, Label, Register};
use std::collections::{BTreeMap, BTreeSet};

/// From here on a column is proposed.
const ENOUGH: i32 = 30;
/// The heading is the field's own.
const OWN: i32 = 200;
/// One of heading and label is a part of the other.
const PART: i32 = 60;
/// So much more where the part is nearly the whole; and at most so much for signs in common.
const SIGNS: i32 = 40;
/// Values that look at things look at so many texts.
const LOOKED_AT: usize = 20;

/// The field of each column, by the column's label; nothing where none is likely.
#[must_use]
pub fn propose(register: &Register, county: &County, columns: &[Seen], above: &[String]) -> BTreeMap<String, String> {
    let mut candidates: Vec<(i32, usize, usize)> = Vec::new();
    for (column, seen) in columns.iter().enumerate().filter(|(_, seen)| plain(&seen.label) != REASONS) {
        for (place, field) in register.fields.iter().enumerate().filter(|(_, field)| is_filled(field)) {
            let likely = likeness(register, place, field, county, seen, above);
            candidates.extend((likely >= ENOUGH).then_some((likely, column, place)));
        }
    }
    // The likeliest first; of equals, in the order of the sheet.
    candidates.sort_by_key(|(likely, column, place)| (-likely, *column, *place));
    let (mut columns_taken, mut fields_taken) = (BTreeSet::new(), BTreeSet::new());
    let mut proposed: BTreeMap<String, String> =
        columns.iter().map(|seen| (seen.label.clone(), String::new())).collect();
    for (_, column, place) in candidates {
        if columns_taken.contains(&column) || fields_taken.contains(&place) {
            continue;
        }
        columns_taken.insert(column);
        fields_taken.insert(place);
        proposed.insert(columns[column].label.clone(), register.fields[place].name.clone());
    }
    if place_column(register).is_none()
        && let Some(seen) = columns.iter().find(|seen| plain(&seen.label) == PLACE)
    {
        proposed.insert(seen.label.clone(), PLACE.to_owned());
    }
    proposed
}

fn likeness(register: &Register, place: usize, field: &Field, county: &County, seen: &Seen, above: &[String]) -> i32 {
    if scale(&field.ty, &seen.label, above).is_err() {
        return 0;
    }
    let by_heading = if field_of(register, &seen.label) == Some(place) { OWN } else { words(&seen.label, field) };
    by_heading + values(&field.ty, county, seen)
}

/// How much a heading's words are those of a field. Of headings in several rows each may be the one.
fn words(label: &str, field: &Field) -> i32 {
    let parts = std::iter::once(label).chain(label.split(' '));
    let names = [plain(&field.label.zh), plain(&heading(field))];
    let pairs = parts.flat_map(|part| names.iter().map(move |name| alike(&plain(part), name)));
    pairs.max().unwrap_or_default()
}

fn alike(a: &str, b: &str) -> i32 {
    let (a, b) = (without_unit(a), without_unit(b));
    let (short, long) = if a.chars().count() <= b.chars().count() { (a, b) } else { (b, a) };
    let (few, many) = (signs(short), signs(long));
    if few.len() < 2 {
        return 0;
    }
    let of =
        |count: usize, most: usize| SIGNS * i32::try_from(count).unwrap_or(0) / i32::try_from(most).unwrap_or(1).max(1);
    if long.contains(short) {
        return PART + of(short.chars().count(), long.chars().count());
    }
    of(2 * few.intersection(&many).count(), few.len() + many.len())
}

fn without_unit(text: &str) -> &str {
    text.split_once('(').map_or(text, |(before, _)| before)
}

fn signs(text: &str) -> BTreeSet<char> {
    text.chars().filter(|sign| sign.is_alphanumeric()).collect()
}

/// What the values say for a field or against it.
fn values(ty: &Type, county: &County, seen: &Seen) -> i32 {
    let (fits, misfits) = match ty {
        Type::IdNumber | Type::CreditCode => (35, -60),
        Type::BankCard | Type::Phone => (30, -60),
        Type::Place => (25, -20),
        Type::OneOf(_) | Type::SomeOf(_) => (20, 0),
        Type::Bool | Type::Agreed | Type::Date => (10, -20),
        Type::Number { .. } => (5, -60),
        _ => return 0,
    };
    let texts: Vec<&str> = seen.texts.iter().take(LOOKED_AT).map(String::as_str).collect();
    if texts.is_empty() {
        return 0;
    }
    let reads = |text: &&&str| match ty {
        Type::Place => county.place(text).is_some() || county.called().any(|(name, _)| text.ends_with(name)),
        Type::Date => text.starts_with(|sign: char| sign.is_ascii_digit()),
        Type::Number { .. } => text.contains(|sign: char| sign.is_ascii_digit() || ('０'..='９').contains(&sign)),
        ty => Value::parse(ty, text).is_ok(),
    };
    let read = texts.iter().filter(reads).count();
    match (read * 5 >= texts.len() * 4, read * 5 < texts.len()) {
        (true, _) => fits,
        (_, true) => misfits,
        _ => 0,
    }
}

/// The choices of a field: code and label; nothing where it is none.
#[must_use]
pub fn choices(ty: &Type) -> Vec<(String, Label)> {
    let label = |zh: &str, en: &str| Label { zh: zh.to_owned(), en: Some(en.to_owned()) };
    match ty {
        Type::OneOf(codes) | Type::SomeOf(codes) => codes.to_vec(),
        Type::Bool | Type::Agreed => vec![("yes".to_owned(), label("是", "yes")), ("no".to_owned(), label("否", "no"))],
        _ => Vec::new(),
    }
}

/// The words of a column that a choice field does not know, in the order of the sheet.
#[must_use]
pub fn unknown_words(ty: &Type, seen: &Seen) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in &seen.texts {
        let parts: Vec<&str> = if matches!(ty, Type::SomeOf(_)) { parts(text).collect() } else { vec![text] };
        for part in parts {
            let offered = part.chars().count() <= super::asked::WORD_MAX && !part.contains(char::is_control);
            if offered && Value::parse(ty, part).is_err() && !found.iter().any(|known| known == part) {
                found.push(part.to_owned());
            }
        }
    }
    found
}

/// The choice that a word probably stands for.
#[must_use]
pub fn probably(ty: &Type, word: &str) -> Option<String> {
    const YES: [&str; 6] = ["✓", "✔", "☑", "对", "已", "属于"];
    const NO: [&str; 5] = ["✗", "✘", "☐", "未", "不属于"];
    match ty {
        Type::Bool | Type::Agreed if YES.contains(&word) => Some("yes".to_owned()),
        Type::Bool | Type::Agreed if NO.contains(&word) => Some("no".to_owned()),
        Type::OneOf(codes) | Type::SomeOf(codes) => {
            let mut alike = codes.iter().filter(|(_, label)| label.zh.contains(word) || word.contains(&label.zh));
            let first = alike.next()?;
            alike.next().is_none().then(|| first.0.clone())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_alike_by_their_words() {
        assert!(alike("户主", "户主姓名") >= ENOUGH);
        assert!(alike("身份证号码", "身份证号") > alike("电话号码", "身份证号"));
        assert!(alike("房屋面积(m2)", "面积(平方米)") >= ENOUGH);
        assert!(alike("序号", "户编号") < ENOUGH);
        assert!(alike("号", "户编号") < ENOUGH);
    }

    #[test]
    fn words_for_choices_are_guessed_only_where_one_is_meant() {
        let kind = |zh: &str| Label { zh: zh.to_owned(), en: None };
        let codes = vec![("brick".to_owned(), kind("砖混")), ("wood".to_owned(), kind("砖木"))];
        let ty = Type::OneOf(codes.into());
        assert_eq!(probably(&ty, "砖混结构").as_deref(), Some("brick"));
        assert_eq!(probably(&ty, "砖"), None);
        assert_eq!(probably(&Type::Bool, "✓").as_deref(), Some("yes"));
    }
}
