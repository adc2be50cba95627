//! Publications (公布): which matters everybody may read, and what of them.

use super::{ClauseId, Name};
use crate::expr::{Expr, Template};
use crate::span::Span;

/// How the matters of a procedure become public.
///
/// What is published is computed when an act changes it, and recorded with that act: a text that was public stays readable and
/// provable, whatever the regulation or its parameters become.
#[derive(Debug, Clone)]
pub struct Publish {
    /// What it is.
    pub kind: PublicationKind,
    /// The first day on which it is public; while missing, it is not.
    pub public: Expr,
    /// Title.
    pub title: Template,
    /// Number (文号、期号).
    pub number: Option<Template>,
    /// Who issues it (发文机关).
    pub issuer: Option<Template>,
    /// Kind of document (文种).
    pub category: Option<Template>,
    /// The text, as Markdown or as a gazette prints it: pieces one after the other, those with something missing left out.
    pub body: Vec<Template>,
    /// What readers must know about it, such as a correction (更正说明).
    pub note: Option<Template>,
    /// Date of signature (成文日期).
    pub signed: Option<Expr>,
    /// First day in force (施行日期).
    pub effective: Option<Expr>,
    /// Last day in force (有效期).
    pub until: Option<Expr>,
    /// Files that belong to it.
    pub attachments: Vec<Expr>,
    /// What it is a part of: the issue of a document.
    pub part_of: Option<Expr>,
    /// What it does to other publications.
    pub relations: Vec<(Relation, Expr)>,
    /// Personal fields that may be published, with the clause that allows it.
    pub release: Vec<(Name, ClauseId)>,
    /// Where.
    pub span: Span,
}

impl Publish {
    /// Its texts with holes.
    pub fn texts(&self) -> impl Iterator<Item = &Template> {
        let may = [&self.number, &self.issuer, &self.category, &self.note];
        std::iter::once(&self.title).chain(may.into_iter().flatten()).chain(&self.body)
    }

    /// Its expressions outside texts.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let may = [&self.signed, &self.effective, &self.until, &self.part_of];
        let relations = self.relations.iter().map(|(_, target)| target);
        std::iter::once(&self.public).chain(may.into_iter().flatten()).chain(&self.attachments).chain(relations)
    }
}

/// What a publication is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PublicationKind {
    /// A document (公文).
    Document,
    /// An issue of a periodical (期).
    Issue,
}

impl PublicationKind {
    /// Every kind with its code.
    pub const ALL: [(&str, PublicationKind); 2] =
        [("document", PublicationKind::Document), ("issue", PublicationKind::Issue)];

    /// The code of a regulation and of the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            PublicationKind::Document => "document",
            PublicationKind::Issue => "issue",
        }
    }
}

/// What one publication does to another (文件关系).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// 修改
    Amends,
    /// 废止、替代
    Repeals,
    /// 更正
    Corrects,
    /// 引用
    Cites,
}

impl Relation {
    /// Every relation with its code, which is also its key.
    pub const ALL: [(&str, Relation); 4] = [
        ("amends", Relation::Amends),
        ("repeals", Relation::Repeals),
        ("corrects", Relation::Corrects),
        ("cites", Relation::Cites),
    ];

    /// The code of a regulation and of the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Relation::Amends => "amends",
            Relation::Repeals => "repeals",
            Relation::Corrects => "corrects",
            Relation::Cites => "cites",
        }
    }
}
