//! `/documents/{id}`, `/notices`, `/verify/{code}`: what was issued, what is on display, whether a paper is genuine.

use super::clock::sentence;
use super::matter_view::{desk, existing, seen_line};
use super::problem::reason;
use super::query::{Query, page};
use super::{Answered, ok};
use crate::forms::json;
use crate::forms::mask::cover;
use crate::forms::names::Names;
use crate::forms::show::show as shown;
use crate::pages::documents::{Seen, on_display, seen, title};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::typeset::label;
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::Matter;
use engine::event::Display;
use engine::rights::Access;
use regulation::model::Document;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::Snapshot;
use store::pages::DocumentLine;

/// An issued document.
pub(super) async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let seen = seen(snapshot, &visitor, &id)?;
            Ok(document(snapshot, &visitor, &seen))
        })
    })
    .await?;
    Ok(ok(answer))
}

fn document(snapshot: &dyn Snapshot, visitor: &Visitor, seen: &Seen) -> Value {
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let Seen { line, matter, model, access, covered } = seen;
    let covered = *covered;
    let issued = &line.document;
    let mut answer = seen_line(snapshot, visitor, seen);
    answer["signed"] = issued.signed.as_ref().map_or(Value::Null, |one| desk(names, one));
    answer["display"] = issued.display.as_ref().map_or(Value::Null, |one| display(visitor, one));
    answer["data"] = data(names, line, matter, model, covered);
    answer["paragraphs"] = if covered { json!([]) } else { json!(issued.paragraphs) };
    answer["reasons"] = issued.reasons.iter().filter(|_| !covered).map(|one| reason(visitor.lang, one)).collect();
    answer["remedies"] = json!(model.remedies);
    answer["clauses"] = json!(model.clauses);
    if *access == Access::Full {
        answer["matter"] = json!(line.matter);
        answer["verification_code"] = json!(model.verifiable.then_some(&line.code));
    }
    answer
}

/// The data as printed: label, value, and the value as people read it.
fn data(names: Names<'_>, line: &DocumentLine, matter: &Matter, model: &Document, covered: bool) -> Value {
    let mut data = Map::new();
    for (name, expr) in &model.data {
        let Some(value) = line.document.data.get(name).filter(|value| !value.is_missing()) else { continue };
        let text = shown(names, &expr.ty, value);
        let hide = covered && !expr.personal().is_empty();
        data.insert(
            name.clone(),
            json!({
                "label": label(names.world, matter, model, name, expr),
                "value": if hide { Value::Null } else { json::value(value) },
                "text": if hide { cover(&text) } else { text },
            }),
        );
    }
    Value::Object(data)
}

fn display(visitor: &Visitor, display: &Display) -> Value {
    json!({
        "from": display.from.to_string(),
        "last_day": display.last_day.to_string(),
        "why": display.why.iter().map(|why| sentence(visitor.lang, why)).collect::<Vec<_>>(),
    })
}

/// Notices on display today, as far as this visitor may read them.
pub(super) async fn notices(state: State<Arc<Running>>, visitor: Visitor, query: Query) -> Answered {
    let app: App = state;
    let cut = query.cut()?;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let notices = on_display(snapshot, &visitor, &cut)?;
            Ok(page(&visitor, &notices, |seen| notice(snapshot, &visitor, seen)))
        })
    })
    .await?;
    Ok(ok(answer))
}

/// A notice with its content, as far as this visitor may read it.
fn notice(snapshot: &dyn Snapshot, visitor: &Visitor, seen: &Seen) -> Value {
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let place = &seen.matter.place;
    let mut answer = document(snapshot, visitor, seen);
    answer["place"] = json!(place);
    answer["place_name"] = json!(names.place_path(place));
    answer
}

/// Whether a paper in hand is what was issued, and whether it is in force.
pub(super) async fn verify(state: State<Arc<Running>>, visitor: Visitor, Path(code): Path<String>) -> Answered {
    let app: App = state;
    let code = trust::read_verification_code(&code).map_err(|fault| {
        let both = fault.to_string();
        let (zh, en) = both.split_once(" / ").unwrap_or((&both, &both));
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "code", zh, en).hint(
            "核验码印在二维码下方，20 位字母和数字。",
            "The code is printed below the QR code: 20 letters and digits.",
        )
    })?;
    let answer = work(&app, move |app| app.read(|snapshot| genuine(snapshot, &visitor, &code))).await?;
    Ok(ok(answer))
}

fn genuine(snapshot: &dyn Snapshot, visitor: &Visitor, code: &str) -> Result<Value, Problem> {
    let unknown = || {
        Problem::not_found("没有签发过这样的文书", "No such document was issued").hint(
            "请对照原件再核对一遍；仍查不到的，请向签发机关反映。",
            "Compare it with the paper; if it is still not found, tell the issuing office.",
        )
    };
    let line = snapshot.document_by_code(code)?.ok_or_else(unknown)?;
    let (_, _, procedure) = existing(snapshot, &line.matter).map_err(|_| unknown())?;
    let verifiable = procedure.documents.get(&line.document.name).is_some_and(|model| model.verifiable);
    if !verifiable {
        return Err(unknown());
    }
    let names = Names { world: snapshot.world(), lang: visitor.lang };
    let document = &line.document;
    Ok(json!({
        "genuine": true,
        "in_force": document.voided.is_none(),
        "code": line.code,
        "title": title(snapshot, visitor, &line),
        "number": document.number,
        "signed": document.signed.as_ref().map(|one| names.desk(one)),
        "on": document.on.to_string(),
        "voided": document.voided.map(|on| on.to_string()),
    }))
}
