//! `/sign-in/code`: the second step of signing in, for whoever has a second factor.

use super::passkey::by_passkey;
use super::{Onward, back_of, device_cookie, lead_on};
use crate::components::button;
use crate::components::error_summary::{anchor, failure};
use crate::identity::entering::{Second, came_in, event, next_stage};
use crate::identity::factor::{Checked, Own, check};
use crate::identity::passkey::place_of;
use crate::identity::tries;
use crate::lang::Both;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::Sent;
use crate::site::{App, Running, work};
use crate::visit::{Person, Visitor, session_cookie};
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{StatusCode, Uri};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use std::sync::Arc;
use store::aside::Stage;
use store::identity::{Advance, Device, DoorKind};

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| match &visitor.pending {
        Some((person, Stage::Code)) => first(app, &visitor, person, &Onward { back: back_of(&uri), kept: None }),
        _ => Ok(Redirect::to("/").into_response()),
    })
    .await
}

/// The page for somebody on the way to elsewhere.
pub(super) fn first(app: &Running, visitor: &Visitor, person: &Person, onward: &Onward) -> Result<Response, Problem> {
    let own = Own::of(app, &person.id)?;
    Ok(Page { app, visitor, own: &own, onward }.markup(None).into_response())
}

/// Takes the code.
pub async fn submit(state: State<Arc<Running>>, visitor: Visitor, sent: Sent) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let Some((person, Stage::Code)) = visitor.pending.clone() else {
            return Ok(Redirect::to("/sign-in").into_response());
        };
        let onward = Onward::of(&sent);
        let own = Own::of(app, &person.id)?;
        let typed = sent.text("code").unwrap_or_default();
        let checked = match own.has_any() {
            true => check(app, &own, typed, &visitor.origin, visitor.now)?,
            // Taken away in another session meanwhile.
            false => Checked::Right,
        };
        match refused(checked) {
            None => enter(app, visitor, person, None, &onward),
            Some(said) => Ok(Page { app, visitor: &visitor, own: &own, onward: &onward }.denied(&said)),
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

/// The second step is done, with a code or with what is noted.
pub(super) fn enter(
    app: &Running,
    visitor: Visitor,
    person: Person,
    with: Option<DoorKind>,
    onward: &Onward,
) -> Result<Response, Problem> {
    let stage = next_stage(app, &person, visitor.way, Second::Done, visitor.now)?;
    let what = with.unwrap_or_else(|| came_in(visitor.way));
    let device = visitor.origin.device.clone().unwrap_or_else(|| app.fresh());
    let (now, fresh) = (visitor.now, app.fresh());
    app.store().advance(Advance {
        session: trust::token_digest(&visitor.token),
        renewed: Some(trust::token_digest(&fresh)),
        stage,
        device: Some(Device { digest: trust::token_digest(&device), person: person.id.clone(), since: now, seen: now }),
        event: Some(event(app, Some(person.id.clone()), what, &visitor.origin, now)),
    })?;
    let secure = app.site.secure;
    let cookies = [device_cookie(&device, secure), session_cookie(&fresh, secure)].map(|cookie| (SET_COOKIE, cookie));
    let visitor = Visitor { csrf: Visitor::csrf_of(&fresh), token: fresh, ..visitor };
    let next = lead_on(app, visitor, person, stage, onward)?;
    Ok((AppendHeaders(cookies), next).into_response())
}

/// The page of the second step.
pub(super) struct Page<'a> {
    pub app: &'a Running,
    pub visitor: &'a Visitor,
    pub own: &'a Own,
    pub onward: &'a Onward,
}

impl Page<'_> {
    /// The page after what was sent does not lead on.
    pub(super) fn denied(&self, said: &Both) -> Response {
        (StatusCode::UNAUTHORIZED, self.markup(Some(said))).into_response()
    }

    fn markup(&self, said: Option<&Both>) -> Markup {
        let (visitor, lang) = (self.visitor, self.visitor.lang);
        let has_app = self.own.app.is_some();
        let title = if has_app {
            lang.say("输入验证码", "Enter your code")
        } else {
            lang.say("再证明一次是您本人", "Show once more that it is you")
        };
        let hint = if has_app {
            lang.say(
                "身份验证器应用上的六位数字；手机不在身边，用一个恢复码。",
                "Six digits from your authenticator app; without your telephone, a recovery code.",
            )
        } else {
            lang.say("通行密钥不在身边，用一个恢复码。", "Without your passkey, a recovery code.")
        };
        let content = html! {
            h1 { (title) }
            @if let Some(said) = said { (failure(said.in_lang(lang), Some("code"))) }
            @if !self.own.passkeys.is_empty() && place_of(&self.app.site).is_some() { (by_passkey(visitor, self.onward)) }
            form method="post" action="/sign-in/code" {
                (token(visitor))
                (self.onward.hidden())
                (code_field(visitor, hint))
                (button::submit(lang.say("登录", "Sign in")))
            }
        };
        layout::page(visitor, Nav::Other, title, &content)
    }
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
