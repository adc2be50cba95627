//! `/admin/sessions`: the security administrator sees who is signed in and whose passwords were tried, and ends sessions.

use super::only;
use crate::components::crumbs::crumbs;
use crate::components::table::{Column, table};
use crate::identity::entering::event;
use crate::identity::origin::device_words;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::SignedSent;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use engine::county::Administration;
use jiff::ToSpan;
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Snapshot;
use store::aside::Session;
use store::identity::{DoorEvent, DoorKind};

/// Sessions listed.
const SESSIONS_SHOWN: usize = 500;
/// Events looked through for wrong tries.
const EVENTS_READ: usize = 10_000;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            only(snapshot, &visitor, &[Administration::Security])?;
            page(snapshot, &visitor)
        })
    })
    .await
}

/// Ends every session of a person.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let by = app.read(|snapshot| Ok(only(snapshot, &visitor, &[Administration::Security])?.id.clone()))?;
        let person = sent.text("person").unwrap_or_default();
        if app.read(|snapshot| Ok(snapshot.account(person)?))?.is_none() {
            return Err(Problem::not_found("没有这个账户", "There is no such account"));
        }
        app.store().end_sessions(person, None)?;
        let ended = event(app, Some(person.to_owned()), DoorKind::Ended, &visitor.origin, visitor.now);
        app.store().note_at_door(DoorEvent { by: Some(by), ..ended })?;
        Ok(Redirect::to("/admin/sessions").into_response())
    })
    .await
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let title = lang.say("登录着的人", "Who is signed in");
    let sessions = snapshot.all_sessions(visitor.now, SESSIONS_SHOWN)?;
    let tried = tried(snapshot, visitor)?;
    let content = html! {
        (crumbs(lang, &[(lang.say("安全管理", "Security"), "/admin")]))
        h1 { (title) }
        (listed(snapshot, visitor, &sessions))
        h2 { (lang.say("24小时内输错密码或验证码的", "Wrong passwords and codes within a day")) }
        p class="soft" { (lang.say(
            "等待只落在输错的那一处，本人在常用的设备上照样能登录，所以没有“解锁”。",
            "Only where the wrong ones come from has to wait; on a device of theirs the owner comes in. So there is nothing to unlock.",
        )) }
        @if tried.is_empty() { p { (lang.say("没有。", "None.")) } }
        @else { (tries(snapshot, visitor, &tried)) }
    };
    Ok(layout::page(visitor, Nav::Other, title, &content))
}

fn listed(snapshot: &dyn Snapshot, visitor: &Visitor, sessions: &[Session]) -> Markup {
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
            html! { (name(snapshot, &session.person)) },
            html! { (device_words(&session.agent)) },
            html! { (session.address) },
            html! { (lang.moment(session.created)) },
            html! { (lang.moment(session.seen)) },
            html! { form method="post" action="/admin/sessions" {
                (token(visitor))
                input type="hidden" name="person" value=(session.person);
                button class="button grave" type="submit" { (lang.say("全部结束", "End all")) span class="hidden-visually" { " " (name(snapshot, &session.person)) } }
            } },
        ]
    };
    table(lang.say("登录着的人", "Sessions"), &columns, &sessions.iter().map(row).collect::<Vec<_>>())
}

/// Wrong tries of a day for each account and network: how many, and the last.
type Tried = BTreeMap<(Option<String>, String), (u64, DoorEvent)>;

fn tried(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Tried, Problem> {
    let since = visitor.now.saturating_sub(24.hours());
    let events = snapshot.door_events_within(since.date(), visitor.now.date(), EVENTS_READ)?;
    let mut tried = Tried::new();
    for event in events.into_iter().filter(|event| event.at >= since) {
        if matches!(event.what, DoorKind::Wrong | DoorKind::WrongCode) {
            // The latest come first.
            let key = (event.person.clone(), event.address.clone());
            tried.entry(key).or_insert((0, event)).0 += 1;
        }
    }
    Ok(tried)
}

fn tries(snapshot: &dyn Snapshot, visitor: &Visitor, tried: &Tried) -> Markup {
    let lang = visitor.lang;
    let columns = [
        Column::text(lang.say("账户", "Account")),
        Column::text(lang.say("网络地址", "Network")),
        Column::number(lang.say("次数", "Times")),
        Column::text(lang.say("最后一次", "Last")),
    ];
    let row = |((person, address), (times, last)): (&(Option<String>, String), &(u64, DoorEvent))| {
        let who = person
            .as_deref()
            .map_or_else(|| lang.say("没有这个用户名", "no such name").to_owned(), |one| name(snapshot, one));
        vec![html! { (who) }, html! { (address) }, html! { (times) }, html! { (lang.moment(last.at)) }]
    };
    table(lang.say("输错的密码", "Wrong tries"), &columns, &tried.iter().map(row).collect::<Vec<_>>())
}

fn name(snapshot: &dyn Snapshot, person: &str) -> String {
    snapshot.world().county().people.get(person).cloned().unwrap_or_else(|| person.to_owned())
}
