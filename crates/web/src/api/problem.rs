//! Problems as `application/problem+json` (RFC 9457), with reasons, clauses and faults of fields.

use crate::problem::Problem;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use engine::{FieldFault, Reason};
use serde_json::{Value, json};

/// A problem as JSON.
#[must_use]
pub fn json(problem: &Problem) -> Response {
    let body = json!({
        "type": format!("urn:gongbao:problem:{}", problem.code),
        "status": problem.status.as_u16(),
        "title": problem.title.zh,
        "title_en": problem.title.en,
        "detail": problem.detail.as_ref().map(|detail| &detail.zh),
        "hint": hint(problem),
        "clauses": clauses(problem),
        "reasons": problem.reasons.iter().map(reason).collect::<Vec<_>>(),
        "fields": problem.fields.iter().map(field).collect::<Vec<_>>(),
    });
    let mut response = (problem.status, axum::Json(body)).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

fn hint(problem: &Problem) -> Option<&String> {
    let own = problem.hint.as_ref().map(|hint| &hint.zh);
    own.or_else(|| problem.reasons.iter().find_map(|reason| reason.hint.as_ref()))
}

/// Every clause that the problem rests on, each once.
fn clauses(problem: &Problem) -> Vec<&String> {
    let mut clauses: Vec<&String> = Vec::new();
    let reasons = problem.reasons.iter().flat_map(|reason| &reason.clauses);
    for clause in reasons.chain(problem.fields.iter().flat_map(|fault| &fault.clauses)) {
        if !clauses.contains(&clause) {
            clauses.push(clause);
        }
    }
    clauses
}

/// A reason as JSON.
#[must_use]
pub fn reason(reason: &Reason) -> Value {
    let values: serde_json::Map<String, Value> =
        reason.values.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({ "code": reason.code, "clauses": reason.clauses, "zh": reason.zh, "en": reason.en, "values": values, "hint": reason.hint })
}

fn field(fault: &FieldFault) -> Value {
    json!({ "field": fault.field, "label": fault.label, "zh": fault.zh, "en": fault.en, "clauses": fault.clauses })
}
