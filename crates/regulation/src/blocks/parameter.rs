//! Parameters (参数): one per line, each with a literal, a choice, a list or a mapping.

use super::block::{Block, is_name};
use super::front::date;
use super::keys::{self, Keys};
use super::type_cell::{self, Known, RawType, choices};
use crate::expr::ast::{Ast, AstKind};
use crate::expr::{Type, Unit, Value};
use crate::findings::{Sink, reading};
use crate::model::{Label, Name, Parameter, misread};
use crate::source::Words;
use crate::text::yaml::{Node, Yaml};
use jiff::civil::Date;

const KEYS: [&str; 6] = ["value", "label", "clause", "since", "then", "note"];

/// A value with its type and, for a choice, its codes.
struct Typed {
    ty: Type,
    value: Value,
    choices: Vec<(Name, Label)>,
}

/// The parameters of a block.
pub(crate) fn read(block: &Block, known: &Known, sink: &Sink) -> Vec<Parameter> {
    block.node.entries().iter().filter_map(|(name, node)| parameter(block, name, node, known, sink)).collect()
}

fn parameter(block: &Block, name: &Words, node: &Node, known: &Known, sink: &Sink) -> Option<Parameter> {
    if !name.text.split('.').all(is_name) {
        sink.add(reading::bad_name(&name.span, &name.text));
        return None;
    }
    let mut parameter = Parameter {
        name: name.text.clone(),
        label: keys::plain_label(&name.text),
        ty: Type::Unknown,
        values: Vec::new(),
        choices: Vec::new(),
        clauses: block.clauses.clone(),
        span: name.span.clone(),
    };
    let Yaml::Map(_) = node.yaml else {
        let typed = typed(node, known, sink)?;
        is_readable(name, node, &typed.value, sink);
        parameter.values.push((None, typed.value));
        (parameter.ty, parameter.choices) = (typed.ty, typed.choices);
        return Some(parameter);
    };
    let keys = Keys::open(node, &KEYS, sink);
    parameter.label = keys.label("label", &name.text);
    let own = keys.clauses();
    if !own.is_empty() {
        parameter.clauses = own;
    }
    let Some(value) = keys.get("value") else {
        sink.add(reading::missing_key(&name.span, "value"));
        return None;
    };
    let typed = typed(value, known, sink)?;
    is_readable(name, value, &typed.value, sink);
    (parameter.ty, parameter.choices) = (typed.ty, typed.choices);
    let since = keys.words("since").and_then(|words| date(words, sink));
    parameter.values.push((since, typed.value));
    for (from, node) in keys.entries("then") {
        if let (Some(from), Some(value)) = (date(from, sink), later(node, &parameter, known, sink)) {
            is_readable(name, node, &value, sink);
            parameter.values.push((Some(from), value));
        }
    }
    parameter.values.sort_by_key(|(from, _)| from.unwrap_or(Date::MIN));
    Some(parameter)
}

/// Statutory time reads some parameters in its own notation.
fn is_readable(name: &Words, node: &Node, value: &Value, sink: &Sink) {
    if let Some(wrong) = misread(&name.text, value) {
        sink.add(reading::bad_notation(&node.span, wrong));
    }
}

/// A later value, which must be of the parameter's type.
fn later(node: &Node, parameter: &Parameter, known: &Known, sink: &Sink) -> Option<Value> {
    let typed = typed(node, known, sink)?;
    let chosen = |code: &str| parameter.choices.iter().any(|(choice, _)| choice == code);
    let fits = match (&typed.value, &parameter.ty) {
        (Value::Code(code), Type::OneOf(_)) => chosen(code),
        (Value::Codes(codes), Type::SomeOf(_)) => codes.iter().all(|code| chosen(code)),
        _ => typed.ty == parameter.ty,
    };
    if !fits {
        sink.add(reading::wrong_shape(&node.span, "与原值同类型、同单位的值", "a value of the same type and unit"));
    }
    fits.then_some(typed.value)
}

fn typed(node: &Node, known: &Known, sink: &Sink) -> Option<Typed> {
    let typed = match &node.yaml {
        Yaml::List(items) => list(items, known, sink),
        Yaml::Scalar { words, quoted } => scalar(words, *quoted, known, sink),
        _ => None,
    };
    if typed.is_none() {
        let text = node.scalar().map_or("[…]", |words| words.text.as_str());
        sink.add(reading::bad_value(&node.span, text));
    }
    typed
}

fn list(items: &[Node], known: &Known, sink: &Sink) -> Option<Typed> {
    let mut values = Vec::new();
    let mut ty = Type::Unknown;
    for item in items {
        let words = item.scalar()?;
        let typed = scalar(words, false, known, sink)?;
        if ty != Type::Unknown && ty != typed.ty {
            return None;
        }
        ty = typed.ty;
        values.push(typed.value);
    }
    Some(Typed { ty: Type::List(Box::new(ty)), value: Value::List(values), choices: Vec::new() })
}

fn scalar(words: &Words, quoted: bool, known: &Known, sink: &Sink) -> Option<Typed> {
    if let Some(codes) = words.after("one of ") {
        let choices = choices(&codes)?;
        let value = Value::Code(choices.first()?.0.clone());
        return Some(Typed { ty: Type::OneOf(choices.clone().into()), value, choices });
    }
    if let Some(codes) = words.after("some of ") {
        let choices = choices(&codes)?;
        let value = Value::Codes(choices.iter().map(|(code, _)| code.clone()).collect());
        return Some(Typed { ty: Type::SomeOf(choices.clone().into()), value, choices });
    }
    let plain = |ty, value| Some(Typed { ty, value, choices: Vec::new() });
    if let Some(cell) = words.after("none of ") {
        return match type_cell::read(&cell, known, sink).ty {
            RawType::Plain(ty) => plain(ty, Value::Missing),
            RawType::Derived(_) => None,
        };
    }
    if quoted {
        let max = u32::try_from(words.text.chars().count()).unwrap_or(u32::MAX);
        return plain(Type::Text { max: max.max(200) }, Value::Text(words.text.clone()));
    }
    let (ty, value) = literal(&crate::expr::parse(&words.text, &words.span).ok()?)?;
    plain(ty, value)
}

/// The value of a literal; a bare word is a code of itself.
pub(crate) fn literal(ast: &Ast) -> Option<(Type, Value)> {
    match &ast.kind {
        AstKind::Bool(yes) => Some((Type::Bool, Value::Bool(*yes))),
        AstKind::Term(term) if term.unit.is_of_clock() => {
            Some((Type::TermOf(calendar::Unit::Hours), Value::Term(*term)))
        }
        AstKind::Term(term) => Some((Type::Term, Value::Term(*term))),
        AstKind::Date(date) => Some((Type::Date, Value::Date(*date))),
        AstKind::Moment(moment) => Some((Type::Moment, Value::Moment(*moment))),
        AstKind::Text(text) => Some((Type::Text { max: 200 }, Value::Text(text.clone()))),
        AstKind::Number(number, unit) => {
            let unit = Unit::symbol(unit.as_deref().unwrap_or_default());
            Some((Type::Number { unit: unit.clone(), whole: false }, Value::Number(*number, unit)))
        }
        AstKind::Negate(inner) => match literal(inner)? {
            (ty, Value::Number(number, unit)) => Some((ty, Value::Number(-number, unit))),
            _ => None,
        },
        AstKind::Name(code) => {
            Some((Type::OneOf([(code.clone(), keys::plain_label(code))].into()), Value::Code(code.clone())))
        }
        _ => None,
    }
}
