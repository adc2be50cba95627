//! `/desk`: what lies on somebody's desks, the most pressing first; filters are links and counts agree.

pub mod together;
pub mod week;

use super::home::names;
use super::kept_views::Filtered;
use super::matter::within_sight;
use super::starting::{self, address, called, holds};
use crate::components::button;
use crate::components::light::light_until;
use crate::components::pagination::pagination;
use crate::components::table::{Column, table};
use crate::layout::{self, Nav, encode, encode_part, with_query};
use crate::looking::{Bounds, look_through};
use crate::problem::Problem;
use crate::sent::SignedSent;
use crate::site::{App, Running, look, work};
use crate::visit::{Person, Visitor, query_value};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Redirect;
use engine::event::Desk;
use engine::rights::{desks_of, may_draft};
use jiff::ToSpan;
use maud::{Markup, html};
use regulation::model::Reader;
use regulation::model::view::Source;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, MatterQuery, Todo, TodoQuery};

/// Lines on a page.
const LINES: usize = 30;
/// Lines counted for the filters by step; with more, the filters show no counts.
const COUNTED: usize = 1000;
/// Matters looked at for those that lie elsewhere.
const ELSEWHERE: Bounds = Bounds { chunk: 50, page: 500 };
/// Starts shown as buttons; more become a list of links, so that the eye finds one among them.
const BUTTONS: usize = 6;
/// Registers named on the page; of more, the page has a link to their list.
const LISTED_REGISTERS: usize = 12;

/// What is asked for.
struct Wanted {
    procedure: Option<String>,
    step: Option<String>,
    late: bool,
    text: Option<String>,
    after: Option<String>,
}

impl Wanted {
    fn read(uri: &Uri) -> Wanted {
        let value = |name: &str| query_value(uri, name).filter(|value| !value.is_empty());
        Wanted {
            procedure: value("procedure"),
            step: value("step"),
            late: value("light").as_deref() == Some("red"),
            text: value("q"),
            after: value("after"),
        }
    }

    /// The filters as an address has them, whatever else stands in it.
    fn view(&self) -> String {
        let light = self.late.then(|| "red".to_owned());
        let all = [("procedure", &self.procedure), ("step", &self.step), ("light", &light), ("q", &self.text)];
        let given =
            all.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", encode_part(value.as_ref()?))));
        given.collect::<Vec<_>>().join("&")
    }

    /// Whether only a part of the list is wanted.
    fn narrows(&self) -> bool {
        self.late || self.step.is_some() || self.text.is_some() || self.after.is_some()
    }
}

/// No register is called so.
const DESK: Filtered<'static> = Filtered { of: "/desk", address: "/desk" };

/// Keeps or drops a view.
pub async fn view(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(mut sent): SignedSent,
) -> Result<Redirect, Problem> {
    if let Some(again) = DESK.again(&mut sent) {
        return Ok(again);
    }
    let app: App = state;
    work(&app, move |app| DESK.change(app, &visitor.signed_in()?.id, &sent, |asked| Wanted::read(asked).view())).await
}

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let wanted = Wanted::read(&uri);
    look(&state, move |snapshot| page(snapshot, &visitor, &wanted)).await
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, wanted: &Wanted) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let person = visitor.signed_in()?;
    let today = visitor.now.date();
    let desks = desks_of(snapshot.world().county(), &person.id, visitor.now);
    let query = TodoQuery {
        desks: desks.clone(),
        procedure: wanted.procedure.clone(),
        step: wanted.step.clone(),
        due_by: wanted.late.then(|| today.saturating_sub(1.day())),
        text: wanted.text.clone(),
        ..TodoQuery::default()
    };
    let found = snapshot.todo(&query, &Cut { limit: LINES, after: wanted.after.clone() })?;
    let plain = with_query(&visitor.here, "after", "");
    let next = found.next.as_ref().map(|next| with_query(&plain, "after", next));
    let first = wanted.after.as_ref().map(|_| plain.as_str());
    let title = lang.say("工作台", "Desk");
    let content = html! {
        h1 { (title) }
        (counts(snapshot, visitor, &desks, wanted)?)
        div class="columns two-one" {
            div {
                form class="search" role="search" method="get" action="/desk" {
                    input class="input" type="search" name="q" value=(wanted.text.clone().unwrap_or_default()) aria-label=(lang.say("按编号或标题查找", "Find by number or title")) placeholder=(lang.say("编号或标题", "Number or title"));
                    button class="button secondary" type="submit" { (lang.say("查找", "Find")) }
                }
                form class="search" role="search" method="get" action="/verify" {
                    input type="hidden" name="to" value="matter";
                    input class="input" name="code" autocomplete="off" aria-label=(lang.say("按纸上的核验码找事项", "Find by the code on a paper")) placeholder=(lang.say("纸上的核验码", "Code on a paper"));
                    button class="button secondary" type="submit" { (lang.say("打开", "Open")) }
                }
                (DESK.views(visitor, &snapshot.saved_views(&person.id, DESK.of)?, &wanted.view(), "/desk/views"))
                @if found.lines.is_empty() {
                    p class="soft" { (lang.say("没有待办。", "Nothing to do.")) }
                    @if let Some(text) = &wanted.text { (elsewhere(snapshot, visitor, text)?) }
                    @if let Some(post) = person.posts.first().filter(|_| !wanted.narrows()) { (super::places::at_a_glance(snapshot, visitor, &post.place)?) }
                }
                @else {
                    (together(visitor, wanted, found.lines.len()))
                    (list(snapshot, visitor, &found.lines))
                }
                (pagination(lang, first, next.as_deref()))
                (super::track::messages(snapshot, visitor, person, &desks, "/desk")?)
            }
            aside class="aside" {
                p { a href="/desk/week" { (lang.say("未来七天到期的", "Due in the next seven days")) } }
                (filters(snapshot, visitor, &desks, wanted)?)
                (places(snapshot, visitor, person))
                (starts(snapshot, visitor, person))
                @if may_draft(snapshot.world(), &person.id, today) { p { a href="/editor" { (lang.say("起草规定", "Draft regulations")) } } }
            }
        }
    };
    Ok(layout::page(visitor, Nav::Desk, title, &content))
}

