//! Problems for programs (RFC 9457): `application/problem+json`, with the clauses, what to do next, and the faults of fields.

use crate::lang::{Both, Lang};
use crate::problem::Problem;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::{FieldFault, Reason};
use serde_json::{Map, Value, json};

/// The media type.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// A problem met before the interface knew the reader's language: in Chinese.
#[must_use]
pub fn json(problem: &Problem) -> Response {
    respond(Lang::default(), "", problem)
}

/// A problem in the reader's language; `instance` is the path asked for.
#[must_use]
pub(crate) fn respond(lang: Lang, instance: &str, problem: &Problem) -> Response {
    let body = to_json(lang, instance, problem).to_string();
    let mut response = (problem.status, [(CONTENT_TYPE, PROBLEM_JSON)], body).into_response();
    let headers = response.headers_mut();
    match problem.status {
        StatusCode::UNAUTHORIZED => _ = headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
        StatusCode::SERVICE_UNAVAILABLE => _ = headers.insert(RETRY_AFTER, HeaderValue::from_static("60")),
        StatusCode::TOO_MANY_REQUESTS if problem.code == "too-many" => {
            _ = headers.insert(RETRY_AFTER, HeaderValue::from_static("60"));
        }
        StatusCode::TOO_MANY_REQUESTS => _ = headers.insert(RETRY_AFTER, HeaderValue::from_static("900")),
        _ => {}
    }
    response
}

/// The members of a problem.
#[must_use]
pub(crate) fn to_json(lang: Lang, instance: &str, problem: &Problem) -> Value {
    let mut members = Map::new();
    let mut add = |name: &str, value: Value| {
        if !value.is_null() {
            members.insert(name.to_owned(), value);
        }
    };
    add("type", json!(format!("urn:gongbao:problem:{}", problem.code)));
    add("title", json!(problem.title.in_lang(lang)));
    add("status", json!(problem.status.as_u16()));
    add("detail", json!(detail(lang, problem)));
    add("instance", if instance.is_empty() { Value::Null } else { json!(instance) });
    add("code", json!(problem.code));
    add("clauses", json!(clauses(problem)));
    add("hint", json!(hint(lang, problem)));
    add("reasons", problem.reasons.iter().map(|reason| self::reason(lang, reason)).collect());
    add("errors", problem.fields.iter().map(|fault| field_error(lang, fault)).collect());
    Value::Object(members)
}

/// A reason: code, clauses, sentence, values looked at, what to do.
#[must_use]
pub(crate) fn reason(lang: Lang, reason: &Reason) -> Value {
    let values: Map<String, Value> = reason.values.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "code": reason.code,
        "clauses": reason.clauses,
        "message": lang.say(&reason.zh, &reason.en),
        "values": values,
        "hint": reason.hint.as_ref().map(|hint| lang.label(hint)),
    })
}

/// A fault of a field.
pub(crate) fn field_error(lang: Lang, fault: &FieldFault) -> Value {
    json!({
        "field": fault.field,
        "label": lang.say(&fault.label.zh, fault.label.english()),
        "message": lang.say(&fault.zh, &fault.en),
        "clause": fault.clauses.first(),
        "clauses": fault.clauses,
    })
}

fn detail(lang: Lang, problem: &Problem) -> Option<String> {
    if let Some(detail) = &problem.detail {
        return Some(detail.in_lang(lang).to_owned());
    }
    let reasons = problem.reasons.iter().map(|reason| lang.say(&reason.zh, &reason.en));
    let faults = problem.fields.iter().map(|fault| lang.say(&fault.zh, &fault.en));
    let said: Vec<&str> = reasons.chain(faults).collect();
    (!said.is_empty()).then(|| said.join(lang.say("；", "; ")))
}

/// The clauses of all reasons and faults, each once, in order.
fn clauses(problem: &Problem) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    let reasons = problem.reasons.iter().flat_map(|reason| &reason.clauses);
    for clause in reasons.chain(problem.fields.iter().flat_map(|fault| &fault.clauses)) {
        if !all.contains(&clause.as_str()) {
            all.push(clause);
        }
    }
    all
}

/// What to do next: what a reason says, else what fits a program best, else what the problem says.
fn hint(lang: Lang, problem: &Problem) -> Option<String> {
    if let Some(hint) = problem.reasons.iter().find_map(|reason| reason.hint.as_ref()) {
        return Some(lang.label(hint).to_owned());
    }
    let own = usual_hint(problem.code).or_else(|| problem.hint.as_deref().cloned());
    own.map(|hint| hint.in_lang(lang).to_owned())
}

fn usual_hint(code: &str) -> Option<Both> {
    let (zh, en) = match code {
        "sign-in-first" => (
            "请先 POST /api/v1/session 取得 token，再以 Authorization: Bearer 请求头发送。",
            "POST /api/v1/session for a token and send it as Authorization: Bearer.",
        ),
        "stale" => (
            "请重新 GET 这一事项，核对新的情况，再带新的 seq 作为 seen 发送。",
            "GET the matter again, look at what is new, and send its seq as seen.",
        ),
        "state" => ("请 GET 这一事项，从 acts 中选择现在可办的动作。", "GET the matter and choose among its acts."),
        "rights" => (
            "请由有权的岗位办理；有几个岗位的，用 post 指明。",
            "Act in the post that may; name it as post if you hold several.",
        ),
        "form" => ("请按 errors 逐项更正后重新发送。", "Correct each of the errors and send it again."),
        "condition" => ("请按 reasons 所列条款核对事实。", "Compare the facts with the clauses in reasons."),
        "unknown" => ("请核对编号和名称。", "Check the ids and names."),
        "key-reused" => ("新的请求请换一个新的 Idempotency-Key。", "Take a new Idempotency-Key for a new request."),
        _ => return None,
    };
    Some(Both::new(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Refusal, RefusalKind};

    fn refused() -> Problem {
        let reason = Reason {
            code: "too-large".into(),
            clauses: vec!["x-1".into(), "x-2".into()],
            zh: "超过上限".into(),
            en: "above the limit".into(),
            values: vec![("area".into(), "250 平方米".into())],
            hint: None,
        };
        Refusal { kind: RefusalKind::Condition, reasons: vec![reason.clone(), reason], fields: Vec::new() }.into()
    }

    #[test]
    fn a_refusal_names_its_clauses_once_and_what_to_do() {
        let said = to_json(Lang::Zh, "/api/v1/matters", &refused());
        assert_eq!(said["status"], 422);
        assert_eq!(said["code"], "condition");
        assert_eq!(said["clauses"], json!(["x-1", "x-2"]));
        assert_eq!(said["hint"], "请按 reasons 所列条款核对事实。");
        assert_eq!(said["reasons"][0]["values"]["area"], "250 平方米");
        assert_eq!(said["instance"], "/api/v1/matters");
        assert_eq!(to_json(Lang::En, "", &refused())["detail"], "above the limit; above the limit");
    }

    #[test]
    fn who_has_not_signed_in_is_told_how() {
        let response = respond(Lang::En, "/x", &Problem::sign_in_first());
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer");
        assert_eq!(response.headers()[CONTENT_TYPE], PROBLEM_JSON);
    }
}
