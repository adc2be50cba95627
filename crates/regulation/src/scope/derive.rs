//! Types of names that follow from expressions: derived fields and columns, facts, table outputs. Each is found once, on
//! demand; a name that needs itself is a finding.

use super::outline::{FactNames, ProcedureNames, TableNames};
use super::view::View;
use crate::blocks::field::RawField;
use crate::blocks::type_cell::RawType;
use crate::blocks::{keys::plain_label, parameter::literal, table};
use crate::expr::{Known, NameKind, Named, Type, Typed, check, parse};
use crate::findings::{Sink, names};
use crate::model::{Label, Name, Personal};
use crate::source::Words;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A chain of names longer than this is refused rather than followed.
const MAX_CHAIN: usize = 60;

/// What was derived so far.
pub(crate) struct Derived<'a> {
    sink: &'a Sink,
    known: RefCell<BTreeMap<Key, State>>,
    /// Facts in the order in which they were completed: each after those it needs.
    order: RefCell<BTreeMap<Name, Vec<Name>>>,
    chain: RefCell<Vec<Name>>,
    expressions: RefCell<Known>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Field(Name, Name),
    Column(Name, Name),
    Fact(Name, Name),
    Output(Name, Name, usize),
}

enum State {
    InWork,
    Done(Type, Option<Personal>),
}

impl<'a> Derived<'a> {
    pub fn new(sink: &'a Sink) -> Self {
        Derived {
            sink,
            known: RefCell::default(),
            order: RefCell::default(),
            chain: RefCell::default(),
            expressions: RefCell::default(),
        }
    }

    /// Where findings go, and notes.
    pub fn sink(&self) -> &Sink {
        self.sink
    }

    /// The expression that was checked before and is the same.
    pub fn same(&self, typed: Typed) -> Arc<Typed> {
        self.expressions.borrow_mut().same(typed)
    }

    /// The facts of a procedure, each after those it needs.
    pub fn order(&self, procedure: &str) -> Vec<Name> {
        self.order.borrow().get(procedure).cloned().unwrap_or_default()
    }

    pub fn form_field(&self, view: &View<'_>, form: &str, field: &RawField) -> Named {
        let key = || Key::Field(form.to_string(), field.name.text.clone());
        self.field(key, field, || view.of_form(form).into_iter().next())
    }

    pub fn column(&self, view: &View<'_>, register: &str, field: &RawField) -> Named {
        let key = || Key::Column(register.to_string(), field.name.text.clone());
        self.field(key, field, || Some(view.of_register(register)))
    }

