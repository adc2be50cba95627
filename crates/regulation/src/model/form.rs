//! Registers and forms (台账、表单): fields with their types, needs and checks.

use super::share::GrantColumns;
use super::{By, ClauseId, Keep, Label, Name, PartReader, Purpose, Reader};
use crate::expr::{Expr, Record, Template, Type};
use crate::span::Span;

/// A typed register (台账、名录、目录).
#[derive(Debug, Clone)]
pub struct Register {
    /// Name.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// Who enters and changes rows.
    pub keepers: Vec<By>,
    /// Key columns.
    pub key: Vec<Name>,
    /// Who may read it.
    pub readers: Vec<Reader>,
    /// Who may read some of its rows, all by the same column.
    pub part_readers: Vec<PartReader>,
    /// For what personal data in its rows is opened: its own purposes, else the usual ones.
    pub purposes: Vec<Purpose>,
    /// Columns.
    pub fields: Vec<Field>,
    /// `Some(procedure)` when the rows are matters, not entered by hand.
    pub rows_of: Option<Name>,
    /// Rows printed in the regulation (随文印发); where there are any, the register has no others.
    pub printed: Vec<PrintedRow>,
    /// Its rows are the shares of all regulations in force (数据资源目录); it has no others.
    pub lists_shares: bool,
    /// How long its rows are kept (保存期限); where it is not said, nobody may say that it is over.
    pub keep: Option<Box<Keep>>,
    /// Its rows are grants of shares (共享授权), and these columns say what.
    pub grants: Option<GrantColumns>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A row of a register that stands in the regulation itself.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedRow {
    /// Columns that are filled in.
    pub record: Record,
    /// Its own clauses, besides those of the register.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A form (表单).
#[derive(Debug, Clone)]
pub struct Form {
    /// Name.
    pub name: Name,
    /// Title as printed.
    pub title: Label,
    /// Fields in order, with group headings.
    pub fields: Vec<Field>,
    /// File name of the Typst template in the regulation's folder, if it prints.
    pub layout: Option<String>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

impl Form {
    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A field of a form or a column of a register.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// The spec's field number (`f1.18`), if any.
    pub number: Option<String>,
    /// Name.
    pub name: Name,
    /// Label beside it.
    pub label: Label,
    /// Group heading above it, where a new group starts (`group` column).
    pub group: Option<Label>,
    /// Type.
    pub ty: Type,
    /// Its text is that of a regulation: it must have no error among those that run.
    pub regulation: bool,
    /// Kind of personal data, if any.
    pub personal: Option<Personal>,
    /// When it must be filled in.
    pub need: Need,
    /// Conditions that refuse the form, with messages.
    pub checks: Vec<FieldCheck>,
    /// Conditions that only warn.
    pub warnings: Vec<FieldCheck>,
    /// Derived: computed, not asked.
    pub derived: Option<Expr>,
    /// Value shown at first.
    pub preset: Option<Expr>,
    /// Help under the field.
    pub hint: Option<Label>,
    /// Clause.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A condition on a field.
#[derive(Debug, Clone)]
pub struct FieldCheck {
    /// Must hold.
    pub condition: Expr,
    /// Said when it does not; a default is made from the explanation.
    pub because: Option<Template>,
}

/// When a field must be filled in.
#[derive(Debug, Clone, Default)]
pub enum Need {
    /// Always (必填).
    Must,
    /// Never (选填).
    #[default]
    May,
    /// If the condition holds; otherwise it is not asked.
    If(Expr),
}

/// Kinds of personal data (个人信息).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Personal {
    /// Names, identity numbers, signatures.
    Identity,
    /// Telephone, address.
    Contact,
    /// Bank accounts.
    Bank,
    /// Health.
    Health,
    /// Family relations.
    Family,
}
