//! What a name is (悬停): kind, type, where it is defined, the text of its clause.

use super::definitions::Definition;
use super::words;
use super::{Mention, Symbol, SymbolKind, Workspace};
use crate::source::LineIndex;
use crate::span::Span;
use std::fmt::Write;

/// What is said of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// The name.
    pub span: Span,
    /// Markdown, in Chinese with English behind it.
    pub markdown: String,
}

/// Clauses longer than this are cut.
const CLAUSE_MAX: usize = 400;

impl Workspace {
    /// What the name at a place is; `None` where nothing is known of it.
    #[must_use]
    pub fn hover(&self, file: &str, byte: usize) -> Option<Hover> {
        let all = self.symbols_at(file, byte);
        let (span, _) = all.first()?;
        let said: Vec<String> = all.iter().filter_map(|(span, symbol)| self.said_of(span, symbol)).collect();
        (!said.is_empty()).then(|| Hover { span: span.clone(), markdown: said.join("\n\n---\n\n") })
    }

    fn said_of(&self, span: &Span, symbol: &Symbol) -> Option<String> {
        match symbol.kind {
            SymbolKind::BuiltIn => self.built_in(span, symbol),
            SymbolKind::Function => {
                words::function(&symbol.name).map(|(form, zh, en)| format!("`{form}`\n\n{zh}\n\n{en}"))
            }
            SymbolKind::Party => Some(party(&symbol.name)),
            _ => self.defined(symbol).next().map(|definition| self.of_definition(definition)),
        }
    }

    fn built_in(&self, span: &Span, symbol: &Symbol) -> Option<String> {
        let is_it = |mention: &&Mention| mention.span == *span && mention.symbol == *symbol;
        let ty = self.mentions.iter().find(is_it).and_then(|mention| mention.ty.clone());
        let (zh, en) = words::built_in(&symbol.name).unwrap_or_default();
        let ty = ty.map(|ty| format!("：{ty}")).unwrap_or_default();
        let mut said = format!("`{}`{ty}", symbol.name);
        if !zh.is_empty() {
            let _ = write!(said, "\n\n{zh}\n\n{en}");
        }
        Some(said)
    }

    fn of_definition(&self, definition: &Definition) -> String {
        let Symbol { kind, of, name } = &definition.symbol;
        let (zh, en) = words::kind(*kind);
        let mut said = format!("**{zh}** {en} `{name}`");
        if let Some(label) = &definition.label {
            let _ = write!(said, " {}", short(label));
        }
        if !of.is_empty() && *kind != SymbolKind::Element {
            let _ = write!(said, "（`{of}`）");
        }
        if let Some(ty) = &definition.ty {
            let _ = write!(said, "\n\n类型 type：{} / {}", ty.zh(), ty.en());
        }
        if let Some(value) = &definition.value {
            let _ = write!(said, "\n\n```\n{value}\n```");
        }
        let _ = write!(said, "\n\n{}", self.place(&definition.span));
        for id in definition.clauses.iter().take(3) {
            if let Some(text) = self.clause(&definition.regulation, id) {
                let _ = write!(said, "\n\n> `{id}` {}", short(text));
            }
        }
        said
    }

    /// Where something is defined, as people say it.
    fn place(&self, span: &Span) -> String {
        let Some(file) = self.file(&span.file) else { return String::new() };
        let (line, _) = LineIndex::new(&file.text).line_column(&file.text, span.start);
        format!("{} 第 {line} 行 line {line}", file.name)
    }
}

fn short(text: &str) -> String {
    let cut: String = text.chars().take(CLAUSE_MAX).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

fn party(name: &str) -> String {
    let (level, desk) = name.split_once('/').unwrap_or((name, ""));
    let level = words::built_in(level).map_or(level, |(zh, _)| zh);
    format!(
        "**当事方** party `{name}`\n\n{level}，岗位或科室 `{desk}`：由事项所在的地方确定\n\nthe desk `{desk}`, found through the matter's place"
    )
}