fn counts(snapshot: &dyn Snapshot, visitor: &Visitor, desks: &[Desk], wanted: &Wanted) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let count = snapshot.todo_count(desks, visitor.now)?;
    Ok(html! {
        ul class="figures" {
            li { a href="/desk" aria-current=[(!wanted.late && wanted.step.is_none()).then_some("true")] { b { (count.all) } (lang.say("待办", "to do")) } }
            li class=[(count.late > 0).then_some("late")] { a href="/desk?light=red" aria-current=[wanted.late.then_some("true")] { b { (count.late) } (lang.say("已逾期", "late")) } }
        }
    })
}

fn list(snapshot: &dyn Snapshot, visitor: &Visitor, todos: &[Todo]) -> Markup {
    let lang = visitor.lang;
    let columns = [
        Column::text(lang.say("事项", "Matter")),
        Column::text(lang.say("期限", "Deadline")),
        Column::text(lang.say("环节", "Step")),
        Column::text(lang.say("地点", "Place")),
        Column::text(lang.say("编号", "Number")),
    ];
    let rows: Vec<Vec<Markup>> = todos.iter().map(|todo| row(snapshot, visitor, todo)).collect();
    table(lang.say("待办", "To do"), &columns, &rows)
}

/// Where one step is looked at and several matters lie there: the way to do them together.
fn together(visitor: &Visitor, wanted: &Wanted, lines: usize) -> Markup {
    let at = wanted.procedure.as_ref().zip(wanted.step.as_ref()).filter(|_| lines > 1);
    html! {
        @if let Some((procedure, step)) = at {
            p { (button::secondary_link(visitor.lang.say("成批办理", "Several at once"), &format!("/desk/together?procedure={}&step={}", encode(procedure), encode(step)))) }
        }
    }
}

/// What was not found on one's own desks, among all that one may see.
fn elsewhere(snapshot: &dyn Snapshot, visitor: &Visitor, text: &str) -> Result<Markup, Problem> {
    let query = MatterQuery { text: Some(text.to_owned()), ..MatterQuery::default() };
    let found = look_through(
        &Cut::first(LINES),
        ELSEWHERE,
        |cut| snapshot.matters(&query, cut),
        |line| Ok(within_sight(snapshot.world(), visitor, &line.id).map(|_| line)),
    )?;
    let title = visitor.lang.say("不在手里的事项", "Matters that lie elsewhere");
    Ok(html! {
        @if !found.lines.is_empty() { h2 { (title) } (super::track::list(snapshot, visitor, &found.lines, title)) }
    })
}

/// Its title, else what its procedure is called.
fn title_of(snapshot: &dyn Snapshot, visitor: &Visitor, todo: &Todo) -> String {
    let title = todo.title.clone().or_else(|| {
        let (_, procedure) = snapshot.world().rulebook().procedure(&todo.procedure)?;
        Some(visitor.lang.label(&procedure.title).to_owned())
    });
    title.unwrap_or_else(|| todo.matter.clone())
}

fn row(snapshot: &dyn Snapshot, visitor: &Visitor, todo: &Todo) -> Vec<Markup> {
    let lang = visitor.lang;
    let world = snapshot.world();
    let names = names(snapshot, visitor);
    let procedure = world.rulebook().procedure(&todo.procedure).map(|(_, procedure)| procedure);
    vec![
        html! { a href=(format!("/matters/{}", todo.matter)) { (title_of(snapshot, visitor, todo)) } },
        light_until(lang, todo.due, visitor.now, world.holidays()),
        html! { (procedure.map_or_else(|| todo.step.clone(), |procedure| names.step(procedure, &todo.step))) },
        html! { (names.place_path(&todo.place)) },
        html! { @if let Some(number) = &todo.number { span class="number" { (number) } } },
    ]
}

