//! Values as people read them (`49.9967 平方米`) and as regulations write them (`49.9967 m²`). Shown numbers are rounded;
//! nothing is ever decided on a shown figure.

use super::check::percent;
use super::ratio::to_places;
use super::types::Type;
use super::value::{Record, Signature, Thing, Unit, Value};
use crate::model::{Label, Name};
use jiff::civil::DateTime;
use rust_decimal::Decimal;

/// What stands for a missing value in a text.
pub const NOT_FILLED_IN: &str = "（未填）";
/// Decimal places of a shown quotient.
const SHOWN_PLACES: u32 = 4;

impl Value {
    /// As people read it: labels for codes, units in Chinese, 是 or 否.
    #[must_use]
    pub fn zh(&self, ty: &Type) -> String {
        match (self, ty) {
            (Value::Missing, _) => NOT_FILLED_IN.into(),
            (Value::Bool(yes), Type::Agreed) => (if *yes { "同意" } else { "未同意" }).into(),
            (Value::Bool(yes), _) => (if *yes { "是" } else { "否" }).into(),
            (Value::Number(number, unit), _) => number_zh(*number, unit),
            (Value::Code(code), ty) => label(code, ty),
            (Value::Codes(codes), ty) => joined(codes.iter().map(|code| label(code, ty))),
            (Value::Date(date), _) => calendar::zh_date(*date),
            (Value::Moment(moment), _) => moment_zh(*moment),
            (Value::Term(term), _) => term.zh(),
            (Value::List(values), ty) => {
                let element = ty.element().unwrap_or(Type::Unknown);
                joined(values.iter().map(|value| value.zh(&element)))
            }
            (Value::Records(rows), Type::Form(_)) => rows.first().map(record_zh).unwrap_or_default(),
            (Value::Records(rows), _) => format!("{}项", rows.len()),
            (Value::Signature(signature), _) => signature_zh(signature),
            (Value::Plot(plot), _) => format!("{}个界址点，{} 平方米", plot.corner_count(), plot.area_text()),
            (Value::Figures(figures), _) => figures.caption_zh(),
            (Value::Text(_) | Value::File(_) | Value::Key(_) | Value::Thing(_), _) => self.show(),
        }
    }

    /// As readers of English read it: labels for codes where they have an English one, units and dates as machines write them.
    #[must_use]
    pub fn en(&self, ty: &Type) -> String {
        match self {
            Value::Missing => "(not given)".into(),
            Value::Code(code) => label_en(code, ty),
            Value::Figures(figures) => figures.caption_en(),
            Value::Plot(plot) => format!("{} corners, {} m²", plot.corner_count(), plot.area_text()),
            Value::Codes(codes) => codes.iter().map(|code| label_en(code, ty)).collect::<Vec<_>>().join(", "),
            Value::List(values) => {
                let element = ty.element().unwrap_or(Type::Unknown);
                values.iter().map(|value| value.en(&element)).collect::<Vec<_>>().join(", ")
            }
            _ => self.show(),
        }
    }

    /// As regulations and machines write it: codes, ISO dates, `yes` or `no`; empty when missing.
    #[must_use]
    pub fn show(&self) -> String {
        match self {
            Value::Missing => String::new(),
            Value::Bool(yes) => (if *yes { "yes" } else { "no" }).into(),
            Value::Number(number, unit) => with_unit(shown_number(*number, unit), &unit.code()),
            Value::Text(text) | Value::Code(text) | Value::Key(text) => text.clone(),
            Value::Codes(codes) => codes.iter().cloned().collect::<Vec<_>>().join(", "),
            Value::Date(date) => date.to_string(),
            Value::Moment(moment) => moment.strftime("%Y-%m-%d %H:%M").to_string(),
            Value::Term(term) => term.to_string(),
            Value::File(file) => file.name.clone(),
            Value::Signature(signature) => format!("{} {}", signature.name, signature.on),
            Value::Plot(plot) => plot.to_string(),
            Value::Figures(figures) => figures.reference(),
            Value::Records(rows) => format!("{} rows", rows.len()),
            Value::List(values) => values.iter().map(Value::show).collect::<Vec<_>>().join(", "),
            Value::Thing(thing) => thing_id(thing).to_owned(),
        }
    }
}

/// A number with its unit in Chinese; 5% without a space, as people write it.
fn number_zh(number: Decimal, unit: &Unit) -> String {
    let figure = shown_number(number, unit);
    if *unit == percent() { format!("{figure}%") } else { with_unit(figure, &unit.zh()) }
}

/// Money with fen; anything else with as many decimals as it has, four at most.
fn shown_number(number: Decimal, unit: &Unit) -> String {
    if *unit == Unit::symbol("yuan") {
        return format!("{:.2}", to_places(number, 2));
    }
    to_places(number, SHOWN_PLACES).normalize().to_string()
}

fn with_unit(figure: String, unit: &str) -> String {
    if unit.is_empty() { figure } else { format!("{figure} {unit}") }
}

fn label(code: &str, ty: &Type) -> String {
    let known: Option<&(Name, Label)> = ty.codes().and_then(|codes| codes.iter().find(|(known, _)| known == code));
    known.map_or_else(|| code.to_owned(), |(_, label)| label.zh.clone())
}

fn label_en(code: &str, ty: &Type) -> String {
    let known: Option<&(Name, Label)> = ty.codes().and_then(|codes| codes.iter().find(|(known, _)| known == code));
    known.map_or_else(|| code.to_owned(), |(_, label)| label.en.clone().unwrap_or_else(|| label.zh.clone()))
}

fn joined(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join("、")
}

fn moment_zh(moment: DateTime) -> String {
    format!("{}{}", calendar::zh_date(moment.date()), moment.strftime("%H:%M"))
}

fn signature_zh(signature: &Signature) -> String {
    format!("{}（{}）", signature.name, calendar::zh_date(signature.on))
}

/// The plain values of one row of a list, without their labels.
fn record_zh(record: &Record) -> String {
    joined(record.values().filter(|value| !value.is_missing()).map(|value| value.zh(&Type::Unknown)))
}

/// The key, code or name that stands for a handle where nothing better is known.
fn thing_id(thing: &Thing) -> &str {
    match thing {
        Thing::Matter(id) | Thing::Place(id) | Thing::Person(id) | Thing::Post(id) | Thing::Tenure(id) => id,
        Thing::Act { act, .. } => act,
        Thing::Form { form, .. } => form,
        Thing::Document { document, .. } => document,
        Thing::Row { key, .. } => key,
        Thing::Sub { key, .. } => key,
    }
}
