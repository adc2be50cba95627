//! Shares (数据共享): registers that are offered to other offices, on what terms.

use super::{ClauseId, Label, Name, Party, Sentence};
use crate::expr::Expr;
use crate::span::Span;

/// A share: which columns of which register other offices may have, and what whoever collects it answers for.
#[derive(Debug, Clone)]
pub struct Share {
    /// Name, unique among all regulations.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// What users should know.
    pub note: Option<Label>,
    /// The register.
    pub register: Name,
    /// Only rows for which this holds.
    pub only: Option<Expr>,
    /// Columns, in order; without any where it is not shared.
    pub fields: Vec<Name>,
    /// On what terms.
    pub terms: Terms,
    /// Why it is not shared (不予共享的依据), or under what conditions it is (共享条件).
    pub ground: Option<Label>,
    /// How often it changes, at the slowest.
    pub update: Refresh,
    /// The office that collects it and answers for it (提供部门).
    pub owner: Party,
    /// What must hold of each row (质量规则).
    pub quality: Vec<QualityRule>,
    /// Personal columns that may be shared, each with the clause that allows it.
    pub release: Vec<(Name, ClauseId)>,
    /// The register of grants; there is one where the terms are conditional.
    pub grants: Option<Name>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// On what terms a register is offered (共享类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// To every office of the county (无条件共享).
    Unconditional,
    /// To offices with a grant in force (有条件共享).
    Conditional,
    /// To nobody (不予共享).
    NotShared,
}

impl Terms {
    /// Every kind with its code.
    pub const ALL: [(&str, Terms); 3] = [
        ("unconditional", Terms::Unconditional),
        ("conditional", Terms::Conditional),
        ("not-shared", Terms::NotShared),
    ];

    /// The code of a regulation and of the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        Terms::ALL.iter().find(|(_, terms)| *terms == self).map_or("", |(code, _)| code)
    }
}

/// How often a share changes (更新周期).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// With every act (实时).
    Realtime,
    /// 每日
    Daily,
    /// 每周
    Weekly,
    /// 每月
    Monthly,
    /// 每季
    Quarterly,
    /// 每年
    Yearly,
    /// Never again (一次性).
    Once,
}

impl Refresh {
    /// Every rhythm with its code.
    pub const ALL: [(&str, Refresh); 7] = [
        ("realtime", Refresh::Realtime),
        ("daily", Refresh::Daily),
        ("weekly", Refresh::Weekly),
        ("monthly", Refresh::Monthly),
        ("quarterly", Refresh::Quarterly),
        ("yearly", Refresh::Yearly),
        ("once", Refresh::Once),
    ];

    /// The code of a regulation and of the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        Refresh::ALL.iter().find(|(_, refresh)| *refresh == self).map_or("", |(code, _)| code)
    }

    /// The longest that one turn takes, in days. `None`: what changes with every act, or never again, cannot be late.
    #[must_use]
    pub fn longest_days(self) -> Option<i64> {
        match self {
            Refresh::Realtime | Refresh::Once => None,
            Refresh::Daily => Some(1),
            Refresh::Weekly => Some(7),
            Refresh::Monthly => Some(31),
            Refresh::Quarterly => Some(92),
            Refresh::Yearly => Some(366),
        }
    }
}

/// Something that must hold of each row of a share (质量规则).
#[derive(Debug, Clone)]
pub struct QualityRule {
    /// Code.
    pub code: Name,
    /// What must hold. Where it cannot be told, it is no fault.
    pub holds: Expr,
    /// Said where it does not.
    pub because: Sentence,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A register whose rows are grants of shares (共享授权): which column says what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantColumns {
    /// Of what: a reference to a register that lists shares.
    pub share: Name,
    /// To which office, as an act's `office` gives it (`county/finance`).
    pub office: Name,
    /// First day.
    pub from: Name,
    /// Last day.
    pub until: Name,
    /// The day from which it no longer holds, where it was ended early.
    pub ended: Option<Name>,
    /// Names of columns granted, between commas or spaces. Nothing in it: all that are not personal.
    pub fields: Option<Name>,
    /// For what.
    pub purpose: Name,
}

impl GrantColumns {
    /// The columns that must be dates.
    pub fn dates(&self) -> impl Iterator<Item = &Name> {
        [&self.from, &self.until].into_iter().chain(&self.ended)
    }

    /// The columns that must be texts.
    pub fn texts(&self) -> impl Iterator<Item = &Name> {
        [&self.office, &self.purpose].into_iter().chain(&self.fields)
    }
}

/// Columns of a register that lists shares (数据资源目录): what each holds of a share.
pub const LISTED: [&str; 10] =
    ["share", "title", "regulation", "register", "provider", "terms", "ground", "update", "fields", "personal"];
