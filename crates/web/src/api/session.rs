//! `/session`: signing in and out. The token goes into `Authorization: Bearer …`.

use super::body::Body;
use super::{Answered, created, ok};
use crate::forms::names::Names;
use crate::pages::sign_in::{agent_of, sign_in};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use engine::County;
use jiff::civil::DateTime;
use serde_json::{Value, json};
use std::sync::Arc;

/// Signs in.
pub(super) async fn open(state: State<Arc<Running>>, visitor: Visitor, headers: HeaderMap, body: Body) -> Answered {
    let app: App = state;
    body.only(&["name", "password"])?;
    let (name, password) = (body.text("name")?, body.text("password")?);
    let agent = agent_of(&headers);
    let answer = work(&app, move |app| {
        is_unlocked(app, &name, visitor.now)?;
        let opened = sign_in(app, name.trim(), &password, agent, visitor.now)?.map_err(|said| {
            Problem::new(StatusCode::UNAUTHORIZED, "sign-in", said.zh, said.en).hint(
                "请核对用户名和密码；连续输错会暂时锁定账户。",
                "Check name and password; repeated failures lock the account for a while.",
            )
        })?;
        app.read(|snapshot| {
            let names = Names { world: snapshot.world(), lang: visitor.lang };
            let mut answer = who(names, &opened.person, visitor.now);
            answer["token"] = json!(opened.token);
            answer["ends"] = json!(opened.ends.to_string());
            Ok(answer)
        })
    })
    .await?;
    Ok(created(&format!("{}/session", super::ROOT), answer))
}

/// A locked account is answered before its password is looked at.
fn is_unlocked(app: &Running, name: &str, now: DateTime) -> Result<(), Problem> {
    let account = app.read(|snapshot| Ok(snapshot.account_by_login(name.trim())?))?;
    match account.and_then(|account| account.locked_until).filter(|until| *until > now) {
        None => Ok(()),
        Some(until) => Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "locked",
            format!("密码多次输错，账户锁定至 {until}"),
            format!("Too many wrong passwords: locked until {until}"),
        )
        .hint("请到时再试，或请管理员解锁。", "Try again then, or ask an administrator.")),
    }
}

/// Who is signed in, in which posts.
pub(super) async fn show(state: State<Arc<Running>>, visitor: Visitor, headers: HeaderMap) -> Answered {
    let app: App = state;
    let person = visitor.signed_in()?.id.clone();
    let by_cookie = !headers.contains_key(AUTHORIZATION);
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let mut answer = who(Names { world: snapshot.world(), lang: visitor.lang }, &person, visitor.now);
            if by_cookie {
                answer["csrf"] = json!(visitor.csrf);
            }
            Ok(answer)
        })
    })
    .await?;
    Ok(ok(answer))
}

/// Signs out.
pub(super) async fn close(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    visitor.signed_in()?;
    let digest = trust::token_digest(&visitor.token);
    work(&app, move |app| Ok(app.store().end_session(&digest)?)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn who(names: Names<'_>, person: &str, now: DateTime) -> Value {
    let county: &County = names.world.county();
    let posts: Vec<Value> = county
        .posts_of(person, now.date())
        .map(|post| {
            json!({
                "id": post.id,
                "title": post.title,
                "level": post.level,
                "desk": post.desk,
                "place": post.place,
                "place_name": names.place(&post.place),
            })
        })
        .collect();
    json!({ "person": { "id": person, "name": names.person(person) }, "posts": posts })
}
