//! `/account/sessions`: where somebody is signed in, and what happened at their door. Each session can be ended from any other.

use super::calendar;
use crate::components::banner::{Tone, banner};
use crate::components::crumbs::crumbs;
use crate::components::table::{Column, table};
use crate::identity::entering::event;
use crate::identity::origin::device_words;
use crate::lang::Lang;
use crate::layout::{self, Nav, token};
use crate::pages::home::names;
use crate::problem::Problem;
use crate::sent::SignedSent;
use crate::site::{App, Running, work};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;
use store::aside::{Session, Way};
use store::identity::{DoorEvent, DoorKind};

/// What happened at the door: the latest.
const EVENTS_SHOWN: usize = 20;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let person = visitor.signed_in()?;
        app.read(|snapshot| {
            let sessions = snapshot.sessions(&person.id, app.going_on(visitor.now))?;
            let events = snapshot.door_events(&person.id, EVENTS_SHOWN)?;
            let calendars = calendars(snapshot, &visitor, person)?;
            Ok(page(&visitor, (&sessions, &calendars), &events))
        })
    })
    .await
}

/// Ends one, or all but this one.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let person = visitor.signed_in()?;
        match (sent.text("do"), sent.text("id")) {
            (Some("others"), _) => end_others(app, &visitor, person)?,
            (Some("end"), Some(id)) => end(app, &visitor, person, id)?,
            _ => return Err(Problem::unreadable("看不懂要结束哪个登录", "It is not clear which session to end")),
        }
        Ok(Redirect::to("/account/sessions").into_response())
    })
    .await
}

/// Ends a session of somebody; those of others are not there for them.
pub(crate) fn end(app: &Running, visitor: &Visitor, person: &Person, id: &str) -> Result<(), Problem> {
    let own = app.read(|snapshot| Ok(snapshot.sessions(&person.id, app.going_on(visitor.now))?))?;
    if !own.iter().any(|session| session.digest == id) {
        return Err(Problem::not_found("没有这个登录", "There is no such session"));
    }
    app.store().end_session(id)?;
    note(app, visitor, person)
}

/// Ends every session of somebody but the visitor's.
pub(crate) fn end_others(app: &Running, visitor: &Visitor, person: &Person) -> Result<(), Problem> {
    app.store().end_sessions(&person.id, Some(&trust::token_digest(&visitor.token)))?;
    note(app, visitor, person)
}

fn note(app: &Running, visitor: &Visitor, person: &Person) -> Result<(), Problem> {
    let event = event(app, Some(person.id.clone()), DoorKind::Ended, &visitor.origin, visitor.now);
    Ok(app.store().note_at_door(event)?)
}

/// Calendar addresses: whoever has one comes in by it, if only to read.
fn calendars(snapshot: &dyn Snapshot, visitor: &Visitor, person: &Person) -> Result<Markup, Problem> {
    let calendars = snapshot.calendars(&person.id)?;
    Ok(html! {
        @if !calendars.is_empty() {
            h2 { (visitor.lang.say("日历订阅地址", "Calendar addresses")) }
            (calendar::list(names(snapshot, visitor), visitor, &calendars))
        }
    })
}

fn page(visitor: &Visitor, (sessions, calendars): (&[Session], &Markup), events: &[DoorEvent]) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("登录的设备", "Where you are signed in");
    let content = html! {
        (crumbs(lang, &[(lang.say("我的账户", "My account"), "/account")]))
        h1 { (title) }
        p class="lead" { (lang.say(
            "不认识的设备，请先结束它，再改密码。",
            "End whatever you do not know, then change your password.",
        )) " " a href="/account/password" { (lang.say("修改密码", "Change password")) } }
        (list(visitor, sessions))
        @if sessions.len() > 1 {
            form method="post" action="/account/sessions" {
                (token(visitor))
                input type="hidden" name="do" value="others";
                button class="button grave" type="submit" { (lang.say("结束其他所有登录", "End all others")) }
            }
        } @else {
            (banner(Tone::Plain, lang.say("只在这里登录", "Signed in only here"), &html! { p { (lang.say("别处没有登录。", "You are signed in nowhere else.")) } }))
        }
        (calendars)
        @if !events.is_empty() {
            h2 { (lang.say("最近的登录记录", "What happened lately")) }
            (happened(lang, events))
        }
    };
    layout::page(visitor, Nav::Other, title, &content)
}

