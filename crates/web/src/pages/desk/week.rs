//! `/desk/week`: what is late and what falls due in the next seven days, day by day; and the same as a file for calendars.

use super::list;
use crate::components::crumbs::crumbs;
use crate::disposition::saved;
use crate::ical::{MEDIA, calendar};
use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::pages::home::names;
use crate::problem::Problem;
use crate::site::{Running, look};
use crate::visit::Visitor;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use calendar::DayWhy;
use engine::event::Desk;
use engine::rights::desks_of;
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, Todo, TodoQuery};

/// Days shown, today among them.
const DAYS: i64 = 7;
/// Lines shown at most, and put into a calendar.
const LINES: usize = 1000;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    look(&state, move |snapshot| page(snapshot, &visitor)).await
}

/// The file.
pub async fn deadlines(state: State<Arc<Running>>, visitor: Visitor) -> Result<Response, Problem> {
    let url = state.site.public_url.clone();
    let text = look(&state, move |snapshot| {
        let desks = desks_of(snapshot.world().county(), &visitor.signed_in()?.id, visitor.now);
        let (todos, _) = with_deadline(snapshot, desks, None)?;
        Ok(calendar(names(snapshot, &visitor), &calendar_name(&visitor), &url, &todos))
    })
    .await?;
    let name = (CONTENT_DISPOSITION, saved("deadlines.ics", "待办期限.ics"));
    Ok(([(CONTENT_TYPE, MEDIA.to_owned()), name], text).into_response())
}

/// What a calendar of deadlines is called.
#[must_use]
pub fn calendar_name(visitor: &Visitor) -> String {
    format!("{}公报 {}", visitor.county, visitor.lang.say("待办期限", "Deadlines"))
}

/// What lies on some desks with a deadline, up to a day, each matter once and the most pressing first; and whether there is more.
///
/// # Errors
/// If the state cannot be read.
pub fn with_deadline(
    snapshot: &dyn Snapshot,
    desks: Vec<Desk>,
    by: Option<Date>,
) -> Result<(Vec<Todo>, bool), Problem> {
    let query = TodoQuery { desks, due_by: by, ..TodoQuery::default() };
    let found = snapshot.todo(&query, &Cut::first(LINES))?;
    let mut matters = BTreeSet::new();
    let due = |todo: &Todo| todo.due.is_some() && matters.insert(todo.matter.clone());
    Ok((found.lines.into_iter().filter(due).collect(), found.next.is_some()))
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let today = visitor.now.date();
    let last = today.saturating_add((DAYS - 1).days());
    let desks = desks_of(snapshot.world().county(), &visitor.signed_in()?.id, visitor.now);
    let (todos, more) = with_deadline(snapshot, desks, Some(last))?;
    let is_late = |todo: &&Todo| todo.due.is_some_and(|due| due.is_over(visitor.now));
    let late: Vec<Todo> = todos.iter().filter(is_late).cloned().collect();
    let mut by_day: BTreeMap<Date, Vec<Todo>> = BTreeMap::new();
    for todo in todos.iter().filter(|todo| !is_late(todo)) {
        by_day.entry(todo.due.map_or(today, |due| due.on)).or_default().push(todo.clone());
    }
    let title = lang.say("未来七天", "The next seven days");
    let content = html! {
        (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")]))
        h1 { (title) }
        p {
            a href="/account/calendar" { (lang.say("在手机或电脑的日历里订阅", "Subscribe in your calendar")) } " · "
            a href="/desk/deadlines.ics" download { (lang.say("下载一次，导入日历", "Save them as a file, once")) }
        }
        @if more { p class="soft" { (lang.say("待办太多，这里只列最紧的一千件。", "There is too much: only the thousand most pressing are shown.")) " " a href="/desk" { (lang.say("看全部", "All")) } } }
        @if !late.is_empty() {
            h2 { (lang.say("已逾期", "Late")) " " span class="soft" { (late.len()) } }
            (list(snapshot, visitor, &late))
        }
        @for day in (0..DAYS).map(|after| today.saturating_add(after.days())) {
            h2 { time datetime=(day) { (lang.day(day)) } " " span class="soft" { (about(snapshot, lang, today, day)) } }
            @match by_day.get(&day) {
                Some(todos) => { (list(snapshot, visitor, todos)) }
                None => { p class="soft" { (lang.say("没有到期的待办。", "Nothing falls due.")) } }
            }
        }
    };
    Ok(layout::page(visitor, Nav::Desk, title, &content))
}

/// Today, and what makes a day unlike others.
fn about(snapshot: &dyn Snapshot, lang: Lang, today: Date, day: Date) -> String {
    let kind = match snapshot.world().holidays().day(day).why {
        DayWhy::Ordinary => String::new(),
        DayWhy::Weekend => lang.say("休息日", "weekend").to_owned(),
        DayWhy::Holiday(name) => lang.say(&format!("{name}放假"), "holiday").to_owned(),
        DayWhy::MakeUp(_) => lang.say("调休上班", "working day in exchange").to_owned(),
    };
    let words = [if day == today { lang.say("今天", "today") } else { "" }, kind.as_str()];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
