//! Values as cases write them, by the type of the field; and comparing them with what came of an act.

use super::fixture::Fixtures;
use super::player::Role;
use crate::county::{County, Post};
use jiff::ToSpan;
use jiff::civil::Date;
use regulation::expr::{FileRef, Record, Signature, Thing, Type, Value};
use regulation::model::{Field, Form, Rulebook};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;

/// What values are read against.
pub(super) struct Reading<'a> {
    pub(super) fixtures: &'a Fixtures,
    pub(super) rulebook: &'a Rulebook,
    pub(super) county: &'a County,
    pub(super) today: Date,
    pub(super) actor: &'a str,
    /// Whom the names of the fixtures stand for.
    pub(super) cast: &'a BTreeMap<String, Role>,
}

impl Reading<'_> {
    /// Reads a value. What cannot be read is handed on as text: then the engine says what is wrong with it.
    pub(super) fn read(&self, ty: &Type, text: &str) -> Value {
        let text = text.trim();
        if text.is_empty() {
            return Value::Missing;
        }
        match ty {
            Type::Date => relative_date(text, self.today).map_or_else(|| typed(ty, text), Value::Date),
            Type::File => Value::File(file(text)),
            Type::Signature => self.signature(text),
            Type::Place => Value::Key(place_code(self.county, text).unwrap_or_else(|| text.to_owned())),
            Type::Person => Value::Key(self.person(text).to_owned()),
            Type::Post => Value::Key(post_id(self.county, text).unwrap_or_else(|| text.to_owned())),
            Type::Row(_) | Type::Matter(_) => Value::Key(text.to_owned()),
            Type::Records(form) => self.rows(form, text),
            Type::List(inner) if !matches!(**inner, Type::Text { .. }) => {
                let parts = text.split([',', '，', '、']).map(|part| self.read(inner, part));
                Value::List(parts.filter(|value| !value.is_missing()).collect())
            }
            Type::Text { .. } => typed(ty, &text.replace("<br>", "\n")),
            _ => typed(ty, text),
        }
    }

    /// The person that a name stands for.
    fn person<'t>(&'t self, text: &'t str) -> &'t str {
        self.cast.get(text).map_or(text, |role| role.person.as_str())
    }

    fn signature(&self, text: &str) -> Value {
        let person = self.person(text);
        Value::Signature(Signature {
            name: self.county.people.get(person).map_or(text, String::as_str).to_owned(),
            person: self.actor.to_owned(),
            on: self.today,
            method: "electronic".to_owned(),
        })
    }

    /// `@甲, @乙`: the rows of these lists.
    fn rows(&self, form: &str, text: &str) -> Value {
        let Some((_, form)) = self.rulebook.form(form) else {
            return Value::Text(text.to_owned());
        };
        let mut rows = Vec::new();
        for name in text.split([',', '，', '、']).map(|name| name.trim().trim_start_matches('@')) {
            let Some(list) = self.fixtures.lists.get(name) else {
                return Value::Text(text.to_owned());
            };
            rows.extend(list.rows.iter().map(|row| self.row(form, &row.cells)));
        }
        Value::Records(rows.into())
    }

    fn row(&self, form: &Form, cells: &std::collections::BTreeMap<String, String>) -> Record {
        let read = |(name, text): (&String, &String)| {
            let value = match form.field(name) {
                Some(field) => self.read(&field.ty, text),
                None => Value::Text(text.clone()),
            };
            (name.clone(), value)
        };
        cells.iter().map(read).filter(|(_, value)| *value != Value::Missing).collect()
    }

    /// Reads a field of a form or register by its name.
    pub(super) fn field(&self, fields: &[&Field], name: &str, text: &str) -> Value {
        match fields.iter().find(|field| field.name == name) {
            Some(field) => self.read(&field.ty, text),
            None => Value::Text(text.to_owned()),
        }
    }
}

fn typed(ty: &Type, text: &str) -> Value {
    match Value::parse(ty, text) {
        Ok(value) => value,
        Err(_) => match (ty, text.parse::<Decimal>()) {
            (Type::Number { unit, .. }, Ok(number)) => Value::Number(number, unit.clone()),
            _ => Value::Text(text.to_owned()),
        },
    }
}

fn file(name: &str) -> FileRef {
    let media = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        _ => "application/pdf",
    };
    FileRef { name: name.to_owned(), digest: "0".repeat(64), size: 1, media: media.to_owned() }
}

/// `today`, `today - 3`, `今日 + 10`, `2022-03-01`.
pub(super) fn relative_date(text: &str, today: Date) -> Option<Date> {
    let rest = text.strip_prefix("today").or_else(|| text.strip_prefix("今日"));
    let Some(rest) = rest else {
        return calendar::parse_date(text).ok();
    };
    let rest: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
    if rest.is_empty() {
        return Some(today);
    }
    let days: i32 = rest.trim_end_matches("days").trim_end_matches('日').parse().ok()?;
    today.checked_add(days.days()).ok()
}

/// The id of a post given by id, title, or `level/desk`.
pub(super) fn post_id(county: &County, text: &str) -> Option<String> {
    if county.posts.contains_key(text) {
        return Some(text.to_owned());
    }
    let is = |post: &&Post| post.title == text || format!("{}/{}", post.level, post.desk) == text;
    county.posts.values().find(is).map(|post| post.id.clone())
}

/// The code of a place given by code or full name.
pub(super) fn place_code(county: &County, text: &str) -> Option<String> {
    if county.places.contains_key(text) {
        return Some(text.to_owned());
    }
    county.places.values().find(|place| place.name == text).map(|place| place.code.clone())
}

/// Whether a value is what a case writes for it.
pub(super) fn is_written(value: &Value, text: &str, today: Date) -> bool {
    let text = text.trim();
    match (value, text) {
        (value, "none" | "无") => value.is_missing(),
        (value, "given" | "有") => !value.is_missing(),
        (Value::Bool(yes), _) => matches!((yes, text), (true, "yes" | "是") | (false, "no" | "否")),
        (Value::Number(number, _), _) => is_number(*number, text),
        (Value::Date(date), _) => relative_date(text, today) == Some(*date),
        (Value::Codes(codes), _) => {
            let written: std::collections::BTreeSet<String> =
                text.split([',', '，', '、']).map(|code| code.trim().to_owned()).collect();
            *codes == written
        }
        (Value::Thing(thing), _) => is_thing(thing, text),
        (value, _) => value.show() == text,
    }
}

fn is_thing(thing: &Thing, text: &str) -> bool {
    match thing {
        Thing::Matter(id) | Thing::Place(id) | Thing::Person(id) | Thing::Post(id) | Thing::Tenure(id) => id == text,
        Thing::Row { key, .. } => key == text,
        Thing::Sub { key, .. } => **key == *text,
        Thing::Act { .. } | Thing::Form { .. } | Thing::Document { .. } => false,
    }
}

/// A number is compared at as many decimals as are written; a unit after it is only for the eye.
fn is_number(number: Decimal, text: &str) -> bool {
    let figure = text.split_whitespace().next().unwrap_or_default();
    let Ok(written) = figure.parse::<Decimal>() else {
        return false;
    };
    number.round_dp_with_strategy(written.scale(), RoundingStrategy::MidpointAwayFromZero) == written
}
