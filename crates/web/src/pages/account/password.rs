//! `/account/password`: a new password, by whoever knows the old one. Ends every other session and forgets every other device.

use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::error_summary::{anchor, error_summary};
use crate::identity::entering::{Second, event, stage_with, wrong_password};
use crate::identity::{Origin, password};
use crate::lang::Both;
use crate::layout::{self, Nav, token};
use crate::pages::sign_in::{Onward, back_of, lead_on};
use crate::problem::Problem;
use crate::sent::Sent;
use crate::site::{App, Running, work};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use engine::FieldFault;
use maud::{Markup, html};
use std::sync::Arc;
use store::aside::{Account, Given, Stage};
use store::identity::{DoorKind, NewPassword};

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Response, Problem> {
    let app: App = state;
    let onward = Onward { back: back_of(&uri), kept: None };
    work(&app, move |app| first(app, &visitor, &onward)).await
}

/// The page for somebody on the way to elsewhere.
pub(crate) fn first(app: &Running, visitor: &Visitor, onward: &Onward) -> Result<Response, Problem> {
    let account = account(app, visitor)?;
    Ok(page(app, visitor, &account, onward, None).into_response())
}

/// Who is here, all the way in or only as far as this page.
pub(super) fn person(visitor: &Visitor) -> Result<&Person, Problem> {
    let pending = visitor.pending.as_ref().map(|(person, _)| person);
    visitor.person.as_ref().or(pending).ok_or_else(Problem::sign_in_first)
}

pub(super) fn account(app: &Running, visitor: &Visitor) -> Result<Account, Problem> {
    let id = &person(visitor)?.id;
    let found = app.read(|snapshot| Ok(snapshot.account(id)?))?;
    found.ok_or_else(|| Problem::not_found("没有这个账户", "There is no such account"))
}

/// Changes it.
pub async fn submit(state: State<Arc<Running>>, visitor: Visitor, sent: Sent) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let (account, onward) = (account(app, &visitor)?, Onward::of(&sent));
        let text = |name: &str| sent.text(name).unwrap_or_default();
        let wished = text("wished");
        let changed = match text("again") == wished {
            true => change(app, &visitor, &account, text("current"), wished)?,
            false => Err(("again", Both::new("两次输入的新密码不一样", "The two new passwords differ"))),
        };
        match changed {
            Ok(stage) => {
                let person = person(&visitor)?.clone();
                lead_on(app, visitor, person, stage, &onward)
            }
            Err(fault) => {
                let page = page(app, &visitor, &account, &onward, Some(&fault));
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
        }
    })
    .await
}

/// Changes a password and says what comes next, or in which field something is wrong.
pub(crate) fn change(
    app: &Running,
    visitor: &Visitor,
    account: &Account,
    current: &str,
    wished: &str,
) -> Result<Result<Stage, (&'static str, Both)>, Problem> {
    if account.given == Given::Demo {
        let said = Both::new("示例账户的密码是公开的，不能改", "The password of a sample account is public and stays");
        return Ok(Err(("wished", said)));
    }
    let session = trust::token_digest(&visitor.token);
    if let Some(said) = wrong_password(app, account, &session, current, visitor.now)? {
        return Ok(Err(("current", said)));
    }
    let (past, name) = app.read(|snapshot| {
        let name = snapshot.world().county().people.get(&account.person).cloned().unwrap_or_default();
        Ok((snapshot.past_passwords(&account.person)?, name))
    })?;
    let past: Vec<String> = std::iter::once(account.password.clone()).chain(past).collect();
    if let Some(said) = password::fault(wished, &[&account.login, &name], &past) {
        return Ok(Err(("wished", said)));
    }
    let mut salt = [0; 16];
    (app.site.chance)(&mut salt);
    let hash = trust::hash_password(wished, &salt, &app.site.password_cost)
        .map_err(|fault| Problem::fault(&anyhow::Error::new(fault)))?;
    let stage = match &visitor.pending {
        Some((person, _)) => {
            let changed = Account { given: Given::Own, since: visitor.now, ..account.clone() };
            stage_with(app, person, &changed, (visitor.way, Second::Done), visitor.now)?
        }
        None => Stage::Full,
    };
    let Origin { device, .. } = &visitor.origin;
    app.store().change_password(NewPassword {
        person: account.person.clone(),
        password: hash,
        but: session,
        then: stage,
        device: device.as_deref().map(trust::token_digest),
        event: event(app, Some(account.person.clone()), DoorKind::PasswordChanged, &visitor.origin, visitor.now),
    })?;
    Ok(Ok(stage))
}

fn page(
    app: &Running,
    visitor: &Visitor,
    account: &Account,
    onward: &Onward,
    fault: Option<&(&'static str, Both)>,
) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("修改密码", "Change your password");
    let staff = person(visitor).is_ok_and(|person| person.holdings().next().is_some());
    let due = visitor.pending.as_ref().and_then(|_| password::due(account, staff, &app.site.sign_in, visitor.now));
    let faults: Vec<FieldFault> = fault
        .iter()
        .map(|(name, said)| FieldFault {
            field: (*name).into(),
            label: "".into(),
            zh: said.zh.clone(),
            en: said.en.clone(),
            clauses: Vec::new(),
        })
        .collect();
    let line = |name: &str, label: &str, kind: &str, hint: Option<&Both>| {
        let said = fault.filter(|(of, _)| *of == name).map(|(_, said)| said.in_lang(lang));
        let described = hint.map(|_| format!("{}-hint", anchor(name)));
        html! {
            div class=(if said.is_some() { "field wrong" } else { "field" }) {
                label for=(anchor(name)) { (label) }
                @if let Some(hint) = hint { p class="hint" id=[described.as_deref()] { (hint.in_lang(lang)) } }
                @if let Some(said) = said { p class="fault" { (said) } }
                input class="input medium" id=(anchor(name)) name=(name) type="password" autocomplete=(kind)
                    aria-describedby=[described.as_deref()] aria-invalid=[said.map(|_| "true")];
            }
        }
    };
    let rules = password::rules();
    let content = html! {
        h1 { (title) }
        @if let Some(due) = &due { (banner(Tone::Care, lang.say("请先设置新密码", "Set a new password first"), &html! { p { (due.in_lang(lang)) } })) }
        (error_summary(lang, &faults))
        form method="post" action="/account/password" {
            (token(visitor))
            (onward.hidden())
            input type="text" name="username" value=(account.login) autocomplete="username" hidden;
            (line("current", lang.say("现在的密码", "Password now"), "current-password", None))
            (line("wished", lang.say("新密码", "New password"), "new-password", Some(&rules)))
            (line("again", lang.say("再输一遍新密码", "New password once more"), "new-password", None))
            (button::submit(lang.say("修改密码", "Change password")))
        }
        p class="soft" { (lang.say("改好以后，其他设备上的登录都会结束。", "Every session on other devices then ends.")) }
    };
    layout::page(visitor, Nav::Other, title, &content)
}

/// What a program sends.
pub(crate) fn by_program(app: &Running, visitor: &Visitor, current: &str, wished: &str) -> Result<(), Problem> {
    let account = account(app, visitor)?;
    let Err((field, said)) = change(app, visitor, &account, current, wished)? else { return Ok(()) };
    let name = if field == "current" { "current" } else { "new" };
    let fault = FieldFault { field: name.into(), label: "".into(), zh: said.zh, en: said.en, clauses: Vec::new() };
    let mut problem =
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "form", "密码没有修改", "The password was not changed");
    problem.fields.push(fault);
    Err(problem)
}