    fn field<'v>(&self, key: impl FnOnce() -> Key, field: &RawField, view: impl FnOnce() -> Option<View<'v>>) -> Named {
        let (ty, personal) = match &field.ty {
            RawType::Plain(ty) => (ty.clone(), field.personal),
            RawType::Derived(words) => {
                let (ty, personal) = self.of_expression(key(), words, &field.name, view);
                (ty, field.personal.or(personal))
            }
        };
        Named::new(ty, NameKind::Field).label(field.label.zh.clone()).personal(personal)
    }

    pub fn fact(&self, view: &View<'_>, procedure: &str, fact: &FactNames) -> Named {
        let key = Key::Fact(procedure.to_string(), fact.name.text.clone());
        let (ty, personal) = self.of_expression(key, &fact.value, &fact.name, || Some(view.of_procedure(procedure)));
        Named::new(ty, NameKind::Fact).label(fact.label.zh.clone()).personal(personal)
    }

    pub fn output(&self, view: &View<'_>, procedure: &str, names: &TableNames<'_>, column: usize) -> Named {
        let table = &names.block.name.text;
        let key = Key::Output(procedure.to_string(), table.clone(), column);
        let fallback = Named::new(Type::Unknown, NameKind::TableOutput);
        let Some((index, name)) = names.outputs.get(column) else { return fallback };
        let cells = table::output_cells(names.block, *index);
        let view = || Some(view.of_procedure(procedure));
        let (ty, personal) = self.once(key, &name.clone(), || output_type(&cells, view));
        Named::new(ty, NameKind::TableOutput).personal(personal)
    }

    fn of_expression<'v>(
        &self,
        key: Key,
        words: &Words,
        name: &Words,
        view: impl FnOnce() -> Option<View<'v>>,
    ) -> (Type, Option<Personal>) {
        let fact = match &key {
            Key::Fact(procedure, fact) => Some((procedure.clone(), fact.clone())),
            _ => None,
        };
        let derived = self.once(key, name, || match view() {
            Some(view) => type_of(words, &view),
            None => (Type::Unknown, None),
        });
        if let Some((procedure, fact)) = fact {
            let mut order = self.order.borrow_mut();
            let facts = order.entry(procedure).or_default();
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
        derived
    }

    /// Derives a name, unless that is done or under way.
    fn once(
        &self,
        key: Key,
        name: &Words,
        derive: impl FnOnce() -> (Type, Option<Personal>),
    ) -> (Type, Option<Personal>) {
        match self.known.borrow().get(&key) {
            Some(State::Done(ty, personal)) => return (ty.clone(), *personal),
            Some(State::InWork) => {
                self.sink.add(names::cycle(&name.span, &name.text, &self.chain.borrow()));
                return (Type::Unknown, None);
            }
            None => {}
        }
        if self.chain.borrow().len() >= MAX_CHAIN {
            self.sink.add(names::chain_too_long(&name.span, &name.text, MAX_CHAIN));
            return (Type::Unknown, None);
        }
        self.known.borrow_mut().insert(key.clone(), State::InWork);
        self.chain.borrow_mut().push(name.text.clone());
        let (ty, personal) = derive();
        self.chain.borrow_mut().pop();
        self.known.borrow_mut().insert(key, State::Done(ty.clone(), personal));
        (ty, personal)
    }

    /// The types of a table's outputs.
    pub fn output_types(&self, view: &View<'_>, procedure: &str, names: &ProcedureNames<'_>, table: &str) -> Vec<Type> {
        let Some(names) = names.tables.get(table) else { return Vec::new() };
        (0..names.outputs.len()).map(|column| self.output(view, procedure, names, column).ty).collect()
    }
}

/// The type of an expression; its findings are reported where it is compiled, not here.
fn type_of(words: &Words, view: &View<'_>) -> (Type, Option<Personal>) {
    match parse(&words.text, &words.span) {
        Ok(ast) => {
            let (expr, _) = check(&ast, view, None);
            let personal = expr.personal().iter().next().copied();
            (expr.ty.clone(), personal)
        }
        Err(_) => (Type::Unknown, None),
    }
}

/// An enumeration of the codes in the cells, or the type of the first cell that is a literal or expression.
fn output_type<'v>(cells: &[&Words], view: impl FnOnce() -> Option<View<'v>>) -> (Type, Option<Personal>) {
    let mut codes: Vec<(Name, Label)> = Vec::new();
    for cell in cells {
        let Ok(ast) = parse(&cell.text, &cell.span) else { continue };
        match (ast.as_name(), literal(&ast)) {
            (Some(code), _) => {
                if !codes.iter().any(|(known, _)| known == code) {
                    codes.push((code.to_string(), plain_label(code)));
                }
            }
            (None, Some((ty, _))) => return (widest(ty), None),
            (None, None) => return view().map_or((Type::Unknown, None), |view| type_of(cell, &view)),
        }
    }
    let ty = if codes.is_empty() { Type::Unknown } else { Type::OneOf(codes.into()) };
    (ty, None)
}

/// A literal's type without what is special about the literal.
fn widest(ty: Type) -> Type {
    match ty {
        Type::Text { .. } => Type::Text { max: 2_000 },
        Type::TermOf(unit) if unit.is_of_clock() => Type::TermOf(calendar::Unit::Hours),
        Type::TermOf(_) => Type::Term,
        other => other,
    }
}
