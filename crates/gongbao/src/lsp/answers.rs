//! Answers as the protocol writes them.

use super::folder::Folder;
use super::position::Lines;
use lsp_server::{RequestId, Response};
use regulation::editor::{Completion, Heading, SymbolKind, Workspace};
use regulation::finding::{Finding, OfferKind, Said, Severity};
use regulation::span::Span;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What this server does for an editor.
pub fn capabilities() -> Value {
    json!({
        "textDocumentSync": { "openClose": true, "change": 2, "save": { "includeText": false } },
        "hoverProvider": true,
        "completionProvider": { "triggerCharacters": [".", "/", "{", "[", " "] },
        "definitionProvider": true,
        "referencesProvider": true,
        "renameProvider": { "prepareProvider": true },
        "documentSymbolProvider": true,
    })
}

/// A request that cannot be done, in both languages.
pub fn failed(id: RequestId, said: &Said) -> Response {
    /// `RequestFailed` of the protocol.
    const REQUEST_FAILED: i32 = -32803;
    Response::new_err(id, REQUEST_FAILED, format!("{} / {}", said.zh, said.en))
}

/// A finding at its place, as `gongbao check` prints it.
pub fn diagnostic(folder: &Folder, lines: &BTreeMap<&str, Lines<'_>>, finding: &Finding) -> Option<Value> {
    let own = lines.get(&*finding.span.file)?;
    let related = finding.related.iter().filter_map(|(span, said)| {
        let range = lines.get(&*span.file)?.range(span.start, span.end);
        Some(json!({ "location": { "uri": folder.uri(&span.file)?, "range": range }, "message": both(said) }))
    });
    let related: Vec<Value> = related.collect();
    let mut diagnostic = json!({
        "range": own.range(finding.span.start, visible_end(own.text(), &finding.span)),
        "severity": if finding.severity == Severity::Error { 1 } else { 2 },
        "code": finding.code,
        "source": "gongbao",
        "message": message(finding),
        "relatedInformation": related,
    });
    if let Some(page) = folder.page(finding.code) {
        diagnostic["codeDescription"] = json!({ "href": page });
    }
    Some(diagnostic)
}

fn both(said: &Said) -> String {
    format!("{} / {}", said.zh, said.en)
}

fn message(finding: &Finding) -> String {
    let clause = finding.clause.as_ref().map_or_else(String::new, |clause| format!("（{clause}）"));
    let said = format!("{}{clause} / {}", finding.message.zh, finding.message.en);
    match &finding.hint {
        Some(hint) => format!("{said}\n{}", both(hint)),
        None => said,
    }
}

/// An editor shows nothing of an empty range: then one character, unless the line ends there.
fn visible_end(text: &str, span: &Span) -> usize {
    let next = text.get(span.start..).and_then(|rest| rest.chars().next()).filter(|next| !['\r', '\n'].contains(next));
    if span.end > span.start { span.end } else { span.start + next.map_or(0, char::len_utf8) }
}

pub fn hover(workspace: &Workspace, file: &str, byte: usize) -> Value {
    let (Some(hover), Some(text)) = (workspace.hover(file, byte), workspace.file(file)) else { return Value::Null };
    let range = Lines::new(&text.text).range(hover.span.start, hover.span.end);
    json!({ "contents": { "kind": "markdown", "value": hover.markdown }, "range": range })
}

/// Places in files.
pub fn locations<'a>(folder: &Folder, spans: impl Iterator<Item = &'a Span>) -> Value {
    let location = |span: &Span| {
        let range = folder.lines(&span.file)?.range(span.start, span.end);
        Some(json!({ "uri": folder.uri(&span.file)?, "range": range }))
    };
    spans.filter_map(location).collect()
}

pub fn completions(folder: &Folder, file: &str, byte: usize) -> Value {
    let Some(lines) = folder.lines(file) else { return Value::Null };
    let Some(found) = folder.workspace_as_read().complete(file, lines.text(), byte) else { return Value::Null };
    let range = lines.range(found.replace.start, found.replace.end);
    let items = found.all.iter().enumerate().map(|(place, one)| item(place, one, &range));
    json!({ "isIncomplete": false, "items": items.collect::<Vec<_>>() })
}

fn item(place: usize, one: &Completion, range: &Value) -> Value {
    let new = if one.kind == OfferKind::Key { format!("{}: ", one.name) } else { one.name.clone() };
    let mut item = json!({
        "label": one.name,
        "kind": item_kind(one.kind),
        "detail": one.detail,
        // The likeliest first, whatever the editor would sort by.
        "sortText": format!("{place:04}"),
        "textEdit": { "range": range, "newText": new },
    });
    if let Some(help) = &one.help {
        item["documentation"] = json!({ "kind": "markdown", "value": help });
    }
    item
}

/// `CompletionItemKind` of the protocol.
fn item_kind(kind: OfferKind) -> u8 {
    match kind {
        OfferKind::Function => 3,
        OfferKind::Member => 5,
        OfferKind::Name => 6,
        OfferKind::Type => 7,
        OfferKind::Block => 9,
        OfferKind::Key | OfferKind::Column => 10,
        OfferKind::Unit => 11,
        OfferKind::Word => 14,
        OfferKind::Thing | OfferKind::Clause | OfferKind::Party => 18,
        OfferKind::Code => 20,
    }
}

/// The contents of a text, each below what it stands under.
pub fn symbols(lines: &Lines<'_>, contents: &[Heading]) -> Value {
    let one = |heading: &Heading| {
        json!({
            "name": heading.title,
            "detail": heading.detail,
            "kind": symbol_kind(heading.defines),
            "range": lines.range(heading.span.start, heading.end),
            "selectionRange": lines.range(heading.span.start, heading.span.start),
            "children": symbols(lines, &heading.below),
        })
    };
    contents.iter().map(one).collect()
}

/// `SymbolKind` of the protocol.
fn symbol_kind(defines: Option<SymbolKind>) -> u8 {
    match defines {
        None => 3,
        Some(SymbolKind::Procedure) => 5,
        Some(SymbolKind::Step) => 6,
        Some(SymbolKind::Rule | SymbolKind::Table) => 12,
        Some(SymbolKind::Parameter) => 14,
        Some(SymbolKind::Form | SymbolKind::Register | SymbolKind::Fund | SymbolKind::Share) => 23,
        Some(SymbolKind::Duty) => 24,
        Some(_) => 19,
    }
}
