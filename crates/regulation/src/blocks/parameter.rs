//! Parameters (参数): one per line, each with a literal, a choice, a list or a mapping.

use super::block::{Block, is_name};
use super::front::date;
use super::keys::{self, Keys};
use super::type_cell::{self, Known, RawType, choices};
use crate::expr::ast::{Ast, AstKind};
use crate::expr::{Type, Unit, Value};
use crate::findings::{Sink, overlays, reading};
use crate::model::{Given, Label, Leeway, Name, Parameter, misread};
use crate::source::Words;
use crate::span::Span;
use crate::text::yaml::{Node, Yaml};
use jiff::civil::Date;

const KEYS: [&str; 7] = ["value", "label", "clause", "since", "then", "county", "note"];

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
        county: None,
        given: None,
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
    parameter.county = keys.words("county").and_then(|words| open(words, &parameter.ty, known, sink)).map(Box::new);
    for (_, value) in &parameter.values {
        is_within(&parameter, value, &name.span, sink);
    }
    Some(parameter)
}

/// `any`, or `LOW .. HIGH`.
fn open(words: &Words, ty: &Type, known: &Known, sink: &Sink) -> Option<Leeway> {
    if words.text.trim() == "any" {
        return Some(Leeway::Any);
    }
    let bound = |words: &Words| scalar(words, false, known, sink).filter(|bound| bound.ty == *ty);
    let ends = words.split_once("..").and_then(|(low, high)| bound(&low).zip(bound(&high)));
    let between = ends.map(|(low, high)| Leeway::Between(low.value, high.value));
    let found = between.filter(|open| matches!(open, Leeway::Between(low, _) if open.allows(low)));
    if found.is_none() {
        let (zh, en) = (" `any`，或同类型、同单位的 `下限 .. 上限`", "`any`, or `LOW .. HIGH` of its type and unit");
        sink.add(reading::wrong_shape(&words.span, zh, en));
    }
    found
}

fn is_within(parameter: &Parameter, value: &Value, span: &Span, sink: &Sink) {
    if let Some(open @ Leeway::Between(low, high)) = parameter.county.as_deref()
        && !value.is_missing()
        && !open.allows(value)
    {
        let bounds = format!("{} .. {}", low.zh(&parameter.ty), high.zh(&parameter.ty));
        sink.add(overlays::out_of_bounds(span, &parameter.name, &bounds, &parameter.span));
    }
}

/// Gives a parameter of the base the value that a supplement says, from its first day on.
pub(crate) fn give(base: &mut Parameter, own: Parameter, since: Date, sink: &Sink) {
    if base.county.is_none() {
        sink.add(overlays::not_open(&own.span, &own.name, &base.span));
        return;
    }
    if own.county.is_some() {
        sink.add(overlays::bounds_again(&own.span, &own.name, &base.span));
        return;
    }
    let first = own.values.first().and_then(|(from, _)| *from).unwrap_or(since);
    for (from, value) in own.values {
        if !fits(&own.ty, &value, base) {
            sink.add(reading::wrong_shape(&own.span, "与原值同类型、同单位的值", "a value of the same type and unit"));
            return;
        }
        is_within(base, &value, &own.span, sink);
        let from = from.unwrap_or(since);
        base.values.retain(|(known, _)| known.is_none_or(|known| known < from));
        base.values.push((Some(from), value));
    }
    base.clauses.extend(own.clauses.iter().cloned());
    base.given = Some(Box::new(Given { since: first, clauses: own.clauses, span: own.span }));
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
    let fits = fits(&typed.ty, &typed.value, parameter);
    if !fits {
        sink.add(reading::wrong_shape(&node.span, "与原值同类型、同单位的值", "a value of the same type and unit"));
    }
    fits.then_some(typed.value)
}

/// Whether a value is one of a parameter's type.
fn fits(ty: &Type, value: &Value, parameter: &Parameter) -> bool {
    let chosen = |code: &str| parameter.choices.iter().any(|(choice, _)| choice == code);
    match (value, &parameter.ty) {
        (Value::Code(code), Type::OneOf(_)) => chosen(code),
        (Value::Codes(codes), Type::SomeOf(_)) => codes.iter().all(|code| chosen(code)),
        (Value::Text(text), Type::Text { max }) => text.chars().count() <= *max as usize,
        _ => *ty == parameter.ty,
    }
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
