//! `/desk/week`: what is late and what falls due in the next seven days, day by day; and the same as a file for calendars.

use super::list;
use crate::components::crumbs::crumbs;
use crate::disposition::saved;
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
use engine::rights::desks_of;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
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
        let (todos, _) = with_deadline(snapshot, &visitor, None)?;
        Ok(calendar_of(snapshot, &visitor, &url, &todos))
    })
    .await?;
    let kind = (CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned());
    let name = (CONTENT_DISPOSITION, saved("deadlines.ics", "待办期限.ics"));
    Ok(([kind, name], text).into_response())
}

/// What lies on somebody's desks with a deadline, up to a day, each matter once and the most pressing first; and whether there is more.
fn with_deadline(snapshot: &dyn Snapshot, visitor: &Visitor, by: Option<Date>) -> Result<(Vec<Todo>, bool), Problem> {
    let desks = desks_of(snapshot.world().county(), &visitor.signed_in()?.id, visitor.now);
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
    let (todos, more) = with_deadline(snapshot, visitor, Some(last))?;
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
        p { a href="/desk/deadlines.ics" download { (lang.say("下载待办期限，导入手机或电脑的日历", "Save all deadlines as a file for your calendar")) } }
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

/// A calendar (RFC 5545). It leaves for phones and programs of others, so no title goes along: titles name people. Times are the county's own and carry no zone, so that each reads as on the matter's page.
fn calendar_of(snapshot: &dyn Snapshot, visitor: &Visitor, url: &str, todos: &[Todo]) -> String {
    let name = visitor.lang.say("待办期限", "Deadlines");
    let mut out = String::new();
    for line in
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Gongbao//Gongbao//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    {
        put(&mut out, line);
    }
    put(&mut out, &format!("X-WR-CALNAME:{}", escaped(&format!("{}公报 {name}", visitor.county))));
    let names = names(snapshot, visitor);
    for todo in todos {
        let Some(due) = todo.due else { continue };
        let page = format!("{url}/matters/{}", todo.matter);
        let model = snapshot.world().rulebook().procedure(&todo.procedure).map(|(_, model)| model);
        let step = model.map_or_else(|| todo.step.clone(), |model| names.step(model, &todo.step));
        let procedure = model.map_or(todo.procedure.as_str(), |model| visitor.lang.label(&model.title));
        let number = todo.number.clone().unwrap_or_default();
        put(&mut out, "BEGIN:VEVENT");
        put(&mut out, &format!("UID:{page}"));
        put(&mut out, &format!("DTSTAMP:{}", in_utc(visitor.now)));
        match due.time {
            Some(_) => put(&mut out, &format!("DTSTART:{}", due.ends_at().strftime("%Y%m%dT%H%M%S"))),
            None => put(&mut out, &format!("DTSTART;VALUE=DATE:{}", due.on.strftime("%Y%m%d"))),
        }
        put(&mut out, &format!("SUMMARY:{}", escaped(format!("{step}：{procedure} {number}").trim())));
        put(&mut out, &format!("DESCRIPTION:{}", escaped(&format!("{}\n{page}", names.place_path(&todo.place)))));
        put(&mut out, &format!("URL:{page}"));
        put(&mut out, "TRANSP:TRANSPARENT");
        put(&mut out, "END:VEVENT");
    }
    put(&mut out, "END:VCALENDAR");
    out
}

/// County time is eight hours before UTC.
fn in_utc(now: DateTime) -> String {
    now.saturating_sub(8.hours()).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (§3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// Bytes of a line (§3.1); what is longer goes on in the next one behind a blank.
const LINE_BYTES: usize = 75;

fn put(out: &mut String, line: &str) {
    let mut room = LINE_BYTES;
    for letter in line.chars() {
        if letter.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE_BYTES - 1;
        }
        room -= letter.len_utf8();
        out.push(letter);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    #[test]
    fn long_lines_are_folded_between_letters() {
        let mut out = String::new();
        put(&mut out, &format!("SUMMARY:{}", "公".repeat(60)));
        let lines: Vec<&str> = out.strip_suffix("\r\n").unwrap().split("\r\n").collect();
        assert!(lines.len() == 3 && lines.iter().all(|line| line.len() <= LINE_BYTES), "{lines:?}");
        let whole: String =
            lines.iter().enumerate().map(|(place, line)| if place == 0 { line } else { &line[1..] }).collect();
        assert_eq!(whole, format!("SUMMARY:{}", "公".repeat(60)));
    }

    #[test]
    fn what_stands_in_a_title_ends_no_line() {
        assert_eq!(escaped("甲\r\nEND:VEVENT;a,b\\"), "甲\\nEND:VEVENT\\;a\\,b\\\\");
    }

    #[test]
    fn stamps_are_in_utc() {
        assert_eq!(in_utc(datetime(2024, 4, 10, 7, 30, 0, 0)), "20240409T233000Z");
    }
}
