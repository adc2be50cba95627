//! Shares (数据共享): a register offered to other offices.

use super::block::{Block, is_name};
use super::field::Columns;
use super::{Keys, keys, party};
use crate::findings::{names, reading, shares};
use crate::model::share::{GrantColumns, QualityRule, Refresh, Share, Terms};
use crate::model::{ClauseId, Name, Party};
use crate::notes::SymbolKind;
use crate::scope::{Compiler, View};
use crate::source::Words;
use crate::text::GridRow;
use crate::text::yaml::Node;

const KEYS: [&str; 13] = [
    "share", "title", "note", "register", "where", "fields", "terms", "ground", "update", "owner", "release", "grants",
    "clause",
];
const COLUMNS: [&str; 5] = ["code", "holds", "because", "because-en", "clause"];
const GRANT_KEYS: [&str; 7] = ["share", "office", "from", "until", "ended", "fields", "purpose"];

/// A share; none after a finding about what it cannot do without. The table after it, if any, are its quality rules.
pub(crate) fn read(block: &Block, base: &View<'_>, compiler: &Compiler<'_>) -> Option<Share> {
    let sink = compiler.sink;
    let keys = Keys::open(&block.node, &KEYS, sink);
    let head = block.head();
    let register = register(keys.required("register", head)?, base, compiler);
    let terms = one_of(keys.required("terms", head)?, &Terms::ALL, compiler);
    let update = one_of(keys.required("update", head)?, &Refresh::ALL, compiler);
    let owner = owner(keys.required("owner", head)?, compiler);
    let (register, terms, update, owner) = (register?, terms?, update?, owner?);
    let place = base.of_register(&register);
    Some(Share {
        name: block.name.text.clone(),
        title: keys.label("title", &block.name.text),
        note: keys.get("note").and_then(|node| keys::label(node, sink)),
        only: keys.words("where").map(|words| compiler.condition(&place, words)),
        fields: fields(&keys, &register, compiler),
        ground: keys.get("ground").and_then(|node| keys::label(node, sink)),
        quality: quality(block, &place, compiler),
        release: release(&keys, &register, compiler),
        grants: keys.words("grants").and_then(|words| self::register(words, base, compiler)),
        register,
        terms,
        update,
        owner,
        clauses: block.clauses.clone(),
        span: head.clone(),
    })
}

/// A register that may be named here.
fn register(words: &Words, base: &View<'_>, compiler: &Compiler<'_>) -> Option<Name> {
    if compiler.outline.register(base.draft, &words.text).is_some() {
        compiler.sink.found(&words.span, SymbolKind::Register, "", &words.text);
        return Some(words.text.clone());
    }
    let known = compiler.outline.registers.keys().map(String::as_str);
    compiler.sink.add(names::unknown_register(&words.span, &words.text, known));
    None
}

fn one_of<T: Copy>(words: &Words, all: &[(&str, T)], compiler: &Compiler<'_>) -> Option<T> {
    let found = all.iter().find(|(code, _)| *code == words.text).map(|(_, value)| *value);
    if found.is_none() {
        let codes: Vec<String> = all.iter().map(|(code, _)| format!("`{code}`")).collect();
        let (zh, en) = (format!(" {}", codes.join("、")), codes.join(", "));
        compiler.sink.add(reading::wrong_shape(&words.span, &zh, &en));
    }
    found
}

fn owner(words: &Words, compiler: &Compiler<'_>) -> Option<Party> {
    let party = party::party(words, compiler.sink)?;
    if matches!(party, Party::Office { .. }) {
        return Some(party);
    }
    compiler.sink.add(shares::no_office(&words.span, &words.text));
    None
}

fn fields(keys: &Keys<'_>, register: &str, compiler: &Compiler<'_>) -> Vec<Name> {
    let columns = compiler.outline.registers.get(register).map(|known| known.fields.as_slice()).unwrap_or_default();
    let mut all: Vec<Name> = Vec::new();
    for words in keys.names("fields") {
        compiler.sink.found(&words.span, SymbolKind::Column, register, &words.text);
        if !columns.iter().any(|column| column.name.text == words.text) {
            let known = columns.iter().map(|column| column.name.text.as_str());
            compiler.sink.add(names::unknown_field(&words.span, &words.text, known));
        } else if !all.contains(&words.text) {
            all.push(words.text);
        }
    }
    all
}

fn release(keys: &Keys<'_>, register: &str, compiler: &Compiler<'_>) -> Vec<(Name, ClauseId)> {
    let entry = |(field, node): &(Words, Node)| {
        compiler.sink.found(&field.span, SymbolKind::Column, register, &field.text);
        Some((field.text.clone(), keys::words(node, compiler.sink)?.text.clone()))
    };
    keys.entries("release").iter().filter_map(entry).collect()
}

fn quality(block: &Block, place: &View<'_>, compiler: &Compiler<'_>) -> Vec<QualityRule> {
    let Some(grid) = &block.grid else { return Vec::new() };
    let columns = Columns::find(grid, &COLUMNS, &["code", "holds", "because"], block.head(), compiler.sink);
    let mut all: Vec<QualityRule> = Vec::new();
    for row in &grid.rows {
        let Some(rule) = quality_rule(block, &columns, row, place, compiler) else { continue };
        match all.iter().find(|other| other.code == rule.code) {
            Some(first) => compiler.sink.add(names::duplicate(&rule.span, &rule.code, &first.span)),
            None => all.push(rule),
        }
    }
    all
}

fn quality_rule(
    block: &Block,
    columns: &Columns,
    row: &GridRow,
    place: &View<'_>,
    compiler: &Compiler<'_>,
) -> Option<QualityRule> {
    let code = columns.cell(row, "code")?;
    if !is_name(&code.text) {
        compiler.sink.add(reading::bad_name(&code.span, &code.text));
        return None;
    }
    let own = columns.clauses(row);
    Some(QualityRule {
        code: code.text.clone(),
        holds: compiler.condition(place, columns.cell(row, "holds")?),
        because: compiler.sentence(place, (columns.cell(row, "because")?, columns.filled(row, "because-en"))),
        clauses: if own.is_empty() { block.clauses.clone() } else { own },
        span: code.span.clone(),
    })
}

/// The `grants:` key of a register: which column says what of a grant.
pub(crate) fn grant_columns(node: &Node, register: &str, compiler: &Compiler<'_>) -> Option<GrantColumns> {
    let keys = Keys::open(node, &GRANT_KEYS, compiler.sink);
    for words in node.entries().iter().filter_map(|(_, column)| column.scalar()) {
        compiler.sink.found(&words.span, SymbolKind::Column, register, &words.text);
    }
    let must = |key| keys.required(key, &node.span).map(|words| words.text.clone());
    let may = |key| keys.words(key).map(|words| words.text.clone());
    let (share, office, from, until, purpose) =
        (must("share"), must("office"), must("from"), must("until"), must("purpose"));
    Some(GrantColumns {
        share: share?,
        office: office?,
        from: from?,
        until: until?,
        ended: may("ended"),
        fields: may("fields"),
        purpose: purpose?,
    })
}
