//! Clauses: every one has effect in software or asks nothing of it, and every reference resolves.

use super::{Page, Sink};
use crate::blocks::block::{Block, Kind};
use crate::blocks::field::clause_words;
use crate::checking::status;
use crate::finding::{Finding, OfferKind, Severity};
use crate::model::{Clause, ClauseId, ClauseStatus};
use crate::near::nearest;
use crate::notes::SymbolKind;
use crate::scope::{Draft, Outline};
use crate::source::Words;
use crate::span::Span;
use crate::text::yaml::{Node, Yaml};
use std::collections::BTreeMap;

fn unknown(span: &Span, id: &str, known: &[&str]) -> Finding {
    let finding = Finding::error(
        "GB0205",
        span,
        format!("正文里没有编号为 `{id}` 的条款"),
        format!("no clause of the text has the id `{id}`"),
    )
    .offering(OfferKind::Clause, id, known.iter().copied());
    match nearest(id, known.iter().copied()) {
        Some(near) => finding.hint(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")),
        None => finding
            .hint(format!("在相应的条文末尾加上 `{{#{id}}}`"), format!("put `{{#{id}}}` at the end of that clause")),
    }
}

fn uncovered(clause: &Clause) -> Finding {
    let id = &clause.id;
    Finding::warning(
        "GB0206",
        &clause.span,
        format!("条款 `{id}` 没有任何块落实"),
        format!("no block carries out clause `{id}`"),
    )
    .clause(Some(id))
    .hint(
        format!("写一个块，或在块里加 `clause: {id}`；不要求软件做事的条款标 `{{#{id} .narrative}}`"),
        format!("write a block or add `clause: {id}` to one; mark a clause that asks nothing of software `{{#{id} .narrative}}`"),
    )
}

/// The clauses of each draft with their status; dangling references and uncovered clauses are findings.
pub(super) fn run(outline: &Outline<'_>, sink: &Sink) -> Vec<Vec<Clause>> {
    outline.drafts.iter().map(|draft| of_draft(draft, outline.drafts, sink)).collect()
}

pub(super) fn of_draft(draft: &Draft, all: &[Draft], sink: &Sink) -> Vec<Clause> {
    let implemented = implemented(draft);
    let uses = draft.front.as_ref().map(|front| front.uses.as_slice()).unwrap_or_default();
    let visible =
        all.iter().filter(|other| other.id() == draft.id() || uses.iter().any(|used| used.text == other.id()));
    let visible: Vec<&Draft> = visible.collect();
    let ids = visible.iter().flat_map(|draft| &draft.text.clauses).map(|clause| clause.id.as_str());
    let known: Vec<&str> = ids.collect();
    for words in draft.blocks.iter().flat_map(references) {
        let has = |draft: &&&Draft| draft.text.clauses.iter().any(|clause| clause.id == words.text);
        let own = std::iter::once(&draft).filter(has).chain(visible.iter().filter(has)).next();
        match own {
            Some(other) => sink.found(&words.span, SymbolKind::Clause, other.id(), &words.text),
            None => sink.add(unknown(&words.span, &words.text, &known)),
        }
    }
    let mut clauses = draft.text.clauses.clone();
    for clause in &mut clauses {
        clause.blocks = match implemented.get(&clause.id) {
            Some(blocks) => blocks.clone(),
            None => in_section(clause, &draft.text.clauses, &implemented),
        };
        clause.status = status(clause, &clause.blocks);
        if clause.status == ClauseStatus::Uncovered {
            sink.add(uncovered(clause));
        }
    }
    clauses
}

/// A heading is carried out by what its section carries out.
fn in_section(heading: &Clause, all: &[Clause], implemented: &BTreeMap<ClauseId, Vec<String>>) -> Vec<String> {
    if heading.headings.last() != Some(&heading.text) {
        return Vec::new();
    }
    let inside = all.iter().filter(|clause| clause.headings.starts_with(&heading.headings));
    let mut blocks: Vec<String> = inside.filter_map(|clause| implemented.get(&clause.id)).flatten().cloned().collect();
    blocks.sort();
    blocks.dedup();
    blocks
}

/// Blocks by the clauses that they carry out.
fn implemented(draft: &Draft) -> BTreeMap<ClauseId, Vec<String>> {
    let mut all: BTreeMap<ClauseId, Vec<String>> = BTreeMap::new();
    for block in &draft.blocks {
        let name = match block.kind {
            Kind::Parameter => "parameter".to_string(),
            kind => format!("{} {}", kind.word(), block.name.text),
        };
        let own = references(block).into_iter().map(|words| words.text);
        for id in block.clauses.iter().cloned().chain(own) {
            let blocks = all.entry(id).or_default();
            if !blocks.contains(&name) {
                blocks.push(name.clone());
            }
        }
    }
    all
}

/// Every clause id that a block names: under `clause:`, in a `clause` column, in `release:`, also of what it publishes.
fn references(block: &Block) -> Vec<Words> {
    let mut all = Vec::new();
    in_node(&block.node, &mut all);
    let published = block.node.get("publish").and_then(|publish| publish.get("release"));
    for release in block.node.get("release").into_iter().chain(published) {
        all.extend(release.entries().iter().filter_map(|(_, id)| id.scalar()).cloned());
    }
    for grid in block.grid.iter().chain(&block.second) {
        let Some(column) = grid.header.iter().position(|heading| heading.text == "clause") else { continue };
        let cells = grid.rows.iter().filter_map(|row| row.cells.get(column));
        all.extend(
            cells.filter(|cell| !crate::blocks::field::is_dash(&cell.text)).flat_map(|cell| clause_words(Some(cell))),
        );
    }
    all
}

/// `clause:` anywhere in a mapping, but not among the values of `with:` or `data:`, where it is a name like any other.
fn in_node(node: &Node, all: &mut Vec<Words>) {
    for (key, value) in node.entries() {
        match key.text.as_str() {
            "clause" => all.extend(value.items().iter().filter_map(Node::scalar).cloned()),
            "with" | "data" | "labels" => {}
            _ => in_node(value, all),
        }
    }
    if let Yaml::List(items) = &node.yaml {
        items.iter().for_each(|item| in_node(item, all));
    }
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0205",
        severity: Severity::Error,
        zh: "没有这个条款",
        en: "no such clause",
        why: "A block cites a clause that the text does not have. A decision would cite it too.",
        within: "permit: by",
        wrong: r"by: township/window
clause: x-9",
        right: r"by: township/window
clause: x-1",
    },
    Page {
        code: "GB0206",
        severity: Severity::Warning,
        zh: "条款没有落实",
        en: "a clause that nothing carries out",
        why: "The clause has an id, but no block carries it out and it is not marked as narrative. Either software does something about it, or a person has decided that it need not.",
        within: "permit: blocks",
        wrong: "不予许可的，说明理由。 {#x-3}",
        right: "不予许可的，说明理由。 {#x-3 .narrative}",
    },
];
