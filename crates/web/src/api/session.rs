//! `/session`: signing in and out by program. The token goes into `Authorization: Bearer`, or stays in the cookie.

use super::Object;
use crate::pages::sign_in::{agent_of, sign_in};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Person, Visitor, session_cookie};
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// Signs in: `{name, password}`.
pub async fn open(
    state: State<Arc<Running>>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Object,
) -> Result<Response, Problem> {
    let app: App = state;
    let (name, password, agent, now) = (body.text("name")?, body.text("password")?, agent_of(&headers), visitor.now);
    let opened = work(&app, move |app| sign_in(app, &name, &password, agent, now)).await?;
    match opened {
        Ok(opened) => {
            let cookie = session_cookie(&opened.token, app.site.secure);
            let body = json!({ "token": opened.token, "person": opened.person, "ends": opened.ends.to_string() });
            Ok(([(SET_COOKIE, cookie)], Json(body)).into_response())
        }
        Err(failure) => Err(Problem::new(StatusCode::UNAUTHORIZED, "sign-in", failure.zh, failure.en)),
    }
}

/// Who is signed in.
pub async fn show(visitor: Visitor) -> Result<Json<Value>, Problem> {
    visitor.signed_in().map(|person| Json(person_json(person)))
}

/// Signs out.
pub async fn close(state: State<Arc<Running>>, visitor: Visitor) -> Result<StatusCode, Problem> {
    let app: App = state;
    work(&app, move |app| Ok(app.store().end_session(&trust::token_digest(&visitor.token))?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn person_json(person: &Person) -> Value {
    let posts = person.posts.iter().map(|post| {
        json!({ "id": post.id, "title": post.title, "level": post.level, "desk": post.desk, "place": post.place })
    });
    json!({ "person": person.id, "name": person.name, "posts": posts.collect::<Vec<_>>() })
}
