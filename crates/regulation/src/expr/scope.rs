//! What the names in an expression stand for. The reader of regulations implements it.

use super::typed::Typed;
use super::types::Type;
use crate::model::{Label, Name, Personal};
use crate::span::Span;
use std::sync::Arc;

/// The names that an expression may use at one place of a regulation.
pub trait Scope {
    /// A root name, or the dotted name of a parameter.
    fn lookup(&self, name: &str) -> Option<Named>;
    /// A member of a handle, a register row, a filed form or an element of a list of records.
    fn member(&self, of: &Type, name: &str) -> Option<Named>;
    /// A register or procedure by name, to be queried.
    fn collection(&self, name: &str) -> Option<Collection>;
    /// Every root name, for "did you mean".
    fn names(&self) -> Vec<String>;
    /// Every member of a type, for "did you mean".
    fn members(&self, of: &Type) -> Vec<String> {
        let _ = of;
        Vec::new()
    }
    /// The expression that was checked before and is the same, so that it is kept once; this one where none is.
    fn same(&self, typed: Typed) -> Arc<Typed> {
        Arc::new(typed)
    }
    /// Takes note that a name was found: what it stands for is known to whoever answers the other questions.
    fn found(&self, name: Found<'_>, span: &Span) {
        let _ = (name, span);
    }
}

/// A name of an expression, as it was found.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// A root name, or the dotted name of a parameter.
    Name(&'a str),
    /// A member.
    Member(&'a Type, &'a str),
    /// A register, procedure, fund's account or form by its name.
    Thing(&'a str),
    /// A function.
    Function(&'a str),
    /// A code of a type, which may be the name of a step, an act, an account.
    Code(&'a [(Name, Label)], &'a str),
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Its type.
    pub ty: Type,
    /// Where its value comes from.
    pub kind: NameKind,
    /// The kind of personal data it holds, if any.
    pub personal: Option<Personal>,
    /// How people call it, in Chinese: for explanations. The name itself where absent.
    pub label: Option<String>,
}

impl Named {
    /// A name without label or personal data.
    #[must_use]
    pub fn new(ty: Type, kind: NameKind) -> Named {
        Named { ty, kind, personal: None, label: None }
    }

    /// With the label beside it.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Named {
        self.label = Some(label.into());
        self
    }

    /// With the kind of personal data it holds.
    #[must_use]
    pub fn personal(mut self, personal: Option<Personal>) -> Named {
        self.personal = personal;
        self
    }
}

/// Where the value of a name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// A parameter.
    Parameter,
    /// A field of a form, or a column of a register.
    Field,
    /// A derived fact of the procedure.
    Fact,
    /// A form.
    Form,
    /// An act.
    Act,
    /// A document.
    Document,
    /// A rule; its value is whether it holds.
    Rule,
    /// An output of a decision table.
    TableOutput,
    /// What the matter is about.
    About,
    /// A level of places (`township`).
    Level,
    /// The asking matter.
    This,
    /// The acting person.
    Actor,
    /// The legal day.
    Today,
    /// The element that a query looks at (`it`), or a member of a handle.
    Element,
}

/// What can be queried.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// The type of its elements: [`Type::Row`] or [`Type::Matter`].
    pub element: Type,
    /// The members by which elements are looked up at once.
    pub indexed: Vec<Name>,
    /// Reading all of it is a usual question: its rows stand in the regulation, or it is an account whose total is kept.
    pub read_whole: bool,
}
