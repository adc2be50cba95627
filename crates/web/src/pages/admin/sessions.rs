//! `/admin/sessions`: the security administrator sees who is signed in and whose passwords were tried, ends sessions, and takes away the
//! second factor of whoever has lost it.

use super::only;
use crate::components::crumbs::crumbs;
use crate::components::error_summary::{anchor, failure};
use crate::components::table::{Column, table};
use crate::forms::names::Names;
use crate::identity::entering::event;
use crate::identity::factor::Own;
use crate::lang::Both;
use crate::layout::{self, Nav, token};
use crate::pages::account::sessions::{address, by, device};
use crate::pages::home::names;
use crate::problem::Problem;
use crate::sent::SignedSent;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::rights::Task;
use jiff::ToSpan;
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;
use store::aside::Session;
use store::identity::{DoorEvent, DoorKind, WrongTries};

/// Sessions listed.
const SESSIONS_SHOWN: usize = 500;
/// Accounts and networks listed with their wrong tries.
const TRIES_SHOWN: usize = 200;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            only(snapshot, &visitor, Task::Sessions)?;
            page(app, snapshot, &visitor, None)
        })
    })
    .await
}

/// Ends every session of a person, or takes a second factor away from whoever has lost it.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let by = app.read(|snapshot| Ok(only(snapshot, &visitor, Task::Sessions)?.id.clone()))?;
        match sent.text("do") {
            Some("factor") => match take_factor(app, &visitor, by, sent.text("login").unwrap_or_default().trim())? {
                Ok(()) => Ok(Redirect::to("/admin/sessions").into_response()),
                Err(said) => {
                    let page = app.read(|snapshot| page(app, snapshot, &visitor, Some(&said)))?;
                    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
                }
            },
            Some("end") => end_all(app, &visitor, by, sent.text("person").unwrap_or_default()),
            _ => Err(Problem::unreadable("看不懂要做什么", "It is not clear what to do")),
        }
    })
    .await
}

fn end_all(app: &Running, visitor: &Visitor, by: String, person: &str) -> Result<Response, Problem> {
    if app.read(|snapshot| Ok(snapshot.account(person)?))?.is_none() {
        return Err(Problem::not_found("没有这个账户", "There is no such account"));
    }
    app.store().end_sessions(person, None)?;
    let ended = event(app, Some(person.to_owned()), DoorKind::Ended, &visitor.origin, visitor.now);
    app.store().note_at_door(DoorEvent { by: Some(by), ..ended })?;
    Ok(Redirect::to("/admin/sessions").into_response())
}

/// Takes the second factor of an account away: its owner signs in with the password alone, and sets up another. One's own goes with its
/// code, as everybody's.
fn take_factor(app: &Running, visitor: &Visitor, by: String, login: &str) -> Result<Result<(), Both>, Problem> {
    let account = app.read(|snapshot| Ok(snapshot.account_by_login(login)?))?;
    let Some(account) = account else {
        return Ok(Err(Both::new("没有这个用户名", "There is no such name")));
    };
    if account.person == by {
        let said = Both::new("自己的双因素请在“我的账户”里停用", "Switch off your own on the page of your account");
        return Ok(Err(said));
    }
    let own = Own::of(app, &account.person)?;
    if !own.has_any() {
        return Ok(Err(Both::new(
            "这个账户没有启用双因素，也没有通行密钥",
            "That account has neither second factor nor passkey",
        )));
    }
    let removed = event(app, Some(account.person.clone()), DoorKind::FactorRemoved, &visitor.origin, visitor.now);
    app.store().drop_factor(&account.person, DoorEvent { by: Some(by), ..removed })?;
    Ok(Ok(()))
}

