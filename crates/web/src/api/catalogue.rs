//! `/procedures/{id}`, `/notices`, `/documents/{id}`: what is public of regulations and of what was issued.

use super::view;
use crate::components::figure::Kind;
use crate::pages::process::Drawing;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Json;
use regulation::model::{About, AboutTarget, Act, Field, Form, Need, To};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Snapshot;
use store::pages::Cut;

/// Lines on a page of a list.
const LINES: usize = 100;

/// A procedure: subjects, acts, steps, ends, forms, worst-case duration.
pub async fn procedure(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let app: App = state;
    work(&app, move |app| app.read(|snapshot| described(snapshot, &visitor, &id).map(Json))).await
}

fn described(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Value, Problem> {
    let (regulation, procedure) = crate::pages::services::procedure(snapshot, id)?;
    let names = crate::pages::home::names(snapshot, visitor);
    let drawing = Drawing { names, regulation, procedure, on: visitor.now.date(), now: None };
    let words = drawing.process().boxes;
    let steps = procedure.steps.iter().zip(words.iter().filter(|one| one.kind == Kind::Step)).map(|(step, words)| {
        json!({
            "step": step.name, "label": step.label.zh, "by": words.who, "due": words.due,
            "acts": step.acts.iter().map(act).collect::<Vec<_>>(), "clauses": step.clauses,
        })
    });
    let forms = procedure.all_acts().flat_map(|(_, act)| &act.forms);
    let mut described = std::collections::BTreeMap::new();
    for name in forms {
        if let Some((_, model)) = snapshot.world().rulebook().form(name) {
            described.insert(name.clone(), form(model));
        }
    }
    Ok(json!({
        "id": procedure.name,
        "title": procedure.title.zh,
        "title_en": procedure.title.en,
        "regulation": regulation.id,
        "version": regulation.version,
        "service": procedure.service,
        "about": procedure.about.iter().map(about).collect::<Vec<_>>(),
        "start": procedure.start.iter().map(act).collect::<Vec<_>>(),
        "acts": procedure.acts.iter().map(act).collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
        "ends": procedure.ends.iter().map(|(end, label)| json!({ "end": end, "label": label.zh })).collect::<Vec<_>>(),
        "forms": described,
        "worst_case_days": procedure.worst_case.as_ref().map(|worst| worst.days),
    }))
}

fn about(about: &About) -> Value {
    match &about.target {
        AboutTarget::Register(register) => {
            json!({ "name": about.name, "register": register, "optional": about.optional })
        }
        AboutTarget::Procedure(procedure) => {
            json!({ "name": about.name, "procedure": procedure, "optional": about.optional })
        }
    }
}

fn act(act: &Act) -> Value {
    let parties: Vec<String> = act.by.iter().map(|by| engine::rights::party_name(&by.party)).collect();
    let to = act.to.as_ref().map(To::targets).unwrap_or_default();
    json!({ "act": act.name, "label": act.label.zh, "by": parties, "forms": act.forms, "to": to, "clauses": act.clauses })
}

fn form(form: &Form) -> Value {
    json!({ "title": form.title.zh, "fields": form.fields.iter().map(field).collect::<Vec<_>>() })
}

fn field(field: &Field) -> Value {
    let codes = field
        .ty
        .codes()
        .map(|codes| codes.iter().map(|(code, label)| json!({ "code": code, "label": label.zh })).collect::<Vec<_>>());
    let need = match &field.need {
        _ if field.derived.is_some() => "derived",
        Need::Must => "must",
        Need::May => "may",
        Need::If(_) => "if",
    };
    json!({ "field": field.name, "number": field.number, "label": field.label.zh, "type": field.ty.en(), "codes": codes, "need": need, "clauses": field.clauses })
}

/// Notices on display.
pub async fn notices(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Json<Value>, Problem> {
    let app: App = state;
    let after = query_value(&uri, "after");
    work(&app, move |app| {
        app.read(|snapshot| {
            let page = snapshot.notices(visitor.now.date(), &Cut { limit: LINES, after })?;
            let notices = page.lines.iter().map(|line| {
                let title = crate::pages::documents::title(snapshot, &visitor, line);
                view::document(line, Some(&title))
            });
            Ok(Json(json!({ "notices": notices.collect::<Vec<_>>(), "next": page.next })))
        })
    })
    .await
}

/// A document that this visitor may see.
pub async fn document(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            let (line, _, model) = crate::pages::documents::seen(snapshot, &visitor, &id)?;
            let mut body = view::document(&line, Some(&model.title.zh));
            body["data"] = crate::forms::json::record(&line.document.data);
            body["code"] = if model.verifiable { json!(line.code) } else { Value::Null };
            Ok(Json(body))
        })
    })
    .await
}