/// Steps that something lies at, with how much: the same lines that the list shows.
fn filters(snapshot: &dyn Snapshot, visitor: &Visitor, desks: &[Desk], wanted: &Wanted) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let query = TodoQuery { desks: desks.to_vec(), ..TodoQuery::default() };
    let all = snapshot.todo(&query, &Cut::first(COUNTED))?;
    let complete = all.next.is_none();
    let mut steps: BTreeMap<(String, String), usize> = BTreeMap::new();
    for todo in all.lines {
        *steps.entry((todo.procedure, todo.step)).or_default() += 1;
    }
    let rulebook = snapshot.world().rulebook();
    let names = names(snapshot, visitor);
    let label = |procedure: &str, step: &str| match rulebook.procedure(procedure) {
        Some((_, model)) => format!("{} · {}", lang.label(&model.title), names.step(model, step)),
        None => step.to_owned(),
    };
    Ok(html! {
        @if !steps.is_empty() {
            h2 { (lang.say("按环节", "By step")) }
            ul class="plain" {
                @for ((procedure, step), count) in &steps {
                    @let here = wanted.step.as_deref() == Some(step) && wanted.procedure.as_deref() == Some(procedure);
                    li { a href=(format!("/desk?procedure={procedure}&step={step}")) aria-current=[here.then_some("true")] { (label(procedure, step)) } @if complete { span class="soft" { " " (count) } } }
                }
            }
            @if wanted.step.is_some() || wanted.late { p { a href="/desk" { (lang.say("看全部", "All")) } } }
        }
    })
}

fn places(snapshot: &dyn Snapshot, visitor: &Visitor, person: &Person) -> Markup {
    let lang = visitor.lang;
    let names = names(snapshot, visitor);
    let mut own: Vec<&str> = person.posts.iter().map(|post| post.place.as_str()).collect();
    own.dedup();
    html! {
        @if !own.is_empty() {
            h2 { (lang.say("辖区总览", "Overview")) }
            ul class="plain" {
                @for place in own { li { a href=(format!("/places/{place}")) { (names.place(place)) } } }
                li { a href="/posts" { (lang.say("岗位和任职", "Posts and their holders")) } }
            }
            (reports(snapshot, visitor, person))
            h2 { (lang.say("台账和名册", "Registers")) }
            (registers(snapshot, visitor))
        }
    }
}

/// The registers open to somebody's posts; where a county runs many, the way to their list, so that a phone need not scroll past them.
fn registers(snapshot: &dyn Snapshot, visitor: &Visitor) -> Markup {
    let readable = super::registers::readable(snapshot, visitor);
    html! {
        @if readable.len() > LISTED_REGISTERS {
            p { a href="/registers" { (visitor.lang.say("对本岗位开放的台账和名册", "Registers open to you")) } " " span class="soft" { (readable.len()) } }
        } @else {
            ul class="plain" { @for register in &readable { li { a href=(format!("/registers/{}", register.0)) { (register.1) } } } }
        }
        p { a href="/keeping" { (visitor.lang.say("保存期限和到期清单", "Terms of keeping, and what is due")) } }
    }
}

/// The reports open to somebody's posts: sheets for which one of them is named, the list of all, and how many there are.
fn reports(snapshot: &dyn Snapshot, visitor: &Visitor, person: &Person) -> Markup {
    let open = crate::reports::open_to(snapshot, visitor);
    let lang = visitor.lang;
    let named = |reader: &Reader| matches!(reader, Reader::Party(party) if holds(person, party));
    let sheets =
        open.iter().filter(|(_, view)| matches!(view.source, Source::Sheet(_)) && view.readers.iter().any(named));
    html! {
        @if !open.is_empty() {
            h2 { (lang.say("报表", "Reports")) }
            ul class="plain" {
                @for (regulation, view) in sheets { li { a href=(format!("/reports/{}/{}", regulation.id, view.name)) { (lang.label(&view.title)) } } }
                li { a href="/reports" { (lang.say("对本岗位开放的报表", "Reports open to you")) } " " span class="soft" { (open.len()) } }
            }
        }
    }
}

/// What somebody's posts may start.
fn starts(snapshot: &dyn Snapshot, visitor: &Visitor, person: &Person) -> Markup {
    let lang = visitor.lang;
    let mine = starting::of_posts(visitor, person, snapshot.world().rulebook());
    html! {
        @if !mine.is_empty() {
            h2 { (lang.say("可以发起", "You can start")) }
            @if mine.len() > BUTTONS {
                ul class="plain" { @for start in &mine { li { a href=(address(start)) { (called(lang, start)) } } } }
            } @else {
                @for start in &mine { p { (button::secondary_link(&called(lang, start), &address(start))) } }
            }
        }
    }
}
