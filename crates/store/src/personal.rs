//! Which parts of an act are personal data (个人信息), by the regulation each matter runs under.

use crate::library::Library;
use regulation::model::{Field, Regulation};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the writing of records asks about people.
pub trait Privacy {
    /// Whose key seals what a matter says.
    fn holder(&self, matter: &str) -> String;
    /// The fields of a form; `None` if unknown, and then everything in it is sealed.
    fn form(&self, matter: &str, form: &str) -> Option<&[Field]>;
    /// The columns of a register.
    fn register(&self, register: &str) -> Option<&[Field]>;
    /// The fields of a form nested in a register's row.
    fn row_form(&self, register: &str, form: &str) -> Option<&[Field]>;
    /// Whether the sub-accounts of a fund's account tell something about a person.
    fn account(&self, fund: &str, account: &str) -> bool;
    /// Whether a value of a document's data may tell something about a person.
    fn document(&self, matter: &str, document: &str, name: &str) -> bool;
}

/// The answers for the matters that one act touches.
pub(crate) struct ActPrivacy<'a> {
    library: &'a Library,
    matters: BTreeMap<String, MatterPrivacy>,
}

struct MatterPrivacy {
    holder: String,
    procedure: String,
    regulation: Option<Arc<Regulation>>,
}

impl<'a> ActPrivacy<'a> {
    pub(crate) fn new(library: &'a Library) -> Self {
        ActPrivacy { library, matters: BTreeMap::new() }
    }

    /// A matter that the act touches.
    pub(crate) fn matter(&mut self, matter: &engine::Matter) {
        let privacy = MatterPrivacy {
            holder: matter_holder(&matter.id, matter.owner.as_deref()),
            procedure: matter.procedure.clone(),
            regulation: self.library.regulation(&matter.regulation, &matter.version),
        };
        self.matters.insert(matter.id.clone(), privacy);
    }

    fn regulation(&self, matter: &str) -> Option<&Regulation> {
        self.matters.get(matter)?.regulation.as_deref()
    }
}

/// Whose key seals what a matter says: its owner's, or one of the matter's own.
pub(crate) fn matter_holder(matter: &str, owner: Option<&str>) -> String {
    engine::keeping::matter_owner(matter, owner)
}

/// Whose key seals the sub-accounts of a fund: the fund's own.
pub(crate) fn fund_holder(fund: &str) -> String {
    format!("fund:{fund}")
}

impl Privacy for ActPrivacy<'_> {
    fn holder(&self, matter: &str) -> String {
        self.matters.get(matter).map_or_else(|| matter_holder(matter, None), |known| known.holder.clone())
    }

    fn form(&self, matter: &str, form: &str) -> Option<&[Field]> {
        let own = self.regulation(matter).and_then(|regulation| regulation.forms.get(form));
        own.map(|form| form.fields.as_slice())
            .or_else(|| self.library.rulebook.form(form).map(|(_, form)| form.fields.as_slice()))
    }

    fn register(&self, register: &str) -> Option<&[Field]> {
        self.library.rulebook.register(register).map(|(_, register)| register.fields.as_slice())
    }

    fn row_form(&self, register: &str, form: &str) -> Option<&[Field]> {
        let (regulation, _) = self.library.rulebook.register(register)?;
        let own = regulation.forms.get(form);
        own.map(|form| form.fields.as_slice())
            .or_else(|| self.library.rulebook.form(form).map(|(_, form)| form.fields.as_slice()))
    }

    fn account(&self, fund: &str, account: &str) -> bool {
        let fund = self.library.rulebook.fund(fund).map(|(_, fund)| fund);
        fund.is_none_or(|fund| fund.account(account).is_none_or(|account| fund.is_sealed(account)))
    }

    fn document(&self, matter: &str, document: &str, name: &str) -> bool {
        let procedure = self.matters.get(matter).map_or("", |known| &known.procedure);
        let known = self
            .regulation(matter)
            .and_then(|regulation| regulation.procedures.get(procedure))
            .and_then(|procedure| procedure.documents.get(document))
            .and_then(|document| document.data.iter().find(|(data, _)| data == name));
        known.is_none_or(|(_, expr)| !expr.personal().is_empty())
    }
}
