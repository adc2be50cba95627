//! A program that uses the interface: it keeps its token, and every answer it gets must be as the description says.

use crate::county::{PASSWORD, Sample};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

/// A program.
pub struct Program {
    router: Router,
    description: Value,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Program {
    /// A program that has not signed in.
    pub async fn new(sample: &Sample) -> Program {
        let mut program = Program { router: sample.router.clone(), description: Value::Null, token: None };
        program.description = program.get("/api/v1/openapi.json").await.body;
        program
    }

    /// A program of somebody.
    pub async fn of(sample: &Sample, name: &str) -> Program {
        let mut program = Program::new(sample).await;
        let reply = program.post("/api/v1/session", json!({ "name": name, "password": PASSWORD })).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{name} signs in: {}", reply.body);
        program.token = Some(reply.body["token"].as_str().unwrap().to_owned());
        program
    }

    /// Goes on with a session.
    pub fn take(&mut self, token: &str) {
        self.token = Some(token.to_owned());
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.ask("POST", path, &[], Some(body.to_string())).await
    }

    pub async fn once(&self, path: &str, key: &str, body: Value) -> Reply {
        self.ask("POST", path, &[("idempotency-key", key)], Some(body.to_string())).await
    }

    /// Sends JSON, unless a header says otherwise.
    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<String>) -> Reply {
        let bytes = body.map(String::into_bytes);
        self.send(method, path, headers, bytes).await
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("{method} {path}: {bytes:?}"))
        };
        let reply = Reply { status, headers, body };
        self.is_as_described(method, path, &reply);
        reply
    }

    /// The status is described for the address, and the body fits its schema.
    fn is_as_described(&self, method: &str, path: &str, reply: &Reply) {
        let path = path.split('?').next().unwrap();
        let Some(operation) = self.operation(method, path) else { return };
        let described = &operation["responses"][reply.status.as_u16().to_string()];
        assert!(
            described.is_object(),
            "{method} {path} answered {}, which is not described: {}",
            reply.status,
            reply.body
        );
        let described = self.resolve(described);
        let content = described["content"].as_object().and_then(|content| content.iter().next());
        let Some((media, content)) = content else { return };
        assert_eq!(reply.headers[header::CONTENT_TYPE], media.as_str(), "{method} {path}");
        let mut faults = Vec::new();
        self.fits(&content["schema"], &reply.body, "", &mut faults);
        assert!(faults.is_empty(), "{method} {path} → {}: {faults:#?}\n{}", reply.status, reply.body);
    }

    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let same = |template: &str| {
            let (wanted, given): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
            wanted.len() == given.len()
                && wanted.iter().zip(&given).all(|(one, other)| one.starts_with('{') || one == other)
        };
        let paths = self.description["paths"].as_object()?;
        let found =
            paths.get(path).or_else(|| paths.iter().find(|(template, _)| same(template)).map(|(_, path)| path))?;
        found.get(method.to_ascii_lowercase())
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                self.description.pointer(&reference[1..]).unwrap_or_else(|| panic!("{reference} leads nowhere"))
            }
            None => value,
        }
    }

    /// The part of JSON Schema that the description uses. A member that is not described is a fault: callers would not know it.
    fn fits(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let schema = self.resolve(schema);
        if let Some(any) = schema["anyOf"].as_array() {
            let fit = any.iter().any(|one| {
                let mut found = Vec::new();
                self.fits(one, value, at, &mut found);
                found.is_empty()
            });
            if !fit {
                faults.push(format!("{at}: {value} fits none of anyOf"));
            }
            return;
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !types.is_empty() && !types.contains(&type_of(value)) {
            faults.push(format!("{at}: {value} is not {types:?}"));
        }
        if let Some(codes) = schema["enum"].as_array().filter(|codes| !value.is_null() && !codes.contains(value)) {
            faults.push(format!("{at}: {value} is not among {codes:?}"));
        }
        if let (Some(items), Some(schema)) = (value.as_array(), schema.get("items")) {
            for (place, item) in items.iter().enumerate() {
                self.fits(schema, item, &format!("{at}/{place}"), faults);
            }
        }
        if let (Some(members), Some(properties)) = (value.as_object(), schema["properties"].as_object()) {
            let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
            for name in required.iter().filter_map(Value::as_str).filter(|name| !members.contains_key(*name)) {
                faults.push(format!("{at}/{name} is missing"));
            }
            for (name, member) in members {
                match properties.get(name) {
                    Some(schema) => self.fits(schema, member, &format!("{at}/{name}"), faults),
                    None => faults.push(format!("{at}/{name} is not described")),
                }
            }
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
