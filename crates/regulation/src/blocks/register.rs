//! Registers (台账、名录、目录).

use super::block::Block;
use super::field::Columns;
use super::{Keys, form, keep, party, purpose, share};
use crate::expr::{Record, Type, Value};
use crate::finding::Said;
use crate::findings::{Sink, keeping, names, printed, reading};
use crate::model::{Field, Need, PartReader, PrintedRow, Reader, Register};
use crate::notes::SymbolKind;
use crate::scope::{Compiler, Outline, View};
use crate::source::Words;
use crate::span::Span;
use crate::text::{Grid, GridRow};
use jiff::civil::Date;
use std::collections::BTreeMap;

const KEYS: [&str; 12] = [
    "register", "title", "keeper", "key", "readers", "rows", "lists", "grants", "periods", "purposes", "keep", "clause",
];

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
    for name in key.iter().chain(&keys.names("periods")) {
        sink.found(&name.span, SymbolKind::Column, &block.name.text, &name.text);
    }
    let rows_of = keys.words("rows").map(|rows| {
        compiler.procedure(view.draft, rows);
        rows.text.clone()
    });
    let mut register = Register {
        name: block.name.text.clone(),
        title: keys.label("title", &block.name.text),
        keepers: compiler.parties(&view, keys.get("keeper")).0,
        key: key.into_iter().map(|words| words.text).collect(),
        readers: Vec::new(),
        part_readers: Vec::new(),
        purposes: purpose::read(&keys, sink),
        fields: raw.iter().map(|field| form::compile(field, std::slice::from_ref(&view), compiler)).collect(),
        rows_of,
        printed: Vec::new(),
        lists_shares: keys.words("lists").is_some_and(|words| lists_shares(words, sink)),
        keep: keep::read(&keys, &view, compiler, &block.clauses),
        grants: keys.get("grants").and_then(|node| share::grant_columns(node, &block.name.text, compiler)),
        clauses: block.clauses.clone(),
        span: block.head().clone(),
    };
    for words in keys.list("readers") {
        match words.text.split_once(" where ") {
            None => register.readers.extend(party::reader(words, sink)),
            Some((who, rows)) => register.part_readers.extend(part_reader(&register, words, (who, rows), sink)),
        }
    }
    if let (Some(rows), Some(keep)) = (&register.rows_of, &register.keep) {
        sink.add(keeping::rows_are_matters(&keep.span, rows));
    }
    if let Some(grid) = &block.second {
        if !register.keepers.is_empty() || register.rows_of.is_some() {
            sink.add(printed::kept(block.head(), &register.name));
        }
        register.printed = printed_rows(&register, grid, sink);
    }
    if let Some(node) = keys.get("periods") {
        match &keys.names("periods")[..] {
            [from, to]
                if !register.printed.is_empty() && [from, to].iter().all(|name| is_date(&register, &name.text)) =>
            {
                follow_on(&register.printed, (&from.text, &to.text), sink);
            }
            _ => sink.add(printed::no_periods(&node.span)),
        }
    }
    register
}

/// `PARTY where COLUMN == CODE`: a party that reads only the rows with that code. All of a register's are told apart by the same column.
fn part_reader(register: &Register, words: &Words, (who, rows): (&str, &str), sink: &Sink) -> Option<PartReader> {
    let reader = party::reader(&Words { text: who.trim().to_owned(), ..words.clone() }, sink)?;
    let (column, code) = rows.split_once("==").map_or((rows, ""), |(column, code)| (column.trim(), code.trim()));
    let field = register.fields.iter().find(|field| field.name == column && field.derived.is_none());
    let codes = field.and_then(|field| match &field.ty {
        Type::OneOf(codes) => Some(codes),
        _ => None,
    });
    let at = words.text.len() - rows.len() + (rows.len() - rows.trim_start().len());
    if let Some(name) = words.text.get(at..at + column.len()) {
        sink.found(&words.part(at, at + name.len()).span, SymbolKind::Column, &register.name, name);
    }
    let known = codes.is_some_and(|codes| codes.iter().any(|(known, _)| known == code));
    let alone = register.part_readers.iter().all(|other| other.column == column);
    if !known || !alone || register.rows_of.is_some() || reader == Reader::Public {
        sink.add(reading::bad_part_reader(&words.span, &words.text));
        return None;
    }
    Some(PartReader { reader, column: column.to_owned(), code: code.to_owned() })
}

