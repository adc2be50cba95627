//! `/openapi.json`: the description of the interface (OpenAPI 3.1), made from the table of its routes.

use crate::router::{API, Route};
use axum::response::Json;
use serde_json::{Map, Value, json};

/// The description.
pub async fn show() -> Json<Value> {
    Json(description())
}

/// The description as JSON.
#[must_use]
pub fn description() -> Value {
    let paths: Map<String, Value> = API.iter().map(|route| (format!("/api/v1{}", route.path), path(route))).collect();
    json!({
        "openapi": "3.1.0",
        "info": { "title": "公报 Gongbao", "version": "1", "description": "See docs/api.md. Exact decimals are texts; dates are ISO 8601; problems are RFC 9457." },
        "paths": paths,
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
            "schemas": { "Problem": problem(), "Start": start(), "Act": act(), "SignIn": sign_in(), "Clock": clock() },
        },
        "security": [{}, { "bearer": [] }],
    })
}

fn path(route: &Route) -> Value {
    let methods = route.methods.iter().map(|method| (method.to_lowercase(), operation(route, method)));
    Value::Object(methods.collect())
}

fn operation(route: &Route, method: &str) -> Value {
    let mut operation = Map::from_iter([
        ("operationId".to_owned(), json!(operation_id(route.path, method))),
        ("summary".to_owned(), json!(route.summary)),
        (
            "responses".to_owned(),
            json!({
                "2XX": { "description": "成功 / done", "content": { "application/json": { "schema": { "type": "object" } } } },
                "default": { "description": "问题 / problem", "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } },
            }),
        ),
    ]);
    let mut parameters: Vec<Value> = path_names(route.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let schema = if method == "POST" { route.body } else { "" };
    if schema == "Start" || schema == "Act" {
        parameters.push(json!({ "name": "Idempotency-Key", "in": "header", "required": false, "schema": { "type": "string", "maxLength": 200 } }));
    }
    if !parameters.is_empty() {
        operation.insert("parameters".into(), Value::Array(parameters));
    }
    if !schema.is_empty() {
        let body = match schema {
            "file" => json!({ "application/octet-stream": {} }),
            schema => json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } }),
        };
        operation.insert("requestBody".into(), json!({ "required": true, "content": body }));
    }
    Value::Object(operation)
}

/// `POST /matters/{matter}/acts` is `post_matters_acts`.
fn operation_id(path: &str, method: &str) -> String {
    let words = path.split('/').filter(|word| !word.is_empty() && !word.starts_with('{'));
    std::iter::once(method.to_lowercase().as_str()).chain(words).collect::<Vec<_>>().join("_").replace(['.', '-'], "_")
}

fn path_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|word| word.strip_prefix('{')?.strip_suffix('}'))
}

fn texts(names: &[&str]) -> Map<String, Value> {
    names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect()
}

fn start() -> Value {
    let mut properties = texts(&["procedure", "place", "act", "post"]);
    properties.insert("about".into(), json!({ "type": "object", "additionalProperties": { "type": "string" } }));
    properties.insert("form".into(), json!({ "type": "object" }));
    json!({ "type": "object", "required": ["procedure"], "properties": properties })
}

fn act() -> Value {
    let mut properties = texts(&["act", "post"]);
    properties.insert("form".into(), json!({ "type": "object" }));
    properties.insert("seen".into(), json!({ "type": "integer" }));
    json!({ "type": "object", "required": ["act"], "properties": properties })
}

fn sign_in() -> Value {
    json!({ "type": "object", "required": ["name", "password"], "properties": texts(&["name", "password"]) })
}

fn clock() -> Value {
    json!({ "type": "object", "required": ["now"], "properties": texts(&["now"]) })
}

fn problem() -> Value {
    let mut properties = texts(&["type", "title", "title_en", "detail", "hint"]);
    properties.insert("status".into(), json!({ "type": "integer" }));
    properties.insert("clauses".into(), json!({ "type": "array", "items": { "type": "string" } }));
    let said = json!({ "type": "array", "items": { "type": "object", "properties": texts(&["code", "field", "label", "zh", "en", "hint"]) } });
    properties.insert("reasons".into(), said.clone());
    properties.insert("fields".into(), said);
    json!({ "type": "object", "required": ["type", "title", "status"], "properties": properties })
}
