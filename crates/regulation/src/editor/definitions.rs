//! Where each name is defined (定义之处), and what is known of it there.

use super::Mention;
use crate::blocks::block::{Block, Kind};
use crate::blocks::field::RawField;
use crate::blocks::type_cell::RawType;
use crate::expr::{Named, Scope, Type};
use crate::findings::Sink;
use crate::model::ClauseId;
use crate::notes::{Symbol, SymbolKind};
use crate::scope::{Derived, Draft, Outline, ProcedureNames, View};
use crate::source::Words;
use crate::span::Span;
use crate::text::yaml::Node;

/// A name where it is defined.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// What it is.
    pub symbol: Symbol,
    /// The name.
    pub span: Span,
    /// How people call it, in Chinese.
    pub label: Option<String>,
    /// Its type, where it has a value.
    pub ty: Option<Type>,
    /// What it is worth, as written: of a parameter or a fact.
    pub value: Option<String>,
    /// The regulation it stands in.
    pub regulation: String,
    /// The clauses it carries out.
    pub clauses: Vec<ClauseId>,
}

/// Every definition, in the order of the texts.
pub(super) fn definitions(outline: &Outline<'_>, mentions: &[Mention]) -> Vec<Definition> {
    let sink = Sink::default();
    let derived = Derived::new(&sink);
    let mut all = Collector { outline, all: Vec::new() };
    for (index, draft) in outline.drafts.iter().enumerate() {
        let view = View { outline, derived: &derived, draft: index, procedure: None, own: Vec::new() };
        all.of_draft(draft, &view);
    }
    let elements = mentions.iter().filter(|mention| mention.symbol.kind == SymbolKind::Element);
    for mention in
        elements.filter(|mention| mention.symbol.of == format!("{}:{}", mention.span.file, mention.span.start))
    {
        let draft = outline.drafts.iter().find(|draft| draft.source.file == mention.span.file);
        all.all.push(Definition {
            symbol: mention.symbol.clone(),
            span: mention.span.clone(),
            label: None,
            ty: None,
            value: None,
            regulation: draft.map(|draft| draft.id().to_owned()).unwrap_or_default(),
            clauses: Vec::new(),
        });
    }
    all.all.sort_by(|a, b| a.span.cmp(&b.span));
    all.all
}

struct Collector<'a> {
    outline: &'a Outline<'a>,
    all: Vec<Definition>,
}

