//! JSON: the contract of `gongbao gazette parse --format json` (docs/formats/gazette-json.md). Fields are added, never changed.

use serde_json::{Value, json};

use crate::model::{
    Attachment, Block, BlockKind, ContentsEntry, Document, Doubt, Gazette, Issue, Level, Lines, Member, Part, PartKind,
    Repair, Signature, Table, TableKind,
};
use crate::normal::normal;

/// A gazette as one JSON value.
pub fn json(gazette: &Gazette) -> Value {
    json!({
        "issue": issue(&gazette.issue),
        "contents": gazette.contents.iter().map(|entry| contents(entry, gazette)).collect::<Vec<_>>(),
        "documents": gazette.documents.iter().map(document).collect::<Vec<_>>(),
        "repairs": gazette.repairs.iter().map(repair).collect::<Vec<_>>(),
        "doubts": gazette.doubts.iter().map(doubt).collect::<Vec<_>>(),
        "lines": gazette.line_count,
    })
}

fn issue(issue: &Issue) -> Value {
    json!({
        "name": issue.name,
        "name_latin": issue.name_latin,
        "year": issue.year,
        "number": issue.number,
        "published_on": issue.published_on.map(|date| date.to_string()),
        "frequency": issue.frequency,
        "sponsor": issue.sponsor,
        "address": issue.address,
        "postcode": issue.postcode,
        "telephone": issue.telephone,
        "distribution": issue.distribution,
        "purposes": issue.purposes,
    })
}

fn contents(entry: &ContentsEntry, gazette: &Gazette) -> Value {
    let matched = entry.document.map(|index| gazette.documents[index].number.to_string());
    json!({
        "number": entry.number.as_ref().map(ToString::to_string),
        "title": entry.title,
        "page": entry.page,
        "group": entry.group,
        "line": entry.line,
        "document": matched,
    })
}

fn document(document: &Document) -> Value {
    json!({
        "number": document.number.to_string(),
        "title": document.title,
        "title_lines": document.title_lines,
        "kind": document.kind,
        "issuer": document.issuer,
        "group": document.group,
        "date": document.signed_on.map(|date| date.to_string()),
        "public": document.public_mark.is_some(),
        "addressees": document.addressees,
        "attachments": document.attachments.iter().map(|annex| attachment(annex, document)).collect::<Vec<_>>(),
        "listed": document.listed,
        "page": document.page,
        "signature": signature(&document.signature),
        "cites": document.cites.iter().map(|cite| json!({ "number": cite.number.to_string(), "line": cite.line })).collect::<Vec<_>>(),
        "lines": lines(document.lines),
        "head": blocks(&document.head),
        "body": blocks(&document.body),
        "foot": blocks(&document.foot),
        "parts": document.parts.iter().map(part).collect::<Vec<_>>(),
    })
}

fn lines(lines: Lines) -> Value {
    json!({ "first": lines.first, "last": lines.last })
}

fn signature(signature: &Signature) -> Value {
    json!({
        "issuer": signature.issuer,
        "line": signature.line,
        "post": signature.post,
        "holder": signature.holder,
        "date_line": signature.date_line,
        "in_table": signature.in_table,
    })
}

fn attachment(annex: &Attachment, document: &Document) -> Value {
    json!({
        "title": annex.title(),
        "ordinal": annex.ordinal,
        "listed_title": annex.listed_title,
        "body_title": annex.body_title,
        "printed": annex.part.is_some(),
        "lines": annex.part.map(|part| lines(document.parts[part].lines)),
    })
}

fn part(part: &Part) -> Value {
    let (kind, ordinal) = match part.kind {
        PartKind::Instrument => ("instrument", None),
        PartKind::Annex { ordinal } => ("annex", ordinal),
        PartKind::Sheet => ("sheet", None),
    };
    json!({
        "kind": kind,
        "ordinal": ordinal,
        "title": part.title,
        "lines": lines(part.lines),
        "blocks": blocks(&part.blocks),
    })
}

fn blocks(blocks: &[Block]) -> Vec<Value> {
    blocks.iter().map(block).collect()
}

fn block(block: &Block) -> Value {
    let (kind, level) = kind(block.kind);
    let mut value = json!({
        "kind": kind,
        "text": block.text,
        "lines": block.pieces.iter().map(|piece| piece.line).collect::<Vec<_>>(),
    });
    let mut add = |name: &str, field: Value| value[name] = field;
    let normal = normal(&block.text);
    if normal != block.text {
        add("normal", normal.into());
    }
    if let Some(level) = level {
        add("level", level.into());
    }
    if let Some(ordinal) = block.ordinal {
        add("ordinal", ordinal.into());
    }
    if let Some(table) = &block.table {
        add("table", self::table(table));
    }
    if !block.children.is_empty() {
        add("children", blocks(&block.children).into());
    }
    value
}

fn kind(kind: BlockKind) -> (&'static str, Option<&'static str>) {
    let name = match kind {
        BlockKind::Heading(level) => return ("heading", Some(self::level(level))),
        BlockKind::Paragraph => "paragraph",
        BlockKind::Item => "list_item",
        BlockKind::Table => "table",
        BlockKind::Responsibility => "responsibility",
        BlockKind::Title => "title",
        BlockKind::Number => "number",
        BlockKind::Addressee => "addressee",
        BlockKind::Closing => "closing",
        BlockKind::Signature => "signature",
        BlockKind::Date => "date",
        BlockKind::PublicMark => "public_mark",
        BlockKind::AnnexMarker => "annex_marker",
        BlockKind::AnnexEntry => "annex_entry",
        BlockKind::FormFoot => "form_foot",
        BlockKind::Contents => "contents",
        BlockKind::Cover => "cover",
    };
    (name, None)
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Chapter => "chapter",
        Level::Article => "article",
        Level::One => "l1",
        Level::Two => "l2",
        Level::Three => "l3",
        Level::Four => "l4",
    }
}

fn table(table: &Table) -> Value {
    let kind = match table.kind {
        TableKind::Grid => "grid",
        TableKind::Form => "form",
        TableKind::Roster => "roster",
        TableKind::ColumnFlow => "column_flow",
    };
    json!({
        "kind": kind,
        "header": table.header,
        "rows": table.rows,
        "members": table.members.iter().map(member).collect::<Vec<_>>(),
        "notes": table.notes,
        "page_parts": table.page_parts,
        "cut_cells": table.cut_cells.iter().map(|cell| json!({ "row": cell.row, "column": cell.column })).collect::<Vec<_>>(),
    })
}

fn member(member: &Member) -> Value {
    json!({ "role": member.role, "name": member.name, "post": member.post, "contact": member.contact, "line": member.line })
}

fn repair(repair: &Repair) -> Value {
    json!({ "line": repair.line, "what": repair.said.zh, "what_en": repair.said.en, "rule": repair.rule.to_string() })
}

fn doubt(doubt: &Doubt) -> Value {
    let meaning = doubt.code.meaning();
    json!({
        "line": doubt.line,
        "what": doubt.said.zh,
        "what_en": doubt.said.en,
        "code": doubt.code.to_string(),
        "level": meaning.level.to_string(),
        "clause": meaning.clause,
        "hint": meaning.hint_zh,
        "hint_en": meaning.hint_en,
    })
}
