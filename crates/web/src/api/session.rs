//! `/session`: signing in and out. The token goes into `Authorization: Bearer …`.

use super::body::Body;
use super::{Answered, created, ok};
use crate::forms::names::Names;
use crate::identity::entering::{Attempt, Denied, Opened, Second, event, next_stage, sign_in};
use crate::identity::factor::{Own, check};
use crate::lang::Both;
use crate::pages::sign_in::code::refused;
use crate::pages::sign_in::leave;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Visitor, bearer, person_of};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use engine::County;
use jiff::civil::DateTime;
use serde_json::{Value, json};
use std::sync::Arc;
use store::aside::{Stage, Way};
use store::identity::{Advance, DoorKind};

/// Signs in.
pub(super) async fn open(state: State<Arc<Running>>, visitor: Visitor, body: Body) -> Answered {
    let app: App = state;
    body.only(&["name", "password", "code"])?;
    let code = body.optional_text("code")?;
    let attempt = Attempt {
        login: body.text("name")?,
        password: body.text("password")?,
        origin: visitor.origin.clone(),
        now: visitor.now,
        remember: false,
    };
    let answer = work(&app, move |app| {
        let mut opened = sign_in(app, &attempt)?.map_err(denied)?;
        if opened.stage == Stage::Code {
            opened.stage = with_code(app, &opened, code.as_deref(), &attempt)?;
        }
        app.read(|snapshot| {
            let names = Names { world: snapshot.world(), lang: visitor.lang };
            let mut answer = who(names, &opened.person, visitor.now);
            answer["token"] = json!(opened.token);
            answer["ends"] = json!(opened.ends.to_string());
            answer["due"] = json!(due(opened.stage));
            Ok(answer)
        })
    })
    .await?;
    Ok(created(&format!("{}/session", super::ROOT), answer))
}

/// What is still to be done on the site before anything else works.
fn due(stage: Stage) -> Option<&'static str> {
    match stage {
        Stage::Full => None,
        Stage::Code => Some("code"),
        Stage::Password => Some("password"),
        Stage::Enrol => Some("second-factor"),
    }
}

/// The second step of who has a second factor; without a right code the session ends where it began.
fn with_code(app: &Running, opened: &Opened, code: Option<&str>, attempt: &Attempt) -> Result<Stage, Problem> {
    let (origin, now) = (&attempt.origin, attempt.now);
    let session = trust::token_digest(&opened.token);
    let person = app.read(|snapshot| Ok(person_of(snapshot.world().county(), opened.person.clone(), now)))?;
    let own = Own::of(app, &opened.person)?;
    let refused = match code {
        None => Some(Both::new("还要验证码", "A code is needed as well")),
        Some(code) if own.has_any() => refused(check(app, &own, code, origin, now)?),
        // Taken away in another session meanwhile.
        Some(_) => None,
    };
    if let Some(said) = refused {
        app.store().end_session(&session)?;
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "code", said.zh, said.en).hint(
            "请在 code 里带上身份验证器的六位数字或者一个恢复码。",
            "Send the six digits of your app, or a recovery code, as code.",
        ));
    }
    let stage = next_stage(app, &person, Way::Password, Second::Done, now)?;
    let event = event(app, Some(person.id), DoorKind::SignedIn, origin, now);
    app.store().advance(Advance { session, renewed: None, stage, device: None, event: Some(event) })?;
    Ok(stage)
}

fn denied(denied: Denied) -> Problem {
    let said = denied.said();
    match denied {
        Denied::Wrong => Problem::new(StatusCode::UNAUTHORIZED, "sign-in", said.zh, said.en).hint(
            "请核对用户名和密码；从同一处连续输错要等一会儿。",
            "Check name and password; after repeated failures from one place there is a wait.",
        ),
        Denied::Wait(_) => Problem::new(StatusCode::TOO_MANY_REQUESTS, "locked", said.zh, said.en).hint(
            "请到时再试。账户没有锁，别处仍可登录。",
            "Try again then. The account is not locked: elsewhere it works.",
        ),
    }
}

/// Who is signed in, in which posts of the county's business.
pub(super) async fn show(state: State<Arc<Running>>, visitor: Visitor, headers: HeaderMap) -> Answered {
    let app: App = state;
    let person = visitor.signed_in()?.id.clone();
    let by_cookie = bearer(&headers).is_none();
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

/// Signs out, also whoever has come in only half-way.
pub(super) async fn close(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    if !visitor.is_known() {
        return Err(Problem::sign_in_first());
    }
    work(&app, move |app| leave(app, &visitor)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn who(names: Names<'_>, person: &str, now: DateTime) -> Value {
    let county: &County = names.world.county();
    let posts: Vec<Value> = county
        .business_posts_of(person, now)
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
