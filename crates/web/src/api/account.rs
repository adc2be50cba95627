//! `/account`: one's own sessions and password.

use super::body::Body;
use super::{Answered, ok};
use crate::identity::origin::device_words;
use crate::pages::account::{password, sessions};
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::{Value, json};
use std::sync::Arc;

/// Where the person is signed in.
pub(super) async fn list(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    let person = visitor.signed_in()?.id.clone();
    let here = trust::token_digest(&visitor.token);
    let found =
        work(&app, move |app| app.read(|snapshot| Ok(snapshot.sessions(&person, app.going_on(visitor.now))?))).await?;
    let sessions: Vec<Value> = found
        .iter()
        .map(|session| {
            json!({
                "id": session.digest,
                "device": device_words(&session.agent),
                "network": session.address,
                "since": session.created.to_string(),
                "seen": session.seen.to_string(),
                "ends": session.ends.to_string(),
                "here": session.digest == here,
            })
        })
        .collect();
    Ok(ok(json!({ "sessions": sessions })))
}

/// Ends one.
pub(super) async fn end(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Answered {
    let app: App = state;
    visitor.signed_in()?;
    work(&app, move |app| sessions::end(app, &visitor, visitor.signed_in()?, &id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Ends all but the one that asks.
pub(super) async fn end_others(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    visitor.signed_in()?;
    work(&app, move |app| sessions::end_others(app, &visitor, visitor.signed_in()?)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Changes the password.
pub(super) async fn change_password(state: State<Arc<Running>>, visitor: Visitor, body: Body) -> Answered {
    let app: App = state;
    body.only(&["current", "new"])?;
    let (current, wished) = (body.text("current")?, body.text("new")?);
    work(&app, move |app| password::by_program(app, &visitor, &current, &wished)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