fn page(app: &Running, snapshot: &dyn Snapshot, visitor: &Visitor, said: Option<&Both>) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let title = lang.say("登录着的人", "Who is signed in");
    let names = names(snapshot, visitor);
    let sessions = snapshot.all_sessions(app.going_on(visitor.now), SESSIONS_SHOWN)?;
    let tried = snapshot.wrong_tries(visitor.now.saturating_sub(24.hours()))?;
    let content = html! {
        (crumbs(lang, &[(lang.say("安全管理", "Security"), "/admin")]))
        h1 { (title) }
        @if let Some(said) = said { (failure(said.in_lang(lang), Some("login"))) }
        (listed(names, visitor, &sessions))
        h2 { (lang.say("24小时内输错密码或验证码的", "Wrong passwords and codes within a day")) }
        p class="soft" { (lang.say(
            "等待只落在输错的那一处，本人在常用的设备上照样能登录，所以没有“解锁”。",
            "Only where the wrong ones come from has to wait; on a device of theirs the owner comes in. So there is nothing to unlock.",
        )) }
        @if tried.is_empty() { p { (lang.say("没有。", "None.")) } }
        @else { (tries(names, &tried)) }
        @if tried.len() > TRIES_SHOWN { p class="soft" { (lang.say("只列出最近的；全部在", "Only the latest are listed; all are among ")) a href="/admin/events" { (lang.say("登录记录", "what happened at the door")) } (lang.say("里。", ".")) } }
        h2 { (lang.say("停用双因素和通行密钥", "Take a second factor away")) }
        (taking_away(visitor))
    };
    Ok(layout::page(visitor, Nav::Admin, title, &content))
}

/// For whoever has lost the telephone and the recovery codes.
fn taking_away(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! {
        p { (lang.say(
            "手机和恢复码都丢了的人登不进来。当面核对身份以后，在这里停用其双因素，通行密钥也一并删去；其登录全部结束，下次凭密码登录，再重新设置。",
            "Whoever has lost both telephone and recovery codes cannot sign in. Make sure in person who it is, then take the factor away here, passkeys included: their sessions end, and they sign in with the password and set up another.",
        )) }
        form method="post" action="/admin/sessions" {
            (token(visitor))
            input type="hidden" name="do" value="factor";
            div class="field" {
                label for=(anchor("login")) { (lang.say("用户名", "Name")) }
                input class="input medium" id=(anchor("login")) name="login" type="text" autocomplete="off";
            }
            button class="button grave" type="submit" { (lang.say("停用双因素", "Take it away")) }
        }
    }
}

fn listed(names: Names<'_>, visitor: &Visitor, sessions: &[Session]) -> Markup {
    let lang = visitor.lang;
    let columns = [
        Column::text(lang.say("姓名", "Person")),
        Column::text(lang.say("设备", "Device")),
        Column::text(lang.say("网络地址", "Network")),
        Column::text(lang.say("登录时间", "Since")),
        Column::text(lang.say("最近使用", "Last used")),
        Column::text(lang.say("办理", "Do")),
    ];
    let row = |session: &Session| {
        vec![
            html! { (names.person(&session.person)) },
            html! { (device(lang, &session.agent)) (by(lang, session.way)) },
            html! { (address(&session.address)) },
            html! { (lang.moment(session.created)) },
            html! { (lang.moment(session.seen)) },
            html! { form method="post" action="/admin/sessions" {
                (token(visitor))
                input type="hidden" name="do" value="end";
                input type="hidden" name="person" value=(session.person);
                button class="button grave" type="submit" { (lang.say("全部结束", "End all")) span class="hidden-visually" { " " (names.person(&session.person)) } }
            } },
        ]
    };
    table(lang.say("登录着的人", "Sessions"), &columns, &sessions.iter().map(row).collect::<Vec<_>>())
}

fn tries(names: Names<'_>, tried: &[WrongTries]) -> Markup {
    let lang = names.lang;
    let columns = [
        Column::text(lang.say("账户", "Account")),
        Column::text(lang.say("网络地址", "Network")),
        Column::number(lang.say("次数", "Times")),
        Column::text(lang.say("最后一次", "Last")),
    ];
    let row = |tries: &WrongTries| {
        let who = tries
            .person
            .as_deref()
            .map_or_else(|| lang.say("没有这个用户名", "no such name").to_owned(), |one| names.person(one));
        vec![
            html! { (who) },
            html! { (address(&tries.address)) },
            html! { (tries.times) },
            html! { (lang.moment(tries.last)) },
        ]
    };
    table(lang.say("输错的密码", "Wrong tries"), &columns, &tried.iter().take(TRIES_SHOWN).map(row).collect::<Vec<_>>())
}
