//! `/admin/events`: what happened at the door and to accounts, for the audit administrator and for security; as a sheet, too.

use super::only;
use crate::components::crumbs::crumbs;
use crate::components::table::{Column, table};
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::layout::{self, Nav, with_query};
use crate::pages::account::sessions::{address, device, words};
use crate::pages::home::names;
use crate::pages::registers::excel::download;
use crate::problem::Problem;
use crate::site::{App, Running, long_work, work};
use crate::visit::{Visitor, query_value};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use engine::rights::Task;
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};
use sheets::{Kind, Out, Value, Writer};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Snapshot;
use store::identity::DoorEvent;

/// Lines on the page; a sheet has more.
const SHOWN: usize = 500;
/// Lines of a sheet.
const LINES_MAX: usize = 100_000;
/// Days shown where none are asked for.
const DAYS: i64 = 7;

/// What is asked for.
struct Wanted {
    from: Date,
    to: Date,
    text: String,
}

impl Wanted {
    fn of(uri: &Uri, today: Date) -> Wanted {
        let day = |name: &str| query_value(uri, name).and_then(|text| text.parse().ok());
        Wanted {
            from: day("from").unwrap_or_else(|| today.saturating_sub(DAYS.days())),
            to: day("to").unwrap_or(today),
            text: query_value(uri, "q").unwrap_or_default().trim().to_owned(),
        }
    }

    /// The events asked for, with the names of those they are about and of who did them, and whether there are more.
    fn find(&self, names: Names<'_>, snapshot: &dyn Snapshot, limit: usize) -> Result<Found, Problem> {
        let accounts = snapshot.accounts()?;
        let login: BTreeMap<&str, &str> =
            accounts.iter().map(|account| (account.person.as_str(), account.login.as_str())).collect();
        let has = |text: &str| text.contains(&self.text);
        let is_called = |person: &Option<String>| {
            person
                .as_deref()
                .is_some_and(|one| has(&names.person(one)) || login.get(one).is_some_and(|login| has(login)))
        };
        let fits = |event: &DoorEvent| {
            has(words(Lang::Zh, event.what))
                || has(words(Lang::En, event.what))
                || has(&event.address)
                || is_called(&event.person)
                || is_called(&event.by)
        };
        let (events, more) = snapshot.door_events_within(self.from, self.to, &fits, limit)?;
        let name = |person: &Option<String>| person.as_deref().map_or_else(String::new, |one| names.person(one));
        let named = |event: DoorEvent| {
            let (of, by) = (name(&event.person), name(&event.by));
            (event, of, by)
        };
        Ok(Found { lines: events.into_iter().map(named).collect(), more })
    }
}

/// What was found: each event with the names of whom it is about and of who did it.
struct Found {
    lines: Vec<(DoorEvent, String, String)>,
    more: bool,
}

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let app: App = state;
    let wanted = Wanted::of(&uri, visitor.now.date());
    work(&app, move |app| {
        app.read(|snapshot| {
            only(snapshot, &visitor, Task::Events)?;
            let found = wanted.find(names(snapshot, &visitor), snapshot, SHOWN)?;
            Ok(page(&visitor, &wanted, &found))
        })
    })
    .await
}

/// The sheet.
pub async fn excel(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Response, Problem> {
    let app: App = state;
    let wanted = Wanted::of(&uri, visitor.now.date());
    long_work(&app, move |app| {
        app.read(|snapshot| {
            only(snapshot, &visitor, Task::Events)?;
            let found = wanted.find(names(snapshot, &visitor), snapshot, LINES_MAX)?;
            let bytes = sheet(&found.lines, &visitor).map_err(|error| {
                Problem::fault(&anyhow::Error::new(error).context("the events could not be written as a sheet"))
            })?;
            Ok(download(&format!("登录记录-{}-{}.xlsx", wanted.from, wanted.to), bytes))
        })
    })
    .await
}

fn sheet(found: &[(DoorEvent, String, String)], visitor: &Visitor) -> Result<Vec<u8>, sheets::XlsxError> {
    const COLUMNS: [(&str, usize); 6] =
        [("时间", 20), ("账户", 14), ("情况", 24), ("经办", 14), ("网络地址", 18), ("设备", 40)];
    let column =
        |(heading, width): (&str, usize)| sheets::Column { heading: heading.to_owned(), kind: Kind::Text, width };
    let mut writer = Writer::new("登录记录", &COLUMNS.map(column))?;
    for (event, of, by) in found {
        let cells = [
            event.at.to_string(),
            of.clone(),
            words(Lang::Zh, event.what).to_owned(),
            by.clone(),
            event.address.clone(),
            event.agent.clone(),
        ];
        let cells = cells.map(|text| Out::from(if text.is_empty() { Value::Empty } else { Value::Text(text) }));
        writer.row(&cells)?;
    }
    let about = [("县", visitor.county.clone()), ("时间", Lang::Zh.moment(visitor.now))];
    writer.finish("说明", &about.map(|(label, text)| (label.to_owned(), text)))
}

fn page(visitor: &Visitor, wanted: &Wanted, found: &Found) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("登录记录", "What happened at the door");
    let columns = [
        Column::text(lang.say("时间", "When")),
        Column::text(lang.say("账户", "Account")),
        Column::text(lang.say("情况", "What")),
        Column::text(lang.say("经办", "By")),
        Column::text(lang.say("网络地址", "Network")),
        Column::text(lang.say("设备", "Device")),
    ];
    let row = |(event, of, by): &(DoorEvent, String, String)| {
        vec![
            html! { (lang.moment(event.at)) },
            html! { @if of.is_empty() { (lang.say("没有这个用户名", "no such name")) } @else { (of) } },
            html! { (words(lang, event.what)) },
            html! { (by) },
            html! { (address(&event.address)) },
            html! { (device(lang, &event.agent)) },
        ]
    };
    let (from, to) = (wanted.from.to_string(), wanted.to.to_string());
    let file = [("from", &from), ("to", &to), ("q", &wanted.text)]
        .iter()
        .fold("/admin/events/excel".to_owned(), |address, (name, value)| with_query(&address, name, value));
    let content = html! {
        (crumbs(lang, &[(lang.say("管理", "Administration"), "/admin")]))
        h1 { (title) }
        form class="search wrap no-print" role="search" method="get" action="/admin/events" {
            input class="input" type="date" name="from" value=(from) aria-label=(lang.say("从", "From"));
            input class="input" type="date" name="to" value=(to) aria-label=(lang.say("到", "To"));
            input class="input" type="search" name="q" value=(wanted.text) aria-label=(lang.say("姓名、情况或地址", "Name, what or network")) placeholder=(lang.say("姓名、情况或地址", "Name, what or network"));
            button class="button secondary" type="submit" { (lang.say("查找", "Find")) }
        }
        p { a class="button secondary" href=(file) { (lang.say("导出（Excel）", "As a sheet")) } }
        @if found.lines.is_empty() { p class="soft" { (lang.say("这几天没有记录。", "Nothing in these days.")) } }
        @else { (table(title, &columns, &found.lines.iter().map(row).collect::<Vec<_>>())) }
        @if found.more { p class="soft" { (lang.say("只显示最近的，全部请导出。", "Only the latest are shown: the sheet has all.")) } }
    };
    layout::page(visitor, Nav::Admin, title, &content)
}
