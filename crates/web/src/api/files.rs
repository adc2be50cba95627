//! `/files`: uploads a file before the form that names it. The answer is what the form's field takes.

use crate::forms::json::file_value;
use crate::forms::uploads::keep_one;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Json, Response};
use std::sync::Arc;

/// Keeps the body as a file: `?name=…&holder=…`, the holder being the register row whose key seals it.
pub async fn keep(
    state: State<Arc<Running>>,
    visitor: Visitor,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let app: App = state;
    visitor.signed_in()?;
    // A form of another site can send these kinds without asking; a program has no need to.
    let kind = headers.get(CONTENT_TYPE).map(|kind| kind.as_bytes()).unwrap_or_default();
    if kind.starts_with(b"multipart/")
        || kind.starts_with(b"text/plain")
        || kind.starts_with(b"application/x-www-form-urlencoded")
    {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media",
            "请直接发送文件内容",
            "send the bytes of the file itself",
        ));
    }
    let name = query_value(&uri, "name").unwrap_or_else(|| "file".into());
    let holder = query_value(&uri, "holder").filter(|holder| !holder.is_empty());
    work(&app, move |app| {
        let file = keep_one(app, holder.as_deref(), &name, body.to_vec(), visitor.now)?;
        Ok((StatusCode::CREATED, Json(file_value(&file))).into_response())
    })
    .await
}
