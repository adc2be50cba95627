//! `/sign-in/code`: the second step of signing in, for whoever has a second factor.

use super::{Onward, back_of, device_cookie, lead_on};
use crate::components::button;
use crate::components::error_summary::{anchor, failure};
use crate::identity::entering::{event, next_stage};
use crate::identity::factor::{Checked, check};
use crate::identity::tries;
use crate::lang::Both;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::Sent;
use crate::site::{App, Running, work};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use std::sync::Arc;
use store::aside::Stage;
use store::identity::{Advance, Device, DoorKind};

/// The page.
pub async fn show(visitor: Visitor, uri: Uri) -> Response {
    match &visitor.pending {
        Some((_, Stage::Code)) => first(&visitor, &Onward { back: back_of(&uri), kept: None }),
        _ => Redirect::to("/").into_response(),
    }
}

/// The page for somebody on the way to elsewhere.
pub(super) fn first(visitor: &Visitor, onward: &Onward) -> Response {
    page(visitor, onward, None).into_response()
}

/// Takes the code.
pub async fn submit(state: State<Arc<Running>>, visitor: Visitor, sent: Sent) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let Some((person, Stage::Code)) = visitor.pending.clone() else {
            return Ok(Redirect::to("/sign-in").into_response());
        };
        let onward = Onward::of(&sent);
        let factor = app.read(|snapshot| Ok(snapshot.factor(&person.id)?))?;
        let typed = sent.text("code").unwrap_or_default();
        let checked = match &factor {
            Some(factor) => check(app, factor, typed, &visitor.origin, visitor.now)?,
            // Taken away in another session meanwhile.
            None => Checked::Right,
        };
        match refused(checked) {
            None => enter(app, visitor, person, &onward),
            Some(said) => Ok((StatusCode::UNAUTHORIZED, page(&visitor, &onward, Some(&said))).into_response()),
        }
    })
    .await
}

/// What to say of a code that does not lead on.
#[must_use]
pub(crate) fn refused(checked: Checked) -> Option<Both> {
    match checked {
        Checked::Right => None,
        Checked::Wrong => {
            Some(Both::new("验证码不对，或者已经用过：等下一个再输", "Wrong, or used before: wait for the next code"))
        }
        Checked::Wait(until) => Some(tries::wait(until)),
    }
}

fn enter(app: &Running, visitor: Visitor, person: Person, onward: &Onward) -> Result<Response, Problem> {
    let stage = next_stage(app, &person, true, visitor.now)?;
    let device = visitor.origin.device.clone().unwrap_or_else(|| app.fresh());
    let now = visitor.now;
    app.store().advance(Advance {
        session: trust::token_digest(&visitor.token),
        stage,
        device: Some(Device { digest: trust::token_digest(&device), person: person.id.clone(), since: now, seen: now }),
        event: Some(event(app, Some(person.id.clone()), DoorKind::SignedIn, &visitor.origin, now)),
    })?;
    let cookie = device_cookie(&device, app.site.secure);
    let next = lead_on(app, visitor, person, stage, onward)?;
    Ok(([(SET_COOKIE, cookie)], next).into_response())
}

fn page(visitor: &Visitor, onward: &Onward, said: Option<&Both>) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("输入验证码", "Enter your code");
    let content = html! {
        h1 { (title) }
        @if let Some(said) = said { (failure(said.in_lang(lang), Some("code"))) }
        form method="post" action="/sign-in/code" {
            (token(visitor))
            (onward.hidden())
            (code_field(visitor, lang.say(
                "身份验证器应用上的六位数字；手机不在身边，用一个恢复码。",
                "Six digits from your authenticator app; without your telephone, a recovery code.",
            )))
            (button::submit(lang.say("登录", "Sign in")))
        }
    };
    layout::page(visitor, Nav::Other, title, &content)
}

/// The field that takes a code.
pub(crate) fn code_field(visitor: &Visitor, hint: &str) -> Markup {
    html! {
        div class="field" {
            label for=(anchor("code")) { (visitor.lang.say("验证码", "Code")) }
            p class="hint" id="f-code-hint" { (hint) }
            input class="input short" id=(anchor("code")) name="code" type="text" inputmode="text" autocomplete="one-time-code" aria-describedby="f-code-hint";
        }
    }
}
