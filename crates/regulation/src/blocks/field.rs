//! Fields of forms and columns of registers, from the rows of a table.

use super::block::{Block, is_name};
use super::keys::{in_both, plain_label};
use super::type_cell::{self, Known, RawType, TypeCell};
use crate::expr::Type;
use crate::findings::{Sink, names, reading};
use crate::model::{ClauseId, Label, Personal};
use crate::source::Words;
use crate::span::Span;
use crate::text::{Grid, GridRow};

/// A field before its expressions are compiled.
#[derive(Debug, Clone)]
pub(crate) struct RawField {
    pub number: Option<String>,
    pub name: Words,
    pub label: Label,
    pub group: Option<Label>,
    pub ty: RawType,
    pub regulation: bool,
    pub personal: Option<Personal>,
    pub need: RawNeed,
    pub checks: Vec<RawCheck>,
    pub warnings: Vec<RawCheck>,
    pub preset: Option<Words>,
    pub hint: Option<Label>,
    pub clauses: Vec<ClauseId>,
}

/// When it must be filled in.
#[derive(Debug, Clone)]
pub(crate) enum RawNeed {
    Must,
    May,
    If(Words),
}

/// A condition and its message.
#[derive(Debug, Clone)]
pub(crate) struct RawCheck {
    pub condition: Words,
    pub because: Option<Words>,
}

const COLUMNS: [&str; 10] = ["field", "label", "label-en", "type", "need", "no", "group", "hint", "clause", "preset"];

/// The fields of a form or register.
pub(crate) fn read(block: &Block, known: &Known, sink: &Sink) -> Vec<RawField> {
    let Some(grid) = &block.grid else { return Vec::new() };
    let columns = Columns::find(grid, &COLUMNS, &["field", "label", "type"], block.head(), sink);
    let mut fields: Vec<RawField> = Vec::new();
    for row in &grid.rows {
        let Some(field) = field(&columns, row, known, sink) else { continue };
        match fields.iter().find(|other| other.name.text == field.name.text) {
            Some(first) => sink.add(names::duplicate(&field.name.span, &field.name.text, &first.name.span)),
            None => fields.push(field),
        }
    }
    fields
}

fn field(columns: &Columns, row: &GridRow, known: &Known, sink: &Sink) -> Option<RawField> {
    let name = columns.cell(row, "field")?.clone();
    if !is_name(&name.text) {
        sink.add(reading::bad_name(&name.span, &name.text));
        return None;
    }
    let label = columns.label(row, &name.text);
    let type_cell = match columns.cell(row, "type") {
        Some(cell) => type_cell::read(cell, known, sink),
        // The missing column is a finding already.
        None => TypeCell { ty: RawType::Plain(Type::Unknown), regulation: false, personal: None },
    };
    let text = |column: &str| columns.filled(row, column).map(|cell| cell.text.clone());
    let mut field = RawField {
        number: text("no"),
        label,
        group: text("group").as_deref().map(in_both),
        ty: type_cell.ty,
        regulation: type_cell.regulation,
        personal: type_cell.personal,
        need: RawNeed::Must,
        checks: Vec::new(),
        warnings: Vec::new(),
        preset: columns.filled(row, "preset").cloned(),
        hint: text("hint").as_deref().map(in_both),
        clauses: columns.clauses(row),
        name,
    };
    if let Some(cell) = columns.filled(row, "need") {
        need(cell, &mut field, sink);
    }
    Some(field)
}

/// `if COND; check COND : message; warn COND`.
fn need(cell: &Words, field: &mut RawField, sink: &Sink) {
    for (index, piece) in cell.split(";").into_iter().enumerate() {
        if let Some(check) = piece.after("check ") {
            field.checks.push(raw_check(&check));
        } else if let Some(check) = piece.after("warn ") {
            field.warnings.push(raw_check(&check));
        } else if index > 0 {
            sink.add(reading::bad_need(&piece.span, &piece.text));
        } else if let Some(condition) = piece.after("if ") {
            field.need = RawNeed::If(condition);
        } else if piece.text == "may" {
            field.need = RawNeed::May;
        } else if piece.text != "must" {
            sink.add(reading::bad_need(&piece.span, &piece.text));
        }
    }
}

fn raw_check(words: &Words) -> RawCheck {
    match words.split_once(" : ") {
        Some((condition, because)) => RawCheck { condition, because: Some(because) },
        None => RawCheck { condition: words.clone(), because: None },
    }
}

/// Which column of a grid is which.
pub(crate) struct Columns {
    at: Vec<(String, usize)>,
}

impl Columns {
    /// Finds columns by heading; unknown and missing ones are findings.
    pub fn find(grid: &Grid, known: &[&str], required: &[&str], head: &Span, sink: &Sink) -> Self {
        let mut at: Vec<(String, usize)> = Vec::new();
        for (index, heading) in grid.header.iter().enumerate() {
            if !known.contains(&heading.text.as_str()) {
                sink.add(reading::column_unknown(&heading.span, &heading.text, known));
            } else if at.iter().any(|(name, _)| *name == heading.text) {
                sink.add(reading::duplicate_key(&heading.span, &heading.text, &grid.span));
            } else {
                at.push((heading.text.clone(), index));
            }
        }
        for column in required.iter().filter(|column| !at.iter().any(|(name, _)| name == *column)) {
            sink.add(reading::column_missing(head, column));
        }
        Columns { at }
    }

    /// The cell of a row, if there is such a column.
    pub fn cell<'a>(&self, row: &'a GridRow, column: &str) -> Option<&'a Words> {
        let (_, index) = self.at.iter().find(|(name, _)| name == column)?;
        row.cells.get(*index)
    }

    /// The cell, unless it is empty or a dash.
    pub fn filled<'a>(&self, row: &'a GridRow, column: &str) -> Option<&'a Words> {
        self.cell(row, column).filter(|cell| !is_dash(&cell.text))
    }

    /// What a row is called: in Chinese under `label`, its name where that is empty; in English under `label-en`.
    pub fn label(&self, row: &GridRow, name: &str) -> Label {
        let zh = self.filled(row, "label").map_or(name, |cell| &cell.text);
        Label { en: self.filled(row, "label-en").map(|cell| cell.text.clone()), ..plain_label(zh) }
    }

    /// The ids in the `clause` column.
    pub fn clauses(&self, row: &GridRow) -> Vec<ClauseId> {
        clause_words(self.filled(row, "clause")).into_iter().map(|words| words.text).collect()
    }
}

/// The ids in a cell, separated by commas or spaces.
pub(crate) fn clause_words(cell: Option<&Words>) -> Vec<Words> {
    let Some(cell) = cell else { return Vec::new() };
    let cell = cell.inside('[', ']').unwrap_or_else(|| cell.clone());
    let by_comma = cell.split(",");
    by_comma.iter().flat_map(|piece| piece.split(" ")).filter(|words| !words.text.is_empty()).collect()
}

/// Nothing, or a dash for nothing.
pub(crate) fn is_dash(text: &str) -> bool {
    matches!(text.trim(), "" | "–" | "-" | "—")
}
