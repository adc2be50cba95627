//! `/account/calendar`: addresses with which somebody's calendar program reads the deadlines of one of their posts (日历订阅). Each is shown once
//! and kept as a digest; it reads nothing else, and ends with the post, with the account, or when its owner ends it.

use super::sessions::{address, device};
use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::error_summary::failure;
use crate::components::table::{Column, table};
use crate::forms::field::{Control, Field, field};
use crate::forms::names::Names;
use crate::ical::{self, MEDIA};
use crate::identity::entering::event;
use crate::lang::{Both, Lang};
use crate::layout::{self, Nav, token};
use crate::pages::desk::week::{calendar_name, with_deadline};
use crate::pages::home::names;
use crate::problem::Problem;
use crate::sent::SignedSent;
use crate::site::{App, Running, work};
use crate::visit::{Person, Visitor};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect, Response};
use engine::county::Post;
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;
use store::aside::AccountState;
use store::calendars::Calendar;
use store::identity::DoorKind;

/// Addresses that somebody has at a time.
const CALENDARS_MAX: usize = 10;
/// Requests of one address in a minute.
const PER_MINUTE: u32 = 6;
/// What the name of the file behind the secret ends with.
const ENDING: &str = ".ics";

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| app.read(|snapshot| page(snapshot, &visitor, visitor.signed_in()?, &Said::Nothing))).await
}

/// What was just done, or why not.
enum Said {
    Nothing,
    Made(String),
    Wrong(Both),
}

/// Makes an address or ends one.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let person = visitor.signed_in()?;
        if sent.text("do") == Some("end") {
            end(app, &visitor, person, sent.text("id").unwrap_or_default())?;
            return Ok(Redirect::to("/account/calendar").into_response());
        }
        let (status, said) = match make(app, &visitor, person, sent.text("post"))? {
            Ok(address) => (StatusCode::CREATED, Said::Made(address)),
            Err(wrong) => (StatusCode::UNPROCESSABLE_ENTITY, Said::Wrong(wrong)),
        };
        let page = app.read(|snapshot| page(snapshot, &visitor, person, &said))?;
        Ok((status, page).into_response())
    })
    .await
}

/// Ends an address of somebody; those of others are not there for them.
pub(super) fn end(app: &Running, visitor: &Visitor, person: &Person, id: &str) -> Result<(), Problem> {
    let event = event(app, Some(person.id.clone()), DoorKind::CalendarEnded, &visitor.origin, visitor.now);
    if app.store().drop_calendar(&person.id, id, event)? {
        return Ok(());
    }
    Err(Problem::not_found("没有这个订阅地址", "There is no such calendar address"))
}

fn make(
    app: &Running,
    visitor: &Visitor,
    person: &Person,
    post: Option<&str>,
) -> Result<Result<String, Both>, Problem> {
    let Some(post) = person.holdings().find(|holding| Some(holding.id.as_str()) == post) else {
        return Ok(Err(Both::new("请选择您现任的岗位", "Choose a post that you hold")));
    };
    if app.read(|snapshot| Ok(snapshot.calendars(&person.id)?.len()))? >= CALENDARS_MAX {
        return Ok(Err(Both::new("订阅地址已经够多了，请先停用不用的", "These are enough: end some first")));
    }
    let secret = format!("{}{}", app.fresh(), app.fresh());
    let calendar = Calendar {
        id: app.fresh(),
        digest: trust::token_digest(&secret),
        person: person.id.clone(),
        post: post.id.clone(),
        made: visitor.now,
        used: None,
        address: String::new(),
        agent: String::new(),
    };
    let event = event(app, Some(person.id.clone()), DoorKind::CalendarMade, &visitor.origin, visitor.now);
    app.store().put_calendar(calendar, event)?;
    Ok(Ok(format!("{}/calendar/{secret}{ENDING}", app.site.public_url)))
}

/// `/calendar/SECRET.ics`: the deadlines, for whoever has the address; without a session, and nothing but that.
pub async fn feed(state: State<Arc<Running>>, visitor: Visitor, Path(file): Path<String>) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let digest = trust::token_digest(file.strip_suffix(ENDING).ok_or_else(missing)?);
        let (calendar, text) = app.read(|snapshot| {
            let calendar = snapshot.calendar(&digest)?.ok_or_else(missing)?;
            if !app.limits.admits_so_many(&format!("calendar {}", calendar.id), visitor.now, PER_MINUTE) {
                return Err(too_many());
            }
            let post = held(snapshot, &calendar, &visitor)?.ok_or_else(missing)?;
            let (todos, _) = with_deadline(snapshot, vec![post.sits_at()], None)?;
            let name = format!("{} {}", calendar_name(&visitor), post.title);
            let text = ical::calendar(names(snapshot, &visitor), &name, &app.site.public_url, &todos);
            Ok((calendar, text))
        })?;
        if calendar.to_note(visitor.now) {
            app.store().use_calendar(&calendar.id, visitor.now, &visitor.origin.address, &visitor.origin.agent)?;
        }
        Ok(([(CONTENT_TYPE, MEDIA)], text).into_response())
    })
    .await
}

