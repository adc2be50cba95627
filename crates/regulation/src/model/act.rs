//! Acts (动作) and what they bring about.

use super::{By, ClauseId, CountyChange, CountyEffect, Instrument, Label, Name, Party, PostEffect, Sentence, fund};
use crate::expr::{Expr, Template};
use crate::span::Span;

/// An act (动作): the only way to change anything.
#[derive(Debug, Clone)]
pub struct Act {
    /// Name; a wire value.
    pub name: Name,
    /// Label on its button.
    pub label: Label,
    /// Who may do it (inherited from the step where not given).
    pub by: Vec<By>,
    /// Every party in `by` does it once; `to` applies after the last.
    pub each: bool,
    /// Forms that go with it.
    pub forms: Vec<Name>,
    /// Only at these steps / not at these steps (acts of any step).
    pub not_at: Vec<Name>,
    /// Conditions that refuse it.
    pub require: Vec<Condition>,
    /// Conditions that only warn.
    pub warn: Vec<Condition>,
    /// The act's legal date: a date expression over its form; default the day it is done.
    pub dated: Option<Expr>,
    /// At most once per matter.
    pub once: bool,
    /// Whoever does it proves anew that it is they, by password and second factor (重新验证身份).
    pub identify: bool,
    /// Clocks it stops without leaving the step.
    pub stops: Vec<Name>,
    /// A new end date for the step's first clock (an exception granted).
    pub restart: Option<Expr>,
    /// Documents it issues, each with a condition.
    pub issue: Vec<(Name, Option<Expr>)>,
    /// Documents it voids.
    pub void: Vec<Name>,
    /// Matters it opens.
    pub open: Vec<Open>,
    /// Acts it does on other matters.
    pub does: Vec<Do>,
    /// Register rows it enters or changes.
    pub enter: Vec<Enter>,
    /// What it does to posts and their holders.
    pub county: Vec<CountyEffect>,
    /// Entries it posts on funds.
    pub post: Vec<fund::Post>,
    /// Messages it sends.
    pub tell: Vec<Tell>,
    /// Whose personal data it erases.
    pub erase: Vec<Erase>,
    /// A regulation that it puts into force.
    pub enact: Option<Box<Instrument>>,
    /// A regulation whose force it ends.
    pub revoke: Option<Box<Instrument>>,
    /// Where the matter goes.
    pub to: Option<To>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

impl Act {
    /// Whether whoever holds a post lets another act for them by it (委托代理).
    #[must_use]
    pub fn delegates(&self) -> bool {
        let delegates =
            |effect: &CountyEffect| matches!(effect.what, CountyChange::Post(PostEffect::Appoint { behalf: true, .. }));
        self.county.iter().any(delegates)
    }

    /// Whether it gives somebody a post by the hour.
    #[must_use]
    pub fn lends(&self) -> bool {
        let lends = |effect: &CountyEffect| matches!(effect.what, CountyChange::Post(PostEffect::Lend { .. }));
        self.county.iter().any(lends)
    }
}

/// A condition of an act: a rule by name, or an expression.
#[derive(Debug, Clone)]
pub enum Condition {
    /// A rule of the procedure.
    Rule(Name),
    /// An expression with its reason.
    Expr {
        /// Must hold.
        condition: Box<Expr>,
        /// Said when it does not.
        because: Option<Sentence>,
    },
}

/// Where an act leads.
#[derive(Debug, Clone)]
pub enum To {
    /// A step or an end.
    Place(Name),
    /// Back to the step that this one suspended.
    Back,
    /// One of two, by condition.
    If {
        /// Condition.
        condition: Expr,
        /// If it holds.
        then: Box<To>,
        /// If not.
        otherwise: Box<To>,
    },
    /// Stay.
    Stay,
}

impl To {
    /// Every step or end it may lead to.
    #[must_use]
    pub fn targets(&self) -> Vec<&str> {
        match self {
            To::Place(name) => vec![name],
            To::Back | To::Stay => Vec::new(),
            To::If { then, otherwise, .. } => {
                let mut all = then.targets();
                all.extend(otherwise.targets());
                all
            }
        }
    }
}

/// Opening another matter.
#[derive(Debug, Clone)]
pub struct Open {
    /// Procedure.
    pub procedure: Name,
    /// Its starting act.
    pub act: Name,
    /// Once for each element of a list; an element named like an `about` or field fills it.
    pub each: Option<ForEach>,
    /// Only if.
    pub when: Option<Expr>,
    /// `about` values and form fields: name → expression.
    pub with: Vec<(Name, Expr)>,
}

/// The list that an effect runs over.
#[derive(Debug, Clone)]
pub struct ForEach {
    /// What an element is called in the effect.
    pub name: Name,
    /// A list or query.
    pub list: Expr,
}

/// Doing an act on another matter.
#[derive(Debug, Clone)]
pub struct Do {
    /// Act.
    pub act: Name,
    /// Once for each element of a list.
    pub each: Option<ForEach>,
    /// The matter (an `about` name) or a query for several.
    pub on: Expr,
    /// Only if.
    pub when: Option<Expr>,
    /// Form fields: name → expression.
    pub with: Vec<(Name, Expr)>,
}

/// Entering or changing a register row.
#[derive(Debug, Clone)]
pub struct Enter {
    /// Register.
    pub register: Name,
    /// Once for each element of a list.
    pub each: Option<ForEach>,
    /// Only if.
    pub when: Option<Expr>,
    /// Columns: name → expression; the key columns select the row, which is made if absent.
    pub with: Vec<(Name, Expr)>,
}

/// Erasing all personal data of an owner (依法删除): the keys go, and with them everything that they seal.
#[derive(Debug, Clone)]
pub struct Erase {
    /// Once for each element of a list.
    pub each: Option<ForEach>,
    /// A row, a matter, or a text that names an owner.
    pub what: Expr,
    /// Only if.
    pub when: Option<Expr>,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Tell {
    /// To.
    pub to: Party,
    /// Text.
    pub text: Template,
    /// Once for each element of a list.
    pub each: Option<ForEach>,
    /// Only if.
    pub when: Option<Expr>,
}
