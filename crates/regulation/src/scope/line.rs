//! What expressions of a view see of one of its lines, besides the names of the matter, row or place that it belongs to.

use super::outline::{Outline, ProcedureNames};
use super::view::stations;
use crate::blocks::keys::plain_label;
use crate::expr::{NameKind, Named, Type};
use crate::model::{Label, Name, Personal};
use crate::text::yaml::Node;

/// The kinds of line, with the procedures they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// The chosen period.
    Period,
    /// A matter of one of several procedures: what is known of each.
    Matter(Vec<Name>),
    /// A deadline.
    Clock(Vec<Name>),
    /// An act done.
    Act(Vec<Name>),
    /// A document issued.
    Document(Vec<Name>),
    /// One side of an entry posted on a fund.
    Posting(Name),
    /// A tenure of a post.
    Tenure,
    /// A look at personal data.
    Reading,
    /// A place: within a query over matters, the levels are those of the matter, and this is the line's.
    Place,
}

impl Line {
    /// Its names.
    pub fn names(&self) -> &'static [&'static str] {
        match self {
            Line::Period => &["report-from", "report-to"],
            Line::Matter(_) => &["procedure", "number", "open", "opened-on"],
            Line::Clock(_) => &[
                "procedure",
                "clock",
                "clock-step",
                "begun",
                "due",
                "settled-on",
                "settled-by",
                "office",
                "running",
                "suspended",
                "late",
                "in-time",
                "days",
                "days-left",
                "hours-left",
            ],
            Line::Act(_) => &["procedure", "act", "on", "at", "by", "by-clock", "office", "at-step"],
            Line::Document(_) => &[
                "procedure",
                "document",
                "document-number",
                "act",
                "on",
                "by",
                "voided",
                "voided-on",
                "reasons",
                "reason-codes",
                "signed",
                "fields-changed",
            ],
            Line::Posting(_) => {
                &["entry", "entry-no", "posting", "account", "side", "amount", "on", "act", "matter", "reversal"]
            }
            Line::Tenure => &["post", "person", "from", "to", "until", "kind", "behalf", "matter", "current"],
            Line::Place => &["here"],
            Line::Reading => &["subject", "on", "at", "by", "post", "kind", "why"],
        }
    }

    /// What a name stands for.
    pub fn lookup(&self, outline: &Outline<'_>, name: &str) -> Option<Named> {
        let ty = self.names().contains(&name).then(|| self.ty(outline, name))?;
        // Officers act in posts, but anybody may have looked, or tried to.
        let personal = (*self == Line::Reading && name == "by").then_some(Personal::Identity);
        Some(Named::new(ty, NameKind::Element).personal(personal))
    }

    fn ty(&self, outline: &Outline<'_>, name: &str) -> Type {
        match (name, self) {
            ("procedure", Line::Matter(all) | Line::Clock(all) | Line::Act(all) | Line::Document(all)) => {
                let of = |names: &ProcedureNames<'_>| vec![(names.block.name.text.clone(), label(names, "title"))];
                Type::OneOf(codes(outline, all, of).into())
            }
            ("clock-step" | "at-step", Line::Clock(all) | Line::Act(all)) => {
                Type::OneOf(codes(outline, all, |names| stations(names)).into())
            }
            ("act", Line::Act(all) | Line::Document(all)) => Type::OneOf(codes(outline, all, acts).into()),
            ("document", Line::Document(all)) => Type::OneOf(codes(outline, all, documents).into()),
            ("reason-codes", Line::Document(all)) => Type::SomeOf(codes(outline, all, reasons).into()),
            ("entry", Line::Posting(fund)) => Type::OneOf(entries(outline, fund).into()),
            ("account", Line::Posting(fund)) => Type::OneOf(accounts(outline, fund).into()),
            ("side", Line::Posting(_)) => Type::OneOf(sides().into()),
            ("amount", Line::Posting(_)) => Type::number("yuan"),
            ("posting", Line::Posting(_)) => Type::whole(),
            ("reversal", Line::Posting(_)) => Type::Bool,
            ("entry-no" | "act" | "matter", Line::Posting(_)) => Type::Text { max: 200 },
            ("post", Line::Tenure) => Type::Post,
            ("kind" | "matter", Line::Tenure) => Type::Text { max: 200 },
            ("person" | "behalf", _) => Type::Person,
            ("until", Line::Tenure) => Type::Moment,
            ("current", _) => Type::Bool,
            ("kind", _) => Type::OneOf(kinds().into()),
            ("here", _) => Type::Place,
            ("by" | "settled-by", _) => Type::Person,
            ("at", _) => Type::Moment,
            ("days" | "days-left" | "hours-left" | "reasons" | "fields-changed", _) => Type::whole(),
            ("running" | "suspended" | "late" | "in-time" | "by-clock" | "voided" | "signed" | "open", _) => Type::Bool,
            ("clock" | "office" | "document-number" | "post" | "why" | "subject" | "number", _) => {
                Type::Text { max: 200 }
            }
            _ => Type::Date,
        }
    }
}

