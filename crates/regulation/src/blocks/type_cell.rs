//! Types as written in the `type` column: `text 200, personal contact`, `one of {a: 甲, b: 乙}`, `list of member`.

use crate::expr::{Type, Unit};
use crate::findings::{Sink, reading};
use crate::model::{Label, Name, Personal};
use crate::notes::SymbolKind;
use crate::source::Words;
use std::collections::BTreeSet;

/// What a type may refer to.
#[derive(Debug, Default, Clone)]
pub(crate) struct Known {
    pub registers: BTreeSet<Name>,
    pub forms: BTreeSet<Name>,
}

/// A type cell.
#[derive(Debug, Clone)]
pub(crate) struct TypeCell {
    pub ty: RawType,
    /// A text that is a regulation's.
    pub regulation: bool,
    pub personal: Option<Personal>,
}

/// The type, or the expression that it is derived from.
#[derive(Debug, Clone)]
pub(crate) enum RawType {
    Plain(Type),
    Derived(Words),
}

/// The type of a text that is a regulation's.
const REGULATION: &str = "regulation";

/// Words that are types.
const WORDS: [&str; 28] = [
    "text",
    "int",
    "number",
    "m²",
    "m",
    "yuan",
    "percent",
    "mu",
    "date",
    "yes-no",
    "name",
    "phone",
    "id-number",
    "file",
    "signature",
    "agreed",
    "plot",
    "report",
    REGULATION,
    "place",
    "person",
    "post",
    "one of",
    "some of",
    "list of",
    "days",
    "months",
    "years",
];

/// Reads a cell. After a finding the type is unknown and fits everything, so that one mistake gives one finding.
pub(crate) fn read(cell: &Words, known: &Known, sink: &Sink) -> TypeCell {
    let mut pieces = cell.split(",").into_iter();
    let first = pieces.next().unwrap_or_else(|| cell.clone());
    let mut personal = None;
    for piece in pieces {
        match piece.text.strip_prefix("personal ").and_then(|kind| kind_of_personal(kind.trim())) {
            Some(kind) => personal = Some(kind),
            None => sink.add(reading::bad_type(&piece.span, &piece.text, &PERSONAL.map(|(word, _)| word))),
        }
    }
    if let Some(expression) = first.after("=") {
        return TypeCell { ty: RawType::Derived(expression), regulation: false, personal };
    }
    note(&first, known, sink);
    let ty = plain(&first, known).unwrap_or_else(|| {
        let names = WORDS.iter().copied().chain(known.registers.iter().map(String::as_str));
        sink.add(reading::bad_type(&first.span, &first.text, &names.collect::<Vec<_>>()));
        Type::Unknown
    });
    let personal = personal.or_else(|| ty.personal());
    TypeCell { ty: RawType::Plain(ty), regulation: first.text == REGULATION, personal }
}

/// The register or form that a type names.
fn note(words: &Words, known: &Known, sink: &Sink) {
    let name = words.after("list of ").unwrap_or_else(|| words.clone());
    if known.registers.contains(&name.text) {
        sink.found(&name.span, SymbolKind::Register, "", &name.text);
    } else if known.forms.contains(&name.text) {
        sink.found(&name.span, SymbolKind::Form, "", &name.text);
    }
}

fn plain(words: &Words, known: &Known) -> Option<Type> {
    let text = words.text.as_str();
    let number = |symbol: &str| Some(Type::Number { unit: Unit::symbol(symbol), whole: false });
    if let Some(symbol) = words.inside('`', '`') {
        return (!symbol.text.is_empty()).then(|| Type::Number { unit: Unit::symbol(&symbol.text), whole: false });
    }
    if let Some(max) = text.strip_prefix("text ") {
        return max.trim().parse().ok().filter(|max| *max > 0).map(|max| Type::Text { max });
    }
    if let Some(codes) = words.after("one of ") {
        return choices(&codes).map(|codes| Type::OneOf(codes.into()));
    }
    if let Some(codes) = words.after("some of ") {
        return choices(&codes).map(|codes| Type::SomeOf(codes.into()));
    }
    if let Some(element) = words.after("list of ") {
        return list(&element, known);
    }
    match text {
        "int" => Some(Type::Number { unit: Unit::none(), whole: true }),
        "number" => number(""),
        "m²" | "m" | "yuan" | "percent" | "mu" => number(text),
        "date" => Some(Type::Date),
        "moment" => Some(Type::Moment),
        "yes-no" => Some(Type::Bool),
        "name" => Some(Type::PersonName),
        "phone" => Some(Type::Phone),
        "id-number" => Some(Type::IdNumber),
        "credit-code" => Some(Type::CreditCode),
        "bank-card" => Some(Type::BankCard),
        "file" => Some(Type::File),
        "signature" => Some(Type::Signature),
        "agreed" => Some(Type::Agreed),
        "plot" => Some(Type::Plot),
        "report" => Some(Type::Report),
        REGULATION => Some(Type::Text { max: crate::trial::TEXT_MAX }),
        "place" => Some(Type::Place),
        "person" => Some(Type::Person),
        "post" => Some(Type::Post),
        "hours" => Some(Type::TermOf(calendar::Unit::Hours)),
        "days" => Some(Type::TermOf(calendar::Unit::Days)),
        "months" => Some(Type::TermOf(calendar::Unit::Months)),
        "years" => Some(Type::TermOf(calendar::Unit::Years)),
        register if known.registers.contains(register) => Some(Type::Row(register.to_string())),
        _ => None,
    }
}

fn list(element: &Words, known: &Known) -> Option<Type> {
    if known.forms.contains(&element.text) {
        return Some(Type::Records(element.text.clone()));
    }
    match plain(element, known)? {
        // A plot is several lines, a report two answers: a list of them is a list of rows with one in each.
        Type::Records(_) | Type::List(_) | Type::Plot | Type::Report => None,
        ty => Some(Type::List(Box::new(ty))),
    }
}

/// `{a: 甲, b: 乙 / Second}` or `[a, b]`.
pub(crate) fn choices(words: &Words) -> Option<Vec<(Name, Label)>> {
    if let Some(inside) = words.inside('[', ']') {
        let codes = inside.split(",").into_iter().map(|code| (code.text.clone(), super::keys::plain_label(&code.text)));
        return distinct(codes.collect());
    }
    let inside = words.inside('{', '}')?;
    let mut all = Vec::new();
    for entry in inside.split(",") {
        let (code, label) = entry.text.split_once(':')?;
        if label.trim().is_empty() {
            return None;
        }
        all.push((code.trim().to_string(), super::keys::in_both(label.trim())));
    }
    distinct(all)
}

fn distinct(choices: Vec<(Name, Label)>) -> Option<Vec<(Name, Label)>> {
    let codes: BTreeSet<&str> = choices.iter().map(|(code, _)| code.as_str()).collect();
    let all_good = codes.len() == choices.len() && codes.iter().all(|code| is_code(code));
    all_good.then_some(choices)
}

/// A code: lower-case letters, digits and hyphens.
fn is_code(code: &str) -> bool {
    !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

const PERSONAL: [(&str, Personal); 5] = [
    ("identity", Personal::Identity),
    ("contact", Personal::Contact),
    ("bank", Personal::Bank),
    ("health", Personal::Health),
    ("family", Personal::Family),
];

pub(super) fn kind_of_personal(word: &str) -> Option<Personal> {
    PERSONAL.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind)
}
