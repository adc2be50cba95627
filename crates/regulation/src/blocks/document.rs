//! Documents (文书): letters, permits, notices.

use super::block::{Block, is_name};
use super::party::{self, LEVELS};
use super::{Keys, keys};
use crate::expr::{Expr, Type};
use crate::findings::reading;
use crate::model::{ClauseId, Document, Name, Reader, Series};
use crate::scope::{Compiler, View};
use crate::source::Words;
use crate::text::yaml::{Node, Yaml};

const KEYS: [&str; 17] = [
    "document",
    "title",
    "signed",
    "number",
    "display",
    "readers",
    "release",
    "data",
    "labels",
    "paragraphs",
    "reasons",
    "remedies",
    "attach",
    "layout",
    "verifiable",
    "clause",
    "note",
];

/// A document of a procedure.
pub(crate) fn read(block: &Block, view: &View<'_>, compiler: &Compiler<'_>) -> Document {
    let sink = compiler.sink;
    let keys = Keys::open(&block.node, &KEYS, sink);
    printed_names(&keys, sink);
    Document {
        name: block.name.text.clone(),
        title: keys.label("title", &block.name.text),
        signed: keys.words("signed").and_then(|words| compiler.party(view, words)),
        number: keys.get("number").and_then(|node| series(node, view, compiler)),
        display: keys.words("display").map(|words| compiler.typed(view, words, &Type::Term)),
        readers: readers(&keys, view, compiler),
        release: release(&keys, sink),
        data: keys.get("data").map(|node| data(node, view, compiler)).unwrap_or_default(),
        labels: keys
            .entries("labels")
            .iter()
            .filter_map(|(name, node)| Some((name.text.clone(), keys::words(node, sink)?.text.clone())))
            .collect(),
        reasons: keys.words("reasons").map(|words| compiler.any(view, words)),
        remedies: keys.list("remedies").into_iter().map(|words| words.text.clone()).collect(),
        paragraphs: keys.list("paragraphs").into_iter().map(|words| compiler.template(view, words)).collect(),
        attach: keys.list("attach").into_iter().map(|words| compiler.any(view, words)).collect(),
        layout: keys.words("layout").map(|words| words.text.clone()),
        verifiable: keys.yes("verifiable"),
        clauses: block.clauses.clone(),
        span: block.head().clone(),
    }
}

/// Labels and releases name what is printed: under a name of its own, or by the last name of its expression.
fn printed_names(keys: &Keys<'_>, sink: &crate::findings::Sink) {
    let data = keys.get("data").map(|node| if node.entries().is_empty() { node.items() } else { &[] });
    let printed: Vec<Words> = data.unwrap_or_default().iter().filter_map(Node::scalar).map(last_segment).collect();
    for (name, _) in ["labels", "release"].into_iter().flat_map(|key| keys.entries(key)) {
        let same = printed.iter().filter(|other| other.text == name.text);
        same.for_each(|other| sink.same(&name.span, &other.span));
    }
}

fn readers(keys: &Keys<'_>, view: &View<'_>, compiler: &Compiler<'_>) -> Vec<Reader> {
    let mut readers = Vec::new();
    for words in keys.list("readers") {
        match party::reader(words, compiler.sink) {
            Some(Reader::Party(_)) => readers.extend(compiler.party(view, words).map(Reader::Party)),
            Some(reader) => readers.push(reader),
            None => {}
        }
    }
    readers
}

fn release(keys: &Keys<'_>, sink: &crate::findings::Sink) -> Vec<(Name, ClauseId)> {
    let entry = |(field, node): &(Words, Node)| Some((field.text.clone(), keys::words(node, sink)?.text.clone()));
    keys.entries("release").iter().filter_map(entry).collect()
}

/// `[a, filing.b]` or `{ name: EXPR }`.
fn data(node: &Node, view: &View<'_>, compiler: &Compiler<'_>) -> Vec<(Name, Expr)> {
    let named: Vec<(Words, Words)> = match &node.yaml {
        Yaml::Map(entries) => entries
            .iter()
            .filter_map(|(name, node)| Some((name.clone(), keys::words(node, compiler.sink)?.clone())))
            .collect(),
        _ => node
            .items()
            .iter()
            .filter_map(|item| keys::words(item, compiler.sink))
            .map(|words| (last_segment(words), words.clone()))
            .collect(),
    };
    let mut data: Vec<(Name, Expr)> = Vec::new();
    for (name, words) in named {
        if !is_name(&name.text) {
            compiler.sink.add(reading::bad_name(&name.span, &name.text));
        } else if data.iter().any(|(other, _)| *other == name.text) {
            compiler.sink.add(reading::duplicate_key(&name.span, &name.text, &node.span));
        } else {
            data.push((name.text.clone(), compiler.any(view, &words)));
        }
    }
    data
}

/// `filing.requested-plot` is printed as `requested-plot`.
fn last_segment(words: &Words) -> Words {
    let at = words.text.rfind('.').map_or(0, |dot| dot + 1);
    words.part(at, words.text.len()).trimmed()
}

/// `{ pattern: "…{n:4}号", per: [township, year] }`, or the pattern alone.
pub(crate) fn series(node: &Node, view: &View<'_>, compiler: &Compiler<'_>) -> Option<Series> {
    if let Some(pattern) = node.scalar() {
        return Some(Series { pattern: compiler.pattern(view, pattern), per: Vec::new() });
    }
    let keys = Keys::open(node, &["pattern", "per"], compiler.sink);
    let pattern = keys.required("pattern", &node.span)?;
    let per = keys.names("per");
    for word in per.iter().filter(|word| word.text != "year" && !LEVELS.contains(&word.text.as_str())) {
        compiler.sink.add(reading::wrong_shape(
            &word.span,
            " `county`、`township`、`village`、`group` 或 `year`",
            "`county`, `township`, `village`, `group` or `year`",
        ));
    }
    let per = per.into_iter().map(|words| words.text).collect();
    Some(Series { pattern: compiler.pattern(view, pattern), per })
}