/// Groups of personal data as the log of looks names them.
fn kinds() -> Vec<(Name, Label)> {
    let all = [
        ("identity", "身份"),
        ("contact", "联系方式"),
        ("bank", "银行账户"),
        ("health", "健康"),
        ("family", "家庭"),
        ("refused", "未准查看"),
    ];
    all.map(|(code, zh)| (code.to_owned(), plain_label(zh))).into()
}

fn entries(outline: &Outline<'_>, fund: &str) -> Vec<(Name, Label)> {
    let fund = outline.funds.get(fund);
    fund.map(|fund| fund.entries.iter().map(|own| (own.name.clone(), own.label.clone())).collect()).unwrap_or_default()
}

fn accounts(outline: &Outline<'_>, fund: &str) -> Vec<(Name, Label)> {
    let fund = outline.funds.get(fund);
    fund.map(|fund| fund.accounts.iter().map(|own| (own.name.clone(), own.label.clone())).collect()).unwrap_or_default()
}

fn sides() -> Vec<(Name, Label)> {
    [("debit", "借"), ("credit", "贷")].map(|(code, zh)| (code.to_owned(), plain_label(zh))).into()
}

/// The codes of several procedures, each once.
fn codes<'o>(
    outline: &'o Outline<'_>,
    procedures: &[Name],
    of: impl Fn(&'o ProcedureNames<'o>) -> Vec<(Name, Label)>,
) -> Vec<(Name, Label)> {
    let mut all: Vec<(Name, Label)> = Vec::new();
    for names in procedures.iter().filter_map(|name| outline.procedures.get(name)) {
        for (code, label) in of(names) {
            if !all.iter().any(|(known, _)| *known == code) {
                all.push((code, label));
            }
        }
    }
    all
}

pub(super) fn acts(names: &ProcedureNames<'_>) -> Vec<(Name, Label)> {
    let act = |act: &super::ActNames<'_>| (act.name.text.clone(), label_of(act.node, "label", &act.name.text));
    names.acts.iter().map(act).collect()
}

pub(super) fn documents(names: &ProcedureNames<'_>) -> Vec<(Name, Label)> {
    names.documents.iter().map(|(name, block)| (name.clone(), label_of(&block.node, "title", name))).collect()
}

/// The codes under which rules give reasons.
fn reasons(names: &ProcedureNames<'_>) -> Vec<(Name, Label)> {
    let mut all = Vec::new();
    for (name, block) in &names.rules {
        let Some(grid) = &block.grid else {
            all.push((name.clone(), plain_label(name)));
            continue;
        };
        let column = grid.header.iter().position(|heading| heading.text == "code");
        let cells = column.into_iter().flat_map(|column| grid.rows.iter().filter_map(move |row| row.cells.get(column)));
        all.extend(cells.map(|cell| (cell.text.clone(), plain_label(&cell.text))));
    }
    all
}

fn label(names: &ProcedureNames<'_>, key: &str) -> Label {
    label_of(&names.block.node, key, &names.block.name.text)
}

/// A label that is read elsewhere with its findings; here only its words count.
fn label_of(node: &Node, key: &str, fallback: &str) -> Label {
    let Some(value) = node.get(key) else { return plain_label(fallback) };
    let text = |node: &Node| node.scalar().map(|words| words.text.clone());
    match text(value) {
        Some(zh) => plain_label(&zh),
        None => Label {
            zh: value.get("zh").and_then(text).unwrap_or_else(|| fallback.to_owned()),
            en: value.get("en").and_then(text),
        },
    }
}
