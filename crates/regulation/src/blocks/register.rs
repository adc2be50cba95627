//! Registers (台账、名录、目录).

use super::block::Block;
use super::{Keys, form, party};
use crate::findings::names;
use crate::model::Register;
use crate::scope::{Compiler, Outline, View};

const KEYS: [&str; 7] = ["register", "title", "keeper", "key", "readers", "rows", "clause"];

/// A register. Without a keeper its rows come only from acts or are matters.
pub(crate) fn read(outline: &Outline<'_>, block: &Block, base: &View<'_>, compiler: &Compiler<'_>) -> Register {
    let sink = compiler.sink;
    let keys = Keys::open(&block.node, &KEYS, sink);
    let raw = outline.registers.get(&block.name.text).map(|register| register.fields.as_slice()).unwrap_or_default();
    let view = base.of_register(&block.name.text);
    let key = keys.names("key");
    for name in key.iter().filter(|name| !raw.iter().any(|field| field.name.text == name.text)) {
        sink.add(names::unknown_field(&name.span, &name.text, raw.iter().map(|field| field.name.text.as_str())));
    }
    let rows_of = keys.words("rows").map(|rows| {
        compiler.procedure(view.draft, rows);
        rows.text.clone()
    });
    Register {
        name: block.name.text.clone(),
        title: keys.label("title", &block.name.text),
        keepers: compiler.parties(&view, keys.get("keeper")).0,
        key: key.into_iter().map(|words| words.text).collect(),
        readers: keys.list("readers").into_iter().filter_map(|words| party::reader(words, sink)).collect(),
        fields: raw.iter().map(|field| form::compile(field, std::slice::from_ref(&view), compiler)).collect(),
        rows_of,
        clauses: block.clauses.clone(),
        span: block.head().clone(),
    }
}