/// The post of an address, while its owner holds it and their account is open.
fn held<'s>(snapshot: &'s dyn Snapshot, calendar: &Calendar, visitor: &Visitor) -> Result<Option<&'s Post>, Problem> {
    let open = snapshot.account(&calendar.person)?.is_some_and(|account| account.state == AccountState::Active);
    let mut held = snapshot.world().county().posts_of(&calendar.person, visitor.now);
    Ok(held.find(|post| open && post.id == calendar.post))
}

fn missing() -> Problem {
    Problem::not_found("没有这个日历，或者已经停用", "There is no such calendar, or it was ended")
}

fn too_many() -> Problem {
    let (zh, en) = ("这个日历取得太频繁，请过一分钟再取", "This calendar is asked for too often: wait a minute");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", zh, en)
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, person: &Person, said: &Said) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let title = lang.say("日历订阅", "Calendar subscription");
    let calendars = snapshot.calendars(&person.id)?;
    let content = html! {
        (crumbs(lang, &[(lang.say("我的账户", "My account"), "/account")]))
        h1 { (title) }
        p class="lead" { (lang.say(
            "把地址填进手机或电脑的日历（“添加订阅日历”），岗位的待办期限就自己出现、自己更新。",
            "Give the address to your calendar program (“subscribe to a calendar”), and the deadlines of your post appear there and stay up to date.",
        )) }
        p class="soft" { (lang.say(
            "日历里只有环节、事项名称、编号和最后一日，没有人名。谁有这个地址谁就看得到，不要转发；卸任、修改密码、结束全部登录，地址随之停用。",
            "It has steps, procedures, numbers and last days, and no names. Whoever has the address reads it: do not pass it on. It ends with the post, with a change of your password, and when you end all sessions.",
        )) }
        @match said {
            Said::Nothing => {}
            Said::Made(address) => { (banner(Tone::Care, lang.say("订阅地址，只显示这一次", "The address, shown only now"), &html! { p { code class="secret" { (address) } } })) }
            Said::Wrong(wrong) => { (failure(wrong.in_lang(lang), Some("post"))) }
        }
        @if !calendars.is_empty() { (list(names(snapshot, visitor), visitor, &calendars)) }
        @if person.holdings().next().is_some() { (form(visitor, person)) }
        @else { p class="soft" { (lang.say("您现在没有岗位，没有可以订阅的。", "You hold no post: there is nothing to subscribe to.")) } }
    };
    Ok(layout::page(visitor, Nav::Other, title, &content))
}

fn form(visitor: &Visitor, person: &Person) -> Markup {
    let lang = visitor.lang;
    let options: Vec<(String, String)> =
        person.holdings().map(|holding| (holding.id.clone(), holding.title.clone())).collect();
    let value = options.first().map(|(id, _)| id.clone()).unwrap_or_default();
    let of = Field {
        path: "post".into(),
        label: lang.say("哪个岗位的期限", "Of which post").into(),
        number: None,
        hint: None,
        optional: false,
        fault: None,
        conditional: false,
        control: Control::Radios { options, value },
    };
    html! {
        h2 { (lang.say("生成一个地址", "Make an address")) }
        form method="post" action="/account/calendar" {
            (token(visitor))
            (field(lang, &of))
            (button::submit(lang.say("生成", "Make")))
        }
    }
}

/// The addresses of somebody, each with where it was used last and a button that ends it.
pub(super) fn list(names: Names<'_>, visitor: &Visitor, calendars: &[Calendar]) -> Markup {
    let lang = visitor.lang;
    let columns = [
        Column::text(lang.say("岗位", "Post")),
        Column::text(lang.say("生成", "Made")),
        Column::text(lang.say("最近使用", "Last used")),
        Column::text(lang.say("程序", "Program")),
        Column::text(lang.say("网络地址", "Network")),
        Column::text(lang.say("办理", "Do")),
    ];
    let row = |calendar: &Calendar| {
        vec![
            html! { (names.post(&calendar.post)) },
            html! { (lang.moment(calendar.made)) },
            html! { @match calendar.used { Some(used) => { (lang.moment(used)) }, None => { (lang.say("没有用过", "never")) } } },
            html! { @if calendar.used.is_some() { (program(lang, &calendar.agent)) } },
            html! { (address(&calendar.address)) },
            html! { form method="post" action="/account/calendar" {
                (token(visitor))
                input type="hidden" name="do" value="end";
                input type="hidden" name="id" value=(calendar.id);
                button class="button secondary" type="submit" { (lang.say("停用", "End")) span class="hidden-visually" { " " (names.post(&calendar.post)) } }
            } },
        ]
    };
    table(lang.say("日历订阅地址", "Calendar addresses"), &columns, &calendars.iter().map(row).collect::<Vec<_>>())
}

/// A program as people know it: a browser's device, else how the program names itself.
fn program(lang: Lang, agent: &str) -> String {
    let named: String = agent.split(['/', ' ']).next().unwrap_or_default().chars().take(40).collect();
    if agent.starts_with("Mozilla") || named.is_empty() { device(lang, agent) } else { named }
}
