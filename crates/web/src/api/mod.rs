//! The interface for programs, `/api/v1` (docs/api.md): the same rights, the same engine, JSON instead of pages.

pub mod catalogue;
pub mod clock;
pub mod desk;
pub mod files;
pub mod matters;
pub mod openapi;
pub mod problem;
pub mod registers;
pub mod session;
mod view;

use crate::problem::Problem;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

/// A JSON object sent by a program. Pages of other sites cannot send one: browsers ask first, and are refused.
pub struct Object(pub Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Object {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Object, Problem> {
        let json =
            request.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        if !json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media",
                "内容类型应为 application/json",
                "the content type must be application/json",
            ));
        }
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(|fault| {
            if fault.status() == StatusCode::PAYLOAD_TOO_LARGE { Problem::too_large() } else { unreadable("") }
        })?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(object)) => Ok(Object(object)),
            Ok(_) => Err(unreadable("应为一个 JSON 对象")),
            Err(fault) => Err(unreadable(&fault.to_string())),
        }
    }
}

fn unreadable(detail: &str) -> Problem {
    let problem = Problem::unreadable("请求内容不是可用的 JSON", "the body is not usable JSON");
    if detail.is_empty() { problem } else { problem.detail(detail, detail) }
}

impl Object {
    /// A text that must be there.
    pub fn text(&self, name: &str) -> Result<String, Problem> {
        self.maybe(name).ok_or_else(|| Problem::unreadable(format!("缺少 {name}"), format!("`{name}` is missing")))
    }

    /// A text that may be there.
    #[must_use]
    pub fn maybe(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// An object that may be there; another value is a problem.
    pub fn object(&self, name: &str) -> Result<Map<String, Value>, Problem> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(object)) => Ok(object.clone()),
            Some(_) => Err(Problem::unreadable(format!("{name} 应为对象"), format!("`{name}` must be an object"))),
        }
    }
}

/// The key under which a request happens once, however often it is sent.
#[must_use]
pub fn idempotency_key(headers: &HeaderMap) -> Option<String> {
    headers
        .get("idempotency-key")
        .and_then(|key| key.to_str().ok())
        .filter(|key| !key.is_empty() && key.len() <= 200)
        .map(str::to_owned)
}
