//! What a name stands for at one place, told apart from everything else of that name: the same ways as [`View`] looks names up.

use super::line;
use super::outline::Root;
use super::view::{Own, View, stations};
use crate::blocks::field::RawField;
use crate::blocks::type_cell::RawType;
use crate::expr::{Scope, Type};
use crate::model::{Label, Name};
use crate::notes::{Symbol, SymbolKind};

impl View<'_> {
    /// What a root name stands for.
    pub(super) fn symbol_of_name(&self, name: &str) -> Symbol {
        let own = || self.own.iter().find_map(|own| self.symbol_of_own(own, name));
        let root = || self.symbol_of_root(self.procedure.as_deref()?, name);
        own()
            .or_else(|| built_in_first(name))
            .or_else(root)
            .or_else(|| self.symbol_of_parameter(name))
            .unwrap_or_else(|| built_in(name))
    }

    /// A name of the form, register or line that is looked at.
    fn symbol_of_own(&self, own: &Own, name: &str) -> Option<Symbol> {
        match own {
            Own::Form(form) => self.member(&Type::Form(form.clone()), name).map(|_| of(SymbolKind::Field, form, name)),
            Own::Register(register) => {
                self.member(&Type::Row(register.clone()), name).map(|_| of(SymbolKind::Column, register, name))
            }
            Own::Matter => {
                let procedure = self.procedure.as_deref()?;
                self.member(&Type::Matter(procedure.to_owned()), name).map(|_| self.symbol_of_matter(procedure, name))
            }
            Own::Line(line) => line.names().contains(&name).then(|| built_in(name)),
            Own::Sub(account) => {
                let ty = Type::Sub(account.clone());
                self.member(&ty, name).map(|_| self.symbol_of_member(&ty, name))
            }
            Own::Fund(fund) => {
                let found = self.outline.funds.get(fund)?.dimension(name).is_some();
                found.then(|| of(SymbolKind::Dimension, fund, name))
            }
            Own::Element { name: own, at, .. } => (own == name).then(|| match at {
                Some(at) => of(SymbolKind::Element, &format!("{}:{}", at.file, at.start), name),
                None => built_in(name),
            }),
        }
    }

    /// A member of a matter: its state, or a root name of its procedure.
    fn symbol_of_matter(&self, procedure: &str, name: &str) -> Symbol {
        let state = ["open", "step", "ended", "number", "place", "opened-on"].contains(&name);
        if state { built_in(name) } else { self.symbol_of_root(procedure, name).unwrap_or_else(|| built_in(name)) }
    }

    fn symbol_of_root(&self, procedure: &str, name: &str) -> Option<Symbol> {
        let names = self.outline.procedures.get(procedure)?;
        let (kind, owner) = match names.roots.get(name)? {
            Root::Field { form, .. } => (SymbolKind::Field, form.as_str()),
            Root::Fact(_) => (SymbolKind::Fact, procedure),
            Root::Output { table, column } => {
                let outputs = names.tables.get(table).map(|table| table.outputs.as_slice()).unwrap_or_default();
                let own = outputs.get(*column).is_some_and(|(_, output)| output.text == name);
                (if own { SymbolKind::Output } else { SymbolKind::Table }, procedure)
            }
            Root::Form { .. } => (SymbolKind::Form, ""),
            Root::Act(_) => (SymbolKind::Act, procedure),
            Root::Document => (SymbolKind::Document, procedure),
            Root::Rule => (SymbolKind::Rule, procedure),
            Root::About(_) => (SymbolKind::Subject, procedure),
        };
        Some(of(kind, owner, name))
    }

    fn symbol_of_parameter(&self, name: &str) -> Option<Symbol> {
        let (draft, _) = self.outline.parameters.get(name)?;
        self.outline.sees(self.draft, *draft).then(|| of(SymbolKind::Parameter, "", name))
    }

    /// What a member stands for.
    pub(super) fn symbol_of_member(&self, ty: &Type, name: &str) -> Symbol {
        match ty {
            Type::Row(register) => of(SymbolKind::Column, register, name),
            Type::Form(form) => of(SymbolKind::Field, form, name),
            Type::Matter(procedure) => self.symbol_of_matter(procedure, name),
            Type::Share(_, added) if added.name() == name => built_in(name),
            Type::Share(element, _) => self.symbol_of_member(element, name),
            Type::Sub(path) => match path.split_once('.') {
                Some((fund, _)) if self.is_dimension(fund, name) => of(SymbolKind::Dimension, fund, name),
                _ => built_in(name),
            },
            _ => built_in(name),
        }
    }

    /// Where names of things are the codes of a type (`step == review`), the things of that name: of each procedure or fund all of whose names of
    /// that kind are among the codes.
    pub(super) fn symbols_of_code(&self, codes: &[(Name, Label)], code: &str) -> Vec<Symbol> {
        let mut all = Vec::new();
        if self.is_authored(codes) {
            return all;
        }
        let mut add = |kind: SymbolKind, owner: &str, things: Vec<(Name, Label)>| {
            let own = things.iter().any(|(name, _)| name == code);
            let among = things.iter().all(|(name, _)| codes.iter().any(|(known, _)| known == name));
            let alike = things.iter().any(|thing| codes.contains(thing));
            if own && among && alike {
                all.push(of(kind, owner, code));
            }
        };
        for (owner, names) in &self.outline.procedures {
            if names.steps.iter().any(|step| step.name.text == code) {
                add(SymbolKind::Step, owner, stations(names));
            }
            if names.ends.iter().any(|(end, _)| end.text == code) {
                add(SymbolKind::End, owner, stations(names));
            }
            if names.acts.iter().any(|act| act.name.text == code) {
                add(SymbolKind::Act, owner, line::acts(names));
            }
            if names.documents.contains_key(code) {
                add(SymbolKind::Document, owner, line::documents(names));
            }
            if self.outline.duties.get(code).is_some_and(|(_, block)| block.procedure() == owner) {
                add(SymbolKind::Duty, "", self.outline.duties_of(owner));
            }
        }
        for (owner, names) in &self.outline.funds {
            add(
                SymbolKind::Account,
                owner,
                names.accounts.iter().map(|own| (own.name.clone(), own.label.clone())).collect(),
            );
            add(
                SymbolKind::Entry,
                owner,
                names.entries.iter().map(|own| (own.name.clone(), own.label.clone())).collect(),
            );
        }
        all
    }

    /// Whether codes are those of an enumeration that an author wrote, which may happen to have the names of things. Types are shared, so it is
    /// the same list in memory.
    fn is_authored(&self, codes: &[(Name, Label)]) -> bool {
        let same = |ty: &Type| ty.codes().is_some_and(|own| std::ptr::eq(own, codes));
        let outline = self.outline;
        let forms = outline.forms.values().flat_map(|form| &form.fields);
        let columns = outline.registers.values().flat_map(|register| &register.fields);
        let written = |field: &RawField| matches!(&field.ty, RawType::Plain(ty) if same(ty));
        forms.chain(columns).any(written)
            || outline.parameters.values().any(|(_, parameter)| same(&parameter.ty))
            || outline.funds.values().flat_map(|fund| &fund.dimensions).any(|dimension| same(&dimension.ty))
    }

    fn is_dimension(&self, fund: &str, name: &str) -> bool {
        self.outline.funds.get(fund).is_some_and(|fund| fund.dimension(name).is_some())
    }

    /// What is queried, or a form by its name.
    pub(super) fn symbol_of_thing(&self, name: &str) -> Symbol {
        if self.outline.register(self.draft, name).is_some() {
            return of(SymbolKind::Register, "", name);
        }
        if let (Some((fund, account)), Some(_)) = (name.split_once('.'), self.account(name)) {
            return of(SymbolKind::Account, fund, account);
        }
        if self.outline.procedure(self.draft, name).is_some() {
            return of(SymbolKind::Procedure, "", name);
        }
        if self.outline.forms.contains_key(name) { of(SymbolKind::Form, "", name) } else { built_in(name) }
    }
}

/// Names that nothing of a procedure can take.
fn built_in_first(name: &str) -> Option<Symbol> {
    ["this", "actor", "today", "it"].contains(&name).then(|| built_in(name))
}

fn built_in(name: &str) -> Symbol {
    of(SymbolKind::BuiltIn, "", name)
}

fn of(kind: SymbolKind, owner: &str, name: &str) -> Symbol {
    Symbol::new(kind, owner, name)
}
