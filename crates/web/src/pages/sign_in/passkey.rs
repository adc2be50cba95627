//! `/sign-in/passkey`: signing in with a passkey, which has verified its owner: password and code in one; and the second step with one, after
//! the password.

use super::{Entry, Onward, code, come_in, page};
use crate::identity::entering::{Coming, Second, admit};
use crate::identity::factor::Own;
use crate::identity::passkey::{Ceremony, Said, answered, asked, wrong_second};
use crate::identity::tries;
use crate::lang::Both;
use crate::layout::token;
use crate::pages::account::passkeys::{not_answered, script};
use crate::problem::Problem;
use crate::sent::Sent;
use crate::site::{App, Running, work};
use crate::visit::{Person, Visitor};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::Value;
use std::sync::Arc;
use store::aside::{AccountState, Stage, Way};
use store::identity::DoorKind;

/// What a browser is asked to sign.
pub async fn ask(state: State<Arc<Running>>, visitor: Visitor) -> Result<Json<Value>, Problem> {
    let app: App = state;
    work(&app, move |app| {
        // Whoever has come in answers to prove it anew.
        let found = match (&visitor.pending, &visitor.person) {
            (Some((person, Stage::Code)), _) | (None, Some(person)) => {
                asked(app, &visitor, Ceremony::SecondStep(&person.id), &Own::of(app, &person.id)?.passkeys)
            }
            _ => asked(app, &visitor, Ceremony::SignIn, &[]),
        };
        Ok(Json(found?))
    })
    .await
}

/// Signs in, or goes on to do so.
pub async fn submit(state: State<Arc<Running>>, visitor: Visitor, sent: Sent) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let onward = Onward::of(&sent);
        match visitor.pending.clone() {
            Some((person, Stage::Code)) => second_step(app, visitor, person, &sent, &onward),
            _ => sign_in(app, &visitor, &sent, &onward),
        }
    })
    .await
}

fn sign_in(app: &Running, visitor: &Visitor, sent: &Sent, onward: &Onward) -> Result<Response, Problem> {
    let denied = |said: &Both| {
        let entry = Entry { onward, name: "", failure: Some(said) };
        Ok((StatusCode::UNAUTHORIZED, page(app, visitor, &entry)).into_response())
    };
    let counters = tries::of_network(&visitor.origin);
    if let Some(until) = app.store().begin_try(counters.clone(), visitor.now)? {
        return denied(&tries::wait(until));
    }
    let Some(passkey) = answered(app, visitor, Ceremony::SignIn, &Said::of(sent))? else {
        return denied(&unknown());
    };
    let account = app.read(|snapshot| Ok(snapshot.account(&passkey.person)?))?;
    if account.is_none_or(|account| account.state != AccountState::Active) {
        return denied(&unknown());
    }
    let (origin, now) = (&visitor.origin, visitor.now);
    let coming = Coming { origin, now, remember: true, way: Way::Passkey, second: Second::Done };
    let opened = admit(app, &coming, counters, passkey.person)?;
    come_in(app, visitor, opened, onward)
}

fn unknown() -> Both {
    Both::new(
        "没有认出这个通行密钥，请再试一次，或者用密码登录",
        "This passkey was not recognised: try once more, or use your password",
    )
}

fn second_step(
    app: &Running,
    visitor: Visitor,
    person: Person,
    sent: &Sent,
    onward: &Onward,
) -> Result<Response, Problem> {
    if let Some(said) = wrong_second(app, &visitor, &person.id, &Said::of(sent))? {
        let own = Own::of(app, &person.id)?;
        return Ok(code::Page { app, visitor: &visitor, own: &own, onward }.denied(&said));
    }
    code::enter(app, visitor, person, Some(DoorKind::PasskeyUsed), onward)
}

/// The form that a script fills in, where the browser knows passkeys.
pub(super) fn by_passkey(visitor: &Visitor, onward: &Onward) -> Markup {
    html! {
        form method="post" action="/sign-in/passkey" data-passkey="answer" data-ask="/sign-in/passkey" hidden {
            (token(visitor))
            (onward.hidden())
            @for name in ["credential", "client", "data", "signature", "user"] { input type="hidden" name=(name); }
            (not_answered(visitor))
            button class="button secondary" type="submit" { (visitor.lang.say("用通行密钥登录", "Sign in with a passkey")) }
        }
        (script())
    }
}