/// `lists: shares`.
fn lists_shares(words: &Words, sink: &Sink) -> bool {
    let known = words.text == "shares";
    if !known {
        sink.add(reading::wrong_shape(&words.span, " `shares`", "`shares`"));
    }
    known
}

fn is_date(register: &Register, column: &str) -> bool {
    register.fields.iter().any(|field| field.name == column && field.ty == Type::Date)
}

/// Printed rows that are periods follow one another: no day belongs to two of them, and none between the first and the last to none.
fn follow_on(rows: &[PrintedRow], (from, to): (&str, &str), sink: &Sink) {
    let day = |row: &PrintedRow, name: &str| row.record.get(name).and_then(Value::as_date);
    let mut periods: Vec<(Date, Date, &Span)> = Vec::new();
    for row in rows {
        let Some(first) = day(row, from) else { continue };
        let last = day(row, to).unwrap_or(Date::MAX);
        if last < first {
            sink.add(printed::backwards(&row.span, first, last));
        } else {
            periods.push((first, last, &row.span));
        }
    }
    periods.sort_by_key(|(first, ..)| *first);
    for pair in periods.windows(2) {
        let [(_, before, earlier), (first, last, later)] = pair else { continue };
        if first <= before {
            sink.add(printed::overlaps(later, earlier, (*first, *before.min(last))));
        } else if before.tomorrow().is_ok_and(|next| next < *first) {
            let gap = (before.tomorrow().unwrap_or(*before), first.yesterday().unwrap_or(*first));
            sink.add(printed::leaves_out(later, earlier, gap));
        }
    }
}

/// The rows printed after the columns, each whole and with a key of its own.
fn printed_rows(register: &Register, grid: &Grid, sink: &Sink) -> Vec<PrintedRow> {
    let stored = || register.fields.iter().filter(|field| field.derived.is_none());
    for field in stored() {
        if let Some(said) = unprintable(field) {
            sink.add(printed::column(&field.span, &field.name, &said));
        }
    }
    let known: Vec<&str> = stored().map(|field| field.name.as_str()).chain(["clause"]).collect();
    let columns = Columns::find(grid, &known, &[], &grid.span, sink);
    for heading in grid.header.iter().filter(|heading| heading.text != "clause") {
        sink.found(&heading.span, SymbolKind::Column, &register.name, &heading.text);
    }
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    let mut rows = Vec::new();
    for row in &grid.rows {
        let row = printed_row(register, &columns, row, sink);
        let parts: Vec<String> = register.key.iter().filter_map(|name| row.record.get(name)).map(Value::show).collect();
        let key = parts.join("/");
        match seen.get(&key) {
            Some(first) => sink.add(printed::twice(&row.span, &key, first)),
            None => {
                seen.insert(key, row.span.clone());
            }
        }
        rows.push(row);
    }
    rows
}

fn printed_row(register: &Register, columns: &Columns, row: &GridRow, sink: &Sink) -> PrintedRow {
    let mut record = Record::new();
    for field in register.fields.iter().filter(|field| field.derived.is_none()) {
        match columns.filled(row, &field.name) {
            Some(cell) => record.extend(printed_value(register, field, cell, sink).map(|v| (field.name.clone(), v))),
            None if matches!(field.need, Need::Must) || register.key.contains(&field.name) => {
                sink.add(printed::missing(&row.span, &field.name));
            }
            None => {}
        }
    }
    PrintedRow { record, clauses: columns.clauses(row), span: row.span.clone() }
}

fn printed_value(register: &Register, field: &Field, cell: &Words, sink: &Sink) -> Option<Value> {
    match Value::parse(&field.ty, &cell.text) {
        Ok(value) => Some(value),
        Err(said) => {
            sink.add(printed::value(&cell.span, &cell.text, &field.name, &said, register.clauses.first()));
            None
        }
    }
}

/// Why a column cannot be printed.
fn unprintable(field: &Field) -> Option<Said> {
    if field.personal.is_some() {
        return Some(Said::new("是个人信息", "holds personal data"));
    }
    match field.ty {
        Type::File | Type::Signature | Type::Records(_) | Type::Plot | Type::Report | Type::Person | Type::Agreed => {
            Some(Said::new("不是一格能写下的", "cannot be written in a cell"))
        }
        _ => None,
    }
}
