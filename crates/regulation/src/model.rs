//! The checked regulation: what the engine, the pages and the analyses read.
//!
//! Only [`crate::check`] makes these values, so nothing unchecked ever runs. Everything is plain data, ordered as in the
//! document or by name, and immutable after checking.

mod act;
mod county;
mod document;
mod duty;
mod force;
mod form;
pub mod fund;
mod keep;
mod parameter;
mod parties;
mod party;
mod places;
mod procedure;
mod publish;
mod purpose;
mod regulation;
mod rule;
pub mod share;
mod step;
mod table;
pub mod view;

pub use act::{Act, Condition, Do, Enter, Erase, ForEach, Open, Tell, To};
pub use county::{CountyChange, CountyEffect, PostEffect};
pub use document::Document;
pub use duty::{Duty, Each, Every, Rhythm};
pub use force::Instrument;
pub use form::{Field, FieldCheck, Form, Need, Personal, PrintedRow, Register};
pub use fund::Fund;
pub use keep::{Keep, KeepLength};
pub use parameter::{CUTOFF, EXTENT, Given, Leeway, Parameter, REMIND_AT, misread};
pub use party::{By, PartReader, Party, Reader};
pub use places::{Founding, PlaceEffect};
pub use procedure::{About, AboutTarget, Fact, Procedure, Series, WorstCase};
pub use publish::{PublicationKind, Publish, Relation};
pub use purpose::Purpose;
pub use regulation::{Clause, ClauseStatus, Element, ElementKind, Regulation, Supplement};
pub use rule::{Holds, Rule, RuleRow};
pub use share::Share;
pub use step::{Consequence, Deadline, DeadlineEnd, RemindAt, Reminder, Step};
pub use table::{CellTest, Hit, Table, TableRow};
pub use view::View;

use crate::expr::{Env, Expr, Template};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A name in a regulation: kebab-case ASCII (`village-review`), or dotted for parameters (`lapse.clock-start`).
pub type Name = String;

/// A clause id such as `hs-4.3.1.b` (条款编号).
pub type ClauseId = String;

/// A text in Chinese and, where given, in English.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// Chinese; never empty (falls back to the name).
    pub zh: String,
    /// English, where the author gave one.
    pub en: Option<String>,
}

impl Label {
    /// For a reader of English: the English, else the Chinese.
    #[must_use]
    pub fn english(&self) -> &str {
        self.en.as_deref().unwrap_or(&self.zh)
    }
}

/// A name that is the same in both languages.
impl<T: Into<String>> From<T> for Label {
    fn from(name: T) -> Self {
        Label { zh: name.into(), en: None }
    }
}

/// A sentence with holes (理由) in Chinese and, where the author gave one, in English.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// Chinese.
    pub zh: Template,
    /// English.
    pub en: Option<Template>,
}

impl Sentence {
    /// The expressions in its holes, in both languages.
    pub fn holes(&self) -> impl Iterator<Item = &Expr> {
        self.zh.holes().chain(self.en.iter().flat_map(Template::holes))
    }

    /// The sentence with its holes filled.
    #[must_use]
    pub fn fill(&self, env: &dyn Env) -> Label {
        Label { zh: self.zh.fill(env, &[]), en: self.en.as_ref().map(|en| en.fill_en(env)) }
    }
}

/// All regulations that run together (法规库), names resolved across them.
#[derive(Debug, Clone, Default)]
pub struct Rulebook {
    /// By regulation id.
    pub regulations: BTreeMap<Name, Arc<Regulation>>,
}

impl Rulebook {
    /// The procedure of that name with its regulation.
    #[must_use]
    pub fn procedure(&self, name: &str) -> Option<(&Arc<Regulation>, &Arc<Procedure>)> {
        self.regulations
            .values()
            .find_map(|regulation| regulation.procedures.get(name).map(|procedure| (regulation, procedure)))
    }

    /// The register of that name with its regulation.
    #[must_use]
    pub fn register(&self, name: &str) -> Option<(&Arc<Regulation>, &Arc<Register>)> {
        self.regulations
            .values()
            .find_map(|regulation| regulation.registers.get(name).map(|register| (regulation, register)))
    }

    /// The fund of that name with its regulation.
    #[must_use]
    pub fn fund(&self, name: &str) -> Option<(&Arc<Regulation>, &Arc<Fund>)> {
        self.regulations.values().find_map(|regulation| regulation.funds.get(name).map(|fund| (regulation, fund)))
    }

    /// The share of that name with its regulation.
    #[must_use]
    pub fn share(&self, name: &str) -> Option<(&Arc<Regulation>, &Arc<Share>)> {
        self.regulations.values().find_map(|regulation| regulation.shares.get(name).map(|share| (regulation, share)))
    }

    /// Every share with its regulation.
    pub fn shares(&self) -> impl Iterator<Item = (&Arc<Regulation>, &Arc<Share>)> {
        let of = |regulation| {
            let regulation: &Arc<Regulation> = regulation;
            regulation.shares.values().map(move |share| (regulation, share))
        };
        self.regulations.values().flat_map(of)
    }

    /// The duty of that name with its regulation.
    #[must_use]
    pub fn duty(&self, name: &str) -> Option<(&Arc<Regulation>, &Arc<Duty>)> {
        self.duties().find(|(_, duty)| duty.name == name)
    }

    /// Every duty with its regulation.
    pub fn duties(&self) -> impl Iterator<Item = (&Arc<Regulation>, &Arc<Duty>)> {
        let of = |regulation| {
            let regulation: &Arc<Regulation> = regulation;
            regulation.duties.values().map(move |duty| (regulation, duty))
        };
        self.regulations.values().flat_map(of)
    }

    /// The form of that name with its regulation.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<(&Arc<Regulation>, &Arc<Form>)> {
        self.regulations.values().find_map(|regulation| regulation.forms.get(name).map(|form| (regulation, form)))
    }
}
