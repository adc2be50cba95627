//! What a text has (目录), in the order in which it stands there.

use super::{SymbolKind, Workspace};
use crate::model::ElementKind;
use crate::span::Span;

/// A heading, a clause, or a block with what it defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// What it is called.
    pub title: String,
    /// Its ids, or the kind of block.
    pub detail: String,
    /// What a block defines; nothing of a heading or clause.
    pub defines: Option<SymbolKind>,
    /// The heading's or block's line.
    pub span: Span,
    /// As far as what stands under it goes.
    pub end: usize,
    /// What stands under it.
    pub below: Vec<Heading>,
}

impl Workspace {
    /// The contents of a text.
    #[must_use]
    pub fn contents(&self, file: &str) -> Vec<Heading> {
        let mut all: Vec<(usize, Heading)> = Vec::new();
        for element in self.elements.get(file).map(Vec::as_slice).unwrap_or_default() {
            let (level, defines) = match &element.kind {
                ElementKind::Heading(level) => (usize::from(*level), None),
                ElementKind::Block { kind, .. } => (8, Some(defined_by(kind))),
                _ if !element.clauses.is_empty() => (7, None),
                _ => continue,
            };
            let (title, detail) = match &element.kind {
                ElementKind::Block { kind, name } => (titled(kind, name), kind.clone()),
                _ => (element.text.chars().take(60).collect(), element.clauses.join(" ")),
            };
            if title.trim().is_empty() {
                continue;
            }
            let end = element.span.end;
            all.push((level, Heading { title, detail, defines, span: element.span.clone(), end, below: Vec::new() }));
        }
        nested(all)
    }
}

fn titled(kind: &str, name: &str) -> String {
    if name.is_empty() { kind.to_owned() } else { format!("{kind} {name}") }
}

fn defined_by(kind: &str) -> SymbolKind {
    match kind {
        "register" => SymbolKind::Register,
        "form" => SymbolKind::Form,
        "procedure" => SymbolKind::Procedure,
        "step" => SymbolKind::Step,
        "rule" => SymbolKind::Rule,
        "table" => SymbolKind::Table,
        "document" => SymbolKind::Document,
        "duty" => SymbolKind::Duty,
        "view" => SymbolKind::View,
        "fund" => SymbolKind::Fund,
        "share" => SymbolKind::Share,
        _ => SymbolKind::Parameter,
    }
}

/// Each under the nearest one above of a lower level.
fn nested(all: Vec<(usize, Heading)>) -> Vec<Heading> {
    let mut open: Vec<(usize, Heading)> = Vec::new();
    let mut done: Vec<Heading> = Vec::new();
    for (level, heading) in all {
        close(&mut open, &mut done, level);
        open.push((level, heading));
    }
    close(&mut open, &mut done, 0);
    done
}

/// Closes what is not above this level.
fn close(open: &mut Vec<(usize, Heading)>, done: &mut Vec<Heading>, level: usize) {
    while open.last().is_some_and(|(above, _)| *above >= level) {
        let Some((_, closed)) = open.pop() else { return };
        match open.last_mut() {
            Some((_, parent)) => {
                parent.end = parent.end.max(closed.end);
                parent.below.push(closed);
            }
            None => done.push(closed),
        }
    }
}