fn list(visitor: &Visitor, sessions: &[Session]) -> Markup {
    let lang = visitor.lang;
    let here = trust::token_digest(&visitor.token);
    let columns = [
        Column::text(lang.say("设备", "Device")),
        Column::text(lang.say("网络地址", "Network")),
        Column::text(lang.say("登录时间", "Since")),
        Column::text(lang.say("最近使用", "Last used")),
        Column::text(lang.say("办理", "Do")),
    ];
    let row = |session: &Session| {
        vec![
            html! { (device(lang, &session.agent)) @if session.digest == here { " " span class="tag" { (lang.say("本机", "this one")) } } (by(lang, session.way)) },
            html! { (address(&session.address)) },
            html! { (lang.moment(session.created)) },
            html! { (lang.moment(session.seen)) },
            html! { @if session.digest != here {
                form method="post" action="/account/sessions" {
                    (token(visitor))
                    input type="hidden" name="do" value="end";
                    input type="hidden" name="id" value=(session.digest);
                    button class="button secondary" type="submit" { (lang.say("结束", "End")) span class="hidden-visually" { " " (device(lang, &session.agent)) } }
                }
            } },
        ]
    };
    table(lang.say("登录的设备", "Sessions"), &columns, &sessions.iter().map(row).collect::<Vec<_>>())
}

/// By what way, where it was not the password.
pub(crate) fn by(lang: Lang, way: Way) -> Markup {
    let words = match way {
        Way::Password => return html! {},
        Way::Passkey => lang.say("通行密钥", "passkey"),
        Way::Provider => lang.say("统一身份认证", "other sign-in"),
    };
    html! { " " span class="tag" { (words) } }
}

fn happened(lang: Lang, events: &[DoorEvent]) -> Markup {
    let columns = [
        Column::text(lang.say("时间", "When")),
        Column::text(lang.say("情况", "What")),
        Column::text(lang.say("设备", "Device")),
        Column::text(lang.say("网络地址", "Network")),
    ];
    let row = |event: &DoorEvent| {
        vec![
            html! { (lang.moment(event.at)) },
            html! { (words(lang, event.what)) },
            html! { (device(lang, &event.agent)) },
            html! { (address(&event.address)) },
        ]
    };
    table(lang.say("登录记录", "At the door"), &columns, &events.iter().map(row).collect::<Vec<_>>())
}

/// A device as people know it.
pub(crate) fn device(lang: Lang, agent: &str) -> String {
    let words = device_words(agent);
    if words.is_empty() { lang.say("未知设备", "Unknown device").to_owned() } else { words }
}

/// An address as it is shown.
pub(crate) fn address(address: &str) -> &str {
    if address.is_empty() { "—" } else { address }
}

/// What happened, in words.
pub(crate) fn words(lang: Lang, what: DoorKind) -> &'static str {
    match what {
        DoorKind::SignedIn => lang.say("登录", "Signed in"),
        DoorKind::CodeAsked => lang.say("第一步通过，待输验证码", "First step right; asked for the second"),
        DoorKind::WrongCode => lang.say("验证码输错", "Wrong code"),
        DoorKind::RecoveryUsed => lang.say("用了一个恢复码", "A recovery code was used"),
        DoorKind::AccountMade => lang.say("开户", "Account made"),
        DoorKind::PasswordGiven => lang.say("管理员重置密码", "Password given by an administrator"),
        DoorKind::AccountClosed => lang.say("停用账户", "Account closed"),
        DoorKind::AccountOpened => lang.say("启用账户", "Account opened"),
        DoorKind::FactorAdded => lang.say("启用双因素", "Set up a second factor"),
        DoorKind::FactorRemoved => lang.say("停用双因素", "Took away the second factor"),
        DoorKind::PasskeyAdded => lang.say("添加通行密钥", "Added a passkey"),
        DoorKind::PasskeyRemoved => lang.say("删去通行密钥", "Removed a passkey"),
        DoorKind::PasskeyUsed => lang.say("用通行密钥登录", "Signed in with a passkey"),
        DoorKind::WrongPasskey => lang.say("通行密钥不对", "Wrong passkey"),
        DoorKind::PasskeyCopied => {
            lang.say("通行密钥计数倒退，可能被复制", "A passkey counted backwards: there may be a copy")
        }
        DoorKind::ProviderSignedIn => lang.say("统一身份认证登录", "Signed in elsewhere"),
        DoorKind::WrongProvider => lang.say("统一身份认证的应答不对", "What the other sign-in said was wrong"),
        DoorKind::Wrong => lang.say("密码输错", "Wrong password"),
        DoorKind::SignedOut => lang.say("退出", "Signed out"),
        DoorKind::Ended => lang.say("结束了其他登录", "Ended other sessions"),
        DoorKind::PasswordChanged => lang.say("修改密码", "Changed the password"),
        DoorKind::CalendarMade => lang.say("生成日历订阅地址", "Made a calendar address"),
        DoorKind::CalendarEnded => lang.say("停用日历订阅地址", "Ended a calendar address"),
    }
}
