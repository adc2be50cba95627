//! The manifest of a package, for programs (`docs/formats/archive.md`).

use super::pack::Written;
use super::plan::{ActLine, Item, Kind, Plan, Source, proof_path};
use crate::forms::mask::access_name;
use engine::rights::Access;
use serde_json::{Map, Value, json};

/// What the format is called; another number is another format.
const FORMAT: &str = "gongbao-archive/1";

/// The manifest; `written` has one line for each file of the plan, nothing for what could not be had.
pub(super) fn text(plan: &Plan, written: &[Option<Written>]) -> String {
    let matter = &plan.matter;
    let items = || plan.items.iter().zip(written);
    let absent = items().filter(|(_, written)| written.is_none()).map(|(item, _)| absent(item));
    let manifest = json!({
        "format": FORMAT,
        "as_of": plan.as_of.to_string(),
        "language": plan.lang.code(),
        "matter": {
            "id": matter.id,
            "number": matter.number,
            "title": plan.title,
            "regulation": matter.regulation,
            "version": matter.version,
            "procedure": matter.procedure,
            "place": matter.place,
            "opened_at": matter.opened_at.to_string(),
            "step": matter.step,
            "ended": matter.ended.as_ref().map(|(end, on)| json!({ "end": end, "on": on.to_string() })),
        },
        "access": access_name(plan.access),
        "personal_data": if plan.in_full { "full" } else { "covered" },
        "acts": plan.acts.iter().map(|one| act(plan, one, written)).collect::<Vec<_>>(),
        "files": items().filter_map(|(item, written)| Some(file(plan, item, written.as_ref()?))).collect::<Vec<_>>(),
        "absent": absent.collect::<Vec<_>>(),
    });
    format!("{manifest:#}\n")
}

fn act(plan: &Plan, act: &ActLine, written: &[Option<Written>]) -> Value {
    let proof = act.logged.as_ref().map(|(seq, _)| proof_path(*seq));
    let proof = proof.filter(|path| written.iter().flatten().any(|one| one.path == *path));
    json!({
        "act": act.record.act,
        "label": act.label,
        "on": act.record.on.to_string(),
        "at": act.record.at.to_string(),
        "step": act.record.step,
        "folder": plan.folders[act.folder].name,
        "by": act.who,
        "clauses": act.record.clauses,
        "entry": act.logged.as_ref().map(|(seq, _)| seq),
        "leaf": act.logged.as_ref().map(|(_, leaf)| leaf),
        "proof": proof,
    })
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Filing => "filing",
        Kind::Form => "form",
        Kind::Document => "document",
        Kind::Upload => "upload",
        Kind::Proof => "proof",
        Kind::Keys => "keys",
    }
}

fn file(plan: &Plan, item: &Item, written: &Written) -> Value {
    let mut line = Map::new();
    line.insert("path".to_owned(), json!(written.path));
    line.insert("kind".to_owned(), json!(kind(item.kind)));
    line.insert("title".to_owned(), json!(item.title));
    line.insert("act".to_owned(), json!(item.act));
    line.insert("bytes".to_owned(), json!(written.size));
    line.insert("sha256".to_owned(), json!(written.sha256));
    match &item.source {
        Source::Upload { digest, .. } => {
            line.insert("sm3".to_owned(), json!(digest));
        }
        Source::Document { line: issued, model, .. } => {
            let document = &issued.document;
            let code = Some(&issued.code).filter(|_| model.verifiable && plan.access == Access::Full);
            let voided = document.voided.map(|on| on.to_string());
            line.insert(
                "document".to_owned(),
                json!({ "id": document.id, "number": document.number, "on": document.on.to_string(), "voided": voided, "verification_code": code }),
            );
        }
        Source::Text(_) | Source::Proof(_) | Source::Form { .. } => {}
    }
    Value::Object(line)
}

/// What is not there, and why.
fn absent(item: &Item) -> Value {
    let why = match item.kind {
        Kind::Upload => "erased",
        Kind::Proof => "not-signed-yet",
        Kind::Filing | Kind::Form | Kind::Document | Kind::Keys => "no-template",
    };
    json!({ "path": item.path, "kind": kind(item.kind), "title": item.title, "act": item.act, "why": why })
}