impl Collector<'_> {
    fn add(&mut self, draft: &Draft, kind: SymbolKind, of: &str, name: &Words) -> &mut Definition {
        self.all.push(Definition {
            symbol: Symbol::new(kind, of, &name.text),
            span: name.span.clone(),
            label: None,
            ty: None,
            value: None,
            regulation: draft.id().to_owned(),
            clauses: Vec::new(),
        });
        self.all.last_mut().expect("one was just pushed")
    }

    fn block(&mut self, draft: &Draft, kind: SymbolKind, of: &str, block: &Block) -> &mut Definition {
        let definition = self.add(draft, kind, of, &block.name);
        definition.label = ["title", "label"].iter().find_map(|key| said(&block.node, key));
        definition.clauses.clone_from(&block.clauses);
        definition
    }

    fn of_draft(&mut self, draft: &Draft, view: &View<'_>) {
        if let Some(front) = &draft.front {
            let id = Words::new(front.id.clone(), front.span.clone());
            self.add(draft, SymbolKind::Regulation, "", &id).label = Some(front.title.zh.clone());
        }
        self.clauses(draft);
        for block in &draft.blocks {
            self.of_block(draft, block, view);
        }
    }

    /// Ids of clauses, where they stand in braces.
    fn clauses(&mut self, draft: &Draft) {
        for clause in &draft.text.clauses {
            let text = draft.source.text.get(clause.span.start..clause.span.end).unwrap_or_default();
            let mark = format!("#{}", clause.id);
            let ends = |at: usize| text[at + mark.len()..].starts_with(['}', ' ']);
            let Some((at, _)) = text.rmatch_indices(&mark).find(|(at, _)| ends(*at)) else { continue };
            let start = clause.span.start + at + 1;
            let id = Words::new(clause.id.clone(), draft.source.span(start, start + clause.id.len()));
            let definition = self.add(draft, SymbolKind::Clause, draft.id(), &id);
            definition.label = Some(clause.text.clone());
            definition.clauses = vec![clause.id.clone()];
        }
    }

    fn of_block(&mut self, draft: &Draft, block: &Block, view: &View<'_>) {
        let name = block.name.text.as_str();
        let outline = self.outline;
        match block.kind {
            Kind::Parameter => self.parameters(draft, block),
            Kind::Register => {
                self.block(draft, SymbolKind::Register, "", block);
                if let Some(names) = outline.registers.get(name).filter(|names| std::ptr::eq(names.block, block)) {
                    let typed = |field: &RawField| view.member(&Type::Row(name.to_owned()), &field.name.text);
                    self.fields(draft, SymbolKind::Column, block, &names.fields, typed);
                }
            }
            Kind::Form => {
                self.block(draft, SymbolKind::Form, "", block);
                if let Some(names) = outline.forms.get(name).filter(|names| std::ptr::eq(names.block, block)) {
                    let typed = |field: &RawField| view.member(&Type::Form(name.to_owned()), &field.name.text);
                    self.fields(draft, SymbolKind::Field, block, &names.fields, typed);
                }
            }
            Kind::Procedure => {
                self.block(draft, SymbolKind::Procedure, "", block);
                if let Some(names) = outline.procedures.get(name).filter(|names| std::ptr::eq(names.block, block)) {
                    self.procedure(draft, names, view);
                }
            }
            Kind::Step => {
                self.block(draft, SymbolKind::Step, block.procedure(), block);
                self.clocks(draft, block);
            }
            Kind::Rule => {
                self.block(draft, SymbolKind::Rule, block.procedure(), block).ty = Some(Type::Bool);
            }
            Kind::Table => {
                self.block(draft, SymbolKind::Table, block.procedure(), block);
                let view = view.of_procedure(block.procedure());
                for (_, output) in crate::blocks::table::outputs(block) {
                    let ty = view.lookup(&output.text).map(|named| named.ty);
                    let definition = self.add(draft, SymbolKind::Output, block.procedure(), &output);
                    (definition.ty, definition.clauses) = (ty, block.clauses.clone());
                }
            }
            Kind::Document => {
                self.block(draft, SymbolKind::Document, block.procedure(), block);
            }
            Kind::Duty => {
                self.block(draft, SymbolKind::Duty, "", block);
            }
            Kind::Fund => self.fund(draft, block, view),
            Kind::Share => {
                self.block(draft, SymbolKind::Share, "", block);
            }
            Kind::View => self.view(draft, block),
        }
    }

    fn parameters(&mut self, draft: &Draft, block: &Block) {
        for (name, node) in block.node.entries() {
            let found = self.outline.parameters.get(&name.text).map(|(_, parameter)| parameter);
            let Some(parameter) = found.filter(|parameter| parameter.span == name.span) else { continue };
            let written = node.get("value").unwrap_or(node).scalar().map(|words| words.text.clone());
            let definition = self.add(draft, SymbolKind::Parameter, "", name);
            definition.label = Some(parameter.label.zh.clone()).filter(|label| *label != name.text);
            definition.ty = Some(parameter.ty.clone());
            definition.value = written;
            definition.clauses.clone_from(&parameter.clauses);
        }
    }

    fn fields(
        &mut self,
        draft: &Draft,
        kind: SymbolKind,
        block: &Block,
        fields: &[RawField],
        typed: impl Fn(&RawField) -> Option<Named>,
    ) {
        for field in fields {
            let ty = typed(field).map(|named| named.ty);
            let definition = self.add(draft, kind, &block.name.text, &field.name);
            definition.label = Some(field.label.zh.clone());
            definition.ty = ty;
            definition.value = match &field.ty {
                RawType::Derived(words) => Some(words.text.clone()),
                RawType::Plain(_) => None,
            };
            definition.clauses = if field.clauses.is_empty() { block.clauses.clone() } else { field.clauses.clone() };
        }
    }

    fn procedure(&mut self, draft: &Draft, names: &ProcedureNames<'_>, view: &View<'_>) {
        let block = names.block;
        let of = block.name.text.as_str();
        let view = view.of_procedure(of);
        for (name, _) in block.node.get("about").map(Node::entries).unwrap_or_default() {
            let ty = view.lookup(&name.text).map(|named| named.ty);
            self.add(draft, SymbolKind::Subject, of, name).ty = ty;
        }
        for fact in &names.facts {
            let ty = view.member(&Type::Matter(of.to_owned()), &fact.name.text).map(|named| named.ty);
            let definition = self.add(draft, SymbolKind::Fact, of, &fact.name);
            definition.label = Some(fact.label.zh.clone()).filter(|label| *label != fact.name.text);
            (definition.ty, definition.value) = (ty, Some(fact.value.text.clone()));
            definition.clauses = if fact.clauses.is_empty() { block.clauses.clone() } else { fact.clauses.clone() };
        }
        for act in &names.acts {
            let clauses = act.node.get("clause").map(Node::items).unwrap_or_default();
            let definition = self.add(draft, SymbolKind::Act, of, act.name);
            definition.label = said(act.node, "label");
            definition.clauses = clauses.iter().filter_map(Node::scalar).map(|words| words.text.clone()).collect();
        }
        for (end, label) in &names.ends {
            self.add(draft, SymbolKind::End, of, end).label = Some(label.zh.clone());
        }
    }

    /// Clocks with names of their own: `…, named c-x, …`.
    fn clocks(&mut self, draft: &Draft, block: &Block) {
        for due in block.node.get("due").map(Node::items).unwrap_or_default() {
            let Some(words) = due.get("due").unwrap_or(due).scalar() else { continue };
            for name in words.split(",").iter().filter_map(|piece| piece.after("named ")) {
                let definition = self.add(draft, SymbolKind::Clock, block.procedure(), &name);
                (definition.value, definition.clauses) = (Some(words.text.clone()), block.clauses.clone());
            }
        }
    }

    fn fund(&mut self, draft: &Draft, block: &Block, view: &View<'_>) {
        self.block(draft, SymbolKind::Fund, "", block);
        let of = block.name.text.as_str();
        let Some(fund) = view.outline.funds.get(of).filter(|fund| std::ptr::eq(fund.block, block)) else { return };
        for (name, _) in block.node.get("dimensions").map(Node::entries).unwrap_or_default() {
            let Some(own) = fund.dimension(&name.text) else { continue };
            let definition = self.add(draft, SymbolKind::Dimension, of, name);
            (definition.ty, definition.label) = (Some(own.ty.clone()), Some(own.label.zh.clone()));
        }
        for account in &fund.accounts {
            let name = Words::new(account.name.clone(), account.span.clone());
            let definition = self.add(draft, SymbolKind::Account, of, &name);
            (definition.label, definition.clauses) = (Some(account.label.zh.clone()), account.clauses.clone());
        }
        for entry in &fund.entries {
            let name = Words::new(entry.name.clone(), entry.span.clone());
            let definition = self.add(draft, SymbolKind::Entry, of, &name);
            (definition.label, definition.clauses) = (Some(entry.label.zh.clone()), entry.clauses.clone());
        }
    }

    fn view(&mut self, draft: &Draft, block: &Block) {
        self.block(draft, SymbolKind::View, draft.id(), block);
        let of = format!("{}/{}", draft.id(), block.name.text);
        let Some(grid) = &block.grid else { return };
        let at = |heading: &str| grid.header.iter().position(|cell| cell.text == heading);
        let (Some(column), label) = (at("column"), at("label")) else { return };
        for row in &grid.rows {
            let Some(name) = row.cells.get(column).filter(|name| !name.text.is_empty()) else { continue };
            let label = label.and_then(|label| row.cells.get(label)).map(|cell| cell.text.clone());
            let definition = self.add(draft, SymbolKind::ViewColumn, &of, name);
            (definition.label, definition.clauses) = (label, block.clauses.clone());
        }
    }
}

/// A label's Chinese text.
fn said(node: &Node, key: &str) -> Option<String> {
    let node = node.get(key)?;
    node.scalar().or_else(|| node.get("zh")?.scalar()).map(|words| words.text.clone())
}
