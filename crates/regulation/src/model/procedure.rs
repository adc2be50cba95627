//! Procedures (程序): what a matter is about, how it begins and ends.

use super::{Act, ClauseId, Document, Keep, Label, Name, Publish, Purpose, Rule, Step, Table};
use crate::expr::{Expr, Template};
use crate::span::Span;
use calendar::Term;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A kind of matter (事项) and how it goes.
#[derive(Debug, Clone)]
pub struct Procedure {
    /// Name.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// Stage names for the progress page: heading → steps.
    pub stages: Vec<(Label, Vec<Name>)>,
    /// What a matter is about: name → register or procedure.
    pub about: Vec<About>,
    /// The `about` name whose row owns the personal data of the matter, if any.
    pub owner: Option<Name>,
    /// Number pattern of matters.
    pub number: Option<Series>,
    /// Title of one matter, for lists.
    pub subject: Option<Template>,
    /// Facts in order of dependency.
    pub facts: Vec<Fact>,
    /// Starting acts.
    pub start: Vec<Act>,
    /// Acts possible at any open step.
    pub acts: Vec<Act>,
    /// Sets of acts of which one person may do only one (separation of duties).
    pub apart: Vec<Vec<Name>>,
    /// For what personal data in its matters is opened: its own purposes, else the usual ones.
    pub purposes: Vec<Purpose>,
    /// Rules on the merits (实体条件): what an application is tried against before it is made, and shown for at any step.
    pub merits: Vec<Name>,
    /// Ends: name → label.
    pub ends: Vec<(Name, Label)>,
    /// Steps in document order.
    pub steps: Vec<Step>,
    /// Rules.
    pub rules: BTreeMap<Name, Arc<Rule>>,
    /// Decision tables.
    pub tables: BTreeMap<Name, Arc<Table>>,
    /// Documents.
    pub documents: BTreeMap<Name, Arc<Document>>,
    /// Worst-case statutory duration, computed by the checker.
    pub worst_case: Option<WorstCase>,
    /// Shown among the services to residents.
    pub service: bool,
    /// What in life leads people to it (办事场景), under which pages group the services.
    pub occasion: Option<Label>,
    /// Which parts of it its page tells everybody (公开内容): codes among [`Procedure::PARTS`]; all of them where it is not said.
    pub disclose: Option<Expr>,
    /// How its matters become public (公布).
    pub publish: Option<Box<Publish>>,
    /// How long its matters are kept once they have ended (保存期限).
    pub keep: Option<Box<Keep>>,
    /// Of offices only those see a matter to which it falls (只给经手的看).
    pub confidential: bool,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

impl Procedure {
    /// The parts of a procedure's public page: 条件、程序、要件、时限、结果.
    pub const PARTS: [&str; 5] = ["conditions", "procedure", "papers", "time-limits", "results"];

    /// The step of that name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// The end of that name.
    #[must_use]
    pub fn end(&self, name: &str) -> Option<&Label> {
        self.ends.iter().find(|(end, _)| end == name).map(|(_, label)| label)
    }

    /// Every act with the step it belongs to (`None` = start or any step).
    pub fn all_acts(&self) -> impl Iterator<Item = (Option<&Step>, &Act)> {
        let own = self.start.iter().chain(&self.acts).map(|act| (None, act));
        own.chain(self.steps.iter().flat_map(|step| step.acts.iter().map(move |act| (Some(step), act))))
    }

    /// The act of that name at that step, or among those of any step, or the starting ones.
    #[must_use]
    pub fn act_at(&self, step: Option<&str>, name: &str) -> Option<&Act> {
        match step {
            None => self.start.iter().find(|act| act.name == name),
            Some(step) => self
                .step(step)
                .and_then(|step| step.acts.iter().find(|act| act.name == name))
                .or_else(|| self.acts.iter().find(|act| act.name == name)),
        }
    }
}

/// The longest a procedure may take by law, as promised to the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorstCase {
    /// Calendar days on the longest path, working days counted as 7/5 rounded up.
    pub days: u32,
    /// The path: step and its term.
    pub path: Vec<(Name, Option<Term>)>,
    /// Steps on it without any limit.
    pub unlimited: Vec<Name>,
}

/// What a matter is about.
#[derive(Debug, Clone)]
pub struct About {
    /// Name in expressions.
    pub name: Name,
    /// Register or procedure it points into.
    pub target: AboutTarget,
    /// May be absent.
    pub optional: bool,
    /// Those among which whoever starts a matter chooses (可选范围): a query, asked of the matter that would begin.
    pub offer: Option<Box<Expr>>,
}

/// Target of an [`About`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AboutTarget {
    /// A row of this register.
    Register(Name),
    /// A matter of this procedure.
    Procedure(Name),
}

/// A named, derived value (事实).
#[derive(Debug, Clone)]
pub struct Fact {
    /// Name.
    pub name: Name,
    /// Label.
    pub label: Label,
    /// Its expression.
    pub value: Expr,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
}

/// A gapless series of numbers (编号).
#[derive(Debug, Clone)]
pub struct Series {
    /// `"农宅字{township.code}{year}{n:4}号"`: `n` is the next number, `:4` pads with zeros; may refer to a text parameter.
    pub pattern: Template,
    /// What the count is per: `county`, `township`, `village`, `year`.
    pub per: Vec<Name>,
}
