//! The regulation as a whole (规范性文件): its text, its clauses, what it defines.

use super::{ClauseId, Duty, Form, Fund, Label, Name, Parameter, Procedure, Register, Share, View};
use crate::span::Span;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One checked regulation (规范性文件), of one version.
#[derive(Debug, Clone)]
pub struct Regulation {
    /// Short id (`dogs`), also the name of its file and folder.
    pub id: Name,
    /// Title.
    pub title: Label,
    /// Document number (文号).
    pub number: String,
    /// The issuing office's code.
    pub issuer: Name,
    /// Date of issue.
    pub issued: Date,
    /// First day in force.
    pub effective: Date,
    /// Last day in force, where fixed.
    pub until: Option<Date>,
    /// On trial (试行).
    pub trial: bool,
    /// Whether everybody may read it and what it runs; else only those who hold a post (不予公开).
    pub public: bool,
    /// What a county adds to it (本县补充), if its text was laid over it.
    pub supplement: Option<Box<Supplement>>,
    /// Legal bases (依据), cited in decisions.
    pub basis: Vec<String>,
    /// Ids of the regulations whose registers and forms this one uses.
    pub uses: Vec<Name>,
    /// SM3 of the source text in hex: the version.
    pub version: String,
    /// File name as given to the reader.
    pub file: String,
    /// The whole source text, for display and spans.
    pub source: Arc<str>,
    /// The text's elements in order, for the page.
    pub text: Vec<Element>,
    /// Every clause id in order.
    pub clauses: Vec<Clause>,
    /// Parameters by name.
    pub parameters: BTreeMap<Name, Arc<Parameter>>,
    /// Registers by name.
    pub registers: BTreeMap<Name, Arc<Register>>,
    /// Forms by name.
    pub forms: BTreeMap<Name, Arc<Form>>,
    /// Procedures by name.
    pub procedures: BTreeMap<Name, Arc<Procedure>>,
    /// Duties by name.
    pub duties: BTreeMap<Name, Arc<Duty>>,
    /// Views by name.
    pub views: BTreeMap<Name, Arc<View>>,
    /// Funds by name.
    pub funds: BTreeMap<Name, Arc<Fund>>,
    /// Shares by name.
    pub shares: BTreeMap<Name, Arc<Share>>,
}

impl Regulation {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn is_in_force(&self, on: Date) -> bool {
        self.effective <= on && self.until.is_none_or(|until| on <= until)
    }
}

/// What a county adds to a base regulation (本县补充), in one text with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplement {
    /// Title.
    pub title: String,
    /// Document number (文号).
    pub number: String,
    /// The issuing office's code.
    pub issuer: Name,
    /// Date of issue.
    pub issued: Date,
    /// First day on which its values of parameters hold.
    pub effective: Date,
    /// The byte of the source at which it begins.
    pub at: usize,
}

/// An element of the text, for display.
#[derive(Debug, Clone)]
pub struct Element {
    /// What it is.
    pub kind: ElementKind,
    /// Plain text without the attribute braces; empty of a block and of a table.
    pub text: String,
    /// Clause ids it carries.
    pub clauses: Vec<ClauseId>,
    /// Where it stands.
    pub span: Span,
}

/// The kind of an [`Element`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ElementKind {
    /// A heading of level 1–6.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A list item, with its depth (0 = outermost) and its number in an ordered list.
    Item {
        /// Depth.
        depth: u8,
        /// Number, if ordered.
        number: Option<u64>,
    },
    /// A quotation (editor's note).
    Quote,
    /// A plain table: rows of cells, the first is the header.
    Table(Vec<Vec<String>>),
    /// A machine block: its kind (`step`) and the name of what it defines.
    Block {
        /// Kind.
        kind: String,
        /// Defined name.
        name: Name,
    },
}

/// A clause of the regulation (条款).
#[derive(Debug, Clone)]
pub struct Clause {
    /// Id.
    pub id: ClauseId,
    /// Headings above it, outermost first, then its own text: "四 › （三）乡镇审批 › 受理".
    pub headings: Vec<String>,
    /// Its own text.
    pub text: String,
    /// Where.
    pub span: Span,
    /// Implemented, narrative or uncovered.
    pub status: ClauseStatus,
    /// Names of the blocks (and rows) that implement it.
    pub blocks: Vec<String>,
}

/// Whether a clause has effect in software.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClauseStatus {
    /// A block or row carries it out.
    Implemented,
    /// Marked as asking nothing of software.
    Narrative,
    /// Neither: a finding.
    Uncovered,
    /// Set aside by a county's supplement: what stands under it does not run.
    NotApplied,
}
